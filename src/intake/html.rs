//! HTML tables, as web systems export them under the name of .xls.
//!
//! Each table that holds something becomes a sheet, in the order of their beginnings; a table
//! inside a cell is a sheet of its own. Rows are `<tr>`s, `rowspan` and `colspan` become merges
//! with the value in their first cell, and what is shown is what is read: every value is text.

use super::job::{Job, Refusal, Sink};
use super::sniff::Whole;
use super::text::{Decoded, decode};
use crate::grid::{Format, Sheet, Span, Value, Workbook};
use html5gum::emitters::callback::{Callback, CallbackEmitter, CallbackEvent};
use html5gum::{Span as Place, Tokenizer};
use memchr::memmem;
use std::collections::BTreeMap;

/// As the HTML standard bounds them.
const MAX_ROWSPAN: u32 = 65_534;
const MAX_COLSPAN: u32 = 1_000;
/// Tables within tables; deeper ones add to the innermost.
const MAX_DEPTH: usize = 32;
/// Steps over cells that hang down from rows above; only a page made to harm needs more.
const MAX_STEPS: u64 = 10_000_000;
const MAX_COLUMNS: u32 = 1 << 14;

/// Reads a page as a workbook.
pub(super) fn read(job: &mut Job, bytes: &[u8], text: Whole<'_>) -> Result<Workbook, Refusal> {
    job.take_inflated(bytes.len() as u64)?;
    let Some(Decoded { text, .. }) = text.or_else(|| decode(bytes, false)) else {
        return Err(Refusal::unreadable("binary"));
    };
    let mut page = Page {
        job,
        tag: Tag::default(),
        open: Vec::new(),
        closed: BTreeMap::new(),
        begun: 0,
        raw: None,
        steps: 0,
    };
    let mut emitter = CallbackEmitter::new(&mut page);
    emitter.naively_switch_states(true);
    // All is done as it is met; what comes out is a refusal.
    if let Some(Ok(refusal)) = Tokenizer::new_with_emitter(&*text, emitter).next() {
        return Err(refusal);
    }
    while !page.open.is_empty() {
        page.end_table()?;
    }
    let mut sheets: Vec<Sheet> = page.closed.into_values().collect();
    let stem = job.stem().to_owned();
    for (i, sheet) in sheets.iter_mut().enumerate() {
        sheet.name = match i {
            0 => stem.as_str().into(),
            _ => format!("{stem} ({})", i + 1).into(),
        };
    }
    if sheets.is_empty() {
        return Err(Refusal::unreadable("page"));
    }
    Ok(Workbook {
        file: job.file.clone(),
        format: Format::Html,
        sheets,
    })
}

/// The elements that matter.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
enum Element {
    Table,
    /// `thead`, `tbody`, `tfoot`.
    Rows,
    Row,
    Cell,
    Break,
    /// What begins a line of its own.
    Block,
    Script,
    Style,
    TextArea,
    Select,
    #[default]
    Other,
}

impl Element {
    fn named(name: &[u8]) -> Element {
        match name {
            b"table" => Element::Table,
            b"thead" | b"tbody" | b"tfoot" => Element::Rows,
            b"tr" => Element::Row,
            b"td" | b"th" => Element::Cell,
            b"br" => Element::Break,
            b"p" | b"div" | b"li" => Element::Block,
            b"script" => Element::Script,
            b"style" => Element::Style,
            b"textarea" => Element::TextArea,
            b"select" => Element::Select,
            _ => Element::Other,
        }
    }
}

/// A start tag being read; only the attributes that matter are kept.
#[derive(Default)]
struct Tag {
    element: Element,
    attribute: Attribute,
    rows: Option<u32>,
    columns: Option<u32>,
    hidden: bool,
}

#[derive(Default, PartialEq)]
enum Attribute {
    RowSpan,
    ColSpan,
    Style,
    #[default]
    Other,
}

impl Callback<Refusal, ()> for &mut Page<'_> {
    fn handle_event(&mut self, event: CallbackEvent<'_>, _: Place<()>) -> Option<Refusal> {
        self.event(event).err()
    }
}

struct Page<'a> {
    job: &'a mut Job,
    tag: Tag,
    /// Innermost last.
    open: Vec<Table>,
    /// Finished tables that hold something, by the order in which they began.
    closed: BTreeMap<usize, Sheet>,
    begun: usize,
    /// The element whose text is no text, such as `script`.
    raw: Option<Element>,
    steps: u64,
}

struct Table {
    number: usize,
    sink: Sink,
    /// Rows begun so far; the row at hand is the one before.
    rows: u32,
    in_row: bool,
    col: u32,
    cell: Option<Open>,
    /// The text of the cell before, emptied, so that a cell allocates nothing.
    unused: String,
    /// Cells hanging down from rows above: first column -> (column after, row after).
    hanging: BTreeMap<u32, (u32, u32)>,
    merges: Vec<Span>,
}

