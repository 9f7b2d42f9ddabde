//! The formulas of a workbook computed anew where cells that they look at have changed, so that
//! who does not compute (a preview, a telephone, a reader) sees the right figures.

pub use super::cells::Value;
use super::cells::shared_strings;
use super::evaluate::{self, Cells, Unknown};
use super::formula::{Piece, pieces};
use super::package::Package;
use super::sheet::SheetXml;
use super::xml::{Fault, attribute, local, walk};
use quick_xml::events::Event;
use std::collections::{BTreeMap, BTreeSet};

/// Formulas that look at formulas that look … are not followed deeper.
const DEEPEST: usize = 64;
/// Stands before formulas that are not computed here; no formula begins so.
const SPECIAL: &str = "?";
const STRINGS: &str = "xl/sharedStrings.xml";

/// A cell of the workbook: index of the sheet, row, column.
pub type Spot = (usize, u32, u32);

/// The cells of a workbook as values and formulas.
#[derive(Debug, Default)]
pub struct Book {
    sheets: Vec<Sheet>,
    /// Names and what they stand for, by name in small letters.
    names: BTreeMap<String, String>,
}

#[derive(Debug, Default)]
struct Sheet {
    name: String,
    cells: BTreeMap<(u32, u32), (Value, Option<String>)>,
}

impl Book {
    /// Reads all cells.
    ///
    /// # Errors
    /// When a part is damaged.
    pub fn read(package: &mut Package) -> Result<Book, Fault> {
        let strings = match package.has(STRINGS) {
            true => shared_strings(&package.part(STRINGS)?)?,
            false => Vec::new(),
        };
        let mut book = Book::default();
        for sheet in package.sheets()? {
            let mut own = Sheet {
                name: sheet.name,
                ..Sheet::default()
            };
            // Sheets of charts alone have no cells.
            if let Ok(xml) = SheetXml::read(package.part(&sheet.part)?) {
                let shared = xml.shared_formulas()?;
                for (row, col) in xml.places() {
                    let (value, formula) = xml.read_cell(row, col, &strings)?;
                    let formula = formula.map(|f| match (f.special, f.shared) {
                        // What is computed over several cells at once is not computed here.
                        (true, _) => format!("{SPECIAL} {}", f.text),
                        (_, Some(_)) => shared.get(&(row, col)).cloned().unwrap_or_default(),
                        _ => f.text,
                    });
                    own.cells.insert((row, col), (value, formula));
                }
            }
            book.sheets.push(own);
        }
        let text = package.part("xl/workbook.xml")?;
        let mut open: Option<(String, usize)> = None;
        walk(&text, |event, span| {
            match event {
                Event::Start(tag) if local(tag) == "definedName" => {
                    open = attribute(tag, "name").map(|n| (n.to_lowercase(), span.end));
                }
                Event::End(_) => {
                    if let Some((name, from)) = open.take() {
                        let own = String::from_utf8_lossy(&text[from..span.start]).into_owned();
                        book.names.insert(name, own);
                    }
                }
                _ => {}
            }
            true
        })?;
        Ok(book)
    }

    /// Index of a sheet.
    pub fn sheet(&self, name: &str) -> Option<usize> {
        let wanted = name.to_lowercase();
        self.sheets
            .iter()
            .position(|s| s.name.to_lowercase() == wanted)
    }

    /// The value of a cell as stored.
    pub fn value(&self, spot: Spot) -> &Value {
        const BLANK: &Value = &Value::Blank;
        let sheet = self.sheets.get(spot.0);
        let cell = sheet.and_then(|s| s.cells.get(&(spot.1, spot.2)));
        cell.map_or(BLANK, |c| &c.0)
    }

    /// All cells with their values and formulas.
    pub fn cells(&self) -> impl Iterator<Item = (Spot, &Value, Option<&str>)> {
        self.sheets.iter().enumerate().flat_map(|(n, s)| {
            let cells = s.cells.iter();
            cells.map(move |((r, c), (v, f))| ((n, *r, *c), v, f.as_deref()))
        })
    }

