//! Dates in every spelling that schools use, from one cell at a time.
//!
//! A cell gives a [`Reading`]: a day, a month, or a reason why it is neither. What one cell cannot
//! tell (January or October, the year of `7月5日`) is settled by its column, see [`super::dates`].

use crate::fold::{self, DateMark};
use chrono::{Datelike, NaiveDate};

/// What a cell says about a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// A day.
    Day(NaiveDate),
    /// A month: its first day.
    Month(NaiveDate),
    /// `1985.1`: January as typed, October where months have two digits and the zero was lost.
    FirstOrTenth(i32),
    /// A month or a day of an unnamed year.
    NoYear {
        /// 1 to 12.
        month: u32,
        /// 1 to 31, if given.
        day: Option<u32>,
    },
    /// A year only.
    Year(i32),
    /// Day and month could be exchanged.
    Ambiguous,
    /// A date outside 1900 to 2100.
    Implausible,
    /// No date at all, or none that exists.
    Unreadable,
}

/// The day of a spreadsheet's serial number: days since 1899-12-30.
pub fn of_serial(serial: f64) -> Option<NaiveDate> {
    if !(0.0..=2_958_466.0).contains(&serial) {
        return None;
    }
    NaiveDate::from_ymd_opt(1899, 12, 30)?
        .checked_add_days(chrono::Days::new(serial.floor() as u64))
}

/// A cell formatted as a date.
pub fn from_date_cell(serial: f64) -> Reading {
    match of_serial(serial) {
        Some(day) if plausible(day.year()) => Reading::Day(day),
        _ => Reading::Implausible,
    }
}

/// A numeric cell without a date format. `newest` is the last year that two digits can mean.
pub fn from_number(n: f64, newest: i32) -> Reading {
    if n.fract() == 0.0 {
        return if (0.0..1e15).contains(&n) {
            from_digits(&format!("{}", n as u64), newest)
        } else {
            Reading::Unreadable
        };
    }
    let year = n.floor();
    let places = |scale: f64| {
        let scaled = (n - year) * scale;
        ((scaled - scaled.round()).abs() < scale * 1e-9).then_some(scaled.round() as u32)
    };
    let full = if (1900.0..2101.0).contains(&n) {
        year as i32
    } else if (1.0..100.0).contains(&n) {
        century(year as i32, newest)
    } else if (10_000.0..80_000.0).contains(&n) {
        return from_date_cell(n);
    } else {
        return Reading::Unreadable;
    };
    match (places(10.0), places(100.0), places(10_000.0)) {
        (Some(1), _, _) => Reading::FirstOrTenth(full),
        (Some(m), _, _) => month(full, m),
        (None, Some(m), _) => month(full, m),
        (None, None, Some(md)) => day(full, md / 100, md % 100),
        _ => Reading::Unreadable,
    }
}

/// A number's digits alone: `19850305`, `198503`, `850305`, `1985`, or a serial number.
fn from_digits(digits: &str, newest: i32) -> Reading {
    let n = |from: usize, to: usize| digits[from..to].parse::<u32>().unwrap_or(0);
    match digits.len() {
        14 | 12 => from_digits(&digits[..8], newest),
        8 => {
            let (y, m, d) = (n(0, 4) as i32, n(4, 6), n(6, 8));
            day(y, m, d)
        }
        6 => match month(n(0, 4) as i32, n(4, 6)) {
            m @ Reading::Month(_) => m,
            _ => match day(century(n(0, 2) as i32, newest), n(2, 4), n(4, 6)) {
                d @ Reading::Day(_) => d,
                _ => Reading::Unreadable,
            },
        },
        5 => match from_date_cell(f64::from(n(0, 5))) {
            d @ Reading::Day(_) if n(0, 5) >= 10_000 && n(0, 5) < 73_416 => d,
            _ => Reading::Unreadable,
        },
        4 if plausible(n(0, 4) as i32) => Reading::Year(n(0, 4) as i32),
        _ => Reading::Unreadable,
    }
}

/// A text cell.
pub fn from_text(text: &str, newest: i32) -> Reading {
    match Parts::scan(text) {
        Some(parts) => parts.reading(newest),
        None => Reading::Unreadable,
    }
}

fn plausible(year: i32) -> bool {
    (1900..=2100).contains(&year)
}

/// Two digits of a year: the latest year not after `newest`.
pub(super) fn century(two: i32, newest: i32) -> i32 {
    if !(0..100).contains(&two) {
        return two;
    }
    let year = newest - newest.rem_euclid(100) + two;
    if year > newest { year - 100 } else { year }
}

pub(super) fn month(year: i32, month: u32) -> Reading {
    if month == 0 {
        return if plausible(year) {
            Reading::Year(year)
        } else {
            Reading::Unreadable
        };
    }
    match NaiveDate::from_ymd_opt(year, month, 1) {
        Some(first) if plausible(year) => Reading::Month(first),
        Some(_) => Reading::Implausible,
        None => Reading::Unreadable,
    }
}

