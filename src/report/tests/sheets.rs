//! The sheets around the figures: cover, board, reminders, problem list, and the look of a page.

use super::*;
use crate::report::dump::dump;
use crate::scheme::{ChartKind, ChartSpec};

fn texts(page: &Page) -> String {
    let mut out = String::new();
    for line in &page.lines {
        for cell in &line.cells {
            match &cell.content {
                Content::Text(t) => out.push_str(t),
                Content::Number(n) | Content::Formula(_, Value::Number(n)) => {
                    out.push_str(&n.to_string());
                }
                _ => {}
            }
            out.push('|');
        }
        out.push('\n');
    }
    out
}

fn submitted() -> World {
    let mut world = World::new();
    let file: Arc<str> = "甲镇/一小.xlsx".into();
    let cell = |form: &str, sent: bool| BoardCell {
        form: form.into(),
        files: if sent { vec![file.clone()] } else { vec![] },
        records: if sent { 40 } else { 0 },
        rejected: u64::from(sent),
        ..BoardCell::default()
    };
    let line = |index, school: &str, district: &str, a, b| BoardLine {
        index,
        school: school.into(),
        district: district.into(),
        forms: vec![cell("roster", a), cell("training", b)],
    };
    world.board = vec![
        line(Some(0), "一小", "甲镇", true, true),
        line(Some(1), "二小", "甲镇", true, false),
        line(Some(2), "三小", "乙镇", false, false),
        line(None, "外校", "", true, true),
    ];
    let sheet = SheetAccount {
        sheet: "S".into(),
        forms: vec![],
        rows_seen: 50,
        kept: 40,
        rejected: 1,
        explained: BTreeMap::from([("header", 2), ("blank", 7)]),
    };
    let input = |file: &str, verdict, sheets| InputAccount {
        file: file.into(),
        verdict,
        sheets,
        ..InputAccount::default()
    };
    world.inputs = vec![
        input("甲镇/一小.xlsx", Verdict::Read, vec![sheet]),
        input("坏.xlsx", Verdict::Refused, vec![]),
    ];
    let place = Place::file(&file).at(6, Some(2));
    world.diagnostics = vec![Diagnostic::new(Rule::IdChecksum, place)];
    world.files = vec![(file, "一小".into())];
    world
}

#[test]
fn the_cover_accounts_for_schools_files_and_rows() {
    let report = submitted().compose();
    let text = texts(page(&report, "封面说明"));
    for line in [
        "应报学校|3||",
        "已报齐|1||",
        "未报齐|1|二小|",
        "未报|1|三小|",
        "名录外单位|1|外校|",
        "收到文件|2||",
        "读入|1||",
        "无法读取|1|坏.xlsx|",
        "读入行数|50|读入 50 行 = 采用 40 + 退回 1 + 说明 9|",
        "身份证号校验码不符|1|错误  101  id-checksum|",
        "汇总程序|huizong 0.0.0|",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

#[test]
fn the_board_shows_who_sent_what_and_the_reminder_names_who_owes() {
    let report = submitted().compose();
    let board = texts(page(&report, "报送情况"));
    assert!(board.starts_with("合计|"), "{board}");
    assert!(board.contains("1|一小|40|1|40|1|1|1|0|已报齐|"), "{board}");
    assert!(board.contains("2|二小|40|1|未报||1|0|0|未报齐|"), "{board}");
    assert!(board.contains("名录外单位|"), "{board}");
    let reminders = texts(page(&report, "催报提醒"));
    assert!(reminders.contains("二小（缺training）"), "{reminders}");
    assert!(reminders.contains("重新报送：一小（1处）"), "{reminders}");
    assert!(reminders.contains("【乙镇】"), "{reminders}");
    // The sums of the board are live and right.
    let bytes = write(&report).expect("written");
    assert!(super::formula::recalculate(&bytes[0].1) > 10);
}

#[test]
fn the_problem_list_says_where_what_and_how() {
    let report = submitted().compose();
    let list = page(&report, "问题清单");
    assert!(list.filter);
    let text = texts(list);
    assert!(
        text.starts_with("1|一小|甲镇/一小.xlsx||C7|错误|"),
        "{text}"
    );
    assert!(text.contains("身份证号校验码不符 101"), "{text}");
    // Who has sent nothing has no file, but a name and a place in the order.
    let mut world = submitted();
    world.diagnostics.insert(
        0,
        Diagnostic::new(Rule::SubmissionMissing, Place::default()).arg("school", "三小"),
    );
    let text = texts(page(&world.compose(), "问题清单"));
    assert!(text.contains("\n2|三小||||请确认|"), "{text}");
}

#[test]
fn english_reports_have_no_chinese_words_of_their_own() {
    let mut world = submitted();
    world.lang = Lang::En;
    world.scheme.title = "Uplift".into();
    world.scheme.bureau = "Bureau".into();
    let cover = texts(page(&world.compose(), "Cover"));
    let own: String = cover
        .replace("二小", "")
        .replace("三小", "")
        .replace("外校", "")
        .replace("坏", "");
    assert!(
        !own.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)),
        "{own}"
    );
}

