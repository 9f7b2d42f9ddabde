//! Masking of id numbers and phones wherever people or logs see them.
//!
//! Shape: an id number shows its first six and last four characters, a phone its first three and
//! last four. A digit run of another length that is long enough to be a damaged id number or a
//! card number shows its first four only.

use std::borrow::Cow;

/// Masks everything in a text that looks like an id number or a phone.
///
/// ```
/// assert_eq!(huizong::diagnostic::mask::in_text("339901198503150120"), "339901********0120");
/// assert_eq!(huizong::diagnostic::mask::in_text("13800005678"), "138****5678");
/// ```
pub fn in_text(text: &str) -> String {
    in_text_cow(text).into_owned()
}

/// An id number beside which a birth date or an age stands: its first four characters only, since
/// the rest could be pieced together.
pub fn beside_birth(id: &str) -> String {
    let masked = |(i, c): (usize, char)| if i < 4 { c } else { '*' };
    id.chars().enumerate().map(masked).collect()
}

fn in_text_cow(text: &str) -> Cow<'_, str> {
    // Digits come in ASCII or full width; anything short cannot be personal.
    if text.chars().filter(|c| digit(*c)).count() < 11 {
        return Cow::Borrowed(text);
    }
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut i = 0;
    while i < chars.len() {
        if !digit(chars[i]) {
            out.push(chars[i]);
            i += 1;
            continue;
        }
        let start = i;
        while i < chars.len() && digit(chars[i]) {
            i += 1;
        }
        if i < chars.len() && matches!(chars[i], 'x' | 'X' | 'Ｘ' | 'ｘ') && i - start >= 14 {
            i += 1;
        }
        push_masked(&mut out, &chars[start..i]);
    }
    Cow::Owned(out)
}

fn push_masked(out: &mut String, run: &[char]) {
    let (head, tail) = match run.len() {
        0..=10 => (run.len(), 0),
        11 => (3, 4),
        15 | 18 => (6, 4),
        12..=14 | 16 | 17 => (4, 0),
        // Invoice numbers have 20 digits and are not personal.
        20 => (20, 0),
        _ => (4, 0),
    };
    out.extend(&run[..head]);
    out.extend(std::iter::repeat_n('*', run.len() - head - tail));
    out.extend(&run[run.len() - tail..]);
}

fn digit(c: char) -> bool {
    c.is_ascii_digit() || ('０'..='９').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_inside_sentences_and_leaves_the_rest() {
        assert_eq!(
            in_text("张三 33990119721130113x 电话13800005678"),
            "张三 339901********113x 电话138****5678"
        );
        assert_eq!(in_text("2025-08-31 12345678"), "2025-08-31 12345678");
        assert_eq!(in_text("3399011985031501"), "3399************");
        assert_eq!(in_text("25332000000012345678"), "25332000000012345678");
    }
}
