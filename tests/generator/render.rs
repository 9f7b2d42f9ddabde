//! A value as meant, written the way a school writes it, and what is left of it then.

use super::habits::*;
use super::world::{V, hundredths};
use super::{unseen, words};
use crate::support::Content;
use crate::support::draft::serial;
use crate::support::rng::Rng;
use chrono::{Datelike, NaiveDate};

/// Fields of which schools often give only the month.
fn month_field(field: &str) -> bool {
    matches!(
        field,
        "birth_date" | "work_start" | "appointed" | "enrolled" | "expected_graduation"
    )
}

/// The style of a date column. Month numbers need a January beside any October, or nobody could
/// tell them apart.
pub fn date_style(field: &str, habit: &Habit, column: &[NaiveDate]) -> DateStyle {
    let style = if month_field(field) {
        habit.month
    } else {
        habit.day
    };
    let has = |m| column.iter().any(|d| d.month() == m);
    match style {
        DateStyle::MonthNumber if has(10) && !has(1) => DateStyle::MonthDot,
        // 1985.1 beside 1985.10 is January; alone it is anybody's guess.
        DateStyle::MonthDotShort if has(1) && !has(10) => DateStyle::MonthDot,
        s => s,
    }
}

/// A date in a style, and the date that is left of it.
pub fn date(d: NaiveDate, style: DateStyle) -> (Content, NaiveDate) {
    let text = |pattern: &str| Content::Text(d.format(pattern).to_string());
    let first = d.with_day(1).expect("a day");
    let content = match style {
        DateStyle::Cell(f) => Content::Date(serial(d), f.to_owned()),
        DateStyle::Iso => text("%Y-%m-%d"),
        DateStyle::Dot => text("%Y.%m.%d"),
        DateStyle::DotShort => text("%Y.%-m.%-d"),
        DateStyle::Slash => text("%Y/%-m/%-d"),
        DateStyle::Chinese => text("%Y年%-m月%-d日"),
        DateStyle::Compact => text("%Y%m%d"),
        DateStyle::CompactNumber => Content::Number(f64::from(
            d.year() * 10_000 + (d.month() * 100 + d.day()) as i32,
        )),
        DateStyle::Serial => Content::Number(serial(d)),
        DateStyle::IsoTime => text("%Y-%m-%d 00:00:00"),
        DateStyle::MonthDot => text("%Y.%m"),
        DateStyle::MonthDotShort => text("%Y.%-m"),
        DateStyle::MonthNumber => {
            Content::Number(d.format("%Y.%m").to_string().parse().expect("a number"))
        }
        DateStyle::MonthChinese => text("%Y年%-m月"),
        DateStyle::MonthCompact => text("%Y%m"),
        DateStyle::MonthDash => text("%Y-%m"),
    };
    (content, if style.month_only() { first } else { d })
}

/// Start and end in one cell.
pub fn period(start: NaiveDate, end: NaiveDate, style: DateStyle) -> Content {
    Content::Text(match style {
        DateStyle::DotShort if start.year() == end.year() => {
            format!("{}-{}", start.format("%Y.%-m.%-d"), end.format("%-m.%-d"))
        }
        DateStyle::DotShort | DateStyle::Dot => {
            format!("{}-{}", start.format("%Y.%m.%d"), end.format("%Y.%m.%d"))
        }
        DateStyle::Chinese | DateStyle::Cell("yyyy\"年\"m\"月\"d\"日\"") => {
            format!(
                "{}-{}",
                start.format("%Y年%-m月%-d日"),
                end.format("%Y年%-m月%-d日")
            )
        }
        DateStyle::Slash | DateStyle::Cell("yyyy/m/d") => {
            format!(
                "{}-{}",
                start.format("%Y/%-m/%-d"),
                end.format("%Y/%-m/%-d")
            )
        }
        _ => format!("{}至{}", start.format("%Y-%m-%d"), end.format("%Y-%m-%d")),
    })
}

/// A term in one of its spellings.
pub fn term(vocabulary: &str, term: &'static str, habit: &Habit, rng: &mut Rng) -> String {
    let unseen = unseen::values(vocabulary, term);
    if habit.unseen > 0.0 && !unseen.is_empty() && rng.chance(habit.unseen * 0.3) {
        return (*rng.pick(unseen)).to_owned();
    }
    let all = words::spellings(vocabulary, term);
    if !all.is_empty() && rng.chance(habit.variant) {
        (*rng.pick(all)).to_owned()
    } else {
        term.to_owned()
    }
}

