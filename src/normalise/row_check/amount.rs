//! Amounts of one claim.

use super::Table;
use crate::diagnostic::Rule;
use crate::scheme::Check;
use rust_decimal::Decimal;

impl Table<'_> {
    /// Fields: claimed amount, amount of the invoice.
    pub(super) fn over_claimed(&mut self, check: &Check) {
        let (Some(claimed), Some(amount)) = (self.index(check, 0), self.index(check, 1)) else {
            return;
        };
        for record in 0..self.len() {
            let numbers = (self.number(claimed, record), self.number(amount, record));
            let (Some(asked), Some(limit)) = numbers else {
                continue;
            };
            // A negative invoice has its own finding.
            if limit >= 0 && asked > limit {
                let diagnostic = self
                    .finding(Rule::AmountOverClaimed, record, claimed)
                    .arg("claimed", Decimal::new(asked, 2))
                    .arg("amount", Decimal::new(limit, 2));
                self.found.push(diagnostic);
            }
        }
    }
}
