//! Where a figure comes from, for people and for programs.

use super::find::{Figure, Found, group};
use super::rows::{Behind, LeftOut, Row};
use crate::message::{self, Lang};
use serde_json::{Value, json};

/// Figures of other lines shown in a sum.
const TERMS: usize = 30;

/// As JSON.
pub fn json(found: &Found, behind: &Behind, changed: Option<bool>) -> String {
    let term = |f: &Figure| json!({"figure": f.measure, "group": f.group, "value": f.value, "sheet": f.sheet, "cell": f.cell});
    let of = |columns: &[usize]| -> Vec<Value> {
        let figures = columns.iter().filter_map(|c| found.beside.get(c));
        figures.map(term).collect()
    };
    let formula = behind
        .formula
        .as_ref()
        .map(|(kind, columns)| json!({"kind": kind, "of": of(columns)}));
    let all = json!({
        "figure": found.figure,
        "report_changed": changed,
        "formula": formula,
        "sum_of": found.below.iter().map(term).collect::<Vec<_>>(),
        "counted": of(&behind.counted),
        "rows_behind": behind.total,
        "rows_come_to": behind.sum,
        "hundredths": behind.hundredths,
        "rows": behind.rows,
        "left_out": behind.left,
    });
    serde_json::to_string_pretty(&all).unwrap_or_default()
}

/// In sentences.
pub fn text(found: &Found, behind: &Behind, changed: Option<bool>, lang: Lang) -> String {
    let say = |key: &str, args: &[(&str, String)]| message::say(lang, key, args);
    let figure = &found.figure;
    let mut out = Vec::new();
    if changed == Some(true) {
        out.push(say("why.changed", &[]));
    }
    if let (Some(report), Some(sheet), Some(cell)) = (&figure.report, &figure.sheet, &figure.cell) {
        let args = [
            ("report", report.clone()),
            ("sheet", sheet.clone()),
            ("cell", cell.clone()),
        ];
        out.push(say("why.place", &args));
    }
    let args = [
        ("title", figure.title.clone()),
        ("figure", figure.measure.clone()),
    ];
    out.push(say("why.figure", &args));
    out.push(match figure.group.is_empty() {
        true => say("why.whole", &[]),
        false => say("why.group", &[("group", group(figure))]),
    });
    out.push(say("why.value", &[("value", value(figure, lang))]));
    out.extend(chain(found, behind, lang));
    let n = behind.total;
    let sum = behind.sum.map(|s| amount(s, behind.hundredths));
    out.push(match (n, sum) {
        (0, _) => say("why.no-rows", &[]),
        (n, Some(sum)) => say("why.rows", &[("n", n.to_string()), ("sum", sum)]),
        (n, None) => say("why.rows-behind", &[("n", n.to_string())]),
    });
    for (i, row) in behind.rows.iter().enumerate() {
        out.push(line(i + 1, row, behind.hundredths, lang));
    }
    if behind.rows.len() < n {
        let more = (n - behind.rows.len()).to_string();
        out.push(say("why.more", &[("n", more)]));
    }
    for left in &behind.left {
        out.extend(left_out(left, lang));
    }
    out.join("\n")
}

/// How the figure follows from others.
fn chain(found: &Found, behind: &Behind, lang: Lang) -> Vec<String> {
    let mut out = Vec::new();
    let term = |f: &Figure| {
        let args = [
            ("title", label(f)),
            ("cell", f.cell.clone().unwrap_or_default()),
            ("value", plain(&f.value)),
        ];
        message::say(lang, "why.term", &args)
    };
    if let Some((kind, columns)) = &behind.formula {
        let sign = match kind.as_str() {
            "ratio" => " ÷ ",
            "difference" => " − ",
            _ => " ＋ ",
        };
        let terms: Vec<String> = columns
            .iter()
            .filter_map(|c| found.beside.get(c))
            .map(term)
            .collect();
        let args = [("terms", terms.join(sign))];
        out.push(message::say(lang, "why.follows", &args));
    } else if !found.below.is_empty() {
        let shown: Vec<String> = found
            .below
            .iter()
            .take(TERMS)
            .map(|f| {
                let args = [
                    ("title", group(f)),
                    ("cell", f.cell.clone().unwrap_or_default()),
                    ("value", plain(&f.value)),
                ];
                message::say(lang, "why.term", &args)
            })
            .collect();
        let more = found.below.len().saturating_sub(TERMS);
        let args = [
            ("n", found.below.len().to_string()),
            ("terms", shown.join(" ＋ ")),
            (
                "more",
                if more > 0 {
                    " ＋ …".to_owned()
                } else {
                    String::new()
                },
            ),
        ];
        out.push(message::say(lang, "why.sum", &args));
    } else if behind.counted.is_empty() {
        out.push(message::say(lang, "why.stated", &[]));
    }
    out
}

