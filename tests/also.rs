//! The other forms of the report: web page, comma-separated tables, PDF.

use crate::cli::{Scratch, huizong, place, run_sample};
use crate::golden::{SAMPLES, files};
use huizong::grid;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Rows of a page's tables by section and row in the workbook: the words of each cell by column.
type Rows = BTreeMap<(usize, u32), BTreeMap<u32, String>>;

/// The words of a piece of a page without its tags and signs.
fn plain(piece: &str) -> String {
    let (mut out, mut tag) = (String::new(), false);
    for c in piece.chars() {
        match c {
            '<' => tag = true,
            '>' => tag = false,
            '▼' | '✓' => {}
            c if !tag => out.push(c),
            _ => {}
        }
    }
    let marks = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
    ];
    let text = marks.iter().fold(out, |t, (from, to)| t.replace(from, to));
    text.replace("&amp;", "&")
}

fn attribute(tag: &str, name: &str) -> Option<u32> {
    let from = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    tag[from..].split('"').next()?.parse().ok()
}

fn rows(html: &str) -> Rows {
    let mut out = Rows::new();
    for piece in html.split("<tr id=\"p").skip(1) {
        let (id, rest) = piece.split_once('"').expect("an id");
        let (page, row) = id.split_once('-').expect("page and row");
        let line = rest.split("</tr>").next().expect("a row");
        let mut col = 0;
        let mut cells = BTreeMap::new();
        for cell in line.split_inclusive("</t").filter(|c| c.contains("<t")) {
            let cell = &cell[cell.find("<t").expect("a cell")..cell.len() - 3];
            let (tag, words) = cell.split_once('>').expect("a tag");
            cells.insert(col, plain(words));
            col += attribute(tag, "colspan").unwrap_or(1);
        }
        let key = (page.parse().expect("a page"), row.parse().expect("a row"));
        assert!(out.insert(key, cells).is_none(), "{key:?} twice");
    }
    out
}

/// Sheet names in the order of the contents list, from 1.
fn sheets(html: &str) -> BTreeMap<String, usize> {
    html.split("<li><a href=\"#p")
        .skip(1)
        .map(|piece| {
            let (number, rest) = piece.split_once("\">").expect("a number");
            let name = rest.split("</a>").next().expect("a name");
            (plain(name), number.parse().expect("a number"))
        })
        .collect()
}

/// What a shown figure can differ from the stored one by, and the shown figure.
fn shown(text: &str) -> (f64, f64) {
    let number = text.trim_end_matches('%').replace(',', "");
    let places = number.split_once('.').map_or(0, |(_, p)| p.len()) as i32;
    let scale = if text.ends_with('%') { 100.0 } else { 1.0 };
    let value: f64 = number
        .parse()
        .unwrap_or_else(|_| panic!("{text:?} is no number"));
    (0.5000001 * 0.1f64.powi(places) / scale, value / scale)
}

fn figures(out: &Path) -> Vec<Value> {
    let bytes = fs::read(out.join("statistics.json")).expect("figures");
    let all: Vec<Value> = serde_json::from_slice(&bytes).expect("json");
    all.into_iter()
        .filter(|f| f["report"].is_string())
        .collect()
}

fn words<'a>(figure: &'a Value, key: &str) -> &'a str {
    figure[key].as_str().expect("words")
}

/// The figure as a number; money and hours are written as decimals in words.
fn number(value: &Value) -> Option<f64> {
    value
        .as_f64()
        .or_else(|| value.as_str().and_then(|t| t.parse().ok()))
}

fn outputs(out: &Path) -> Vec<String> {
    let bytes = fs::read(out.join("run.json")).expect("a log");
    let log: Value = serde_json::from_slice(&bytes).expect("json");
    let all = log["outputs"].as_array().expect("outputs").iter();
    all.map(|o| words(o, "path").to_owned()).collect()
}

