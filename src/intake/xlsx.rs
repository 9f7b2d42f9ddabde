//! Office Open XML workbooks, xlsx and xlsm: one pass over each sheet part gives its cells,
//! merges, hidden rows and columns, and the formulas that were stored without a result.
//!
//! `<dimension>` is never asked, since WPS and others write it wrong. A picture that WPS keeps in
//! a cell reads as the text of its `DISPIMG` formula.

use super::job::{Job, Refusal, Sink};
use super::number_format::{self, Shows};
use super::package::Package;
use super::scan::{Piece, Scan, Tag};
use super::xlsx_parts::{self as parts, Strings};
use super::xml;
use crate::diagnostic::Severity;
use crate::grid::{CellError, Format, Sheet, Span, Value, Workbook};

/// Reads a workbook.
pub(super) fn read(job: &mut Job, bytes: &[u8]) -> Result<Workbook, Refusal> {
    let mut package = Package::open(bytes)?;
    let main = parts::main_part(&mut package, job)?.unwrap_or_else(|| "xl/workbook.xml".into());
    let Some(text) = package.text(&main, job)? else {
        return Err(Refusal::unreadable("damaged"));
    };
    let (listed, is_1904) = parts::workbook(&text)?;
    let related = parts::of_part(&mut package, &main, job)?;
    let target = |kind: &str, usual: &str| {
        related
            .values()
            .find(|r| r.kind == kind)
            .map(|r| r.target.clone())
            .unwrap_or_else(|| usual.to_owned())
    };
    let shows = match package.text(&target("styles", "xl/styles.xml"), job)? {
        Some(text) => parts::styles(&text)?,
        None => Vec::new(),
    };
    let strings = match package.text(&target("sharedStrings", "xl/sharedStrings.xml"), job)? {
        Some(text) => Strings::parse(&text)?,
        None => Strings::default(),
    };
    let book = Book {
        strings,
        shows,
        is_1904,
    };
    let (mut sheets, mut worksheets) = (Vec::new(), 0);
    // An old macro module is listed as a sheet without a part: nothing can be lost there.
    for sheet in listed.iter().filter(|s| !s.id.is_empty()) {
        let Some(relationship) = related.get(&sheet.id) else {
            job.note_sheet(&sheet.name, Refusal::unreadable("sheet-damaged"));
            continue;
        };
        if relationship.kind != "worksheet" {
            // Chart and dialog sheets hold no cells.
            continue;
        }
        worksheets += 1;
        let read = match package.text(&relationship.target, job) {
            Ok(Some(text)) => book.sheet(job, &sheet.name, sheet.hidden, &text),
            Ok(None) => Err(Refusal::unreadable("damaged")),
            Err(refusal) => Err(refusal),
        };
        match read {
            Ok(sheet) => sheets.push(sheet),
            Err(refusal) if refusal.ends_file() => return Err(refusal),
            Err(_) => job.note_sheet(&sheet.name, Refusal::unreadable("sheet-damaged")),
        }
    }
    if worksheets == 0 {
        return Err(Refusal::unreadable("no-sheet"));
    }
    Ok(Workbook {
        file: job.file.clone(),
        format: Format::Xlsx,
        sheets,
    })
}

/// What the sheets of a workbook share.
struct Book {
    strings: Strings,
    shows: Vec<Shows>,
    is_1904: bool,
}

/// The attributes of a `<c>` that matter, and what was met inside it.
#[derive(Default)]
struct Met {
    style: usize,
    kind: Kind,
    formula: bool,
    /// Formula of a picture that WPS keeps in the cell.
    picture: Option<String>,
    result: bool,
}

#[derive(Default, Clone, Copy, PartialEq)]
enum Kind {
    #[default]
    Number,
    Shared,
    Text,
    Bool,
    Error,
    Date,
}

