//! A worksheet's XML in which cells get other values and styles, and nothing else changes.

use super::xml::{
    Element, Fault, Piece, attribute, children, escape, is, local, spliced, walk, with_attribute,
};
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeMap;
use std::ops::Range;

/// The children of a worksheet in the order that the schema (ECMA-376, CT_Worksheet) asks for.
const ORDER: &[&str] = &[
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "sheetCalcPr",
    "sheetProtection",
    "protectedRanges",
    "scenarios",
    "autoFilter",
    "sortState",
    "dataConsolidate",
    "customSheetViews",
    "mergeCells",
    "phoneticPr",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
    "customProperties",
    "cellWatches",
    "ignoredErrors",
    "smartTags",
    "drawing",
    "legacyDrawing",
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
];

/// What a cell is to hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Put {
    /// Text; written into the cell itself, so that the shared strings stay as they are.
    Text(String),
    /// A number in the digits that it is to be stored with.
    Number(String),
    /// A formula without `=`, and the digits of its result.
    Formula(String, String),
    /// Another result of the formula that stands there: type of the value (`""` for numbers) and the
    /// value as stored; no value where it is not known.
    Result(&'static str, Option<String>),
    /// Nothing: the cell keeps its look.
    Blank,
}

#[derive(Debug, Clone)]
struct Cell {
    span: Range<usize>,
    /// The start tag.
    tag: Range<usize>,
    style: Option<u32>,
}

#[derive(Debug, Clone)]
struct Row {
    span: Range<usize>,
    tag: Range<usize>,
    empty: bool,
    cells: BTreeMap<u32, Cell>,
}

#[derive(Debug, Clone, Default)]
struct Edit {
    style: Option<u32>,
    put: Option<Put>,
}

/// Column, start tag and whole of a cell.
type CellPlace = (u32, Range<usize>, Range<usize>);

/// A worksheet's XML and what is to be changed in it. Rows and columns count from 0.
#[derive(Debug, Clone)]
pub struct SheetXml {
    text: Vec<u8>,
    /// `x:` where the part names its elements so.
    prefix: String,
    data: super::xml::Element,
    rows: BTreeMap<u32, Row>,
    edits: BTreeMap<(u32, u32), Edit>,
    /// Elements to put in, by their local name.
    added: Vec<(String, String)>,
}

impl SheetXml {
    /// Reads where the cells of a worksheet stand.
    ///
    /// # Errors
    /// When the XML is damaged or holds no sheet.
    pub fn read(text: Vec<u8>) -> Result<SheetXml, Fault> {
        let data = data_of(&text)?;
        let tag = &text[data.tag.clone()];
        let name = String::from_utf8_lossy(tag).into_owned();
        let prefix = name
            .trim_start_matches('<')
            .split("sheetData")
            .next()
            .unwrap_or_default()
            .to_owned();
        let rows = rows(&text, &data.span)?;
        Ok(SheetXml {
            text,
            prefix,
            data,
            rows,
            edits: BTreeMap::new(),
            added: Vec::new(),
        })
    }

    /// The style of a cell: its own, as the file has it. `None` where there is no cell or it has none.
    pub fn style(&self, row: u32, col: u32) -> Option<u32> {
        self.rows.get(&row)?.cells.get(&col)?.style
    }

    /// The style that a row gives to cells that are not there.
    pub fn row_style(&self, row: u32) -> Option<u32> {
        let tag = &self.text[self.rows.get(&row)?.tag.clone()];
        let mut style = None;
        let read = walk(tag, |event, _| {
            if let Event::Start(tag) | Event::Empty(tag) = event {
                style = attribute(tag, "s").and_then(|s| s.parse().ok());
            }
            false
        });
        read.ok().and(style)
    }

