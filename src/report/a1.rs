//! Formulas in A1 notation.

use super::page::{At, Expr};
use crate::grid;

/// A formula in A1 notation; `top` is the row of the first line.
pub fn formula(expr: &Expr, top: u32) -> String {
    let a1 = |at: &At| grid::a1(top + at.line, u32::from(at.column));
    match expr {
        Expr::Sum(spans) => {
            let spans: Vec<String> = spans
                .iter()
                .map(|(a, b)| match a == b {
                    true => a1(a),
                    false => format!("{}:{}", a1(a), a1(b)),
                })
                .collect();
            // A function takes at most 255 arguments.
            let sums: Vec<String> = spans
                .chunks(255)
                .map(|c| format!("SUM({})", c.join(",")))
                .collect();
            format!("={}", sums.join("+"))
        }
        Expr::Ratio {
            over,
            under,
            places,
            dash,
        } => {
            let quotient = format!("{}/{}", a1(over), a1(under));
            let quotient = match places {
                None => quotient,
                Some(p) => format!("ROUND({quotient},{p})"),
            };
            format!("=IF({}=0,\"{dash}\",{quotient})", a1(under))
        }
        Expr::Difference {
            from,
            take,
            times,
            dash,
        } => {
            let (a, b) = (a1(from), a1(take));
            let difference = match times {
                1 => format!("{a}-{b}"),
                n => format!("({a}-{b})*{n}"),
            };
            match dash {
                None => format!("={difference}"),
                Some(dash) => format!("=IF(COUNT({a},{b})=2,{difference},\"{dash}\")"),
            }
        }
        Expr::Elsewhere { sheet, at } => {
            format!("='{}'!{}", sheet.replace('\'', "''"), grid::a1(at.0, at.1))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_many_parts_keep_within_excels_arguments() {
        let at = |line| At { line, column: 2 };
        let spans: Vec<(At, At)> = (0..300).map(|i| (at(i * 2), at(i * 2))).collect();
        let text = formula(&Expr::Sum(spans), 7);
        assert!(text.starts_with("=SUM(C8,C10,"), "{text}");
        assert_eq!(text.matches("SUM(").count(), 2);
    }
}
