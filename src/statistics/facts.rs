//! What is known about each record: stored values, values derived at the cut-off, and those of the
//! person's roster record and school. Everything is read once and kept while measures are made.

use crate::fold;
use crate::frames::view::Texts;
use crate::frames::{Dataset, FormFrame};
use crate::normalise::{NO_DATE, NO_NUMBER};
use crate::scheme::measure::{Literal, Operand};
use crate::scheme::{FieldIdx, FormIdx, Kind, Scheme, whole_years};
use chrono::{Datelike, NaiveDate, TimeDelta};
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

/// The form that lists who is there.
const ROSTER: &str = "roster";
/// No record.
const NOBODY: u32 = u32::MAX;

/// The dataset as measures see it.
pub(super) struct Facts<'a> {
    pub(super) scheme: &'a Scheme,
    pub(super) dataset: &'a Dataset,
    /// Schools of the directory in official order, then those it does not know, by name.
    pub(super) schools: Vec<SchoolFacts>,
    /// How many of them the directory knows.
    pub(super) listed: usize,
    /// Town groups in the directory's order, then the groups of schools without one.
    pub(super) districts: Vec<String>,
    school_numbers: Vec<Rc<Vec<u32>>>,
    /// First roster record of each person.
    roster_of: Vec<u32>,
    numbers: RefCell<Numbers>,
}

/// Numbers of a form's records that were asked for before.
type Numbers = HashMap<(FormIdx, Operand), Rc<Vec<i64>>>;

/// One school as conditions and rows see it.
#[derive(Debug, Clone, Default)]
pub(super) struct SchoolFacts {
    /// Shown in rows; distinct.
    pub(super) name: String,
    /// Index in [`Facts::districts`].
    pub(super) district: u32,
    pub(super) folded_name: String,
    pub(super) folded_district: String,
    pub(super) folded_kind: String,
    /// Code in the area vocabulary, or [`NO_NUMBER`].
    pub(super) area: i64,
}

/// The texts of an operand, one a record.
pub(super) struct TextValues<'a> {
    texts: Option<Texts<'a>>,
    /// Records of the frame that has the texts, where that is another one.
    via: Option<Vec<u32>>,
}

impl<'a> TextValues<'a> {
    /// The text of a record; blank is none.
    pub(super) fn get(&self, record: usize) -> Option<&'a str> {
        let at = match &self.via {
            Some(via) if via[record] == NOBODY => return None,
            Some(via) => via[record] as usize,
            None => record,
        };
        self.texts?.get(at).filter(|t| !t.is_empty())
    }
}

impl<'a> Facts<'a> {
    pub(super) fn new(dataset: &'a Dataset, scheme: &'a Scheme) -> Self {
        let (schools, listed, districts, numbers) = schools(dataset, scheme);
        let school_numbers = dataset
            .forms
            .iter()
            .map(|f| Rc::new(f.school_ids.iter().map(|s| numbers[*s as usize]).collect()))
            .collect();
        let mut roster_of = vec![NOBODY; dataset.persons as usize];
        if let Some(roster) = scheme.form(ROSTER).and_then(|f| dataset.forms.get(f)) {
            for (record, person) in roster.persons.iter().enumerate().rev() {
                roster_of[*person as usize] = record as u32;
            }
        }
        Facts {
            scheme,
            dataset,
            schools,
            listed,
            districts,
            school_numbers,
            roster_of,
            numbers: RefCell::default(),
        }
    }

