//! One table on a sheet, laid out as a school with these habits would, and the truth about it.

use super::Options;
use super::habits::*;
use super::plants::{self, Place, Planted};
use super::render;
use super::truth::{OPEN, Plant, Record, TableTruth};
use super::world::{Fields, School, V, World};
use super::{unseen, words};
use crate::support::rng::Rng;
use crate::support::{Content, SheetDraft};
use chrono::{Datelike, NaiveDate};
use huizong::grid::{a1, column_name};
use std::collections::{BTreeMap, BTreeSet};

/// A row to be laid out: its school, what it means, and a mistake that was planted before the
/// layout was known.
#[derive(Debug, Clone)]
pub struct Line<'a> {
    pub school: &'a School,
    pub fields: Fields,
    /// Rule and field of a mistake that lies in the row as it is (a copied row or invoice).
    pub copied: Option<(&'static str, &'static str)>,
}

/// What is to be laid out where.
pub struct Table<'a> {
    pub form: &'static str,
    pub file: String,
    pub lines: Vec<Line<'a>>,
    /// The school that hands the table in.
    pub submitter: &'a School,
    pub habit: &'a Habit,
    pub options: &'a Options,
    pub world: &'a World,
    /// Day that the table says it was made on.
    pub made: NaiveDate,
}

