//! Columns of dates and periods: what one cell leaves open is settled by its column, the title of
//! its table, or the id number beside it.

use super::column::{Column, Held, Memo, Read, State, shown};
use super::date::{self, Reading};
use super::period::{self, Period};
use super::{Data, NO_DATE, TextColumn, id};
use crate::diagnostic::{Diagnostic, Rule};
use crate::fold;
use chrono::{Datelike, NaiveDate};

/// What helps a column of dates besides its own cells.
pub(super) struct Help<'a> {
    /// Texts that may name the year of `7月5日`: title, date line, sheet, file, in this order.
    pub years: &'a [String],
    /// Id numbers of the same rows, where the form says that they must agree with this column.
    pub ids: Option<&'a TextColumn>,
    /// Folded words for "until now".
    pub present: &'a [String],
}

/// How a column writes months, from its cells that leave no doubt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Habit {
    /// 1985.03 occurs.
    padded: bool,
    /// 1985.3 occurs, for a month that is not the tenth.
    bare: bool,
    /// 1985.10 occurs with its zero, as text.
    ten: bool,
}

impl Habit {
    fn of(column: &Column<'_>) -> Habit {
        let mut habit = Habit::default();
        for slot in column.cells {
            match slot.held {
                Held::Number(n) if n.fract() != 0.0 && (1.0..2101.0).contains(&n) => {
                    let hundredths = (n - n.floor()) * 100.0;
                    let months = hundredths.round();
                    if (hundredths - months).abs() < 1e-6 {
                        habit.padded |= (1.0..=9.0).contains(&months);
                        habit.bare |= months % 10.0 == 0.0 && months >= 20.0;
                    }
                }
                Held::Text(t) => match fold::clean(t).split_once('.') {
                    Some((year, month)) if year.bytes().all(|b| b.is_ascii_digit()) => {
                        match month.as_bytes() {
                            [b'0', b'1'..=b'9'] => habit.padded = true,
                            [b'2'..=b'9'] => habit.bare = true,
                            b"10" => habit.ten = true,
                            _ => {}
                        }
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        habit
    }
}

/// Reads a column of dates.
pub(super) fn read(column: &Column<'_>, help: &Help<'_>, out: &mut Vec<Diagnostic>) -> Read {
    let tokens = column.scheme.words.tokens();
    let newest = newest(column);
    let mut memo = Memo::new();
    let mut readings: Vec<Option<Reading>> = Vec::with_capacity(column.cells.len());
    let mut states = column.each(
        out,
        |_, _, _, held| {
            use super::column::Got;
            let reading = match held {
                Held::Date(serial) => date::from_date_cell(serial),
                Held::Number(0.0) => return Got::Blank,
                Held::Number(n) => date::from_number(n, newest),
                Held::Text(t) => match memo.get(t, |t| date::from_text(t, newest)) {
                    Reading::Unreadable => {
                        let clean = fold::clean(t);
                        let word = tokens.get(&clean);
                        // "Until now" is an end that has not come: no date, and no mistake.
                        if word.absent || word.present || clean == "0" {
                            return Got::Blank;
                        }
                        Reading::Unreadable
                    }
                    reading => reading,
                },
                _ => Reading::Unreadable,
            };
            Got::Value(reading)
        },
        |reading| readings.push(reading),
    );
    // A column in which every date is the first of a month says months only.
    let months_only = help.ids.is_some()
        && readings.iter().flatten().all(|r| match r {
            Reading::Day(d) => d.day() == 1,
            _ => true,
        });
    let mut settle = Settle::new(column, help);
    let mut days = Vec::with_capacity(readings.len());
    for (index, reading) in readings.into_iter().enumerate() {
        let Some(reading) = reading else {
            days.push(NO_DATE);
            continue;
        };
        match settle.day(index, reading) {
            Ok((day, month_only)) => {
                let day = if month_only || months_only {
                    settle.by_id(index, day).unwrap_or(day)
                } else {
                    day
                };
                settle.future(index, day, out);
                days.push(number(day));
            }
            Err(variant) => {
                let finding = settle.unreadable(index, variant);
                column.report(out, index, finding);
                days.push(NO_DATE);
                states[index] = State::Gap;
            }
        }
    }
    Read {
        data: Data::Date(days),
        states,
    }
}

/// Reads a column of periods: its first and its last days.
pub(super) fn periods(
    column: &Column<'_>,
    help: &Help<'_>,
    out: &mut Vec<Diagnostic>,
) -> (Read, Read) {
    use super::column::Got;
    let tokens = column.scheme.words.tokens();
    let newest = newest(column);
    let mut memo = Memo::new();
    let mut readings: Vec<Option<Period>> = Vec::with_capacity(column.cells.len());
    let mut states = column.each(
        out,
        |_, _, _, held| {
            let one = |reading| Period {
                start: reading,
                end: Some(reading),
            };
            let read = match held {
                Held::Date(serial) => one(date::from_date_cell(serial)),
                Held::Number(0.0) => return Got::Blank,
                Held::Number(n) => one(date::from_number(n, newest)),
                Held::Text(t) => {
                    match memo.get(t, |t| period::from_text(t, newest, help.present)) {
                        Period {
                            start: Reading::Unreadable,
                            ..
                        } if tokens.get(&fold::clean(t)).absent => return Got::Blank,
                        read => read,
                    }
                }
                _ => one(Reading::Unreadable),
            };
            Got::Value(read)
        },
        |read| readings.push(read),
    );
    let mut settle = Settle::new(column, help);
    let (mut starts, mut ends) = (Vec::new(), Vec::new());
    for (index, read) in readings.into_iter().enumerate() {
        let both = match read {
            None => Ok((NO_DATE, NO_DATE)),
            Some(Period { start, end }) => settle.day(index, start).and_then(|(start, _)| {
                let end = match end {
                    Some(end) => Some(settle.day(index, end)?.0),
                    None => None,
                };
                settle.future(index, end.unwrap_or(start), out);
                Ok((number(start), end.map_or(NO_DATE, number)))
            }),
        };
        let (start, end) = both.unwrap_or_else(|variant| {
            let finding = settle.unreadable(index, variant);
            column.report(out, index, finding);
            states[index] = State::Gap;
            (NO_DATE, NO_DATE)
        });
        starts.push(start);
        ends.push(end);
    }
    (
        Read {
            data: Data::Date(starts),
            states: states.clone(),
        },
        Read {
            data: Data::Date(ends),
            states,
        },
    )
}

/// The day that a table's date line names.
pub(super) fn dated(text: &str, newest: i32) -> Option<i32> {
    match date::from_text(text, newest) {
        Reading::Day(day) | Reading::Month(day) => Some(number(day)),
        _ => None,
    }
}

fn newest(column: &Column<'_>) -> i32 {
    // Two digits of a year mean the past, except where the future is asked for.
    column.scheme.cut_off.year() + if column.field.future { 10 } else { 0 }
}

/// Days since 1970-01-01.
pub(super) fn number(day: NaiveDate) -> i32 {
    // Day 719,163 of the common era is 1970-01-01.
    day.num_days_from_ce() - 719_163
}

struct Settle<'a> {
    column: &'a Column<'a>,
    help: &'a Help<'a>,
    habit: Option<Habit>,
    own_years: Option<Vec<i32>>,
}

impl<'a> Settle<'a> {
    fn new(column: &'a Column<'a>, help: &'a Help<'a>) -> Self {
        Settle {
            column,
            help,
            habit: None,
            own_years: None,
        }
    }

    /// The day and whether only its month was given, or the variant of the message.
    fn day(&mut self, index: usize, reading: Reading) -> Result<(NaiveDate, bool), &'static str> {
        match reading {
            Reading::Day(day) => Ok((day, false)),
            Reading::Month(first) => Ok((first, true)),
            Reading::FirstOrTenth(year) => self.first_or_tenth(index, year),
            Reading::NoYear { month, day } => self.with_year(month, day).ok_or("no-year"),
            Reading::Year(_) => Err("year"),
            Reading::Ambiguous => Err("order"),
            Reading::Implausible => Err("implausible"),
            Reading::Unreadable => Err(""),
        }
    }

    fn first_or_tenth(
        &mut self,
        index: usize,
        year: i32,
    ) -> Result<(NaiveDate, bool), &'static str> {
        let column = self.column;
        let habit = *self.habit.get_or_insert_with(|| Habit::of(column));
        let typed = matches!(column.cells[index].held, Held::Text(_));
        let month = if habit.padded {
            10
        } else if typed || (habit.bare && habit.ten) {
            1
        } else {
            // The id number beside it, where it names one of the two.
            let birth = self.birth(index).filter(|b| b.year() == year);
            birth
                .map(|b| b.month())
                .filter(|m| matches!(m, 1 | 10))
                .ok_or("ambiguous")?
        };
        match date::month(year, month) {
            Reading::Month(first) => Ok((first, true)),
            _ => Err("implausible"),
        }
    }

    fn with_year(&mut self, month: u32, day: Option<u32>) -> Option<(NaiveDate, bool)> {
        let column = self.column;
        let own = self.own_years.get_or_insert_with(|| {
            let mut years = Vec::new();
            for slot in column.cells {
                match slot.held {
                    Held::Text(t) => years_in(t, &mut years),
                    Held::Date(d) => years.extend(date::of_serial(d).map(|d| d.year())),
                    _ => {}
                }
            }
            years.sort_unstable();
            years.dedup();
            years
        });
        let mut candidates = Vec::new();
        candidates.extend(year_of(own, month));
        for text in self.help.years {
            let mut years = Vec::new();
            years_in(text, &mut years);
            years.sort_unstable();
            years.dedup();
            candidates.extend(year_of(&years, month));
        }
        let year = *candidates.first()?;
        let day_ = NaiveDate::from_ymd_opt(year, month, day.unwrap_or(1))?;
        // A year that puts the date into the future was not the one that is meant.
        (column.field.future || day_ <= column.scheme.cut_off).then_some((day_, day.is_none()))
    }

    fn birth(&self, index: usize) -> Option<NaiveDate> {
        Some(id::facts(self.help.ids?.get(index)?)?.birth)
    }

    /// The id number's day, where it is valid and agrees with the month.
    fn by_id(&self, index: usize, day: NaiveDate) -> Option<NaiveDate> {
        self.birth(index)
            .filter(|b| (b.year(), b.month()) == (day.year(), day.month()))
    }

    fn future(&self, index: usize, day: NaiveDate, out: &mut Vec<Diagnostic>) {
        let column = self.column;
        if day > column.scheme.cut_off && !column.field.future {
            let finding = column
                .finding(index, Rule::DateFuture)
                .arg("value", day)
                .arg("cut_off", column.scheme.cut_off);
            column.report(out, index, finding);
        }
    }

    fn unreadable(&self, index: usize, variant: &'static str) -> Diagnostic {
        self.column
            .finding(index, Rule::DateUnreadable)
            .variant(variant)
            .arg("value", shown(self.column.cells[index].held))
    }
}

/// The one year that texts name, or the year of a school year to which a month belongs.
fn year_of(years: &[i32], month: u32) -> Option<i32> {
    match *years {
        [year] => Some(year),
        [first, second] if second == first + 1 => match month {
            9..=12 => Some(first),
            1..=7 => Some(second),
            _ => None,
        },
        _ => None,
    }
}

/// Years that a text names: runs of four digits, or of eight or six that begin with one.
fn years_in(text: &str, years: &mut Vec<i32>) {
    let clean = fold::clean(text);
    let clean = fold::numerals(&clean);
    for run in clean.split(|c: char| !c.is_ascii_digit()) {
        if matches!(run.len(), 4 | 6 | 8) {
            let year = run[..4].parse().unwrap_or(0);
            if (1990..=2100).contains(&year) {
                years.push(year);
            }
        }
    }
}

#[cfg(test)]
#[path = "dates_tests.rs"]
mod tests;
