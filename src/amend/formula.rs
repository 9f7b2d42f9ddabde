//! The references in a formula: found, and put back changed, with everything between them as it was.

use crate::grid;

/// A corner of a reference: column and row from 0, each with whether it stands behind `$`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Corner {
    /// Column; none in a reference to whole rows.
    pub col: Option<(u32, bool)>,
    /// Row; none in a reference to whole columns.
    pub row: Option<(u32, bool)>,
}

/// A reference to a cell or to a rectangle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    /// Name of the sheet, where one is named.
    pub sheet: Option<String>,
    /// The sheet as written, with `!`; else nothing.
    pub before: String,
    /// Upper left corner, or the cell.
    pub from: Corner,
    /// Lower right corner of a rectangle.
    pub to: Option<Corner>,
}

impl Area {
    /// Whether it names a sheet.
    pub fn names(&self, sheet: &str) -> bool {
        let own = self.sheet.as_ref().map(|s| s.to_lowercase());
        own.is_some_and(|own| own == sheet.to_lowercase())
    }

    /// The rows it covers; all of them where it names none.
    pub fn rows(&self) -> (u32, u32) {
        let first = self.from.row.map_or(0, |r| r.0);
        let last = match self.to {
            Some(to) => to.row.map_or(u32::MAX, |r| r.0),
            None => self.from.row.map_or(u32::MAX, |r| r.0),
        };
        (first.min(last), first.max(last))
    }

    /// The columns it covers.
    pub fn cols(&self) -> (u32, u32) {
        let first = self.from.col.map_or(0, |c| c.0);
        let last = match self.to {
            Some(to) => to.col.map_or(u32::MAX, |c| c.0),
            None => self.from.col.map_or(u32::MAX, |c| c.0),
        };
        (first.min(last), first.max(last))
    }

    /// As it is written.
    pub fn text(&self) -> String {
        let corner = |c: &Corner| {
            let mark = |fixed: bool| if fixed { "$" } else { "" };
            let col = c.col.map_or_else(String::new, |(c, f)| {
                [mark(f), &grid::column_name(c)].concat()
            });
            let row = c
                .row
                .map_or_else(String::new, |(r, f)| format!("{}{}", mark(f), r + 1));
            [col, row].concat()
        };
        let mut out = [self.before.clone(), corner(&self.from)].concat();
        if let Some(to) = &self.to {
            out.push(':');
            out.push_str(&corner(to));
        }
        out
    }
}

