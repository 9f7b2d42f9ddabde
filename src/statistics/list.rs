//! Lists: persons or records one by one, in the order of schools and of their own sheets.

use super::column;
use super::facts::{self, Facts};
use super::{Column, Figure, Level, Number, Quantity, Row, Tabulation, footnotes, words};
use super::{capped, eligibility, reimbursement, requirement};
use crate::diagnostic::mask;
use crate::normalise::NO_NUMBER;
use crate::scheme::measure::{List, ListColumn, Measure, MeasureKind, Operand};
use crate::scheme::{FormIdx, Kind, QuickMap};

/// The list of a measure.
pub(super) fn measure(facts: &Facts<'_>, measure: &Measure, spec: &List) -> Tabulation {
    let of = match spec {
        List::Of(of) => &facts.scheme.measures[*of].kind,
        List::Records { .. } => &measure.kind,
    };
    match (of, spec) {
        (MeasureKind::Requirement(r), _) => requirement::unmet(facts, measure, r),
        (MeasureKind::Eligibility(e), _) => eligibility::rejected(facts, measure, e),
        (MeasureKind::CappedSum(c), _) => capped::over(facts, measure, c),
        (MeasureKind::Reimbursement(r), _) => reimbursement::cut(facts, measure, r),
        (
            _,
            List::Records {
                population,
                columns,
            },
        ) => {
            let selected = facts.select(population);
            let form = population.form;
            let values: Vec<Values<'_>> = columns.iter().map(|c| values(facts, form, c)).collect();
            let heads = columns.iter().map(|c| head(facts, form, c)).collect();
            let mut made = tabulate(facts, measure, form, &selected.records, heads, |i| {
                let record = selected.records[i] as usize;
                values.iter().map(|v| v(record)).collect()
            });
            made.footnotes = footnotes(&selected);
            made
        }
        // The parser lets lists refer to the four kinds above only.
        _ => Tabulation::default(),
    }
}

/// One line a record: town, school and person in front. `figures` gets the position in `records`.
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
    let with_districts = facts.has_districts();
    let persons = Persons::new(facts, form);
    // Two lines of one person must not have one name: figures are found by it.
    let mut seen: QuickMap<(u32, String), u32> = QuickMap::default();
    let mut rows = Vec::with_capacity(records.len());
    for i in order {
        let place = &facts.schools[school(i) as usize];
        let mut person = persons.name(records[i]);
        let times = seen.entry((school(i), person.clone())).or_default();
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
        group.push(("person".to_owned(), person));
        let mut made = figures(i);
        if let Some(first) = made.first_mut() {
            first.evidence = vec![(form as u16, records[i])];
        }
        rows.push(Row {
            level: Level::Leaf,
            group,
            figures: made,
        });
    }
    let mut dimensions = vec![
        ("school".to_owned(), words::say("statistics.school")),
        ("person".to_owned(), words::say("statistics.person")),
    ];
    if with_districts {
        dimensions.insert(
            0,
            ("district".to_owned(), words::say("statistics.district")),
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

/// Names of the persons of a form's records: name and masked id number.
pub(super) struct Persons<'a> {
    names: Option<crate::frames::view::Texts<'a>>,
    ids: Option<crate::frames::view::Texts<'a>>,
}

impl<'a> Persons<'a> {
    pub(super) fn new(facts: &Facts<'a>, form: FormIdx) -> Self {
        let texts = |kind: Kind| {
            let fields = &facts.scheme.forms[form].fields;
            let field = fields.iter().find(|f| f.stored && f.kind == kind)?;
            facts.frame(form).texts(&field.id)
        };
        Persons {
            names: texts(Kind::Name),
            ids: texts(Kind::IdNumber),
        }
    }

    /// The name alone.
    pub(super) fn short(&self, record: u32) -> &'a str {
        let name = self.names.and_then(|t| t.get(record as usize));
        name.unwrap_or_default()
    }

    fn name(&self, record: u32) -> String {
        let get = |t: &Option<crate::frames::view::Texts<'a>>| {
            t.and_then(|t| t.get(record as usize)).unwrap_or_default()
        };
        let (name, id) = (get(&self.names), get(&self.ids));
        mask::in_text(format!("{name} {id}").trim())
    }
}

/// Makes one column's figure of a record.
type Values<'a> = Box<dyn Fn(usize) -> Figure + 'a>;

fn values<'a>(facts: &Facts<'a>, form: FormIdx, column: &ListColumn) -> Values<'a> {
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

fn field_kind(facts: &Facts<'_>, form: FormIdx, operand: Operand) -> Option<Kind> {
    match operand {
        Operand::Field(f) => Some(facts.scheme.forms[form].fields[f].kind.clone()),
        Operand::Roster(f) => {
            let roster = facts.scheme.form("roster")?;
            Some(facts.scheme.forms[roster].fields[f].kind.clone())
        }
        Operand::Area => Some(Kind::Vocabulary("area".to_owned())),
        _ => None,
    }
}

fn head(facts: &Facts<'_>, form: FormIdx, column: &ListColumn) -> Column {
    let title = match column.title.is_empty() {
        true => words::say("statistics.item"),
        false => column.title.clone(),
    };
    let quantity = match field_kind(facts, form, column.operand) {
        Some(Kind::Decimal) => Quantity::Decimal(String::new()),
        Some(Kind::Money) => Quantity::Money,
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