    /// All cells that are there, row by row, with their styles.
    pub fn cells(&self) -> impl Iterator<Item = ((u32, u32), Option<u32>)> + '_ {
        let rows = self.rows.iter();
        rows.flat_map(|(r, row)| {
            row.cells
                .iter()
                .map(move |(c, cell)| ((*r, *c), cell.style))
        })
    }

    /// The first cell of a row that is there and holds something.
    pub fn first_cell(&self, row: u32) -> Option<u32> {
        let mut cells = self.rows.get(&row)?.cells.iter();
        let full = cells.find(|(_, cell)| cell.tag.end < cell.span.end);
        full.map(|(col, _)| *col)
    }

    /// The XML of a cell as it stands, if there is one.
    pub fn cell(&self, row: u32, col: u32) -> Option<&[u8]> {
        let cell = self.rows.get(&row)?.cells.get(&col)?;
        Some(&self.text[cell.span.clone()])
    }

    /// Rows from 0 and where each stands in the bytes.
    pub(super) fn row_places(&self) -> impl Iterator<Item = (u32, Range<usize>)> + '_ {
        self.rows.iter().map(|(n, row)| (*n, row.span.clone()))
    }

    /// A row's place, its start tag, and column, start tag and place of each of its cells.
    pub(super) fn row_parts(&self, row: u32) -> (Range<usize>, Range<usize>, Vec<CellPlace>) {
        let Some(row) = self.rows.get(&row) else {
            return (0..0, 0..0, Vec::new());
        };
        let cells = row.cells.iter();
        let cells = cells.map(|(col, c)| (*col, c.tag.clone(), c.span.clone()));
        (row.span.clone(), row.tag.clone(), cells.collect())
    }

    /// Where the element that holds the cells stands.
    pub(super) fn data_place(&self) -> Range<usize> {
        self.data.span.clone()
    }

    /// Places of all cells.
    pub fn places(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let rows = self.rows.iter();
        rows.flat_map(|(row, r)| r.cells.keys().map(|col| (*row, *col)))
    }

    /// The bytes of the part as it was read.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// The worksheet's children, as they stand in the part, with the worksheet itself. What is inside
    /// `sheetData`, most of the part, is passed over.
    pub(super) fn children(&self) -> Result<(Element, Vec<Element>), Fault> {
        // Nothing is left of the cells but their element, empty.
        let (from, to) = match self.data.empty {
            true => (self.data.span.end, self.data.span.end),
            false => {
                let end = self.data.inside_end(&self.text);
                (self.data.tag.end, end.unwrap_or(self.data.span.end))
            }
        };
        let bare = [&self.text[..from], &self.text[to..]].concat();
        let Some((sheet, mut all)) = children(&bare, "worksheet")? else {
            return Err(Fault("no worksheet".to_owned()));
        };
        let moved = |at: &mut usize| *at += if *at > from { to - from } else { 0 };
        let mut sheet = sheet;
        for element in all.iter_mut().chain([&mut sheet]) {
            moved(&mut element.span.start);
            moved(&mut element.span.end);
            moved(&mut element.tag.start);
            moved(&mut element.tag.end);
        }
        Ok((sheet, all))
    }

    /// Gives a cell another style.
    pub fn restyle(&mut self, row: u32, col: u32, style: u32) {
        self.edits.entry((row, col)).or_default().style = Some(style);
    }

    /// Gives a cell another value.
    pub fn put(&mut self, row: u32, col: u32, value: Put) {
        self.edits.entry((row, col)).or_default().put = Some(value);
    }

    /// Puts in an element of the worksheet where the schema wants it; `name` is its local name and
    /// `xml` the whole of it. Several of one name stand in the order in which they are added.
    pub fn add(&mut self, name: &str, xml: String) {
        self.added.push((name.to_owned(), xml));
    }

    /// The prefix of the part's elements, such as `x:`, or nothing.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The part with all changes.
    ///
    /// # Errors
    /// When the XML turns out to be damaged.
    pub fn write(self) -> Result<Vec<u8>, Fault> {
        let mut pieces = self.elements()?;
        let mut by_row: BTreeMap<u32, BTreeMap<u32, &Edit>> = BTreeMap::new();
        for ((row, col), edit) in &self.edits {
            by_row.entry(*row).or_default().insert(*col, edit);
        }
        let p = &self.prefix;
        let mut inside = String::new();
        for (number, edits) in &by_row {
            let Some(row) = self.rows.get(number) else {
                let cells: String = edits
                    .iter()
                    .map(|(c, e)| self.new_cell(*number, *c, e))
                    .collect();
                let whole = format!("<{p}row r=\"{}\">{cells}</{p}row>", number + 1);
                match self.rows.range(number + 1..).next() {
                    _ if self.data.empty => inside.push_str(&whole),
                    Some((_, next)) => {
                        pieces.push((next.span.start..next.span.start, whole.into_bytes()));
                    }
                    None => {
                        let at = self
                            .data
                            .inside_end(&self.text)
                            .unwrap_or(self.data.span.end);
                        pieces.push((at..at, whole.into_bytes()));
                    }
                }
                continue;
            };
            if row.empty {
                let cells: String = edits
                    .iter()
                    .map(|(c, e)| self.new_cell(*number, *c, e))
                    .collect();
                let tag = String::from_utf8_lossy(&self.text[row.tag.clone()]).into_owned();
                let open = tag.trim_end_matches("/>").trim_end();
                let whole = format!("{open}>{cells}</{p}row>");
                pieces.push((row.span.clone(), whole.into_bytes()));
                continue;
            }
            for (col, edit) in edits {
                match row.cells.get(col) {
                    Some(cell) => {
                        pieces.push((cell.span.clone(), self.changed(cell, edit).into_bytes()));
                    }
                    None => {
                        let next = row.cells.range(col + 1..).next();
                        let end = || {
                            let end = &self.text[..row.span.end];
                            end.iter().rposition(|b| *b == b'<').unwrap_or(row.span.end)
                        };
                        let at = next.map_or_else(end, |(_, c)| c.span.start);
                        pieces.push((at..at, self.new_cell(*number, *col, edit).into_bytes()));
                    }
                }
            }
        }
        if self.data.empty && !inside.is_empty() {
            let whole = format!("<{p}sheetData>{inside}</{p}sheetData>");
            pieces.push((self.data.span.clone(), whole.into_bytes()));
        }
        Ok(spliced(&self.text, pieces))
    }

    /// The pieces of the added elements.
    fn elements(&self) -> Result<Vec<Piece>, Fault> {
        if self.added.is_empty() {
            return Ok(Vec::new());
        }
        let (sheet, all) = self.children()?;
        let place = |name: &str| ORDER.iter().position(|o| *o == name);
        let mut added: Vec<&(String, String)> = self.added.iter().collect();
        added.sort_by_key(|(name, _)| place(name));
        let end = sheet.inside_end(&self.text).unwrap_or(sheet.span.end);
        Ok(added
            .into_iter()
            .map(|(name, xml)| {
                let later = all.iter().find(|e| place(&e.name) > place(name));
                let at = later.map_or(end, |e| e.span.start);
                (at..at, xml.clone().into_bytes())
            })
            .collect())
    }

    /// A cell that was not there.
    fn new_cell(&self, row: u32, col: u32, edit: &Edit) -> String {
        let at = crate::grid::a1(row, col);
        let tag = format!("<{}c r=\"{at}\">", self.prefix);
        self.cell_xml(&tag, edit.style, edit.put.as_ref().unwrap_or(&Put::Blank))
    }

    /// A cell that is there, with another look or value.
    fn changed(&self, cell: &Cell, edit: &Edit) -> String {
        let text = |span: Range<usize>| String::from_utf8_lossy(&self.text[span]).into_owned();
        let tag = text(cell.tag.clone());
        let Some(put) = &edit.put else {
            let style = edit.style.map(|s| s.to_string());
            let tag = style.map_or(tag.clone(), |s| with_attribute(&tag, "s", &s));
            return [tag, text(cell.tag.end..cell.span.end)].concat();
        };
        if let Put::Result(kind, value) = put {
            let cell = &self.text[cell.span.clone()];
            let parts = children(cell, "c").ok().flatten();
            let formula = parts.and_then(|(_, all)| all.into_iter().find(|p| p.name == "f"));
            let formula = formula.map_or_else(String::new, |f| {
                String::from_utf8_lossy(&cell[f.span]).into_owned()
            });
            let p = &self.prefix;
            let tag = match *kind {
                "" => without_type(&tag),
                kind => with_attribute(&tag, "t", kind),
            };
            let value = value
                .as_ref()
                .map_or_else(String::new, |v| format!("<{p}v>{}</{p}v>", escape(v)));
            return format!("{tag}{formula}{value}</{p}c>");
        }
        self.cell_xml(&without_type(&tag), edit.style, put)
    }

    fn cell_xml(&self, tag: &str, style: Option<u32>, put: &Put) -> String {
        let p = &self.prefix;
        let tag = match style {
            Some(style) => with_attribute(tag, "s", &style.to_string()),
            None => tag.to_owned(),
        };
        let open = tag.trim_end_matches('>').trim_end_matches('/').trim_end();
        match put {
            // A result without its formula is nothing.
            Put::Blank | Put::Result(..) => format!("{open}/>"),
            Put::Number(digits) => format!("{open}><{p}v>{}</{p}v></{p}c>", escape(digits)),
            Put::Formula(formula, result) => format!(
                "{open}><{p}f>{}</{p}f><{p}v>{}</{p}v></{p}c>",
                escape(formula),
                escape(result)
            ),
            Put::Text(text) => format!(
                "{open} t=\"inlineStr\"><{p}is><{p}t xml:space=\"preserve\">{}</{p}t></{p}is></{p}c>",
                escape(text)
            ),
        }
    }
}

