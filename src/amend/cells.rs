//! What the cells of a worksheet hold: values as a reader sees them, and formulas.

use super::sheet::SheetXml;
use super::xml::{Fault, attribute, children, local, walk};
use quick_xml::events::Event;

/// The value of a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Blank,
    /// A number; a date is one too.
    Number(f64),
    /// Words.
    Text(String),
    /// Yes or no.
    Bool(bool),
    /// An error, as it is shown.
    Error(String),
}

/// A formula as the file has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Formula {
    /// Without `=`; empty in members of a shared formula.
    pub text: String,
    /// Number of the shared formula that it belongs to.
    pub shared: Option<String>,
    /// Whether it is an array's or a table's, over several cells.
    pub special: bool,
}

/// Row and column of a cell, from 0.
type Place = (u32, u32);

/// The texts that cells refer to by number.
///
/// # Errors
/// When the part is damaged.
pub fn shared_strings(text: &[u8]) -> Result<Vec<String>, Fault> {
    let mut all: Vec<String> = Vec::new();
    let mut open: Option<usize> = None;
    let mut phonetic = false;
    walk(text, |event, span| {
        match event {
            Event::Start(tag) => match local(tag).as_str() {
                "si" => all.push(String::new()),
                "rPh" => phonetic = true,
                "t" if !phonetic => open = Some(span.end),
                _ => {}
            },
            Event::Empty(tag) if local(tag) == "si" => all.push(String::new()),
            Event::End(tag) => match tag.local_name().as_ref() {
                "rPh" => phonetic = false,
                "t" => {
                    if let (Some(from), Some(last)) = (open.take(), all.last_mut()) {
                        last.push_str(&plain(&text[from..span.start]));
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

/// Text between tags as it is meant.
fn plain(raw: &[u8]) -> String {
    let raw = String::from_utf8_lossy(raw).into_owned();
    quick_xml::escape::unescape(&raw).map_or(raw.clone(), |p| p.into_owned())
}

impl SheetXml {
    /// Value and formula of a cell.
    ///
    /// # Errors
    /// When the XML is damaged.
    pub fn read_cell(
        &self,
        row: u32,
        col: u32,
        strings: &[String],
    ) -> Result<(Value, Option<Formula>), Fault> {
        let Some(cell) = self.cell(row, col) else {
            return Ok((Value::Blank, None));
        };
        let mut kind = None;
        walk(cell, |event, _| {
            if let Event::Start(tag) | Event::Empty(tag) = event {
                kind = attribute(tag, "t");
            }
            false
        })?;
        let (mut formula, mut stored) = (None, None);
        for part in children(cell, "c")?.map_or_else(Vec::new, |c| c.1) {
            let inside = match part.inside_end(cell) {
                Some(end) => &cell[part.tag.end..end],
                None => &[][..],
            };
            match part.name.as_str() {
                "v" => stored = Some(plain(inside)),
                "is" => stored = Some(shared_strings(&inline(&cell[part.span.clone()]))?.concat()),
                "f" => {
                    let mut own = Formula {
                        text: plain(inside),
                        ..Formula::default()
                    };
                    walk(&cell[part.span.clone()], |event, _| {
                        if let Event::Start(tag) | Event::Empty(tag) = event {
                            match attribute(tag, "t").as_deref() {
                                Some("shared") => own.shared = attribute(tag, "si"),
                                Some("array" | "dataTable") => own.special = true,
                                _ => {}
                            }
                        }
                        false
                    })?;
                    formula = Some(own);
                }
                _ => {}
            }
        }
        let value = match (kind.as_deref(), stored) {
            (_, None) => Value::Blank,
            (Some("s"), Some(v)) => {
                let text = v.trim().parse().ok().and_then(|n: usize| strings.get(n));
                text.map_or(Value::Blank, |t| Value::Text(t.clone()))
            }
            (Some("inlineStr" | "str" | "d"), Some(v)) => Value::Text(v),
            (Some("b"), Some(v)) => Value::Bool(v.trim() == "1"),
            (Some("e"), Some(v)) => Value::Error(v),
            (_, Some(v)) => v.trim().parse().map_or(Value::Text(v), Value::Number),
        };
        Ok((value, formula))
    }

    /// All formulas by place.
    ///
    /// # Errors
    /// When the XML is damaged.
    pub(super) fn formula_elements(&self) -> Result<Vec<(Place, Formula)>, Fault> {
        let mut out = Vec::new();
        for (row, col) in self.places() {
            if let (_, Some(formula)) = self.read_cell(row, col, &[])? {
                out.push(((row, col), formula));
            }
        }
        Ok(out)
    }
}

/// A cell's own text as an entry of the list of texts.
fn inline(xml: &[u8]) -> Vec<u8> {
    ["<si>".as_bytes(), xml, b"</si>"].concat()
}