impl Book {
    fn sheet(&self, job: &mut Job, name: &str, hidden: bool, text: &str) -> Result<Sheet, Refusal> {
        let mut sink = job.sink(name);
        sink.hidden(hidden);
        let mut scan = Scan::new(text);
        let (mut row, mut col) = (0u32, 0u32);
        let mut scratch = String::new();
        let (mut lost_string, mut closed) = (None, false);
        loop {
            match scan.next()? {
                Piece::Open(tag) => match tag.name {
                    "c" => {
                        let met = start_cell(&tag, &mut row, &mut col)?;
                        if !tag.empty
                            && self.cell(&mut scan, &mut sink, (row, col), met, &mut scratch)?
                        {
                            lost_string.get_or_insert((row, col));
                        }
                        col += 1;
                    }
                    "row" => {
                        start_row(&tag, &mut row, &mut sink)?;
                        col = 0;
                        row += u32::from(tag.empty);
                    }
                    "mergeCell" => merge(&tag, &mut sink)?,
                    "col" => column(&tag, &mut sink),
                    "worksheet" => closed = tag.empty,
                    _ => {}
                },
                Piece::Close("row") => row += 1,
                Piece::Close("worksheet") => closed = true,
                Piece::End => break,
                _ => {}
            }
        }
        if !closed {
            return Err(Refusal::unreadable("damaged"));
        }
        let sheet = sink.finish(job)?;
        if let Some(at) = lost_string {
            job.note_cell(name, at, "cell-damaged", Severity::Error);
        }
        Ok(sheet)
    }

    /// Reads up to the end of a `<c>`; true if its shared string does not exist.
    #[inline]
    fn cell(
        &self,
        scan: &mut Scan<'_>,
        sink: &mut Sink,
        (row, col): (u32, u32),
        mut met: Met,
        scratch: &mut String,
    ) -> Result<bool, Refusal> {
        let mut lost = false;
        loop {
            match scan.next()? {
                Piece::Open(tag) => match tag.name {
                    "v" if tag.empty => met.result |= met.kind == Kind::Text,
                    "v" => {
                        scratch.clear();
                        scan.content("v", scratch)?;
                        met.result |= !scratch.is_empty() || met.kind == Kind::Text;
                        lost |= self.put(sink, row, col, &met, scratch)?;
                    }
                    "f" => {
                        met.formula = true;
                        if !tag.empty {
                            scratch.clear();
                            scan.content("f", scratch)?;
                            if scratch.contains("DISPIMG(") {
                                met.picture = Some(format!("={scratch}"));
                            }
                        }
                    }
                    "is" if !tag.empty => {
                        scratch.clear();
                        parts::rich_text(scan, "is", scratch)?;
                        met.result = true;
                        sink.put(row, col, Value::Text(&xml::tidy(scratch)))?;
                    }
                    _ => {}
                },
                Piece::Close("c") => break,
                Piece::End => return Err(Refusal::unreadable("damaged")),
                _ => {}
            }
        }
        if met.formula && !met.result {
            match &met.picture {
                Some(formula) => sink.put(row, col, Value::Text(formula))?,
                None => sink.put(row, col, Value::Unevaluated)?,
            }
        }
        Ok(lost)
    }

    /// Puts the value of a `<v>`; true if it names a shared string that does not exist.
    #[inline]
    fn put(
        &self,
        sink: &mut Sink,
        row: u32,
        col: u32,
        met: &Met,
        v: &str,
    ) -> Result<bool, Refusal> {
        match met.kind {
            Kind::Shared => match v
                .trim_ascii()
                .parse()
                .ok()
                .and_then(|i| self.strings.get(i))
            {
                Some(text) => sink.put(row, col, Value::Text(text))?,
                None => return Ok(!v.is_empty()),
            },
            Kind::Number => match number(v) {
                Some(n) => {
                    let shows = self.shows.get(met.style).copied().unwrap_or(Shows::Number);
                    sink.put(row, col, stored_number(n, shows, self.is_1904))?;
                }
                None => sink.put(row, col, Value::Text(&xml::tidy(v)))?,
            },
            Kind::Text => sink.put(row, col, Value::Text(&xml::tidy(v)))?,
            Kind::Bool if !v.is_empty() => sink.put(row, col, Value::Bool(xml::yes(v.trim())))?,
            Kind::Error if !v.is_empty() => sink.put(row, col, Value::Error(error(v)))?,
            Kind::Date => match number_format::from_iso(v) {
                Some(days) => sink.put(row, col, Value::Date(days))?,
                None => sink.put(row, col, Value::Text(v))?,
            },
            Kind::Bool | Kind::Error => {}
        }
        Ok(false)
    }
}

