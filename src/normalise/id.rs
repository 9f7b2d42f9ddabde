//! Resident id numbers (GB 11643): folding, the checks in their fixed order, and what a valid
//! number says about its holder.

use super::column::{Column, Got, Held, Read, shown};
use super::{Data, TextColumn};
use crate::diagnostic::{Diagnostic, Rule, Severity};
use crate::scheme::Kind;
use chrono::{Datelike, NaiveDate};
use std::borrow::Cow;

/// What a valid id number says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Day of birth.
    pub birth: NaiveDate,
    /// Male by the 17th digit.
    pub male: bool,
}

/// What an id number says, if it has 18 characters and passes every check that needs no cut-off
/// date; nothing is to be concluded from any other.
pub fn facts(id: &str) -> Option<Facts> {
    let bytes = id.as_bytes();
    if bytes.len() != 18 || !well_formed(bytes) || !province(bytes) {
        return None;
    }
    let birth = birth(&bytes[6..14])?;
    (check_character(bytes) == bytes[17]).then_some(Facts {
        birth,
        male: bytes[16] % 2 == 1,
    })
}

/// What the checks say of an id number; the first that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing wrong.
    Valid,
    /// The old form of 15 digits; the number given back is the new one.
    Fifteen,
    /// Digits were lost in a numeric cell or in scientific notation.
    PrecisionLost,
    /// Characters are hidden by asterisks.
    Masked,
    /// A passport or permit.
    Document,
    /// Not 18 characters.
    Length(usize),
    /// Something else than digits and a final X.
    Characters,
    /// The first two digits are no province.
    Province,
    /// Digits 7 to 14 are no date.
    Date,
    /// Born after the cut-off date.
    Future,
    /// The last character is not the one that belongs to the others.
    Checksum,
}

impl Verdict {
    /// Whether the number stays in the record.
    pub fn keeps(self, length: usize) -> bool {
        match self {
            Verdict::Valid | Verdict::Fifteen => true,
            Verdict::Characters
            | Verdict::Province
            | Verdict::Date
            | Verdict::Future
            | Verdict::Checksum => length == 18,
            _ => false,
        }
    }
}

/// Judges an id number as typed. Gives it back as records keep it: folded, upper case, an old one
/// in the form of 18 characters.
pub fn judge(text: &str, cut_off: NaiveDate) -> (Cow<'_, str>, Verdict) {
    let whole = text.as_bytes();
    if whole.len() == 18 && well_formed(whole) && province(whole) {
        return (Cow::Borrowed(text), dated(whole, cut_off, Verdict::Valid));
    }
    let mut id = folded(text);
    if scientific(&id) {
        return (id, Verdict::PrecisionLost);
    }
    let length = id.chars().count();
    if id.contains('*') && (length == 15 || length == 18) {
        return (id, Verdict::Masked);
    }
    let bytes = id.as_bytes();
    if length != 15 && length != 18 {
        let document = (8..=11).contains(&length)
            && bytes[0].is_ascii_alphabetic()
            && bytes[2..].iter().all(u8::is_ascii_digit);
        let verdict = if document {
            Verdict::Document
        } else {
            Verdict::Length(length)
        };
        return (id, verdict);
    }
    if !well_formed(bytes) {
        return (id, Verdict::Characters);
    }
    if !province(bytes) {
        return (id, Verdict::Province);
    }
    let fifteen = length == 15;
    if fifteen {
        let mut long = String::with_capacity(18);
        long.push_str(&id[..6]);
        long.push_str("19");
        long.push_str(&id[6..]);
        let check = check_character(long.as_bytes());
        long.push(char::from(check));
        id = Cow::Owned(long);
    }
    let good = if fifteen {
        Verdict::Fifteen
    } else {
        Verdict::Valid
    };
    let verdict = dated(id.as_bytes(), cut_off, good);
    (id, verdict)
}

/// The checks of 18 characters that are well formed: `good` where none fails.
fn dated(bytes: &[u8], cut_off: NaiveDate, good: Verdict) -> Verdict {
    match birth(&bytes[6..14]) {
        None => Verdict::Date,
        Some(day) if day > cut_off => Verdict::Future,
        Some(_) if check_character(bytes) == bytes[17] => good,
        // A number that went through a numeric cell ends in zeros.
        Some(_) if bytes.ends_with(b"000") => Verdict::PrecisionLost,
        Some(_) => Verdict::Checksum,
    }
}