    /// The formulas that look, directly or not, at changed cells, each with its result; none where
    /// it uses what is not computed here.
    pub fn affected(&self, changed: &BTreeSet<Spot>) -> Vec<(Spot, Option<Value>)> {
        let mut rows: BTreeMap<(usize, u32), BTreeSet<u32>> = BTreeMap::new();
        for (sheet, row, col) in changed {
            rows.entry((*sheet, *row)).or_default().insert(*col);
        }
        let mut waiting: Vec<(Spot, Vec<Look>)> = self
            .cells()
            .filter_map(|(spot, _, formula)| Some((spot, self.looks(spot.0, formula?, 0))))
            .collect();
        let mut found: BTreeSet<Spot> = BTreeSet::new();
        loop {
            let before = found.len();
            waiting.retain(|(spot, looks)| {
                let hit = looks.iter().any(|l| l.sees(&rows));
                if hit {
                    found.insert(*spot);
                    rows.entry((spot.0, spot.1)).or_default().insert(spot.2);
                }
                !hit
            });
            if found.len() == before {
                break;
            }
        }
        let mut run = Run {
            book: self,
            stale: &found,
            known: BTreeMap::new(),
            depth: 0,
        };
        found
            .iter()
            .map(|spot| (*spot, run.cell(*spot).ok()))
            .collect()
    }

    /// The rectangles that a formula looks at.
    fn looks(&self, own: usize, formula: &str, depth: usize) -> Vec<Look> {
        let mut out = Vec::new();
        for piece in pieces(formula) {
            match piece {
                Piece::Area(area, ..) => {
                    let sheet = match &area.sheet {
                        None => Some(own),
                        Some(name) => self.sheet(name),
                    };
                    out.extend(sheet.map(|sheet| Look {
                        sheet,
                        rows: area.rows(),
                        cols: area.cols(),
                    }));
                }
                Piece::Word(word) if depth < 4 => {
                    if let Some(meant) = self.names.get(&word.to_lowercase()) {
                        out.extend(self.looks(own, meant, depth + 1));
                    }
                }
                _ => {}
            }
        }
        out
    }
}

/// A rectangle of a sheet.
struct Look {
    sheet: usize,
    rows: (u32, u32),
    cols: (u32, u32),
}

impl Look {
    fn sees(&self, rows: &BTreeMap<(usize, u32), BTreeSet<u32>>) -> bool {
        rows.range((self.sheet, self.rows.0)..=(self.sheet, self.rows.1))
            .any(|(_, cols)| cols.range(self.cols.0..=self.cols.1).next().is_some())
    }
}

/// One computing of stale formulas.
struct Run<'b> {
    book: &'b Book,
    stale: &'b BTreeSet<Spot>,
    /// `None` while it is being computed: a formula that looks at itself.
    known: BTreeMap<Spot, Option<Result<Value, Unknown>>>,
    depth: usize,
}

impl Cells for Run<'_> {
    fn cell(&mut self, spot: Spot) -> Result<Value, Unknown> {
        let stored = self.book.value(spot);
        let sheet = self.book.sheets.get(spot.0);
        let cell = sheet.and_then(|s| s.cells.get(&(spot.1, spot.2)));
        let formula = cell.and_then(|c| c.1.as_deref());
        let Some(formula) =
            formula.filter(|_| self.stale.contains(&spot) || *stored == Value::Blank)
        else {
            return Ok(stored.clone());
        };
        match self.known.get(&spot) {
            Some(Some(known)) => return known.clone(),
            Some(None) => return Err(Unknown),
            None => {}
        }
        if self.depth >= DEEPEST {
            return Err(Unknown);
        }
        self.known.insert(spot, None);
        self.depth += 1;
        let result = evaluate::formula(formula, spot, self);
        self.depth -= 1;
        self.known.insert(spot, Some(result.clone()));
        result
    }

    fn occupied(&self, sheet: usize, rows: (u32, u32), cols: (u32, u32)) -> Vec<Spot> {
        let Some(own) = self.book.sheets.get(sheet) else {
            return Vec::new();
        };
        own.cells
            .range((rows.0, 0)..=(rows.1, u32::MAX))
            .filter(|((_, c), _)| (cols.0..=cols.1).contains(c))
            .map(|((r, c), _)| (sheet, *r, *c))
            .collect()
    }

    fn sheet(&self, name: &str) -> Option<usize> {
        self.book.sheet(name)
    }

    fn name(&self, name: &str) -> Option<String> {
        self.book.names.get(&name.to_lowercase()).cloned()
    }
}
