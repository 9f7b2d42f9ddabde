//! Marks on the cells of a workbook.

use crate::amend::{self, Fault, Note, Package, Penmanship, SheetXml, Styles};
use crate::diagnostic::Severity;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A hidden name by which a list is known when the workbook comes back.
pub(super) const STAMP: &str = "huizong.feedback";
const WORKBOOK: &str = "xl/workbook.xml";
pub(super) const STYLES: &str = "xl/styles.xml";
const PLAIN: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";
/// Namespaces of the strict variant: its relations have other names, which is not worth a second way.
const STRICT: &[u8] = b"purl.oclc.org/ooxml";
/// The fills of errors and of what must be confirmed; `@` is the part's prefix. Nothing else may have
/// these colours, since they are how an old mark is known.
const FILLS: [&str; 2] = [
    "<@fill><@patternFill patternType=\"solid\"><@fgColor rgb=\"FFF8A6A0\"/><@bgColor indexed=\"64\"/></@patternFill></@fill>",
    "<@fill><@patternFill patternType=\"lightUp\"><@fgColor rgb=\"FFD9A400\"/><@bgColor rgb=\"FFFFF1C4\"/></@patternFill></@fill>",
];
/// Colours by which old marks are known.
const COLOURS: [&str; 2] = ["FFF8A6A0", "FFFFF1C4"];
const NO_FILL: &str = "<@fill><@patternFill patternType=\"none\"/></@fill>";

/// What is wrong at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Sheet as the school calls it.
    pub sheet: Arc<str>,
    /// 0-based row.
    pub row: u32,
    /// 0-based column; the whole row without.
    pub col: Option<u32>,
    /// How bad.
    pub severity: Severity,
    /// The comment: a word in bold and what follows. None where the list speaks for many of a kind.
    pub text: Option<(String, String)>,
}

/// A workbook with marks in it.
#[derive(Debug)]
pub struct Marked {
    pub(super) package: Package,
    pub(super) styles: Styles,
}

impl Marked {
    /// As a file.
    ///
    /// # Errors
    /// When the container turns out to be damaged.
    pub fn write(mut self) -> Result<Vec<u8>, Fault> {
        self.package.put(STYLES, self.styles.write());
        self.package.write()
    }

    /// Names of its sheets.
    ///
    /// # Errors
    /// When the workbook's own parts are damaged.
    pub fn sheets(&mut self) -> Result<Vec<String>, Fault> {
        let all = self.package.sheets()?;
        Ok(all.into_iter().map(|s| s.name).collect())
    }
}

/// Marks the cells of an xlsx. A list of the last time goes, and its marks with it.
///
/// # Errors
/// When it is no workbook that can be changed part by part, or has not the sheets that the marks name.
pub fn mark(bytes: Vec<u8>, marks: &[Mark], pen: &Penmanship) -> Result<Marked, Fault> {
    let mut package = Package::open(bytes)?;
    let book = package.part(WORKBOOK)?;
    if memchr::memmem::find(&book, STRICT).is_some() {
        return Err(Fault::of(WORKBOOK, "strict"));
    }
    without_macros(&mut package)?;
    let mut styles = Styles::read(package.part(STYLES)?)?;
    let sheets = package.sheets()?;
    let own = list_of_last_time(&mut package)?;
    let returned = own.is_some();
    if let Some(own) = &own {
        package.remove_sheet(own)?;
        package.undefine(STAMP)?;
    }
    let old = match returned {
        true => styles.with_fill_colours(&COLOURS)?,
        false => BTreeSet::new(),
    };
    let mut by_sheet: BTreeMap<&str, Vec<&Mark>> = BTreeMap::new();
    for mark in marks {
        by_sheet.entry(&mark.sheet).or_default().push(mark);
    }
    if returned {
        for sheet in sheets.iter().filter(|s| own.as_ref() != Some(&s.name)) {
            by_sheet.entry(&sheet.name).or_default();
        }
    }
    for (name, marks) in by_sheet {
        let part = sheets.iter().find(|s| s.name == name);
        let Some(part) = part.map(|s| s.part.as_str()) else {
            return Err(Fault::of(WORKBOOK, "a sheet is missing"));
        };
        let mut xml = match SheetXml::read(package.part(part)?) {
            Ok(xml) => xml,
            // A sheet of charts has no cells and no marks.
            Err(_) if marks.is_empty() => continue,
            Err(fault) => return Err(fault),
        };
        let sheet = amend::Sheet::read(&xml)?;
        let cells = cells(&xml, &sheet, &marks);
        if returned {
            let marked = xml.cells().filter_map(|(at, style)| Some((at, style?)));
            let marked = marked.filter(|(_, style)| old.contains(style));
            let marked: BTreeMap<(u32, u32), u32> = marked.collect();
            let places = marked.keys().copied().collect();
            amend::drop_notes(&mut package, part, &sheet, &places, &pen.author)?;
            for ((row, col), style) in marked {
                xml.restyle(row, col, styles.patterned(style, NO_FILL));
            }
        }
        let mut notes = Vec::new();
        for ((row, col), (severity, text)) in cells {
            let style = xml
                .style(row, col)
                .or_else(|| xml.row_style(row))
                .or_else(|| sheet.column_style(col));
            let fill = FILLS[usize::from(severity != Severity::Error)];
            xml.restyle(row, col, styles.patterned(style.unwrap_or(0), fill));
            if !text.is_empty() {
                notes.push(Note { row, col, text });
            }
        }
        amend::add_notes(&mut package, part, &mut xml, &sheet, &notes, pen)?;
        package.put(part, xml.write()?);
    }
    Ok(Marked { package, styles })
}

/// The name of the list's sheet, where the workbook has one of this program's.
fn list_of_last_time(package: &mut Package) -> Result<Option<String>, Fault> {
    let stamp = package.defined(STAMP)?;
    let sheet = stamp.as_deref().and_then(|s| s.rsplit_once('!'));
    Ok(sheet.map(|(sheet, _)| {
        let bare = sheet.strip_prefix('\'').and_then(|s| s.strip_suffix('\''));
        bare.map_or(sheet.to_owned(), |s| s.replace("''", "'"))
    }))
}

/// The cells to mark, each once: the worst of what is wrong there, and all that is to be said.
type Cells = BTreeMap<(u32, u32), (Severity, Vec<(String, String)>)>;

fn cells(xml: &SheetXml, sheet: &amend::Sheet, marks: &[&Mark]) -> Cells {
    let mut out = Cells::new();
    for mark in marks {
        let col = mark.col.or_else(|| xml.first_cell(mark.row)).unwrap_or(0);
        let at = sheet.shown(mark.row, col);
        let slot = out.entry(at).or_insert((mark.severity, Vec::new()));
        slot.0 = slot.0.min(mark.severity);
        slot.1.extend(mark.text.clone());
    }
    out
}

/// Macros stay behind: a file named xlsx that holds some is not opened at all.
fn without_macros(package: &mut Package) -> Result<(), Fault> {
    let macros = package.related(WORKBOOK)?;
    let macros = macros.iter().filter(|r| r.kind.ends_with("/vbaProject"));
    for part in macros.filter_map(|r| r.part.as_ref()) {
        package.remove(part)?;
    }
    if package.content_type(WORKBOOK)?.is_some_and(|t| t != PLAIN) {
        package.retype(WORKBOOK, PLAIN)?;
    }
    Ok(())
}
