//! Which number formats of SpreadsheetML show a date or a time, and dates as ISO 8601 writes them.
//! The formats of all other workbooks are read by calamine.

use crate::grid::Value;

/// What a number in such a format means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shows {
    /// A number, percentage, amount.
    Number,
    /// A date, a time of day, or both.
    Date,
    /// Elapsed time, `[h]:mm`: counted from nothing, so no date system applies.
    Elapsed,
}

/// A format code: what its first section shows.
pub(super) fn custom(code: &str) -> Shows {
    let mut chars = code.chars().peekable();
    let mut shows = Shows::Number;
    while let Some(c) = chars.next() {
        match c {
            ';' => break,
            '\\' | '_' | '*' => {
                chars.next();
            }
            '"' => for _ in chars.by_ref().take_while(|&c| c != '"') {},
            '[' => {
                let inside: String = chars.by_ref().take_while(|&c| c != ']').collect();
                let inside = inside.to_ascii_lowercase();
                if ["h", "m", "s"]
                    .iter()
                    .any(|u| !inside.is_empty() && inside.chars().all(|c| u.starts_with(c)))
                {
                    return Shows::Elapsed;
                }
            }
            // The name of the general format is no date, though it may hold such letters.
            'G' | 'g' if starts_with_general(&chars) => {
                for _ in 0..6 {
                    chars.next();
                }
            }
            'y' | 'Y' | 'm' | 'M' | 'd' | 'D' | 'h' | 'H' | 's' | 'S' => shows = Shows::Date,
            'A' | 'a' if is_am_pm(&chars) => shows = Shows::Date,
            _ => {}
        }
    }
    shows
}

fn starts_with_general(rest: &std::iter::Peekable<std::str::Chars<'_>>) -> bool {
    rest.clone()
        .take(6)
        .map(|c| c.to_ascii_lowercase())
        .eq("eneral".chars())
}

fn is_am_pm(rest: &std::iter::Peekable<std::str::Chars<'_>>) -> bool {
    let next: String = rest.clone().take(2).collect();
    next.eq_ignore_ascii_case("/P") || next.eq_ignore_ascii_case("M/")
}

/// A stored number as days since 1899-12-30. A date system of 1904 counts 1,462 days later; a
/// time of day alone has no day to shift.
pub(super) fn serial(number: f64, shows: Shows, is_1904: bool) -> f64 {
    if is_1904 && shows == Shows::Date && !(0.0..1.0).contains(&number) {
        number + 1_462.0
    } else {
        number
    }
}

/// A number as its format shows it.
pub(super) fn stored_number(number: f64, shows: Shows, is_1904: bool) -> Value<'static> {
    match shows {
        Shows::Number => Value::Number(number),
        _ => Value::Date(serial(number, shows, is_1904)),
    }
}

/// A finite number; words like `inf`, which Rust would take, are text.
pub(super) fn number(text: &str) -> Option<f64> {
    let text = text.trim_ascii();
    let digits = text.as_bytes().iter().any(u8::is_ascii_digit);
    text.parse().ok().filter(|n: &f64| digits && n.is_finite())
}

/// An ISO 8601 date, time or both as days since 1899-12-30.
pub(super) fn from_iso(text: &str) -> Option<f64> {
    let text = text.trim().trim_end_matches('Z');
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (Some(date), Some(time)),
        None if text.contains(':') => (None, Some(text)),
        None => (Some(text), None),
    };
    let mut days = 0.0;
    if let Some(date) = date {
        let mut parts = date.splitn(3, '-');
        let year: i64 = parts.next()?.parse().ok()?;
        let month: i64 = parts.next()?.parse().ok()?;
        let day: i64 = parts.next()?.parse().ok()?;
        if !(1..=9_999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return None;
        }
        days = (days_from_civil(year, month, day) - days_from_civil(1899, 12, 30)) as f64;
    }
    if let Some(time) = time {
        let mut parts = time.splitn(3, ':');
        let hours: f64 = parts.next()?.parse().ok()?;
        let minutes: f64 = parts.next()?.parse().ok()?;
        let seconds: f64 = parts.next().map_or(Some(0.0), |s| s.parse().ok())?;
        days += (hours * 3600.0 + minutes * 60.0 + seconds) / 86_400.0;
    }
    Some(days)
}

/// An ISO 8601 duration `PT1H30M0S` as days.
pub(super) fn from_duration(text: &str) -> Option<f64> {
    let (sign, text) = match text.trim().strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.trim()),
    };
    let mut number = String::new();
    let (mut days, mut in_time) = (0.0, false);
    for c in text.strip_prefix('P')?.chars() {
        match c {
            'T' => in_time = true,
            '0'..='9' | '.' => number.push(c),
            _ => {
                let n: f64 = std::mem::take(&mut number).parse().ok()?;
                days += match (c, in_time) {
                    ('D', false) => n,
                    ('H', true) => n / 24.0,
                    ('M', true) => n / 1_440.0,
                    ('S', true) => n / 86_400.0,
                    _ => return None,
                };
            }
        }
    }
    number.is_empty().then_some(sign * days)
}

/// Days from 1970-01-01 in the Gregorian calendar.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_told_from_numbers() {
        for code in [
            "yyyy\"年\"m\"月\"d\"日\"",
            "[$-804]yyyy/m/d;@",
            "[DBNum1][$-804]yyyy年m月",
            "h:mm AM/PM",
            "上午/下午h时",
            "mm-dd-yy",
        ] {
            assert_eq!(custom(code), Shows::Date, "{code}");
        }
        for code in [
            "General",
            "G/通用格式",
            "0.00E+00",
            "#,##0.00_);[Red]\\(#,##0.00\\)",
            "\"days\" 0",
            "0\\d",
            "@",
            "[Magenta]0",
            "0;yyyy",
        ] {
            assert_eq!(custom(code), Shows::Number, "{code}");
        }
        assert_eq!(custom("[h]:mm:ss"), Shows::Elapsed);
        assert_eq!(custom("[mm]:ss"), Shows::Elapsed);
    }

    #[test]
    fn serials() {
        assert_eq!(from_iso("2025-04-11"), Some(45_758.0));
        assert_eq!(from_iso("2025-04-11T12:00:00Z"), Some(45_758.5));
        assert_eq!(from_iso("1900-03-01"), Some(61.0));
        assert_eq!(from_iso("2025-13-01"), None);
        assert_eq!(from_duration("PT1H30M0S"), Some(0.0625));
        assert_eq!(serial(44_296.0, Shows::Date, true), 45_758.0);
        assert_eq!(serial(0.5, Shows::Date, true), 0.5);
    }
}
