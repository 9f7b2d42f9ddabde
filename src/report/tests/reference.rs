//! The program's books against the xlsx writer's own, part by part.
//!
//! The files of the xlsx writer are known to open in Excel, so the program's must not differ from
//! them: names and order of the parts of a package, and every byte of every part. Three differences
//! are meant:
//! - the container: short parts are stored, not deflated, and a part's sizes stand before it;
//! - what a chart stores of its figures ([`Caches`]), which is filled in here too;
//! - a text `<r>…</r>`, which the xlsx writer takes for markup and would break the file with.

use crate::cli::InputArgs;
use crate::commands::setup::setup;
use crate::message::Lang;
use crate::pipeline;
use crate::report::chart_cache::Caches;
use crate::report::frame::SheetKey;
use crate::report::page::{
    About, Align, At, Book, Cell, Chart, Column, Content, Expr, Line, LineKind, Meaning, Page,
    Print, Show, Value,
};
use crate::report::styles::Looks;
use crate::report::words::Words;
use crate::report::{Findings, Writer, compose_each, layout, workbook, write_book};
use crate::scheme::ChartKind;
use chrono::NaiveDate;
use std::io::{Cursor, Read};
use std::path::Path;
use zip::ZipArchive;

/// A package's parts in their order.
fn parts(package: Vec<u8>) -> Vec<(String, String)> {
    let mut archive = ZipArchive::new(Cursor::new(package)).expect("a package");
    (0..archive.len())
        .map(|i| {
            let mut part = archive.by_index(i).expect("a part");
            let name = part.name().expect("a name").into_owned();
            let mut text = String::new();
            part.read_to_string(&mut text).expect("text");
            (name, text)
        })
        .collect()
}

/// The parts of a book as the xlsx writer writes it whole.
fn reference(book: &Book) -> Vec<(String, String)> {
    let words = Words { lang: book.lang };
    let mut theme = Looks::new(words).theme;
    let mut made = workbook::empty(
        &book.title,
        &book.organisation,
        &book.about,
        book.date,
        &theme,
    )
    .expect("a book");
    let mut keys = Vec::new();
    let mut caches = Caches::default();
    for page in &book.pages {
        let placed = layout::place(page);
        let sheet = made.add_worksheet();
        sheet.set_name(&*page.sheet).expect("a legal name");
        workbook::cells(sheet, page, &placed, &mut theme, words).expect("cells");
        let key = SheetKey::of(page, &placed, Vec::new());
        workbook::set_up(sheet, &key, &theme, words).expect("set up");
        caches.add(page, &placed);
        keys.push(key);
    }
    workbook::define(&mut made, &keys).expect("names");
    let mut parts = parts(made.save_to_buffer().expect("a package"));
    for (name, text) in &mut parts {
        if name.starts_with("xl/charts/chart") {
            *text = caches.filled(text);
        }
    }
    parts
}

fn same(book: &Book, written: Vec<u8>) {
    let (own, reference) = (parts(written), reference(book));
    let names = |parts: &[(String, String)]| -> Vec<String> {
        parts.iter().map(|(name, _)| name.clone()).collect()
    };
    assert_eq!(names(&own), names(&reference), "{}", book.path);
    for ((name, own), (_, reference)) in own.iter().zip(&reference) {
        if own != reference {
            let at = own
                .bytes()
                .zip(reference.bytes())
                .take_while(|(a, b)| a == b)
                .count();
            let near = |text: &str| {
                let bytes = &text.as_bytes()[at.saturating_sub(80)..];
                String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned()
            };
            panic!(
                "{} {name} from byte {at}:\n{}\nthe xlsx writer:\n{}",
                book.path,
                near(own),
                near(reference)
            );
        }
    }
}

#[test]
fn every_book_of_the_samples_is_the_xlsx_writers_own() {
    for sample in ["county-backbone", "rural-uplift"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("samples")
            .join(sample);
        let args = InputArgs {
            corrections: None,
            spellings: None,
            inbox: Some(folder.join("inbox")),
            scheme: Some(sample.into()),
            schools: Some(folder.join("schools.xlsx")),
            period: Some("2025-10".into()),
            bureau: Some("清河县教育局".into()),
            jobs: None,
            json: true,
            previous: None,
        };
        let ready = setup(&args, None, Lang::Zh).expect("the sample can be run");
        let files = ready.inbox.files();
        let load = |file: &_| ready.inbox.load(file);
        let gathered = pipeline::gather(&files, load, &ready.scheme, |_| ());
        let run = pipeline::conclude(gathered, &ready.scheme);
        for lang in [Lang::Zh, Lang::En] {
            let findings = Findings {
                ledgers: crate::report::Ledgers::default(),
                decisions: &[],
                tabulations: &run.tabulations,
                diagnostics: &run.diagnostics,
                inputs: &run.inputs,
                board: &run.dataset.board,
                schools_of_files: &run.schools_of_files,
                rows_of_schools: &run.rows_of_schools,
                progress: &[],
                version: "0.0.0",
                lang,
            };
            // One writer for all: what the books share must not show.
            let mut writer = Writer::default();
            let mut books = (0, 0);
            let taken = compose_each(&findings, &ready.scheme, |mut book| {
                // Lines in bulk have tests of their own; the xlsx writer is not asked for them.
                for page in &mut book.pages {
                    page.bulk = None;
                }
                same(&book, writer.book(&book)?);
                books.0 += 1;
                books.1 += usize::from(book.pages.iter().any(|p| p.chart.is_some()));
                Ok::<(), String>(())
            });
            taken.expect("written");
            assert!(books.0 > 3 && books.1 > 0, "{sample}: {books:?}");
        }
    }
}

