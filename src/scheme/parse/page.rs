//! Report pages, read from `[[page]]` tables.

use super::read::{Named, Table};
use crate::scheme::measure::List;
use crate::scheme::page::{FILLED, MARGINS, NUMBERED, PARAM};
use crate::scheme::{
    ChartKind, ChartSpec, MeasureKind, PageKind, PageSpec, Param, PrintSpec, Scheme,
};

/// Reads all pages into the scheme.
pub(super) fn pages(root: &Table<'_, '_>, scheme: &mut Scheme) {
    let measures: Vec<String> = scheme.measures.iter().map(|m| m.id.clone()).collect();
    let filled = fillable(scheme);
    for t in root.tables("page") {
        let kind = match t.text("kind") {
            None => PageKind::Table,
            Some(text) => match t.choice("kind", &text, &["table", "voucher", "balance"]) {
                Some(1) => PageKind::Voucher,
                Some(2) => PageKind::Balance,
                _ => PageKind::Table,
            },
        };
        let (measure, beside) = shown(&t, kind, scheme, &measures);
        let places = t.integer("rate_places").unwrap_or(2);
        if !(0..=6).contains(&places) {
            t.wrong("rate_places", "scheme.type-places");
        }
        let mut page = PageSpec {
            kind,
            sheet: t.need_text("sheet"),
            title: t.need_text("title"),
            measure,
            measures: beside,
            unit: t.text("unit").unwrap_or_default(),
            notes: t.texts("notes").into_iter().map(|(n, _)| n).collect(),
            signature: t.texts("signature").into_iter().map(|(s, _)| s).collect(),
            chart: None,
            total_first: t.boolean("total_first").unwrap_or(false),
            rate_places: places.clamp(0, 6) as u8,
            sources: few(&t, "sources", usize::MAX),
            subtitle: few(&t, "subtitle", 3),
            print: print(&t, scheme),
        };
        if scheme.pages.iter().any(|p| p.sheet == page.sheet) {
            t.reader
                .report(t.value_at("sheet"), "scheme.duplicate-id", |p| {
                    p.arg("name", &page.sheet)
                });
        }
        let title = ("title", &page.title, "scheme.unknown-placeholder");
        let under = |key: &'static str| {
            let one = |text| (key, text, "scheme.unknown-placeholder.note");
            match key {
                "notes" => &page.notes,
                "sources" => &page.sources,
                "subtitle" => &page.subtitle,
                "header" => &page.print.header,
                _ => &page.print.footer,
            }
            .iter()
            .map(one)
            .collect::<Vec<_>>()
        };
        let keys = ["notes", "sources", "subtitle", "header", "footer"];
        let texts = keys.into_iter().flat_map(under);
        for (key, text, problem) in std::iter::once(title).chain(texts) {
            let numbered = ["header", "footer"].contains(&key);
            for name in placeholders(text) {
                if numbered && NUMBERED.contains(&name) {
                    continue;
                }
                t.reader.find(name, t.value_at(key), &filled, problem);
                if let Some(param) = name.strip_prefix(PARAM) {
                    t.reader.mark_used(Named::Param, param);
                }
            }
        }
        page.chart = t.table("chart").and_then(|c| chart(&c));
        t.close();
        scheme.pages.push(page);
    }
}

/// The names that texts may have in braces.
pub(super) fn fillable(scheme: &Scheme) -> Vec<String> {
    let run = FILLED.iter().map(|name| (*name).to_owned());
    run.chain(scheme.params.iter().map(Param::placeholder))
        .collect()
}

/// Ids of the measure that a page shows, and of all that a balance does.
fn shown(
    t: &Table<'_, '_>,
    kind: PageKind,
    scheme: &Scheme,
    known: &[String],
) -> (String, Vec<String>) {
    let find = |id: &str, at: usize| {
        let found = t.reader.find(id, at, known, "scheme.unknown-measure");
        found.map(|i| &scheme.measures[i].kind)
    };
    if kind == PageKind::Balance {
        let mut all = Vec::new();
        for (id, at) in t.texts("measures") {
            let paid = match find(&id, at) {
                Some(MeasureKind::Reimbursement(_) | MeasureKind::Subsidy(_)) | None => true,
                Some(_) => false,
            };
            if !paid {
                t.wrong("measures", "scheme.not-paid");
            }
            all.push(id);
        }
        if all.is_empty() {
            t.missing("measures");
        }
        return (all.first().cloned().unwrap_or_default(), all);
    }
    let id = t.need_text("measure");
    if !id.is_empty() {
        let of = find(&id, t.value_at("measure"));
        // A form to be signed has lines and money.
        let listed = |k: &MeasureKind| {
            let MeasureKind::List(list) = k else {
                return false;
            };
            match list {
                List::Claims { .. } => true,
                List::Of(of) => matches!(scheme.measures[*of].kind, MeasureKind::Subsidy(_)),
                List::Records { .. } => false,
            }
        };
        if kind == PageKind::Voucher && of.is_some_and(|k| !listed(k)) {
            t.wrong("measure", "scheme.not-voucher");
        }
    }
    (id, Vec::new())
}

