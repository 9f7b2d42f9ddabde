//! Books as xlsx bytes. Decides nothing: the same report gives the same bytes.

use super::cells;
use super::chart_cache::Caches;
use super::frame::{Filled, Frame, Key, SheetKey};
use super::layout;
use super::links;
use super::page::{Book, Page, Report};
use super::strings::Strings;
use super::styles::{Looks, Styles};
use super::words::Words;
use crate::message::Lang;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// The workbooks as bytes: path below the output folder and content, in the order of the report.
///
/// # Errors
/// As [`Writer::book`].
pub fn write(report: &Report) -> Result<Vec<(String, Vec<u8>)>, String> {
    let mut writer = Writer::default();
    report
        .books
        .iter()
        .map(|book| Ok((book.path.to_string(), writer.book(book)?)))
        .collect()
}

/// One workbook as bytes: the same as among others.
///
/// # Errors
/// As [`Writer::book`].
pub fn write_book(book: &Book) -> Result<Vec<u8>, String> {
    Writer::default().book(book)
}

/// Writes books one after the other and keeps what they share.
#[derive(Debug, Default)]
pub struct Writer {
    looks: Option<(Lang, Looks)>,
    frames: BTreeMap<Key, Frame>,
}

impl Writer {
    /// A book as bytes; what was written before changes none of them.
    ///
    /// # Errors
    /// What the xlsx writer refuses. `compose` keeps within Excel's limits, so that is a defect of
    /// this program, not of the data.
    pub fn book(&mut self, book: &Book) -> Result<Vec<u8>, String> {
        let mut draft = Draft::default();
        let (_, looks) = match self.looks.take() {
            Some(known) if known.0 == book.lang => self.looks.insert(known),
            _ => {
                // Frames hold the fonts and the footer of their language.
                self.frames.clear();
                let words = Words { lang: book.lang };
                self.looks.insert((book.lang, Looks::new(words)))
            }
        };
        let mut styles = Styles::new(looks);
        for page in &book.pages {
            draft
                .add(page, &mut styles)
                .map_err(|e| format!("{}, {}: {e}", book.path, page.sheet))?;
        }
        draft
            .finish(book, looks, &mut self.frames)
            .map_err(|e| format!("{}: {e}", book.path))
    }

    /// Frames kept.
    #[cfg(test)]
    pub(super) fn frames(&self) -> usize {
        self.frames.len()
    }
}

/// The pages of a book as they are written down.
#[derive(Debug, Default)]
struct Draft {
    sheets: Vec<SheetKey>,
    filled: Vec<Filled>,
    strings: Strings,
    caches: Caches,
}

impl Draft {
    fn add(&mut self, page: &Page, styles: &mut Styles<'_>) -> Result<(), String> {
        let placed = layout::place(page);
        let mut cells = cells::write(&placed, styles, &mut self.strings)?;
        cells.links = links::xml(page, placed.top);
        let bulk = page.bulk.as_ref();
        let bulk = bulk.map(|b| {
            b.set(
                &mut cells,
                &page.columns,
                &placed,
                styles,
                &mut self.strings,
            )
        });
        self.sheets.push(SheetKey::of(page, &placed, styles.page()));
        self.caches.add(page, &placed);
        let charted = page.chart.is_some().then(|| page.clone());
        self.filled.push(Filled {
            cells,
            bulk,
            charted,
        });
        Ok(())
    }

    fn finish(
        self,
        book: &Book,
        looks: &mut Looks,
        frames: &mut BTreeMap<Key, Frame>,
    ) -> Result<Vec<u8>, String> {
        let words = Words { lang: book.lang };
        let key = Key {
            organisation: book.organisation.clone(),
            date: book.date,
            about: book.about.clone(),
            titled: !book.title.is_empty(),
            worded: !self.strings.is_empty(),
            sheets: self.sheets,
        };
        let fill = |frame: &mut Frame| {
            frame
                .fill(&book.title, &self.filled, &self.strings, &self.caches)
                .map_err(|e| e.to_string())
        };
        let make = |key: &Key, theme| Frame::new(key, &self.filled, theme, words);
        if self.filled.iter().any(|f| f.charted.is_some()) {
            return fill(&mut make(&key, &mut looks.theme)?);
        }
        match frames.entry(key) {
            Entry::Occupied(known) => fill(known.into_mut()),
            Entry::Vacant(new) => {
                let frame = make(new.key(), &mut looks.theme)?;
                fill(new.insert(frame))
            }
        }
    }
}