/// A stretch of a formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'a> {
    /// A text in quotes, with them.
    Quoted(&'a str),
    /// A number, a name, a function: letters and digits that are no reference.
    Word(&'a str),
    /// Anything else, a character or a bracketed stretch.
    Mark(&'a str),
    /// A reference; the text says how it was written, the last whether it is directly an argument
    /// of a function over many cells, such as `SUM`.
    Area(Area, &'a str, bool),
}

/// Functions that take many cells at once.
const MANY: &[&str] = &[
    "SUM", "COUNT", "COUNTA", "AVERAGE", "MAX", "MIN", "PRODUCT", "SUBTOTAL", "STDEV",
];

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || "_.$\\?".contains(c)
}

/// Takes a formula apart.
pub fn pieces(formula: &str) -> Vec<Piece<'_>> {
    let mut out: Vec<Piece<'_>> = Vec::new();
    // Functions that are open, with whether they take many cells.
    let mut open: Vec<bool> = Vec::new();
    let mut at = 0;
    while let Some(c) = formula[at..].chars().next() {
        let rest = &formula[at..];
        let length = match c {
            '"' => quoted(rest, '"'),
            '\'' => {
                let name = quoted(rest, '\'');
                match reference(&rest[name..], true) {
                    Some((from, to, length)) => {
                        let plain = rest[1..name - 1].replace("''", "'");
                        let whole = name + length;
                        let area = Area {
                            sheet: Some(plain),
                            before: rest[..name + 1].to_owned(),
                            from,
                            to,
                        };
                        let many = open.last().copied().unwrap_or(false);
                        out.push(Piece::Area(area, &rest[..whole], many));
                        at += whole;
                        continue;
                    }
                    None => name,
                }
            }
            '[' => bracketed(rest),
            c if is_word(c) => {
                let word = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                let after = &rest[word..];
                let many = open.last().copied().unwrap_or(false);
                if after.starts_with('!')
                    && let Some((from, to, length)) = reference(after, true)
                {
                    // What stands behind `[1]` is a sheet of another workbook.
                    let foreign = matches!(out.last(), Some(Piece::Mark(m)) if m.ends_with(']'));
                    let sheet = match foreign {
                        true => format!("[]{}", &rest[..word]),
                        false => rest[..word].to_owned(),
                    };
                    let area = Area {
                        sheet: Some(sheet),
                        before: rest[..=word].to_owned(),
                        from,
                        to,
                    };
                    out.push(Piece::Area(area, &rest[..word + length], many));
                    at += word + length;
                    continue;
                }
                if !after.starts_with(['(', '!', '['])
                    && let Some((from, to, length)) = reference(rest, false)
                {
                    let area = Area {
                        sheet: None,
                        before: String::new(),
                        from,
                        to,
                    };
                    out.push(Piece::Area(area, &rest[..length], many));
                    at += length;
                    continue;
                }
                word
            }
            _ => c.len_utf8(),
        };
        let text = &rest[..length];
        match c {
            '(' => open.push(matches!(out.last(), Some(Piece::Word(w)) if MANY.contains(w))),
            ')' => drop(open.pop()),
            _ => {}
        }
        out.push(match c {
            '"' => Piece::Quoted(text),
            c if is_word(c) => Piece::Word(text),
            _ => Piece::Mark(text),
        });
        at += length;
    }
    out
}

/// Length of a quoted stretch; a doubled quote stands for itself.
fn quoted(text: &str, quote: char) -> usize {
    let mut at = 1;
    while let Some(end) = text[at..].find(quote) {
        at += end + 1;
        match text[at..].starts_with(quote) {
            true => at += 1,
            false => return at,
        }
    }
    text.len()
}

fn bracketed(text: &str) -> usize {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    text.len()
}

/// A reference at the beginning of a text, behind `!` if asked; with the length of all.
fn reference(text: &str, behind: bool) -> Option<(Corner, Option<Corner>, usize)> {
    let skip = usize::from(behind);
    let text = match behind {
        true => text.strip_prefix('!')?,
        false => text,
    };
    let (from, length) = corner(text)?;
    let second = text[length..].strip_prefix(':').and_then(corner);
    let same = |to: &Corner| {
        from.col.is_some() == to.col.is_some() && from.row.is_some() == to.row.is_some()
    };
    match second.filter(|(to, _)| same(to)) {
        Some((to, more)) => Some((from, Some(to), skip + length + 1 + more)),
        // Whole columns and rows stand in pairs only: `A` alone is a name, `3` a number.
        None if from.col.is_some() && from.row.is_some() => Some((from, None, skip + length)),
        None => None,
    }
}

/// One corner: the whole word must be one.
fn corner(text: &str) -> Option<(Corner, usize)> {
    let length = text.find(|c| !is_word(c)).unwrap_or(text.len());
    let word = &text[..length];
    let fixed_col = word.starts_with('$');
    let rest = word.strip_prefix('$').unwrap_or(word);
    let letters = rest.find(|c: char| !c.is_ascii_alphabetic());
    let letters = &rest[..letters.unwrap_or(rest.len())];
    let rest = &rest[letters.len()..];
    let (col, fixed_row, digits) = match letters {
        "" => (None, fixed_col, rest),
        _ => {
            let (_, col) = grid::parse_a1(&[letters, "1"].concat())?;
            let fixed = rest.starts_with('$');
            (
                Some((col, fixed_col)),
                fixed,
                rest.strip_prefix('$').unwrap_or(rest),
            )
        }
    };
    let row = match digits {
        "" => None,
        _ => {
            let n: u32 = digits.parse().ok().filter(|n| (1..=1 << 20).contains(n))?;
            digits
                .bytes()
                .all(|b| b.is_ascii_digit())
                .then_some(Some((n - 1, fixed_row)))?
        }
    };
    (col.is_some() || row.is_some()).then_some((Corner { col, row }, length))
}

/// A formula with its references changed; `None` leaves one as it is written.
pub fn rewritten(formula: &str, mut change: impl FnMut(&Area, bool) -> Option<Area>) -> String {
    pieces(formula)
        .into_iter()
        .map(|piece| match piece {
            Piece::Quoted(t) | Piece::Word(t) | Piece::Mark(t) => t.to_owned(),
            Piece::Area(area, written, many) => match change(&area, many) {
                Some(new) if new != area => new.text(),
                _ => written.to_owned(),
            },
        })
        .collect()
}

/// A formula as it reads that many rows and columns further on: what members of a shared formula
/// mean.
pub fn moved(formula: &str, rows: i64, cols: i64) -> String {
    let by = |at: Option<(u32, bool)>, n: i64| match at {
        Some((at, false)) => Some((u32::try_from(i64::from(at) + n).unwrap_or_default(), false)),
        fixed => fixed,
    };
    let corner = |c: Corner| Corner {
        col: by(c.col, cols),
        row: by(c.row, rows),
    };
    rewritten(formula, |area, _| {
        Some(Area {
            from: corner(area.from),
            to: area.to.map(corner),
            ..area.clone()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn areas(formula: &str) -> Vec<String> {
        pieces(formula)
            .into_iter()
            .filter_map(|p| match p {
                Piece::Area(a, written, many) => {
                    assert_eq!(a.text(), written);
                    Some(format!("{written}{}", if many { "*" } else { "" }))
                }
                _ => None,
            })
            .collect()
    }

    #[test]
    fn references_are_told_from_names_numbers_and_texts() {
        let all = areas(
            "IF(A1>\"B2\"\"C3\",SUM($D$4:E5,F6)/LOG10(2),甲!G7+'它 的''表'!$A:$C)+1E5+name1x+AB",
        );
        assert_eq!(all, ["A1", "$D$4:E5*", "F6*", "甲!G7", "'它 的''表'!$A:$C"]);
        assert_eq!(areas("$1:$3"), ["$1:$3"]);
        assert_eq!(areas("Table1[列]+TRUE+3:x"), Vec::<String>::new());
        let foreign = pieces("[1]Sheet1!A1");
        let Some(Piece::Area(a, ..)) = foreign.last() else {
            panic!("{foreign:?}")
        };
        assert_eq!(a.sheet.as_deref(), Some("[]Sheet1"));
    }

    #[test]
    fn a_formula_moves_with_its_loose_references() {
        assert_eq!(moved("A1+$A1+A$1+\"A1\"", 2, 1), "B3+$A3+B$1+\"A1\"");
        assert_eq!(moved("SUM(A:A)", 2, 1), "SUM(B:B)");
    }
}
