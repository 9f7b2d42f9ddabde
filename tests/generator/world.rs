//! The world of a batch: a county that does not exist, its schools, teachers and what they did.

use super::Options;
use super::words::*;
use crate::support::rng::Rng;
use chrono::{Datelike, Duration, NaiveDate};
use std::collections::{BTreeMap, HashSet};
use unicode_normalization::UnicodeNormalization;

/// A value as meant.
#[derive(Debug, Clone, PartialEq)]
pub enum V {
    Null,
    Text(String),
    Name(String),
    Id(String),
    Phone(String),
    /// A number that is a name.
    Label(String),
    Date(NaiveDate),
    /// Hundredths.
    Decimal(i64),
    Money(i64),
    Int(i64),
    Bool(bool),
    Term(&'static str),
}

impl V {
    pub fn is_null(&self) -> bool {
        *self == V::Null
    }

    /// As written in the truth files.
    pub fn truth(&self) -> String {
        match self {
            V::Null => String::new(),
            // Records keep text NFKC-normalised.
            V::Text(t) => t.nfkc().collect::<String>().trim().to_owned(),
            V::Name(t) | V::Id(t) | V::Phone(t) | V::Label(t) => t.clone(),
            V::Date(d) => d.format("%Y-%m-%d").to_string(),
            V::Decimal(n) | V::Money(n) => hundredths(*n),
            V::Int(n) => n.to_string(),
            V::Bool(b) => b.to_string(),
            V::Term(t) => (*t).to_owned(),
        }
    }
}

/// `1234` as `12.34`.
pub fn hundredths(n: i64) -> String {
    let sign = if n < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", n.abs() / 100, n.abs() % 100)
}

/// One record as meant, by field.
pub type Fields = BTreeMap<&'static str, V>;

#[derive(Debug, Clone)]
pub struct School {
    pub name: String,
    pub code: String,
    pub town: String,
    pub area: &'static str,
    pub kind: &'static str,
    pub aliases: Vec<String>,
    pub stages: Vec<&'static str>,
    /// Records by form.
    pub records: BTreeMap<&'static str, Vec<Fields>>,
}

#[derive(Debug, Clone)]
pub struct World {
    pub schools: Vec<School>,
    /// Valid id numbers of nobody, for people who are in no roster.
    pub strangers: Vec<(String, String)>,
}

pub fn date(y: i32, m: u32, d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(y, m, d).expect("a date")
}

/// Last day of the period.
pub fn cut_off(options: &Options) -> NaiveDate {
    let (y, m) = options.period;
    let next = if m == 12 {
        date(y + 1, 1, 1)
    } else {
        date(y, m + 1, 1)
    };
    next - Duration::days(1)
}

/// Check character of 17 digits.
pub fn check_char(digits: &str) -> char {
    const W: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = digits
        .bytes()
        .zip(W)
        .map(|(b, w)| u32::from(b - b'0') * w)
        .sum();
    char::from(b"10X98765432"[(sum % 11) as usize])
}

pub fn id_number(rng: &mut Rng, birth: NaiveDate, male: bool) -> String {
    let region = 339_901 + rng.below(20);
    let mut serial = rng.between(0, 499) * 2;
    if male {
        serial += 1;
    }
    let digits = format!("{region}{}{serial:03}", birth.format("%Y%m%d"));
    format!("{digits}{}", check_char(&digits))
}

pub fn build(options: &Options, rng: &mut Rng) -> World {
    let mut schools = Vec::new();
    let mut ids: HashSet<String> = HashSet::new();
    let town_count = (options.schools.div_ceil(6)).clamp(2, TOWNS.len());
    let mut serial = 100;
    for i in 0..options.schools {
        let town = TOWNS[i % town_count];
        let nth = i / town_count;
        let short = town.trim_end_matches(['镇', '乡']);
        // Past the names at hand, numbered village schools: as many as the batch wants.
        let (name, kind, stages, alias): (String, _, Vec<&'static str>, String) = match nth {
            0 => (
                format!("{town}中心小学"),
                "中心小学",
                vec!["小学"],
                format!("{short}中心小学"),
            ),
            1 => (
                format!("{town}初级中学"),
                "初级中学",
                vec!["初中"],
                format!("{short}初中"),
            ),
            2 => (
                format!("{town}九年一贯制学校"),
                "九年一贯制学校",
                vec!["小学", "初中"],
                format!("{short}九年制学校"),
            ),
            3 => (
                format!("{town}实验小学"),
                "小学",
                vec!["小学"],
                format!("{short}实小"),
            ),
            4 => (
                format!("{town}中心幼儿园"),
                "幼儿园",
                vec!["幼儿园"],
                format!("{short}中心园"),
            ),
            5 if i % town_count == 0 => (
                format!("{COUNTY}第一高级中学"),
                "高级中学",
                vec!["高中"],
                "星湖一中".to_owned(),
            ),
            n => (
                format!("{town}第{}村小学", numeral(n - 4)),
                "小学",
                vec!["小学"],
                format!("{short}{}村小", numeral(n - 4)),
            ),
        };
        let area = if kind == "高级中学" || i % town_count == 0 && nth == 3 {
            "城区"
        } else if town.ends_with('镇') && !name.contains('村') {
            "镇区"
        } else {
            "乡村"
        };
        let prefix = match kind {
            "幼儿园" => "11",
            "初级中学" | "九年一贯制学校" => "31",
            "高级中学" => "34",
            _ => "21",
        };
        serial += 1;
        let (median, sigma, low): (f64, f64, f64) = match kind {
            "中心小学" => (38.0, 0.4, 10.0),
            "初级中学" => (55.0, 0.5, 15.0),
            "九年一贯制学校" => (60.0, 0.5, 20.0),
            "幼儿园" => (10.0, 0.5, 4.0),
            "高级中学" => (130.0, 0.3, 60.0),
            _ => (20.0, 0.6, 4.0),
        };
        let size = (median.ln() + sigma * rng.normal()).exp().round();
        let size = (size.clamp(low, 300.0) * options.size).round().max(3.0) as usize;
        let mut school = School {
            code: format!("{prefix}33{serial:06}"),
            town: town.to_owned(),
            area,
            kind,
            aliases: vec![alias],
            stages,
            name,
            records: BTreeMap::new(),
        };
        people(&mut school, size, options, rng, &mut ids);
        schools.push(school);
    }
    let mut strangers = Vec::new();
    while strangers.len() < 400 {
        let male = rng.chance(0.5);
        let birth = date(
            rng.between(1970, 1995) as i32,
            rng.between(1, 12) as u32,
            15,
        );
        let id = id_number(rng, birth, male);
        if ids.insert(id.clone()) {
            strangers.push((person_name(rng, male), id));
        }
    }
    World { schools, strangers }
}

pub fn numeral(n: usize) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    match n {
        0..=9 => DIGITS[n].to_owned(),
        10..=19 => format!("十{}", DIGITS[n - 10]),
        20..=99 => format!("{}十{}", DIGITS[n / 10], DIGITS[n % 10]),
        _ => format!(
            "{}百{}",
            numeral(n / 100),
            match n % 100 {
                0 => String::new(),
                r @ 1..=9 => format!("零{}", DIGITS[r]),
                r @ 10..=19 => format!("一{}", numeral(r)),
                r => numeral(r),
            }
        ),
    }
}

