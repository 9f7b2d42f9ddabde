//! A scheme as plain data: forms, vocabularies, measures, funding, pages. Closed before data is
//! opened: after parsing every name resolves.

pub mod blank;
mod check;
pub mod corrections;
pub mod derived;
pub mod dictionary;
pub mod directory;
pub mod dynamics;
mod edition;
pub mod form;
pub mod form_file;
pub mod learned;
mod looks_at;
pub mod lookup;
pub mod measure;
pub mod page;
pub mod parse;
pub mod prose;
mod school_text;
pub mod spellings;
pub mod stamp;
pub mod subsidy;
pub mod tally;
pub mod templates;
pub mod words;

pub use check::Check;
pub use corrections::{CORRECTIONS_FORM, Correction};
pub use dictionary::{Candidate, Dictionary, LineLabel, Reading, SLASH, Spelling, TotalRank};
pub use directory::{DIRECTORY_FORM, Directory, Extent, Found, School};
pub use edition::Edition;
pub use form::{Blank, Code, Field, FieldIdx, Form, FormIdx, Kind, Matching, Spread, Vocabulary};
pub use form_file::FormFile;
pub use learned::{Decisions, Learned, LearnedHeader, LearnedValue};
pub use lookup::QuickMap;
pub use measure::{Measure, MeasureKind};
pub use page::{ChartKind, ChartSpec, NUMBERED, PageKind, PageSpec, PrintSpec};
pub use parse::SchemeProblem;
pub use spellings::{Meaning, Spellings, Token, Tokens};
pub use words::{SchoolWords, Words};

use crate::diagnostic::{Diagnostic, Rule, Severity};
use crate::message;
use chrono::{Datelike, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

/// Everything a run needs to know besides the data itself.
#[derive(Debug, Clone, Default)]
pub struct Scheme {
    /// Stable id.
    pub id: String,
    /// What clerks call it.
    pub title: String,
    /// Forms that tables can be. All known forms stand here; [`Scheme::wanted`] tells which ones
    /// this scheme collects.
    pub forms: Vec<Form>,
    /// Whether the scheme collects the form of the same index.
    pub wanted: Vec<bool>,
    /// Forms that not every school has something to send in: none of them is missing where it did
    /// not come. Same index.
    pub occasional: Vec<bool>,
    /// What the scheme calls its units, where they are no towns and schools.
    pub places: Places,
    /// All vocabularies.
    pub vocabularies: Vec<Vocabulary>,
    /// Layout words.
    pub words: Words,
    /// The bureau's directory; empty without `--schools`.
    pub directory: Directory,
    /// What the bureau has decided about single cells and rows of submissions.
    pub corrections: Vec<Correction>,
    /// The bureau that signs; printed in titles.
    pub bureau: String,
    /// Number and date of the document that the scheme rests on; empty where none is named.
    pub document: String,
    /// First and last day on which the document is in force, where it says so.
    pub effective: (Option<NaiveDate>, Option<NaiveDate>),
    /// What the scheme said and says, in the order of the dates; empty where it was never changed.
    pub editions: Vec<Edition>,
    /// The scheme's cycle, where it has one.
    pub cycle: Option<Cycle>,
    /// How the cut-off follows from the period.
    pub cut_off_rule: CutOff,
    /// Figures that the source leaves open, with the values in force.
    pub params: Vec<Param>,
    /// What is computed, in order.
    pub measures: Vec<Measure>,
    /// Severities that differ from the rules' own.
    pub severities: BTreeMap<Rule, Severity>,
    /// Rules that the scheme switches off: their findings are counted, not shown.
    pub off: BTreeSet<Rule>,
    /// Report pages in order.
    pub pages: Vec<PageSpec>,
    /// Forms of a superior bureau that are filled.
    pub form_files: Vec<FormFile>,
    /// What does not add up in the scheme itself, though it can be run.
    pub doubts: Vec<SchemeProblem>,
    /// The period of the run, `YYYY-MM`.
    pub period: String,
    /// As of which day ages and dates are judged: an input, never the clock.
    pub cut_off: NaiveDate,
    /// Spellings that the bureau's clerks have confirmed.
    pub learned: Learned,
    /// Header spellings and layout words, folded on first use.
    pub dictionary: derived::Derived<Dictionary>,
}

/// Years that repeat: the cycle that holds a day begins a whole number of cycles before or after
/// `start`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cycle {
    /// First day of some cycle.
    pub start: NaiveDate,
    /// Its length in years, at least 1.
    pub years: u32,
}

