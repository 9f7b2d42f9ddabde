//! The list of what to correct as the first sheet of the school's own workbook, and its links.

use super::mark::{Marked, STAMP, STYLES};
use crate::amend::{self, Fault, Package, SheetXml, Styles, escape};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const TITLES: &str = "_xlnm.Print_Titles";
const STRINGS: &str = "xl/sharedStrings.xml";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
/// Digits of this program's font are 8 pixels wide, those of the usual others 7: text must not be cut
/// off in the school's workbook, and paper takes the sheet in its width anyway.
const WIDER: f64 = 8.0 / 7.0;
/// A link looks like one; `@` is the part's prefix.
const FONT: &str = "<@font><@u/><@sz val=\"10.5\"/><@color rgb=\"FF0563C1\"/><@name val=\"{font}\"/><@family val=\"3\"/></@font>";

/// A cell of the list that leads to a cell of the school's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// 0-based row and column on the list.
    pub at: (u32, u32),
    /// Index of the workbook among those that go back.
    pub file: usize,
    /// Sheet in it.
    pub sheet: String,
    /// Cell in A1 notation.
    pub cell: String,
}

/// Where a workbook is that links lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The list is a sheet of it.
    Here,
    /// Below the folder of the list, with `/`.
    File(String),
    /// It does not go back.
    Nowhere,
}

impl Marked {
    /// Puts the list, a workbook of this program's own, before the other sheets and shows it first.
    ///
    /// # Errors
    /// When a part that this touches is damaged.
    pub fn with_list(
        mut self,
        list: Vec<u8>,
        links: &[Link],
        targets: &[Target],
        font: &str,
    ) -> Result<Marked, Fault> {
        let mut own = Package::open(list)?;
        let Some(sheet) = own.sheets()?.into_iter().next() else {
            return Err(Fault("no list".to_owned()));
        };
        let strings = match own.has(STRINGS) {
            true => own.part(STRINGS)?,
            false => Vec::new(),
        };
        let formats = self.styles.adopt(&own.part(STYLES)?)?;
        let xml = amend::transplanted(&own.part(&sheet.part)?, &strings, &formats, WIDER)?;
        self.unselect()?;
        // The part's name is known beforehand: links that lead out need relations of it.
        let part = self.package.free_name("xl/worksheets/sheet", ".xml");
        let xml = linked(
            xml,
            &part,
            &mut self.package,
            &mut self.styles,
            links,
            targets,
            font,
        )?;
        self.package.add_sheet(&sheet.name, 0, xml)?;
        self.package.show_first()?;
        let stamp = format!("'{}'!$A$1", sheet.name.replace('\'', "''"));
        let mut names = vec![(STAMP, None, stamp)];
        if let Some(titles) = own.defined(TITLES)? {
            names.push((TITLES, Some(0), titles));
        }
        self.package.define(&names)?;
        Ok(self)
    }

    /// No other sheet may be selected with the list: what is typed would go into both.
    fn unselect(&mut self) -> Result<(), Fault> {
        for sheet in self.package.sheets()? {
            if !self.package.has(&sheet.part) {
                continue;
            }
            let text = self.package.part(&sheet.part)?;
            if let Some(changed) = amend::unselected(&text)? {
                self.package.put(&sheet.part, changed);
            }
        }
        Ok(())
    }
}

/// A list that stands alone, with links to workbooks beside it.
///
/// # Errors
/// Never for a workbook of this program's own.
pub fn with_links(
    list: Vec<u8>,
    links: &[Link],
    targets: &[Target],
    font: &str,
) -> Result<Vec<u8>, Fault> {
    let mut package = Package::open(list)?;
    let Some(sheet) = package.sheets()?.into_iter().next() else {
        return Err(Fault("no list".to_owned()));
    };
    let mut styles = Styles::read(package.part(STYLES)?)?;
    let xml = package.part(&sheet.part)?;
    let xml = linked(
        xml,
        &sheet.part,
        &mut package,
        &mut styles,
        links,
        targets,
        font,
    )?;
    package.put(&sheet.part, xml);
    package.put(STYLES, styles.write());
    package.write()
}

fn linked(
    xml: Vec<u8>,
    part: &str,
    package: &mut Package,
    styles: &mut Styles,
    links: &[Link],
    targets: &[Target],
    font: &str,
) -> Result<Vec<u8>, Fault> {
    let mut xml = SheetXml::read(xml)?;
    let font = FONT.replace("{font}", &escape(font));
    let mut outside: BTreeMap<usize, String> = BTreeMap::new();
    let mut all = String::new();
    for link in links {
        let relation = match targets.get(link.file) {
            Some(Target::Here) => String::new(),
            Some(Target::File(path)) => {
                let id = match outside.get(&link.file) {
                    Some(known) => known.clone(),
                    None => {
                        let kind = format!("{OFFICE}/hyperlink");
                        let id = package.relate_outside(part, &kind, &reference(path))?;
                        outside.insert(link.file, id.clone());
                        id
                    }
                };
                format!(" xmlns:r=\"{OFFICE}\" r:id=\"{id}\"")
            }
            Some(Target::Nowhere) | None => continue,
        };
        let (row, col) = link.at;
        let style = xml.style(row, col).unwrap_or(0);
        xml.restyle(row, col, styles.with_font(style, &font)?);
        let sheet = link.sheet.replace('\'', "''");
        let _ = write!(
            all,
            "<hyperlink ref=\"{}\"{relation} location=\"{}\"/>",
            crate::grid::a1(row, col),
            escape(&format!("'{sheet}'!{}", link.cell)),
        );
    }
    if !all.is_empty() {
        xml.add("hyperlinks", format!("<hyperlinks>{all}</hyperlinks>"));
    }
    xml.write()
}

/// A path as a relation has it: what would end it or mean something else is written as a number.
fn reference(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for c in path.chars() {
        match c {
            ' ' | '%' | '#' | '?' | '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}' => {
                let _ = write!(out, "%{:02X}", c as u32);
            }
            _ => out.push(c),
        }
    }
    out
}
