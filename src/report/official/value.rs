//! A mark to what its cell holds.

use super::Known;
use super::mark::{Aspect, Each, Mark, Segment, Shape, Wanted, dimensions};
use crate::amend::Put;
use crate::report::rmb;
use crate::report::words::{Key, Words};
use crate::statistics::{Figure, Level, Number, Quantity, Row, Tabulation};
use chrono::NaiveDate;

/// What differs from run to run.
pub struct Run<'a> {
    /// What marks are read against, as they were when the scheme was loaded: its tables without data.
    pub known: Known<'a>,
    /// The tables with their figures, in the same order.
    pub tables: &'a [Tabulation],
    /// Words by name.
    pub texts: Vec<(String, String)>,
    /// The cut-off day.
    pub date: NaiveDate,
    /// The program's own words.
    pub words: Words,
}

/// Which copy of a repeated row a cell stands in.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// What the row is repeated for.
    pub each: &'a Each,
    /// The table's row; none where there is no row at all and one blank line is kept.
    pub row: Option<&'a Row>,
    /// Running number from 1.
    pub number: usize,
}

/// A value before it is known whether it stands alone in its cell.
enum Content {
    /// Digits as stored, and as people write them.
    Number(String, String),
    Text(String),
}

impl Run<'_> {
    /// The rows of a table that a row is repeated for.
    pub fn rows(&self, each: &Each) -> Vec<usize> {
        let tab = &self.tables[each.table];
        let wanted = |row: &Row| match &each.by {
            None => row.level == Level::Leaf,
            Some(by) => row.group.last().is_some_and(|(id, _)| id == by),
        };
        let all = tab.rows.iter().enumerate();
        all.filter(|(_, r)| wanted(r)).map(|(i, _)| i).collect()
    }

    /// What a cell holds.
    pub fn cell(&self, segments: &[Segment], standing: Option<Standing<'_>>) -> Put {
        let mut contents: Vec<Content> = segments
            .iter()
            .filter_map(|s| match s {
                Segment::Text(text) => Some(Content::Text(text.clone())),
                Segment::Mark(Mark::Each(_)) => None,
                Segment::Mark(mark) => Some(self.content(mark, standing)),
            })
            .collect();
        // Spaces beside a mark that prints nothing are no text.
        if segments
            .iter()
            .any(|s| matches!(s, Segment::Mark(Mark::Each(_))))
        {
            contents.retain(|c| !matches!(c, Content::Text(t) if t.trim().is_empty()));
        }
        match &contents[..] {
            [] => Put::Blank,
            [Content::Number(digits, _)] => Put::Number(digits.clone()),
            all => {
                let texts = all.iter().map(|c| match c {
                    Content::Number(_, shown) => shown.as_str(),
                    Content::Text(text) => text,
                });
                match texts.collect::<String>() {
                    text if text.is_empty() => Put::Blank,
                    text => Put::Text(text),
                }
            }
        }
    }

    fn content(&self, mark: &Mark, standing: Option<Standing<'_>>) -> Content {
        match mark {
            Mark::Words(name) if name == "date" => {
                let since = NaiveDate::from_ymd_opt(1899, 12, 30).unwrap_or_default();
                let serial = (self.date - since).num_days();
                Content::Number(serial.to_string(), self.text("cut_off"))
            }
            Mark::Words(name) => {
                let text = self.text(name);
                let params = &self.known.scheme.params;
                let number = params
                    .iter()
                    .find(|p| p.placeholder() == *name)
                    .map(|p| p.value.clone())
                    .filter(|v| v.parse::<f64>().is_ok());
                match (name.as_str(), number) {
                    ("year" | "month", _) => Content::Number(text.clone(), text),
                    (_, Some(stored)) => Content::Number(stored, text),
                    _ => Content::Text(text),
                }
            }
            Mark::Each(_) => Content::Text(String::new()),
            Mark::Number => match standing.filter(|s| s.row.is_some()) {
                Some(s) => Content::Number(s.number.to_string(), s.number.to_string()),
                None => Content::Text(String::new()),
            },
            Mark::Group(id) => {
                let group = standing.and_then(|s| s.row).map(|r| &r.group);
                let found = group.and_then(|g| g.iter().find(|(d, _)| d == id));
                Content::Text(found.map_or_else(String::new, |(_, v)| v.clone()))
            }
            Mark::Figure(wanted) => self.figure(wanted, standing),
        }
    }

    fn text(&self, name: &str) -> String {
        let found = self.texts.iter().find(|(n, _)| n == name);
        found.map_or_else(String::new, |(_, text)| text.clone())
    }

    fn figure(&self, wanted: &Wanted, standing: Option<Standing<'_>>) -> Content {
        let tab = &self.tables[wanted.table];
        let row = match (&wanted.group, standing) {
            (Some(group), _) => self.row(tab, group),
            (None, None) => self.row(tab, &[]),
            // The one blank line of an empty list.
            (None, Some(Standing { row: None, .. })) => return Content::Text(String::new()),
            (
                None,
                Some(Standing {
                    each,
                    row: Some(row),
                    ..
                }),
            ) => match each.table == wanted.table {
                true => Some(row),
                false => self.row(tab, &row.group),
            },
        };
        let column = tab.columns.iter().position(|c| c.part == wanted.part);
        let (Some(row), Some(column)) = (row, column) else {
            return match (row, wanted.part.ends_with(".share")) {
                // Nobody is of that kind, so the table has no column of it.
                (Some(_), false) if column.is_none() => Content::Number("0".into(), "0".into()),
                _ => self.missing(),
            };
        };
        match row.figures.get(column) {
            Some(figure) => self.shown(figure, &tab.columns[column].quantity, wanted),
            None => self.missing(),
        }
    }

    /// The row of a group: named from the outermost dimension to the innermost that is named.
    fn row<'t>(&self, tab: &'t Tabulation, group: &[(String, String)]) -> Option<&'t Row> {
        if group.is_empty() {
            let total = tab.rows.iter().find(|r| r.level == Level::Total);
            return total.or(match &tab.rows[..] {
                [only] => Some(only),
                _ => None,
            });
        }
        let order = dimensions(tab, self.known.scheme);
        let named = |id: &str| group.iter().find(|(d, _)| d == id);
        let last = order.iter().rfind(|(id, _)| named(id).is_some())?;
        let fits = |row: &&Row| {
            row.group.last().is_some_and(|(id, _)| *id == last.0)
                && row
                    .group
                    .iter()
                    .all(|(id, v)| named(id).is_none_or(|(_, wanted)| wanted == v))
        };
        let mut found = tab.rows.iter().filter(fits);
        let first = found.next()?;
        // Two schools of one name in two towns: neither is meant for certain.
        found.next().is_none().then_some(first)
    }

    fn missing(&self) -> Content {
        Content::Text(self.words.get(Key::Dash))
    }

    fn shown(&self, figure: &Figure, quantity: &Quantity, wanted: &Wanted) -> Content {
        let part = |n: Option<i64>| match n {
            Some(n) => Content::Number(n.to_string(), n.to_string()),
            None => self.missing(),
        };
        let number = match wanted.aspect {
            Aspect::Value => &figure.value,
            Aspect::Target => figure.target.as_ref().unwrap_or(&Number::Missing),
            Aspect::Gap => figure.gap.as_ref().unwrap_or(&Number::Missing),
            Aspect::Met => {
                return match figure.met {
                    Some(true) => Content::Text(self.words.get(Key::OfficialMet)),
                    Some(false) => Content::Text(self.words.get(Key::OfficialUnmet)),
                    None => self.missing(),
                };
            }
            Aspect::Numerator | Aspect::Denominator => {
                return part(match (&figure.value, wanted.aspect) {
                    (Number::Ratio(n, _), Aspect::Numerator) => Some(*n),
                    (Number::Ratio(_, d), _) => Some(*d),
                    _ => None,
                });
            }
        };
        let points = *quantity == Quantity::Points
            || (wanted.aspect == Aspect::Gap && *quantity == Quantity::Rate);
        match *number {
            Number::Missing => self.missing(),
            Number::Text(ref text) if text.is_empty() => Content::Text(String::new()),
            Number::Text(ref text) => Content::Text(text.clone()),
            Number::Integer(n) => match wanted.shape {
                Shape::Percent => part(Some(n.saturating_mul(100))),
                _ => part(Some(n)),
            },
            Number::Hundredths(h) => match wanted.shape {
                Shape::Capitals => Content::Text(rmb::capitals(h)),
                Shape::TenThousand => {
                    let digits = decimal(h.into(), 6);
                    Content::Number(digits.clone(), digits)
                }
                _ => {
                    let shown = match quantity {
                        Quantity::Money => format!("{}.{:02}", sign(h), h.unsigned_abs() % 100),
                        _ => decimal(h.into(), 2),
                    };
                    Content::Number(decimal(h.into(), 2), shown)
                }
            },
            Number::Ratio(n, d) => {
                let times = match points || wanted.shape == Shape::Percent {
                    true => 100,
                    false => 1,
                };
                let stored = (i128::from(n) * times) as f64 / d as f64;
                let shown = match (points, quantity) {
                    (true, _) => half_up(n, d, 100),
                    (_, Quantity::Rate) if wanted.shape == Shape::Percent => half_up(n, d, 100),
                    (_, Quantity::Rate) => format!("{}%", half_up(n, d, 100)),
                    _ => half_up(n, d, 1),
                };
                Content::Number(stored.to_string(), shown)
            }
        }
    }
}

fn sign(hundredths: i64) -> String {
    let minus = if hundredths < 0 { "-" } else { "" };
    format!("{minus}{}", hundredths.unsigned_abs() / 100)
}

/// `n / 10^places` in digits, without noughts at the end.
fn decimal(n: i128, places: u32) -> String {
    let unit = 10u128.pow(places);
    let minus = if n < 0 { "-" } else { "" };
    let (whole, part) = (n.unsigned_abs() / unit, n.unsigned_abs() % unit);
    let width = places as usize;
    let part = format!("{part:0width$}");
    match part.trim_end_matches('0') {
        "" => format!("{minus}{whole}"),
        part => format!("{minus}{whole}.{part}"),
    }
}

/// A fraction times a number with two decimal places, half up.
fn half_up(n: i64, d: i64, times: i128) -> String {
    let d = i128::from(d.max(1));
    let scaled = i128::from(n) * times * 100;
    let magnitude = (scaled.abs() * 2 + d) / (d * 2);
    let minus = if scaled < 0 && magnitude > 0 { "-" } else { "" };
    format!("{minus}{}.{:02}", magnitude / 100, magnitude % 100)
}