pub(super) fn day(year: i32, month_: u32, day: u32) -> Reading {
    // Day 00 is how some systems export a month.
    if day == 0 {
        return month(year, month_);
    }
    match NaiveDate::from_ymd_opt(year, month_, day) {
        Some(d) if plausible(year) => Reading::Day(d),
        Some(_) => Reading::Implausible,
        None => Reading::Unreadable,
    }
}

/// A number of a date and what stands behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub value: u32,
    /// Digits as typed, leading zeros included; 0 for an English month name.
    pub digits: u8,
    /// 年, 月 or 日 directly behind it.
    pub unit: Option<DateMark>,
    /// What parts it from the next number.
    pub mark: Option<DateMark>,
    /// How many such marks stood there: two dashes part two dates.
    pub run: u8,
    /// Whether white space stood beside the mark.
    pub spaced: bool,
}

impl Part {
    const NONE: Part = Part {
        value: 0,
        digits: 0,
        unit: None,
        mark: None,
        run: 0,
        spaced: false,
    };

    /// An English month name.
    fn named(self) -> bool {
        self.digits == 0
    }
}

/// The numbers of a cell with their marks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parts {
    parts: [Part; 12],
    len: usize,
}

const MONTHS: [&[u8; 3]; 12] = [
    b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec",
];

impl Parts {
    /// Takes a text apart; `None` where something stands in it that belongs to no date.
    pub fn scan(text: &str) -> Option<Parts> {
        let digits = |b: u8| matches!(b, b'0'..=b'9' | b'.' | b'-' | b'/');
        if text.bytes().all(digits) {
            return Parts::of(text);
        }
        let clean = fold::clean(text);
        let clean = fold::numerals(&clean);
        // Remarks in brackets: (预计), (周六).
        let clean = clean.split('(').next().unwrap_or("");
        Parts::of(clean.trim_matches(['\'', '"', '`', ' ', '‘', '’']))
    }

    fn of(clean: &str) -> Option<Parts> {
        let mut parts = Parts {
            parts: [Part::NONE; 12],
            len: 0,
        };
        let bytes = clean.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let c = bytes[at];
            if c.is_ascii_digit() {
                let start = at;
                while at < bytes.len() && bytes[at].is_ascii_digit() {
                    at += 1;
                }
                let digits = at - start;
                // Fourteen digits are a time stamp: only its day counts.
                let end = if digits == 14 || digits == 12 {
                    start + 8
                } else {
                    at
                };
                let value = clean[start..end].parse().ok()?;
                parts.push(value, (end - start) as u8)?;
                continue;
            }
            if c.is_ascii_alphabetic() {
                let start = at;
                while at < bytes.len() && bytes[at].is_ascii_alphabetic() {
                    at += 1;
                }
                let word = clean[start..at].to_ascii_lowercase();
                let name = word.as_bytes().get(..3);
                match name.and_then(|n| MONTHS.iter().position(|m| m.as_slice() == n)) {
                    Some(m) => parts.push(m as u32 + 1, 0)?,
                    // ISO time stamps.
                    None if word == "t" && parts.len > 0 => parts.mark(DateMark::Space)?,
                    None if matches!(word.as_str(), "am" | "pm" | "z") => {}
                    None => return None,
                }
                continue;
            }
            let c = clean[at..].chars().next()?;
            at += c.len_utf8();
            let mark = fold::date_mark(c)?;
            if parts.len == 0 {
                // Nothing but white space and dots may stand in front.
                if matches!(mark, DateMark::Space | DateMark::Dot) {
                    continue;
                }
                return None;
            }
            parts.mark(mark)?;
        }
        (parts.len > 0).then_some(parts.without_time())
    }

    fn push(&mut self, value: u32, digits: u8) -> Option<()> {
        *self.parts.get_mut(self.len)? = Part {
            value,
            digits,
            ..Part::NONE
        };
        self.len += 1;
        Some(())
    }

    fn mark(&mut self, mark: DateMark) -> Option<()> {
        use DateMark::{Comma, Dash, Day, Dot, Filler, Month, Range, Space, Year};
        let part = &mut self.parts[self.len - 1];
        match (part.mark, mark) {
            (None | Some(Space), Year | Month | Day) if part.unit.is_none() => {
                part.unit = Some(mark);
                part.mark = None;
            }
            (None | Some(Space), Filler) if part.unit.is_some() => {}
            (_, Year | Month | Day | Filler) => return None,
            (None, m) => {
                part.mark = Some(m);
                part.run = 1;
            }
            (Some(Space), m) => {
                part.mark = Some(m);
                part.run = 1;
                part.spaced = true;
            }
            (Some(_), Space) => part.spaced = true,
            (Some(old), m) if old == m => part.run += 1,
            (Some(Dash), Range) | (Some(Dot | Comma), Dash | Range) => part.mark = Some(mark),
            (Some(Range), Dash) | (Some(Dash | Range), Dot | Comma) => {}
            _ => return None,
        }
        Some(())
    }

    /// Drops times of day: every number beside a colon.
    fn without_time(mut self) -> Parts {
        let colon = |p: &Part| p.mark == Some(DateMark::Colon);
        if !self.as_slice().iter().any(colon) {
            return self;
        }
        let mut kept = 0;
        let mut after_colon = false;
        for i in 0..self.len {
            let part = self.parts[i];
            let time = after_colon || colon(&part);
            if !time {
                self.parts[kept] = part;
                kept += 1;
            } else if !colon(&part) && kept > 0 {
                // What parts the time from the next number parts the days.
                self.parts[kept - 1].mark = part.mark;
                self.parts[kept - 1].run = part.run;
                self.parts[kept - 1].spaced = part.spaced;
            }
            after_colon = colon(&part);
        }
        self.len = kept;
        self
    }

    pub fn as_slice(&self) -> &[Part] {
        &self.parts[..self.len]
    }

    fn reading(&self, newest: i32) -> Reading {
        single(self.as_slice(), newest)
    }
}