#[test]
fn a_page_is_laid_out_as_an_official_table() {
    let report = World::showing(towns()).compose();
    let text = dump(&report);
    let start = text.find("\nsheet \"表一\"").expect("the sheet") + 1;
    let end = text[start..].find("\n\n").map_or(text.len(), |e| start + e);
    let want = "\
sheet \"表一\" portrait header 3-3
widths 5.0 17.5 9.6 9.6 13.1 9.6 17.5
row 1 height 40.0
  A1:G1 title/22 \"清河县教育局2025年8月提升工程表\"
row 2 height 24.0
  A2:C2 subtitle \"填报单位（盖章）：清河县教育局\"
  D2:F2 subtitle \"数据截至：2025年8月31日\"
  G2 subtitle \"单位：人\"
row 3 height 30.0
  A3 head \"序号\"
  B3 head \"学校\"
  C3 head \"人数\"
  D3 head \"达标\"
  E3 head \"达标率\"
  F3 head \"去重人数\"
  G3 head \"金额\"
row 4 height 21.0
  A4:G4 group/item/words \"甲镇\"
row 5 height 20.5
  A5 leaf/item/serial 1
  B5 leaf/item/words \"一小\"
  C5 leaf/figure/whole 10
  D5 leaf/figure/whole 7
  E5 leaf/figure/percent(2) =IF(C5=0,\"—\",D5/C5) -> 0.7
  F5 leaf/figure/whole 9
  G5 leaf/figure/money 100.5
row 6 height 20.5
  A6 leaf/item/serial 2
  B6 leaf/item/words \"二小\"
  C6 leaf/figure/whole 0
  D6 leaf/figure/whole 0
  E6 leaf/missing/percent(2) =IF(C6=0,\"—\",D6/C6) -> \"—\"
  F6 leaf/figure/whole 0
  G6 leaf/missing/money
row 7 height 21.0
  A7:B7 subtotal/item/words \"小计\"
  C7 subtotal/figure/whole =SUM(C5:C6) -> 10
  D7 subtotal/figure/whole =SUM(D5:D6) -> 7
  E7 subtotal/figure/percent(2) =IF(C7=0,\"—\",D7/C7) -> 0.7
  F7 subtotal/figure/whole 9
  G7 subtotal/figure/money =SUM(G5:G6) -> 100.5
row 8 height 21.0
  A8:G8 group/item/words \"乙镇\"
row 9 height 20.5
  A9 leaf/item/serial 3
  B9 leaf/item/words \"三小\"
  C9 leaf/figure/whole 3
  D9 leaf/figure/whole 1
  E9 leaf/figure/percent(2) =IF(C9=0,\"—\",D9/C9) -> 0.3333333333333333
  F9 leaf/figure/whole 3
  G9 leaf/figure/money 0.05
row 10 height 21.0
  A10:B10 subtotal/item/words \"小计\"
  C10 subtotal/figure/whole =SUM(C9) -> 3
  D10 subtotal/figure/whole =SUM(D9) -> 1
  E10 subtotal/figure/percent(2) =IF(C10=0,\"—\",D10/C10) -> 0.3333333333333333
  F10 subtotal/figure/whole 3
  G10 subtotal/figure/money =SUM(G9) -> 0.05
row 11 height 21.0
  A11:B11 total/item/words \"合计\"
  C11 total/figure/whole =SUM(C7,C10) -> 13
  D11 total/figure/whole =SUM(D7,D10) -> 8
  E11 total/figure/percent(2) =IF(C11=0,\"—\",D11/C11) -> 0.6153846153846154
  F11 total/figure/whole 11
  G11 total/figure/money =SUM(G7,G10) -> 100.55
row 12 height 20.5
  A12:G12 words/item/words \"金额合计（大写）：人民币壹佰元伍角伍分\\u{3000}\\u{3000}（小写）：¥100.55\"
row 13 height 30.0
  A13:G13 signature \"单位负责人：______  审核人：______  填表人：______  联系电话：______  填报日期：______\"
row 14 height 19.5
  A14:G14 footnote \"注：1.“—”表示分母为零或无从计算，不计算比例。\"
row 15 height 19.5
  A15:G15 footnote \"\\u{3000}\\u{3000}2.空白表示无数据，不等于零。\"";
    assert_eq!(&text[start..end], want);
}

#[test]
fn a_chart_has_a_page_of_its_own_linked_to_the_table() {
    let mut world = World::showing(towns());
    let target = Some(Number::Ratio(1, 2));
    for row in &mut world.tabulations[0].rows {
        row.figures[2].target = target.clone();
    }
    world.scheme.pages[0].chart = Some(ChartSpec {
        kind: ChartKind::Column,
        title: "各乡镇达标率".into(),
        parts: vec!["达标率".into()],
        across: false,
        by_subtotal: true,
    });
    let report = world.compose();
    let chart = page(&report, "表一图");
    assert_eq!(
        texts(chart),
        "甲镇|0.7|0.5|\n乙镇|0.3333333333333333|0.5|\n"
    );
    let spec = chart.chart.as_ref().expect("a chart");
    assert_eq!((spec.series.as_slice(), spec.target), (&[1][..], Some(2)));
    let bytes = write(&report).expect("written");
    super::formula::recalculate(&bytes[0].1);
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes[0].1[..])).expect("a zip");
    let mut xml = String::new();
    std::io::Read::read_to_string(
        &mut archive.by_name("xl/charts/chart1.xml").expect("a chart"),
        &mut xml,
    )
    .expect("text");
    assert!(xml.contains("<c:barChart>") && xml.contains("<c:lineChart>"));
    // Programs that do not recalculate draw from these.
    assert!(
        xml.contains("<c:ptCount val=\"2\"/><c:pt idx=\"0\"><c:v>0.7</c:v></c:pt>"),
        "{xml}"
    );
}

/// A second sheet of paper with nothing but signatures and notes on it looks like a mistake.
#[test]
fn a_table_that_nearly_fits_is_printed_on_one_sheet_of_paper() {
    use crate::report::layout;
    use crate::report::page::Print;
    use crate::report::page::{Align, Cell, Column, Content, Line, LineKind, Meaning, Show};
    use crate::report::theme::Paper;
    let column = Column {
        path: vec!["学校".into()],
        show: Show::Words,
        align: Align::Centre,
        width: (12.0, 40.0),
    };
    let cell = Cell {
        meaning: Meaning::Item,
        content: Content::Text("一小".into()),
        across: 1,
    };
    let page = |lines: usize| Page {
        title: "某县教师培训情况汇总表".into(),
        columns: vec![column.clone(); 3],
        stub: 1,
        lines: vec![
            Line {
                kind: LineKind::Leaf,
                cells: vec![cell.clone(); 3],
            };
            lines
        ],
        signature: vec!["填表人：".into(), "日期：".into()],
        footnotes: vec!["注：数据截至月末。".into()],
        ..Page::default()
    };
    let height = |lines: usize| layout::place(&page(lines)).heights.iter().sum::<f64>();
    let paper = Paper::new(&Print::default(), false).printable_height();
    let fits = (1..200).take_while(|n| height(*n) <= paper).count();
    assert!(fits > 10, "{fits} lines on a page");
    for (lines, one) in [
        (1, true),
        (fits, true),
        (fits + 2, true),
        (fits * 3 / 2, false),
    ] {
        let pages = page(lines);
        assert_eq!(
            layout::place(&pages).tall,
            u16::from(one),
            "{lines} lines, {fits} fit"
        );
    }
}

#[test]
fn each_town_begins_a_sheet_of_paper_and_folds_to_its_subtotal() {
    let mut world = World::showing(towns());
    world.scheme.pages[0].print.break_by = Some("district".into());
    let report = world.compose();
    let page = page(&report, "表一");
    let kinds: Vec<LineKind> = page.lines.iter().map(|l| l.kind).collect();
    let headings: Vec<u32> = (0u32..)
        .zip(&kinds)
        .filter(|(_, k)| **k == LineKind::Group)
        .map(|(i, _)| i)
        .collect();
    let total = kinds
        .iter()
        .position(|k| *k == LineKind::Total)
        .expect("a total") as u32;
    assert_eq!(headings[0], 0);
    assert_eq!(page.print.breaks, [headings[1], total]);
    for (first, last) in &page.folds {
        assert!((*first..=*last).all(|i| kinds[i as usize] == LineKind::Leaf));
        assert_eq!(kinds[*last as usize + 1], LineKind::Subtotal);
    }
    assert_eq!(page.folds.len(), 2);
    let placed = crate::report::layout::place(page);
    assert_eq!(placed.repeated().0, 0, "the title is on every paper");
    assert_eq!(
        placed.tall, 0,
        "fitted in height, the breaks would not hold"
    );
}