fn folded(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    if bytes.len() == 18 && well_formed(bytes) {
        return Cow::Borrowed(text);
    }
    // Spaces, an apostrophe in front, a small x: nothing to normalise.
    let clean = match text.is_ascii() && !text.bytes().any(|b| b.is_ascii_control()) {
        true => Cow::Borrowed(text),
        false => crate::fold::clean(text),
    };
    let mut out: String = clean
        .chars()
        .filter(|c| {
            !c.is_whitespace() && !matches!(c, '\'' | '`' | '"' | '‘' | '’' | '“' | '”' | '´')
        })
        .map(|c| c.to_ascii_uppercase())
        .collect();
    // A remark in brackets behind a whole number is no part of it.
    if let Some(open) = out.find('(')
        && matches!(out[..open].chars().count(), 15 | 18)
    {
        out.truncate(open);
    }
    if out.chars().count() == 18
        && matches!(out.chars().last(), Some('×' | 'Х' | 'х' | 'Ⅹ' | '╳' | '✕'))
    {
        out.pop();
        out.push('X');
    }
    Cow::Owned(out)
}

/// Digits, and an X only as the 18th character.
fn well_formed(bytes: &[u8]) -> bool {
    match bytes {
        [body @ .., last] if bytes.len() == 18 => {
            body.iter().all(u8::is_ascii_digit) && (last.is_ascii_digit() || *last == b'X')
        }
        _ => bytes.iter().all(u8::is_ascii_digit),
    }
}

/// Provinces of GB/T 2260, 81 to 83 for residents from Hong Kong, Macao and Taiwan, 9 for
/// foreigners with a permanent residence card: all have the same form and check character.
pub(super) fn province(bytes: &[u8]) -> bool {
    let code = (bytes[0] - b'0') * 10 + (bytes[1] - b'0');
    matches!(code, 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83 | 90..=99)
}

fn birth(digits: &[u8]) -> Option<NaiveDate> {
    let n = |range: std::ops::Range<usize>| {
        digits[range]
            .iter()
            .fold(0u32, |n, d| n * 10 + u32::from(d - b'0'))
    };
    let day = NaiveDate::from_ymd_opt(n(0..4) as i32, n(4..6), n(6..8))?;
    (day.year() >= 1900).then_some(day)
}

/// ISO 7064:1983 MOD 11-2 over the first 17 digits.
fn check_character(bytes: &[u8]) -> u8 {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = WEIGHTS
        .iter()
        .zip(bytes)
        .map(|(w, d)| w * u32::from(d - b'0'))
        .sum();
    b"10X98765432"[(sum % 11) as usize]
}

/// `3.39901E+17` and the like.
fn scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else {
        return false;
    };
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    exponent
        .parse::<u32>()
        .is_ok_and(|e| (10..=30).contains(&e))
        && mantissa.starts_with(|c: char| c.is_ascii_digit())
        && mantissa.parse::<f64>().is_ok()
}

/// Whether a text is a number in scientific notation whose digits are gone.
pub(super) fn lost_digits(text: &str) -> bool {
    scientific(text.trim())
}

/// Reads a column of id numbers.
pub(super) fn read(column: &Column<'_>, out: &mut Vec<Diagnostic>) -> Read {
    debug_assert!(column.field.kind == Kind::IdNumber);
    let tokens = column.scheme.words.tokens();
    let cut_off = column.scheme.cut_off;
    let mut data = TextColumn::with_capacity(column.cells.len());
    let states = column.each(
        out,
        |column, out, index, held| {
            let (id, verdict) = match held {
                Held::Text(t) => {
                    // A number is longer than any word for "none", so look only at short cells.
                    if t.len() < 15 {
                        let word = tokens.get(&crate::fold::clean(t));
                        if word.absent || word.ditto {
                            return Got::Blank;
                        }
                    }
                    judge(t, cut_off)
                }
                // Sixteen digits and more do not survive in a number; fifteen do.
                Held::Number(n) if n.abs() >= 1e15 => {
                    let finding = column.finding(index, Rule::IdPrecisionLost);
                    column.report(out, index, finding);
                    return Got::Gap;
                }
                held => {
                    let text = shown(held);
                    let (id, verdict) = judge(&text, cut_off);
                    (Cow::Owned(id.into_owned()), verdict)
                }
            };
            if verdict != Verdict::Valid {
                let finding = describe(column, index, &id, verdict);
                column.report(out, index, finding);
            }
            if verdict == Verdict::Valid || verdict.keeps(id.chars().count()) {
                Got::Value(id)
            } else {
                Got::Gap
            }
        },
        |id| data.push(id.as_deref()),
    );
    Read {
        data: Data::Text(data),
        states,
    }
}

