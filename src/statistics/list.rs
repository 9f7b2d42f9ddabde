//! Lists: persons or records one by one, in the order of schools and of their own sheets.

use super::column;
use super::facts::{self, Facts};
use super::{Column, Figure, Level, Number, Quantity, Row, Tabulation, footnotes, words};
use super::{axis, capped, eligibility, movement, ranking, reimbursement, requirement, subsidy};
use crate::diagnostic::mask;
use crate::normalise::NO_NUMBER;
use crate::scheme::measure::{List, ListColumn, Measure, MeasureKind, Operand};
use crate::scheme::{Field, FormIdx, Kind, QuickMap};

/// The list of a measure.
pub(super) fn measure(facts: &Facts<'_>, measure: &Measure, spec: &List) -> Tabulation {
    let of = match spec {
        List::Of(of) | List::Claims { of, .. } => &facts.scheme.measures[*of],
        List::Records { .. } => measure,
    };
    if let (MeasureKind::Reimbursement(r), List::Claims { columns, .. }) = (&of.kind, spec) {
        return reimbursement::claims(facts, measure, r, columns);
    }
    match (&of.kind, spec) {
        (MeasureKind::Requirement(r), _) => requirement::unmet(facts, measure, r),
        (MeasureKind::Eligibility(e), _) => eligibility::rejected(facts, measure, e),
        (MeasureKind::CappedSum(c), _) => capped::over(facts, measure, c),
        (MeasureKind::Reimbursement(r), _) => reimbursement::cut(facts, measure, r),
        (MeasureKind::Movement(m), _) => movement::moved(facts, measure, of, m),
        (MeasureKind::Subsidy(s), _) => subsidy::records(facts, measure, s),
        (
            _,
            List::Records {
                population,
                columns,
                ranking,
            },
        ) => {
            let selected = facts.select(population);
            let form = population.form;
            let values = values_of(facts, form, columns);
            let heads = heads_of(facts, form, columns);
            let figures = |record: u32| values.iter().map(|v| v(record as usize)).collect();
            let mut made = match ranking.keys.is_empty() {
                true => tabulate(facts, measure, form, &selected.records, heads, |i| {
                    figures(selected.records[i])
                }),
                false => {
                    let records = &selected.records;
                    ranking::tabulate(facts, measure, form, records, ranking, heads, figures)
                }
            };
            made.footnotes.extend(footnotes(&selected));
            made
        }
        // The parser lets lists refer to the kinds above only.
        _ => Tabulation::default(),
    }
}

/// One line a record: town, school and person in front, in official order. `figures` gets the
/// position in `records`.
pub(super) fn tabulate(
    facts: &Facts<'_>,
    measure: &Measure,
    form: FormIdx,
    records: &[u32],
    columns: Vec<Column>,
    figures: impl Fn(usize) -> Vec<Figure>,
) -> Tabulation {
    let schools = facts.school_of(form);
    let school = |i: usize| schools[records[i] as usize];
    let mut order: Vec<usize> = (0..records.len()).collect();
    order.sort_by_key(|i| {
        (
            facts.schools[school(*i) as usize].district,
            school(*i),
            records[*i],
        )
    });
    let sorted: Vec<u32> = order.iter().map(|i| records[*i]).collect();
    let entries = entries(facts, form, &sorted);
    lines(facts, measure, form, entries, columns, |i| {
        figures(order[i])
    })
}

/// A line of a list.
pub(super) struct Entry {
    /// The school, as an index of [`Facts::schools`].
    pub(super) school: u32,
    /// What the person is called.
    pub(super) person: String,
    /// The record behind it.
    pub(super) evidence: Option<(u16, u32)>,
}

/// Lines of records in the order given.
pub(super) fn entries(facts: &Facts<'_>, form: FormIdx, records: &[u32]) -> Vec<Entry> {
    let schools = facts.school_of(form);
    let persons = Persons::new(facts, form);
    let entry = |r: &u32| Entry {
        school: schools[*r as usize],
        person: persons.name(*r),
        evidence: Some((form as u16, *r)),
    };
    records.iter().map(entry).collect()
}