#[derive(Debug, Clone, PartialEq)]
enum Role {
    Serial,
    School,
    SchoolCode,
    Field(&'static str),
    Period,
    /// Tier with its level in one cell.
    Tier,
    Extra(&'static str),
    /// Something else that looks like a field.
    Tempting(unseen::Held),
    Spacer,
}

#[derive(Debug, Clone)]
struct Column {
    role: Role,
    spanner: Option<&'static str>,
    label: String,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Laid {
    pub records: Vec<Record>,
    pub plants: Vec<Plant>,
    pub table: Option<TableTruth>,
    /// First row below everything.
    pub next: u32,
}

/// Optional fields and how often schools have the column.
fn chance_of(form: &str, field: &str) -> f64 {
    match (form, field) {
        ("roster", "area") => 0.7,
        ("roster", "institution" | "major") => 0.6,
        ("roster", "appointed" | "full_time" | "phone" | "post") => 0.6,
        ("training", "required" | "certificate_no") => 0.5,
        ("training", "credits") => 0.8,
        ("study", "major" | "certificate_no" | "stage") => 0.7,
        ("claims", "days") => 0.6,
        _ => 1.0,
    }
}

fn columns(t: &Table, rng: &mut Rng) -> Vec<Column> {
    let h = t.habit;
    let mut blocks: Vec<Vec<Column>> = Vec::new();
    let label = |field: &'static str, rng: &mut Rng| {
        if h.unseen > 0.0 && rng.chance(h.unseen) {
            return (*rng.pick(unseen::headers(t.form, field))).to_owned();
        }
        let all = words::headers(t.form, field);
        let word = if h.mess > 0.0 && rng.chance(0.5) {
            *rng.pick(all)
        } else {
            all[0]
        };
        decorated(word, field, h, rng)
    };
    let (groups, singles): (Vec<(&str, Vec<&str>)>, ()) = match t.form {
        "roster" => (
            vec![
                (
                    "基本信息",
                    vec!["name", "gender", "id_number", "birth_date"],
                ),
                ("", vec!["work_start"]),
                ("", vec!["stage"]),
                ("", vec!["area"]),
                ("", vec!["subject"]),
                ("", vec!["title"]),
                (
                    "学历情况",
                    vec!["first_education", "education", "institution", "major"],
                ),
                ("骨干情况", vec!["tier", "tier_level", "appointed"]),
                ("", vec!["full_time"]),
                ("", vec!["phone"]),
                ("", vec!["post"]),
            ],
            (),
        ),
        "training" => (
            vec![
                ("", vec!["name"]),
                ("", vec!["id_number"]),
                ("", vec!["project"]),
                ("", vec!["category"]),
                ("", vec!["required"]),
                ("培训时间", vec!["start_date", "end_date"]),
                ("学时学分", vec!["hours", "credits"]),
                ("", vec!["result"]),
                ("", vec!["certificate_no"]),
            ],
            (),
        ),
        "study" => (
            vec![
                ("", vec!["name"]),
                ("", vec!["id_number"]),
                ("", vec!["stage"]),
                ("", vec!["current_education"]),
                (
                    "提升学历情况",
                    vec![
                        "target_education",
                        "institution",
                        "major",
                        "enrolled",
                        "expected_graduation",
                        "status",
                    ],
                ),
                ("", vec!["certificate_no"]),
            ],
            (),
        ),
        "claims" => (
            vec![
                ("", vec!["name"]),
                ("", vec!["id_number"]),
                ("", vec!["project"]),
                ("", vec!["expense_type"]),
                ("票据信息", vec!["invoice_no", "invoice_date", "amount"]),
                ("", vec!["claimed"]),
                ("", vec!["days"]),
            ],
            (),
        ),
        _ => (
            vec![
                ("", vec!["name"]),
                ("", vec!["id_number"]),
                ("", vec!["year"]),
                (
                    "履职情况",
                    vec![
                        "open_lessons",
                        "lessons_observed",
                        "papers",
                        "research_projects",
                        "lectures",
                        "mentees",
                        "reading_notes",
                    ],
                ),
                ("", vec!["grade"]),
            ],
            (),
        ),
    };
    let () = singles;
    for (spanner, fields) in groups {
        if h.paired_education && spanner == "学历情况" {
            let pair = *rng.pick(&[("第一学历", "最高学历"), ("全日制教育", "在职教育")]);
            let column = |role: Role, spanner: &'static str, label: &str| Column {
                role,
                spanner: Some(spanner),
                label: label.into(),
            };
            blocks.push(vec![
                column(Role::Field("first_education"), pair.0, "学历"),
                column(Role::Extra("college"), pair.0, "毕业院校"),
                column(Role::Field("education"), pair.1, "学历"),
                column(Role::Field("institution"), pair.1, "毕业院校"),
            ]);
            continue;
        }
        let mut block = Vec::new();
        for field in fields {
            let field: &'static str = super::truth::fields(t.form)
                .iter()
                .find(|f| **f == field)
                .expect("a field");
            if !rng.chance(chance_of(t.form, field)) {
                continue;
            }
            if t.form == "roster" && h.tier_in_one && field == "tier_level" {
                continue;
            }
            if t.form == "training" && h.period && field == "end_date" {
                continue;
            }
            let (role, text) = match field {
                "tier" if h.tier_in_one => (
                    Role::Tier,
                    (*rng.pick(&["骨干称号", "骨干教师称号", "荣誉称号"])).to_owned(),
                ),
                "start_date" if h.period => (Role::Period, label("period", rng)),
                _ => (Role::Field(field), label(field, rng)),
            };
            block.push(Column {
                role,
                spanner: (h.two_rows && !spanner.is_empty()).then_some(spanner),
                label: text,
            });
        }
        // A spanner over a single column would be odd.
        if block.len() == 1 {
            block[0].spanner = None;
        }
        if t.form == "training"
            && h.two_rows
            && spanner == "培训时间"
            && block.len() == 2
            && rng.chance(0.3)
        {
            block[0].label = "起".into();
            block[1].label = "止".into();
        }
        if !block.is_empty() {
            blocks.push(block);
        }
    }
    if h.mess > 0.0 {
        // Neighbouring blocks change places; the name stays in front.
        for i in 1..blocks.len().saturating_sub(1) {
            if rng.chance(0.25) {
                blocks.swap(i, i + 1);
            }
        }
    }
    if h.extra_columns {
        for (name, label) in [("ethnic", "民族"), ("age", "年龄"), ("remark", "备注")] {
            if rng.chance(0.5) {
                let at = if name == "remark" {
                    blocks.len()
                } else {
                    1 + rng.below(blocks.len())
                };
                blocks.insert(
                    at,
                    vec![Column {
                        role: Role::Extra(name),
                        spanner: None,
                        label: label.into(),
                    }],
                );
            }
        }
    }
    if h.unseen > 0.0 {
        for _ in 0..2 {
            if rng.chance(h.unseen) {
                let (label, held) = *rng.pick(unseen::tempting(t.form));
                let column = Column {
                    role: Role::Tempting(held),
                    spanner: None,
                    label: label.into(),
                };
                let again = blocks.iter().flatten().any(|c| c.label == label);
                if !again {
                    blocks.insert(rng.below(blocks.len() + 1), vec![column]);
                }
            }
        }
    }
    let mut out = Vec::new();
    let single = |role: Role, label: &str| Column {
        role,
        spanner: None,
        label: label.to_owned(),
    };
    if h.serial {
        out.push(single(Role::Serial, "序号"));
    }
    if h.school_column != SchoolColumn::None {
        let word = if h.mess > 0.0 {
            *rng.pick(&[
                "学校",
                "学校名称",
                "单位",
                "所在学校",
                "工作单位",
                "任教学校",
            ])
        } else {
            "学校"
        };
        let word = match h.unseen > 0.0 && rng.chance(h.unseen) {
            true => *rng.pick(unseen::headers(t.form, "school")),
            false => word,
        };
        out.push(single(Role::School, word));
    }
    if h.school_code {
        out.push(single(
            Role::SchoolCode,
            if rng.chance(0.5) {
                "学校代码"
            } else {
                "学校标识码"
            },
        ));
    }
    for (i, block) in blocks.into_iter().enumerate() {
        if h.spacer && i == 3 {
            out.push(single(Role::Spacer, ""));
        }
        out.extend(block);
    }
    out
}

/// A header as it looks in the cell: line breaks, units, hints.
fn decorated(word: &str, field: &str, h: &Habit, rng: &mut Rng) -> String {
    let mut text = word.to_owned();
    if h.stars
        && matches!(
            field,
            "name" | "id_number" | "gender" | "project" | "hours" | "amount"
        )
    {
        text = match rng.below(3) {
            0 => format!("*{text}"),
            1 => format!("{text}*"),
            _ if text.contains('（') => text,
            _ => format!("{text}（必填）"),
        };
    }
    if h.header_units && !text.contains(['（', '(']) {
        let hint = match field {
            "hours" => "（节）",
            "amount" | "claimed" if !h.ten_thousand => "（元）",
            "birth_date" => "（如1985.03）",
            "id_number" => "（18位）",
            "days" => "（天）",
            "open_lessons" => "（节）",
            _ => "",
        };
        text.push_str(hint);
    }
    if h.ten_thousand && matches!(field, "amount" | "claimed") {
        text.push_str("（万元）");
    }
    if h.header_breaks && !text.contains('（') {
        let chars: Vec<char> = text.chars().collect();
        text = match chars.len() {
            2 if rng.chance(0.5) => format!("{}\n{}", chars[0], chars[1]),
            2 => format!("{}  {}", chars[0], chars[1]),
            4.. if rng.chance(0.7) => {
                let (a, b) = chars.split_at(chars.len() / 2);
                format!(
                    "{}\n{}",
                    a.iter().collect::<String>(),
                    b.iter().collect::<String>()
                )
            }
            _ => text,
        };
    }
    text
}

/// Lays the table out from `top` on.
pub fn lay_out(sheet: &mut SheetDraft, top: u32, t: &Table, rng: &mut Rng) -> Laid {
    let h = t.habit;
    let columns = columns(t, rng);
    let mut out = Laid::default();
    let left = h.left;
    let right = left + columns.len() as u32 - 1;
    let mut row = top;
    let school = if h.alias {
        &t.submitter.aliases[0]
    } else {
        &t.submitter.name
    };
    let year = t.made.year();
    if h.attachment {
        sheet.text(row, left, format!("附件{}", rng.between(1, 5)));
        row += 1;
    }
    if h.title {
        let word = if h.mess > 0.0 {
            *rng.pick(words::titles(t.form))
        } else {
            words::titles(t.form)[0]
        };
        let text = if h.clue == Clue::Title {
            format!("{school}{year}年{word}")
        } else {
            format!("{year}年度{word}")
        };
        if h.title_merged {
            sheet.text(row, left, text);
            sheet.merge(row, left, row, right);
        } else {
            sheet.text(row, left + if columns.len() > 4 { 2 } else { 0 }, text);
        }
        sheet.bold_rows.insert(row);
        row += 1;
        if h.subtitle {
            let month = t.made.format("（%Y年%-m月）").to_string();
            sheet.text(row, left, month);
            sheet.merge(row, left, row, right);
            row += 1;
        }
    }
    if h.submitter {
        let day = t.made.format("%Y年%-m月%-d日");
        let who = *rng.pick(&[
            "填报单位",
            "填报单位（盖章）",
            "报送单位",
            "填报学校",
            "学校名称",
        ]);
        if h.submitter_cells {
            sheet.text(row, left, format!("{who}：{school}"));
            if columns.len() > 6 {
                sheet.text(row, left + 5, format!("填报日期：{day}"));
            }
        } else {
            let unit = if t.form == "claims" {
                "单位：元"
            } else {
                "单位：人"
            };
            let unit = if h.ten_thousand && t.form == "claims" {
                ""
            } else {
                unit
            };
            sheet.text(
                row,
                left,
                format!("{who}：{school}          填报日期：{day}      {unit}"),
            );
            sheet.merge(row, left, row, right);
        }
        row += 1;
    }
    if h.instructions {
        sheet.text(row, left, "填表说明：1.身份证号请设置为文本格式后录入。2.出生年月、参加工作时间与档案一致。3.请勿改动表头。");
        sheet.merge(row, left, row, right);
        row += 1;
    }
    if h.blank_after_title && row > top {
        row += 1;
    }
    let header_top = row;
    row = header(sheet, row, left, &columns, h);
    if h.numbered {
        for k in 0..columns.len() {
            sheet.put(row, left + k as u32, Content::Number((k + 1) as f64));
        }
        row += 1;
    }
    out.table = Some(TableTruth {
        file: t.file.clone(),
        sheet: sheet.name.clone(),
        form: t.form.to_owned(),
        header: (header_top + 1, row),
        style: style(&columns, h),
        columns: columns
            .iter()
            .enumerate()
            .map(|(k, c)| {
                let field = match c.role {
                    Role::Field(f) => f,
                    Role::Period => "period",
                    Role::Tier => "tier",
                    _ => "",
                };
                let group = c.spanner.map_or(String::new(), |s| format!("{s}/"));
                let label = format!("{group}{}", c.label.replace(['\n', '\t'], " "));
                (column_name(left + k as u32), field.to_owned(), label)
            })
            .collect(),
    });
    if h.example {
        example(sheet, row, left, &columns, t, rng);
        row += 1;
    }
    let total_top = (h.totals == Totals::Top).then(|| {
        row += 1;
        row - 1
    });

    // Styles of the date columns, from all that will stand in them.
    let mut styles: BTreeMap<&'static str, DateStyle> = BTreeMap::new();
    for c in &columns {
        if let Role::Field(f) = c.role {
            let dates: Vec<NaiveDate> = t
                .lines
                .iter()
                .filter_map(|l| match l.fields.get(f) {
                    Some(V::Date(d)) => Some(*d),
                    _ => None,
                })
                .collect();
            styles.insert(f, render::date_style(f, h, &dates));
        }
    }

    let first_data = row;
    let mut merged: BTreeSet<&'static str> = BTreeSet::new();
    if t.form == "training" && h.grouped {
        merged.extend(["project", "category", "required", "start_date", "end_date"]);
    }
    let open: Vec<&'static str> = columns
        .iter()
        .filter_map(|c| match c.role {
            Role::Field(f) if !merged.contains(f) => Some(f),
            _ => None,
        })
        .collect();
    let mut sums: BTreeMap<&'static str, i64> = BTreeMap::new();
    let mut previous: Option<usize> = None;
    let mut group_start = row;
    let mut school_start = row;
    let mut data_end = row;
    let mut cells_of_group: Option<Vec<(u32, u32)>> = None;
    let section_every = (t.lines.len() / 2).max(4);
    let mut section = 0;
    let mut data_rows = 0;
    for (i, line) in t.lines.iter().enumerate() {
        let same_school = previous.is_some_and(|p| std::ptr::eq(t.lines[p].school, line.school));
        let same_group = previous.is_some_and(|p| {
            let a = &t.lines[p].fields;
            ["project", "category", "required", "start_date", "end_date"]
                .iter()
                .all(|f| a.get(f) == line.fields.get(f))
        });
        let mut broken = false;
        if h.sections && i % section_every == 0 && t.lines.len() > 8 {
            section += 1;
            sheet.text(
                row,
                left,
                format!("第{}部分", super::world::numeral(section)),
            );
            sheet.merge(row, left, row, right);
            row += 1;
            broken = true;
        }
        if h.school_sections && h.school_column == SchoolColumn::None && !same_school {
            let heads = t
                .lines
                .iter()
                .filter(|l| std::ptr::eq(l.school, line.school))
                .count();
            sheet.text(row, left, format!("{}（{heads}人）", line.school.name));
            sheet.merge(row, left, row, right);
            row += 1;
            broken = true;
        }
        if h.blank_rows && i > 0 && rng.chance(0.08) {
            row += 1;
            broken = true;
        }
        if h.repeat_header > 0 && i > 0 && i % h.repeat_header == 0 {
            row = header(sheet, row, left, &columns, h);
            broken = true;
        }
        let new_group = !same_group || broken;
        let new_school = !same_school || broken;
        if new_school {
            close_group(sheet, school_start, data_end, left, &columns, |c| {
                h.school_column == SchoolColumn::MergedDown
                    && matches!(c.role, Role::School | Role::SchoolCode)
            });
            school_start = row;
        }
        if new_group {
            close_group(sheet, group_start, data_end, left, &columns, |c| {
                is_merged(c, &merged)
            });
            group_start = row;
            cells_of_group = None;
        }
        let wanted = line.copied.is_none() && rng.chance(t.options.mistakes);
        let planted = if wanted {
            let stranger = &t.world.strangers[rng.below(t.world.strangers.len())];
            let place = Place {
                form: t.form,
                habit: h,
                options: t.options,
                open: &open,
                styles: &styles,
                stranger: Some(stranger),
            };
            plants::plant(&place, &line.fields, rng)
        } else {
            None
        };
        let mut record = Record {
            file: t.file.clone(),
            sheet: sheet.name.clone(),
            row: row + 1,
            school: line.school.name.clone(),
            school_code: line.school.code.clone(),
            ..Record::default()
        };
        for (k, c) in columns.iter().enumerate() {
            let col = left + k as u32;
            let in_group = is_merged(c, &merged) && !new_group;
            let content = match &c.role {
                Role::Spacer => None,
                Role::Serial => Some(Content::Number((i + 1) as f64)),
                Role::Extra("age") => {
                    let V::Id(id) = &line.fields["id_number"] else {
                        unreachable!()
                    };
                    let born: i32 = id[6..10].parse().expect("a year");
                    Some(Content::Number(f64::from(year - born)))
                }
                Role::Extra("ethnic") => Some(Content::text(if rng.chance(0.97) {
                    "汉"
                } else {
                    "回族"
                })),
                Role::Extra("college") => Some(Content::text("星湖师范学校")),
                Role::Tempting(held) => Some(Content::Text(unseen::cell(*held, rng))),
                Role::Extra(_) => rng.chance(0.1).then(|| Content::text("已核对")),
                Role::School | Role::SchoolCode => {
                    let shown = |h: &Habit| {
                        Content::text(if c.role == Role::SchoolCode {
                            &line.school.code
                        } else if h.alias {
                            &line.school.aliases[0]
                        } else {
                            &line.school.name
                        })
                    };
                    match h.school_column {
                        SchoolColumn::MergedDown | SchoolColumn::BlankBelow if !new_school => None,
                        SchoolColumn::Ditto if !new_school => {
                            Some(Content::text(if rng.chance(0.5) {
                                "同上"
                            } else {
                                "〃"
                            }))
                        }
                        _ => Some(shown(h)),
                    }
                }
                Role::Period => {
                    let (V::Date(a), V::Date(b)) =
                        (&line.fields["start_date"], &line.fields["end_date"])
                    else {
                        unreachable!("trainings have dates")
                    };
                    record.values.insert("start_date", V::Date(*a).truth());
                    record.values.insert("end_date", V::Date(*b).truth());
                    (!in_group).then(|| render::period(*a, *b, h.day))
                }
                Role::Tier => {
                    record.values.insert("tier", line.fields["tier"].truth());
                    record
                        .values
                        .insert("tier_level", line.fields["tier_level"].truth());
                    match (&line.fields["tier"], &line.fields["tier_level"]) {
                        (V::Term(tier), V::Term(level)) => Some(Content::Text(format!(
                            "{}{}",
                            render::term("tier_level", level, h, rng),
                            render::term("tier", tier, h, rng)
                        ))),
                        _ => render::value(t.form, "tier", &V::Null, h, rng),
                    }
                }
                Role::Field(f) => {
                    let v = &line.fields[f];
                    let (content, left_over) = match v {
                        V::Date(d) => {
                            let (c, d) = render::date(*d, styles[f]);
                            (Some(c), V::Date(d))
                        }
                        v => (render::value(t.form, f, v, h, rng), v.clone()),
                    };
                    record.values.insert(f, left_over.truth());
                    if *f == "project"
                        && h.ditto_project
                        && !h.grouped
                        && !broken
                        && previous.is_some_and(|p| t.lines[p].fields[f] == *v)
                        && planted.is_none()
                    {
                        Some(Content::text("同上"))
                    } else if in_group {
                        None
                    } else {
                        content
                    }
                }
            };
            if let Some(content) = content {
                sheet.put(row, col, content);
            }
            let place = match (&cells_of_group, in_group) {
                (Some(cells), true) => cells[k],
                _ => (row, col),
            };
            let fields: &[&'static str] = match c.role {
                Role::Field(f) => &[f][..],
                Role::Period => &["start_date", "end_date"],
                Role::Tier => &["tier", "tier_level"],
                _ => &[],
            };
            for f in fields {
                record.cells.insert(f, a1(place.0, place.1));
            }
        }
        if new_group {
            cells_of_group = Some((0..columns.len()).map(|k| (row, left + k as u32)).collect());
        }
        if let Some(p) = &planted {
            apply(sheet, row, left, &columns, p, &mut record);
            out.plants.push(plant_record(p, &record));
        }
        if let Some((rule, field)) = line.copied.filter(|c| !c.0.is_empty()) {
            out.plants.push(Plant {
                file: record.file.clone(),
                sheet: record.sheet.clone(),
                row: record.row,
                cell: record.cells.get(field).cloned().unwrap_or_default(),
                field: field.to_owned(),
                rule: rule.to_owned(),
                alternatives: Vec::new(),
            });
        }
        settle_birth(&mut record, &styles);
        for f in [
            "hours",
            "credits",
            "amount",
            "claimed",
            "days",
            "open_lessons",
            "lessons_observed",
            "papers",
            "research_projects",
            "lectures",
            "mentees",
            "reading_notes",
        ] {
            if let Some(v) = record.values.get(f)
                && let Some(n) = parse_hundredths(v)
            {
                *sums.entry(f).or_default() += n;
            }
        }
        out.records.push(record);
        if h.hidden && rng.chance(0.05) {
            sheet.hidden_rows.insert(row);
        }
        if h.blanks && rng.chance(0.2) {
            // Somebody pressed the space bar.
            sheet.text(row, right + 1, " ");
        }
        previous = Some(i);
        data_rows += 1;
        row += 1;
        data_end = row;
    }
    close_group(sheet, school_start, data_end, left, &columns, |c| {
        h.school_column == SchoolColumn::MergedDown
            && matches!(c.role, Role::School | Role::SchoolCode)
    });
    close_group(sheet, group_start, data_end, left, &columns, |c| {
        is_merged(c, &merged)
    });
    let last_data = row;

    if h.totals == Totals::None && h.prefilled && h.serial {
        for n in 0..rng.between(2, 6) {
            sheet.put(row, left, Content::Number((data_rows + n + 1) as f64));
            row += 1;
        }
    }
    if h.totals != Totals::None && data_rows > 0 {
        let at = total_top.unwrap_or(row);
        let plain_numbers = h.number == NumberStyle::Number && !h.sections && h.repeat_header == 0;
        total(
            sheet,
            at,
            left,
            &columns,
            &sums,
            (first_data, last_data),
            plain_numbers && h.formulas,
            t,
            data_rows,
            &mut out,
            rng,
        );
        if total_top.is_none() {
            row += 1;
        }
    }
    if h.notes {
        if rng.chance(0.3) {
            row += 1;
        }
        sheet.text(
            row,
            left,
            *rng.pick(&[
                "注：本表一式两份，一份报县教育局，一份学校留存。",
                "备注：数据截至填报日。",
                "说明：以上信息已经本人核对。",
            ]),
        );
        if rng.chance(0.6) {
            sheet.merge(row, left, row, right);
        }
        row += 1;
    }
    if h.long_notes {
        for line in [
            "填表说明：",
            "1.本表由学校填写，校长审核签字后报送。",
            "2.“学历”指国民教育系列学历，以毕业证书为准。",
            "3.联系人：李老师，电话19900001234。",
        ] {
            sheet.text(row, left, line);
            row += 1;
        }
    }
    if h.signature {
        if rng.chance(0.3) {
            row += 1;
        }
        if h.submitter_cells && columns.len() > 6 {
            sheet.text(row, left, "单位负责人：");
            sheet.text(row, left + 3, "审核人：李敏");
            sheet.text(row, left + 6, "填表人：王静");
        } else {
            sheet.text(row, left, "校长（签字）：            审核人：李敏        填表人：王静        联系电话：19900001234");
            sheet.merge(row, left, row, right);
        }
        row += 1;
    }
    if h.hidden
        && let Some(k) = columns
            .iter()
            .position(|c| matches!(c.role, Role::Extra(_) | Role::Field("post" | "phone")))
    {
        sheet.hidden_columns.insert(left + k as u32);
    }
    for (k, c) in columns.iter().enumerate() {
        if c.role == Role::Field("id_number") {
            sheet.widths.insert(left + k as u32, 22.0);
        }
    }
    sheet.bold_rows.insert(header_top);
    out.next = row;
    out
}

fn is_merged(c: &Column, merged: &BTreeSet<&'static str>) -> bool {
    match c.role {
        Role::Field(f) => merged.contains(f),
        Role::Period => merged.contains("start_date"),
        _ => false,
    }
}

/// Merges the rows of a group that has ended, in the columns chosen. `to` is the row after its last.
fn close_group(
    sheet: &mut SheetDraft,
    from: u32,
    to: u32,
    left: u32,
    columns: &[Column],
    chosen: impl Fn(&Column) -> bool,
) {
    for (k, c) in columns.iter().enumerate() {
        let col = left + k as u32;
        if chosen(c)
            && to > from + 1
            && (from + 1..to).all(|r| !sheet.cells.contains_key(&(r, col)))
        {
            sheet.merge(from, col, to - 1, col);
        }
    }
}

fn header(sheet: &mut SheetDraft, top: u32, left: u32, columns: &[Column], h: &Habit) -> u32 {
    let mut row = top;
    let two = columns.iter().any(|c| c.spanner.is_some());
    let depth = if two { 2 } else { 1 };
    // A further row over all but the serial numbers.
    let banner = has_banner(columns, h);
    let first = usize::from(columns[0].role == Role::Serial);
    let bottom = top + u32::from(banner) + depth - 1;
    if banner {
        let right = left + columns.len() as u32 - 1;
        let cells = (left + first as u32, right);
        spread(sheet, (row, row), cells, "填报内容", h.header_style);
        row += 1;
    }
    let mut k = 0;
    while k < columns.len() {
        let col = left + k as u32;
        // The serial numbers' label reaches up beside the banner.
        let from = if banner && k < first { top } else { row };
        match columns[k].spanner {
            Some(s) if two => {
                let end = (k..columns.len())
                    .take_while(|&i| columns[i].spanner == Some(s))
                    .last()
                    .unwrap_or(k);
                spread(
                    sheet,
                    (row, row),
                    (col, left + end as u32),
                    s,
                    h.header_style,
                );
                for (i, c) in columns.iter().enumerate().take(end + 1).skip(k) {
                    sheet.text(row + 1, left + i as u32, &c.label);
                }
                k = end + 1;
            }
            _ => {
                if !columns[k].label.is_empty() {
                    spread(
                        sheet,
                        (from, bottom),
                        (col, col),
                        &columns[k].label,
                        h.header_style,
                    );
                }
                k += 1;
            }
        }
    }
    bottom + 1
}

/// How a header is drawn, in words.
fn style(columns: &[Column], h: &Habit) -> String {
    let two = columns.iter().any(|c| c.spanner.is_some());
    let banner = has_banner(columns, h);
    let cells = match h.header_style {
        _ if !two && !banner => "one row",
        HeaderStyle::Merged if h.format.has_merges() => "merged",
        HeaderStyle::Copied => "copied",
        _ => "bare",
    };
    let mut words = vec![cells];
    words.extend(banner.then_some("banner"));
    words.extend((two && banner).then_some("three rows"));
    words.extend(h.numbered.then_some("numbers"));
    words.join(", ")
}

/// Without the serial numbers beside it, it would be a title.
fn has_banner(columns: &[Column], h: &Habit) -> bool {
    h.banner && columns.len() > 3 && columns[0].role == Role::Serial
}

/// A label over several cells, as the school's headers are filled.
fn spread(
    sheet: &mut SheetDraft,
    rows: (u32, u32),
    cols: (u32, u32),
    text: &str,
    style: HeaderStyle,
) {
    sheet.text(rows.0, cols.0, text);
    match style {
        HeaderStyle::Merged if rows.0 < rows.1 || cols.0 < cols.1 => {
            sheet.merge(rows.0, cols.0, rows.1, cols.1);
        }
        HeaderStyle::Copied => {
            for r in rows.0..=rows.1 {
                for c in cols.0..=cols.1 {
                    sheet.text(r, c, text);
                }
            }
        }
        _ => {}
    }
}

/// The example that the bureau printed into the form.
fn example(
    sheet: &mut SheetDraft,
    row: u32,
    left: u32,
    columns: &[Column],
    t: &Table,
    rng: &mut Rng,
) {
    let Some(model) = t.lines.first() else { return };
    for (k, c) in columns.iter().enumerate() {
        let col = left + k as u32;
        let content = match &c.role {
            Role::Serial => Some(Content::text(if rng.chance(0.5) {
                "例"
            } else {
                "示例"
            })),
            Role::School => Some(Content::text("××学校")),
            Role::Field("name") => Some(Content::text(if t.habit.serial {
                "张三"
            } else {
                "例：张三"
            })),
            Role::Field("id_number") => Some(Content::text("339901198503150120")),
            Role::Field(f) => match &model.fields[f] {
                V::Date(_) => Some(Content::text("2020.09.01")),
                V::Term(x) => Some(Content::text(*x)),
                V::Null => None,
                other => Some(Content::Text(other.truth())),
            },
            Role::Period => Some(Content::text("2025.7.1-7.5")),
            Role::Tier => Some(Content::text("市级骨干教师")),
            _ => None,
        };
        if let Some(content) = content {
            sheet.put(row, col, content);
        }
    }
}

fn apply(
    sheet: &mut SheetDraft,
    row: u32,
    left: u32,
    columns: &[Column],
    p: &Planted,
    record: &mut Record,
) {
    for (k, c) in columns.iter().enumerate() {
        if let Role::Field(f) = c.role
            && let Some(written) = p.written.get(f)
        {
            match written {
                Some(content) => sheet.put(row, left + k as u32, content.clone()),
                None => {
                    sheet.cells.remove(&(row, left + k as u32));
                }
            }
        }
    }
    for (f, v) in &p.meant {
        if record.cells.contains_key(f) {
            record.values.insert(f, v.clone());
        }
    }
}

fn plant_record(p: &Planted, record: &Record) -> Plant {
    Plant {
        file: record.file.clone(),
        sheet: record.sheet.clone(),
        row: record.row,
        cell: record.cells[p.at].clone(),
        field: p.at.to_owned(),
        rule: p.rule.to_owned(),
        alternatives: p
            .or
            .iter()
            .filter_map(|f| record.cells.get(f))
            .map(|c| format!("{}!{}!{c}", record.file, record.sheet))
            .collect(),
    }
}

/// Where only the month is given and a valid id number agrees, the id number's day counts.
fn settle_birth(record: &mut Record, styles: &BTreeMap<&'static str, DateStyle>) {
    let month = styles
        .get("birth_date")
        .is_some_and(|s| s.month_only() || *s == DateStyle::Cell("yyyy\"年\"m\"月\""));
    let (Some(id), Some(birth)) = (
        record.values.get("id_number"),
        record.values.get("birth_date"),
    ) else {
        return;
    };
    if month
        && birth.len() == 10
        && id.len() == 18
        && id != OPEN
        && super::world::check_char(&id[..17]).to_string() == id[17..]
        && id[6..12] == birth.replace('-', "")[..6]
    {
        let day = format!("{}-{}-{}", &id[6..10], &id[10..12], &id[12..14]);
        record.values.insert("birth_date", day);
    }
}

fn parse_hundredths(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let whole: i64 = whole.parse().ok()?;
    let part: i64 = format!("{part:0<2}").get(..2)?.parse().ok()?;
    Some(sign * (whole * 100 + part))
}

#[allow(clippy::too_many_arguments)]
fn total(
    sheet: &mut SheetDraft,
    row: u32,
    left: u32,
    columns: &[Column],
    sums: &BTreeMap<&'static str, i64>,
    data: (u32, u32),
    formulas: bool,
    t: &Table,
    data_rows: i64,
    out: &mut Laid,
    rng: &mut Rng,
) {
    sheet.text(row, left, t.habit.total_label);
    let wrong = rng.chance(t.options.mistakes * 2.0);
    let mut done = !wrong;
    for (k, c) in columns.iter().enumerate() {
        let col = left + k as u32;
        if k == 0 {
            continue;
        }
        match c.role {
            Role::Field("name") if t.form == "roster" => {
                sheet.text(row, col, format!("{data_rows}人"));
            }
            Role::Field(f) => {
                let Some(&sum) = sums.get(f) else { continue };
                if t.habit.ten_thousand && matches!(f, "amount" | "claimed") {
                    sheet.put(row, col, Content::Number(sum as f64 / 1_000_000.0));
                    continue;
                }
                let value = sum as f64 / 100.0;
                if !done && !t.habit.ten_thousand {
                    done = true;
                    sheet.put(row, col, Content::Number(value + rng.between(1, 90) as f64));
                    out.plants.push(Plant {
                        file: t.file.clone(),
                        sheet: sheet.name.clone(),
                        row: row + 1,
                        cell: a1(row, col),
                        field: f.to_owned(),
                        rule: "total-mismatch".to_owned(),
                        alternatives: Vec::new(),
                    });
                } else if formulas {
                    let name = column_name(col);
                    sheet.put(
                        row,
                        col,
                        Content::formula(
                            format!("SUM({name}{}:{name}{})", data.0 + 1, data.1),
                            value,
                        ),
                    );
                } else {
                    sheet.put(row, col, render::number(f, sum, t.habit));
                }
            }
            _ => {}
        }
    }
}