impl Cycle {
    /// First day of the cycle that holds the day.
    pub fn start_of(self, day: NaiveDate) -> NaiveDate {
        let years = i64::from(self.years.max(1));
        let passed = whole_years(self.start, day);
        plus_years(self.start, passed.div_euclid(years) * years)
    }

    /// First day of the year of the cycle that holds the day.
    pub fn year_start_of(self, day: NaiveDate) -> NaiveDate {
        plus_years(self.start, whole_years(self.start, day))
    }

    /// Which year of its cycle a day lies in, from 1.
    pub fn year_of(self, day: NaiveDate) -> i64 {
        whole_years(self.start, day).rem_euclid(i64::from(self.years.max(1))) + 1
    }
}

/// Full years from one day to another, rounded down: the age of someone born on `from`. A 29
/// February counts as 1 March in common years.
pub fn whole_years(from: NaiveDate, to: NaiveDate) -> i64 {
    let years = i64::from(to.year()) - i64::from(from.year());
    years - i64::from((to.month(), to.day()) < (from.month(), from.day()))
}

/// The same day some years on; 29 February becomes 1 March where there is none.
pub fn plus_years(day: NaiveDate, years: i64) -> NaiveDate {
    let year = i32::try_from(i64::from(day.year()) + years).unwrap_or(day.year());
    day.with_year(year)
        .or_else(|| NaiveDate::from_ymd_opt(year, 3, 1))
        .unwrap_or(day)
}

/// How the cut-off date follows from the period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CutOff {
    /// Last day of the period's month.
    #[default]
    PeriodEnd,
    /// Last day of the calendar year of the period.
    YearEnd,
    /// 31 August of the school year that the period lies in.
    SchoolYearEnd,
    /// A fixed day.
    Day(NaiveDate),
}

/// What a scheme calls the units that report and the groups they stand in; empty for the usual
/// words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Places {
    /// Instead of town: city, province.
    pub district: String,
    /// Instead of school: training base, bureau.
    pub school: String,
}

/// A named figure of a scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Param {
    /// Name, used in the file as `"$name"`.
    pub id: String,
    /// What clerks call it.
    pub title: String,
    /// Its value as written.
    pub value: String,
    /// Its value as titles and notes print it: a number between 0 and 1 in percent, anything else
    /// as written.
    pub printed: String,
}

impl Param {
    /// How titles and notes name it, without the braces.
    pub fn placeholder(&self) -> String {
        format!("{}{}", page::PARAM, self.id)
    }
}

impl Scheme {
    /// The form of that id.
    pub fn form(&self, id: &str) -> Option<FormIdx> {
        self.forms.iter().position(|f| f.id == id)
    }

    /// Header spellings and layout words, ready to look up.
    pub fn dictionary(&self) -> &Dictionary {
        self.dictionary.get_or(|| {
            let mut all = Dictionary::new(&self.forms, &self.words);
            for header in &self.learned.all.headers {
                let kind = &self.forms[header.form].fields[header.field].kind;
                all.learn(&header.spelling, kind, header.form, header.field);
            }
            all
        })
    }

    /// The vocabulary of that id.
    pub fn vocabulary(&self, id: &str) -> Option<&Vocabulary> {
        self.vocabularies.iter().find(|v| v.id == id)
    }