/// Lines in the order given, of what a form is about. `figures` gets the position in `entries`.
pub(super) fn lines(
    facts: &Facts<'_>,
    measure: &Measure,
    form: FormIdx,
    entries: Vec<Entry>,
    columns: Vec<Column>,
    figures: impl Fn(usize) -> Vec<Figure>,
) -> Tabulation {
    let with_districts = facts.has_districts();
    let persons = Persons::new(facts, form);
    // Two lines of one person must not have one name: figures are found by it.
    let mut seen: QuickMap<(u32, String), u32> = QuickMap::default();
    let mut rows = Vec::with_capacity(entries.len());
    for (i, entry) in entries.into_iter().enumerate() {
        let place = &facts.schools[entry.school as usize];
        let mut person = entry.person;
        let times = seen.entry((entry.school, person.clone())).or_default();
        *times += 1;
        if *times > 1 {
            person = format!("{person} ({times})");
        }
        let mut group = Vec::with_capacity(3);
        if with_districts {
            let district = facts.districts[place.district as usize].clone();
            group.push(("district".to_owned(), district));
        }
        group.push(("school".to_owned(), place.name.clone()));
        group.push((persons.dimension().0, person));
        let mut made = figures(i);
        if let Some(first) = made.first_mut() {
            first.evidence = entry.evidence.into_iter().collect();
        }
        rows.push(Row {
            level: Level::Leaf,
            group,
            figures: made,
        });
    }
    let places = &facts.scheme.places;
    let mut dimensions = vec![
        (
            "school".to_owned(),
            words::or(&places.school, "statistics.school"),
        ),
        persons.dimension(),
    ];
    if with_districts {
        dimensions.insert(
            0,
            (
                "district".to_owned(),
                words::or(&places.district, "statistics.district"),
            ),
        );
    }
    Tabulation {
        measure: measure.id.clone(),
        title: measure.title.clone(),
        dimensions,
        columns,
        rows,
        footnotes: Vec::new(),
    }
}

/// Names of the persons of a form's records: name and masked id number. A form about no persons
/// names its records by the first text of its key: the project, the event.
pub(super) struct Persons<'a> {
    names: Option<crate::frames::view::Texts<'a>>,
    ids: Option<crate::frames::view::Texts<'a>>,
    /// Id and title of that text's field.
    thing: Option<(String, String)>,
}

impl<'a> Persons<'a> {
    pub(super) fn new(facts: &Facts<'a>, form: FormIdx) -> Self {
        let texts = |kind: Kind| {
            let fields = &facts.scheme.forms[form].fields;
            let field = fields.iter().find(|f| f.stored && f.kind == kind)?;
            facts.frame(form).texts(&field.id)
        };
        let form_spec = &facts.scheme.forms[form];
        let is_person = form_spec.fields.iter().any(|f| f.kind == Kind::Name);
        let thing = form_spec
            .key
            .iter()
            .filter_map(|id| form_spec.fields.iter().find(|f| f.id == *id))
            .find(|f| f.stored && matches!(f.kind, Kind::Text | Kind::Label))
            .filter(|_| !is_person);
        Persons {
            names: match thing {
                Some(field) => facts.frame(form).texts(&field.id),
                None => texts(Kind::Name),
            },
            ids: texts(Kind::IdNumber),
            thing: thing.map(|f| (f.id.clone(), f.title.clone())),
        }
    }

    /// The dimension that the names make: its id and title.
    fn dimension(&self) -> (String, String) {
        self.thing
            .clone()
            .unwrap_or_else(|| ("person".to_owned(), words::say("statistics.person")))
    }

    /// The name alone.
    pub(super) fn short(&self, record: u32) -> &'a str {
        let name = self.names.and_then(|t| t.get(record as usize));
        name.unwrap_or_default()
    }

    /// The id number as stored, not masked; empty for none.
    pub(super) fn id(&self, record: u32) -> &'a str {
        let id = self.ids.and_then(|t| t.get(record as usize));
        id.unwrap_or_default()
    }

    /// The name and the masked id number.
    pub(super) fn name(&self, record: u32) -> String {
        let get = |t: &Option<crate::frames::view::Texts<'a>>| {
            t.and_then(|t| t.get(record as usize)).unwrap_or_default()
        };
        let (name, id) = (get(&self.names), get(&self.ids));
        mask::in_text(format!("{name} {id}").trim())
    }
}

/// Makes one column's figure of a record.
pub(super) type Values<'a> = Box<dyn Fn(usize) -> Figure + 'a>;

/// One for each column.
pub(super) fn values_of<'a>(
    facts: &Facts<'a>,
    form: FormIdx,
    columns: &[ListColumn],
) -> Vec<Values<'a>> {
    columns.iter().map(|c| values(facts, form, c)).collect()
}

