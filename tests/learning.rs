//! The learning loop as a clerk plays it: a header that nobody knows is asked about once, decided in
//! the workbook of spellings, and read from then on.

use crate::cli::{Scratch, huizong};
use crate::support::outcome::{self, Finding};
use huizong::grid::{Value, Workbook};
use huizong::intake;
use rust_xlsxwriter::Workbook as Writer;
use std::fs;
use std::path::{Path, PathBuf};

const PERIOD: &str = "2025-10";
const BOOK: &str = "列名对照表.xlsx";
/// Id numbers with the right check character, of the made-up region 3399.
const IDS: [&str; 3] = [
    "339901198503150120",
    "339901199001011234",
    "33990119721130113X",
];

type Rows = Vec<Vec<String>>;

/// A workspace with two schools.
struct Desk {
    scratch: Scratch,
}

impl Desk {
    fn new(name: &str) -> Desk {
        let scratch = Scratch::new(&format!("learning-{name}"));
        let root = scratch.path("desk");
        let made = huizong(&["init", text(&root), "--scheme", "county-backbone"]);
        assert_eq!(made.status.code(), Some(0));
        let schools = rows(
            "序号|学校名称|学校代码|所在乡镇|城乡类别|学校类型|简称
             1|柳河镇中心小学|3133990001|柳河镇|镇区|中心小学|
             2|青石镇中心小学|3133990002|青石镇|镇区|中心小学|",
        );
        write(&root.join("学校名录.xlsx"), &[("学校名录", schools)]);
        Desk { scratch }
    }

    fn path(&self, below: &str) -> PathBuf {
        self.scratch.path("desk").join(below)
    }

    /// A school's roster with one header and its values to choose.
    fn roster(&self, school: &str, ids: &[&str], header: &str, values: &[&str]) {
        let mut sheet = rows(&format!(
            "{school}教师花名册\n姓名|性别|身份证号|职称|{header}"
        ));
        for (i, (id, value)) in ids.iter().zip(values).enumerate() {
            let gender = if id.as_bytes()[16] % 2 == 0 {
                "女"
            } else {
                "男"
            };
            let name = ["王丽", "李文", "赵青"][i];
            sheet.extend(rows(&format!("{name}|{gender}|{id}|一级教师|{value}")));
        }
        write(
            &self.path(&format!("收件箱/{school}.xlsx")),
            &[("名册", sheet)],
        );
    }

    fn run(&self, command: &str) -> String {
        let inbox = self.path("收件箱");
        let done = huizong(&[command, text(&inbox), "--period", PERIOD]);
        assert_ne!(
            done.status.code(),
            Some(2),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
        String::from_utf8_lossy(&done.stdout).into_owned()
    }

    /// Findings of the last run that speak of columns, values or spellings: `rule file cell`.
    fn findings(&self) -> Vec<String> {
        let json = fs::read_to_string(self.path("汇总/diagnostics.json")).expect("findings");
        let of_kind = |f: &Finding| {
            [
                "column-unknown",
                "vocabulary-unknown",
                "spelling-invalid",
                "required-missing",
            ]
            .contains(&f.rule.as_str())
        };
        outcome::findings(&json)
            .into_iter()
            .filter(of_kind)
            .map(|f| format!("{} {} {}", f.rule, f.file, f.cell))
            .collect()
    }

    /// A column of the roster's records, in the order of files and rows.
    fn column(&self, field: &str) -> Vec<String> {
        let bytes = fs::read(self.path("汇总/records/roster.parquet")).expect("records");
        let rows = outcome::records(&bytes);
        let value = |r: &outcome::Row| r.get(field).cloned().unwrap_or_default();
        rows.iter().map(value).collect()
    }

    fn book(&self) -> Vec<(String, Rows)> {
        read(&self.path(BOOK))
    }

    /// Rewrites the workbook as a clerk would: `edit` gets the rows of a sheet.
    fn edit(&self, sheet: &str, edit: impl FnOnce(&mut Rows)) {
        let mut all = self.book();
        all.retain(|(name, _)| name != "选项");
        let (_, own) = all
            .iter_mut()
            .find(|(name, _)| name == sheet)
            .expect("the sheet");
        edit(own);
        let sheets: Vec<(&str, Rows)> = all.iter().map(|(n, r)| (n.as_str(), r.clone())).collect();
        write(&self.path(BOOK), &sheets);
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("utf-8")
}

fn rows(drawing: &str) -> Rows {
    let line = |l: &str| l.split('|').map(|c| c.trim().to_owned()).collect();
    drawing.lines().map(line).collect()
}

fn write(path: &Path, sheets: &[(&str, Rows)]) {
    let mut book = Writer::new();
    for (name, rows) in sheets {
        let page = book.add_worksheet().set_name(*name).expect("a name");
        for (row, cells) in (0u32..).zip(rows) {
            for (col, cell) in (0u16..).zip(cells) {
                if !cell.is_empty() {
                    page.write_string(row, col, cell).expect("a cell");
                }
            }
        }
    }
    fs::write(path, book.save_to_buffer().expect("a workbook")).expect("a file");
}

fn stored(path: &Path) -> Workbook {
    let bytes = fs::read(path).expect("the workbook");
    let read = intake::read("book.xlsx", &bytes);
    read.value.into_iter().next().expect("a workbook")
}

fn read(path: &Path) -> Vec<(String, Rows)> {
    let book = stored(path);
    let sheets = book.sheets.iter().map(|sheet| {
        let extent = sheet.extent();
        let (rows, cols) = extent.map_or((0, 0), |e| (e.bottom + 1, e.right + 1));
        let cell = |row, col| match sheet.at(row, col) {
            Some(Value::Text(t)) => t.to_owned(),
            Some(Value::Number(n)) => n.to_string(),
            _ => String::new(),
        };
        let line = |row| (0..cols).map(|col| cell(row, col)).collect();
        (sheet.name.to_string(), (0..rows).map(line).collect())
    });
    sheets.collect()
}

/// The row of a spelling, by the header above it.
fn row_of<'r>(rows: &'r mut Rows, spelling: &str) -> &'r mut Vec<String> {
    rows.iter_mut()
        .find(|r| r.first().is_some_and(|c| c == spelling))
        .unwrap_or_else(|| panic!("no row for {spelling}"))
}

