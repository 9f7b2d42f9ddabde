//! Forms of a superior bureau that hold everything which refers to places: what stands below a list
//! moves down with all of it, and every other byte stays. The two forms under `templates/` are held
//! against the figures of their samples.

use crate::cli::Scratch;
use crate::golden;
use crate::harness::{official, run};
use crate::oracle;
use crate::support::FileFormat;
use crate::support::draft::{SheetDraft, WorkbookDraft};
use crate::support::xlsx::map_parts;
use huizong::grid::Value;
use huizong::message::Lang;
use huizong::pipeline::Concluded;
use huizong::report::official as forms;
use huizong::scheme::Scheme;
use huizong::scheme::parse::Source;
use huizong::statistics;
use rust_xlsxwriter::{
    Chart, ConditionalFormatFormula, DataValidation, Format, Image, Note, Sparkline, Table, Url,
    Workbook,
};
use std::collections::BTreeMap;

const SCHOOLS: &str = "S1|甲校|甲镇|镇区||\nS2|乙校|甲镇|镇区||\nS3|丙校|乙镇|乡村||";
const SCHEME: &str = r#"
id = "t"
title = "试"
forms = ["roster"]
[[measure]]
id = "staff"
kind = "composition"
title = "人数"
form = "roster"
columns = ["gender"]
by = ["district", "school"]
[[page]]
sheet = "人数"
title = "人数"
measure = "staff"
[[form_file]]
file = "form.xlsx"
out = "表"
"#;

fn scheme(form: Vec<u8>) -> Scheme {
    let files = BTreeMap::from([("scheme.toml".to_owned(), SCHEME.to_owned())]);
    let source = Source::of_files(&files).expect("a scheme");
    let source = source.with_workbooks(BTreeMap::from([("form.xlsx".to_owned(), form)]));
    let mut scheme = source.check().loaded().expect("no problems");
    scheme.set_period("2025-10", run::month_end("2025-10"));
    scheme.directory = run::directory(SCHOOLS);
    scheme
}

/// Three schools with 2, 0 and 1 teachers.
fn concluded(scheme: &Scheme) -> Concluded {
    let roster = |school: &str, names: &[&str]| {
        let mut sheet = SheetDraft::new("名册");
        sheet.text(0, 0, format!("单位：{school}"));
        for (c, text) in ["姓名", "性别", "任教学段"].into_iter().enumerate() {
            sheet.text(1, c as u32, text);
        }
        for (r, name) in names.iter().enumerate() {
            for (c, text) in [*name, "女", "小学"].into_iter().enumerate() {
                sheet.text(r as u32 + 2, c as u32, text);
            }
        }
        let xlsx = FileFormat::named("xlsx").expect("a format");
        (
            format!("{school}.xlsx"),
            xlsx.write(&WorkbookDraft::one(sheet)),
        )
    };
    let files = [roster("甲校", &["王丽", "李敏"]), roster("丙校", &["陈静"])];
    run::run(&files, scheme)
}