/// Where `sheetData` stands. Its end is searched for, not walked to.
fn data_of(text: &[u8]) -> Result<Element, Fault> {
    const NAME: &str = "sheetData";
    let mut found = None;
    walk(text, |event, span| {
        let (Event::Start(tag) | Event::Empty(tag)) = event else {
            return true;
        };
        if !is(tag, NAME) {
            return true;
        }
        found = Some(Element {
            name: NAME.to_owned(),
            span: span.clone(),
            tag: span,
            empty: matches!(event, Event::Empty(_)),
        });
        false
    })?;
    let Some(mut data) = found else {
        return Err(Fault(format!("no {NAME}")));
    };
    if data.empty {
        return Ok(data);
    }
    let tag = String::from_utf8_lossy(&text[data.tag.clone()]).into_owned();
    let prefix = tag[1..].split(NAME).next().unwrap_or_default();
    let end = format!("</{prefix}{NAME}>");
    match memchr::memmem::rfind(text, end.as_bytes()) {
        Some(at) if at >= data.tag.end => data.span.end = at + end.len(),
        _ => {
            let (whole, _) = children(text, NAME)?.ok_or_else(|| Fault(format!("no {NAME}")))?;
            data = whole;
        }
    }
    Ok(data)
}

/// A cell's start tag without its type: the type goes with the value.
fn without_type(tag: &str) -> String {
    let marked = with_attribute(tag, "t", "");
    marked.replacen(" t=\"\"", "", 1)
}

