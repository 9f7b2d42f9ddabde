//! Numbers and amounts of money: from whatever a cell holds to hundredths.

use super::column::{Column, Got, Held, Memo, Read, shown};
use super::{Data, NO_NUMBER};
use crate::diagnostic::{Diagnostic, Rule, Severity};
use crate::fold;
use crate::scheme::{Kind, Words};
use rust_decimal::{Decimal, RoundingStrategy};

/// A number in hundredths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hundredths {
    pub value: i64,
    /// Whether more than two decimals were given and rounded away, half up.
    pub rounded: bool,
}

/// A number as the cell says it, before the column's unit.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Typed {
    number: Decimal,
    /// Factor of a unit word in the cell itself; it outranks the header's.
    factor: Option<f64>,
}

/// A numeric cell. What Excel shows has 15 digits, so the noise of binary fractions (0.1 + 0.2)
/// is no part of the number.
pub(super) fn from_f64(n: f64, factor: f64) -> Option<Hundredths> {
    if !n.is_finite() {
        return None;
    }
    let scaled = n * 100.0;
    if factor == 1.0 && scaled.abs() < 1e12 && (scaled - scaled.round()).abs() < 1e-6 {
        return Some(Hundredths {
            value: scaled.round() as i64,
            rounded: false,
        });
    }
    let number = Decimal::from_scientific(&format!("{n:.14e}")).ok()?;
    scale(number, factor)
}

/// A text cell; `None` where it is no number.
pub(super) fn from_text(text: &str, factor: f64, words: &Words) -> Option<Hundredths> {
    if factor == 1.0
        && let Some(value) = simple(text.as_bytes())
    {
        return Some(Hundredths {
            value,
            rounded: false,
        });
    }
    let typed = typed(&fold::clean(text), words)?;
    scale(typed.number, typed.factor.unwrap_or(factor))
}

/// Digits with at most two decimals: nearly every text that holds a number.
fn simple(bytes: &[u8]) -> Option<i64> {
    if bytes.is_empty() || bytes.len() > 15 {
        return None;
    }
    let (mut n, mut decimals) = (0i64, None);
    for b in bytes {
        match b {
            b'0'..=b'9' => {
                n = n * 10 + i64::from(b - b'0');
                decimals = decimals.map(|d| d + 1);
            }
            b'.' if decimals.is_none() && *b != bytes[0] => decimals = Some(0),
            _ => return None,
        }
    }
    match decimals {
        None => Some(n * 100),
        Some(1) => Some(n * 10),
        Some(2) => Some(n),
        _ => None,
    }
}

fn scale(number: Decimal, factor: f64) -> Option<Hundredths> {
    let number = if factor == 1.0 {
        number
    } else {
        number.checked_mul(Decimal::try_from(factor).ok()?)?
    };
    let exact = number.checked_mul(Decimal::ONE_HUNDRED)?;
    let whole = exact.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    let value = i64::try_from(whole).ok()?;
    (value != NO_NUMBER).then_some(Hundredths {
        value,
        rounded: whole != exact,
    })
}

fn typed(clean: &str, words: &Words) -> Option<Typed> {
    if clean.starts_with("--") {
        return None;
    }
    let (bracketed, text) = fold::negative(clean);
    let text = fold::without_currency(text);
    let (signed, text) = fold::negative(text);
    let text = text.strip_prefix('+').unwrap_or(text).trim_start();
    let end = text
        .find(|c: char| {
            !(c.is_ascii_digit() || matches!(c, '.' | ',' | ' ' | fold::FULL_STOP | '\''))
        })
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let mut number = if !digits.contains(|c: char| c.is_ascii_digit()) {
        // 壹佰元整, 十二篇
        let bare = || {
            words
                .units
                .keys()
                .filter_map(|unit| text.strip_suffix(unit.as_str()))
        };
        let hundredths = fold::amount(text).or_else(|| bare().find_map(fold::amount))?;
        return signed_typed(Decimal::new(hundredths, 2), None, bracketed || signed);
    } else {
        grouped(digits.trim())?
    };
    let mut unit = rest.trim();
    if let Some(exponent) = unit.strip_prefix(['e', 'E']) {
        number = Decimal::from_scientific(&format!("{number}e{exponent}")).ok()?;
        unit = "";
    }
    // A minus behind the number is how some accounting systems write it.
    let behind = unit.strip_suffix('-');
    let unit = behind.unwrap_or(unit).trim();
    let negative = bracketed || signed || behind.is_some();
    let unit = unit
        .strip_prefix('(')
        .and_then(|u| u.strip_suffix(')'))
        .unwrap_or(unit)
        .trim_end_matches(['.', ',']);
    let factor = match unit {
        "" => None,
        "%" => Some(0.01),
        unit => Some(*words.units.get(unit)?),
    };
    signed_typed(number, factor, negative)
}