fn describe(column: &Column<'_>, index: usize, id: &str, verdict: Verdict) -> Diagnostic {
    let finding = |rule, variant| {
        column
            .finding(index, rule)
            .variant(variant)
            .arg("value", id)
    };
    let part = |from: usize, to: usize| id.get(from..to).unwrap_or("").to_owned();
    match verdict {
        Verdict::Valid | Verdict::Checksum => finding(Rule::IdChecksum, ""),
        Verdict::Fifteen => finding(Rule::IdLength, "fifteen").severity(Severity::Warning),
        Verdict::PrecisionLost => finding(Rule::IdPrecisionLost, ""),
        Verdict::Masked => finding(Rule::IdPrecisionLost, "masked"),
        Verdict::Document => finding(Rule::IdLength, "document").severity(Severity::Warning),
        Verdict::Length(n) => finding(Rule::IdLength, "").arg("length", n),
        Verdict::Characters => finding(Rule::IdChecksum, "characters"),
        Verdict::Province => finding(Rule::IdChecksum, "province").arg("part", part(0, 2)),
        Verdict::Date => finding(Rule::IdChecksum, "date").arg("part", part(6, 14)),
        Verdict::Future => finding(Rule::IdChecksum, "future")
            .arg("part", part(6, 14))
            .arg("cut_off", column.scheme.cut_off),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut_off() -> NaiveDate {
        NaiveDate::from_ymd_opt(2025, 8, 31).expect("a date")
    }

    #[test]
    fn verdicts_in_their_order() {
        use Verdict::*;
        for (text, verdict) in [
            ("339901198503150120", Valid),
            ("33990119721130113X", Valid),
            ("11010519491231002X", Valid),
            ("339901199008070451", Valid),
            ("339901198503150121", Checksum),
            ("339901198502290120", Date),
            ("339901188503150120", Date),
            ("33990119850315012", Length(17)),
            ("3399011985031501200", Length(19)),
            ("339901850315012", Fifteen),
            ("339901851315012", Date),
            ("3.39901E+17", PrecisionLost),
            ("3.39901198503150E+17", PrecisionLost),
            ("339901198503150000", PrecisionLost),
            ("33990119850315O120", Characters),
            ("3399011985031501X0", Characters),
            ("019901198503150120", Province),
            ("339901203503150120", Future),
            ("339901********0120", Masked),
            ("E12345678", Document),
            ("H0123456700", Document),
            ("已报", Length(2)),
        ] {
            assert_eq!(judge(text, cut_off()).1, verdict, "{text}");
        }
    }

    #[test]
    fn many_ways_to_type_one_number() {
        for text in [
            "33990119721130113X",
            "33990119721130113x",
            "３３９９０１１９７２１１３０１１３Ｘ",
            " 339901 19721130 113X ",
            "'33990119721130113X",
            "‘33990119721130113x",
            "33990119721130113×",
            "33990119721130113Ⅹ",
            "33990119721130113Х",
            "339901\u{a0}19721130\u{200b}113X\u{feff}",
            "33990119721130113X(已核)",
            "339901721130113",
        ] {
            let (id, verdict) = judge(text, cut_off());
            assert_eq!(id, "33990119721130113X", "{text}");
            assert!(
                matches!(verdict, Verdict::Valid | Verdict::Fifteen),
                "{text}"
            );
        }
    }

    #[test]
    fn facts_of_valid_numbers_only() {
        let f = facts("339901198503150120").expect("valid");
        assert_eq!(
            f.birth,
            NaiveDate::from_ymd_opt(1985, 3, 15).expect("a date")
        );
        assert!(!f.male);
        assert!(facts("33990119721130113X").expect("valid").male);
        assert_eq!(facts("339901198503150121"), None);
        assert_eq!(facts("33990119850315012"), None);
        assert_eq!(facts("张三张三张三"), None);
    }

    #[test]
    fn residents_from_elsewhere_have_the_same_check_character() {
        for prefix in ["810000", "820000", "830000", "911124", "710000"] {
            let mut id = format!("{prefix}19850315012");
            id.push(char::from(check_character(id.as_bytes())));
            assert_eq!(judge(&id, cut_off()).1, Verdict::Valid, "{id}");
        }
    }
}
