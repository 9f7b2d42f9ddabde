//! Teachers' certificates: whether there is one, and whether its number can be one.

use super::Table;
use crate::diagnostic::Rule;
use crate::normalise::{Data, NO_CODE};
use crate::scheme::Check;
use chrono::Datelike;

/// Digits of a certificate's number.
const DIGITS: usize = 17;

impl Table<'_> {
    /// Fields: whether somebody teaches full time, then columns of which one says that there is a
    /// certificate.
    pub(super) fn certificate_missing(&mut self, check: &Check) {
        let columns: Vec<usize> = (1..check.fields.len())
            .filter_map(|i| self.index(check, i))
            .collect();
        if columns.is_empty() || self.len() == 0 {
            return;
        }
        let held: Vec<bool> = (0..self.len())
            .map(|r| columns.iter().any(|c| self.says_something(*c, r)))
            .collect();
        if !held.contains(&true) {
            let diagnostic = self
                .finding(Rule::CertificateMissing, 0, columns[0])
                .variant("all")
                .arg("count", self.len());
            self.found.push(diagnostic);
            return;
        }
        let full_time = self.index(check, 0);
        for record in (0..self.len()).filter(|r| !held[*r]) {
            // Without such a column everyone on the list teaches.
            let teaches = full_time.is_none_or(|f| self.yes(f, record) == Some(true));
            if teaches {
                let diagnostic = self.finding(Rule::CertificateMissing, record, columns[0]);
                self.found.push(diagnostic);
            }
        }
    }

    /// Field: the number. Several numbers in one cell are looked at one by one, words are not.
    pub(super) fn certificate_number(&mut self, check: &Check) {
        let Some(field) = self.index(check, 0) else {
            return;
        };
        let latest = self.scheme.cut_off.year();
        for record in 0..self.len() {
            let Some(text) = self.text(field, record) else {
                continue;
            };
            let parts = text.split(['/', ',', ';', '\u{3001}']);
            let wrong = parts.filter_map(|part| {
                let digits = part.bytes().filter(u8::is_ascii_digit).count();
                let year = part.get(..4).and_then(|y| y.parse::<i32>().ok());
                let whole = part.len() == DIGITS && digits == DIGITS;
                match (digits, whole, year) {
                    (0..6, ..) => None,
                    (_, false, _) => Some((part, "", digits)),
                    (_, true, Some(y)) if y > latest => Some((part, "year", digits)),
                    _ => None,
                }
            });
            let Some((part, variant, digits)) = wrong.take(1).next() else {
                continue;
            };
            let diagnostic = self
                .finding(Rule::CertificateNumber, record, field)
                .variant(variant)
                .arg("value", part)
                .arg("digits", digits);
            self.found.push(diagnostic);
        }
    }

    /// Whether a cell says anything but no.
    fn says_something(&self, field: usize, record: usize) -> bool {
        match &self.records.columns[field] {
            Data::Text(texts) => texts.get(record).is_some(),
            Data::Code(codes) => codes[record] != NO_CODE,
            Data::Boolean(_) => self.yes(field, record) == Some(true),
            _ => false,
        }
    }
}
