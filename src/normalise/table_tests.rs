//! Whole tables: what rows become, what is reported where, and that no row is lost.

use super::super::*;
use crate::diagnostic::{Diagnostic, Rule};
use crate::grid::{Format, Sheet, Span, Value, Workbook};
use crate::recognise::{Account, Column, How, Recognised, Table, TypedTotal};
use crate::scheme::Scheme;
use chrono::NaiveDate;
use std::sync::Arc;

/// A sheet drawn as text: the first line names the fields, `#n` is a number, `@n` a date cell,
/// `=` a formula without a result, `!` an error value.
struct Drawn {
    scheme: Scheme,
    workbook: Workbook,
    recognised: Recognised,
}

fn draw(form: &str, fields: &str, rows: &[&str], merges: &[Span]) -> Drawn {
    let mut scheme = testing::scheme();
    scheme.cut_off = NaiveDate::from_ymd_opt(2025, 8, 31).expect("a date");
    let f = scheme.form(form).expect("a form");
    let columns = fields
        .split('|')
        .enumerate()
        .map(|(col, id)| Column {
            col: col as u32,
            path: vec![id.trim().into()],
            field: scheme.forms[f].field(id.trim()),
            how: How::Exact,
            factor: 1.0,
            cell: None,
        })
        .collect();
    let mut b = Sheet::builder("名册");
    for (r, row) in rows.iter().enumerate() {
        for (c, cell) in row.split('|').enumerate() {
            let (row, col) = (r as u32, c as u32);
            let cell = cell.trim();
            match cell.split_at(usize::from(cell.starts_with(['#', '@', '=', '!']))) {
                ("#", n) => b.put(row, col, Value::Number(n.parse().expect("a number"))),
                ("@", n) => b.put(row, col, Value::Date(n.parse().expect("a number"))),
                ("=", _) => b.put(row, col, Value::Unevaluated),
                ("!", _) => b.put(row, col, Value::Error(crate::grid::CellError::Na)),
                _ => b.put(row, col, Value::Text(cell)),
            }
        }
    }
    for merge in merges {
        b.merge(*merge);
    }
    let table = Table {
        sheet: 0,
        form: f,
        confidence: 1.0,
        evidence: vec![],
        header: vec![],
        columns,
        body: (0..rows.len() as u32).collect(),
        totals: vec![],
        section_of: vec![None; rows.len()],
        sections: vec![],
        given: vec![],
        remarks: vec![],
    };
    Drawn {
        scheme,
        workbook: Workbook {
            file: Arc::from("a.xlsx"),
            format: Format::Xlsx,
            sheets: vec![b.finish()],
        },
        recognised: Recognised {
            tables: vec![table],
            unknown: Vec::new(),
            accounts: vec![Account::default()],
            ..Recognised::default()
        },
    }
}

impl Drawn {
    /// Turns the last line into a total of all lines above it.
    fn with_total(mut self) -> Self {
        let table = &mut self.recognised.tables[0];
        let row = table.body.pop().expect("a row");
        table.section_of.pop();
        table.totals.push(TypedTotal {
            row,
            over: 0..table.body.len(),
        });
        self
    }

    fn read(&self) -> (Records, Vec<Diagnostic>) {
        let mut read = records(&self.workbook, &self.recognised, &self.scheme);
        let table = &self.recognised.tables[0];
        let records = read.value.remove(0);
        let mut all = [records.rows.clone(), records.rejected.clone()].concat();
        all.sort_unstable();
        assert_eq!(all, table.body, "every row is kept or rejected");
        // Rules of other rooms are tested there.
        read.diagnostics.retain(|d| MINE.contains(&d.rule));
        (records, read.diagnostics)
    }

    fn values(&self, records: &Records, field: &str) -> Vec<String> {
        let form = &self.scheme.forms[records.form];
        let f = form.field(field).expect("a field");
        let kind = &form.fields[f].kind;
        (0..records.rows.len())
            .map(|i| match &records.columns[f] {
                Data::Absent => "absent".into(),
                Data::Text(t) => t.get(i).unwrap_or("-").into(),
                Data::Code(c) if c[i] == NO_CODE => "-".into(),
                Data::Code(c) => match kind {
                    crate::scheme::Kind::Vocabulary(v) => {
                        let v = self.scheme.vocabulary(v).expect("a vocabulary");
                        v.terms[usize::from(c[i])].name.clone()
                    }
                    _ => "no vocabulary".into(),
                },
                Data::Date(d) if d[i] == NO_DATE => "-".into(),
                Data::Date(d) => {
                    (NaiveDate::default() + chrono::Duration::days(d[i].into())).to_string()
                }
                Data::Integer(n) | Data::Decimal(n) if n[i] == NO_NUMBER => "-".into(),
                Data::Integer(n) => n[i].to_string(),
                Data::Decimal(n) => number::decimal(n[i]),
                Data::Boolean(b) => b[i].to_string(),
            })
            .collect()
    }
}

