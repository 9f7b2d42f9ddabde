//! A number as its cell shows it, for outputs that are no spreadsheets: rounded half up from its
//! decimal digits, as Excel does, and not from its binary fraction.

use super::page::Show;

/// Digits of a number that Excel keeps.
const DIGITS: usize = 15;

/// The number with its thousands apart, as on paper.
pub fn number(value: f64, show: Show) -> String {
    let (shift, places, apart) = match show {
        Show::Percent(p) => (2, p, false),
        Show::Points(p) => (0, p, false),
        Show::Decimal(p) => (0, p, true),
        Show::Money => (0, 2, true),
        Show::Whole => (0, 0, true),
        Show::Plain | Show::Serial => (0, 0, false),
        Show::Words => return plain(value),
    };
    let mut out = fixed(value, shift, usize::from(places));
    if apart {
        part(&mut out);
    }
    if matches!(show, Show::Percent(_)) {
        out.push('%');
    }
    out
}

/// The number in full, as programs read it: a fraction stays a fraction, money keeps its fen,
/// and nothing stands between thousands.
pub fn exact(value: f64, show: Show) -> String {
    match show {
        Show::Money => fixed(value, 0, 2),
        _ => plain(value),
    }
}

fn plain(value: f64) -> String {
    // Rust writes the shortest digits that give the number back, and never an exponent; nothing is
    // both nought and negative on paper.
    (value + 0.0).to_string()
}

/// Times ten to the `shift`, with that many places.
fn fixed(value: f64, shift: i32, places: usize) -> String {
    if !value.is_finite() {
        return plain(value);
    }
    if value.fract() == 0.0 && value.abs() < 1e13 {
        // Nearly all figures of a report are whole.
        let whole = value as i64 * 10i64.pow(shift.unsigned_abs());
        return match places {
            0 => whole.to_string(),
            _ => format!("{whole}.{}", "0".repeat(places)),
        };
    }
    let text = format!("{:.*e}", DIGITS - 1, value.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let mut digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
    // How many of them stand before the point.
    let mut before = exponent.parse::<i32>().unwrap_or(0) + shift + 1;
    while before < 1 {
        digits.insert(0, b'0');
        before += 1;
    }
    let before = before as usize;
    let kept = before + places;
    let up = digits.get(kept).is_some_and(|d| *d >= b'5');
    digits.resize(kept, b'0');
    let whole = if up { raise(&mut digits) } else { false };
    let mut out = String::with_capacity(kept + 3);
    if value < 0.0 && (whole || digits.iter().any(|d| *d != b'0')) {
        out.push('-');
    }
    if whole {
        out.push('1');
    }
    for (i, digit) in digits.iter().enumerate() {
        if i == before {
            out.push('.');
        }
        out.push(char::from(*digit));
    }
    out
}

/// Adds one to the last digit; true if a one has to stand before the first.
fn raise(digits: &mut [u8]) -> bool {
    for digit in digits.iter_mut().rev() {
        if *digit != b'9' {
            *digit += 1;
            return false;
        }
        *digit = b'0';
    }
    true
}

/// Commas between thousands.
fn part(text: &mut String) {
    let first = usize::from(text.starts_with('-'));
    let mut at = text.find('.').unwrap_or(text.len());
    while at > first + 3 {
        at -= 3;
        text.insert(at, ',');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_as_excel_shows_them() {
        for (value, show, want) in [
            (0.0, Show::Whole, "0"),
            (-0.0, Show::Money, "0.00"),
            (1_234_567.0, Show::Whole, "1,234,567"),
            (-123_456.0, Show::Whole, "-123,456"),
            (-1_234.5, Show::Money, "-1,234.50"),
            (2025.0, Show::Plain, "2025"),
            // Halves whose binary fraction lies below them.
            (1.005, Show::Money, "1.01"),
            (0.285, Show::Decimal(2), "0.29"),
            (0.98125, Show::Percent(2), "98.13%"),
            (2.0 / 3.0, Show::Percent(2), "66.67%"),
            (1.0 / 3.0, Show::Percent(0), "33%"),
            (1.0, Show::Percent(1), "100.0%"),
            (0.99996, Show::Percent(2), "100.00%"),
            (0.00004, Show::Percent(2), "0.00%"),
            (-0.004, Show::Points(2), "0.00"),
            (-0.006, Show::Points(2), "-0.01"),
            (999_999.995, Show::Money, "1,000,000.00"),
            (1e15, Show::Whole, "1,000,000,000,000,000"),
            (12.5, Show::Words, "12.5"),
        ] {
            assert_eq!(number(value, show), want, "{value} {show:?}");
        }
    }

    #[test]
    fn programs_get_every_digit() {
        assert_eq!(exact(2.0 / 3.0, Show::Percent(2)), "0.6666666666666666");
        assert_eq!(exact(1_234.5, Show::Money), "1234.50");
        assert_eq!(exact(-0.0, Show::Whole), "0");
        assert_eq!(exact(1_234.25, Show::Decimal(1)), "1234.25");
    }
}
