//! Workbooks on their way back, part by part.

use super::*;
use crate::amend::{Package, Penmanship};
use crate::diagnostic::Severity;
use crate::grid::{self, Value};
use crate::intake;
use rust_xlsxwriter::{
    Chart, ChartType, ConditionalFormatCell, ConditionalFormatCellRule, DataValidation, Format,
    Note, Workbook,
};
use std::collections::{BTreeMap, BTreeSet};

fn pen() -> Penmanship {
    Penmanship {
        author: "清河县教育局".into(),
        font: "宋体".into(),
    }
}

fn at(sheet: &str, row: u32, col: u32, severity: Severity) -> Mark {
    Mark {
        sheet: sheet.into(),
        row,
        col: Some(col),
        severity,
        text: Some((
            "【错误】".into(),
            format!("第{}行有误。\n请核对。", row + 1),
        )),
    }
}

/// Three sheets with everything that schools' workbooks have besides cells.
fn original() -> Vec<u8> {
    let mut book = Workbook::new();
    let money = Format::new().set_num_format("#,##0.00").set_bold();
    for name in ["名册", "经费", "图表"] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        for row in 0..30 {
            sheet.write(row, 0, format!("{name}{row}")).unwrap();
            sheet
                .write_with_format(row, 1, f64::from(row), &money)
                .unwrap();
        }
        sheet.write_formula(30, 1, "=SUM(B1:B30)").unwrap();
        sheet.merge_range(0, 3, 1, 5, "合并", &money).unwrap();
        sheet
            .insert_note(2, 0, &Note::new("学校自己的批注"))
            .unwrap();
        sheet.set_repeat_rows(0, 0).unwrap();
        sheet.set_landscape();
        let list = DataValidation::new()
            .allow_list_strings(&["甲", "乙"])
            .unwrap();
        sheet.add_data_validation(1, 2, 20, 2, &list).unwrap();
        let over = ConditionalFormatCellRule::GreaterThan(20);
        let rule = ConditionalFormatCell::new()
            .set_rule(over)
            .set_format(&money);
        sheet.add_conditional_format(0, 1, 29, 1, &rule).unwrap();
    }
    let mut chart = Chart::new(ChartType::Column);
    chart.add_series().set_values("图表!$B$1:$B$9");
    let sheet = book.worksheet_from_name("图表").unwrap();
    sheet.insert_chart(3, 6, &chart).unwrap();
    book.define_name("名单", "=名册!$A$1:$A$30").unwrap();
    book.worksheet_from_name("经费").unwrap().set_active(true);
    book.save_to_buffer().unwrap()
}

fn list(name: &str) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name(name).unwrap();
    let head = Format::new()
        .set_bold()
        .set_border(rust_xlsxwriter::FormatBorder::Thin);
    sheet.write_with_format(0, 0, "位置", &head).unwrap();
    sheet.write(1, 1, "B5").unwrap();
    sheet.set_repeat_rows(0, 0).unwrap();
    book.save_to_buffer().unwrap()
}

fn link(sheet: &str, cell: &str) -> Link {
    Link {
        at: (1, 1),
        file: 0,
        sheet: sheet.into(),
        cell: cell.into(),
    }
}

fn parts(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut package = Package::open(bytes.to_vec()).unwrap();
    let names = package.names();
    let part = |name: String| (name.clone(), package.part(&name).unwrap());
    names.into_iter().map(part).collect()
}

fn text(parts: &BTreeMap<String, Vec<u8>>, name: &str) -> String {
    String::from_utf8(parts[name].clone()).unwrap()
}

fn returned(bytes: Vec<u8>, marks: &[Mark]) -> Vec<u8> {
    let marked = mark(bytes, marks, &pen()).unwrap();
    let links = [link("名册", "B5")];
    let listed = marked.with_list(list("更正清单"), &links, &[Target::Here], "宋体");
    listed.unwrap().write().unwrap()
}

/// What cells hold, sheet by sheet.
fn cells(bytes: &[u8]) -> BTreeMap<(String, u32, u32), String> {
    let book = intake::workbook("a.xlsx", bytes).expect("it is read");
    let mut out = BTreeMap::new();
    for sheet in &book.sheets {
        for cell in sheet.cells() {
            let value = format!("{:?}", sheet.value(cell));
            out.insert((sheet.name.to_string(), cell.row, cell.col), value);
        }
    }
    out
}