/// A form with everything that refers to places: lists in rows 5 and 9.
fn crowded() -> Vec<u8> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold().set_num_format("#,##0");
    let sheet = book.add_worksheet();
    sheet.set_name("表").unwrap();
    sheet
        .merge_range(0, 0, 0, 4, "{{bureau}}人数", &bold)
        .unwrap();
    sheet.write(3, 3, "人数").unwrap();
    sheet.write(4, 0, "{{each staff by school}}{{n}}").unwrap();
    sheet.merge_range(4, 1, 4, 2, "{{school}}", &bold).unwrap();
    sheet.write_with_format(4, 3, "{{staff}}", &bold).unwrap();
    sheet.write_formula(4, 4, "=D5*2").unwrap();
    sheet.write_formula(5, 4, "=D6*2").unwrap();
    sheet.write_formula(5, 3, "=SUM(D5:D5)").unwrap();
    sheet.merge_range(5, 0, 5, 2, "合计", &bold).unwrap();
    sheet.write(8, 0, "{{each staff by district}}").unwrap();
    sheet.write(8, 1, "{{district}}").unwrap();
    sheet
        .write_with_format(8, 3, "{{staff.gender.女}}", &bold)
        .unwrap();
    sheet.write_formula(9, 3, "=SUM(D9)+D6").unwrap();
    sheet.write(9, 4, "选填").unwrap();
    sheet.set_row_height(9, 33).unwrap();
    sheet
        .write_url(11, 0, Url::new("internal:表!D6").set_text("合计"))
        .unwrap();
    sheet.insert_note(3, 3, &Note::new("上面")).unwrap();
    sheet.insert_note(9, 3, &Note::new("下面")).unwrap();
    let list = DataValidation::new()
        .allow_list_strings(&["是", "否"])
        .unwrap();
    sheet.add_data_validation(4, 4, 5, 4, &list).unwrap();
    sheet.add_data_validation(9, 4, 9, 4, &list).unwrap();
    let low = ConditionalFormatFormula::new()
        .set_rule("=$D5<$D$10")
        .set_format(&bold);
    sheet.add_conditional_format(4, 3, 5, 3, &low).unwrap();
    sheet
        .add_sparkline(9, 5, &Sparkline::new().set_range(("表", 4, 3, 5, 3)))
        .unwrap();
    sheet.set_page_breaks(&[7, 12]).unwrap();
    sheet.set_print_area(0, 0, 11, 5).unwrap();
    sheet.set_repeat_rows(0, 3).unwrap();
    sheet.autofilter(3, 0, 4, 4).unwrap();
    sheet.set_freeze_panes(4, 0).unwrap();
    sheet.set_selection(9, 3, 9, 3).unwrap();
    sheet.add_table(12, 7, 14, 8, &Table::new()).unwrap();
    let dot = [
        0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0x0D, 0x49, 0x48, 0x44, 0x52, 0,
        0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0x1F, 0x15, 0xC4, 0x89, 0, 0, 0, 0x0D, 0x49, 0x44,
        0x41, 0x54, 0x78, 0x9C, 0x63, 0, 1, 0, 0, 5, 0, 1, 0x0D, 0x0A, 0x2D, 0xB4, 0, 0, 0, 0,
        0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82,
    ];
    sheet
        .insert_image(13, 0, &Image::new_from_buffer(&dot).unwrap())
        .unwrap();
    let mut chart = Chart::new_column();
    let series = chart.add_series();
    series
        .set_values("表!$D$5:$D$5")
        .set_categories("表!$B$5:$B$5");
    sheet.insert_chart(16, 1, &chart).unwrap();
    let other = book.add_worksheet();
    other.set_name("目录").unwrap();
    other.write_formula(0, 0, "=表!D10").unwrap();
    other
        .write_formula(1, 0, "=SUM(表!D5:D5)+COUNTA(名单)")
        .unwrap();
    other.write(2, 0, "不变").unwrap();
    book.define_name("总数", "=表!$D$10").unwrap();
    book.define_name("名单", "=表!$D$5:$D$5").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    // Excel writes equal formulas once; the writer does not.
    map_parts(&bytes, |part, content| match part {
        "xl/worksheets/sheet1.xml" => {
            let text = String::from_utf8(content).expect("xml");
            let shared = text
                .replace(
                    "<f>D5*2</f>",
                    "<f t=\"shared\" ref=\"E5:E6\" si=\"0\">D5*2</f>",
                )
                .replace("<f>D6*2</f>", "<f t=\"shared\" si=\"0\"/>");
            assert_eq!(shared.matches("shared").count(), 2);
            shared.into_bytes()
        }
        _ => content,
    })
}

/// All parts of a package.
fn parts(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    map_parts(bytes, |part, content| {
        all.insert(part.to_owned(), content.clone());
        content
    });
    all
}

