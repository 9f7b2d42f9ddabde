//! Office Open XML workbooks, xlsx and xlsm: cells from calamine, streamed; merges, what is hidden
//! and formulas without a result from [`facts`](super::facts).
//!
//! calamine gets a [copy of the package](super::package::Copy) in which claims that it would
//! believe are hidden. `<dimension>` is among them, since WPS and others write it wrong.

use super::facts::Facts;
use super::job::{Job, Refusal};
use super::package::{self, Copy, Package};
use super::xlsx_parts as parts;
use super::{values, xml};
use crate::diagnostic::Severity;
use crate::grid::{CellError, Format, Sheet, Value, Workbook};
use calamine::{Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

/// Reads a workbook.
pub(super) fn read(job: &mut Job, package: Package<'_>) -> Result<Workbook, Refusal> {
    let (copy, origins) = copied(job, package)?;
    let places = package::parts(&copy)?;
    let strings = places.get("xl/sharedStrings.xml").cloned();
    check_strings(&copy[strings.unwrap_or_default()])?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(copy.as_slice())).map_err(xml::damaged)?;
    let listed = book.sheets_metadata().to_vec();
    if listed.len() != origins.len() {
        return Err(Refusal::unreadable("damaged"));
    }
    let (mut sheets, mut worksheets, mut seen) = (Vec::new(), 0, BTreeSet::new());
    for (sheet, origin) in listed.iter().zip(origins) {
        let part = match origin {
            Origin::Nothing => continue,
            Origin::Part(part) if sheet.typ == SheetType::WorkSheet => part,
            _ => {
                worksheets += u32::from(origin == Origin::Lost);
                job.note_sheet(&sheet.name, Refusal::unreadable("sheet-damaged"));
                continue;
            }
        };
        worksheets += 1;
        let hidden = sheet.visible != SheetVisible::Visible;
        let read = match places.get(&part) {
            // calamine finds sheets by name: of two with one name it would read the first twice.
            Some(place) if seen.insert(sheet.name.clone()) => {
                read_sheet(job, &mut book, &sheet.name, hidden, &copy[place.clone()])
            }
            _ => Err(Refusal::unreadable("damaged")),
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

/// Where the cells of a listed sheet come from.
#[derive(Debug, PartialEq)]
enum Origin {
    /// A part of the copy.
    Part(String),
    /// A worksheet whose part is missing or damaged.
    Lost,
    /// A sheet whose relationship is missing.
    Unknown,
    /// A chart or dialog sheet, or an old macro module, which is listed without a part.
    Nothing,
}

/// The package for calamine, and the origin of each sheet in the workbook's order.
fn copied(job: &mut Job, mut package: Package<'_>) -> Result<(Vec<u8>, Vec<Origin>), Refusal> {
    let main = parts::main_part(&mut package, job)?.unwrap_or_else(|| "xl/workbook.xml".into());
    let related = parts::of_part(&mut package, &main, job)?;
    let Some(text) = package.text(&main, job)? else {
        return Err(Refusal::unreadable("damaged"));
    };
    let mut copy = Copy::of(&package);
    let mut text = text.into_bytes();
    xml::strike_declaration(&mut text);
    copy.put("xl/workbook.xml", &text)?;
    let ids = parts::sheet_ids(&String::from_utf8_lossy(&text))?;
    let target = |kind: &str, usual: &str| {
        related
            .values()
            .find(|r| r.kind == kind)
            .map_or(usual, |r| r.target.as_str())
            .to_owned()
    };
    if let Some(text) = package.text(&target("styles", "xl/styles.xml"), job)? {
        copy.put("xl/styles.xml", parts::styles(&text)?.as_bytes())?;
    }
    copy.put_xml(
        "xl/sharedStrings.xml",
        &mut package,
        &target("sharedStrings", "xl/sharedStrings.xml"),
        job,
        parts::amend_strings,
    )?;
    let (mut origins, mut names) = (Vec::new(), BTreeMap::<String, String>::new());
    for id in &ids {
        origins.push(match related.get(id) {
            _ if id.is_empty() => Origin::Nothing,
            None => Origin::Unknown,
            Some(part) if part.kind != "worksheet" => Origin::Nothing,
            Some(_) if names.contains_key(id) => Origin::Lost,
            Some(part) => {
                let name = format!("worksheets/sheet{}.xml", names.len() + 1);
                let full = format!("xl/{name}");
                let put = copy.put_xml(&full, &mut package, &part.target, job, parts::amend_sheet);
                names.insert(id.clone(), name);
                match put {
                    Ok(true) => Origin::Part(full),
                    Err(refusal) if refusal.ends_file() => return Err(refusal),
                    _ => Origin::Lost,
                }
            }
        });
    }
    parts::put_relationships(&mut copy, "workbook.xml", &names, &ids)?;
    Ok((copy.finish()?, origins))
}

/// calamine keeps 24 bytes for each string, which an empty one of five bytes does not pay for.
fn check_strings(part: &[u8]) -> Result<(), Refusal> {
    const LARGE: usize = 16 << 20;
    const TAGS: usize = 16_000_000;
    if part.len() > LARGE && memchr::memchr_iter(b'<', part).count() > TAGS {
        return Err(Refusal::too_large("cells", TAGS));
    }
    Ok(())
}

fn read_sheet(
    job: &mut Job,
    book: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    hidden: bool,
    part: &[u8],
) -> Result<Sheet, Refusal> {
    let mut sink = job.sink(name);
    sink.hidden(hidden);
    let mut facts = Facts::new(part)?;
    let is_1904 = book.has_1904_epoch();
    let (mut number, mut misread, mut lost) = (0, false, None);
    if facts.has_cells() {
        let mut cells = book.worksheet_cells_reader(name).map_err(xml::damaged)?;
        loop {
            match cells.next_cell() {
                Ok(None) => break,
                Ok(Some(cell)) => {
                    let at = match misread {
                        false => cell.get_position(),
                        true => facts.place(number)?,
                    };
                    values::put(&mut sink, at, cell.get_value(), is_1904)?;
                }
                // One value that calamine cannot read: it goes on behind it, but where references
                // are left out it has not counted that cell.
                Err(error) => {
                    misread = true;
                    let at = facts.place(number)?;
                    match error {
                        XlsxError::CellError(_) => {
                            sink.put(at.0, at.1, Value::Error(CellError::Other))?;
                        }
                        XlsxError::Unexpected(_)
                        | XlsxError::CellTAttribute(_)
                        | XlsxError::Unrecognized { .. }
                        | XlsxError::ParseFloat(_) => {
                            lost.get_or_insert(at);
                        }
                        _ => return Err(Refusal::unreadable("damaged")),
                    }
                }
            }
            number += 1;
        }
    }
    facts.tell(&mut sink)?;
    let sheet = sink.finish(job)?;
    if let Some(at) = lost {
        job.note_cell(name, at, "cell-damaged", Severity::Error);
    }
    Ok(sheet)
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
