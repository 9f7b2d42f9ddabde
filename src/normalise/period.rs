//! Two dates in one cell: `2025.7.5-7.12`, `7月5日—12日`, `2025年7月至今`.

use super::date::{self, Part, Parts, Reading};
use crate::fold::DateMark;

/// The two ends of a period as one cell gives them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub start: Reading,
    /// Last day; `None` for a period that has not ended.
    pub end: Option<Reading>,
}

/// Reads a period. `present` are the folded words for "until now".
pub fn from_text(text: &str, newest: i32, present: &[String]) -> Period {
    let bad = Period {
        start: Reading::Unreadable,
        end: Some(Reading::Unreadable),
    };
    let clean = crate::fold::clean(text);
    let open = present
        .iter()
        .filter_map(|word| clean.strip_suffix(word.as_str()))
        .min_by_key(|rest| rest.len());
    if let Some(rest) = open {
        let start = match Parts::scan(rest) {
            Some(parts) => {
                partial(parts.as_slice(), newest).map_or(Reading::Unreadable, Half::reading)
            }
            None => Reading::Unreadable,
        };
        return Period { start, end: None };
    }
    let Some(parts) = Parts::scan(text) else {
        return bad;
    };
    let parts = parts.as_slice();
    let Some((left, right)) = split(parts) else {
        let one = partial(parts, newest).map_or(Reading::Unreadable, Half::reading);
        return Period {
            start: one,
            end: Some(one),
        };
    };
    match (partial(left, newest), partial(right, newest)) {
        (Some(l), Some(r)) => join(l, r),
        _ => bad,
    }
}

/// What one side of a period says.
#[derive(Debug, Clone, Copy, Default)]
struct Half {
    year: Option<i32>,
    month: Option<u32>,
    day: Option<u32>,
    /// One number that is a day or a month, as the other side decides.
    bare: Option<u32>,
}

impl Half {
    fn reading(self) -> Reading {
        match (self.year, self.month, self.day) {
            (Some(y), Some(m), Some(d)) => date::day(y, m, d),
            (Some(y), Some(m), None) => date::month(y, m),
            (Some(y), None, None) => Reading::Year(y),
            (None, Some(m), d) => date::no_year(m, d),
            _ => Reading::Unreadable,
        }
    }
}

fn partial(parts: &[Part], newest: i32) -> Option<Half> {
    use DateMark::{Day, Month, Year};
    let year_of = |p: &Part| match p.digits {
        4 => Some(p.value as i32),
        2 => Some(date::century(p.value as i32, newest)),
        _ => None,
    };
    let half = Half::default();
    let short = |p: &Part| matches!(p.digits, 1 | 2);
    Some(match parts {
        [a] => match (a.digits, a.unit) {
            (8, _) => Half {
                year: Some((a.value / 10_000) as i32),
                month: Some(a.value / 100 % 100),
                day: Some(a.value % 100),
                ..half
            },
            (6, _) => Half {
                year: Some((a.value / 100) as i32),
                month: Some(a.value % 100),
                ..half
            },
            (4, None | Some(Year)) | (2, Some(Year)) => Half {
                year: year_of(a),
                ..half
            },
            (1 | 2, Some(Month)) => Half {
                month: Some(a.value),
                ..half
            },
            (1 | 2, Some(Day)) => Half {
                day: Some(a.value),
                ..half
            },
            (1 | 2, None) => Half {
                bare: Some(a.value),
                ..half
            },
            _ => return None,
        },
        [a, b] if a.digits == 4 && short(b) || a.unit == Some(Year) && short(a) && short(b) => {
            Half {
                year: year_of(a),
                month: Some(b.value),
                ..half
            }
        }
        [a, b] if short(a) && short(b) => {
            if a.value > 12 && a.unit.is_none() && b.value <= 12 {
                Half {
                    year: year_of(a),
                    month: Some(b.value),
                    ..half
                }
            } else {
                Half {
                    month: Some(a.value),
                    day: Some(b.value),
                    ..half
                }
            }
        }
        [a, b, c] if matches!(a.digits, 2 | 4) && short(b) && short(c) => Half {
            year: year_of(a),
            month: Some(b.value),
            day: Some(c.value),
            ..half
        },
        _ => return None,
    })
}

