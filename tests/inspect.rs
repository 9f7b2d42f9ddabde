//! `huizong inspect` as an instrument: the sheet drawn in the terminal and as a page.

use crate::cli::{Scratch, huizong};
use crate::support::FileFormat;
use crate::support::draft::{Content, SheetDraft, WorkbookDraft};
use std::fs;

const ID: &str = "339901198503150120";

/// A roster with a merged title, a group over two columns, an unknown column, an unreadable word,
/// markup in a cell, thirty records, a total and a note.
fn roster() -> Vec<u8> {
    let mut sheet = SheetDraft::new("名册");
    let mut put = |r: u32, c: u32, text: &str| sheet.put(r, c, Content::text(text));
    put(0, 0, "青石镇中心小学教师名册");
    for (c, text) in [
        (0, "序号"),
        (1, "基本信息"),
        (3, "身份证号"),
        (4, "职称"),
        (5, "幸运数字"),
    ] {
        put(1, c, text);
    }
    put(2, 1, "姓名");
    put(2, 2, "性别");
    for n in 0..30u32 {
        let row = n + 3;
        put(row, 0, &(n + 1).to_string());
        put(row, 1, if n == 0 { "<b>王丽</b>" } else { "李敏" });
        put(row, 2, "女");
        put(row, 3, ID);
        put(
            row,
            4,
            if n == 20 {
                "高极教师"
            } else {
                "一级教师"
            },
        );
        put(row, 5, "七");
    }
    put(33, 0, "合计");
    put(33, 1, "30人");
    put(36, 0, "注：以上信息已核对。");
    sheet.merge(0, 0, 0, 5);
    sheet.merge(1, 1, 1, 2);
    for c in [0, 3, 4, 5] {
        sheet.merge(1, c, 2, c);
    }
    let mut book = WorkbookDraft::default();
    book.sheets.push(sheet);
    FileFormat::named("xlsx").expect("xlsx").write(&book)
}

fn said(args: &[&str]) -> String {
    let done = huizong(args);
    assert!(matches!(done.status.code(), Some(0 | 1)), "{done:?}");
    String::from_utf8(done.stdout).expect("utf-8")
}

#[test]
fn the_sheet_is_drawn_with_roles_fields_and_findings() {
    let scratch = Scratch::new("inspect-drawn");
    let path = scratch.path("名册.xlsx");
    fs::write(&path, roster()).expect("a file");
    let file = path.to_str().expect("utf-8");

    let plain = said(&["inspect", file, "--rows", "5"]);
    assert!(!plain.contains('\u{1b}'), "colour without a terminal");
    assert!(!plain.contains(ID) && plain.contains("339901********0120"));
    let line = |start: &str| {
        let found = plain.lines().find(|l| l.starts_with(start));
        found.unwrap_or_else(|| panic!("no line {start:?} in\n{plain}"))
    };
    // Each line's role in the margin.
    line("   1 标题 ");
    line("   2 表头 ");
    line("   3 表头 ");
    line("   4 记录 ");
    line("  34 合计 ");
    line("  37 说明 ");
    // The fields stand above the header, in its columns; an unknown one is asked about.
    let fields = line("     识别为 ");
    let cells: Vec<&str> = fields.split('|').map(str::trim).collect();
    assert_eq!(cells[1..], ["姓名", "性别", "身份证号", "职称", "?"]);
    // Five records, and those about which something was found.
    assert!(plain.lines().any(|l| l.starts_with("   8 记录")));
    assert!(!plain.lines().any(|l| l.starts_with("   9 记录")));
    let wrong = line("  24 记录 ");
    assert!(wrong.contains("|!高极教师|"), "{wrong}");
    assert!(plain.contains("第9至23行（15行）没有显示"));
    let all = said(&["inspect", file, "--all"]);
    let records = all
        .lines()
        .filter(|l| l.get(5..).is_some_and(|l| l.starts_with("记录")));
    assert_eq!(records.count(), 30);
    // Every line of the drawing breaks its columns at the same place.
    let first = |l: &str| {
        let (cells, _) = l.split_once('|').expect("columns");
        unicode_width::UnicodeWidthStr::width(cells)
    };
    assert_eq!(first(fields), first(wrong));
    assert_eq!(first(line("   4 记录 ")), first(wrong));

    let colour = said(&["inspect", file, "--color", "always"]);
    assert!(colour.contains("\u{1b}[1;31m!高极教师"));
    let never = said(&["inspect", file, "--color", "never"]);
    assert!(!never.contains('\u{1b}'));
}

#[test]
fn the_page_stands_alone_and_shows_the_same() {
    let scratch = Scratch::new("inspect-page");
    let path = scratch.path("名册.xlsx");
    fs::write(&path, roster()).expect("a file");
    let page = scratch.path("名册.html");
    let text = |path: &std::path::Path| path.to_str().expect("utf-8").to_owned();
    let told = said(&["inspect", &text(&path), "--html", &text(&page)]);
    assert!(told.contains("名册.html"), "{told}");
    let html = fs::read_to_string(&page).expect("the page");
    for foreign in ["<script", "http:", "https:", "src=", ID, "<b>王丽"] {
        assert!(!html.contains(foreign), "the page has {foreign}");
    }
    assert!(html.contains("&lt;b&gt;王丽&lt;/b&gt;"));
    assert!(html.contains("colspan=\"6\"") && html.contains("rowspan=\"2\""));
    // The finding is at its cell, on hover and in the list, and the one leads to the other.
    let message = "“职称”填写的“高极教师”无法识别";
    assert!(html.matches(message).count() >= 3, "cell, mark and list");
    let at = html.find("href=\"#f").expect("a mark");
    let number: String = html[at + 8..]
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    assert!(html.contains(&format!("<li id=\"f{number}\">")));

    // Read as the table that it is, every cell stands in its column.
    let read = huizong::intake::read("名册.html", html.as_bytes());
    let sheet = &read.value[0].sheets[0];
    let cells = |row: u32| -> Vec<(u32, String)> {
        let text = |c: &huizong::grid::Cell| match sheet.value(c) {
            huizong::grid::Value::Text(t) => (c.col, t.to_owned()),
            other => (c.col, format!("{other:?}")),
        };
        sheet.row(row).iter().map(text).collect()
    };
    let rows: Vec<u32> = sheet.rows().map(|(r, _)| r).collect();
    let row_of = |word: &str| {
        let has = |r: &&u32| cells(**r).iter().any(|(_, t)| t.contains(word));
        *rows.iter().find(has).unwrap_or_else(|| panic!("no {word}"))
    };
    let column = |word: &str| {
        let found = cells(row_of(word))
            .into_iter()
            .find(|(_, t)| t.contains(word));
        found.expect("a cell").0
    };
    assert_eq!(column("高极教师"), column("职称"));
    assert_eq!(column("339901********0120"), column("身份证号"));

    // The other outputs are as they were.
    let json: serde_json::Value =
        serde_json::from_str(&said(&["inspect", &text(&path), "--json"])).expect("json");
    assert_eq!(
        json["workbooks"][0]["sheets"][0]["tables"][0]["form"],
        "roster"
    );
}
