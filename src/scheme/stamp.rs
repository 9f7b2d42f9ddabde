//! The stamp that a form sent out carries on a sheet of its own: which form, version, period and
//! school it is, so that nothing about it must be guessed when it comes back.
//!
//! A stamp is a table of words, so that it lives through every program that saves a workbook. It is
//! believed as a whole or not at all, and what it says about a sheet only where the sheet still
//! says the same.

use std::fmt::Write as _;

/// Name of the sheet.
pub const SHEET: &str = "_huizong";
/// First word of a stamp, and the version of its own layout.
pub const MARK: [&str; 2] = ["huizong-form", "1"];

const PROGRAM: &str = "program";
const SCHEME: &str = "scheme";
const PERIOD: &str = "period";
const SCHOOL: &str = "school";
const OWN: &str = "own";
const FORM: &str = "form";
const COLUMN: &str = "column";

/// What a stamp says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stamp {
    /// Version of the program that made the workbook.
    pub program: String,
    /// Id of the scheme.
    pub scheme: String,
    /// The period that it is to be filled in for, `YYYY-MM`.
    pub period: String,
    /// Name of the school that it was made for.
    pub school: String,
    /// Its code; empty for none.
    pub code: String,
    /// Sheets that hold nothing of the school's: name and digest of the cells.
    pub own: Vec<(String, String)>,
    /// The forms, a sheet each.
    pub forms: Vec<StampedForm>,
}

/// A form of a stamped workbook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StampedForm {
    /// Its id.
    pub form: String,
    /// [`Layout::version`](super::blank::Layout::version) of what was sent out.
    pub version: String,
    /// Its sheet.
    pub sheet: String,
    /// 0-based row of the labels.
    pub header: u32,
    /// For each column, from the first of the sheet on: the field's id and the label.
    pub columns: Vec<(String, String)>,
}

impl Stamp {
    /// As lines of words.
    pub fn lines(&self) -> Vec<Vec<String>> {
        let mut out: Vec<Vec<String>> = Vec::new();
        let mut line = |words: &[&str]| {
            // A cell without text is no cell.
            let filled = words.iter().take_while(|w| !w.is_empty());
            out.push(filled.map(|w| (*w).to_owned()).collect());
        };
        line(&MARK);
        line(&[PROGRAM, &self.program]);
        line(&[SCHEME, &self.scheme]);
        line(&[PERIOD, &self.period]);
        line(&[SCHOOL, &self.school, &self.code]);
        for (sheet, digest) in &self.own {
            line(&[OWN, sheet, digest]);
        }
        for f in &self.forms {
            let header = (f.header + 1).to_string();
            line(&[FORM, &f.form, &f.version, &f.sheet, &header]);
            for (field, label) in &f.columns {
                line(&[COLUMN, field, label]);
            }
        }
        out
    }

    /// Reads what [`Stamp::lines`] wrote; none where anything of it is not as it was written.
    pub fn parse(lines: &[Vec<String>]) -> Option<Stamp> {
        let mut stamp = Stamp::default();
        for line in lines.get(1..)? {
            let words: Vec<&str> = line.iter().map(String::as_str).collect();
            match words[..] {
                [PROGRAM, program] => stamp.program = program.to_owned(),
                [SCHEME, scheme] => stamp.scheme = scheme.to_owned(),
                [PERIOD, period] => stamp.period = period.to_owned(),
                [SCHOOL, school] => stamp.school = school.to_owned(),
                [SCHOOL, school, code] => {
                    (stamp.school, stamp.code) = (school.to_owned(), code.to_owned());
                }
                [OWN, sheet, digest] => stamp.own.push((sheet.to_owned(), digest.to_owned())),
                [FORM, form, version, sheet, header] => stamp.forms.push(StampedForm {
                    form: form.to_owned(),
                    version: version.to_owned(),
                    sheet: sheet.to_owned(),
                    header: header.parse::<u32>().ok()?.checked_sub(1)?,
                    columns: Vec::new(),
                }),
                [COLUMN, field, label] => {
                    let columns = &mut stamp.forms.last_mut()?.columns;
                    columns.push((field.to_owned(), label.to_owned()));
                }
                _ => return None,
            }
        }
        (stamp.lines() == lines).then_some(stamp)
    }
}

/// A short number that changes with the words and their order (FNV-1a, 64 bits).
pub fn digest<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let mut sum: u64 = 0xcbf2_9ce4_8422_2325;
    for word in words {
        // No text holds this byte: `ab` and `c` are not `a` and `bc`.
        for byte in word.bytes().chain([0xFF]) {
            sum = (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    let mut out = String::new();
    let _ = write!(out, "{sum:016x}");
    out
}

/// [`digest`] of the texts of a sheet and their places.
pub fn digest_cells<'a>(cells: impl IntoIterator<Item = (u32, u32, &'a str)>) -> String {
    let texts: Vec<String> = cells
        .into_iter()
        // Programs that save a workbook do not keep carriage returns.
        .map(|(row, col, text)| format!("{row} {col} {}", text.replace('\r', "")))
        .collect();
    digest(texts.iter().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp() -> Stamp {
        Stamp {
            program: "0.1.0".into(),
            scheme: "county-backbone".into(),
            period: "2025-10".into(),
            school: "青石镇中心小学".into(),
            code: "2133000101".into(),
            own: vec![("_lists".into(), digest(["a"]))],
            forms: vec![StampedForm {
                form: "roster".into(),
                version: "1".into(),
                sheet: "教师名册".into(),
                header: 3,
                columns: vec![("name".into(), "*姓名".into())],
            }],
        }
    }

    #[test]
    fn a_stamp_is_read_as_it_was_written_or_not_at_all() {
        let lines = stamp().lines();
        assert_eq!(Stamp::parse(&lines), Some(stamp()));
        for at in 0..lines.len() {
            let mut changed = lines.clone();
            changed[at].push("x".into());
            assert_eq!(Stamp::parse(&changed), None, "line {at}");
            changed.remove(at);
            assert_ne!(Stamp::parse(&changed), Some(stamp()), "line {at}");
        }
        assert_eq!(Stamp::parse(&[]), None);
        let without = Stamp {
            code: String::new(),
            ..stamp()
        };
        assert_eq!(Stamp::parse(&without.lines()), Some(without));
    }

    #[test]
    fn digests_tell_words_places_and_order_apart() {
        assert_ne!(digest(["ab", "c"]), digest(["a", "bc"]));
        assert_ne!(digest_cells([(0, 1, "a")]), digest_cells([(1, 0, "a")]));
        assert_eq!(
            digest_cells([(0, 0, "a\r\nb")]),
            digest_cells([(0, 0, "a\nb")])
        );
    }
}