pub fn person_name(rng: &mut Rng, male: bool) -> String {
    if rng.chance(0.003) {
        return format!(
            "{}·{}",
            rng.pick(&["买买提", "古丽", "阿依"]),
            rng.pick(&["艾力", "克孜", "努尔"])
        );
    }
    let surname = SURNAMES[(rng.unit() * rng.unit() * SURNAMES.len() as f64) as usize];
    format!("{surname}{}", rng.pick(if male { MALE } else { FEMALE }))
}

fn day_in(rng: &mut Rng, from: NaiveDate, to: NaiveDate) -> NaiveDate {
    from + Duration::days(rng.between(0, (to - from).num_days().max(0)))
}

const EDUCATION: [&str; 6] = [
    "高中及以下",
    "中专",
    "专科",
    "本科",
    "硕士研究生",
    "博士研究生",
];

/// The national course projects of a school: everybody in a group took the same.
struct Project {
    title: String,
    category: &'static str,
    required: &'static str,
    start: NaiveDate,
    end: NaiveDate,
    hours: i64,
}

fn people(
    school: &mut School,
    size: usize,
    options: &Options,
    rng: &mut Rng,
    ids: &mut HashSet<String>,
) {
    let cut = cut_off(options);
    let mut roster = Vec::new();
    for i in 0..size {
        let stage = *rng.pick(&school.stages);
        let female = match stage {
            "幼儿园" => 0.97,
            "小学" => 0.73,
            "初中" => 0.61,
            _ => 0.575,
        };
        let male = !rng.chance(female);
        let bands: [f64; 8] = match stage {
            "幼儿园" => [25.0, 27.0, 21.0, 13.0, 6.0, 4.0, 3.0, 1.0],
            "小学" => [6.0, 17.0, 16.0, 14.0, 15.0, 14.0, 11.0, 7.0],
            "初中" => [4.0, 13.0, 13.0, 14.0, 19.0, 16.0, 13.0, 8.0],
            _ => [3.0, 15.0, 14.0, 16.0, 19.0, 15.0, 11.0, 7.0],
        };
        let band = rng.weighted(&bands) as i64;
        let mut age = if band == 0 {
            rng.between(22, 24)
        } else {
            20 + band * 5 + rng.between(0, 4)
        };
        if !male && age > 54 {
            age = 54;
        }
        let birth = day_in(
            rng,
            date(cut.year() - age as i32 - 1, cut.month(), 1) + Duration::days(32),
            date(cut.year() - age as i32, cut.month(), 1) - Duration::days(2),
        );
        let id = loop {
            let id = id_number(rng, birth, male);
            if ids.insert(id.clone()) {
                break id;
            }
        };
        let cohort = birth.year();
        let first: [f64; 6] = match (stage, cohort) {
            ("幼儿园" | "小学", ..=1975) => [6.0, 71.0, 17.0, 6.0, 0.0, 0.0],
            ("幼儿园" | "小学", 1976..=1985) => [0.0, 38.0, 35.0, 26.0, 1.0, 0.0],
            ("幼儿园" | "小学", _) => [0.0, 0.0, 32.0, 65.0, 3.0, 0.0],
            ("初中", ..=1975) => [0.0, 20.0, 60.0, 20.0, 0.0, 0.0],
            ("初中", 1976..=1985) => [0.0, 0.0, 35.0, 64.0, 1.0, 0.0],
            ("初中", _) => [0.0, 0.0, 1.0, 93.0, 6.0, 0.0],
            _ => [0.0, 0.0, 1.0, 84.0, 14.5, 0.5],
        };
        let first = rng.weighted(&first);
        let mut highest = first;
        while highest < 3 && rng.chance(0.75) {
            highest += 1;
        }
        if highest == 3 && rng.chance(0.02) {
            highest = 4;
        }
        let start_age = match first {
            0 | 1 => 19,
            2 => 21,
            3 => 22,
            _ => 25,
        };
        let work_year = (birth.year() + start_age + rng.between(0, 2) as i32).min(cut.year() - 1);
        let work_start = date(
            work_year.max(birth.year() + 18),
            if rng.chance(0.8) {
                8
            } else {
                rng.between(1, 12) as u32
            },
            1,
        )
        .min(cut - Duration::days(40));
        let years = i64::from(cut.year() - work_start.year());
        let title = match years {
            0 => "未定级",
            1..=4 => *rng.pick(&["二级教师", "二级教师", "未定级", "三级教师"]),
            5..=9 => *rng.pick(&["二级教师", "一级教师", "一级教师"]),
            10..=17 => *rng.pick(&["一级教师", "一级教师", "高级教师", "二级教师"]),
            _ => *rng.pick(&[
                "一级教师",
                "高级教师",
                "高级教师",
                "正高级教师",
                "一级教师",
                "一级教师",
                "高级教师",
                "高级教师",
            ]),
        };
        let subjects: &[&'static str] = match stage {
            "幼儿园" => &[],
            "小学" => &[
                "语文",
                "语文",
                "数学",
                "数学",
                "英语",
                "道德与法治",
                "科学",
                "体育",
                "音乐",
                "美术",
                "信息技术",
            ],
            _ => &[
                "语文",
                "数学",
                "英语",
                "物理",
                "化学",
                "生物",
                "历史",
                "地理",
                "道德与法治",
                "体育",
                "音乐",
                "美术",
                "信息技术",
            ],
        };
        let mut f = Fields::new();
        f.insert("name", V::Name(person_name(rng, male)));
        f.insert("gender", V::Term(if male { "男" } else { "女" }));
        f.insert("id_number", V::Id(id));
        f.insert("birth_date", V::Date(birth));
        f.insert("work_start", V::Date(work_start));
        f.insert("stage", V::Term(stage));
        f.insert("area", V::Term(school.area));
        f.insert(
            "subject",
            if subjects.is_empty() {
                V::Null
            } else {
                V::Term(subjects[rng.below(subjects.len())])
            },
        );
        f.insert("title", V::Term(title));
        f.insert("first_education", V::Term(EDUCATION[first]));
        f.insert("education", V::Term(EDUCATION[highest]));
        f.insert("institution", V::Text((*rng.pick(COLLEGES)).to_owned()));
        f.insert("major", V::Text((*rng.pick(MAJORS)).to_owned()));
        let backbone = years >= 3 && rng.chance(if (30..=50).contains(&age) { 0.2 } else { 0.06 });
        let (tier, level, appointed) = if backbone {
            let tier = *rng.pick(&[
                "教坛新秀",
                "骨干教师",
                "骨干教师",
                "骨干教师",
                "学科带头人",
                "名师",
            ]);
            let level = *rng.pick(&["校级", "县区级", "县区级", "县区级", "市级", "市级", "省级"]);
            let earliest = work_start.year() + 1;
            let year = rng.between(
                i64::from(earliest.max(2018)),
                i64::from((cut.year() - 1).max(earliest.max(2018))),
            );
            let day = date(
                year as i32,
                *rng.pick(&[1, 5, 9, 10, 12]),
                rng.between(1, 28) as u32,
            );
            (
                V::Term(tier),
                V::Term(level),
                if day <= cut { V::Date(day) } else { V::Null },
            )
        } else {
            (V::Null, V::Null, V::Null)
        };
        f.insert("tier", tier);
        f.insert("tier_level", level);
        f.insert("appointed", appointed);
        f.insert("full_time", V::Bool(!rng.chance(0.05)));
        f.insert(
            "phone",
            V::Phone(format!("199{:08}", rng.below(100_000_000))),
        );
        f.insert(
            "post",
            match i {
                0 => V::Text("校长".into()),
                1 | 2 => V::Text("教导主任".into()),
                _ if rng.chance(0.3) => V::Text("班主任".into()),
                _ => V::Text("教师".into()),
            },
        );
        roster.push(f);
    }
    for form in &options.forms {
        let records = match *form {
            "roster" => roster.clone(),
            "training" => training(&roster, cut, rng),
            "study" => study(&roster, cut, rng),
            "claims" => claims(&roster, cut, rng),
            "assessment" => assessment(&roster, cut, rng),
            other => panic!("no form {other}"),
        };
        school.records.insert(form, records);
    }
}