/// The columns as the tabulation has them.
pub(super) fn heads_of(facts: &Facts<'_>, form: FormIdx, columns: &[ListColumn]) -> Vec<Column> {
    columns.iter().map(|c| head(facts, form, c)).collect()
}

pub(super) fn values<'a>(facts: &Facts<'a>, form: FormIdx, column: &ListColumn) -> Values<'a> {
    let operand = column.operand;
    if let Operand::School | Operand::District | Operand::SchoolKind = operand {
        let schools = facts.school_of(form);
        let texts: Vec<String> = facts
            .schools
            .iter()
            .enumerate()
            .map(|(i, s)| match operand {
                Operand::School => s.name.clone(),
                Operand::District => facts.districts[s.district as usize].clone(),
                _ => facts
                    .scheme
                    .directory
                    .schools()
                    .get(i)
                    .map(|s| s.kind.clone())
                    .unwrap_or_default(),
            })
            .collect();
        return Box::new(move |r| column::words_of(texts[schools[r] as usize].clone()));
    }
    if facts.is_text(form, operand) {
        let texts = facts.texts(form, operand);
        return Box::new(move |r| {
            column::words_of(mask::in_text(texts.get(r).unwrap_or_default()))
        });
    }
    let numbers = facts.numbers(form, operand);
    let kind = field_kind(facts, form, operand);
    let terms: Option<Vec<String>> = match &kind {
        Some(Kind::Vocabulary(v)) => facts
            .scheme
            .vocabulary(v)
            .map(|v| v.terms.iter().map(|t| t.name.clone()).collect()),
        _ => None,
    };
    Box::new(move |r| match (numbers[r], &kind) {
        (NO_NUMBER, _) => Figure::default(),
        (n, Some(Kind::Vocabulary(_))) => {
            let term = terms.as_ref().and_then(|t| t.get(usize::try_from(n).ok()?));
            column::words_of(term.cloned().unwrap_or_default())
        }
        (n, Some(Kind::Date)) => {
            column::words_of(facts::date(n).map_or_else(String::new, |d| d.to_string()))
        }
        (n, Some(Kind::Boolean)) => column::words_of(words::say(if n == 1 {
            "statistics.yes"
        } else {
            "statistics.no"
        })),
        (n, Some(Kind::Decimal | Kind::Money)) => column::plain(Number::Hundredths(n)),
        (n, _) => column::heads(n),
    })
}

pub(super) fn field_kind(facts: &Facts<'_>, form: FormIdx, operand: Operand) -> Option<Kind> {
    match operand {
        Operand::Area => Some(Kind::Vocabulary("area".to_owned())),
        operand => Some(field(facts, form, operand)?.kind.clone()),
    }
}

/// The field behind an operand, if it is one.
fn field<'a>(facts: &Facts<'a>, form: FormIdx, operand: Operand) -> Option<&'a Field> {
    let forms = &facts.scheme.forms;
    match operand {
        Operand::Field(f) => Some(&forms[form].fields[f]),
        Operand::Roster(f) => Some(&forms[facts.scheme.form("roster")?].fields[f]),
        _ => None,
    }
}

/// Whether an operand's whole numbers are names: years.
fn is_plain(facts: &Facts<'_>, form: FormIdx, operand: Operand) -> bool {
    match operand {
        Operand::CalendarYear(_) => true,
        operand => field(facts, form, operand).is_some_and(|f| f.plain),
    }
}

pub(super) fn head(facts: &Facts<'_>, form: FormIdx, column: &ListColumn) -> Column {
    let title = words::or(&column.title, axis::title_of(column.operand));
    let quantity = match field_kind(facts, form, column.operand) {
        Some(Kind::Decimal) => Quantity::Decimal(String::new()),
        Some(Kind::Money) => Quantity::Money,
        _ if is_plain(facts, form, column.operand) => Quantity::Plain,
        Some(Kind::Integer) => Quantity::Count(String::new()),
        None if !matches!(
            column.operand,
            Operand::School | Operand::District | Operand::SchoolKind
        ) =>
        {
            Quantity::Count(String::new())
        }
        _ => Quantity::Text,
    };
    Column {
        part: column.id.clone(),
        title: vec![title],
        quantity,
        formula: None,
        additive: false,
    }
}