/// A number as its format shows it.
#[inline]
pub(super) fn stored_number(number: f64, shows: Shows, is_1904: bool) -> Value<'static> {
    match shows {
        Shows::Number => Value::Number(number),
        _ => Value::Date(number_format::serial(number, shows, is_1904)),
    }
}

/// A finite number; words like `inf`, which Rust would take, are text.
pub(super) fn number(text: &str) -> Option<f64> {
    let text = text.trim_ascii();
    let digits = text.as_bytes().iter().any(u8::is_ascii_digit);
    text.parse().ok().filter(|n: &f64| digits && n.is_finite())
}

/// An error value by its name.
pub(super) fn error(name: &str) -> CellError {
    use CellError::{Div0, Na, Name, Null, Num, Other, Ref, Value};
    [Div0, Na, Name, Null, Num, Ref, Value]
        .into_iter()
        .find(|e| e.as_str() == name.trim())
        .unwrap_or(Other)
}

fn start_row(tag: &Tag<'_>, row: &mut u32, sink: &mut Sink) -> Result<(), Refusal> {
    for (name, value) in tag.attributes() {
        match name {
            "r" => {
                *row = value
                    .trim_ascii()
                    .parse::<u32>()
                    .ok()
                    .filter(|r| (1..=1 << 20).contains(r))
                    .ok_or_else(|| Refusal::unreadable("damaged"))?
                    - 1;
            }
            "hidden" if xml::yes(value) => sink.hide_rows(*row..*row + 1),
            _ => {}
        }
    }
    Ok(())
}

/// The cell's own reference is believed before its row's, as every spreadsheet does.
fn start_cell(tag: &Tag<'_>, row: &mut u32, col: &mut u32) -> Result<Met, Refusal> {
    let mut met = Met::default();
    for (name, value) in tag.attributes() {
        match name {
            "r" => {
                (*row, *col) =
                    xml::cell_reference(value).ok_or_else(|| Refusal::unreadable("damaged"))?;
            }
            "s" => met.style = value.parse().unwrap_or(0),
            "t" => {
                met.kind = match value {
                    "s" => Kind::Shared,
                    "b" => Kind::Bool,
                    "e" => Kind::Error,
                    "d" => Kind::Date,
                    "n" => Kind::Number,
                    _ => Kind::Text,
                }
            }
            _ => {}
        }
    }
    if *row >= 1 << 20 || *col >= 1 << 14 {
        return Err(Refusal::unreadable("damaged"));
    }
    Ok(met)
}

fn merge(tag: &Tag<'_>, sink: &mut Sink) -> Result<(), Refusal> {
    let Some(range) = tag.attribute("ref") else {
        return Ok(());
    };
    let (from, to) = range.split_once(':').unwrap_or((range, range));
    if let (Some((top, left)), Some((bottom, right))) =
        (xml::cell_reference(from), xml::cell_reference(to))
    {
        sink.merge(Span {
            top,
            left,
            bottom,
            right,
        })?;
    }
    Ok(())
}

