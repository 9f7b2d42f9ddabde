//! Report pages, read from `[[page]]` tables.

use super::read::Table;
use crate::scheme::{ChartKind, ChartSpec, PageSpec, Scheme};

/// What a title may ask to be filled in.
const FILLED: [&str; 6] = ["bureau", "year", "month", "period", "scheme", "cut_off"];

/// Reads all pages into the scheme.
pub(super) fn pages(root: &Table<'_, '_>, scheme: &mut Scheme) {
    let measures: Vec<String> = scheme.measures.iter().map(|m| m.id.clone()).collect();
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
        for (key, text) in
            std::iter::once(("title", &page.title)).chain(page.notes.iter().map(|n| ("notes", n)))
        {
            for name in placeholders(text) {
                t.reader
                    .find(name, t.value_at(key), &FILLED, "scheme.unknown-placeholder");
            }
        }
        page.chart = t.table("chart").and_then(|c| chart(&c));
        t.close();
        scheme.pages.push(page);
    }
}

/// The names in braces.
fn placeholders(text: &str) -> impl Iterator<Item = &str> {
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