#[test]
fn web_page_and_tables_show_every_figure_of_the_statistics() {
    for sample in SAMPLES {
        let scratch = Scratch::new(&format!("also-{sample}"));
        let out = scratch.path("out");
        run_sample(sample, &out, &["--also", "html,csv"]);
        let figures = figures(&out);
        // Vouchers and ledgers are books of their own; this is the bureau's.
        let report = words(&figures[0], "report");
        let stem = report.trim_end_matches(".xlsx");
        let html = fs::read_to_string(out.join(format!("{stem}.html"))).expect("a page");
        let (rows, sheets) = (rows(&html), sheets(&html));
        let mut tables: BTreeMap<&str, grid::Workbook> = BTreeMap::new();
        let mut checked = 0;
        for figure in figures.iter().filter(|f| words(f, "report") == report) {
            let (sheet, cell) = (words(figure, "sheet"), words(figure, "cell"));
            let at = place(cell);
            let page = sheets[sheet];
            let text = &rows[&(page, at.0 + 1)][&at.1];
            let top = rows.range((page, 0)..).next().expect("a row").0.1;
            let table = tables.entry(sheet).or_insert_with(|| {
                let path = out.join(format!("{stem}/{sheet}.csv"));
                let bytes = fs::read(path).expect("a table");
                huizong::intake::read("table.csv", &bytes).value.remove(0)
            });
            // One header line, then what begins at the top of the body.
            let read = match table.sheets[0].at(at.0 + 2 - top, at.1) {
                Some(grid::Value::Number(n)) => Some(n),
                Some(grid::Value::Text(t)) => t.parse().ok(),
                _ => None,
            };
            let Some(stored) = number(&figure["value"]) else {
                assert_eq!(read, None, "{sheet} {cell}");
                continue;
            };
            let (slack, value) = shown(text);
            assert!(
                (value - stored).abs() <= slack,
                "{sheet} {cell}: {text}, {stored}"
            );
            // The JSON reader of this test is off by one in the seventeenth digit.
            let same =
                read.is_some_and(|n| (n - stored).abs() <= 2.0 * f64::EPSILON * stored.abs());
            assert!(same, "{sheet} {cell}: {read:?}, {stored}");
            checked += 1;
        }
        assert!(checked > 1000, "{sample}: only {checked} figures");
    }
}

#[test]
fn the_web_page_is_well_formed_and_needs_nothing_else() {
    let scratch = Scratch::new("also-html");
    let out = scratch.path("out");
    run_sample(SAMPLES[0], &out, &["--also", "html"]);
    let pages: Vec<_> = files(&out.join("reports"))
        .into_iter()
        .filter(|(name, _)| name.ends_with(".html"))
        .collect();
    let [(name, bytes)] = &pages[..] else {
        panic!("one page a workbook: {}", pages.len());
    };
    let html = std::str::from_utf8(bytes).expect("UTF-8");
    let mut reader = quick_xml::Reader::from_str(html);
    reader.config_mut().check_end_names = true;
    let mut tags = 0;
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Eof) => break,
            Ok(quick_xml::events::Event::Start(tag)) => {
                tags += 1;
                for attribute in tag.attributes() {
                    attribute.expect("a quoted attribute, once");
                }
            }
            Ok(_) => {}
            Err(e) => panic!("{name}: {e} at {}", reader.buffer_position()),
        }
    }
    assert!(tags > 1000);
    assert!(html.contains("<html lang=\"zh-CN\""));
    for part in [
        "<caption>",
        "scope=\"col\"",
        "scope=\"row\"",
        "scope=\"rowgroup\"",
        "<svg",
    ] {
        assert!(html.contains(part), "no {part}");
    }
    // Links lead into the page; nothing is fetched and nothing runs.
    let outside = html.matches("href=\"").count() - html.matches("href=\"#p").count();
    assert_eq!(outside, 0);
    for part in [
        "<script",
        "<link",
        "<img",
        "src=",
        "@import",
        "onclick",
        "http-equiv",
    ] {
        assert!(!html.contains(part), "{part}");
    }
    let ids: Vec<&str> = html
        .split(" id=\"")
        .skip(1)
        .filter_map(|p| p.split('"').next())
        .collect();
    let once: std::collections::BTreeSet<&&str> = ids.iter().collect();
    assert_eq!(once.len(), ids.len(), "an id twice");
}

#[test]
fn the_forms_are_outputs_like_all_others() {
    let scratch = Scratch::new("also-outputs");
    let out = scratch.path("out");
    let forms = |name: &String| name.ends_with(".html") || name.ends_with(".csv");
    run_sample(SAMPLES[1], &out, &["--also", "html,csv", "--jobs", "1"]);
    let first = files(&out.join("reports"));
    let made = first.iter().filter(|(name, _)| forms(name)).count();
    assert!(made > 10, "only {made}");
    let listed = outputs(&out).iter().filter(|p| forms(p)).count();
    assert_eq!(listed, made);
    run_sample(SAMPLES[1], &out, &["--also", "csv,html", "--jobs", "4"]);
    assert!(files(&out.join("reports")) == first, "other bytes");
    // What is not asked for any more goes, as all outputs do.
    run_sample(SAMPLES[1], &out, &[]);
    let left = files(&out.join("reports"));
    assert!(left.iter().all(|(name, _)| !forms(name)));
    let folders = fs::read_dir(out.join("reports")).expect("reports");
    assert_eq!(folders.count(), left.len(), "an empty folder is left");
}