fn person(of: &Fields) -> Fields {
    ["name", "id_number"]
        .into_iter()
        .map(|k| (k, of[k].clone()))
        .collect()
}

fn training(roster: &[Fields], cut: NaiveDate, rng: &mut Rng) -> Vec<Fields> {
    const TOPICS: [(&str, &str); 14] = [
        ("师德师风专题培训", "集中培训"),
        ("新课程标准解读研修", "集中培训"),
        ("校本教研：集体备课", "校本研修"),
        ("暑期教师研修", "网络研修"),
        ("信息技术应用能力提升培训", "网络研修"),
        ("班主任工作能力培训", "集中培训"),
        ("课堂观察与评课", "校本研修"),
        ("心理健康教育专题", "网络研修"),
        ("作业设计专题研修", "校本研修"),
        ("骨干教师高级研修班", "集中培训"),
        ("青年教师基本功训练", "校本研修"),
        ("学科素养提升课程", "其他"),
        ("教育专著读书研修", "校本研修"),
        ("学科教学跟岗研修", "集中培训"),
    ];
    let first = date(cut.year() - 1, 9, 5);
    let mut projects = Vec::new();
    for (title, category) in TOPICS {
        if !rng.chance(0.7) {
            continue;
        }
        let length = match category {
            "集中培训" => rng.between(1, 10),
            "校本研修" => rng.between(0, 2),
            _ => rng.between(5, 25),
        };
        let start = day_in(rng, first, cut - Duration::days(40));
        let hours = match category {
            "集中培训" => (length + 1) * 6,
            "校本研修" => rng.between(6, 20) * 2,
            _ => rng.between(5, 12) * 2,
        };
        projects.push(Project {
            title: format!("{}年{title}", start.year()),
            category,
            required: if rng.chance(0.7) { "必修" } else { "选修" },
            start,
            end: start + Duration::days(length),
            hours: hours * 100 + if rng.chance(0.1) { 50 } else { 0 },
        });
    }
    projects.sort_by_key(|p| (p.start, p.title.clone()));
    // Some go to everything, some to little: what is owed is met by part of them.
    let diligence: Vec<f64> = roster
        .iter()
        .map(|_| [0.25, 0.6, 0.9][rng.weighted(&[25.0, 40.0, 35.0])])
        .collect();
    let mut out = Vec::new();
    for (n, p) in projects.iter().enumerate() {
        for (i, teacher) in roster.iter().enumerate() {
            if !rng.chance(diligence[i]) {
                continue;
            }
            let mut f = person(teacher);
            f.insert("project", V::Text(p.title.clone()));
            f.insert("category", V::Term(p.category));
            f.insert("required", V::Term(p.required));
            f.insert("start_date", V::Date(p.start));
            f.insert("end_date", V::Date(p.end));
            f.insert("hours", V::Decimal(p.hours));
            f.insert("credits", V::Decimal(p.hours / 10 / 5 * 5));
            f.insert(
                "result",
                V::Term(
                    ["优秀", "合格", "基本合格", "不合格"][rng.weighted(&[20.0, 75.0, 3.0, 2.0])],
                ),
            );
            f.insert(
                "certificate_no",
                if rng.chance(0.5) {
                    V::Label(format!("培证{}{:02}{:04}", p.start.year(), n + 1, i + 1))
                } else {
                    V::Null
                },
            );
            out.push(f);
        }
    }
    if rng.chance(0.5) {
        // By person rather than by project.
        out.sort_by_key(|f| f["id_number"].truth());
    }
    out
}