const SHOWS: [Show; 10] = [
    Show::Words,
    Show::Whole,
    Show::Plain,
    Show::Serial,
    Show::Percent(0),
    Show::Percent(2),
    Show::Points(1),
    Show::Money,
    Show::Decimal(0),
    Show::Decimal(2),
];
const ALIGNS: [Align; 3] = [Align::Left, Align::Centre, Align::Right];
const KINDS: [LineKind; 5] = [
    LineKind::Leaf,
    LineKind::Group,
    LineKind::Subtotal,
    LineKind::Total,
    LineKind::Words,
];
const MEANINGS: [Meaning; 6] = [
    Meaning::Item,
    Meaning::Figure,
    Meaning::Met,
    Meaning::BelowTarget,
    Meaning::Missing,
    Meaning::Note,
];

/// Everything that a cell can hold, and some that it should not.
fn contents() -> Vec<Content> {
    let at = |line, column| At { line, column };
    let text = |t: &str| Content::Text(t.into());
    let dash = || Value::Text("—".into());
    let ratio = |places| Expr::Ratio {
        over: at(3, 1),
        under: at(3, 27),
        places,
        dash: "—<&>".into(),
    };
    let difference = |times, dash: Option<&str>| Expr::Difference {
        from: at(0, 25),
        take: at(1, 26),
        times,
        dash: dash.map(Into::into),
    };
    vec![
        Content::Blank,
        text(""),
        text("第一小学"),
        text("=1+1"),
        text("@x <b>&\"'</b>"),
        text(" 前后有空\n两行 "),
        text("\t\r\u{1}\u{b}_x000D_ _x00 \u{ffff}\u{fffd}（全角）"),
        Content::Text("长".repeat(40_000)),
        Content::Text("𠀀".repeat(20_000)),
        Content::Number(0.0),
        Content::Number(-0.0),
        Content::Number(12_345.0),
        Content::Number(5e9),
        Content::Number(-3.0),
        Content::Number(1.0 / 3.0),
        Content::Number(1e-7),
        Content::Number(1e21),
        Content::Number(f64::NAN),
        Content::Number(f64::INFINITY),
        Content::Number(f64::NEG_INFINITY),
        Content::Formula(
            Expr::Sum(vec![(at(0, 1), at(2, 1)), (at(4, 1), at(4, 1))]),
            Value::Number(7.0),
        ),
        Content::Formula(
            Expr::Sum((0..300).map(|i| (at(2 * i, 3), at(2 * i, 3))).collect()),
            Value::Number(0.1),
        ),
        Content::Formula(ratio(None), dash()),
        Content::Formula(ratio(Some(2)), Value::Number(0.33)),
        Content::Formula(difference(1, None), Value::Number(-2.5)),
        Content::Formula(difference(100, Some("—")), dash()),
        Content::Formula(difference(100, None), Value::Text(String::new())),
        Content::Formula(difference(1, Some("—")), Value::Text("12".into())),
        Content::Formula(difference(1, Some("—")), Value::Text("TRUE".into())),
        Content::Formula(difference(1, Some("—")), Value::Text("#N/A".into())),
        Content::Formula(
            Expr::Elsewhere {
                sheet: "甲'乙&".into(),
                at: (7, 30),
            },
            Value::Number(3.0),
        ),
    ]
}

/// All looks of a body: every kind of line and meaning in every kind of column.
fn all_looks() -> Page {
    let mut columns: Vec<Column> = SHOWS
        .iter()
        .flat_map(|&show| ALIGNS.map(|align| (show, align)))
        .enumerate()
        .map(|(i, (show, align))| Column {
            path: match i % 3 {
                0 => vec![format!("列{i}")],
                1 => vec!["上".into(), format!("列{i}")],
                _ => vec!["上".into(), "中".into(), format!("列{i}")],
            },
            show,
            align,
            width: (6.0, 300.0),
        })
        .collect();
    let filled = columns.len();
    // One of Excel's default width, which no number makes wider.
    columns.push(Column {
        path: vec!["空".into()],
        show: Show::Words,
        align: Align::Left,
        width: (8.4, 8.4),
    });
    let contents = contents();
    let mut next = 0;
    let mut lines = Vec::new();
    for kind in KINDS {
        for meaning in MEANINGS {
            for across in [1u16, 4] {
                let count = filled / usize::from(across);
                let cells = (0..count).map(|_| {
                    next += 1;
                    Cell {
                        meaning,
                        content: contents[next % contents.len()].clone(),
                        across,
                    }
                });
                let cells = cells.collect();
                lines.push(Line { kind, cells });
            }
        }
    }
    Page {
        sheet: "全".into(),
        title: "各种样式".into(),
        subtitle: ["填报".into(), "截至".into(), "单位".into()],
        preamble: vec!["来信。".repeat(60)],
        stub: 2,
        columns,
        lines,
        signature: vec!["负责人：".into(), "日期：".into()],
        footnotes: vec!["注：一".into(), "二".into()],
        closing: vec!["清河县教育局".into(), "=落款".into()],
        filter: true,
        ..Page::default()
    }
}