#[test]
fn only_what_marks_touch_is_changed() {
    let before = original();
    let marks = [
        at("名册", 4, 1, Severity::Error),
        at("名册", 2, 0, Severity::Warning),
        at("名册", 40, 7, Severity::Error),
        // The second row of a merged area: its first cell shows the mark.
        at("名册", 1, 4, Severity::Error),
    ];
    let after = returned(before.clone(), &marks);
    let (old, new) = (parts(&before), parts(&after));
    let changed: BTreeSet<&str> = old
        .keys()
        .filter(|n| new.get(*n) != Some(&old[*n]))
        .map(String::as_str)
        .collect();
    let meant = [
        "[Content_Types].xml",
        "xl/_rels/workbook.xml.rels",
        "xl/comments1.xml",
        "xl/drawings/vmlDrawing1.vml",
        "xl/styles.xml",
        "xl/workbook.xml",
        "xl/worksheets/sheet1.xml",
        // The sheet that was shown is shown no more: the list is.
        "xl/worksheets/sheet2.xml",
    ];
    assert_eq!(changed.into_iter().collect::<Vec<_>>(), meant);
    let added: Vec<&String> = new.keys().filter(|n| !old.contains_key(*n)).collect();
    assert_eq!(added, ["xl/worksheets/sheet4.xml"]);

    let comments = text(&new, "xl/comments1.xml");
    assert!(comments.contains("学校自己的批注"), "{comments}");
    for place in ["A3", "B5", "H41", "D1"] {
        let own = format!("ref=\"{place}\"");
        assert_eq!(comments.matches(&own).count(), 1, "{place}: {comments}");
    }
    // All cells of the school hold what they held, and formulas are formulas.
    let (old_cells, mut new_cells) = (cells(&before), cells(&after));
    new_cells.retain(|(sheet, _, _), _| sheet != "更正清单");
    assert_eq!(old_cells, new_cells);
    assert!(text(&new, "xl/worksheets/sheet1.xml").contains("<f>SUM(B1:B30)</f>"));
}

#[test]
fn the_list_comes_first_is_shown_and_leads_to_the_cell() {
    let after = returned(original(), &[at("名册", 4, 1, Severity::Error)]);
    let mut package = Package::open(after.clone()).unwrap();
    let names: Vec<String> = package
        .sheets()
        .unwrap()
        .into_iter()
        .map(|s| s.name)
        .collect();
    assert_eq!(names, ["更正清单", "名册", "经费", "图表"]);
    let all = parts(&after);
    let book = text(&all, "xl/workbook.xml");
    assert!(book.contains("activeTab=\"0\""), "{book}");
    // Names that belong to a sheet moved on with it, and the list has its own.
    for (tab, sheet) in ["更正清单", "名册", "经费", "图表"].iter().enumerate() {
        let name = format!("name=\"_xlnm.Print_Titles\" localSheetId=\"{tab}\">{sheet}!$1:$1<");
        assert!(book.contains(&name), "{name}: {book}");
    }
    let selected = all
        .iter()
        .filter(|(n, _)| n.starts_with("xl/worksheets/sheet"))
        .filter(|(_, xml)| String::from_utf8_lossy(xml).contains("tabSelected=\"1\""));
    let selected: Vec<&String> = selected.map(|(n, _)| n).collect();
    assert_eq!(selected, ["xl/worksheets/sheet4.xml"]);
    let list = text(&all, "xl/worksheets/sheet4.xml");
    assert!(
        list.contains("<hyperlink ref=\"B2\" location=\"'名册'!B5\"/>"),
        "{list}"
    );
}

#[test]
fn a_mark_keeps_the_format_of_its_cell_and_errors_differ_from_warnings() {
    let marks = [
        at("名册", 4, 1, Severity::Error),
        at("名册", 5, 1, Severity::Warning),
        at("名册", 4, 1, Severity::Warning),
    ];
    let all = parts(&returned(original(), &marks));
    let styles = text(&all, "xl/styles.xml");
    assert!(styles.contains("patternType=\"solid\"><fgColor rgb=\"FFF8A6A0\"/>"));
    assert!(styles.contains("patternType=\"lightUp\""));
    // Both are still bold money.
    let formats = styles
        .split("<cellXfs")
        .nth(1)
        .unwrap()
        .split("</cellXfs>")
        .next()
        .unwrap();
    let money = |fill: &str| {
        formats.split("<xf ").any(|x| {
            x.starts_with("numFmtId=\"164\" fontId=\"1\"")
                && x.contains(&format!("fillId=\"{fill}\""))
        })
    };
    assert!(money("2") && money("3"), "{formats}");
    let comments = text(&all, "xl/comments1.xml");
    let own = comments
        .split("ref=\"B5\"")
        .nth(1)
        .unwrap()
        .split("</comment>")
        .next()
        .unwrap();
    assert_eq!(own.matches("第5行有误").count(), 2, "both are said: {own}");
}

