//! Laws of recognition on random layouts.

use super::testing::{Read, draw, read_sheets, scheme};
use super::{Role, tables};
use crate::grid::{Format, Sheet, Span, Value, Workbook};
use proptest::prelude::*;

/// Labels of forms, each with the field it must be bound to; groups have two labels below them.
const ROSTER: &[(&str, &str)] = &[
    ("性别", "gender"),
    ("出生年月（如1980.01）", "birth_date"),
    ("参加工作时间", "work_start"),
    ("任教学段", "stage"),
    ("任教学科", "subject"),
    ("职称", "title"),
    ("骨干称号", "tier"),
    ("认定时间", "appointed"),
    ("联系电话", "phone"),
    ("民族", "-"),
    ("全日制教育>学历", "first_education"),
    ("全日制教育>毕业院校", "-"),
    ("在职教育>学历", "education"),
    ("在职教育>毕业院校", "institution"),
];
const TRAINING: &[(&str, &str)] = &[
    ("培训项目", "project"),
    ("培训类别", "category"),
    ("学时（节）", "hours"),
    ("学分", "credits"),
    ("考核结果", "result"),
    ("证书编号", "certificate_no"),
    ("性别", "-"),
    ("培训时间>起", "start_date"),
    ("培训时间>止", "end_date"),
    ("必修/选修", "required"),
];
const BASE: &[(&str, &str)] = &[
    ("姓名", "name"),
    ("身份证号码", "id_number"),
    ("学校", "school"),
];

/// A random table: header paths with their fields, members of a group side by side.
fn table() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    prop_oneof![Just(ROSTER), Just(TRAINING)].prop_flat_map(|own| {
        let n = own.len();
        (
            proptest::sample::subsequence(own.to_vec(), n / 2..=n),
            proptest::sample::subsequence(BASE.to_vec(), 2..=3),
        )
            .prop_map(move |(mut chosen, base)| {
                // What the form cannot be told without.
                if own.len() == TRAINING.len() {
                    for need in [TRAINING[0], TRAINING[2]] {
                        if !chosen.contains(&need) {
                            chosen.push(need);
                        }
                    }
                }
                let mut all = base;
                all.extend(chosen);
                all
            })
            .prop_shuffle()
            .prop_map(grouped)
    })
}

/// Brings the members of each group together, at the place of the first.
fn grouped(columns: Vec<(&'static str, &'static str)>) -> Vec<(&'static str, &'static str)> {
    let group = |c: &(&'static str, &'static str)| c.0.split_once('>').map(|g| g.0);
    let mut out: Vec<(&'static str, &'static str)> = Vec::new();
    for column in &columns {
        if out.contains(column) {
            continue;
        }
        out.push(*column);
        if group(column).is_some() {
            let rest = columns
                .iter()
                .filter(|c| group(c) == group(column) && *c != column);
            out.extend(rest);
        }
    }
    out
}

const IDS: [&str; 3] = [
    "11010119900307889X",
    "110101198512120027",
    "110101197801010014",
];

/// The table as a sheet. `blanks` are blank lines put before line n of title, header, records.
fn sheet(columns: &[(&str, &str)], merged: bool, blanks: &[usize]) -> Sheet {
    let mut b = Sheet::builder("Sheet1");
    let mut row = 0;
    let skip = |line: usize, row: &mut u32| {
        *row += blanks.iter().filter(|n| **n == line).count() as u32;
    };
    skip(0, &mut row);
    b.put(row, 0, Value::Text("第一小学登记表"));
    row += 1;
    skip(1, &mut row);
    let deep = columns.iter().any(|c| c.0.contains('>'));
    let mut group_start: Option<(u32, &str)> = None;
    for (c, (path, _)) in columns.iter().enumerate() {
        let col = c as u32;
        match path.split_once('>') {
            None => {
                b.put(row, col, Value::Text(path));
                if deep && merged {
                    b.merge(Span {
                        top: row,
                        left: col,
                        bottom: row + 1,
                        right: col,
                    });
                }
                group_start = None;
            }
            Some((group, label)) => {
                match group_start {
                    Some((from, g)) if g == group => {
                        if merged {
                            b.merge(Span {
                                top: row,
                                left: from,
                                bottom: row,
                                right: col,
                            });
                        }
                    }
                    _ => {
                        b.put(row, col, Value::Text(group));
                        group_start = Some((col, group));
                    }
                }
                b.put(row + 1, col, Value::Text(label));
            }
        }
    }
    row += if deep { 2 } else { 1 };
    for (n, id) in IDS.iter().enumerate() {
        skip(n + 2, &mut row);
        for (c, (_, field)) in columns.iter().enumerate() {
            let value = match *field {
                "id_number" => Value::Text(id),
                "name" => Value::Text(["张三", "李四", "王五"][n]),
                "hours" | "credits" => Value::Number(8.0),
                "start_date" | "end_date" | "appointed" => Value::Date(45_900.0),
                _ => Value::Text("某"),
            };
            b.put(row, c as u32, value);
        }
        row += 1;
    }
    b.finish()
}