const MINE: &[Rule] = &[
    Rule::IdChecksum,
    Rule::IdLength,
    Rule::IdPrecisionLost,
    Rule::RequiredMissing,
    Rule::DateUnreadable,
    Rule::DateFuture,
    Rule::NumberUnreadable,
    Rule::AmountNegative,
    Rule::VocabularyUnknown,
    Rule::FormulaWithoutValue,
    Rule::CellErrorValue,
    Rule::TotalMismatch,
];

fn found(diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics
        .iter()
        .map(|d| format!("{} {}", d.place.cell().unwrap_or_default(), d.key()))
        .collect()
}

fn span(top: u32, left: u32, bottom: u32, right: u32) -> Span {
    Span {
        top,
        left,
        bottom,
        right,
    }
}

#[test]
fn a_messy_roster_becomes_clean_records() {
    let d = draw(
        "roster",
        "name|gender|id_number|birth_date|title|education|tier|full_time|phone|subject|stage",
        &[
            "张　三|女|339901198503150120|1985.03|小学高级|本科（函授）|市级骨干教师|是|#13800005678|政治|初中",
            "李  四|男|33990119721130113x|1972年11月|中小学高级教师|大专|无|√|138 0000 5679|语文/道法|小学",
            "买买提•艾力|男|#339901198503150000|—|无|研究生|县级骨干教师、省级学科带头人|否|—|政治|高中",
        ],
        &[],
    );
    let (r, diagnostics) = d.read();
    assert_eq!(d.values(&r, "name"), ["张三", "李四", "买买提·艾力"]);
    assert_eq!(
        d.values(&r, "id_number"),
        ["339901198503150120", "33990119721130113X", "-"]
    );
    assert_eq!(
        d.values(&r, "birth_date"),
        ["1985-03-15", "1972-11-30", "-"]
    );
    assert_eq!(d.values(&r, "title"), ["一级教师", "高级教师", "未定级"]);
    assert_eq!(d.values(&r, "education"), ["本科", "专科", "硕士研究生"]);
    assert_eq!(d.values(&r, "tier"), ["骨干教师", "-", "学科带头人"]);
    assert_eq!(d.values(&r, "tier_level"), ["市级", "-", "省级"]);
    assert_eq!(d.values(&r, "full_time"), ["1", "1", "0"]);
    assert_eq!(d.values(&r, "phone"), ["13800005678", "13800005679", "-"]);
    assert_eq!(d.values(&r, "subject"), ["道德与法治", "语文", "思想政治"]);
    assert_eq!(found(&diagnostics), ["C3 id-precision-lost"]);
}

#[test]
fn a_level_column_of_its_own_outranks_the_tiers() {
    let d = draw(
        "roster",
        "name|id_number|tier_level|tier",
        &[
            "张三|339901198503150120|县级|市级骨干教师",
            "李四|33990119721130113X||省级骨干教师",
        ],
        &[],
    );
    let (r, diagnostics) = d.read();
    assert_eq!(d.values(&r, "tier_level"), ["县区级", "省级"]);
    assert_eq!(found(&diagnostics), [""; 0]);
    let swapped = draw(
        "roster",
        "name|id_number|tier|tier_level",
        &[
            "张三|339901198503150120|市级骨干教师|县级",
            "李四|33990119721130113X|省级骨干教师|",
        ],
        &[],
    );
    let (r, _) = swapped.read();
    assert_eq!(swapped.values(&r, "tier_level"), ["县区级", "省级"]);
}

