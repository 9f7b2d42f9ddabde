//! Web page and comma-separated tables of small reports.

use super::*;
use crate::report::{csv, html};
use crate::scheme::{ChartKind, ChartSpec};

const EVIL: [&str; 6] = [
    "=1+1",
    "+86",
    "-x",
    "@sum",
    "<b>\"一\" & '二'</b>",
    "一,二\n三",
];

fn evil() -> Report {
    let tab = Tabulation {
        measure: "m".into(),
        dimensions: vec![("school".into(), "学校".into())],
        columns: vec![column("说明", Quantity::Text, None)],
        rows: EVIL
            .iter()
            .map(|t| row(Level::Leaf, &[t], &[Number::Text((*t).into())]))
            .collect(),
        ..Tabulation::default()
    };
    World::showing(tab).compose()
}

fn table(report: &Report, sheet: &str) -> String {
    let wanted = format!("/{sheet}.csv");
    let found = csv(&report.books[0]).find(|(path, _)| path.ends_with(&wanted));
    found.expect("a table").1
}

#[test]
fn tables_for_programs_have_one_header_line_and_whole_numbers() {
    let report = World::showing(towns()).compose();
    let paths: Vec<String> = csv(&report.books[0]).map(|(path, _)| path).collect();
    assert!(
        paths.contains(&"reports/提升工程_2025-08/表一.csv".to_owned()),
        "{paths:?}"
    );
    assert_eq!(
        table(&report, "表一").replace("\r\n", "\n"),
        "\u{feff}序号,学校,人数,达标,达标率,去重人数,金额\n\
         甲镇,,,,,,\n\
         1,一小,10,7,0.7,9,100.50\n\
         2,二小,0,0,—,0,\n\
         小计,,10,7,0.7,9,100.50\n\
         乙镇,,,,,,\n\
         3,三小,3,1,0.3333333333333333,3,0.05\n\
         小计,,3,1,0.3333333333333333,3,0.05\n\
         合计,,13,8,0.6153846153846154,11,100.55\n\
         金额合计（大写）：人民币壹佰元伍角伍分\u{3000}\u{3000}（小写）：¥100.55,,,,,,\n"
    );
}

#[test]
fn words_that_begin_like_a_formula_stay_words_in_tables() {
    let text = table(&evil(), "表一");
    let mut reader =
        ::csv::ReaderBuilder::new().from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let read: Vec<String> = reader
        .records()
        .map(|r| {
            r.expect("a record")
                .iter()
                .next_back()
                .expect("a field")
                .to_owned()
        })
        .collect();
    for (read, wrote) in read.iter().zip(EVIL) {
        let marked = wrote.starts_with(['=', '+', '-', '@']);
        assert_eq!(read.strip_prefix('\'').unwrap_or(read), wrote);
        assert_eq!(read.starts_with('\''), marked, "{wrote}");
    }
    assert_eq!(read.len(), EVIL.len());
}

#[test]
fn words_never_become_tags() {
    let page = html(&evil().books[0]);
    assert!(!page.contains("<b>"));
    assert!(page.contains("&lt;b&gt;&quot;一&quot; &amp; &#39;二&#39;&lt;/b&gt;"));
    assert!(page.contains("一,二<br/>三"));
}

#[test]
fn the_page_keeps_the_parts_of_a_table_and_says_its_meanings_in_signs() {
    let mut tab = towns();
    tab.rows[3].figures[2].met = Some(false);
    tab.rows[0].figures[2].met = Some(true);
    let report = World::showing(tab).compose();
    let page = html(&report.books[0]);
    let at = page.find("<caption>表一</caption>").expect("the table");
    let table = &page[at..page[at..].find("</table>").expect("its end") + at];
    assert!(table.contains("<th scope=\"col\">达标率</th>"));
    assert_eq!(
        table.matches("<tbody>").count(),
        3,
        "two towns and the sum: {table}"
    );
    assert!(
        table.contains("<th scope=\"rowgroup\" colspan=\"7\" class=\"l\">甲镇</th>"),
        "{table}"
    );
    assert!(table.contains("<th scope=\"row\">一小</th>"), "{table}");
    assert!(
        table.contains("<th scope=\"row\" colspan=\"2\">小计</th>"),
        "{table}"
    );
    assert!(
        table.contains("<td class=\"m\"><i>✓</i>70.00%</td>"),
        "{table}"
    );
    assert!(
        table.contains("<td class=\"b\"><i>▼</i>33.33%</td>"),
        "{table}"
    );
    assert!(table.contains("<td class=\"r\">100.55</td>"), "{table}");
    let sheet = super::page(&report, "表一");
    for around in sheet.footnotes.iter().chain(&sheet.signature) {
        assert!(page.contains(around.as_str()), "{around}");
    }
    let english = World {
        lang: Lang::En,
        ..World::showing(towns())
    };
    assert!(html(&english.compose().books[0]).contains("<html lang=\"en\""));
}

#[test]
fn a_chart_is_drawn_from_the_figures_of_its_table() {
    for (kind, shape, each) in [
        (ChartKind::Column, "<rect x=", 2 * 3),
        (ChartKind::Bar, "<rect x=", 2 * 3),
        (ChartKind::Stacked, "<rect x=", 2 * 3),
        (ChartKind::Line, "<circle ", 2 * 3),
    ] {
        let mut world = World::showing(towns());
        world.scheme.pages[0].chart = Some(ChartSpec {
            kind,
            title: "一<二".into(),
            parts: vec!["人数".into(), "达标".into()],
            by_subtotal: false,
            across: false,
        });
        let page = html(&world.compose().books[0]);
        let at = page.find("<svg").expect("a drawing");
        let drawing = &page[at..page[at..].find("</svg>").expect("its end") + at];
        assert!(drawing.contains("aria-label=\"一&lt;二\""), "{drawing}");
        // Every figure has its shape, with a tip that names it.
        assert_eq!(
            drawing.matches("<title>").count(),
            each,
            "{kind:?}: {drawing}"
        );
        assert!(
            drawing.contains("<title>一小 人数 10</title>"),
            "{kind:?}: {drawing}"
        );
        assert!(
            drawing.matches(shape).count() >= each,
            "{kind:?}: {drawing}"
        );
        assert!(!drawing.contains("NaN") && !drawing.contains("inf"));
    }
}