/// A list of texts of at most so many.
fn few(t: &Table<'_, '_>, key: &str, most: usize) -> Vec<String> {
    let texts: Vec<String> = t.texts(key).into_iter().map(|(text, _)| text).collect();
    if texts.len() > most {
        t.wrong(key, "scheme.three-parts");
    }
    texts
}

/// Paper and breaks; call after the page's measure is known.
fn print(t: &Table<'_, '_>, scheme: &Scheme) -> PrintSpec {
    let chosen = |key: &str, known: [&str; 2]| {
        let text = t.text(key)?;
        Some(t.choice(key, &text, &known)? == 1)
    };
    let mut spec = PrintSpec {
        break_by: t.text("break_by"),
        a3: chosen("paper", ["A4", "A3"]).unwrap_or(false),
        lying: chosen("orientation", ["portrait", "landscape"]),
        margins: [None; 4],
        header: few(t, "header", 3),
        footer: few(t, "footer", 3),
    };
    if let Some(margins) = t.table("margins") {
        // Centimetres, as in Excel's own window, to the millimetre.
        for (slot, key) in spec
            .margins
            .iter_mut()
            .zip(["left", "right", "top", "bottom"])
        {
            let Some(given) = margins.exact(key) else {
                continue;
            };
            match given.scaled(1).filter(|mm| MARGINS.contains(mm)) {
                Some(mm) => *slot = u16::try_from(mm).ok(),
                None => margins.wrong(key, "scheme.type-margin"),
            }
        }
        margins.close();
    }
    if let Some(wanted) = &spec.break_by {
        let measure = t.text("measure").unwrap_or_default();
        let measure = scheme.measures.iter().find(|m| m.id == measure);
        let known: Vec<&str> = match measure.map(|m| (&m.kind, &m.by)) {
            Some((MeasureKind::List(_), _)) => vec!["district", "school"],
            // Each line of the innermost dimension on paper of its own would be no table.
            Some((_, by)) => {
                let outer = by.len().saturating_sub(1);
                by[..outer].iter().map(|d| d.id.as_str()).collect()
            }
            None => return spec,
        };
        let at = t.value_at("break_by");
        t.reader.find(wanted, at, &known, "scheme.unknown-break");
    }
    spec
}

/// The names in braces.
pub(super) fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

fn chart(t: &Table<'_, '_>) -> Option<ChartSpec> {
    const KINDS: [(&str, ChartKind); 6] = [
        ("column", ChartKind::Column),
        ("bar", ChartKind::Bar),
        ("stacked", ChartKind::Stacked),
        ("share", ChartKind::Share),
        ("histogram", ChartKind::Histogram),
        ("line", ChartKind::Line),
    ];
    let names: Vec<&str> = KINDS.iter().map(|(n, _)| *n).collect();
    let kind = t.need_text("kind");
    let spec = ChartSpec {
        kind: KINDS[t.choice("kind", &kind, &names)?].1,
        title: t.need_text("title"),
        parts: t.texts("parts").into_iter().map(|(p, _)| p).collect(),
        across: t.boolean("across").unwrap_or(false),
        by_subtotal: t.boolean("by_subtotal").unwrap_or(false),
    };
    t.close();
    Some(spec)
}

#[cfg(test)]
mod tests {
    use crate::message::Lang;
    use crate::scheme::parse::{Checked, Source};
    use crate::scheme::prose;
    use std::collections::BTreeMap;

