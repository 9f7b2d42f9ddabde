//! Numbers of looks in a workbook, as the xlsx writer numbers formats: in the order of first use,
//! and looks that come to the same format share a number.

use super::theme::{Part, Theme};
use super::words::Words;
use rust_xlsxwriter::Format;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What a cell looks like: its part, and whether its text begins like a formula.
pub type Look = (Part, bool);

/// The formats of all looks met so far; kept from workbook to workbook.
#[derive(Debug)]
pub struct Looks {
    /// Fonts, fills and all that.
    pub theme: Theme,
    /// Index in the formats.
    known: BTreeMap<Look, usize>,
    /// Each once; the first is the sheet's own.
    formats: Vec<Rc<Format>>,
}

impl Looks {
    /// None yet.
    pub fn new(words: Words) -> Looks {
        let theme = Theme::new(words);
        Looks {
            formats: vec![Rc::new(theme.sheet())],
            known: BTreeMap::new(),
            theme,
        }
    }

    fn index(&mut self, look: Look) -> usize {
        if let Some(&index) = self.known.get(&look) {
            return index;
        }
        let format = self.theme.format(look.0, look.1);
        let known = self.formats.iter().position(|f| **f == *format);
        let index = known.unwrap_or_else(|| {
            self.formats.push(format);
            self.formats.len() - 1
        });
        self.known.insert(look, index);
        index
    }
}

/// The numbers of one workbook.
#[derive(Debug)]
pub struct Styles<'a> {
    looks: &'a mut Looks,
    /// By index of the format.
    numbers: Vec<Option<u32>>,
    next: u32,
    /// Looks of the page in hand, in the order of first use.
    page: Vec<(Look, u32)>,
}

impl<'a> Styles<'a> {
    /// No look is numbered yet.
    pub fn new(looks: &'a mut Looks) -> Styles<'a> {
        Styles {
            looks,
            numbers: vec![Some(0)],
            next: 1,
            page: Vec::new(),
        }
    }

    /// The number of a look.
    pub fn number(&mut self, look: Look) -> u32 {
        if let Some((_, number)) = self.page.iter().find(|(l, _)| *l == look) {
            return *number;
        }
        let index = self.looks.index(look);
        if self.numbers.len() <= index {
            self.numbers.resize(index + 1, None);
        }
        let number = *self.numbers[index].get_or_insert_with(|| {
            self.next += 1;
            self.next - 1
        });
        self.page.push((look, number));
        number
    }

    /// Ends a page: its looks in the order of first use.
    pub fn page(&mut self) -> Vec<Look> {
        let page = self.page.drain(..);
        page.map(|(look, _)| look).collect()
    }
}