struct Open {
    col: u32,
    rows: u32,
    columns: u32,
    text: String,
}

impl Page<'_> {
    fn event(&mut self, event: CallbackEvent<'_>) -> Result<(), Refusal> {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                self.tag = Tag {
                    element: Element::named(name),
                    ..Tag::default()
                };
            }
            CallbackEvent::AttributeName { name } => self.attribute(name),
            CallbackEvent::AttributeValue { value } => self.value(value),
            CallbackEvent::CloseStartTag { .. } => return self.start(),
            CallbackEvent::EndTag { name } => return self.end(Element::named(name)),
            CallbackEvent::String { value } if self.raw.is_none() => {
                if let Some(cell) = self.open.last_mut().and_then(|t| t.cell.as_mut()) {
                    collapse(&mut cell.text, &String::from_utf8_lossy(value));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn attribute(&mut self, name: &[u8]) {
        self.tag.hidden |= name == b"hidden";
        self.tag.attribute = match name {
            b"rowspan" => Attribute::RowSpan,
            b"colspan" => Attribute::ColSpan,
            b"style" => Attribute::Style,
            _ => Attribute::Other,
        };
    }

    fn value(&mut self, value: &[u8]) {
        let number = || String::from_utf8_lossy(value).trim().parse::<u32>().ok();
        match self.tag.attribute {
            Attribute::RowSpan => self.tag.rows = number(),
            Attribute::ColSpan => self.tag.columns = number(),
            Attribute::Style => {
                let style: Vec<u8> = String::from_utf8_lossy(value)
                    .split_whitespace()
                    .flat_map(str::bytes)
                    .collect();
                let style = style.to_ascii_lowercase();
                self.tag.hidden |= memmem::find(&style, b"display:none").is_some();
            }
            Attribute::Other => {}
        }
    }

    /// The choices of a drop-down list are no text, but a list that is never closed must not
    /// swallow the table.
    fn leave_list(&mut self, element: Element) {
        let of_table = matches!(element, Element::Cell | Element::Row | Element::Table);
        if of_table && self.raw == Some(Element::Select) {
            self.raw = None;
        }
    }

    fn start(&mut self) -> Result<(), Refusal> {
        let element = self.tag.element;
        self.leave_list(element);
        match element {
            Element::Script | Element::Style | Element::TextArea | Element::Select => {
                self.raw.get_or_insert(element);
            }
            Element::Table if self.open.len() < MAX_DEPTH => {
                self.open.push(Table {
                    number: self.begun,
                    sink: self.job.sink(""),
                    rows: 0,
                    in_row: false,
                    col: 0,
                    cell: None,
                    unused: String::new(),
                    hanging: BTreeMap::new(),
                    merges: Vec::new(),
                });
                self.begun += 1;
            }
            Element::Row => {
                if let Some(table) = self.open.last_mut() {
                    table.end_row()?;
                    table.begin_row();
                    if self.tag.hidden {
                        table.sink.hide_rows(table.rows - 1..table.rows);
                    }
                }
            }
            Element::Cell => {
                if let Some(table) = self.open.last_mut() {
                    table.end_cell()?;
                    table.begin_cell(&self.tag, &mut self.steps)?;
                }
            }
            Element::Break => self.break_line(true),
            Element::Block => self.break_line(false),
            Element::Table | Element::Rows | Element::Other => {}
        }
        Ok(())
    }

    fn end(&mut self, element: Element) -> Result<(), Refusal> {
        self.leave_list(element);
        match element {
            Element::Script | Element::Style | Element::TextArea | Element::Select
                if self.raw == Some(element) =>
            {
                self.raw = None;
            }
            Element::Table => self.end_table()?,
            Element::Row | Element::Rows => {
                if let Some(table) = self.open.last_mut() {
                    table.end_row()?;
                }
            }
            Element::Cell => {
                if let Some(table) = self.open.last_mut() {
                    table.end_cell()?;
                }
            }
            Element::Block => self.break_line(false),
            _ => {}
        }
        Ok(())
    }

    /// A line break in the cell at hand; paragraphs break only between text.
    fn break_line(&mut self, always: bool) {
        if let Some(cell) = self.open.last_mut().and_then(|t| t.cell.as_mut())
            && (always || !(cell.text.is_empty() || cell.text.ends_with('\n')))
        {
            cell.text.push('\n');
        }
    }

    fn end_table(&mut self) -> Result<(), Refusal> {
        let Some(mut table) = self.open.pop() else {
            return Ok(());
        };
        table.end_row()?;
        let last = table.rows.saturating_sub(1);
        for mut span in table.merges {
            // A rowspan may promise more rows than the table has.
            span.bottom = span.bottom.min(last);
            table.sink.merge(span)?;
        }
        if table.sink.len() > 0 {
            let sheet = table.sink.finish(self.job)?;
            self.closed.insert(table.number, sheet);
        }
        Ok(())
    }
}

impl Table {
    fn begin_row(&mut self) {
        self.rows += 1;
        self.in_row = true;
        self.col = 0;
    }

    fn end_row(&mut self) -> Result<(), Refusal> {
        self.end_cell()?;
        self.in_row = false;
        Ok(())
    }

    fn begin_cell(&mut self, tag: &Tag, steps: &mut u64) -> Result<(), Refusal> {
        if !self.in_row {
            self.begin_row();
        }
        let row = self.rows - 1;
        while let Some((&start, &(end, until))) = self.hanging.range(..=self.col).next_back() {
            *steps += 1;
            if *steps > MAX_STEPS {
                return Err(Refusal::too_large("", MAX_STEPS));
            }
            if until <= row {
                self.hanging.remove(&start);
            } else if end > self.col {
                self.col = end;
            } else {
                break;
            }
        }
        let columns = tag.columns.unwrap_or(1).clamp(1, MAX_COLSPAN);
        let rows = tag.rows.unwrap_or(1).clamp(1, MAX_ROWSPAN);
        if self.col + columns > MAX_COLUMNS {
            return Err(Refusal::too_large("columns", MAX_COLUMNS));
        }
        self.cell = Some(Open {
            col: self.col,
            rows,
            columns,
            text: std::mem::take(&mut self.unused),
        });
        self.col += columns;
        Ok(())
    }

    fn end_cell(&mut self) -> Result<(), Refusal> {
        let Some(mut cell) = self.cell.take() else {
            return Ok(());
        };
        let row = self.rows - 1;
        self.sink.put(
            row,
            cell.col,
            Value::Text(cell.text.trim_matches([' ', '\n'])),
        )?;
        cell.text.clear();
        self.unused = cell.text;
        if cell.rows > 1 {
            self.hanging
                .insert(cell.col, (cell.col + cell.columns, row + cell.rows));
        }
        if cell.rows > 1 || cell.columns > 1 {
            self.merges.push(Span {
                top: row,
                left: cell.col,
                bottom: row + cell.rows - 1,
                right: cell.col + cell.columns - 1,
            });
        }
        Ok(())
    }
}

/// Appends text as a browser shows it: runs of blanks are one space, none at a line's ends.
fn collapse(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|b| b.is_ascii_whitespace()) {
        out.push_str(&rest[..at]);
        if !(out.is_empty() || out.ends_with([' ', '\n'])) {
            out.push(' ');
        }
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheets(page: &[u8]) -> Vec<Sheet> {
        let mut job = Job::new("成绩.xls", &super::super::Limits::default());
        read(&mut job, page, None).unwrap().sheets
    }

    fn dump(sheet: &Sheet) -> String {
        let cells: Vec<String> = sheet
            .cells()
            .iter()
            .map(|c| match sheet.value(c) {
                Value::Text(t) => format!("{}={t}", crate::grid::a1(c.row, c.col)),
                other => format!("{other:?}"),
            })
            .collect();
        cells.join("|")
    }

    #[test]
    fn spans_entities_breaks_and_missing_end_tags() {
        let s = sheets(
            b"<style>td{x:'<table>'}</style><table><tr><th rowspan=2>A &amp;\n B<th colspan=\"2\">C<br/>D
              <tr><td>&nbsp;1&#20013;<td>2<tr style='display : none'><td rowspan=99>007<td><td>x</table>",
        );
        assert_eq!(s.len(), 1);
        assert_eq!(
            dump(&s[0]),
            "A1=A & B|B1=C\nD|B2=\u{a0}1中|C2=2|A3=007|C3=x"
        );
        let spans: Vec<_> = s[0]
            .merges()
            .iter()
            .map(|m| (m.top, m.left, m.bottom, m.right))
            .collect();
        assert_eq!(spans, [(0, 0, 1, 0), (0, 1, 0, 2)]);
        assert!(s[0].row_hidden(2));
    }

    #[test]
    fn gbk_pages_and_nested_tables() {
        let page = encoding_rs::GB18030
            .encode("<meta charset=gb2312><table><tr><td>外<table><tr><td>内</td></tr></table>层</td></tr></table><table><tr><td></table>")
            .0;
        let s = sheets(&page);
        assert_eq!(s.iter().map(dump).collect::<Vec<_>>(), ["A1=外层", "A1=内"]);
        assert_eq!(&*s[1].name, "成绩 (2)");
    }

    #[test]
    fn a_page_without_cells_is_refused() {
        let mut job = Job::new("a.xls", &super::super::Limits::default());
        assert_eq!(
            read(&mut job, b"<table><tr><td> </table>", None).unwrap_err(),
            Refusal::unreadable("page")
        );
    }
}