/// The last part of a title: the column's own label.
fn label(figure: &Figure) -> String {
    let parts = figure.title.split(" / ").skip(1);
    parts.collect::<Vec<_>>().join("·")
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "—".to_owned(),
        other => other.to_string(),
    }
}

fn value(figure: &Figure, lang: Lang) -> String {
    let own = plain(&figure.value);
    match (figure.numerator, figure.denominator, figure.unit.as_deref()) {
        (Some(n), Some(d), Some("1")) => {
            // Shown as percentages are: two places, half up.
            let hundredths = (i128::from(n) * 20_000 + i128::from(d)).div_euclid(2 * i128::from(d));
            let percent = format!("{}.{:02}%", hundredths / 100, hundredths.abs() % 100);
            format!("{percent} = {n}/{d}")
        }
        (Some(n), Some(d), _) => format!("{own} = {n}/{d}"),
        (_, _, Some(unit)) => {
            let args = [("value", own), ("unit", unit.to_owned())];
            message::say(lang, "why.with-unit", &args)
        }
        _ => own,
    }
}

fn amount(n: i64, hundredths: bool) -> String {
    match hundredths {
        true => format!(
            "{}{}.{:02}",
            if n < 0 { "-" } else { "" },
            n.unsigned_abs() / 100,
            n.unsigned_abs() % 100
        ),
        false => n.to_string(),
    }
}

fn line(n: usize, row: &Row, hundredths: bool, lang: Lang) -> String {
    let say = |key: &str, args: &[(&str, String)]| message::say(lang, key, args);
    if row.earlier {
        return say("why.row-earlier", &[("n", n.to_string())]);
    }
    let comma = say("cli.list-comma", &[]);
    let values: Vec<String> = row
        .values
        .iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(title, text)| format!("{title}={text}"))
        .collect();
    let counts: Vec<String> = row
        .counts
        .iter()
        .map(|(title, n)| match *n {
            1 => title.clone(),
            n => format!("{title} {}", amount(n, hundredths)),
        })
        .collect();
    let args = [
        ("n", n.to_string()),
        ("school", row.school.clone()),
        ("name", row.name.clone()),
        ("id", row.id_number.clone()),
        (
            "values",
            match values.is_empty() {
                true => String::new(),
                false => say("why.values", &[("values", values.join(&comma))]),
            },
        ),
        ("counts", counts.join(&comma)),
        ("file", row.file.clone()),
        ("sheet", row.sheet.clone()),
        ("row", row.row.to_string()),
        ("cell", row.cell.clone().unwrap_or_default()),
    ];
    match row.counts.is_empty() {
        true => say("why.row-left", &args),
        false => say("why.row", &args),
    }
}

fn left_out(left: &LeftOut, lang: Lang) -> Vec<String> {
    let args = [
        ("n", left.total.to_string()),
        ("reason", left.reason.clone()),
    ];
    let mut out = vec![message::say(lang, "why.left", &args)];
    // Those that a school could put right are worth a line each; the others are as they should be.
    if left.open || left.rows.len() <= 5 {
        for (i, row) in left.rows.iter().enumerate() {
            out.push(line(i + 1, row, false, lang));
        }
        if left.rows.len() < left.total {
            let more = (left.total - left.rows.len()).to_string();
            out.push(message::say(lang, "why.more", &[("n", more)]));
        }
    }
    out
}
