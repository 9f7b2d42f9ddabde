//! Columns that records do not keep and checks look at (`read_as` in a form). What cannot be read is
//! not checked: the column is nobody's duty. Only where a check asks for what is unreadable, that
//! is a finding of its own.

use super::column::{Column, Read, State};
use super::{Data, NO_DATE, OTHER_CODE, TextColumn, boolean, dates, text, vocabulary};
use crate::diagnostic::{Diagnostic, Rule};
use crate::scheme::{Form, Kind};

/// Reads the column if its field says how.
pub(super) fn read(
    column: &Column<'_>,
    form: &Form,
    help: &dates::Help<'_>,
    out: &mut Vec<Diagnostic>,
) -> Option<Read> {
    let mut unread = Vec::new();
    let mut read = match column.field.read_as.as_ref()? {
        Kind::Text => text::read(column, &mut unread),
        Kind::Label => text::labels(column, &mut unread),
        Kind::Boolean => boolean::read(column, &mut unread),
        Kind::Date => dates::read(column, help, &mut unread),
        Kind::Period => ends(dates::periods(column, help, &mut unread)),
        Kind::Vocabulary(name) => {
            let vocabulary = column.scheme.vocabulary(name)?;
            let mut read = vocabulary::read(column, vocabulary, &mut unread);
            if let Data::Code(codes) = &mut read.data {
                for (code, state) in codes.iter_mut().zip(&read.states) {
                    if *state == State::Gap {
                        *code = OTHER_CODE;
                    }
                }
            }
            read
        }
        _ => return None,
    };
    if let Data::Text(texts) = &mut read.data
        && read.states.contains(&State::Gap)
    {
        // It says something, whatever it was.
        let mut said = TextColumn::with_capacity(texts.len());
        for (text, state) in texts.iter().zip(&read.states) {
            said.push(text.or((*state == State::Gap).then_some("")));
        }
        *texts = said;
    }
    let asks = |rule: Rule| {
        let mut checks = form.checks.iter().filter(|c| c.rule == rule);
        checks.any(|c| c.fields.first() == Some(&column.field.id))
    };
    for finding in unread {
        let (rule, variant) = match (finding.rule, finding.variant) {
            (Rule::VocabularyUnknown, "" | "near") => (Rule::EthnicUnknown, finding.variant),
            (Rule::NumberUnreadable, "precision") => (Rule::CertificateNumber, "lost"),
            _ => continue,
        };
        if asks(rule) {
            out.push(Diagnostic {
                rule,
                severity: rule.severity(),
                ..finding.variant(variant)
            });
        }
    }
    Some(read)
}

/// The last days of periods; a single date is no period.
fn ends((start, mut end): (Read, Read)) -> Read {
    if let (Data::Date(starts), Data::Date(ends)) = (&start.data, &mut end.data) {
        for (end, start) in ends.iter_mut().zip(starts) {
            if end == start {
                *end = NO_DATE;
            }
        }
    }
    end
}