#[test]
fn everything_below_a_list_moves_and_nothing_else_changes() {
    let form = crowded();
    let scheme = scheme(form.clone());
    let concluded = concluded(&scheme);
    let found = forms::problems(&scheme, &concluded.tabulations);
    let found: Vec<String> = found.iter().map(|p| p.text(Lang::En)).collect();
    assert!(found.is_empty(), "{found:?}");
    let made = official::filled(&concluded, &scheme);
    let filled = &made["reports/表.xlsx"];
    let (before, after) = (parts(&form), parts(filled));
    assert_eq!(
        before.keys().collect::<Vec<_>>(),
        after.keys().collect::<Vec<_>>()
    );
    // Three schools in rows 5 to 7, two towns in rows 11 and 12.
    let part = |name: &str| String::from_utf8_lossy(&after[name]).into_owned();
    let sheet = part("xl/worksheets/sheet1.xml");
    for piece in [
        r#"<mergeCells count="5">"#,
        r#"ref="A1:E1""#,
        r#"ref="B5:C5""#,
        r#"ref="B6:C6""#,
        r#"ref="B7:C7""#,
        r#"ref="A8:C8""#,
        "<f>SUM(D5:D7)</f><v>3</v>",
        "<f>D7*2</f><v>2</v>",
        "<f>D8*2</f><v>6</v>",
        "<f>SUM(D11:D12)+D8</f><v>6</v>",
        r#"sqref="E5:E8""#,
        r#"sqref="E13""#,
        r#"sqref="D5:D8""#,
        "<formula>$D5&lt;$D$13</formula>",
        r#"<brk id="9" "#,
        r#"<brk id="15" "#,
        r#"<autoFilter ref="A4:E7""#,
        r#"<hyperlink ref="A15" location="表!D8""#,
        "<xm:f>表!D5:D8</xm:f><xm:sqref>F13</xm:sqref>",
        r#"activeCell="D13" sqref="D13""#,
        r#"topLeftCell="A5""#,
        r#"<row r="13" "#,
    ] {
        assert!(sheet.contains(piece), "no {piece} in\n{sheet}");
    }
    let row = sheet.split(r#"<row r="13" "#).nth(1).expect("a row");
    assert!(
        row.starts_with("spans") && row[..60].contains("ht=\"33\""),
        "{row}"
    );
    let book = part("xl/workbook.xml");
    for piece in [
        ">表!$D$5:$D$7<",
        ">表!$D$13<",
        ">表!$A$1:$F$15<",
        ">表!$1:$4<",
        ">表!$A$4:$E$7<",
    ] {
        assert!(book.contains(piece), "no {piece} in\n{book}");
    }
    let other = part("xl/worksheets/sheet2.xml");
    for piece in [
        "<f>表!D13</f><v>6</v>",
        "<f>SUM(表!D5:D7)+COUNTA(名单)</f><v>6</v>",
    ] {
        assert!(other.contains(piece), "no {piece} in\n{other}");
    }
    let table = part("xl/tables/table1.xml");
    assert!(table.contains(r#"ref="H16:I18""#), "{table}");
    let notes = part("xl/comments1.xml");
    assert!(
        notes.contains(r#"ref="D4""#) && notes.contains(r#"ref="D13""#),
        "{notes}"
    );
    let boxes = part("xl/drawings/vmlDrawing1.vml");
    assert!(
        boxes.contains("<x:Row>3</x:Row>") && boxes.contains("<x:Row>12</x:Row>"),
        "{boxes}"
    );
    let drawing = part("xl/drawings/drawing1.xml");
    assert!(drawing.contains("<xdr:row>16</xdr:row>"), "{drawing}");
    assert!(drawing.contains("<xdr:row>19</xdr:row>"), "{drawing}");
    let chart = part("xl/charts/chart1.xml");
    assert!(chart.contains("<c:f>表!$D$5:$D$7</c:f>"), "{chart}");
    // Nothing else is another part.
    let moving = [
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/sheet2.xml",
        "xl/workbook.xml",
        "xl/tables/table1.xml",
        "xl/comments1.xml",
        "xl/drawings/vmlDrawing1.vml",
        "xl/drawings/drawing1.xml",
        "xl/charts/chart1.xml",
    ];
    for (name, bytes) in &before {
        if !moving.contains(&name.as_str()) {
            assert!(after[name] == *bytes, "{name} changed");
        }
    }
    if oracle::is_there() {
        let scratch = Scratch::new("official-crowded");
        assert_eq!(oracle::agrees(&scratch, "crowded", filled), 8);
    }
}

#[test]
fn what_cannot_move_is_refused_with_its_reason() {
    let with = |draw: &dyn Fn(&mut rust_xlsxwriter::Worksheet)| {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.set_name("表").unwrap();
        sheet
            .write(4, 0, "{{each staff by school}}{{school}}")
            .unwrap();
        sheet.write(4, 3, "{{staff}}").unwrap();
        draw(sheet);
        let scheme = scheme(book.save_to_buffer().unwrap());
        let tables = concluded(&scheme).tabulations;
        let found = forms::problems(&scheme, &tables);
        found.iter().map(|p| p.text(Lang::En)).collect::<Vec<_>>()
    };
    assert_eq!(with(&|_| ()), Vec::<String>::new());
    let plain = Format::new();
    for (why, found) in [
        (
            "mergeCell A5:A6",
            with(&|s| {
                s.merge_range(4, 1, 5, 1, "", &plain).unwrap();
                s.merge_range(4, 0, 5, 0, "{{each staff by school}}", &plain)
                    .unwrap();
            }),
        ),
        (
            "B9 =D5*2 → D5",
            with(&|s| {
                s.write_formula(8, 1, "=D5*2").unwrap();
            }),
        ),
        (
            "array",
            with(&|s| {
                s.write_array_formula(4, 5, 5, 5, "=D5:D6").unwrap();
            }),
        ),
        (
            "hyperlink B5",
            with(&|s| {
                s.write_url(4, 1, "https://example.org").unwrap();
            }),
        ),
        (
            "sheet1.xml",
            with(&|s| {
                s.set_header("{{bureau}}");
            }),
        ),
    ] {
        assert!(
            found.len() == 1 && found[0].contains(why),
            "{why}: {found:?}"
        );
    }
}

/// The built-in forms show the figures of `statistics.json`, and keep all but marked cells.
#[test]
fn the_forms_of_the_samples_show_their_figures() {
    let mut seen = 0;
    for sample in golden::SAMPLES {
        let (concluded, scheme) = golden::run_sample(sample);
        let figures = statistics::json(&concluded.tabulations, &scheme, &BTreeMap::new());
        let made = official::filled(&concluded, &scheme);
        let (path, bytes) = made.first_key_value().expect("a form");
        let book = huizong::intake::read("form.xlsx", bytes).value.remove(0);
        let sheet = &book.sheets[0];
        let (list, measure, column, total) = match sample {
            "rural-uplift" => (5, "hours.base", 3, "合计"),
            _ => (14, "books", 7, "小计"),
        };
        let value = |group: &[(&str, &str)]| {
            let of = figures.iter().find(|f| {
                let own = f["group"].as_object().expect("a group");
                f["measure"] == measure
                    && (group.is_empty() == own.is_empty())
                    && group
                        .iter()
                        .all(|(k, v)| own.get(*k).is_some_and(|o| o == v))
            });
            let of = of.unwrap_or_else(|| panic!("{measure} {group:?}"));
            match &of["value"] {
                serde_json::Value::String(s) => s.parse::<f64>().expect("money"),
                v => v.as_f64().expect("a number"),
            }
        };
        let number = |row: u32| match sheet.at(row, column) {
            Some(Value::Number(n)) => n,
            other => panic!("{path} row {row}: {other:?}"),
        };
        let mut row = list;
        while let Some(Value::Text(school)) = sheet.at(row, 2) {
            let Some(Value::Text(town)) = sheet.at(row, 1) else {
                panic!("no town")
            };
            assert_eq!(
                number(row),
                value(&[("district", town), ("school", school)])
            );
            row += 1;
        }
        assert_eq!(
            row - list,
            scheme.directory.schools().len() as u32,
            "{path}"
        );
        assert_eq!(sheet.at(row, 0), Some(Value::Text(total)), "{path}");
        assert!((number(row) - value(&[])).abs() < 1e-9, "{path}");
        let marks = sheet.cells().iter().filter(
            |c| matches!(sheet.value(c), Value::Text(t) if t.contains("{{") || t.contains("}}")),
        );
        assert_eq!(marks.count(), 0, "{path}");
        // The sheet, names, notes, drawings and chart follow their cells; all else is the template's.
        let template = &scheme.form_files[0].bytes.0;
        let (before, after) = (parts(template), parts(bytes));
        let changed: Vec<&String> = after
            .keys()
            .filter(|n| before.get(*n) != Some(&after[*n]))
            .collect();
        for name in ["xl/styles.xml", "xl/theme/theme1.xml", "docProps/core.xml"] {
            assert!(after[name] == before[name], "{path} {name}");
        }
        assert!(changed.len() <= 6, "{path}: {changed:?}");
        seen += row;
    }
    assert!(seen > 30);
}