    /// Sets the period, whose last day the caller knows, the edition that is in force then, and the
    /// cut-off that follows.
    pub fn set_period(&mut self, period: &str, month_end: NaiveDate) {
        self.period = period.to_owned();
        self.put_in_force(month_end);
        self.cut_off = match self.cut_off_rule {
            CutOff::PeriodEnd => month_end,
            CutOff::YearEnd => day(month_end.year(), 12, 31),
            CutOff::SchoolYearEnd if month_end.month() > 8 => day(month_end.year() + 1, 8, 31),
            CutOff::SchoolYearEnd => day(month_end.year(), 8, 31),
            CutOff::Day(fixed) => fixed,
        };
    }

    /// The measure of that id.
    pub fn measure(&self, id: &str) -> Option<usize> {
        self.measures.iter().position(|m| m.id == id)
    }

    /// A title or note with what stands in braces filled in: `{param.<name>}` by the named figure,
    /// everything else by what the caller gives.
    pub fn fill(&self, text: &str, given: &[(&str, String)]) -> String {
        let names: Vec<String> = self.params.iter().map(Param::placeholder).collect();
        let params = names.iter().map(String::as_str);
        let params = params.zip(self.params.iter().map(|p| p.printed.as_str()));
        let given = given.iter().map(|(name, value)| (*name, value.as_str()));
        message::fill(text, &given.chain(params).collect::<Vec<_>>())
    }

    /// Takes out the findings of rules that this scheme switches off, and counts them.
    pub fn switch_off(&self, diagnostics: &mut Vec<Diagnostic>) -> BTreeMap<Rule, usize> {
        let mut out = BTreeMap::new();
        if !self.off.is_empty() {
            diagnostics.retain(|d| {
                let on = !self.off.contains(&d.rule);
                if !on {
                    *out.entry(d.rule).or_default() += 1;
                }
                on
            });
        }
        out
    }

    /// Gives findings the severities that this scheme asks for. A severity that its finder chose
    /// itself gives way too: the scheme knows the bureau's wish, the finder only the case.
    pub fn apply_severities(&self, diagnostics: &mut [Diagnostic]) {
        for d in diagnostics {
            if let Some(severity) = self.severities.get(&d.rule) {
                d.severity = *severity;
            }
        }
    }
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn years_are_full_only_on_the_day() {
        assert_eq!(whole_years(d("1985-03-15"), d("2025-03-14")), 39);
        assert_eq!(whole_years(d("1985-03-15"), d("2025-03-15")), 40);
        assert_eq!(whole_years(d("1988-02-29"), d("2025-02-28")), 36);
        assert_eq!(whole_years(d("1988-02-29"), d("2025-03-01")), 37);
        assert_eq!(whole_years(d("2025-03-01"), d("2025-02-28")), -1);
    }

    #[test]
    fn cycles_repeat_in_both_directions() {
        let c = Cycle {
            start: d("2024-09-01"),
            years: 3,
        };
        assert_eq!(c.start_of(d("2027-08-31")), d("2024-09-01"));
        assert_eq!(c.start_of(d("2027-09-01")), d("2027-09-01"));
        assert_eq!(c.start_of(d("2024-08-31")), d("2021-09-01"));
        assert_eq!(c.year_start_of(d("2026-02-01")), d("2025-09-01"));
        assert_eq!(
            [
                c.year_of(d("2024-08-31")),
                c.year_of(d("2024-09-01")),
                c.year_of(d("2026-12-01"))
            ],
            [3, 1, 3]
        );
    }

    #[test]
    fn the_cut_off_follows_the_period() {
        let mut s = Scheme::default();
        s.set_period("2025-06", d("2025-06-30"));
        assert_eq!((s.period.as_str(), s.cut_off), ("2025-06", d("2025-06-30")));
        s.cut_off_rule = CutOff::SchoolYearEnd;
        s.set_period("2025-10", d("2025-10-31"));
        assert_eq!(s.cut_off, d("2026-08-31"));
    }
}