#[test]
fn every_mistake_is_found_at_its_cell() {
    let d = draw(
        "claims",
        "name|id_number|expense_type|invoice_no|invoice_date|amount|claimed|days",
        &[
            "张三|339901198503150121|培训费|12345678|2025.7.5|300|-30|5天",
            "|33990119721130113X|吃饭|#25332000000012345678|2025.13|三百多|300.555|2.5",
            "王五||培训|=|2025-12-01|!|#12.3456|@45000",
            "|||12|2025.7|5||",
            "赵六|339901850315012|其他|||￥1,300.00|（20）|无",
        ],
        &[],
    );
    let (r, diagnostics) = d.read();
    let mut found = found(&diagnostics);
    found.sort();
    let mut expected = vec![
        "B1 id-checksum",
        "G1 amount-negative",
        "A2 required-missing",
        "C2 vocabulary-unknown",
        "D2 number-unreadable.precision",
        "E2 date-unreadable",
        "F2 number-unreadable",
        "G2 number-unreadable.places",
        "H2 number-unreadable.whole",
        "B3 required-missing",
        "D3 formula-without-value",
        "E3 date-future",
        "F3 cell-error-value",
        "G3 number-unreadable.places",
        "H3 number-unreadable.date",
        "A4 required-missing.row",
        "B5 id-length.fifteen",
        "G5 amount-negative",
    ];
    expected.sort_unstable();
    assert_eq!(found, expected);
    assert_eq!(r.rows, [0, 1, 2, 4]);
    assert_eq!(r.rejected, [3]);
    assert_eq!(d.values(&r, "amount"), ["300", "-", "-", "1300"]);
    assert_eq!(d.values(&r, "claimed"), ["-30", "300.56", "12.35", "-20"]);
    assert_eq!(d.values(&r, "days"), ["5", "-", "-", "-"]);
    assert_eq!(d.values(&r, "invoice_no"), ["12345678", "-", "-", "-"]);
    for finding in &diagnostics {
        for lang in [crate::message::Lang::Zh, crate::message::Lang::En] {
            let text = crate::diagnostic::render::message(finding, lang)
                + &crate::diagnostic::render::hint(finding, lang);
            assert!(!text.contains(['{', '[']), "{text}");
        }
    }
}

#[test]
fn merged_and_ditto_cells_repeat_with_one_finding_each() {
    let d = draw(
        "training",
        "name|id_number|project|category|hours",
        &[
            "张三|339901198503150120|国培计划|外出|24",
            "|||同上|〃",
            "李四|33990119721130113X|同上|线上|12",
        ],
        &[span(0, 0, 1, 0), span(0, 1, 1, 1), span(0, 2, 1, 2)],
    );
    let (r, diagnostics) = d.read();
    assert_eq!(d.values(&r, "name"), ["张三", "张三", "李四"]);
    assert_eq!(d.values(&r, "project"), ["国培计划"; 3]);
    assert_eq!(d.values(&r, "category"), ["-", "-", "网络研修"]);
    assert_eq!(d.values(&r, "hours"), ["24", "24", "12"]);
    assert_eq!(found(&diagnostics), ["D1 vocabulary-unknown"]);
}

#[test]
fn a_merged_amount_counts_once() {
    let d = draw(
        "claims",
        "name|id_number|amount",
        &["张三|339901198503150120|300", "李四|33990119721130113X|"],
        &[span(0, 2, 1, 2)],
    );
    let (r, diagnostics) = d.read();
    assert_eq!(d.values(&r, "amount"), ["300", "-"]);
    assert_eq!(found(&diagnostics), ["C2 required-missing.merged"]);
}