    pub(super) fn frame(&self, form: FormIdx) -> &'a FormFrame {
        &self.dataset.forms[form]
    }

    /// How many records a form has.
    pub(super) fn len(&self, form: FormIdx) -> usize {
        self.dataset.forms.get(form).map_or(0, FormFrame::len)
    }

    /// The calendar year that the run's period lies in.
    pub(super) fn year(&self) -> i32 {
        let period = self.scheme.period.split_once('-');
        period
            .and_then(|(year, _)| year.parse().ok())
            .unwrap_or(self.scheme.cut_off.year())
    }

    /// Index in [`Facts::schools`] of each record's school.
    pub(super) fn school_of(&self, form: FormIdx) -> Rc<Vec<u32>> {
        self.school_numbers.get(form).cloned().unwrap_or_default()
    }

    /// Whether town groups mean anything: no directory, or one without towns, has none.
    pub(super) fn has_districts(&self) -> bool {
        self.schools[..self.listed]
            .iter()
            .any(|s| !s.folded_district.is_empty())
    }

    /// Whether an operand is kept as text.
    pub(super) fn is_text(&self, form: FormIdx, operand: Operand) -> bool {
        let kind = |form: FormIdx, f: FieldIdx| {
            matches!(
                self.scheme.forms[form].fields[f].kind,
                Kind::Text | Kind::Name | Kind::IdNumber | Kind::Phone | Kind::Label
            )
        };
        match operand {
            Operand::Field(f) => kind(form, f),
            Operand::Roster(f) => self.scheme.form(ROSTER).is_some_and(|r| kind(r, f)),
            _ => false,
        }
    }

    /// The texts of a text operand.
    pub(super) fn texts(&self, form: FormIdx, operand: Operand) -> TextValues<'a> {
        let of = |form: FormIdx, f: FieldIdx| {
            let frame = self.dataset.forms.get(form)?;
            frame.texts(&self.scheme.forms[form].fields[f].id)
        };
        match (operand, self.scheme.form(ROSTER)) {
            (Operand::Field(f), _) => TextValues {
                texts: of(form, f),
                via: None,
            },
            (Operand::Roster(f), Some(roster)) => TextValues {
                texts: of(roster, f),
                via: Some(self.roster_records(form)),
            },
            _ => TextValues {
                texts: None,
                via: None,
            },
        }
    }

    /// The roster record of each record's person, or [`NOBODY`].
    fn roster_records(&self, form: FormIdx) -> Vec<u32> {
        let persons = &self.frame(form).persons;
        persons
            .iter()
            .map(|p| self.roster_of[*p as usize])
            .collect()
    }

    /// The values of an operand that is stored as a number, [`NO_NUMBER`] for none.
    pub(super) fn numbers(&self, form: FormIdx, operand: Operand) -> Rc<Vec<i64>> {
        if let Some(known) = self.numbers.borrow().get(&(form, operand)) {
            return known.clone();
        }
        let made = Rc::new(self.make_numbers(form, operand));
        self.numbers
            .borrow_mut()
            .insert((form, operand), made.clone());
        made
    }

    fn make_numbers(&self, form: FormIdx, operand: Operand) -> Vec<i64> {
        let len = self.len(form);
        let nothing = || vec![NO_NUMBER; len];
        if len == 0 {
            return Vec::new();
        }
        match operand {
            Operand::Field(f) => self.stored(form, f),
            Operand::Roster(f) => match self.scheme.form(ROSTER) {
                Some(roster) => {
                    let values = self.numbers(roster, Operand::Field(f));
                    self.through_roster(form, &values)
                }
                None => nothing(),
            },
            Operand::Age => self.of_roster(form, operand, "birth_date", |r| self.ages(r)),
            Operand::TeachingYears => self.of_roster(form, operand, "work_start", |r| {
                let starts = self.roster_dates(r, "work_start");
                starts.iter().map(|d| self.years_to_cut_off(*d)).collect()
            }),
            Operand::Days => {
                let of = |id: &str| {
                    self.scheme.forms[form]
                        .field(id)
                        .map(|f| self.numbers(form, Operand::Field(f)))
                };
                let (Some(from), Some(to)) = (of("start_date"), of("end_date")) else {
                    return nothing();
                };
                from.iter()
                    .zip(to.iter())
                    .map(|(a, b)| match (*a, *b) {
                        (NO_NUMBER, _) | (_, NO_NUMBER) => NO_NUMBER,
                        (a, b) if b < a => NO_NUMBER,
                        (a, b) => b - a + 1,
                    })
                    .collect()
            }
            Operand::Area => self.areas(form),
            Operand::CycleYear(f) => self.dated(form, f, |d| match self.scheme.cycle {
                Some(cycle) => cycle.year_of(d),
                None => i64::from(d.year()),
            }),
            Operand::CalendarYear(f) => self.dated(form, f, |d| d.year().into()),
            Operand::Term(f) => {
                self.dated(form, f, |d| if (2..8).contains(&d.month()) { 2 } else { 1 })
            }
            Operand::Month(f) => self.dated(form, f, |d| d.month().into()),
            Operand::District | Operand::School | Operand::SchoolKind | Operand::Item => nothing(),
        }
    }

    /// A stored field that is no text.
    fn stored(&self, form: FormIdx, f: FieldIdx) -> Vec<i64> {
        let frame = self.frame(form);
        let field = &self.scheme.forms[form].fields[f];
        let id = field.id.as_str();
        let none = |v: Option<i64>| v.unwrap_or(NO_NUMBER);
        let found: Option<Vec<i64>> = match &field.kind {
            Kind::Vocabulary(_) => frame
                .codes(id)
                .map(|c| c.iter().map(|v| none(v.map(i64::from))).collect()),
            Kind::Date => frame.dates(id).map(|d| {
                d.iter()
                    .map(|v| {
                        if *v == NO_DATE {
                            NO_NUMBER
                        } else {
                            i64::from(*v)
                        }
                    })
                    .collect()
            }),
            Kind::Integer => frame.integers(id).map(<[i64]>::to_vec),
            Kind::Decimal | Kind::Money => frame.decimals(id).map(|d| d.iter().map(none).collect()),
            Kind::Boolean => frame.booleans(id).map(|b| {
                (0..frame.len())
                    .map(|i| none(b.get(i).map(i64::from)))
                    .collect()
            }),
            _ => None,
        };
        found.unwrap_or_else(|| vec![NO_NUMBER; frame.len()])
    }

    /// Values of the roster's records, brought to another form's by person.
    fn through_roster(&self, form: FormIdx, values: &[i64]) -> Vec<i64> {
        self.roster_records(form)
            .into_iter()
            .map(|r| match r {
                NOBODY => NO_NUMBER,
                r => values[r as usize],
            })
            .collect()
    }

    /// Something that rosters tell, for the records of any form; a form that asks for `field`
    /// itself, such as nominations, tells it of its own people.
    fn of_roster(
        &self,
        form: FormIdx,
        operand: Operand,
        field: &str,
        make: impl FnOnce(FormIdx) -> Vec<i64>,
    ) -> Vec<i64> {
        let fields = &self.scheme.forms[form].fields;
        if fields.iter().any(|f| f.id == field && f.stored) {
            return make(form);
        }
        match self.scheme.form(ROSTER) {
            Some(roster) if roster == form => make(roster),
            Some(roster) => {
                let values = self.numbers(roster, operand);
                self.through_roster(form, &values)
            }
            None => vec![NO_NUMBER; self.len(form)],
        }
    }

    fn roster_dates(&self, roster: FormIdx, field: &str) -> Rc<Vec<i64>> {
        match self.scheme.forms[roster].field(field) {
            Some(f) => self.numbers(roster, Operand::Field(f)),
            None => Rc::new(vec![NO_NUMBER; self.len(roster)]),
        }
    }

    fn ages(&self, roster: FormIdx) -> Vec<i64> {
        let births = self.roster_dates(roster, "birth_date");
        let ids = self.frame(roster).texts("id_number");
        births
            .iter()
            .enumerate()
            .map(|(i, born)| match born {
                &NO_NUMBER => ids
                    .and_then(|ids| birth_of(ids.get(i)?))
                    .map_or(NO_NUMBER, |born| whole_years(born, self.scheme.cut_off)),
                born => self.years_to_cut_off(*born),
            })
            .collect()
    }

    fn years_to_cut_off(&self, days: i64) -> i64 {
        date(days).map_or(NO_NUMBER, |d| whole_years(d, self.scheme.cut_off))
    }

    /// Something of a date; a field of years stands for their first days.
    fn dated(&self, form: FormIdx, f: FieldIdx, of: impl Fn(NaiveDate) -> i64) -> Vec<i64> {
        let is_year = self.scheme.forms[form].fields[f].kind == Kind::Integer;
        let values = self.numbers(form, Operand::Field(f));
        values
            .iter()
            .map(|v| {
                let day = match is_year {
                    true => i32::try_from(*v)
                        .ok()
                        .and_then(|y| NaiveDate::from_ymd_opt(y, 12, 31)),
                    false => date(*v),
                };
                day.map_or(NO_NUMBER, &of)
            })
            .collect()
    }

    fn areas(&self, form: FormIdx) -> Vec<i64> {
        let field = |form: FormIdx| self.scheme.forms[form].field("area");
        let mut areas = match field(form) {
            Some(f) => self.numbers(form, Operand::Field(f)).to_vec(),
            None => vec![NO_NUMBER; self.len(form)],
        };
        let roster = self.scheme.form(ROSTER).filter(|r| *r != form);
        if let Some((r, f)) = roster.and_then(|r| Some((r, field(r)?))) {
            let theirs = self.through_roster(form, &self.numbers(r, Operand::Field(f)));
            fill(&mut areas, theirs);
        }
        let schools = self.school_of(form);
        let theirs = schools.iter().map(|s| self.schools[*s as usize].area);
        fill(&mut areas, theirs);
        areas
    }
}