#[test]
fn a_workbook_that_comes_back_loses_the_marks_of_the_last_time() {
    let first = returned(
        original(),
        &[
            at("名册", 4, 1, Severity::Error),
            at("名册", 5, 1, Severity::Warning),
        ],
    );
    let second = returned(first, &[at("名册", 7, 1, Severity::Error)]);
    let mut package = Package::open(second.clone()).unwrap();
    let names: Vec<String> = package
        .sheets()
        .unwrap()
        .into_iter()
        .map(|s| s.name)
        .collect();
    assert_eq!(names, ["更正清单", "名册", "经费", "图表"], "one list");
    let all = parts(&second);
    let comments = text(&all, "xl/comments1.xml");
    assert!(!comments.contains("ref=\"B5\"") && !comments.contains("ref=\"B6\""));
    assert!(comments.contains("ref=\"B8\"") && comments.contains("学校自己的批注"));
    let drawing = text(&all, "xl/drawings/vmlDrawing1.vml");
    assert_eq!(
        drawing.matches("</v:shape>").count(),
        2,
        "the school's and ours"
    );
    let sheet = text(&all, "xl/worksheets/sheet1.xml");
    let style = |cell: &str| -> usize {
        let rest = sheet
            .split(&format!("<c r=\"{cell}\" s=\""))
            .nth(1)
            .unwrap();
        rest.split('"').next().unwrap().parse().unwrap()
    };
    let styles = text(&all, "xl/styles.xml");
    let fill = |cell: &str| -> usize {
        let formats = styles.split("<cellXfs").nth(1).unwrap();
        let own = formats.split("<xf ").nth(style(cell) + 1).unwrap();
        let id = own.split("fillId=\"").nth(1).unwrap();
        id.split('"').next().unwrap().parse().unwrap()
    };
    let fills: Vec<&str> = styles
        .split("<fills")
        .nth(1)
        .unwrap()
        .split("<fill>")
        .skip(1)
        .collect();
    assert!(fills[fill("B5")].contains("\"none\"") && fills[fill("B6")].contains("\"none\""));
    assert!(fills[fill("B8")].contains("FFF8A6A0"));
}

#[test]
fn a_sheet_that_a_mark_names_must_be_there() {
    assert!(mark(original(), &[at("没有", 1, 1, Severity::Error)], &pen()).is_err());
    assert!(mark(b"no workbook".to_vec(), &[], &pen()).is_err());
}

#[test]
fn a_file_that_is_no_xlsx_becomes_one_with_the_same_grid() {
    let html = "<table><tr><td colspan=2>教师名册</td><td></td></tr><tr><td>姓名</td><td>身份证号</td><td>分数</td></tr><tr><td>李敏</td><td>339901198503150120</td><td>95.5</td></tr></table>";
    let mut book = intake::workbook("a.xls", html.as_bytes()).expect("it is read");
    let mut more = grid::Sheet::builder(
        "名称超过三十一个字的工作表名称超过三十一个字的工作表名称超过三十一个字",
    );
    more.put(2, 1, Value::Date(45_000.0));
    more.put(3, 1, Value::Date(45_000.5));
    more.put(4, 1, Value::Bool(true));
    more.hide_rows(3..4);
    more.hide_columns(0..1);
    book.sheets.push(more.finish());
    let day = chrono::NaiveDate::from_ymd_opt(2025, 10, 31).unwrap();
    let made = copy(&book, day, "宋体").unwrap();
    let back = intake::workbook("a.xlsx", &made.bytes).expect("it is read");
    assert_eq!(back.sheets.len(), 2);
    for (old, new) in book.sheets.iter().zip(&back.sheets) {
        assert_eq!(&*made.names[&old.name], &*new.name);
        assert!(new.name.chars().count() <= 31);
        let values = |s: &grid::Sheet| -> Vec<String> {
            let all = s.cells().iter();
            all.map(|c| format!("{} {} {:?}", c.row, c.col, s.value(c)))
                .collect()
        };
        assert_eq!(values(old), values(new));
        assert_eq!(old.merges(), new.merges());
        assert_eq!(old.hidden_rows, new.hidden_rows);
        assert_eq!(old.hidden_columns, new.hidden_columns);
    }
    assert_eq!(
        made.bytes,
        copy(&book, day, "宋体").unwrap().bytes,
        "no clock"
    );
    let own = [at(&made.names[&book.sheets[0].name], 2, 1, Severity::Error)];
    let marked = mark(made.bytes, &own, &pen()).unwrap().write().unwrap();
    assert!(text(&parts(&marked), "xl/comments1.xml").contains("ref=\"B3\""));
}

#[test]
fn macros_stay_behind() {
    let mut package = Package::open(original()).unwrap();
    package.put("xl/vbaProject.bin", b"macros".to_vec());
    let kind = "http://schemas.microsoft.com/office/2006/relationships/vbaProject";
    package
        .relate("xl/workbook.xml", kind, "xl/vbaProject.bin")
        .unwrap();
    let macros = "application/vnd.ms-excel.sheet.macroEnabled.main+xml";
    package.retype("xl/workbook.xml", macros).unwrap();
    let after = returned(
        package.write().unwrap(),
        &[at("名册", 4, 1, Severity::Error)],
    );
    let all = parts(&after);
    assert!(!all.contains_key("xl/vbaProject.bin"));
    let types = text(&all, "[Content_Types].xml");
    assert!(
        !types.contains("macroEnabled") && !types.contains("vbaProject"),
        "{types}"
    );
    assert!(!text(&all, "xl/_rels/workbook.xml.rels").contains("vbaProject"));
    assert!(intake::workbook("a.xlsx", &after).is_some());
}