/// Rows and cells between the tags of `sheetData`. Places that the file does not give count on from
/// the one before, as the schema has it.
fn rows(text: &[u8], data: &Range<usize>) -> Result<BTreeMap<u32, Row>, Fault> {
    let mut all: BTreeMap<u32, Row> = BTreeMap::new();
    let (mut row, mut col) = (None::<u32>, None::<u32>);
    let mut open: Option<(u32, Cell)> = None;
    let start = data.start;
    walk(&text[data.clone()], |event, span| {
        let span = span.start + start..span.end + start;
        match event {
            Event::Start(tag) | Event::Empty(tag) => {
                let empty = matches!(event, Event::Empty(_));
                match tag.local_name().as_ref() {
                    "row" => {
                        let own = attribute(tag, "r").and_then(|r| r.parse::<u32>().ok());
                        let number = own.map_or(row.map_or(0, |r| r + 1), |r| r.saturating_sub(1));
                        (row, col) = (Some(number), None);
                        let new = Row {
                            span: span.clone(),
                            tag: span,
                            empty,
                            cells: BTreeMap::new(),
                        };
                        all.insert(number, new);
                    }
                    "c" => {
                        let (at, style) = place_and_style(tag);
                        let number = at.unwrap_or_else(|| col.map_or(0, |c| c + 1));
                        col = Some(number);
                        let cell = Cell {
                            span: span.clone(),
                            tag: span,
                            style,
                        };
                        if empty {
                            if let Some(row) = row.and_then(|r| all.get_mut(&r)) {
                                row.cells.insert(number, cell);
                            }
                        } else {
                            open = Some((number, cell));
                        }
                    }
                    _ => {}
                }
            }
            Event::End(tag) => match tag.local_name().as_ref() {
                "row" => {
                    if let Some(row) = row.and_then(|r| all.get_mut(&r)) {
                        row.span.end = span.end;
                    }
                }
                "c" => {
                    if let (Some((number, mut cell)), Some(row)) =
                        (open.take(), row.and_then(|r| all.get_mut(&r)))
                    {
                        cell.span.end = span.end;
                        row.cells.insert(number, cell);
                    }
                }
                _ => {}
            },
            _ => {}
        }
        true
    })?;
    Ok(all)
}

