//! Formulas in A1 notation, written straight into the text that holds them: a report has a hundred
//! thousand of them.

use super::page::{At, Expr};
use std::fmt::Write as _;

/// A formula with its leading `=`; `top` is the row of the first line.
pub fn formula(expr: &Expr, top: u32) -> String {
    let mut out = String::from("=");
    write(&mut out, expr, top);
    out
}

/// A formula without its `=`.
pub fn write(out: &mut String, expr: &Expr, top: u32) {
    match expr {
        Expr::Sum(spans) => {
            // A function takes at most 255 arguments.
            for (n, spans) in spans.chunks(255).enumerate() {
                out.push_str(if n == 0 { "SUM(" } else { "+SUM(" });
                for (i, (a, b)) in spans.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    at(out, *a, top);
                    if a != b {
                        out.push(':');
                        at(out, *b, top);
                    }
                }
                out.push(')');
            }
        }
        Expr::Ratio {
            over,
            under,
            places,
            dash,
        } => {
            out.push_str("IF(");
            at(out, *under, top);
            out.push_str("=0,\"");
            out.push_str(dash);
            out.push_str(if places.is_some() { "\",ROUND(" } else { "\"," });
            at(out, *over, top);
            out.push('/');
            at(out, *under, top);
            if let Some(places) = places {
                let _ = write!(out, ",{places})");
            }
            out.push(')');
        }
        Expr::Difference {
            from,
            take,
            times,
            dash,
        } => {
            let pair = |out: &mut String, between| {
                at(out, *from, top);
                out.push(between);
                at(out, *take, top);
            };
            if dash.is_some() {
                out.push_str("IF(COUNT(");
                pair(out, ',');
                out.push_str(")=2,");
            }
            match times {
                1 => pair(out, '-'),
                n => {
                    out.push('(');
                    pair(out, '-');
                    let _ = write!(out, ")*{n}");
                }
            }
            if let Some(dash) = dash {
                let _ = write!(out, ",\"{dash}\")");
            }
        }
        Expr::Beyond { from, take } => {
            out.push_str("MAX(");
            at(out, *from, top);
            out.push('-');
            at(out, *take, top);
            out.push_str(",0)");
        }
        Expr::Elsewhere { sheet, at } => {
            let _ = write!(out, "'{}'!", sheet.replace('\'', "''"));
            cell(out, at.0, at.1);
        }
    }
}

fn at(out: &mut String, at: At, top: u32) {
    cell(out, top + at.line, u32::from(at.column));
}

/// The name of a cell; row and column count from nought.
pub fn cell(out: &mut String, row: u32, col: u32) {
    column(out, col);
    number(out, row + 1);
}

/// The letters of a column that counts from nought.
pub fn column(out: &mut String, col: u32) {
    let mut letters = [0u8; 7];
    let mut at = letters.len();
    let mut left = col + 1;
    while left > 0 {
        at -= 1;
        left -= 1;
        letters[at] = b'A' + (left % 26) as u8;
        left /= 26;
    }
    push_ascii(out, &letters[at..]);
}

/// A whole number in digits, without the cost of formatting.
pub fn number(out: &mut String, mut n: u32) {
    if n < 10 {
        out.push(char::from(b'0' + n as u8));
        return;
    }
    let mut digits = [0u8; 10];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (n % 10) as u8;
        n /= 10;
        if n == 0 {
            break;
        }
    }
    push_ascii(out, &digits[at..]);
}

fn push_ascii(out: &mut String, bytes: &[u8]) {
    // Letters and digits, so this never falls back.
    out.push_str(std::str::from_utf8(bytes).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid;

    #[test]
    fn cells_are_named_as_everywhere() {
        for (row, col) in [(0, 0), (8, 25), (9, 26), (99_998, 701), (1_048_575, 16_383)] {
            let mut name = String::new();
            cell(&mut name, row, col);
            assert_eq!(name, grid::a1(row, col));
        }
        let mut text = String::new();
        number(&mut text, 0);
        number(&mut text, u32::MAX);
        assert_eq!(text, "04294967295");
    }

    #[test]
    fn sums_of_many_parts_keep_within_excels_arguments() {
        let at = |line| At { line, column: 2 };
        let spans: Vec<(At, At)> = (0..300).map(|i| (at(i * 2), at(i * 2))).collect();
        let text = formula(&Expr::Sum(spans), 7);
        assert!(text.starts_with("=SUM(C8,C10,"), "{text}");
        assert_eq!(text.matches("SUM(").count(), 2);
    }
}
