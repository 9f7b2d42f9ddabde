//! Text files: comma-, tab-, semicolon- or bar-separated, in the encodings that schools' exports
//! come in. Every field stays text, since leading zeros and long numbers matter; a row is a
//! record, blank lines counted, so that the row printed is the record that a person counts.

use super::job::{Job, Refusal};
use super::sniff::Whole;
use crate::diagnostic::{Diagnostic, Place, Rule, Severity};
use crate::grid::{Format, Value, Workbook};
use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};
use memchr::{memchr, memmem};
use std::borrow::Cow;

/// A decoded file.
pub(super) struct Decoded<'a> {
    pub text: Cow<'a, str>,
    /// Characters that could not be decoded and became U+FFFD.
    pub lost: usize,
}

/// Decodes what was written in characters; a blob gives `None`. `cut` says that more follows, so
/// that a character may be broken at the end.
pub(super) fn decode(bytes: &[u8], cut: bool) -> Option<Decoded<'_>> {
    let whole = |text| Some(Decoded { text, lost: 0 });
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => return lossy(UTF_8, rest, cut),
        [0xFF, 0xFE, rest @ ..] => return lossy(UTF_16LE, rest, cut),
        [0xFE, 0xFF, rest @ ..] => return lossy(UTF_16BE, rest, cut),
        _ => {}
    }
    if let Some(encoding) = unmarked_utf16(bytes) {
        return lossy(encoding, bytes, cut);
    }
    if is_blob(bytes) {
        return None;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => return whole(Cow::Borrowed(text)),
        Err(e) if e.error_len().is_none() && bytes.len() - e.valid_up_to() < 4 => {
            // Cut inside a character.
            let text = String::from_utf8_lossy(&bytes[..e.valid_up_to()]);
            return Some(Decoded {
                text,
                lost: usize::from(!cut),
            });
        }
        Err(_) => {}
    }
    // Nearly any bytes are GB18030, so that one broken byte in UTF-8 would turn the whole file to
    // nonsense; but hardly any GB18030 is UTF-8.
    if is_broken_utf8(bytes, cut)
        && let Some(decoded) = lossy(UTF_8, bytes, cut)
    {
        return Some(decoded);
    }
    if let Some(text) = GB18030.decode_without_bom_handling_and_without_replacement(bytes) {
        return whole(text);
    }
    // Damaged: the encoding in which fewer characters are lost, if it is few at all.
    match (lossy(UTF_8, bytes, cut), lossy(GB18030, bytes, cut)) {
        (Some(a), Some(b)) => Some(if a.lost <= b.lost { a } else { b }),
        (a, b) => a.or(b),
    }
}

/// Whether there are more than ten characters beyond ASCII in UTF-8 for each place that is none.
/// Looks only as far as that is open.
fn is_broken_utf8(bytes: &[u8], cut: bool) -> bool {
    let (mut good, mut lost, mut left) = (0, 0, bytes.len());
    for chunk in bytes.utf8_chunks() {
        let (valid, broken) = (chunk.valid().as_bytes(), chunk.invalid().len());
        left -= valid.len() + broken;
        let lost_before = memmem::find_iter(valid, "\u{FFFD}").count();
        good += valid.iter().filter(|b| **b >= 0xC0).count() - lost_before;
        lost += lost_before + usize::from(broken > 0 && !(cut && left == 0));
        if good + left / 2 <= lost * 10 {
            return false;
        }
    }
    true
}

/// Decodes with replacement; more than a few lost characters are no text.
fn lossy<'a>(encoding: &'static Encoding, bytes: &'a [u8], cut: bool) -> Option<Decoded<'a>> {
    let (text, failed) = encoding.decode_without_bom_handling(bytes);
    if text.contains('\0') {
        return None;
    }
    let mut lost = match failed {
        true => text.chars().filter(|c| *c == '\u{FFFD}').count(),
        false => 0,
    };
    if cut && text.ends_with('\u{FFFD}') {
        lost = lost.saturating_sub(1);
    }
    (lost * 50 <= text.len() / 2 + 50).then_some(Decoded { text, lost })
}

/// UTF-16 without a mark: digits, separators and line ends leave every second byte zero.
fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(8192) & !1];
    if head.is_empty() {
        return None;
    }
    let (mut even, mut odd) = (0, 0);
    for pair in head.chunks_exact(2) {
        even += usize::from(pair[0] == 0);
        odd += usize::from(pair[1] == 0);
    }
    let enough = head.len() / 2 / 20;
    match (even, odd) {
        (0, odd) if odd > enough => Some(UTF_16LE),
        (even, 0) if even > enough => Some(UTF_16BE),
        _ => None,
    }
}