fn fill(values: &mut [i64], from: impl IntoIterator<Item = i64>) {
    for (value, other) in values.iter_mut().zip(from) {
        if *value == NO_NUMBER {
            *value = other;
        }
    }
}

/// The day of a number of days since 1970-01-01.
pub(super) fn date(days: i64) -> Option<NaiveDate> {
    NaiveDate::default().checked_add_signed(TimeDelta::try_days(days)?)
}

/// Days since 1970-01-01.
pub(super) fn days(date: NaiveDate) -> i64 {
    (date - NaiveDate::default()).num_days()
}

/// The day of birth inside an 18-character id number.
fn birth_of(id: &str) -> Option<NaiveDate> {
    if id.len() != 18 {
        return None;
    }
    NaiveDate::parse_from_str(id.get(6..14)?, "%Y%m%d").ok()
}

/// Every school, how many the directory knows, the town groups, and the number in this list of
/// each school of the dataset.
fn schools(dataset: &Dataset, scheme: &Scheme) -> (Vec<SchoolFacts>, usize, Vec<String>, Vec<u32>) {
    let areas = scheme.vocabulary("area");
    let mut districts: Vec<String> = Vec::new();
    let mut all: Vec<SchoolFacts> = Vec::new();
    for school in scheme.directory.schools() {
        let known = districts.iter().position(|d| *d == school.district);
        let district = match known {
            Some(d) => d,
            None if school.district.is_empty() => usize::MAX,
            None => {
                districts.push(school.district.clone());
                districts.len() - 1
            }
        };
        all.push(SchoolFacts {
            name: school.name.clone(),
            district: u32::try_from(district).unwrap_or(u32::MAX),
            folded_name: fold::label(&school.name),
            folded_district: fold::label(&school.district),
            folded_kind: fold::label(&school.kind),
            area: areas
                .and_then(|v| v.code(&school.area))
                .map_or(NO_NUMBER, i64::from),
        });
    }
    let listed = all.len();
    // Schools without a town, and schools that the directory does not know, come after all towns.
    let (blank, unknown) = (districts.len() as u32, districts.len() as u32 + 1);
    districts.push(super::words::say("statistics.no-district"));
    districts.push(super::words::say("statistics.unlisted"));
    for school in all.iter_mut().filter(|s| s.district == u32::MAX) {
        school.district = blank;
    }
    let mut numbers = Vec::with_capacity(dataset.schools.len());
    for school in &dataset.schools {
        match school.index.filter(|i| *i < listed) {
            Some(i) => numbers.push(i as u32),
            None => {
                numbers.push(all.len() as u32);
                let name = match school.name.is_empty() {
                    true => super::words::say("statistics.no-school"),
                    false => school.name.clone(),
                };
                all.push(SchoolFacts {
                    folded_name: fold::label(&school.name),
                    name,
                    district: unknown,
                    area: NO_NUMBER,
                    ..SchoolFacts::default()
                });
            }
        }
    }
    // Figures are named by the school, so no two may have one name.
    let mut seen = BTreeSet::new();
    for school in &mut all {
        let plain = school.name.clone();
        let mut n = 1;
        while !seen.insert(school.name.clone()) {
            n += 1;
            school.name = format!("{plain} ({n})");
        }
    }
    (all, listed, districts, numbers)
}

/// Whether a number is one of these.
pub(super) fn is_in(values: &[Literal], number: i64) -> bool {
    values.binary_search(&Literal::Number(number)).is_ok()
}