pub fn name(text: &str, habit: &Habit) -> String {
    let chars: Vec<char> = text.chars().collect();
    match (habit.name, chars.as_slice()) {
        (NamePad::TwoSpaces, [a, b]) => format!("{a}  {b}"),
        (NamePad::Ideographic, [a, b]) => format!("{a}\u{3000}{b}"),
        (NamePad::Trailing, _) => format!("{text} "),
        _ => text.to_owned(),
    }
}

pub fn id(text: &str, habit: &Habit) -> String {
    match habit.id {
        IdStyle::Text => text.to_owned(),
        IdStyle::LowerX => text.to_lowercase(),
        IdStyle::Spaced if text.len() == 18 => {
            format!("{} {} {}", &text[..6], &text[6..14], &text[14..])
        }
        IdStyle::Spaced => text.to_owned(),
        IdStyle::Apostrophe => format!("'{text}"),
        IdStyle::FullWidth => full_width(text),
        IdStyle::Tab => format!("\t{text}"),
    }
}

fn full_width(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '!'..='~' => char::from_u32(c as u32 + 0xfee0).unwrap_or(c),
            c => c,
        })
        .collect()
}

fn unit(field: &str) -> &'static str {
    match field {
        "hours" => "学时",
        "credits" => "学分",
        "amount" | "claimed" => "元",
        "days" => "天",
        "open_lessons" | "lessons_observed" => "节",
        "papers" | "reading_notes" => "篇",
        "lectures" => "次",
        "research_projects" => "项",
        "mentees" => "人",
        _ => "",
    }
}

/// Shortest decimal text of hundredths.
pub fn plain(n: i64) -> String {
    let text = hundredths(n);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.to_owned()
}

pub fn number(field: &str, n: i64, habit: &Habit) -> Content {
    let value = n as f64 / 100.0;
    match habit.number {
        NumberStyle::Number => Content::Number(value),
        NumberStyle::Text => Content::Text(plain(n)),
        NumberStyle::WithUnit => Content::Text(format!("{}{}", plain(n), unit(field))),
        NumberStyle::FullWidth => Content::Text(full_width(&plain(n))),
    }
}

/// A sum of money in fen, in the unit of its column.
pub fn money(field: &str, n: i64, habit: &Habit) -> Content {
    match habit.ten_thousand {
        true => Content::Number(n as f64 / 1_000_000.0),
        false => number(field, n, habit),
    }
}

/// Any value but dates, which need their column's style.
pub fn value(form: &str, field: &str, v: &V, habit: &Habit, rng: &mut Rng) -> Option<Content> {
    Some(match v {
        V::Null => {
            if habit.absent.is_empty() {
                return None;
            }
            Content::text(habit.absent)
        }
        V::Text(t) => Content::text(t),
        V::Label(t) => {
            if t.len() <= 10 && t.bytes().all(|b| b.is_ascii_digit()) && !t.starts_with('0') {
                Content::Number(t.parse().expect("digits"))
            } else {
                Content::text(t)
            }
        }
        V::Name(t) => Content::Text(name(t, habit)),
        V::Id(t) => Content::Text(id(t, habit)),
        V::Phone(t) if habit.phone_number => Content::Number(t.parse().expect("digits")),
        V::Phone(t) => Content::text(t),
        V::Date(_) => unreachable!("dates are written with their column's style"),
        V::Money(n) => money(field, *n, habit),
        V::Decimal(n) => number(field, *n, habit),
        V::Int(n) if field == "year" => match habit.number {
            NumberStyle::Number => Content::Number(*n as f64),
            NumberStyle::WithUnit => Content::Text(format!("{n}年")),
            _ => Content::Text(n.to_string()),
        },
        V::Int(n) => number(field, n * 100, habit),
        V::Bool(true) => Content::text(if rng.chance(0.2 * habit.mess) {
            "√"
        } else {
            "是"
        }),
        V::Bool(false) => Content::text(if rng.chance(0.2 * habit.mess) {
            "×"
        } else {
            "否"
        }),
        V::Term(t) => {
            let vocabulary = words::vocabulary(form, field).expect("a vocabulary");
            Content::Text(term(vocabulary, t, habit, rng))
        }
    })
}