/// Places of the columns of the first sheet as the program lays it out.
const CHOSEN: usize = 6;
const DECISION: usize = 7;
const SCOPE: usize = 8;

fn decide(row: &mut [String], chosen: &str, decision: &str) {
    row[CHOSEN] = chosen.into();
    row[DECISION] = decision.into();
}

#[test]
fn an_unknown_header_is_proposed_confirmed_and_read_in_silence() {
    let desk = Desk::new("confirm");
    assert_eq!(desk.book().len(), 3, "two lists and the choices");
    let subjects = ["语文", "数学", "英语"];
    desk.roster("柳河镇中心小学", &IDS, "任教科学", &subjects);
    let said = desk.run("run");
    assert!(said.contains("遇到1种未见过的写法"), "{said}");
    assert_eq!(desk.findings(), ["column-unknown 柳河镇中心小学.xlsx E2"]);
    assert_eq!(desk.column("subject"), ["", "", ""]);
    let (_, mut list) = desk.book().remove(0);
    let row = row_of(&mut list, "任教科学").clone();
    assert_eq!(row[1], "教师名册");
    assert!(
        row[2].starts_with("“任教学科”") && row[2].contains("3个值中3个"),
        "{}",
        row[2]
    );
    assert!(
        row[5].contains("柳河镇中心小学.xlsx，名册，E2；共1处"),
        "{}",
        row[5]
    );
    assert_eq!(row[DECISION..=SCOPE], ["待定", "全部学校"]);

    // Again: nothing new, and not a byte of the file changes.
    let before = fs::read(desk.path(BOOK)).expect("the workbook");
    let said = desk.run("run");
    assert!(!said.contains("未见过"), "{said}");
    assert_eq!(fs::read(desk.path(BOOK)).expect("the workbook"), before);

    desk.edit("列名", |list| {
        decide(row_of(list, "任教科学"), "任教学科", "确认")
    });
    let before = fs::read(desk.path(BOOK)).expect("the workbook");
    desk.run("run");
    assert_eq!(desk.findings(), [""; 0]);
    assert_eq!(desk.column("subject"), subjects);
    assert_eq!(fs::read(desk.path(BOOK)).expect("the workbook"), before);
}

#[test]
fn what_is_refused_is_not_proposed_again_and_what_is_ignored_is_silent() {
    let desk = Desk::new("refuse");
    desk.roster("柳河镇中心小学", &IDS, "血压", &["80", "90", "85"]);
    desk.run("run");
    desk.edit("列名", |list| decide(row_of(list, "血压"), "", "不采用"));
    let said = desk.run("run");
    assert!(!said.contains("未见过"), "{said}");
    assert_eq!(desk.findings(), ["column-unknown 柳河镇中心小学.xlsx E2"]);
    desk.edit("列名", |list| {
        decide(row_of(list, "血压"), "忽略", "确认")
    });
    desk.run("run");
    assert_eq!(desk.findings(), [""; 0]);
}

#[test]
fn a_decision_for_one_school_holds_for_its_files_only() {
    let desk = Desk::new("school");
    desk.roster("柳河镇中心小学", &IDS[..1], "岗别", &["教导主任"]);
    desk.roster("青石镇中心小学", &IDS[1..], "岗别", &["语文", "数学"]);
    desk.run("run");
    desk.edit("列名", |list| {
        let row = row_of(list, "岗别");
        decide(row, "任教学科", "确认");
        row[SCOPE] = "青石镇中心小学".into();
    });
    let said = desk.run("run");
    assert_eq!(desk.column("subject"), ["", "语文", "数学"]);
    assert_eq!(desk.findings(), ["column-unknown 柳河镇中心小学.xlsx E2"]);
    // The other school's is asked about now, and only once.
    assert!(said.contains("遇到1种"), "{said}");
    let list = desk.book().remove(0).1;
    assert_eq!(list.iter().filter(|r| r[0] == "岗别").count(), 2);
    assert!(!desk.run("run").contains("未见过"));
    // `check` writes nothing, and reads as `run` does.
    let before = fs::read(desk.path(BOOK)).expect("the workbook");
    assert_eq!(
        desk.run("check").matches("column-unknown").count(),
        2,
        "finding and count"
    );
    assert_eq!(fs::read(desk.path(BOOK)).expect("the workbook"), before);
}

