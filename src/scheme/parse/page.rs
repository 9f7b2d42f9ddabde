//! Report pages, read from `[[page]]` tables.

use super::read::{Named, Table};
use crate::scheme::page::{FILLED, PARAM};
use crate::scheme::{ChartKind, ChartSpec, PageSpec, Param, Scheme};

/// Reads all pages into the scheme.
pub(super) fn pages(root: &Table<'_, '_>, scheme: &mut Scheme) {
    let measures: Vec<String> = scheme.measures.iter().map(|m| m.id.clone()).collect();
    let filled = fillable(scheme);
    for t in root.tables("page") {
        let measure = t.need_text("measure");
        if !measure.is_empty() {
            let at = t.value_at("measure");
            t.reader
                .find(&measure, at, &measures, "scheme.unknown-measure");
        }
        let places = t.integer("rate_places").unwrap_or(2);
        if !(0..=6).contains(&places) {
            t.wrong("rate_places", "scheme.type-places");
        }
        let mut page = PageSpec {
            sheet: t.need_text("sheet"),
            title: t.need_text("title"),
            measure,
            unit: t.text("unit").unwrap_or_default(),
            notes: t.texts("notes").into_iter().map(|(n, _)| n).collect(),
            signature: t.texts("signature").into_iter().map(|(s, _)| s).collect(),
            chart: None,
            total_first: t.boolean("total_first").unwrap_or(false),
            rate_places: places.clamp(0, 6) as u8,
        };
        if scheme.pages.iter().any(|p| p.sheet == page.sheet) {
            t.reader
                .report(t.value_at("sheet"), "scheme.duplicate-id", |p| {
                    p.arg("name", &page.sheet)
                });
        }
        let title = ("title", &page.title, "scheme.unknown-placeholder");
        let note = |text| ("notes", text, "scheme.unknown-placeholder.note");
        for (key, text, problem) in std::iter::once(title).chain(page.notes.iter().map(note)) {
            for name in placeholders(text) {
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

/// The names in braces.
pub(super) fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

fn chart(t: &Table<'_, '_>) -> Option<ChartSpec> {
    const KINDS: [(&str, ChartKind); 4] = [
        ("column", ChartKind::Column),
        ("bar", ChartKind::Bar),
        ("stacked", ChartKind::Stacked),
        ("line", ChartKind::Line),
    ];
    let names: Vec<&str> = KINDS.iter().map(|(n, _)| *n).collect();
    let kind = t.need_text("kind");
    let spec = ChartSpec {
        kind: KINDS[t.choice("kind", &kind, &names)?].1,
        title: t.need_text("title"),
        parts: t.texts("parts").into_iter().map(|(p, _)| p).collect(),
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
    fn a_figure_that_nothing_asks_for_is_still_a_doubt() {
        let checked = read("title = \"{param.cap}\"\nnotes = [\"{param.share}\"]");
        let doubted: Vec<String> = checked.warnings.iter().map(|p| p.text(Lang::En)).collect();
        assert!(
            doubted.len() == 1 && doubted[0].contains("rest"),
            "{doubted:?}"
        );
    }
}