fn study(roster: &[Fields], cut: NaiveDate, rng: &mut Rng) -> Vec<Fields> {
    let mut out = Vec::new();
    for teacher in roster {
        let V::Term(current) = teacher["education"] else {
            continue;
        };
        let rank = EDUCATION.iter().position(|e| *e == current).unwrap_or(5);
        if rank >= 4 || !rng.chance(0.15) {
            continue;
        }
        let target = if rank < 2 { 2 } else { rank + 1 };
        let enrolled = date(
            cut.year() - rng.between(0, 2) as i32,
            *rng.pick(&[1, 3, 9]),
            1,
        );
        let expected = date(
            enrolled.year() + 3,
            if enrolled.month() == 9 { 7 } else { 1 },
            1,
        );
        let V::Date(work) = teacher["work_start"] else {
            continue;
        };
        if enrolled > cut || enrolled <= work {
            continue;
        }
        let mut f = person(teacher);
        f.insert("stage", teacher["stage"].clone());
        f.insert("current_education", V::Term(current));
        f.insert("target_education", V::Term(EDUCATION[target]));
        f.insert("institution", V::Text((*rng.pick(COLLEGES)).to_owned()));
        f.insert("major", V::Text((*rng.pick(MAJORS)).to_owned()));
        f.insert("enrolled", V::Date(enrolled));
        f.insert("expected_graduation", V::Date(expected));
        f.insert(
            "status",
            V::Term(if rng.chance(0.95) { "在读" } else { "中止" }),
        );
        f.insert("certificate_no", V::Null);
        out.push(f);
    }
    out
}