/// Zero bytes, or more control characters than a text ever has.
fn is_blob(bytes: &[u8]) -> bool {
    let control = |b: u8| (b < 32) & !(9..=13).contains(&b) & (b != 26) | (b == 127);
    // Counted in bytes, a little at a time, which goes many at once.
    let few = |part: &[u8]| part.iter().fold(0u8, |n, b| n + u8::from(control(*b)));
    let controls: usize = bytes.chunks(255).map(|part| usize::from(few(part))).sum();
    memchr(0, bytes).is_some() || controls * 500 > bytes.len()
}

/// Reads a text file as a workbook of one sheet.
pub(super) fn read(job: &mut Job, bytes: &[u8], text: Whole<'_>) -> Result<Workbook, Refusal> {
    job.take_inflated(bytes.len() as u64)?;
    let Some(Decoded { text, lost }) = text.or_else(|| decode(bytes, false)) else {
        return Err(Refusal::unreadable("binary"));
    };
    if lost > 0 {
        job.notes.push(
            Diagnostic::new(Rule::FileUnreadable, Place::file(&job.file))
                .variant("characters")
                .severity(Severity::Warning)
                .arg("count", lost),
        );
    }
    let text = text.trim_end_matches('\u{1A}');
    let name = job.stem().to_owned();
    let mut sink = job.sink(&name);
    let mut records = Records::new(text);
    let mut row = 0;
    while let Some(fields) = records.next_record() {
        for (col, field) in (0..).zip(fields.iter()) {
            sink.put(row, col, Value::Text(unwrapped(field)))?;
        }
        row += 1;
    }
    Ok(Workbook {
        file: job.file.clone(),
        format: Format::Text,
        sheets: vec![sink.finish(job)?],
    })
}

/// `="0123"` is how exports keep Excel from eating zeros.
fn unwrapped(field: &str) -> &str {
    field
        .strip_prefix("=\"")
        .and_then(|f| f.strip_suffix('"'))
        .filter(|f| !f.contains('"'))
        .unwrap_or(field)
}

/// Splits records and fields as RFC 4180 does, forgiving stray quotes.
struct Records<'a> {
    rest: &'a str,
    delimiter: u8,
    /// Fields of the record at hand; reused, so that a record allocates nothing new.
    fields: Vec<Cow<'a, str>>,
}

impl<'a> Records<'a> {
    fn new(text: &'a str) -> Records<'a> {
        let (delimiter, rest) = declared_delimiter(text).unwrap_or((sniff_delimiter(text), text));
        Records {
            rest,
            delimiter,
            fields: Vec::new(),
        }
    }

    fn next_record(&mut self) -> Option<&[Cow<'a, str>]> {
        if self.rest.is_empty() {
            return None;
        }
        self.fields.clear();
        loop {
            let (field, after) = match self.rest.strip_prefix('"').and_then(|r| self.quoted(r)) {
                Some(found) => found,
                None => {
                    let end = self.plain_end(self.rest);
                    (Cow::Borrowed(&self.rest[..end]), &self.rest[end..])
                }
            };
            self.fields.push(field);
            match after.as_bytes().first() {
                Some(&b) if b == self.delimiter => self.rest = &after[1..],
                Some(b'\r') if after[1..].starts_with('\n') => {
                    self.rest = &after[2..];
                    break;
                }
                Some(_) => {
                    self.rest = &after[1..];
                    break;
                }
                None => {
                    self.rest = "";
                    break;
                }
            }
        }
        Some(&self.fields)
    }

    fn plain_end(&self, text: &str) -> usize {
        memchr::memchr3(self.delimiter, b'\n', b'\r', text.as_bytes()).unwrap_or(text.len())
    }

    /// A quoted field after its opening quote, and what follows it. `None` if the quote is never
    /// closed: then it is a character like any other, or it would swallow the rest of the file.
    fn quoted(&self, text: &'a str) -> Option<(Cow<'a, str>, &'a str)> {
        let mut field = Cow::Borrowed("");
        let mut rest = text;
        loop {
            let close = memchr(b'"', rest.as_bytes())?;
            append(&mut field, &rest[..close]);
            let after = &rest[close + 1..];
            if let Some(quoted) = after.strip_prefix('"') {
                append(&mut field, "\"");
                rest = quoted;
                continue;
            }
            // Characters between the closing quote and the delimiter belong to the field.
            let end = self.plain_end(after);
            append(&mut field, &after[..end]);
            return Some((field, &after[end..]));
        }
    }
}

fn append<'a>(field: &mut Cow<'a, str>, more: &'a str) {
    if field.is_empty() {
        *field = Cow::Borrowed(more);
    } else if !more.is_empty() {
        field.to_mut().push_str(more);
    }
}

