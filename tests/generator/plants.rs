//! Planted mistakes: what a clerk got wrong in one row, and under which rule it must be found.

use super::Options;
use super::habits::{DateStyle, Habit};
use super::render;
use super::truth::OPEN;
use super::words;
use super::world::{Fields, V, check_char, cut_off, date};
use crate::support::rng::Rng;
use crate::support::{Content, FileFormat};
use chrono::{Datelike, Duration, NaiveDate};
use std::collections::BTreeMap;

/// What is written instead, and what then is true.
#[derive(Debug, Clone, Default)]
pub struct Planted {
    pub rule: &'static str,
    /// The field at whose cell it must be reported.
    pub at: &'static str,
    /// Fields whose cells are as good.
    pub or: Vec<&'static str>,
    /// Cells written instead; `None` empties the cell.
    pub written: BTreeMap<&'static str, Option<Content>>,
    /// Truths that change.
    pub meant: BTreeMap<&'static str, String>,
}

/// What a mistake may look at.
pub struct Place<'a> {
    pub form: &'static str,
    pub habit: &'a Habit,
    pub options: &'a Options,
    /// Fields that have a column of their own in which a cell can be changed.
    pub open: &'a [&'static str],
    pub styles: &'a BTreeMap<&'static str, DateStyle>,
    pub stranger: Option<&'a (String, String)>,
}

const ROSTER: &[&str] = &[
    "id-checksum",
    "id-length",
    "id-precision-lost",
    "id-birth-mismatch",
    "id-gender-mismatch",
    "required-missing",
    "date-unreadable",
    "date-future",
    "date-order",
    "age-implausible",
    "vocabulary-unknown",
    "education-order",
    "cell-error-value",
    "formula-without-value",
];
const TRAINING: &[&str] = &[
    "id-checksum",
    "id-length",
    "id-precision-lost",
    "required-missing",
    "date-unreadable",
    "date-future",
    "date-order",
    "vocabulary-unknown",
    "number-unreadable",
    "cell-error-value",
    "id-name-mismatch",
    "person-not-in-roster",
    "formula-without-value",
];
const STUDY: &[&str] = &[
    "id-checksum",
    "id-precision-lost",
    "required-missing",
    "date-unreadable",
    "date-order",
    "vocabulary-unknown",
    "education-order",
    "id-name-mismatch",
    "person-not-in-roster",
];
const CLAIMS: &[&str] = &[
    "id-checksum",
    "id-precision-lost",
    "required-missing",
    "date-unreadable",
    "date-future",
    "vocabulary-unknown",
    "number-unreadable",
    "amount-negative",
    "amount-over-claimed",
    "cell-error-value",
    "id-name-mismatch",
    "person-not-in-roster",
];
const ASSESSMENT: &[&str] = &[
    "id-checksum",
    "id-precision-lost",
    "required-missing",
    "vocabulary-unknown",
    "number-unreadable",
    "cell-error-value",
    "id-name-mismatch",
    "person-not-in-roster",
];

/// A mistake for this row, if one fits.
pub fn plant(place: &Place, row: &Fields, rng: &mut Rng) -> Option<Planted> {
    let rules = match place.form {
        "roster" => ROSTER,
        "training" => TRAINING,
        "study" => STUDY,
        "claims" => CLAIMS,
        _ => ASSESSMENT,
    };
    for _ in 0..8 {
        let rule = *rng.pick(rules);
        if let Some(p) = of_rule(rule, place, row, rng) {
            return Some(p);
        }
    }
    None
}