#[test]
fn values_that_are_no_terms_are_proposed_with_the_nearest_and_read_once_confirmed() {
    let desk = Desk::new("values");
    // A name and a phone in the wrong column are nobody's business.
    let values = ["语文课组", "王丽", "13800005678"];
    desk.roster("柳河镇中心小学", &IDS, "任教学科", &values);
    desk.run("run");
    let (_, mut list) = desk.book().remove(1);
    assert_eq!(list.len(), 3, "{list:?}");
    let row = row_of(&mut list, "语文课组").clone();
    assert_eq!(row[2], "任教学科");
    assert!(row[3..6].iter().any(|n| n.starts_with("“语文”")), "{row:?}");
    desk.edit("填写内容", |list| {
        let row = row_of(list, "语文课组");
        (row[7], row[8]) = ("语文".into(), "√".into());
    });
    desk.run("run");
    assert_eq!(desk.column("subject"), ["语文", "", ""]);
    let cells = ["E4", "E5"];
    let left = cells.map(|c| format!("vocabulary-unknown 柳河镇中心小学.xlsx {c}"));
    assert_eq!(desk.findings(), left);
}

#[test]
fn rows_as_clerks_write_them_are_read_and_kept_and_broken_ones_are_reported() {
    let desk = Desk::new("broken");
    desk.roster(
        "柳河镇中心小学",
        &IDS,
        "任教科学",
        &["语文", "数学", "英语"],
    );
    // The columns in another order, with one of the clerk's own, and rows of every kind of fault.
    let list = rows(
        "处理|列名写法|表|采用为|范围|科室
         确　认| 任 教 科 学 |教师名册|任教学科||人事科
         |||||
         确认|小计学时|培训学分登记|学时||
         确认|姓名|教师名册|职称||
         确认|甲栏|教师花册|职称||
         确认|乙栏|教师名册|职称级||
         确认|丙栏|教师名册|||
         待定|丁栏|教师名册|职称||
         确认|戊栏|教师名册|职称|柳合镇中心小学|
         确认|己栏|教师名册|职称||
         确认|己 栏|教师名册|职务||
         不采用|庚栏|教师名册|||
         也许|辛栏|教师名册|||
         确认||教师名册|职称||",
    );
    write(&desk.path(BOOK), &[("我的表", list.clone())]);
    desk.run("run");
    let cell = |rule: &str, cell: &str| format!("{rule} {BOOK} {cell}");
    assert_eq!(
        desk.findings(),
        [
            cell("spelling-invalid", "B5"),
            cell("spelling-invalid", "C6"),
            cell("spelling-invalid", "D7"),
            cell("spelling-invalid", "D8"),
            cell("spelling-invalid", "A9"),
            cell("spelling-invalid", "E10"),
            cell("spelling-invalid", "B11"),
            cell("spelling-invalid", "B12"),
            cell("vocabulary-unknown", "A14"),
            cell("required-missing", "B15"),
        ]
    );
    assert_eq!(
        desk.column("subject"),
        ["语文", "数学", "英语"],
        "the good row holds"
    );
    // A new spelling comes: what was there stays in its place to the letter.
    desk.roster("青石镇中心小学", &IDS[..1], "岗类别名", &["教导主任"]);
    desk.run("run");
    let book = desk.book();
    let (name, own) = &book[0];
    assert_eq!(name, "我的表");
    assert_eq!(own.len(), list.len() + 1);
    for (now, then) in own.iter().zip(&list) {
        assert_eq!(now[..then.len()], then[..]);
    }
    assert_eq!(own[list.len()][..3], ["待定", "岗类别名", "教师名册"]);
    assert_eq!(book.len(), 3, "the missing list was added");
}

#[test]
fn a_workbook_of_spellings_that_cannot_be_read_ends_the_run() {
    let desk = Desk::new("damaged");
    desk.roster(
        "柳河镇中心小学",
        &IDS,
        "任教科学",
        &["语文", "数学", "英语"],
    );
    fs::write(desk.path(BOOK), b"no workbook at all \xff\xfe").expect("a file");
    let done = huizong(&["run", text(&desk.path("收件箱")), "--period", PERIOD]);
    assert_eq!(done.status.code(), Some(2));
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(said.contains("列名对照表"), "{said}");
    assert_eq!(
        fs::read(desk.path(BOOK)).expect("the file"),
        b"no workbook at all \xff\xfe"
    );
}