fn fields(read: &Read) -> Vec<String> {
    read.recognised
        .tables
        .iter()
        .enumerate()
        .map(|(i, _)| read.fields(i))
        .collect()
}

/// What must come out, in the order of the columns.
fn expected(columns: &[(&str, &str)]) -> Vec<String> {
    let texts: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(c, (_, field))| format!("{}={field}", crate::grid::column_name(c as u32)))
        .collect();
    vec![texts.join(" ")]
}

fn one(sheet: Sheet) -> Read {
    read_sheets(vec![sheet], None)
}

/// Words that headers, lines around tables and records are made of.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just(String::new()),
        2 => proptest::sample::select(vec![
            "序号", "姓名", "身份证号", "性别", "职称", "学历", "第一学历", "培训项目", "学时", "学分", "发票号码", "发票金额", "合计", "小计", "学校", "备注",
        ]).prop_map(str::to_owned),
        2 => proptest::sample::select(vec![
            "张三", "李四", "男", "女", "110101199003078515", "一级教师", "本科", "填表人：王五", "注：无", "例", "甲", "一、小学", "教师花名册", "单位：元", " ", "^", "<", "=", "@45900",
        ]).prop_map(str::to_owned),
        2 => (0u32..300).prop_map(|n| n.to_string()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn columns_in_any_order_keep_their_fields(columns in table()) {
        prop_assert_eq!(fields(&one(sheet(&columns, true, &[]))), expected(&columns));
    }

    #[test]
    fn unmerging_a_header_changes_no_field(columns in table()) {
        prop_assert_eq!(fields(&one(sheet(&columns, false, &[]))), expected(&columns));
    }

    #[test]
    fn blank_lines_change_nothing(columns in table(), blanks in proptest::collection::vec(0usize..5, 0..6), merged: bool) {
        let read = one(sheet(&columns, merged, &blanks));
        prop_assert_eq!(fields(&read), expected(&columns));
        prop_assert_eq!(read.body(0).len(), 3);
    }

    #[test]
    fn whatever_is_drawn_is_accounted_for(cells in proptest::collection::vec(proptest::collection::vec(word(), 1..9), 1..14)) {
        let lines: Vec<String> = cells
            .iter()
            .enumerate()
            .map(|(r, line)| {
                let texts: Vec<&str> = line
                    .iter()
                    .enumerate()
                    .map(|(c, w)| match w.as_str() {
                        "^" if r == 0 || c >= cells[r - 1].len() => "",
                        "<" if c == 0 => "",
                        w => w,
                    })
                    .collect();
                texts.join("|")
            })
            .collect();
        let read = one(draw("s", &lines.join("\n")));
        let account = &read.recognised.accounts[0];
        let sheet = &read.workbook.sheets[0];
        prop_assert_eq!(account.lines.len(), sheet.extent().map_or(0, |e| e.bottom as usize + 1));
        for table in &read.recognised.tables {
            prop_assert!(table.body.is_sorted());
            prop_assert_eq!(table.body.len(), table.section_of.len());
            for row in &table.body {
                prop_assert_eq!(account.lines[*row as usize], Role::Data);
            }
            for total in &table.totals {
                prop_assert!(total.over.end <= table.body.len() && !total.over.is_empty());
            }
            for section in table.section_of.iter().flatten() {
                prop_assert!((*section as usize) < table.sections.len());
            }
        }
        let unknown = account.lines.contains(&Role::Unknown);
        prop_assert!(!unknown || !read.diagnostics.is_empty());
        let in_tables = read.recognised.tables.iter().flat_map(|t| &t.body);
        let data = account.lines.iter().filter(|r| **r == Role::Data).count();
        let mut rows: Vec<&u32> = in_tables.collect();
        rows.sort_unstable();
        rows.dedup();
        prop_assert_eq!(data, rows.len());
    }
}

#[test]
fn a_workbook_without_sheets_or_cells_is_no_trouble() {
    for sheets in [Vec::new(), vec![Sheet::builder("空").finish()]] {
        let workbook = Workbook {
            file: "a.xlsx".into(),
            format: Format::Xlsx,
            sheets,
        };
        let found = tables(&workbook, scheme());
        assert!(found.value.tables.is_empty() && found.diagnostics.is_empty());
    }
}