#[test]
fn typed_totals_are_compared_and_never_added() {
    let rows = [
        "张三|339901198503150120|300|5",
        "李四|33990119721130113X|200.5|",
    ];
    let with = |total: &str| {
        draw(
            "claims",
            "name|id_number|amount|days",
            &[rows[0], rows[1], total],
            &[],
        )
        .with_total()
        .read()
    };
    let (r, diagnostics) = with("合计||500.5|5");
    assert_eq!(r.totals.len(), 2);
    assert_eq!(
        (r.totals[0].stated, r.totals[0].over.clone()),
        (50_050, 0..2)
    );
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let (_, diagnostics) = with("合计||600|5");
    assert_eq!(found(&diagnostics), ["C3 total-mismatch"]);
    assert!(diagnostics[0].args.contains(&("sum", "500.5".to_owned())));
    assert_eq!(
        found(&with("合计3人||500.5|").1),
        ["A3 total-mismatch.count"]
    );
    assert_eq!(found(&with("合计2人||500.5|").1), [""; 0]);
    assert_eq!(found(&with("合计|2人|500.5|").1), [""; 0]);
    assert_eq!(found(&with("平均||250.25|").1), [""; 0]);
    assert_eq!(found(&with("合计||=|").1), [""; 0]);
    assert_eq!(found(&with("合计||!|").1), ["C3 cell-error-value"]);
    let gaps = |total: &str| {
        let lines = [rows[0], "李四|33990119721130113X|二百多|", total];
        found(
            &draw("claims", "name|id_number|amount|days", &lines, &[])
                .with_total()
                .read()
                .1,
        )
    };
    assert_eq!(
        gaps("合计||500|"),
        ["C2 number-unreadable", "C3 total-mismatch.gaps"]
    );
    assert_eq!(
        gaps("合计||200|"),
        ["C2 number-unreadable", "C3 total-mismatch"]
    );
}

#[test]
fn a_rejected_row_still_counts_in_its_total() {
    let d = draw(
        "claims",
        "name|id_number|amount",
        &["||100", "张三|339901198503150120|300", "合计||400"],
        &[],
    )
    .with_total();
    let (r, diagnostics) = d.read();
    assert_eq!(found(&diagnostics), ["A1 required-missing.row"]);
    assert_eq!(r.totals[0].over, 0..1);
}

#[test]
fn units_of_the_header_apply() {
    let mut d = draw(
        "claims",
        "name|id_number|amount",
        &[
            "张三|339901198503150120|#1.2345",
            "李四|33990119721130113X|500元",
        ],
        &[],
    );
    d.recognised.tables[0].columns[2].factor = 10_000.0;
    let (r, _) = d.read();
    assert_eq!(d.values(&r, "amount"), ["12345", "500"]);
}

#[test]
fn a_table_without_identity_keeps_its_rows() {
    let d = draw("claims", "amount", &["300", "5"], &[]);
    let (r, diagnostics) = d.read();
    assert_eq!(r.rows.len(), 2);
    assert_eq!(found(&diagnostics), [""; 0]);
}

#[test]
fn all_my_rules_have_their_texts() {
    for rule in MINE {
        assert!(crate::message::known(rule.name(), true), "{}", rule.name());
    }
    for key in [
        "id-checksum.characters",
        "id-checksum.province",
        "id-checksum.date",
        "id-checksum.future",
        "id-length.fifteen",
        "id-length.document",
        "id-precision-lost.masked",
        "required-missing.row",
        "required-missing.merged",
        "date-unreadable.ambiguous",
        "date-unreadable.order",
        "date-unreadable.year",
        "date-unreadable.no-year",
        "date-unreadable.implausible",
        "number-unreadable.whole",
        "number-unreadable.date",
        "number-unreadable.places",
        "number-unreadable.precision",
        "amount-negative.count",
        "vocabulary-unknown.near",
        "vocabulary-unknown.ambiguous",
        "vocabulary-unknown.unfinished",
        "vocabulary-unknown.boolean",
        "total-mismatch.gaps",
        "total-mismatch.count",
    ] {
        assert!(crate::message::known(key, true), "{key}");
    }
}

#[test]
fn what_is_studied_for_is_not_held_yet_and_meant_so() {
    let mut d = draw(
        "study",
        "name|id_number|current_education|target_education",
        &["张三|339901198503150120|专科在读|本科（在读）"],
        &[],
    );
    let form = &mut d.scheme.forms[d.recognised.tables[0].form];
    let target = form.field("target_education").expect("a field");
    form.fields[target].future = true;
    let (r, diagnostics) = d.read();
    assert_eq!(d.values(&r, "target_education"), ["本科"]);
    assert_eq!(d.values(&r, "current_education"), ["-"]);
    assert_eq!(found(&diagnostics), ["C1 vocabulary-unknown.unfinished"]);
}

/// Bytes to records through the real stages before this one.
fn chain(file: &str, text: &str) -> (Drawn, Records, Vec<Diagnostic>) {
    let mut scheme = testing::scheme();
    scheme.cut_off = NaiveDate::from_ymd_opt(2025, 8, 31).expect("a date");
    let workbook = crate::intake::read(file, text.as_bytes()).value.remove(0);
    let recognised = crate::recognise::tables(&workbook, &scheme).value;
    let d = Drawn {
        scheme,
        workbook,
        recognised,
    };
    let (records, diagnostics) = d.read();
    (d, records, diagnostics)
}