fn of_rule(rule: &'static str, place: &Place, row: &Fields, rng: &mut Rng) -> Option<Planted> {
    let has = |f: &str| place.open.contains(&f);
    let mut p = Planted {
        rule,
        ..Planted::default()
    };
    let cut = cut_off(place.options);
    let dated = |p: &mut Planted, field: &'static str, d: NaiveDate| {
        let style = place.styles.get(field).copied().unwrap_or(DateStyle::Iso);
        let (content, left) = render::date(d, style);
        p.written.insert(field, Some(content));
        p.meant.insert(field, left.format("%Y-%m-%d").to_string());
    };
    let day = |field: &str| match row.get(field) {
        Some(V::Date(d)) => Some(*d),
        _ => None,
    };
    let id = match row.get("id_number") {
        Some(V::Id(id)) => id.clone(),
        _ => return None,
    };
    match rule {
        "id-checksum" => {
            if !has("id_number") {
                return None;
            }
            let right = check_char(&id[..17]);
            let wrong = if rng.chance(0.5) {
                let c = *rng.pick(&['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'X']);
                // Ending in 000 it would be a number that lost its digits.
                if c == right || c == '0' && id[15..17].eq("00") {
                    return None;
                }
                format!("{}{c}", &id[..17])
            } else {
                // Two neighbours of the region part exchanged.
                let mut b: Vec<char> = id.chars().collect();
                let i = 4;
                b.swap(i, i + 1);
                let text: String = b.into_iter().collect();
                if check_char(&text[..17]) == right || text.ends_with("000") {
                    return None;
                }
                text
            };
            p.at = "id_number";
            p.written.insert("id_number", Some(Content::text(&wrong)));
            p.meant.insert("id_number", wrong);
        }
        "id-length" => {
            if !has("id_number") {
                return None;
            }
            p.at = "id_number";
            let (wrong, meant) = match rng.below(3) {
                0 => (format!("{}{}", &id[..10], &id[11..]), String::new()),
                1 => (format!("{}0{}", &id[..10], &id[10..]), String::new()),
                // The old number of 15 digits: whether it is completed is left open.
                _ => (format!("{}{}", &id[..6], &id[8..17]), OPEN.to_owned()),
            };
            // Beside a mere month the old number's day would be open, too.
            let month = place
                .styles
                .get("birth_date")
                .is_some_and(|s| s.month_only());
            if wrong.len() == 15 && (!id[6..8].eq("19") || month) {
                return None;
            }
            p.written.insert("id_number", Some(Content::text(wrong)));
            p.meant.insert("id_number", meant);
        }
        "id-precision-lost" => {
            if !has("id_number") {
                return None;
            }
            p.at = "id_number";
            let n: f64 = format!("{}000", &id[..15]).parse().expect("digits");
            let content = if rng.chance(0.8) {
                Content::Number(n)
            } else {
                Content::Text(crate::support::draft::number(n))
            };
            p.written.insert("id_number", Some(content));
            p.meant.insert("id_number", String::new());
        }
        "id-birth-mismatch" => {
            let birth = day("birth_date")?;
            if !has("birth_date") {
                return None;
            }
            p.at = "birth_date";
            p.or = vec!["id_number"];
            let other = if rng.chance(0.5) {
                birth.with_day(1)?.with_year(birth.year() + 1)?
            } else {
                birth.with_day(1)?.with_month(birth.month() % 12 + 1)?
            };
            dated(&mut p, "birth_date", other.with_day(birth.day().min(28))?);
        }
        "id-gender-mismatch" => {
            if !has("gender") {
                return None;
            }
            p.at = "gender";
            p.or = vec!["id_number"];
            let other = if row["gender"] == V::Term("男") {
                "女"
            } else {
                "男"
            };
            p.written.insert("gender", Some(Content::text(other)));
            p.meant.insert("gender", other.to_owned());
        }
        "required-missing" => {
            let choice: &[&'static str] = match place.form {
                "training" => &["name", "id_number", "project"],
                "claims" => &["name", "id_number", "amount"],
                _ => &["name", "id_number"],
            };
            p.at = choice[rng.below(choice.len())];
            if !has(p.at) {
                return None;
            }
            p.written.insert(p.at, None);
            p.meant.insert(p.at, String::new());
        }
        "date-unreadable" => {
            let choice: Vec<&'static str> = [
                "work_start",
                "birth_date",
                "appointed",
                "start_date",
                "end_date",
                "enrolled",
                "invoice_date",
            ]
            .into_iter()
            .filter(|f| has(f) && day(f).is_some())
            .collect();
            if choice.is_empty() {
                return None;
            }
            p.at = choice[rng.below(choice.len())];
            let text = *rng.pick(&[
                "1985年13月",
                "2001.02.30",
                "记不清",
                "19850231",
                "待查实",
                "2003年14月5日",
            ]);
            p.written.insert(p.at, Some(Content::text(text)));
            p.meant.insert(p.at, String::new());
        }
        "date-future" => {
            let choice: Vec<&'static str> = ["work_start", "appointed", "end_date", "invoice_date"]
                .into_iter()
                .filter(|f| has(f) && day(f).is_some())
                .collect();
            if choice.is_empty() {
                return None;
            }
            p.at = choice[rng.below(choice.len())];
            let at = p.at;
            dated(&mut p, at, cut + Duration::days(rng.between(60, 900)));
        }
        "date-order" => match place.form {
            "roster" => {
                let birth = day("birth_date")?;
                day("work_start")?;
                if !has("work_start") {
                    return None;
                }
                p.at = "work_start";
                p.or = vec!["birth_date", "id_number"];
                dated(&mut p, "work_start", date(birth.year() + 10, 9, 1));
            }
            _ => {
                let (a, b) = if place.form == "training" {
                    ("start_date", "end_date")
                } else {
                    ("enrolled", "expected_graduation")
                };
                let (start, end) = (day(a)?, day(b)?);
                if !has(a) || !has(b) || place.form == "training" && (end - start).num_days() < 1 {
                    return None;
                }
                let style = place.styles.get(a).copied().unwrap_or(DateStyle::Iso);
                if style.month_only() && (start.year(), start.month()) == (end.year(), end.month())
                {
                    return None;
                }
                // Exchanged, but nothing that began after the cut-off.
                if end > cut {
                    let other = start - Duration::days(400);
                    p.at = b;
                    p.or = vec![a];
                    dated(&mut p, b, other);
                } else {
                    p.at = b;
                    p.or = vec![a];
                    dated(&mut p, a, end);
                    dated(&mut p, b, start);
                }
            }
        },
        "age-implausible" => {
            if !has("birth_date") || !has("id_number") || day("birth_date")? > date(1990, 1, 1) {
                return None;
            }
            let birth = date(cut.year() - 72, 3, 15);
            let digits = format!("{}{}{}", &id[..6], birth.format("%Y%m%d"), &id[14..17]);
            let new = format!("{digits}{}", check_char(&digits));
            p.at = "birth_date";
            p.or = vec!["id_number"];
            dated(&mut p, "birth_date", birth);
            p.meant
                .insert("birth_date", birth.format("%Y-%m-%d").to_string());
            p.written.insert("id_number", Some(Content::text(&new)));
            p.meant.insert("id_number", new);
        }
        "vocabulary-unknown" => {
            let choice: Vec<&'static str> = place
                .open
                .iter()
                .copied()
                .filter(|f| words::vocabulary(place.form, f).is_some() && !row[f].is_null())
                .collect();
            if choice.is_empty() {
                return None;
            }
            p.at = choice[rng.below(choice.len())];
            let vocabulary = words::vocabulary(place.form, p.at)?;
            p.written.insert(
                p.at,
                Some(Content::text(*rng.pick(words::nonsense(vocabulary)))),
            );
            p.meant.insert(p.at, String::new());
        }
        "education-order" => {
            let (low, high) = if place.form == "roster" {
                ("education", "first_education")
            } else {
                ("target_education", "current_education")
            };
            if !has(low) || !has(high) {
                return None;
            }
            p.at = low;
            p.or = vec![high];
            for (field, term) in [(low, "专科"), (high, "本科")] {
                p.written.insert(field, Some(Content::text(term)));
                p.meant.insert(field, term.to_owned());
            }
        }
        "number-unreadable" => {
            let choice: Vec<&'static str> = place
                .open
                .iter()
                .copied()
                .filter(|f| matches!(row[f], V::Decimal(_) | V::Money(_) | V::Int(_)))
                .collect();
            if choice.is_empty() {
                return None;
            }
            p.at = choice[rng.below(choice.len())];
            let text = *rng.pick(&["见附件", "约若干", "12.3.4", "待核算", "二O"]);
            p.written.insert(p.at, Some(Content::text(text)));
            p.meant.insert(p.at, String::new());
        }
        "amount-negative" => {
            if !has("amount") || !has("claimed") {
                return None;
            }
            p.at = "amount";
            let V::Money(n) = row["amount"] else {
                return None;
            };
            p.written
                .insert("amount", Some(render::money("amount", -n, place.habit)));
            p.meant.insert("amount", V::Money(-n).truth());
            p.written.insert("claimed", None);
            p.meant.insert("claimed", String::new());
        }
        "amount-over-claimed" => {
            if !has("amount") || !has("claimed") {
                return None;
            }
            p.at = "claimed";
            p.or = vec!["amount"];
            let V::Money(n) = row["amount"] else {
                return None;
            };
            let more = n + 100 * rng.between(50, 900);
            p.written
                .insert("claimed", Some(render::money("claimed", more, place.habit)));
            p.meant.insert("claimed", V::Money(more).truth());
        }
        "cell-error-value" => {
            let choice: Vec<&'static str> = place
                .open
                .iter()
                .copied()
                .filter(|f| !matches!(*f, "name" | "id_number" | "project" | "amount"))
                .collect();
            if choice.is_empty() {
                return None;
            }
            p.at = choice[rng.below(choice.len())];
            let error = *rng.pick(&["#REF!", "#N/A", "#VALUE!", "#DIV/0!"]);
            p.written
                .insert(p.at, Some(Content::Error(error.to_owned())));
            p.meant.insert(p.at, String::new());
        }
        "formula-without-value" => {
            // Only here can a formula be stored without its result.
            if place.habit.format != FileFormat::Xlsx {
                return None;
            }
            let choice: Vec<&'static str> =
                ["education", "title", "hours", "credits", "institution"]
                    .into_iter()
                    .filter(|f| has(f))
                    .collect();
            if choice.is_empty() {
                return None;
            }
            p.at = choice[rng.below(choice.len())];
            p.written
                .insert(p.at, Some(Content::Formula("B1&C1".into(), None)));
            p.meant.insert(p.at, String::new());
        }
        "id-name-mismatch" => {
            if !has("name") {
                return None;
            }
            let other = &place.stranger?.0;
            if row["name"].truth() == *other {
                return None;
            }
            p.at = "name";
            p.or = vec!["id_number"];
            p.written.insert("name", Some(Content::text(other)));
            p.meant.insert("name", other.clone());
        }
        "person-not-in-roster" => {
            if !has("name") || !has("id_number") {
                return None;
            }
            let (name, id) = place.stranger?;
            p.at = "id_number";
            p.or = vec!["name"];
            p.written.insert("name", Some(Content::text(name)));
            p.written.insert("id_number", Some(Content::text(id)));
            p.meant.insert("name", name.clone());
            p.meant.insert("id_number", id.clone());
        }
        _ => return None,
    }
    Some(p)
}
