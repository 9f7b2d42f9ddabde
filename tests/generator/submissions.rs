//! The inbox: which school hands in what, in which files, and the truth about all of it.

use super::Options;
use super::habits::*;
use super::layout::{self, Line, Table};
use super::truth::{Plant, Truth};
use super::words;
use super::world::{self, School, V, World, cut_off};
use crate::support::archive::{self, Names};
use crate::support::rng::Rng;
use crate::support::{Content, FileFormat, SheetDraft, WorkbookDraft};
use chrono::{Duration, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

/// A finished batch.
pub struct Batch {
    /// Path below the inbox and bytes, sorted by path.
    pub files: Vec<(String, Vec<u8>)>,
    /// The bureau's directory.
    pub schools_xlsx: Vec<u8>,
    pub schools_csv: String,
    pub truth: Truth,
    pub world: World,
}

/// A file before its bytes: what truth calls it.
struct File {
    path: String,
    bytes: Vec<u8>,
}

pub fn batch(options: &Options) -> Batch {
    let mut rng = Rng::new(options.seed);
    let mut world = world::build(options, &mut rng.fork("world"));
    let copied = copies(&mut world, options, &mut rng.fork("copies"));
    let mut truth = Truth::default();
    let mut files: Vec<File> = Vec::new();
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let combined = combined_towns(&world, options, &mut rng.fork("towns"));
    for (i, school) in world.schools.iter().enumerate() {
        let mut rng = rng.fork(&school.name);
        let skip_roster = combined
            .iter()
            .any(|(lead, members)| *lead != i && members.contains(&i));
        let members = combined.iter().find(|(lead, _)| *lead == i).map(|(_, m)| m);
        one_school(
            &world,
            i,
            options,
            &copied,
            skip_roster,
            members,
            &mut truth,
            &mut files,
            &mut taken,
            &mut rng,
        );
    }
    debris(
        options,
        &mut files,
        &mut truth,
        &world,
        &mut rng.fork("debris"),
    );
    alternatives(&mut truth);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let (schools_xlsx, schools_csv) = directory(&world);
    Batch {
        files: files.into_iter().map(|f| (f.path, f.bytes)).collect(),
        schools_xlsx,
        schools_csv,
        truth,
        world,
    }
}

/// Rows that share an id or invoice number, by school, form and position: rule and field of the copy,
/// empty for the original, in which no other mistake may be planted.
type Copied = BTreeMap<(usize, &'static str, usize), (&'static str, &'static str)>;

/// Mistakes that lie in two rows at once: they are made in the world, before any sheet.
fn copies(world: &mut World, options: &Options, rng: &mut Rng) -> Copied {
    let mut out = Copied::new();
    if options.mistakes == 0.0 {
        return out;
    }
    let count = world.schools.len();
    for i in 0..count {
        let Some(roster) = world.schools[i].records.get("roster").cloned() else {
            continue;
        };
        if roster.len() > 6 && rng.chance(options.mistakes * 5.0) {
            // Somebody is twice in the same roster.
            let original = rng.below(roster.len() - 3);
            let mut again = roster[original].clone();
            again.insert("post", V::Text("教师".into()));
            let list = world.schools[i].records.get_mut("roster").expect("roster");
            list.push(again);
            out.entry((i, "roster", original)).or_insert(("", ""));
            out.insert((i, "roster", list.len() - 1), ("id-duplicate", "id_number"));
        }
        if roster.len() > 6 && count > 1 && rng.chance(options.mistakes * 3.0) {
            // Somebody is in the roster of another school as well.
            let other = (i + 1 + rng.below(count - 1)) % count;
            let original = rng.below(roster.len());
            let mut guest = roster[original].clone();
            guest.insert("area", V::Term(world.schools[other].area));
            let id = guest["id_number"].clone();
            let list = world.schools[other]
                .records
                .get_mut("roster")
                .expect("roster");
            if list.iter().all(|f| f["id_number"] != id) {
                list.push(guest);
                out.entry((i, "roster", original)).or_insert(("", ""));
                out.insert(
                    (other, "roster", list.len() - 1),
                    ("id-in-two-schools", "id_number"),
                );
            }
        }
        if let Some(claims) = world.schools[i].records.get_mut("claims")
            && claims.len() > 4
            && rng.chance(options.mistakes * 10.0)
        {
            let invoice = claims[0]["invoice_no"].clone();
            let last = claims.len() - 1;
            if claims[last]["id_number"] != claims[0]["id_number"] {
                let (amount, day) = (
                    claims[0]["amount"].clone(),
                    claims[0]["invoice_date"].clone(),
                );
                out.entry((i, "claims", 0)).or_insert(("", ""));
                claims[last].insert("invoice_no", invoice);
                claims[last].insert("claimed", amount.clone());
                claims[last].insert("amount", amount);
                claims[last].insert("invoice_date", day);
                out.insert((i, "claims", last), ("invoice-duplicate", "invoice_no"));
            }
        }
    }
    out
}

/// Towns whose central school hands in one roster for all its primary schools.
fn combined_towns(
    world: &World,
    options: &Options,
    rng: &mut Rng,
) -> Vec<(usize, BTreeSet<usize>)> {
    let mut out = Vec::new();
    for (i, school) in world.schools.iter().enumerate() {
        if school.kind == "中心小学" && rng.chance(0.12 * options.mess) {
            let members: BTreeSet<usize> = (0..world.schools.len())
                .filter(|&j| {
                    world.schools[j].town == school.town
                        && matches!(world.schools[j].kind, "中心小学" | "小学")
                })
                .collect();
            if members.len() > 1 {
                out.push((i, members));
            }
        }
    }
    out
}

#[allow(clippy::too_many_arguments)]
fn one_school(
    world: &World,
    index: usize,
    options: &Options,
    copied: &Copied,
    skip_roster: bool,
    members: Option<&BTreeSet<usize>>,
    truth: &mut Truth,
    files: &mut Vec<File>,
    taken: &mut BTreeSet<String>,
    rng: &mut Rng,
) {
    let school = &world.schools[index];
    let mut habit = Habit::draw(rng, options.mess, options.full, &options.formats);
    habit.unseen = options.unseen;
    let habit = habit;
    let cut = cut_off(options);
    let made = cut - Duration::days(rng.between(0, 9));
    let lines_of = |form: &'static str, i: usize| -> Vec<Line> {
        let school = &world.schools[i];
        let mut lines: Vec<Line> = school.records[form]
            .iter()
            .enumerate()
            .map(|(k, fields)| Line {
                school,
                fields: fields.clone(),
                copied: copied.get(&(i, form, k)).copied(),
            })
            .collect();
        // What is merged down or written once stands together.
        if form == "training" && (habit.grouped || habit.ditto_project) {
            lines.sort_by_key(|l| (l.fields["start_date"].truth(), l.fields["project"].truth()));
        }
        lines
    };
    let mut jobs: Vec<(&'static str, Vec<Line>)> = Vec::new();
    for &form in &options.forms {
        if form == "roster" && skip_roster {
            continue;
        }
        let lines: Vec<Line> = match members {
            Some(all) if form == "roster" => {
                let mut l = lines_of(form, index);
                for &j in all.iter().filter(|j| **j != index) {
                    l.extend(lines_of(form, j));
                }
                l
            }
            _ => lines_of(form, index),
        };
        if lines.is_empty() {
            continue;
        }
        if form != "roster" && rng.chance(options.mistakes * 0.5) {
            truth.plants.push(Plant {
                rule: "submission-missing".into(),
                field: form.into(),
                alternatives: vec![school.name.clone()],
                ..Plant::default()
            });
            continue;
        }
        jobs.push((form, lines));
    }
    let one_book = habit.one_book && habit.format.has_sheets() && jobs.len() > 1;
    let groups: Vec<Vec<(&'static str, Vec<Line>)>> = if one_book {
        vec![jobs]
    } else {
        jobs.into_iter().map(|j| vec![j]).collect()
    };
    let mut mine: Vec<File> = Vec::new();
    for group in groups {
        let forms: Vec<&'static str> = group.iter().map(|g| g.0).collect();
        let path = path(school, &habit, &forms, options, taken, rng);
        let in_archive = habit.archive.then(|| archive_name(school, &habit));
        let name = match &in_archive {
            Some(a) => format!("{a}/{}", path.rsplit('/').next().unwrap_or(&path)),
            None => path.clone(),
        };
        let several = members.is_some() && forms.contains(&"roster");
        let mut book = WorkbookDraft::default();
        if habit.extra_sheets && habit.format.has_sheets() && rng.chance(0.3) {
            let mut notes = SheetDraft::new("填报说明");
            notes.text(0, 0, "填报说明");
            notes.text(1, 0, "一、请各校于每月5日前报送。");
            notes.text(2, 0, "二、身份证号一律为文本格式。");
            book.sheets.push(notes);
        }
        let older = older_version(
            &group,
            school,
            &habit,
            members.is_some(),
            options,
            world,
            made,
            rng,
        );
        let stacked = group.len() > 1 && rng.chance(0.08 * habit.mess);
        let mut top = 0;
        for (n, (form, lines)) in group.into_iter().enumerate() {
            let mut h = habit.clone();
            h.school_sections &= several && form == "roster";
            if several && form == "roster" {
                // Schools as lines over their rows need cells that can be merged.
                if h.school_column == SchoolColumn::None
                    && !(h.school_sections && h.format.has_merges())
                {
                    h.school_column = SchoolColumn::Each;
                }
                h.sections = false;
                h.alias = false;
            }
            if !stacked || n == 0 {
                let sheet = sheet_name(&book, form, &h, &name, rng);
                book.sheets.push(SheetDraft::new(sheet));
                top = 0;
            } else {
                top += 2;
                h.left = habit.left;
                h.title = true;
            }
            let table = Table {
                form,
                file: name.clone(),
                lines,
                submitter: school,
                habit: &h,
                options,
                world,
                made,
            };
            let sheet = book.sheets.last_mut().expect("a sheet");
            let laid = layout::lay_out(sheet, top, &table, rng);
            top = laid.next;
            truth.records.entry(form).or_default().extend(laid.records);
            truth.plants.extend(laid.plants);
            truth.tables.extend(laid.table);
        }
        if habit.counts && habit.format.has_sheets() && forms.contains(&"roster") {
            book.sheets.push(counts(school));
        }
        if habit.lists && habit.format.has_sheets() {
            book.sheets.push(lists());
        }
        if habit.extra_sheets && habit.format.has_sheets() {
            for n in 2..4 {
                let name = format!("Sheet{n}");
                if book.sheets.iter().all(|s| s.name != name) {
                    book.sheets.push(SheetDraft::new(name));
                }
            }
        }
        mine.push(File {
            path: path.clone(),
            bytes: habit.format.write(&book),
        });
        if let Some(older) = older {
            truth.plants.push(Plant {
                file: older.path.clone(),
                rule: "submission-superseded".into(),
                ..Plant::default()
            });
            mine.push(older);
        }
    }
    if habit.archive && !mine.is_empty() {
        let members: Vec<(String, Vec<u8>)> = mine
            .drain(..)
            .map(|f| {
                (
                    f.path.rsplit('/').next().unwrap_or(&f.path).to_owned(),
                    f.bytes,
                )
            })
            .collect();
        let names = if rng.chance(0.7) {
            Names::Gbk
        } else {
            Names::Utf8
        };
        mine.push(File {
            path: archive_name(school, &habit),
            bytes: archive::zip(&members, names),
        });
    } else {
        same_file_again(&mut mine, school, truth, options, &habit, rng);
    }
    files.extend(mine);
}

/// What the school sent before it found its mistakes: most of the same rows, an earlier date.
#[allow(clippy::too_many_arguments)]
fn older_version(
    group: &[(&'static str, Vec<Line>)],
    school: &School,
    habit: &Habit,
    several_schools: bool,
    options: &Options,
    world: &World,
    made: NaiveDate,
    rng: &mut Rng,
) -> Option<File> {
    // Only where both name their date, and the rows can be told.
    let dated = habit.submitter && !habit.submitter_cells && !habit.archive && !several_schools;
    let [(form, lines)] = group else { return None };
    if !dated || lines.len() < 6 || options.mistakes == 0.0 || !rng.chance(0.06 * habit.mess) {
        return None;
    }
    let mut lines: Vec<Line> = lines.clone();
    lines.pop();
    for line in &mut lines {
        line.copied = None;
    }
    let path = format!(
        "上次报送/{}{form}.{}",
        school.name,
        habit.format.extension()
    );
    let quiet = Options {
        mistakes: 0.0,
        ..options.clone()
    };
    let table = Table {
        form,
        file: path.clone(),
        lines,
        submitter: school,
        habit,
        options: &quiet,
        world,
        made: made - Duration::days(25),
    };
    let mut sheet = SheetDraft::new("Sheet1");
    layout::lay_out(&mut sheet, 0, &table, rng);
    Some(File {
        path,
        bytes: habit.format.write(&WorkbookDraft::one(sheet)),
    })
}

/// Somewhat rarely the file lies there twice: the very same bytes, in another folder.
fn same_file_again(
    mine: &mut Vec<File>,
    school: &School,
    truth: &mut Truth,
    options: &Options,
    habit: &Habit,
    rng: &mut Rng,
) {
    if mine.is_empty() || !rng.chance(0.03 * habit.mess) || options.mistakes == 0.0 {
        return;
    }
    let first = &mine[0];
    let stem = first.path.rsplit('/').next().unwrap_or("").to_owned();
    let path = format!("补报/{}/{stem}", school.name);
    truth.plants.push(Plant {
        file: path.clone(),
        rule: "file-duplicate".into(),
        // Either copy may be called the other's duplicate.
        alternatives: vec![format!("{}!!", first.path)],
        ..Plant::default()
    });
    let bytes = first.bytes.clone();
    mine.push(File { path, bytes });
}

/// A school's own count of its teachers, beside their list.
fn counts(school: &School) -> SheetDraft {
    let mut sheet = SheetDraft::new("统计");
    sheet.text(0, 0, format!("{}教师学历统计", school.name));
    sheet.merge(0, 0, 0, 3);
    let of = |term: &str| {
        let roster = &school.records["roster"];
        roster
            .iter()
            .filter(|r| r["education"] == V::Term(term_of(term)))
            .count() as f64
    };
    for (c, head) in ["本科", "专科", "中专", "合计"].into_iter().enumerate() {
        sheet.text(1, c as u32, head);
        let n = match head {
            "合计" => of("本科") + of("专科") + of("中专"),
            other => of(other),
        };
        sheet.put(2, c as u32, Content::Number(n));
    }
    sheet
}

fn term_of(term: &str) -> &'static str {
    match term {
        "本科" => "本科",
        "专科" => "专科",
        _ => "中专",
    }
}

/// The choices of the drop-downs, hidden by whoever made the form.
fn lists() -> SheetDraft {
    let mut sheet = SheetDraft::new("字典");
    sheet.hidden = true;
    for (c, list) in [
        ["性别", "男", "女", ""],
        ["学历", "本科", "专科", "中专"],
        ["职称", "高级教师", "一级教师", "二级教师"],
        ["任教学段", "小学", "初中", "高中"],
    ]
    .into_iter()
    .enumerate()
    {
        for (r, text) in list.into_iter().enumerate() {
            sheet.text(r as u32, c as u32, text);
        }
    }
    sheet
}

fn archive_name(school: &School, habit: &Habit) -> String {
    let name = if habit.alias {
        &school.aliases[0]
    } else {
        &school.name
    };
    format!("{name}报送材料.zip")
}

fn path(
    school: &School,
    habit: &Habit,
    forms: &[&'static str],
    options: &Options,
    taken: &mut BTreeSet<String>,
    rng: &mut Rng,
) -> String {
    let who = if habit.alias {
        &school.aliases[0]
    } else {
        &school.name
    };
    let what = match forms {
        [one] => words::titles(one)[rng.below(if habit.mess > 0.0 {
            words::titles(one).len()
        } else {
            1
        })]
        .to_owned(),
        _ => format!("{}年{}月骨干教师报表", options.period.0, options.period.1),
    };
    let ext = habit.format.extension();
    let ext = if ext == "xlsx" && rng.chance(0.02 * habit.mess) {
        "xls"
    } else {
        ext
    };
    let base = match habit.clue {
        Clue::Folder => format!("{who}/{what}.{ext}"),
        // The file's name says nothing about the school.
        Clue::Submitter | Clue::Title | Clue::Column if habit.mess > 0.0 && rng.chance(0.4) => {
            format!("邮件附件/{:04}/{what}.{ext}", 1 + taken.len())
        }
        _ => match rng.below(if habit.mess > 0.0 { 4 } else { 1 }) {
            0 => format!("{who}{what}.{ext}"),
            1 => format!("{}/{who}-{what}.{ext}", school.town),
            2 => format!("{what}（{who}）.{ext}"),
            _ => format!("{}/{who}/{who}{what}.{ext}", school.town),
        },
    };
    let mut path = base.clone();
    let mut n = 1;
    while !taken.insert(path.clone()) {
        n += 1;
        path = base.replace(&format!(".{ext}"), &format!("({n}).{ext}"));
    }
    path
}

/// Formats without sheet names take the file's stem.
fn sheet_name(
    book: &WorkbookDraft,
    form: &str,
    habit: &Habit,
    file: &str,
    rng: &mut Rng,
) -> String {
    if !habit.format.has_sheets() {
        let stem = file.rsplit('/').next().unwrap_or(file);
        return stem.rsplit_once('.').map_or(stem, |s| s.0).to_owned();
    }
    let all = words::sheet_names(form);
    let name = if habit.mess > 0.0 {
        *rng.pick(all)
    } else {
        all[0]
    };
    if book.sheets.iter().any(|s| s.name == name) {
        all[0].to_owned()
    } else {
        name.to_owned()
    }
}

/// What else lies in a folder: lock files, system files, and a few files nobody can read.
fn debris(
    options: &Options,
    files: &mut Vec<File>,
    truth: &mut Truth,
    world: &World,
    rng: &mut Rng,
) {
    if options.mess > 0.0 {
        let some = files
            .iter()
            .find(|f| f.path.ends_with(".xlsx") && !f.path.contains('/'))
            .map(|f| f.path.clone());
        if let Some(path) = some {
            files.push(File {
                path: format!("~${path}"),
                bytes: b"\x05admin".repeat(20),
            });
        }
        files.push(File {
            path: ".DS_Store".into(),
            bytes: vec![0, 0, 0, 1, b'B', b'u', b'd', b'1'],
        });
        files.push(File {
            path: "Thumbs.db".into(),
            bytes: vec![0xd0, 0xcf, 0x11, 0xe0],
        });
    }
    if options.mistakes > 0.0 {
        let school = &world.schools[rng.below(world.schools.len())];
        let locked = format!("{}/加密报表.xlsx", school.name);
        files.push(File {
            path: locked.clone(),
            bytes: crate::support::xls::encrypted_package(),
        });
        truth.plants.push(Plant {
            file: locked,
            rule: "file-encrypted".into(),
            ..Plant::default()
        });
        let broken = format!("{}/损坏的报表.xlsx", school.name);
        let whole = FileFormat::Xlsx.write(&WorkbookDraft::one(SheetDraft::new("名册")));
        files.push(File {
            path: broken.clone(),
            bytes: whole[..whole.len() / 2].to_vec(),
        });
        truth.plants.push(Plant {
            file: broken,
            rule: "file-unreadable".into(),
            ..Plant::default()
        });
    }
}

/// For mistakes that lie in several rows, every one of these rows is a good place.
fn alternatives(truth: &mut Truth) {
    for i in 0..truth.plants.len() {
        let p = &truth.plants[i];
        let (form, field) = match p.rule.as_str() {
            "id-duplicate" | "id-in-two-schools" => ("roster", "id_number"),
            "invoice-duplicate" => ("claims", "invoice_no"),
            _ => continue,
        };
        let records = &truth.records[form];
        let Some(value) = records
            .iter()
            .find(|r| r.file == p.file && r.sheet == p.sheet && r.row == p.row)
            .and_then(|r| r.values.get(field).cloned())
        else {
            continue;
        };
        let others = records
            .iter()
            .filter(|r| r.values.get(field) == Some(&value))
            .filter_map(|r| Some(format!("{}!{}!{}", r.file, r.sheet, r.cells.get(field)?)))
            .collect();
        truth.plants[i].alternatives = others;
    }
}

/// The bureau's directory of schools, tidy as bureaus keep it.
fn directory(world: &World) -> (Vec<u8>, String) {
    let head = [
        "学校代码",
        "学校名称",
        "乡镇",
        "城乡类别",
        "学校类型",
        "简称",
    ];
    let mut sheet = SheetDraft::new("学校名录");
    for (c, h) in head.iter().enumerate() {
        sheet.text(0, c as u32, *h);
    }
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(["school_code", "school", "town", "area", "kind", "aliases"])
        .expect("csv");
    for (i, s) in world.schools.iter().enumerate() {
        let row = i as u32 + 1;
        let values = [
            s.code.clone(),
            s.name.clone(),
            s.town.clone(),
            s.area.to_owned(),
            s.kind.to_owned(),
            s.aliases.join("、"),
        ];
        for (c, v) in values.iter().enumerate() {
            sheet.put(row, c as u32, Content::text(v));
        }
        csv.write_record(&values).expect("csv");
    }
    (
        FileFormat::Xlsx.write(&WorkbookDraft::one(sheet)),
        String::from_utf8(csv.into_inner().expect("csv")).expect("utf-8"),
    )
}