/// Column and style of a cell's start tag.
fn place_and_style(tag: &BytesStart<'_>) -> (Option<u32>, Option<u32>) {
    let (mut col, mut style) = (None, None);
    for own in tag.attributes().with_checks(false).flatten() {
        match own.key.as_ref() {
            "r" => col = crate::grid::parse_a1(&own.value).map(|(_, col)| col),
            "s" => style = own.value.parse().ok(),
            _ => {}
        }
    }
    (col, style)
}

/// `xl/workbook.xml` with one more sheet as the tab of index `at`.
pub(super) fn with_sheet(book: &[u8], name: &str, at: usize, id: &str) -> Result<Vec<u8>, Fault> {
    let Some((own, sheets)) = children(book, "sheets")? else {
        return Err(Fault::of("xl/workbook.xml", "no sheets"));
    };
    let tag = String::from_utf8_lossy(&book[own.tag.clone()]).into_owned();
    let prefix = tag
        .trim_start_matches('<')
        .split("sheets")
        .next()
        .unwrap_or_default();
    let mut last = 0;
    for sheet in &sheets {
        walk(&book[sheet.tag.clone()], |event, _| {
            if let Event::Start(tag) | Event::Empty(tag) = event {
                let own = attribute(tag, "sheetId").and_then(|i| i.parse::<u32>().ok());
                last = last.max(own.unwrap_or(0));
            }
            false
        })?;
    }
    let new = format!(
        "<{prefix}sheet xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" name=\"{}\" sheetId=\"{}\" r:id=\"{id}\"/>",
        escape(name),
        last + 1
    );
    let end = own.inside_end(book).unwrap_or(own.span.end);
    let place = sheets.get(at).map_or(end, |s| s.span.start);
    let mut pieces = vec![(place..place, new.into_bytes())];
    // What counts tabs by index.
    walk(book, |event, span| {
        if let Event::Start(tag) | Event::Empty(tag) = event {
            let counts: &[&str] = match local(tag).as_str() {
                "definedName" => &["localSheetId"],
                "workbookView" => &["activeTab", "firstSheet"],
                _ => &[],
            };
            let mut text = String::from_utf8_lossy(&book[span.clone()]).into_owned();
            let before = text.clone();
            for count in counts {
                let index = attribute(tag, count).and_then(|i| i.parse::<usize>().ok());
                if let Some(index) = index.filter(|i| *i >= at) {
                    text = with_attribute(&text, count, &(index + 1).to_string());
                }
            }
            if text != before {
                pieces.push((span, text.into_bytes()));
            }
        }
        true
    })?;
    Ok(spliced(book, pieces))
}

#[cfg(test)]
#[path = "sheet_tests.rs"]
mod tests;
