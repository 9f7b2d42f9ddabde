//! How wide text is and how many lines it takes: a CJK character is two digits wide, and Excel
//! measures neither merged nor wrapped cells.

use super::page::Show;
use super::theme;
use unicode_width::UnicodeWidthStr;

/// Width of the widest line of a text, in digits of the sheet's font.
pub fn text(text: &str, size: f64) -> f64 {
    let width = match plain(text) {
        Some(width) => width,
        None => text.lines().map(UnicodeWidthStr::width).max().unwrap_or(0),
    };
    width as f64 * theme::digit_width(size)
}

/// Columns that one line of nothing but ASCII and common Chinese characters takes; none for
/// anything else. Most texts are such, and the tables for all others are slow.
fn plain(text: &str) -> Option<usize> {
    let mut width = 0;
    for c in text.chars() {
        width += match c {
            ' '..='~' => 1,
            '\u{4E00}'..='\u{9FFF}' | '\u{3001}' | '\u{3002}' | '\u{FF01}'..='\u{FF5E}' => 2,
            _ => return None,
        };
    }
    Some(width)
}

/// Width of a number as shown.
pub fn number(value: f64, show: Show, size: f64) -> f64 {
    let (scaled, places, extra) = match show {
        Show::Percent(p) => (value * 100.0, p, 1),
        Show::Points(p) | Show::Decimal(p) => (value, p, 0),
        Show::Money => (value, 2, 0),
        Show::Words | Show::Whole | Show::Plain | Show::Serial => (value, 0, 0),
    };
    let whole = scaled.abs().log10().max(0.0).floor() as usize + 1;
    let commas = match show {
        Show::Whole | Show::Money | Show::Decimal(_) => (whole - 1) / 3,
        _ => 0,
    };
    let digits = whole
        + commas
        + extra
        + usize::from(scaled < 0.0)
        + usize::from(places > 0)
        + usize::from(places);
    digits as f64 * theme::digit_width(size)
}

/// Lines that a text takes in a column of that many digits.
pub fn lines(text: &str, size: f64, column: f64) -> u32 {
    let unit = theme::digit_width(size);
    if let Some(width) = plain(text)
        && width as f64 * unit <= column
    {
        return 1;
    }
    text.lines()
        .map(|line| {
            let width = line.width() as f64 * unit;
            if width <= column {
                1
            } else {
                // What does not fit at a line's end moves down whole: a wide character, half a word.
                (width / (column - 2.0 * unit).max(2.0 * unit)).ceil() as u32
            }
        })
        .sum::<u32>()
        .max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_character_takes_two_digits() {
        assert_eq!(text("学校ab", 12.0), 6.0);
        assert_eq!(text("一\n二三", 12.0), 4.0);
    }

    #[test]
    fn plain_characters_are_as_wide_as_the_tables_say() {
        for c in ('\0'..='\u{FFFF}').filter(|c| plain(&c.to_string()).is_some()) {
            let pair = format!("a{c}{c}学");
            assert_eq!(plain(&pair), Some(pair.width()), "{c:?}");
        }
        assert_eq!(plain("学校（全）a, b。"), Some(16));
        assert_eq!(plain("二行\n"), None);
    }

    #[test]
    fn numbers_are_measured_as_shown() {
        assert_eq!(number(1_234_567.5, Show::Money, 12.0), 12.0); // 1,234,567.50
        assert_eq!(number(0.98531, Show::Percent(2), 12.0), 6.0); // 98.53%
        assert_eq!(number(-3.25, Show::Points(2), 12.0), 5.0);
        assert_eq!(number(0.0, Show::Whole, 12.0), 1.0);
        assert_eq!(number(2025.0, Show::Whole, 12.0), 5.0); // 2,025
        assert_eq!(number(2025.0, Show::Plain, 12.0), 4.0);
    }

    #[test]
    fn wrapped_lines_are_never_underestimated() {
        assert_eq!(lines("某某镇中心小学", 12.0, 14.0), 1);
        assert_eq!(lines("某某镇中心小学", 12.0, 13.0), 2);
        assert_eq!(lines("一二三四五六七八九十", 12.0, 8.0), 4);
        assert_eq!(lines("", 12.0, 8.0), 1);
    }
}