fn signed_typed(number: Decimal, factor: Option<f64>, negative: bool) -> Option<Typed> {
    Some(Typed {
        number: if negative { -number } else { number },
        factor,
    })
}

/// Digits with thousands separators: groups of three only, so that `1,20` is no guess at 1.20.
fn grouped(digits: &str) -> Option<Decimal> {
    // A full stop of the Chinese input mode in place of the decimal point.
    let digits = digits.replace(fold::FULL_STOP, ".");
    let digits = digits.trim_end_matches(['.', ',']);
    let (whole, decimals) = match digits.split_once('.') {
        Some((w, d)) => (w, Some(d)),
        None => (digits, None),
    };
    let mut plain = String::with_capacity(digits.len());
    for (i, group) in whole.split([',', ' ', '\'']).enumerate() {
        let length = group.len();
        let fits = match i {
            0 => whole.len() == length || (1..=3).contains(&length),
            _ => length == 3,
        };
        if !fits {
            return None;
        }
        plain.push_str(group);
    }
    if plain.is_empty() {
        plain.push('0');
    }
    if let Some(decimals) = decimals {
        if decimals.is_empty() || !decimals.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        plain.push('.');
        plain.push_str(decimals);
    }
    Decimal::from_str_exact(&plain).ok()
}

/// Reads a column of numbers: hundredths for money and decimals, whole numbers for integers.
pub(super) fn read(column: &Column<'_>, out: &mut Vec<Diagnostic>) -> Read {
    let tokens = column.scheme.words.tokens();
    let whole = column.field.kind == Kind::Integer;
    let mut values = Vec::with_capacity(column.cells.len());
    let mut memo = Memo::new();
    let (factor, words) = (column.factor, &column.scheme.words);
    let states = column.each(
        out,
        |column, out, index, held| {
            let number = match held {
                Held::Number(n) => from_f64(n, factor),
                Held::Text(t) => match memo.get(t, |t| from_text(t, factor, words)) {
                    Some(n) => Some(n),
                    None if tokens.get(&fold::clean(t)).absent => return Got::Blank,
                    None => None,
                },
                _ => None,
            };
            let finding = |variant: &'static str| {
                column
                    .finding(index, Rule::NumberUnreadable)
                    .variant(variant)
                    .arg("value", shown(held))
            };
            let Some(number) = number else {
                let variant = match held {
                    Held::Date(_) => "date",
                    _ => "",
                };
                column.report(out, index, finding(variant));
                return Got::Gap;
            };
            if number.value < 0 {
                let variant = if column.field.kind == Kind::Money {
                    ""
                } else {
                    "count"
                };
                let negative = column
                    .finding(index, Rule::AmountNegative)
                    .variant(variant)
                    .arg("value", shown(held));
                column.report(out, index, negative);
            }
            if whole {
                if number.rounded || number.value % 100 != 0 {
                    column.report(out, index, finding("whole"));
                    return Got::Gap;
                }
                return Got::Value(number.value / 100);
            }
            // What is not kept loses nothing.
            if number.rounded && column.field.stored {
                // A quotient such as hours / 6 has no end: rounding it is what is meant.
                let severity = match column.field.kind {
                    Kind::Money => Severity::Warning,
                    _ => Severity::Note,
                };
                let places = finding("places")
                    .severity(severity)
                    .arg("kept", decimal(number.value));
                column.report(out, index, places);
            }
            Got::Value(number.value)
        },
        |value| values.push(value.unwrap_or(NO_NUMBER)),
    );
    Read {
        data: if whole {
            Data::Integer(values)
        } else {
            Data::Decimal(values)
        },
        states,
    }
}