/// Excel's own first line `sep=;`. It stays a blank record, so that rows keep their numbers.
fn declared_delimiter(text: &str) -> Option<(u8, &str)> {
    let rest = text.strip_prefix("sep=")?;
    let delimiter = *rest.as_bytes().first()?;
    let after = &rest[1..];
    (delimiter.is_ascii() && after.starts_with(['\r', '\n'])).then_some((delimiter, after))
}

/// The delimiter that splits the first records most alike; comma where nothing decides.
fn sniff_delimiter(text: &str) -> u8 {
    let sample: String = outside_quotes(text, 64 << 10);
    let lines: Vec<&str> = sample
        .lines()
        .filter(|l| !l.trim().is_empty())
        .take(50)
        .collect();
    let mut best = (0, 0, b',');
    for delimiter in [b',', b'\t', b';', b'|'] {
        let mut counts: Vec<usize> = lines
            .iter()
            .map(|l| memchr::memchr_iter(delimiter, l.as_bytes()).count())
            .filter(|&n| n > 0)
            .collect();
        counts.sort_unstable();
        // Titles and notes split otherwise; what most lines agree on decides.
        let Some(&usual) = counts.get(counts.len() / 2) else {
            continue;
        };
        let alike = counts.iter().filter(|&&n| n == usual).count();
        if (alike, usual) > (best.0, best.1) {
            best = (alike, usual, delimiter);
        }
    }
    best.2
}

/// The beginning of a text without what stands in quotes.
fn outside_quotes(text: &str, limit: usize) -> String {
    let mut out = String::new();
    let mut quoted = false;
    for c in text.chars().take(limit) {
        match c {
            '"' => quoted = !quoted,
            c if !quoted => out.push(c),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::Sheet;

    fn sheet(bytes: &[u8]) -> Sheet {
        let mut job = Job::new("三中/名册.csv", &super::super::Limits::default());
        read(&mut job, bytes, None).unwrap().sheets.remove(0)
    }

    fn text(sheet: &Sheet, row: u32, col: u32) -> String {
        match sheet.at(row, col) {
            Some(Value::Text(t)) => t.to_owned(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn records_keep_their_numbers_and_zeros() {
        let s = sheet("姓名,编号\r\n\r\n\"张\n三\",007\r\n=\"0012\",\"say \"\"hi\"\"\"".as_bytes());
        assert_eq!(&*s.name, "名册");
        assert_eq!(text(&s, 2, 0), "张\n三");
        assert_eq!(text(&s, 2, 1), "007");
        assert_eq!(text(&s, 3, 0), "0012");
        assert_eq!(text(&s, 3, 1), "say \"hi\"");
        assert_eq!(s.cells().len(), 6);
    }

    #[test]
    fn delimiters() {
        assert_eq!(text(&sheet("a;b,c;d\n1;2;3\n".as_bytes()), 1, 2), "3");
        assert_eq!(
            text(&sheet("标题，全校\na\tb\n1\t2,5\n".as_bytes()), 2, 1),
            "2,5"
        );
        assert_eq!(text(&sheet(b"sep=;\na;b\n1;2\n"), 2, 1), "2");
    }

    #[test]
    fn encodings() {
        let source = "姓名,学校\n张三,实验小学\n李四,第二中学\n";
        let gb = GB18030.encode(source).0;
        let utf16 = |be: bool| -> Vec<u8> {
            source
                .encode_utf16()
                .flat_map(|u| if be { u.to_be_bytes() } else { u.to_le_bytes() })
                .collect()
        };
        let marked = [&[0xFF, 0xFE][..], &utf16(false)].concat();
        for bytes in [source.as_bytes(), &gb, &utf16(false), &utf16(true), &marked] {
            assert_eq!(text(&sheet(bytes), 1, 1), "实验小学");
        }
    }

    #[test]
    fn a_quote_that_is_never_closed_is_a_character() {
        let s = sheet(b"a,b\n\"x,1\ny,2\n");
        assert_eq!(text(&s, 1, 0), "\"x");
        assert_eq!(text(&s, 2, 1), "2");
    }

    #[test]
    fn a_broken_byte_loses_one_character_not_the_file() {
        let mut bytes = "姓名,学校\n".repeat(50).into_bytes();
        bytes[1] = 0xFF;
        let mut job = Job::new("a.csv", &super::super::Limits::default());
        let book = read(&mut job, &bytes, None).unwrap();
        assert_eq!(job.notes.len(), 1);
        assert_eq!(text(&book.sheets[0], 1, 0), "姓名");
    }
}