fn claims(roster: &[Fields], cut: NaiveDate, rng: &mut Rng) -> Vec<Fields> {
    const KINDS: [&str; 6] = ["培训费", "差旅费", "住宿费", "资料费", "学费", "讲课费"];
    let month = date(cut.year(), cut.month(), 1);
    let mut out = Vec::new();
    for teacher in roster {
        if !rng.chance(0.25) {
            continue;
        }
        for _ in 0..1 + rng.weighted(&[70.0, 25.0, 5.0]) {
            let kind = KINDS[rng.weighted(&[35.0, 25.0, 15.0, 15.0, 7.0, 3.0])];
            let median: f64 = match kind {
                "培训费" => 800.0,
                "学费" => 2600.0,
                "差旅费" => 260.0,
                "资料费" => 75.0,
                _ => 400.0,
            };
            let amount = ((median.ln() + 0.5 * rng.normal()).exp() * 100.0).round() as i64;
            let amount = if rng.chance(0.6) {
                (amount / 100).max(1) * 100
            } else {
                amount.max(100)
            };
            let claimed = if rng.chance(0.8) {
                amount
            } else {
                (amount * 8 / 10 / 100).max(1) * 100
            };
            let invoice_date = day_in(rng, month - Duration::days(60), cut);
            let mut f = person(teacher);
            f.insert(
                "project",
                V::Text(format!(
                    "{}年{}",
                    cut.year(),
                    rng.pick(match kind {
                        "资料费" => &["图书资料购置", "教育期刊订阅", "教学用书"],
                        _ => &["暑期教师研修", "骨干教师高级研修班", "外出听课学习"],
                    })
                )),
            );
            f.insert("expense_type", V::Term(kind));
            f.insert(
                "invoice_no",
                V::Label(format!(
                    "{:02}33{:016}",
                    invoice_date.year() % 100,
                    rng.next() % 10_000_000_000_000_000
                )),
            );
            f.insert("invoice_date", V::Date(invoice_date));
            f.insert("amount", V::Money(amount));
            f.insert("claimed", V::Money(claimed));
            f.insert("days", V::Int(rng.between(1, 12)));
            out.push(f);
        }
    }
    out
}

fn assessment(roster: &[Fields], cut: NaiveDate, rng: &mut Rng) -> Vec<Fields> {
    let mut out = Vec::new();
    for teacher in roster {
        if teacher["tier"].is_null() {
            continue;
        }
        let mut f = person(teacher);
        f.insert("year", V::Int(i64::from(cut.year())));
        for (field, low, high) in [
            ("open_lessons", 0, 5),
            ("lessons_observed", 5, 60),
            ("papers", 0, 3),
            ("research_projects", 0, 2),
            ("lectures", 0, 4),
            ("mentees", 0, 3),
            ("reading_notes", 0, 6),
        ] {
            f.insert(field, V::Int(rng.between(low, high)));
        }
        f.insert(
            "grade",
            V::Term(["优秀", "合格", "基本合格", "不合格"][rng.weighted(&[19.0, 77.0, 3.0, 1.0])]),
        );
        out.push(f);
    }
    out
}