fn column(tag: &Tag<'_>, sink: &mut Sink) {
    let number = |name| tag.attribute(name).and_then(|v| v.parse::<u32>().ok());
    if tag.attribute("hidden").is_some_and(xml::yes)
        && let (Some(min), Some(max)) = (number("min"), number("max"))
        && min >= 1
    {
        sink.hide_columns(min - 1..max.min(1 << 14));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnosed;
    use rust_xlsxwriter::{Format as Style, Formula, Workbook as Writer};
    use std::io::{Cursor, Write};
    use zip::write::SimpleFileOptions;

    const TYPES: &str =
        r#"<Types><Default Extension="xml" ContentType="application/xml"/></Types>"#;
    const ROOT: &str = r#"<Relationships><Relationship Id="rId1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    const RELATED: &str = r#"<Relationships><Relationship Id="r1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;

    /// A workbook of one sheet, written by hand where a writer would not write it so.
    fn package(workbook: &str, sheet: &str, strings: &str) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in [
            ("[Content_Types].xml", TYPES),
            ("_rels/.rels", ROOT),
            ("xl/workbook.xml", workbook),
            ("xl/_rels/workbook.xml.rels", RELATED),
            ("xl/worksheets/sheet1.xml", sheet),
            ("xl/sharedStrings.xml", strings),
            (
                "xl/styles.xml",
                r#"<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="31"/></cellXfs></styleSheet>"#,
            ),
        ] {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    const BOOK: &str =
        r#"<workbook><sheets><sheet name="名册" sheetId="1" r:id="r1"/></sheets></workbook>"#;

    fn with(sheet: &str) -> Diagnosed<Vec<Workbook>> {
        let strings = r#"<sst uniqueCount="99999999999"><si><t>张三</t></si></sst>"#;
        super::super::read("a.xlsx", &package(BOOK, sheet, strings))
    }

    #[test]
    fn a_written_workbook_reads_back() {
        let mut writer = Writer::new();
        let sheet = writer.add_worksheet();
        sheet.set_name("名册").unwrap();
        let date = Style::new().set_num_format("yyyy\"年\"m\"月\"");
        sheet
            .merge_range(0, 0, 0, 3, "标题 & <一>", &Style::new())
            .unwrap();
        sheet.write_with_format(1, 0, 45_758, &date).unwrap();
        sheet.write(1, 1, 1.5).unwrap();
        sheet.write(1, 2, true).unwrap();
        sheet.write(1, 3, "a\nb").unwrap();
        sheet
            .write(2, 0, Formula::new("1/0").set_result("#DIV/0!"))
            .unwrap();
        sheet.set_row_hidden(2).unwrap();
        sheet.set_column_hidden(3).unwrap();
        writer.add_worksheet().set_hidden(true);
        let bytes = writer.save_to_buffer().unwrap();
        let found = super::super::read("a.xls", &bytes);
        assert!(found.diagnostics.is_empty());
        let book = &found.value[0];
        let s = &book.sheets[0];
        assert_eq!(
            (book.format, &*s.name, book.sheets[1].hidden),
            (Format::Xlsx, "名册", true)
        );
        assert_eq!(s.at(0, 0), Some(Value::Text("标题 & <一>")));
        assert_eq!(s.at(1, 0), Some(Value::Date(45_758.0)));
        assert_eq!(s.at(1, 1), Some(Value::Number(1.5)));
        assert_eq!(s.at(1, 2), Some(Value::Bool(true)));
        assert_eq!(s.at(1, 3), Some(Value::Text("a\nb")));
        assert_eq!(s.merge_at(0, 3).map(|m| m.left), Some(0));
        assert!(s.row_hidden(2) && s.column_hidden(3) && !s.column_hidden(2));
    }

    #[test]
    fn what_only_other_writers_write() {
        let found = with(
            r##"<x:worksheet xmlns:x="m"><x:dimension ref="A1"/><x:sheetData>
<x:row><x:c t="s"><x:v>0</x:v></x:c><x:c r="C1" t="inlineStr"><x:is><x:t> 行内 </x:t></x:is></x:c><x:c t="s"><x:v>7</x:v></x:c></x:row>
<x:row r="5" hidden="1"><x:c r="A5"><x:f>SUM(A1)</x:f></x:c><x:c><x:f>A1</x:f><x:v/></x:c><x:c t="str"><x:f>IF(1,"")</x:f><x:v></x:v></x:c><x:c t="e"><x:v>#SPILL!</x:v></x:c><x:c s="1"><x:v>45758</x:v></x:c><x:c t="d"><x:v>2025-04-11</x:v></x:c><x:c><x:v>inf</x:v></x:c><x:c><x:f>_xlfn.DISPIMG("ID",1)</x:f></x:c></x:row>
</x:sheetData></x:worksheet>"##,
        );
        let s = &found.value[0].sheets[0];
        assert_eq!(s.at(0, 0), Some(Value::Text("张三")));
        assert_eq!(s.at(0, 2), Some(Value::Text("行内")));
        assert_eq!(s.at(4, 0), Some(Value::Unevaluated));
        assert_eq!(s.at(4, 1), Some(Value::Unevaluated));
        assert_eq!(s.at(4, 2), None);
        assert_eq!(s.at(4, 3), Some(Value::Error(CellError::Other)));
        assert_eq!(s.at(4, 4), Some(Value::Date(45_758.0)));
        assert_eq!(s.at(4, 5), Some(Value::Date(45_758.0)));
        assert_eq!(s.at(4, 6), Some(Value::Text("inf")));
        assert_eq!(s.at(4, 7), Some(Value::Text("=_xlfn.DISPIMG(\"ID\",1)")));
        // The string that does not exist is an error at its cell, not a blank.
        assert_eq!(found.diagnostics.len(), 1);
        assert_eq!(found.diagnostics[0].key(), "file-unreadable.cell-damaged");
        assert_eq!(found.diagnostics[0].place.cell().as_deref(), Some("D1"));
    }

    #[test]
    fn a_blank_in_the_last_cell_is_named_and_the_table_read() {
        let far = r#"<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t xml:space="preserve"> </t></is></c></row>"#;
        let near = r#"<row r="1"><c r="A1"><v>1</v></c></row>"#;
        let both = with(&format!(
            "<worksheet><sheetData>{near}{far}</sheetData></worksheet>"
        ));
        assert_eq!(both.value[0].sheets[0].cells().len(), 1);
        assert_eq!(both.diagnostics[0].key(), "file-too-large.stray");
        assert_eq!(both.diagnostics[0].severity, Severity::Warning);
        assert_eq!(
            both.diagnostics[0].place.cell().as_deref(),
            Some("XFD1048576")
        );
        let alone = with(&format!(
            "<worksheet><sheetData>{far}</sheetData></worksheet>"
        ));
        assert_eq!(alone.diagnostics[0].severity, Severity::Error);
    }

    #[test]
    fn a_damaged_sheet_is_left_out_whole_and_named() {
        let found = with("<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row>");
        assert!(found.value[0].sheets.is_empty());
        assert_eq!(found.diagnostics[0].key(), "file-unreadable.sheet-damaged");
        assert_eq!(&*found.diagnostics[0].place.sheet, "名册");
    }

    #[test]
    fn dates_from_1904_are_shifted() {
        let book = BOOK.replace("<sheets>", "<workbookPr date1904=\"1\"/><sheets>");
        let sheet =
            r#"<worksheet><sheetData><row><c s="1"><v>44296</v></c></row></sheetData></worksheet>"#;
        let found = super::super::read("a.xlsx", &package(&book, sheet, "<sst/>"));
        assert_eq!(
            found.value[0].sheets[0].at(0, 0),
            Some(Value::Date(45_758.0))
        );
    }

    #[test]
    fn no_changed_byte_panics() {
        let whole = package(BOOK, "<worksheet><sheetData/></worksheet>", "<sst/>");
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 0x55;
            let _ = super::super::read("a.xlsx", &changed);
            let _ = super::super::read("a.xlsx", &whole[..at]);
        }
    }
}