#[test]
fn a_workspace_names_its_forms_and_the_command_line_others() {
    let scratch = Scratch::new("also-workspace");
    let room = scratch.path("room");
    let text = |path: &Path| path.to_str().expect("utf-8").to_owned();
    huizong(&["init", &text(&room)]);
    let settings = fs::read_dir(&room)
        .expect("a workspace")
        .map(|e| e.expect("an entry").path())
        .find(|p| p.extension().is_some_and(|e| e == "toml"))
        .expect("settings");
    let before = fs::read_to_string(&settings).expect("settings");
    let set = |line: &str| fs::write(&settings, format!("{before}\n{line}\n")).expect("settings");
    let inbox = crate::golden::folder(SAMPLES[1]).join("inbox");
    for entry in fs::read_dir(&inbox).expect("an inbox").take(2) {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            let name = path.file_name().expect("a name");
            fs::copy(&path, room.join("收件箱").join(name)).expect("copied");
        }
    }
    // The directory of schools is still blank, so it is put aside.
    fs::remove_file(room.join("学校名录.xlsx")).expect("a list");
    let run = |more: &[&str]| {
        let done = Command::new(env!("CARGO_BIN_EXE_huizong"))
            .args(["run", "--period", "2025-10"])
            .args(more)
            .current_dir(&room)
            .output()
            .expect("the command starts");
        let names = match done.status.code() {
            Some(2) => Vec::new(),
            _ => files(&room.join("汇总").join("reports")),
        };
        let has = |ending: &str| names.iter().any(|(n, _)| n.ends_with(ending));
        (done.status.code(), has(".html"), has(".csv"))
    };
    set("also = [\"html\"]");
    let (code, html, csv) = run(&[]);
    assert!(
        matches!(code, Some(0 | 1)) && html && !csv,
        "{code:?} {html} {csv}"
    );
    let (code, html, csv) = run(&["--also", "csv"]);
    assert!(
        matches!(code, Some(0 | 1)) && !html && csv,
        "{code:?} {html} {csv}"
    );
    set("also = [\"docx\"]");
    assert_eq!(run(&[]).0, Some(2), "a form that nobody knows");
    set("");
    assert_eq!(run(&["--also", "docx"]).0, Some(2));
}

#[test]
fn pdf_is_made_where_libreoffice_is_installed() {
    if Command::new("soffice").arg("--version").output().is_err() {
        println!("skipped: no soffice on this machine");
        return;
    }
    let scratch = Scratch::new("also-pdf");
    let out = scratch.path("out 中");
    let done = run_sample(SAMPLES[1], &out, &["--also", "pdf"]);
    assert_eq!(done.status.code(), Some(1));
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    let made: Vec<_> = files(&out.join("reports"))
        .into_iter()
        .filter(|(name, _)| name.ends_with(".pdf"))
        .collect();
    // The report, and the vouchers that schools sign.
    assert_eq!(made.len(), 2, "{said}");
    for (name, bytes) in &made {
        assert!(bytes.starts_with(b"%PDF-"));
        assert!(outputs(&out).contains(&format!("reports/{name}")));
    }
}

/// Other systems look for it in more places than the path.
#[cfg(target_os = "linux")]
#[test]
fn without_libreoffice_a_note_is_all_that_is_missing() {
    let scratch = Scratch::new("also-none");
    let out = scratch.path("out");
    let inbox = crate::golden::folder(SAMPLES[1]).join("inbox");
    let run = |json: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_huizong"))
            .arg("run")
            .arg(&inbox)
            .args([
                "--scheme", SAMPLES[1], "--period", "2025-10", "--also", "pdf", "--out",
            ])
            .arg(&out)
            .args(json)
            .env("PATH", scratch.path("nothing"))
            .output()
            .expect("the command starts")
    };
    let done = run(&[]);
    let said = String::from_utf8_lossy(&done.stdout);
    assert_eq!(done.status.code(), Some(1), "{said}");
    assert!(said.contains("没有安装 LibreOffice"), "{said}");
    assert!(outputs(&out).iter().all(|p| !p.ends_with(".pdf")));
    let done = run(&["--json"]);
    let log: Value = serde_json::from_slice(&done.stdout).expect("json alone");
    assert!(log["outputs"].is_array());
    assert!(String::from_utf8_lossy(&done.stderr).contains("LibreOffice"));
}
