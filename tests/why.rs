//! Where figures come from: every printed figure of every sample is what its rows come to, on the
//! ledger that it links to and in the trace files; and `why` tells so.

use crate::cli::{Scratch, huizong, place, run_sample};
use crate::golden::SAMPLES;
use calamine::{Data, Range, Reader, Xlsx};
use huizong::amend::Package;
use huizong::statistics::trace_file::{self, Entry, Index};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Output;

fn json(path: &Path) -> Value {
    let text = fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_slice(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// A figure's value in the scale in which rows are counted.
fn scaled(value: &Value, hundredths: bool) -> Option<i64> {
    let number = match value {
        Value::String(text) => text.parse::<f64>().expect("money"),
        Value::Null => return None,
        other => other.as_f64().expect("a number"),
    };
    Some((number * if hundredths { 100.0 } else { 1.0 }).round() as i64)
}

/// Figures that rows alone do not give, by the last part of their name: they come from the scheme,
/// or from it and other figures.
const STATED: [&str; 17] = [
    "limit",
    "target",
    "more",
    "quota",
    "low",
    "high",
    "start",
    "gap",
    "over",
    "pool_gap",
    "year_quota",
    "budget",
    "balance",
    "baseline",
    "since_baseline",
    "average",
    "rank",
];

/// Holds every figure of a results folder against its trace; gives how many were counted.
pub fn figures_are_what_their_rows_come_to(sample: &str, out: &Path) -> usize {
    let index: Index =
        serde_json::from_value(json(&out.join("trace/index.json"))).expect("an index");
    let mut wrong = Vec::new();
    let mut counted = 0;
    let figures = json(&out.join("statistics.json"));
    let figures = figures.as_array().expect("figures");
    for entry in &index.measures {
        let bytes = fs::read(out.join(&entry.file)).expect("a trace file");
        let rows = trace_file::read(bytes, entry).expect("a trace file is read");
        let left: usize = entry.left.iter().map(|l| l.rows).sum();
        let of_reason = |n: u32| rows.reasons.iter().filter(|r| **r == n).count();
        for (n, reason) in (1u32..).zip(&entry.left) {
            assert_eq!(of_reason(n), reason.rows, "{sample} {}", entry.measure);
        }
        assert_eq!(rows.units.len() - left, of_reason(0), "{sample}");
        let listed = entry.columns.iter().all(|c| c.counted.is_none());
        let own = lines(figures, entry);
        let whole = own.is_empty() || own.len() == entry.lines.len();
        assert!(whole, "{sample} {}", entry.measure);
        for (line, figures) in own.iter().enumerate() {
            let (from, to) = entry.lines[line];
            let depth = usize::from(entry.depths[line]);
            for (c, made) in entry.columns.iter().enumerate() {
                let Some(figure) = figures.get(&made.figure) else {
                    continue;
                };
                let what = || format!("{sample}: {} {}", made.figure, figure["group"]);
                let count = rows.counts[&made.figure].over(from..to, depth);
                let value = scaled(&figure["value"], made.hundredths);
                match (count, value, &made.formula) {
                    (Some(count), Some(value), _) => {
                        counted += 1;
                        if count != value {
                            wrong.push(format!("{} is {value}, its rows {count}", what()));
                        }
                    }
                    // Nothing to show: nothing may count.
                    (Some(count), None, _) => assert_eq!(count, 0, "{}", what()),
                    (None, _, Some((kind, of))) if kind == "ratio" => {
                        let operand = |i: usize| &figures[&entry.columns[of[i]].figure]["value"];
                        if figure["value"].is_null() || operand(1).is_null() {
                            continue;
                        }
                        let (a, b) = (number(operand(0)), number(operand(1)));
                        assert!(
                            (number(&figure["value"]) - a / b).abs() < 1e-9,
                            "{}",
                            what()
                        );
                    }
                    (None, _, Some(_)) => {}
                    (None, _, None) => {
                        let part = made.figure.rsplit('.').next().unwrap_or_default();
                        let may = listed
                            || made.counted.as_deref() == Some("stated")
                            || STATED.contains(&part)
                            || figure["unit"] == "1"
                            || figure["unit"] == "百分点"
                            || figure["value"].is_null()
                            || entry.columns[c].title.contains("目标");
                        if !may {
                            wrong.push(format!("{} comes from nowhere", what()));
                        }
                    }
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
    counted
}

fn number(value: &Value) -> f64 {
    match value {
        Value::String(text) => text.parse().expect("money"),
        other => other.as_f64().expect("a number"),
    }
}

/// The figures of a measure's lines by name, in order.
fn lines<'f>(figures: &'f [Value], entry: &Entry) -> Vec<BTreeMap<String, &'f Value>> {
    let mut out: Vec<BTreeMap<String, &Value>> = Vec::new();
    let mut last = None;
    for figure in figures {
        let name = figure["measure"].as_str().expect("a name");
        if !entry.columns.iter().any(|c| c.figure == name) {
            continue;
        }
        if last != Some(&figure["group"]) {
            out.push(BTreeMap::new());
            last = Some(&figure["group"]);
        }
        out.last_mut()
            .expect("a line")
            .insert(name.to_owned(), figure);
    }
    out
}

/// A link of a sheet: its cells, the sheet that it leads to, the cells there.
type Link = ((u32, u32), String, ((u32, u32), (u32, u32)));

fn links(xml: &str) -> Vec<Link> {
    let value = |tag: &str, name: &str| {
        let from = tag.find(&format!("{name}=\"")).expect("an attribute") + name.len() + 2;
        tag[from..].split('"').next().expect("a value").to_owned()
    };
    let area = |text: &str| {
        let (from, to) = text.split_once(':').unwrap_or((text, text));
        (place(from), place(to))
    };
    xml.split("<hyperlink ")
        .skip(1)
        .map(|tag| {
            let location = value(tag, "location");
            let (sheet, cells) = location.rsplit_once('!').expect("a sheet");
            let sheet = sheet.trim_matches('\'').replace("&amp;", "&");
            (area(&value(tag, "ref")).0, sheet, area(cells))
        })
        .collect()
}

/// What a column of a ledger comes to: the least, if those counted elsewhere count here, too, and
/// the most.
fn sum(ledger: &Range<Data>, (first, last): ((u32, u32), (u32, u32))) -> Option<(f64, f64)> {
    let (mut sum, mut open) = (0.0, 0.0);
    for row in first.0..=last.0 {
        match ledger.get_value((row, first.1)) {
            Some(Data::Float(n)) => sum += n,
            Some(Data::Int(n)) => sum += *n as f64,
            Some(Data::String(s)) if s == "他处已计" => open += 1.0,
            Some(Data::String(s)) if s != "重复" && s != "无法识别" => return None,
            _ => {}
        }
    }
    Some((sum, sum + open))
}

#[test]
fn figures_lead_to_ledgers_that_come_to_them() {
    for sample in SAMPLES {
        let scratch = Scratch::new(&format!("ledger-{sample}"));
        let out = scratch.path("out");
        run_sample(sample, &out, &[]);
        assert!(figures_are_what_their_rows_come_to(sample, &out) > 200);
        let index = json(&out.join("trace/index.json"));
        let path = out.join(index["reports"][0]["path"].as_str().expect("a report"));
        let mut package = Package::open(fs::read(&path).expect("a report")).expect("a package");
        let mut book: Xlsx<_> = calamine::open_workbook(&path).expect("a workbook");
        let mut ledgers: BTreeMap<String, Range<Data>> = BTreeMap::new();
        let mut held = 0;
        for sheet in package.sheets().expect("sheets") {
            let xml = package.part(&sheet.part).expect("a sheet");
            let links = links(std::str::from_utf8(&xml).expect("utf-8"));
            let page = book.worksheet_range(&sheet.name).expect("a page");
            for (at, ledger, cells) in links {
                let ledger = ledgers
                    .entry(ledger)
                    .or_insert_with_key(|name| book.worksheet_range(name).expect("a ledger"));
                let last = ledger.end().expect("cells");
                assert!(cells.1.0 <= last.0 && cells.1.1 <= last.1, "{sample}");
                // Links of whole lines and of columns of names have no sum.
                if cells.0.1 != cells.1.1 {
                    continue;
                }
                let Some((least, most)) = sum(ledger, cells) else {
                    continue;
                };
                let value = match page.get_value(at) {
                    Some(Data::Float(n)) => *n,
                    Some(Data::Int(n)) => *n as f64,
                    // A dash: nothing is known.
                    _ => 0.0,
                };
                assert!(
                    least - 1e-6 <= value && value <= most + 1e-6,
                    "{sample} {} {at:?}: {value}, {least} to {most}",
                    sheet.name
                );
                held += 1;
            }
        }
        assert!(held > 100, "{sample}: {held}");
    }
}

fn why(out: &Path, what: &[&str]) -> Output {
    let results = out.to_str().expect("utf-8");
    let mut args = vec!["why"];
    args.extend(what);
    args.extend(["--results", results]);
    huizong(&args)
}

fn said(done: &Output) -> String {
    String::from_utf8(done.stdout.clone()).expect("utf-8")
}

#[test]
fn why_tells_the_rows_of_a_figure_from_the_results_alone() {
    let scratch = Scratch::new("why");
    let (first, out) = (scratch.path("first"), scratch.path("elsewhere/汇总"));
    run_sample("county-backbone", &first, &[]);
    // Another machine has the results folder only.
    fs::create_dir_all(scratch.path("elsewhere")).expect("a folder");
    fs::rename(&first, &out).expect("moved");
    let index = json(&out.join("trace/index.json"));
    let report = index["reports"][0]["path"].as_str().expect("a report");
    let report = out.join(report);
    let path = report.to_str().expect("utf-8");

    let done = huizong(&["why", &format!("{path}!期刊订阅费!E6")]);
    let text = said(&done);
    assert_eq!(done.status.code(), Some(0), "{text}");
    for part in [
        "期刊订阅费（学校支出） / 申报金额（journal.claimed）",
        "范围：青石镇/青石镇中心小学",
        "依据2行，合起来是130.16",
        "青石镇中心小学报送材料.zip/青石镇中心小学2025年10月骨干教师报表.xlsx › 经费报销 › 第11行 J11",
        "未计入",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!text.contains("改动过"), "{text}");
    // A rate follows from two figures of its line; a total from the towns'.
    let rate = said(&why(&out, &[path, "'考核合格率'!E6"]));
    assert!(rate.contains("算法：合格以上[D6]"), "{rate}");
    let total = said(&why(&out, &["journal.claimed"]));
    assert!(
        total.contains("行之和：") && total.contains("范围：全部"),
        "{total}"
    );
    // By name and school, the same as by its cell.
    let named = said(&why(&out, &["journal.claimed", "青石镇中心小学"]));
    assert_eq!(named, text);

    let done = why(&out, &[path, "期刊订阅费!E6", "--json"]);
    let told: Value = serde_json::from_slice(&done.stdout).expect("json");
    assert_eq!(told["rows_behind"], 2);
    assert_eq!(told["rows_come_to"], 13016);
    assert_eq!(told["figure"]["value"], "130.16");
    assert_eq!(told["report_changed"], false);
    let ids = told["rows"].as_array().expect("rows");
    let masked = |r: &Value| {
        r["id_number"]
            .as_str()
            .is_some_and(|id| id.contains("****"))
    };
    assert!(ids.iter().all(masked), "{told}");

    // One cell of many sheets, a title, a figure that there is not.
    for (what, part) in [
        (vec![path, "C7"], "队伍结构"),
        (vec![path, "队伍结构!A1"], "不是汇总数字"),
        (vec!["no-such-thing"], "没有指标"),
    ] {
        let done = why(&out, &what);
        assert_eq!(done.status.code(), Some(2), "{what:?}");
        let text = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(text.contains(part), "{what:?}: {text}");
    }

    // Somebody has typed into the report since.
    let mut bytes = fs::read(&report).expect("a report");
    bytes.push(0);
    fs::write(&report, bytes).expect("changed");
    let text = said(&huizong(&["why", &format!("{path}!期刊订阅费!E6")]));
    assert!(text.contains("改动过"), "{text}");
}