/// A small table with a chart.
fn drawn(kind: ChartKind, sheet: &str, target: Option<usize>) -> Page {
    let column = |label: &str, show| Column {
        path: vec![label.into()],
        show,
        align: Align::Centre,
        width: (8.0, 20.0),
    };
    let cell = |content| Cell {
        meaning: Meaning::Figure,
        content,
        across: 1,
    };
    let lines = (0..5u32).map(|i| Line {
        kind: LineKind::Leaf,
        cells: vec![
            cell(Content::Text(format!("学校{}", i % 4))),
            cell(Content::Number(f64::from(i) / 8.0)),
            cell(Content::Formula(
                Expr::Elsewhere {
                    sheet: "全".into(),
                    at: (9 + i, 3),
                },
                Value::Number(f64::from(i) / 5.0),
            )),
            cell(Content::Number(0.5)),
        ],
    });
    Page {
        sheet: sheet.into(),
        title: "图".into(),
        chart: Some(Chart {
            kind,
            title: "比例&图".into(),
            categories: 0,
            series: vec![1, 2],
            target,
        }),
        columns: vec![
            column("学校", Show::Words),
            column("甲", Show::Percent(1)),
            column("乙", Show::Percent(1)),
            column("目标", Show::Percent(1)),
        ],
        stub: 1,
        lines: lines.collect(),
        ..Page::default()
    }
}

fn book(pages: Vec<Page>) -> Book {
    Book {
        path: "reports/x.xlsx".into(),
        title: "甲<乙>&\"丙\"".into(),
        about: About {
            subject: "工程<&>".into(),
            category: "统计报表".into(),
            keywords: "a,2025-10".into(),
        },
        organisation: "某&局".into(),
        lang: Lang::Zh,
        date: NaiveDate::from_ymd_opt(2025, 10, 31).expect("a day"),
        pages,
    }
}

#[test]
fn every_look_and_content_is_written_as_the_xlsx_writer_writes_it() {
    let mut long = all_looks();
    long.title = "长标题".repeat(60);
    long.sheet = "长'标&题".into();
    long.subtitle = Default::default();
    long.filter = false;
    long.folds = vec![(0, 1), (3, 3)];
    long.name = Some("学时_2".into());
    long.print = Print {
        a3: true,
        lying: Some(false),
        margins: [Some(5), None, None, Some(33)],
        header: ["甲&&乙".into(), String::new(), "2025年".into()],
        footer: [String::new(), "&P / &N".into(), String::new()],
        breaks: vec![1, 3],
    };
    let bare = Page {
        sheet: "空".into(),
        columns: long.columns[..1].to_vec(),
        ..Page::default()
    };
    let books = [
        book(vec![all_looks()]),
        book(vec![bare.clone()]),
        book(vec![long.clone(), all_looks(), bare]),
        book(vec![
            long,
            drawn(ChartKind::Bar, "条", Some(3)),
            all_looks(),
            drawn(ChartKind::Column, "柱'状", None),
            drawn(ChartKind::Line, "线", Some(3)),
            drawn(ChartKind::Stacked, "叠", None),
        ]),
        Book {
            title: String::new(),
            organisation: String::new(),
            lang: Lang::En,
            ..book(vec![all_looks()])
        },
    ];
    let mut writer = Writer::default();
    for book in books.iter().chain(&books) {
        same(book, writer.book(book).expect("written"));
        assert_eq!(
            writer.book(book),
            write_book(book),
            "alone and among others"
        );
    }
}

#[test]
fn books_of_one_kind_share_a_frame_and_nothing_else() {
    let one = book(vec![all_looks()]);
    let mut other = one.clone();
    other.title = "另一本".into();
    for line in &mut other.pages[0].lines {
        for cell in &mut line.cells {
            if cell.content == Content::Number(12_345.0) {
                cell.content = Content::Number(54_321.0);
            }
        }
    }
    let mut writer = Writer::default();
    for book in [&one, &other, &one] {
        same(book, writer.book(book).expect("written"));
    }
    assert_eq!(writer.frames(), 1);
}

#[test]
fn a_text_that_looks_like_markup_stays_a_text() {
    let mut page = all_looks();
    page.lines[0].cells[0].content = Content::Text("<r><x></r>".into());
    let written = parts(write_book(&book(vec![page])).expect("written"));
    let (_, strings) = written
        .iter()
        .find(|(name, _)| name == "xl/sharedStrings.xml")
        .expect("a string table");
    assert!(strings.contains("<si><t>&lt;r&gt;&lt;x&gt;&lt;/r&gt;</t></si>"));
}