fn join(mut left: Half, mut right: Half) -> Period {
    if let Some(n) = right.bare.take() {
        if left.day.is_some() {
            right.day = Some(n);
        } else {
            right.month = Some(n);
        }
    }
    // 7-8月
    if let Some(n) = left.bare.take() {
        if right.month.is_some() && right.day.is_none() {
            left.month = Some(n);
        } else {
            left.day = Some(n);
        }
    }
    right.month = right.month.or(left.month);
    left.month = left.month.or(right.month);
    left.year = left.year.or(right.year);
    if right.year.is_none() {
        // A period over New Year; other reversals are mistakes and stay visible as such.
        let over_new_year = left.month >= Some(10) && right.month <= Some(3);
        right.year = left.year.map(|y| y + i32::from(over_new_year));
    }
    Period {
        start: left.reading(),
        end: Some(right.reading()),
    }
}

/// Where a period's first date ends and its last one begins.
fn split(parts: &[Part]) -> Option<(&[Part], &[Part])> {
    use DateMark::{Comma, Dash, Range, Space};
    let n = parts.len();
    if n < 2 {
        return None;
    }
    let inner = &parts[..n - 1];
    let at = |i: usize| Some((&parts[..=i], &parts[i + 1..]));
    let positions = |mark: DateMark| -> Vec<usize> {
        (0..n - 1)
            .filter(|i| parts[*i].mark == Some(mark))
            .collect()
    };
    let ranges = positions(Range);
    match ranges[..] {
        [i] => return at(i),
        [] => {}
        _ => return None,
    }
    let dashes = positions(Dash);
    // 7月5日—12日, 7月-8月
    let behind_unit: Vec<usize> = dashes
        .iter()
        .copied()
        .filter(|i| parts[*i].unit.is_some())
        .collect();
    if let [i] = behind_unit[..] {
        return at(i);
    }
    let others = inner
        .iter()
        .any(|p| p.unit.is_some() || !matches!(p.mark, Some(Dash | Comma) | None));
    if others && let [i] = dashes[..] {
        return at(i);
    }
    // 7月5日、6日、7日: from the first to the last.
    let commas = positions(Comma);
    if let ([first, ..], [.., last]) = (&commas[..], &commas[..])
        && dashes.is_empty()
        && (others || n == commas.len() + 1)
    {
        return Some((&parts[..=*first], &parts[last + 1..]));
    }
    if dashes.len() == n - 1 {
        // 2025-07-05 -- 2025-07-12
        let strong: Vec<usize> = dashes
            .iter()
            .copied()
            .filter(|i| parts[*i].run > 1 || parts[*i].spaced)
            .collect();
        if let ([i], true) = (&strong[..], n > 2) {
            return at(*i);
        }
        return match n {
            2 if parts[0].digits >= 6 => at(0),
            // 7-8月, 5-12日
            2 if parts[0].digits <= 2 && parts[1].unit.is_some() => at(0),
            4 if parts[2].digits == 4 => at(1),
            4..=6 => at(2),
            _ => None,
        };
    }
    let spaces = positions(Space);
    if let ([i], true) = (&spaces[..], others && dashes.is_empty() && n > 3) {
        return at(*i);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    fn ymd(y: i32, m: u32, d: u32) -> Reading {
        Reading::Day(NaiveDate::from_ymd_opt(y, m, d).expect("a date"))
    }

    fn ym(y: i32, m: u32) -> Reading {
        Reading::Month(NaiveDate::from_ymd_opt(y, m, 1).expect("a date"))
    }

    fn read(text: &str) -> Period {
        from_text(text, 2025, &["至今".to_owned(), "今".to_owned()])
    }

    #[test]
    fn one_week_in_every_spelling() {
        for text in [
            "2025.7.5-7.12",
            "2025.7.5-12",
            "2025.07.05-07.12",
            "2025.7.5—7.12",
            "2025.7.5——7.12",
            "2025.7.5~7.12",
            "2025.7.5～2025.7.12",
            "2025.7.5至2025.7.12",
            "2025.7.5-2025.7.12",
            "2025年7月5日至2025年7月12日",
            "2025年7月5日至7月12日",
            "2025年7月5日—12日",
            "2025年7月5日-12日",
            "2025年7月5-12日",
            "2025年7月5日到12日",
            "2025年07月05日－07月12日",
            "2025-07-05至2025-07-12",
            "2025-07-05 - 2025-07-12",
            "2025-07-05--2025-07-12",
            "2025-07-05-2025-07-12",
            "2025-07-05~07-12",
            "2025/7/5-2025/7/12",
            "2025/7/5-7/12",
            "20250705-20250712",
            "20250705至20250712",
            "25.7.5-25.7.12",
            "二〇二五年七月五日至十二日",
            "2025.7.5一7.12",
            "2025.7.5 - 7.12",
            "2025年7月5日8:30至12日17:00",
            "2025年7月5日 8:30 - 7月12日 17:00",
            "2025-07-05 08:00至2025-07-12 17:30",
            "2025.7.5-7.12(8天)",
            "７．５－２０２５．７．１２",
            "2025.7.5 2025.7.12",
            "2025年7月5日、12日",
            "2025年7月5日、6日、12日",
        ] {
            let expected = Period {
                start: ymd(2025, 7, 5),
                end: Some(ymd(2025, 7, 12)),
            };
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn other_periods() {
        let week = |start, end| Period {
            start,
            end: Some(end),
        };
        for (text, expected) in [
            ("2025.7", week(ym(2025, 7), ym(2025, 7))),
            ("2025年7月", week(ym(2025, 7), ym(2025, 7))),
            ("2025.7-8", week(ym(2025, 7), ym(2025, 8))),
            ("2025年7-8月", week(ym(2025, 7), ym(2025, 8))),
            ("2025年7月-8月", week(ym(2025, 7), ym(2025, 8))),
            ("2024.9-2025.6", week(ym(2024, 9), ym(2025, 6))),
            ("2024-09至2025-06", week(ym(2024, 9), ym(2025, 6))),
            ("2024-09-2025-06", week(ym(2024, 9), ym(2025, 6))),
            ("202409-202506", week(ym(2024, 9), ym(2025, 6))),
            ("2025.7.5", week(ymd(2025, 7, 5), ymd(2025, 7, 5))),
            ("2025-07-05", week(ymd(2025, 7, 5), ymd(2025, 7, 5))),
            ("2024.12.28-1.3", week(ymd(2024, 12, 28), ymd(2025, 1, 3))),
            ("2025.7.12-7.5", week(ymd(2025, 7, 12), ymd(2025, 7, 5))),
            ("2025.7.30-8.2", week(ymd(2025, 7, 30), ymd(2025, 8, 2))),
            (
                "7月5日—12日",
                week(
                    Reading::NoYear {
                        month: 7,
                        day: Some(5),
                    },
                    Reading::NoYear {
                        month: 7,
                        day: Some(12),
                    },
                ),
            ),
            (
                "7.5-7.12",
                week(
                    Reading::NoYear {
                        month: 7,
                        day: Some(5),
                    },
                    Reading::NoYear {
                        month: 7,
                        day: Some(12),
                    },
                ),
            ),
            (
                "7-8月",
                week(
                    Reading::NoYear {
                        month: 7,
                        day: None,
                    },
                    Reading::NoYear {
                        month: 8,
                        day: None,
                    },
                ),
            ),
            ("暑假", week(Reading::Unreadable, Reading::Unreadable)),
            (
                "2025.7.5-7.12-7.20",
                week(Reading::Unreadable, Reading::Unreadable),
            ),
            (
                "2025.7.35-7.36",
                week(Reading::Unreadable, Reading::Unreadable),
            ),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        assert_eq!(
            read("2025年7月5日至今"),
            Period {
                start: ymd(2025, 7, 5),
                end: None
            }
        );
        assert_eq!(
            read("2025.7-至今"),
            Period {
                start: ym(2025, 7),
                end: None
            }
        );
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(text in "[0-9年月日.。/—~至 :、-]{0,30}") {
            let _ = read(&text);
        }
    }
}