    fn read(page: &str) -> Checked {
        let text = format!(
            r#"
id = "t"
title = "试"
forms = ["roster"]
[params]
cap = {{ value = 20_000.00, title = "上限" }}
share = {{ value = 0.50, title = "比例" }}
rest = {{ value = 0.125, title = "余下" }}
[[measure]]
id = "heads"
kind = "composition"
title = "人数"
form = "roster"
columns = ["gender"]
by = ["school"]
[[page]]
sheet = "人数"
measure = "heads"
{page}
"#
        );
        let files = BTreeMap::from([("scheme.toml".to_owned(), text)]);
        Source::of_files(&files).expect("a scheme").check()
    }

    #[test]
    fn named_figures_are_filled_as_clerks_write_them() {
        let notes =
            r#"["每人最高{param.cap}元，承担{param.share}、{param.rest}，截至{cut_off}。"]"#;
        let checked = read(&format!(
            "title = \"{{bureau}}上限{{param.cap}}元\"\nnotes = {notes}"
        ));
        assert_eq!(checked.warnings, []);
        let s = checked.scheme.expect("no errors");
        let run = [("cut_off", "今日".to_owned()), ("bureau", "局".to_owned())];
        let page = &s.pages[0];
        assert_eq!(s.fill(&page.title, &run), "局上限20000元");
        assert_eq!(
            s.fill(&page.notes[0], &run),
            "每人最高20000元，承担50%、12.5%，截至今日。"
        );
        let told = prose::describe(&s, Lang::Zh);
        assert!(
            told.contains("注：每人最高20000元，承担50%、12.5%，截至截止日。"),
            "{told}"
        );
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_nearest() {
        let checked = read("title = \"x\"\nnotes = [\"最高{param.caps}元\"]");
        let found: Vec<String> = checked.errors.iter().map(|p| p.text(Lang::En)).collect();
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].contains("notes cannot be filled with \"param.caps\""),
            "{found:?}"
        );
        assert!(found[0].contains("param.cap\""), "{found:?}");
    }

    #[test]
    fn paper_edges_and_breaks_are_read_and_told() {
        let page = r#"
title = "x"
sources = "{bureau}名册"
subtitle = ["填报单位：{bureau}", "单位：人"]
paper = "A3"
orientation = "landscape"
margins = { left = 2.5, top = 3 }
header = "内部资料"
footer = ["{scheme}", "{page}/{pages}"]
"#;
        let checked = read(page);
        assert_eq!(checked.errors, []);
        let s = checked.scheme.expect("no errors");
        let print = &s.pages[0].print;
        assert_eq!((print.a3, print.lying), (true, Some(true)));
        assert_eq!(print.margins, [Some(25), None, Some(30), None]);
        let told = prose::describe(&s, Lang::Zh);
        for sentence in [
            "资料来源：填报单位名册",
            "打印：A3纸，横向，左边距2.5厘米，上边距3.0厘米，标题下写“填报单位：填报单位 单位：人”，页眉写“内部资料”，页脚写“本方案 页码/总页数”。",
        ] {
            assert!(told.contains(sentence), "{sentence} is not in\n{told}");
        }
    }

    #[test]
    fn what_cannot_be_printed_is_refused_at_its_place() {
        for (page, wanted) in [
            ("break_by = \"school\"", "\"school\" is no group"),
            ("paper = \"A5\"", "A5"),
            ("orientation = \"lanscape\"", "landscape"),
            ("margins = { left = 0.1 }", "0.3 to 10"),
            ("margins = { lef = 1 }", "left"),
            ("header = [\"a\", \"b\", \"c\", \"d\"]", "three parts"),
            ("footer = \"{pagse}\"", "pagse"),
            ("subtitle = \"{page}\"", "page"),
        ] {
            let checked = read(&format!("title = \"x\"\n{page}"));
            let found: Vec<String> = checked.errors.iter().map(|p| p.text(Lang::En)).collect();
            assert!(
                found.len() == 1 && found[0].contains(wanted),
                "{page}: {found:?}"
            );
        }
    }

    #[test]
    fn a_figure_that_nothing_asks_for_is_still_a_doubt() {
        let checked = read("title = \"{param.cap}\"\nnotes = [\"{param.share}\"]");
        let doubted: Vec<String> = checked.warnings.iter().map(|p| p.text(Lang::En)).collect();
        assert!(
            doubted.len() == 1 && doubted[0].contains("rest"),
            "{doubted:?}"
        );
    }
}