#[test]
fn a_roster_as_it_comes() {
    let (d, r, diagnostics) = chain(
        "柳河小学.csv",
        "柳河小学教师花名册,,,,,,,,,,,,,\n\
         填报单位：柳河小学,,,,,,,填报日期：2025年8月25日,,,,,,\n\
         序号,姓名,性别,身份证号,出生年月,参加工作时间,任教学段,任教学科,职称,第一学历,最高学历,骨干类别,是否专任,教龄\n\
         1,张　三,女,339901198503150120,1985.03,2006.9,小学,语文/道法,小学高级教师,大专,本科（函授）,市级骨干教师,是,19年\n\
         2,李四,男,33990119721130113x,1972年11月,1992-08,小学,数学,中小学高级教师,中师,大专,无,是,33\n\
         3,王五,男,339901199008070452,1990.8.7,2012.1,小学,魔法,高级,本科,本科,—,是,13\n\
         ,,,,,,,,,,,,,\n\
         合计,4人,,,,,,,,,,,,\n\
         填表人：赵六,,,,,,,审核人：钱七,,,,,,\n",
    );
    assert_eq!(d.values(&r, "name"), ["张三", "李四", "王五"]);
    assert_eq!(
        d.values(&r, "birth_date"),
        ["1985-03-15", "1972-11-30", "1990-08-07"]
    );
    assert_eq!(
        d.values(&r, "work_start"),
        ["2006-09-01", "1992-08-01", "2012-01-01"]
    );
    assert_eq!(d.values(&r, "title"), ["一级教师", "高级教师", "-"]);
    assert_eq!(d.values(&r, "first_education"), ["专科", "中专", "本科"]);
    assert_eq!(d.values(&r, "education"), ["本科", "专科", "本科"]);
    assert_eq!(d.values(&r, "tier_level"), ["市级", "-", "-"]);
    assert_eq!(d.values(&r, "teaching_years_stated"), ["19", "33", "13"]);
    let mut found = found(&diagnostics);
    found.sort();
    assert_eq!(
        found,
        [
            "B8 total-mismatch.count",
            "D6 id-checksum",
            "H6 vocabulary-unknown.near",
            "I6 vocabulary-unknown.ambiguous",
        ]
    );
}

#[test]
fn a_training_register_as_it_comes() {
    let (d, r, diagnostics) = chain(
        "柳河小学培训.csv",
        "2025年柳河小学教师培训学时登记表,,,,,,,\n\
         序号,姓名,身份证号,培训项目,培训类别,培训时间,学时,考核结果\n\
         1,张三,339901198503150120,国培计划,国培,7月5日—12日,60学时,优\n\
         2,李四,33990119721130113X,同上,〃,2025.7.5-7.12,６０,称职\n\
         合计,,,,,,130,\n",
    );
    assert_eq!(d.values(&r, "project"), ["国培计划"; 2]);
    assert_eq!(d.values(&r, "category"), ["集中培训"; 2]);
    assert_eq!(d.values(&r, "start_date"), ["2025-07-05"; 2]);
    assert_eq!(d.values(&r, "end_date"), ["2025-07-12"; 2]);
    assert_eq!(d.values(&r, "hours"), ["60", "60"]);
    assert_eq!(d.values(&r, "result"), ["优秀", "合格"]);
    assert_eq!(found(&diagnostics), ["G5 total-mismatch"]);
}

#[test]
fn the_date_line_above_a_table_dates_it() {
    let mut d = draw(
        "roster",
        "name|id_number",
        &["", "", "张三|339901198503150120"],
        &[],
    );
    d.recognised.tables[0].body = vec![2];
    d.recognised.tables[0].section_of = vec![None];
    let line = |row, text: &str| crate::recognise::Remark {
        kind: crate::recognise::RemarkKind::Date,
        row,
        col: 0,
        text: text.into(),
    };
    d.recognised.accounts[0].remarks = vec![
        line(0, "2024.1.1"),
        line(1, "2025年8月25日"),
        line(3, "2025.9.1"),
    ];
    assert_eq!(d.read().0.dated, Some(testing::day("2025-08-25")));
}