/// One date from its numbers.
fn single(parts: &[Part], newest: i32) -> Reading {
    use DateMark::{Colon, Day, Dot, Month, Range, Year};
    let Some((last, before)) = parts.split_last() else {
        return Reading::Unreadable;
    };
    let parted = |p: &Part| p.unit.is_some() || p.mark.is_some();
    if before
        .iter()
        .any(|p| matches!(p.mark, Some(Range | Colon)) || p.unit == Some(Day) || !parted(p))
        || last.mark == Some(Colon)
    {
        return Reading::Unreadable;
    }
    if parts.iter().any(|p| p.named()) {
        return named(parts, newest);
    }
    match *parts {
        [a] => match (a.digits, a.unit) {
            (1 | 2, Some(Month)) => no_year(a.value, None),
            (2, Some(Year)) => Reading::Year(century(a.value as i32, newest)),
            (0..=3, _) => Reading::Unreadable,
            (digits, _) => {
                from_digits(&format!("{:0w$}", a.value, w = usize::from(digits)), newest)
            }
        },
        [a, b] => match (a.digits, b.digits) {
            (1 | 2, 1 | 2) if a.unit == Some(Month) => no_year(a.value, Some(b.value)),
            (4, 4) => day(a.value as i32, b.value / 100, b.value % 100),
            (6, 1 | 2) => day((a.value / 100) as i32, a.value % 100, b.value),
            // Only the dot is also a decimal point that loses its zero.
            (4, 1) if b.value == 1 && a.mark == Some(Dot) && b.unit.is_none() => {
                Reading::FirstOrTenth(a.value as i32)
            }
            (4, 1 | 2) => month(a.value as i32, b.value),
            (1 | 2, 4) if a.unit != Some(Year) => month(b.value as i32, a.value),
            (2, 1) if b.value == 1 && a.mark == Some(Dot) && b.unit.is_none() => {
                Reading::FirstOrTenth(century(a.value as i32, newest))
            }
            (2, 1 | 2) if a.unit == Some(Year) || b.value <= 12 => {
                month(century(a.value as i32, newest), b.value)
            }
            (1 | 2, 1 | 2) if a.unit != Some(Year) => no_year(a.value, Some(b.value)),
            _ => Reading::Unreadable,
        },
        [a, b, c] => match (a.digits, b.digits, c.digits) {
            // 3/15/1985 or 15/3/1985, as foreign settings export it.
            (1 | 2, 1 | 2, 4) => match (a.value <= 12, b.value <= 12) {
                (true, true) if a.value != b.value => Reading::Ambiguous,
                (true, _) => day(c.value as i32, a.value, b.value),
                (false, _) => day(c.value as i32, b.value, a.value),
            },
            (4, 1 | 2, 1 | 2) => day(a.value as i32, b.value, c.value),
            (2, 1 | 2, 1 | 2) => day(century(a.value as i32, newest), b.value, c.value),
            _ => Reading::Unreadable,
        },
        _ => Reading::Unreadable,
    }
}

pub(super) fn no_year(month: u32, day: Option<u32>) -> Reading {
    // 2000 was a leap year: whether the day exists can be told once the year is known.
    match NaiveDate::from_ymd_opt(2000, month, day.unwrap_or(1)) {
        Some(_) => Reading::NoYear { month, day },
        None => Reading::Unreadable,
    }
}

/// `Mar-85`, `15-Mar-1985`, `Mar 15, 1985`: how a spreadsheet shows a month in a CSV file.
fn named(parts: &[Part], newest: i32) -> Reading {
    let year = |p: Part| match p.digits {
        4 => p.value as i32,
        _ => century(p.value as i32, newest),
    };
    match *parts {
        [m, y] if m.named() && !y.named() => month(year(y), m.value),
        [y, m] if m.named() && !y.named() => month(year(y), m.value),
        [d, m, y] if m.named() && !d.named() && !y.named() => day(year(y), m.value, d.value),
        [m, d, y] if m.named() && !d.named() && y.digits == 4 => day(year(y), m.value, d.value),
        _ => Reading::Unreadable,
    }
}

#[cfg(test)]
#[path = "date_tests.rs"]
mod tests;