/// Hundredths as people read them.
pub(super) fn decimal(hundredths: i64) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    let (whole, cents) = (
        hundredths.unsigned_abs() / 100,
        hundredths.unsigned_abs() % 100,
    );
    match cents {
        0 => format!("{sign}{whole}"),
        c if c % 10 == 0 => format!("{sign}{whole}.{}", c / 10),
        c => format!("{sign}{whole}.{c:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::templates;

    fn words() -> &'static Words {
        static WORDS: std::sync::OnceLock<Words> = std::sync::OnceLock::new();
        WORDS.get_or_init(templates::words)
    }

    fn text(t: &str) -> Option<i64> {
        from_text(t, 1.0, words()).map(|h| h.value)
    }

    #[test]
    fn numbers_as_people_write_them() {
        for (written, hundredths) in [
            ("300", 30_000),
            ("0", 0),
            ("12.5", 1250),
            ("12.50", 1250),
            ("1,234.50", 123_450),
            ("1，234.50", 123_450),
            ("12,345,678", 1_234_567_800),
            ("1 234.50", 123_450),
            ("３００", 30_000),
            ("３００．５", 30_050),
            ("￥300.00", 30_000),
            ("¥ 1,300", 130_000),
            ("RMB300", 30_000),
            ("人民币300元", 30_000),
            ("300元", 30_000),
            ("300 元", 30_000),
            ("300.00元整", 30_000),
            ("300(元)", 30_000),
            ("1.5万元", 1_500_000),
            ("1.2345万元", 1_234_500),
            ("24学时", 2400),
            ("2 节", 200),
            ("3课时", 300),
            ("1.5学分", 150),
            ("5天", 500),
            ("2次", 200),
            ("1篇", 100),
            ("十二篇", 1200),
            ("三", 300),
            ("两次", 200),
            ("壹仟肆佰零玖元伍角整", 140_950),
            ("人民币壹佰元整", 10_000),
            ("(500)", -50_000),
            ("（500.00）", -50_000),
            ("-500", -50_000),
            ("－500", -50_000),
            ("￥-500", -50_000),
            ("-￥500", -50_000),
            ("500-", -50_000),
            ("负500", -50_000),
            ("红字500元", -50_000),
            ("+5", 500),
            ("3。5", 350),
            ("85%", 85),
            (".5", 50),
            ("5.", 500),
            (" 300 ", 30_000),
            ("300\u{a0}", 30_000),
            ("1.2E+03", 120_000),
            ("2025年", 202_500),
        ] {
            assert_eq!(text(written), Some(hundredths), "{written}");
        }
        for no in [
            "",
            "无",
            "约300",
            "3、5",
            "10-20",
            "2+1",
            "1,20",
            "1,2345",
            "l2",
            "1O0",
            "300人民",
            "待定",
            "元",
            "1.2.3",
            "--5",
            "12 3",
            ".",
            ",",
            "%",
            "e5",
            "99999999999999999999999999999999",
        ] {
            assert_eq!(text(no), None, "{no}");
        }
    }

    #[test]
    fn more_than_two_decimals_round_half_up_and_are_marked() {
        let r = |t: &str| from_text(t, 1.0, words()).expect("a number");
        assert_eq!(
            r("1.005"),
            Hundredths {
                value: 101,
                rounded: true
            }
        );
        assert_eq!(
            r("-1.005"),
            Hundredths {
                value: -101,
                rounded: true
            }
        );
        assert_eq!(
            r("1.500"),
            Hundredths {
                value: 150,
                rounded: false
            }
        );
        let f = |n: f64| from_f64(n, 1.0).expect("a number");
        assert_eq!(
            f(0.1 + 0.2),
            Hundredths {
                value: 30,
                rounded: false
            }
        );
        assert_eq!(
            f(1.005),
            Hundredths {
                value: 101,
                rounded: true
            }
        );
        assert_eq!(
            f(2.675),
            Hundredths {
                value: 268,
                rounded: true
            }
        );
        assert_eq!(
            f(100.0 / 3.0),
            Hundredths {
                value: 3333,
                rounded: true
            }
        );
        assert_eq!(
            f(1234.5600000000002),
            Hundredths {
                value: 123_456,
                rounded: false
            }
        );
        assert_eq!(
            from_f64(1.23456, 10_000.0),
            Some(Hundredths {
                value: 1_234_560,
                rounded: false
            })
        );
        assert_eq!(
            from_f64(0.1 + 0.2, 10_000.0),
            Some(Hundredths {
                value: 300_000,
                rounded: false
            })
        );
        assert_eq!(from_f64(f64::NAN, 1.0), None);
        assert_eq!(from_f64(1e300, 1.0), None);
    }

    #[test]
    fn a_unit_in_the_cell_outranks_the_header() {
        let read = |t: &str| from_text(t, 10_000.0, words()).map(|h| h.value);
        assert_eq!(read("1.5"), Some(1_500_000));
        assert_eq!(read("500元"), Some(50_000));
        assert_eq!(read("1.5万元"), Some(1_500_000));
    }

    #[test]
    fn hundredths_are_shown_without_needless_zeros() {
        assert_eq!(decimal(30_000), "300");
        assert_eq!(decimal(30_050), "300.5");
        assert_eq!(decimal(-30_005), "-300.05");
        assert_eq!(decimal(-5), "-0.05");
    }

    proptest::proptest! {
        #[test]
        fn full_width_digits_and_binary_fractions_mean_the_same(cents in -10_000_000_000i64..10_000_000_000) {
            let words = words();
            let plain = decimal(cents);
            let wide: String = plain.chars().map(|c| match c { '!'..='~' => char::from_u32(c as u32 + 0xfee0).unwrap_or(c), c => c }).collect();
            let expected = Some(Hundredths { value: cents, rounded: false });
            proptest::prop_assert_eq!(from_text(&plain, 1.0, words), expected);
            proptest::prop_assert_eq!(from_text(&wide, 1.0, words), expected);
            proptest::prop_assert_eq!(from_f64(cents as f64 / 100.0, 1.0), expected);
        }

        #[test]
        fn no_text_panics(t in "\\PC{0,20}") {
            let _ = text(&t);
        }
    }
}
