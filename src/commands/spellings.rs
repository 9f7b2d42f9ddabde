//! The workbook of spellings on disk: read before the schools' files, grown after them. Rows that
//! are there stay as they are; the file is written only when there is something to add.

use super::workspace::{Names, names};
use super::{Refusal, inbox};
use crate::diagnostic::{Diagnosed, Diagnostic, render};
use crate::grid::{Value, Workbook};
use crate::intake;
use crate::learning::book::{FIELDS, Layout, List};
use crate::learning::{self, Book, Proposal, Seen, decide};
use crate::message::{self, Lang};
use crate::pipeline::LoadError;
use crate::report::spellings::{Choice, ListSheet, Typed, spellings_book};
use crate::scheme::{DIRECTORY_FORM, Kind, Scheme, templates};
use chrono::{Local, NaiveDate};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

/// The workbook and what was read in it.
#[derive(Debug)]
pub struct Spellings {
    /// Where it lies, or will lie.
    pub path: PathBuf,
    /// As stored, without the sheet of drop-down lists.
    workbook: Option<Workbook>,
    book: Book,
    findings: Vec<Diagnostic>,
}

impl Spellings {
    /// Reads the workbook; one that is not there yet is empty.
    ///
    /// # Errors
    /// When it is there and cannot be read: what clerks have decided must not be left out unnoticed.
    pub fn load(path: &Path, given: bool, lang: Lang) -> Result<Spellings, Refusal> {
        let mut all = Spellings {
            path: path.to_owned(),
            workbook: None,
            book: Book::default(),
            findings: Vec::new(),
        };
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
        if !path.exists() && (!given || folder.is_none_or(Path::is_dir)) {
            return Ok(all);
        }
        let bytes = inbox::load(path).map_err(|e| {
            let why = match e {
                LoadError::Locked => message::say(lang, "cli.locked", &[]),
                LoadError::TooLarge(size) => format!("{} MB", size >> 20),
                LoadError::Other(why) => why,
            };
            unreadable(path, why, lang)
        })?;
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let Diagnosed {
            value: workbooks,
            diagnostics,
        } = intake::read(&name, &bytes);
        let Some(mut workbook) = workbooks.into_iter().next() else {
            let why: Vec<String> = diagnostics
                .iter()
                .map(|d| render::message(d, lang))
                .collect();
            return Err(unreadable(path, why.join("; "), lang));
        };
        let lists = names().spelling_lists;
        workbook.sheets.retain(|s| *s.name != *lists);
        let read = learning::read(&workbook);
        all.findings = diagnostics;
        all.findings.extend(read.diagnostics);
        all.book = read.value;
        all.workbook = Some(workbook);
        Ok(all)
    }

    /// Gives the scheme what was confirmed; what is wrong with the workbook comes back.
    pub fn apply(&self, scheme: &mut Scheme) -> Vec<Diagnostic> {
        let decided = learning::decide(&self.book, scheme);
        scheme.learn(decided.value);
        let mut findings = self.findings.clone();
        findings.extend(decided.diagnostics);
        findings
    }

    /// Adds what was met and is not in it yet. Gives lines for the clerk, one of which says so where
    /// nothing can be written beside it either: the results of the run are there all the same.
    pub fn update(
        &self,
        seen: &[Seen],
        schools_of_files: &[(Arc<str>, String)],
        scheme: &Scheme,
        lang: Lang,
    ) -> Vec<String> {
        let mut schools: BTreeMap<&str, Option<&str>> = BTreeMap::new();
        for (file, school) in schools_of_files {
            // A file of several schools is none's.
            let one = schools.entry(file).or_insert(Some(school));
            *one = one.filter(|s| s == school);
        }
        let school = |file: &str| schools.get(file).copied().flatten();
        let added = learning::propose(seen, &self.book, school, scheme);
        if added.is_empty() {
            return Vec::new();
        }
        let grown = self.grown(&added, scheme);
        let written = match grown.and_then(|bytes| replace(&self.path, &bytes)) {
            Ok(written) => written,
            Err(error) => {
                let args = [
                    ("path", self.path.display().to_string()),
                    ("why", error.to_string()),
                ];
                return vec![message::say(lang, "spellings.unwritable", &args)];
            }
        };
        let mut lines = Vec::new();
        if written != self.path {
            let args = [
                ("wanted", self.path.display().to_string()),
                ("instead", written.display().to_string()),
            ];
            lines.push(message::say(lang, "spellings.instead", &args));
        }
        let args = [
            ("count", added.len().to_string()),
            ("path", written.display().to_string()),
        ];
        lines.push(message::say(lang, "spellings.added", &args));
        lines
    }

    /// The workbook with the new rows.
    fn grown(&self, added: &[Proposal], scheme: &Scheme) -> io::Result<Vec<u8>> {
        let names = names();
        let mut sheets: Vec<ListSheet> = Vec::new();
        if let Some(workbook) = &self.workbook {
            sheets.extend(workbook.sheets.iter().map(stored));
        }
        let mut lists = Lists::new(scheme);
        for list in List::ALL {
            let (index, header, cols) = match self.book.layout(list) {
                Some(Layout {
                    sheet,
                    header,
                    cols,
                    ..
                }) => (*sheet, *header, *cols),
                None => {
                    sheets.push(empty(list, &free_name(&sheets, list, &names)));
                    (sheets.len() - 1, HEADER, columns(list))
                }
            };
            let Some(sheet) = sheets.get_mut(index) else {
                continue;
            };
            sheet.header = Some(header);
            sheet.widths = widths(&cols);
            let mut row = sheet.cells.iter().map(|c| c.0).max().unwrap_or(header) + 1;
            let col = |id: &str| FIELDS.iter().position(|f| *f == id).and_then(|i| cols[i]);
            for entry in self.book.entries.iter().filter(|e| e.list == list) {
                if let (Some(col), Some(row)) = (col("chosen"), entry.place.row)
                    && let Ok((_, of, _)) = decide::key(entry, scheme)
                {
                    lists.offer(sheet, (row, col), list, of, scheme);
                }
            }
            for proposal in added.iter().filter(|p| p.list == list) {
                for (text, col) in proposal.texts.iter().zip(cols) {
                    if let Some(col) = col.filter(|_| !text.is_empty()) {
                        sheet.cells.push((row, col, Typed::Text(text.clone())));
                    }
                }
                let of = match proposal.field {
                    Some(field) => decide::vocabulary_of(proposal.form, field, scheme),
                    None => Some(proposal.form),
                };
                if let (Some(col), Some(of)) = (col("chosen"), of) {
                    lists.offer(sheet, (row, col), list, of, scheme);
                }
                row += 1;
            }
            for (field, index) in [("decision", DECISIONS), ("form", FORMS)] {
                if let Some(col) = col(field) {
                    sheet.choices.push(Choice {
                        col,
                        first: header + 1,
                        last: None,
                        list: index,
                    });
                }
            }
        }
        book(&sheets, &lists.texts, &names, scheme.cut_off)
    }
}

fn unreadable(path: &Path, why: String, lang: Lang) -> Refusal {
    let args = [("path", path.display().to_string()), ("why", why)];
    Refusal::say(lang, "spellings.unreadable", &args)
}

/// The empty workbook of a new workspace.
///
/// # Errors
/// What the xlsx writer refuses.
pub fn blank() -> io::Result<Vec<u8>> {
    let names = names();
    let decisions = decisions();
    let mut sheets = Vec::new();
    for list in List::ALL {
        let mut sheet = empty(list, &free_name(&sheets, list, &names));
        let at = FIELDS.iter().position(|f| *f == "decision");
        if let Some(col) = at.and_then(|i| columns(list)[i]) {
            sheet.choices.push(Choice {
                col,
                first: HEADER + 1,
                last: None,
                list: DECISIONS,
            });
        }
        sheets.push(sheet);
    }
    book(&sheets, &[decisions], &names, NaiveDate::default())
}

fn book(
    sheets: &[ListSheet],
    lists: &[Vec<String>],
    names: &Names,
    date: NaiveDate,
) -> io::Result<Vec<u8>> {
    let title = Path::new(&names.spellings).file_stem();
    let title = title.unwrap_or_default().to_string_lossy();
    spellings_book(sheets, (&names.spelling_lists, lists), &title, date).map_err(io::Error::other)
}

/// Row of the header of a new sheet; the line that explains it stands above.
const HEADER: u32 = 1;
/// Places of lists that are always there.
const DECISIONS: usize = 0;
const FORMS: usize = 1;

/// The drop-down lists in use.
struct Lists {
    texts: Vec<Vec<String>>,
    known: BTreeMap<(List, usize), usize>,
}

impl Lists {
    fn new(scheme: &Scheme) -> Lists {
        let forms = scheme.forms.iter().zip(&scheme.wanted);
        let forms = forms.filter(|(f, wanted)| **wanted && f.id != DIRECTORY_FORM);
        Lists {
            texts: vec![decisions(), forms.map(|(f, _)| f.title.clone()).collect()],
            known: BTreeMap::new(),
        }
    }

    /// Offers the fields of a form, or the terms of a vocabulary, in a cell.
    fn offer(
        &mut self,
        sheet: &mut ListSheet,
        (row, col): (u32, u32),
        list: List,
        of: usize,
        scheme: &Scheme,
    ) {
        let next = self.texts.len();
        let index = *self.known.entry((list, of)).or_insert(next);
        if index == next {
            let mut texts: Vec<String> = match list {
                List::Columns => {
                    let fields = scheme.forms[of].fields.iter();
                    let used = fields.filter(|f| {
                        let filled = f.stored || !f.fills.is_empty();
                        let school = matches!(f.kind, Kind::School | Kind::SchoolCode);
                        (filled || school) && f.kind != Kind::Ignored
                    });
                    used.map(|f| f.title.clone()).collect()
                }
                List::Values => {
                    let terms = scheme.vocabularies[of].terms.iter();
                    terms.map(|t| t.name.clone()).collect()
                }
            };
            texts.push(message::text(Lang::Zh, "spellings.ignore", "message"));
            self.texts.push(texts);
        }
        // Rows of one list that follow each other share one rule.
        match sheet.choices.last_mut() {
            Some(last)
                if last.list == index
                    && last.col == col
                    && last.last.map(|l| l + 1) == Some(row) =>
            {
                last.last = Some(row);
            }
            _ => sheet.choices.push(Choice {
                col,
                first: row,
                last: Some(row),
                list: index,
            }),
        }
    }
}

fn decisions() -> Vec<String> {
    let all = templates::vocabularies();
    let list = all.iter().find(|v| v.id == "spelling_decision");
    let terms = list.map_or(&[][..], |v| &v.terms);
    terms.iter().map(|t| t.name.clone()).collect()
}

/// The columns of a new sheet.
fn columns(list: List) -> [Option<u32>; FIELDS.len()] {
    FIELDS.map(|id| {
        let at = list.fields().position(|f| f == id)?;
        u32::try_from(at).ok()
    })
}

fn widths(cols: &[Option<u32>; FIELDS.len()]) -> Vec<(u32, f64)> {
    let width = |id: &str| match id {
        "spelling" => 22.0,
        "form" | "chosen" | "remark" => 16.0,
        "near_1" | "near_2" | "near_3" => 26.0,
        "seen" => 36.0,
        "field" | "scope" => 14.0,
        _ => 10.0,
    };
    let pairs = FIELDS.iter().zip(cols);
    pairs
        .filter_map(|(id, col)| Some(((*col)?, width(id))))
        .collect()
}

/// A new sheet: the line that explains it, and the header.
fn empty(list: List, name: &str) -> ListSheet {
    let cols = columns(list);
    let form = templates::office(list.form()).pop();
    let note = message::text(Lang::Zh, "spellings.note", "message");
    let mut cells = vec![(0, 0, Typed::Text(note))];
    let mut last = 0;
    for (id, col) in FIELDS.iter().zip(cols) {
        let field = form.as_ref().and_then(|f| Some(&f.fields[f.field(id)?]));
        if let (Some(field), Some(col)) = (field, col) {
            cells.push((HEADER, col, Typed::Text(field.title.clone())));
            last = last.max(col);
        }
    }
    ListSheet {
        name: name.to_owned(),
        cells,
        merges: vec![(0, 0, 0, last)],
        header: Some(HEADER),
        widths: widths(&cols),
        choices: Vec::new(),
    }
}

/// The usual name of a list's sheet, or another where the clerk has a sheet of that name.
fn free_name(sheets: &[ListSheet], list: List, names: &Names) -> String {
    let [columns, values] = &names.spelling_sheets;
    let usual = match list {
        List::Columns => columns,
        List::Values => values,
    };
    let taken = |name: &str| sheets.iter().any(|s| s.name == name);
    let mut name = usual.clone();
    for n in 2.. {
        if !taken(&name) {
            break;
        }
        name = format!("{usual}{n}");
    }
    name
}

/// A sheet as it was stored.
fn stored(sheet: &crate::grid::Sheet) -> ListSheet {
    let cells = sheet.cells().iter().filter_map(|cell| {
        let typed = match sheet.value(cell) {
            Value::Text(text) => Typed::Text(text.to_owned()),
            Value::Number(n) => Typed::Number(n),
            Value::Date(n) => Typed::Date(n),
            Value::Bool(b) => Typed::Bool(b),
            Value::Error(e) => Typed::Text(e.as_str().to_owned()),
            Value::Unevaluated => return None,
        };
        Some((cell.row, cell.col, typed))
    });
    let merges = sheet.merges().iter();
    ListSheet {
        name: sheet.name.to_string(),
        cells: cells.collect(),
        merges: merges
            .map(|m| (m.top, m.left, m.bottom, m.right))
            .filter(|(top, left, bottom, right)| top < bottom || left < right)
            .collect(),
        ..ListSheet::default()
    }
}

/// Puts the file in place whole; where another program holds the old one, beside it under a name
/// with the day. Gives the path that was written.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let new = path.with_file_name(format!(".{name}.new"));
    fs::write(&new, bytes)?;
    if fs::rename(&new, path).is_ok() {
        return Ok(path.to_owned());
    }
    let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, "xlsx"));
    let day = Local::now().date_naive();
    let dated = (1..1000)
        .map(|n| match n {
            1 => format!("{stem} {day}.{ending}"),
            n => format!("{stem} {day} ({n}).{ending}"),
        })
        .map(|name| path.with_file_name(name))
        .find(|p| !p.exists());
    let dated = dated.ok_or(io::ErrorKind::AlreadyExists)?;
    fs::rename(&new, &dated)?;
    Ok(dated)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_replaced_gets_a_dated_neighbour() {
        let root = std::env::temp_dir().join(format!("huizong-held-{}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        // A folder of the name stands for a file that another program holds.
        let path = root.join("a.xlsx");
        fs::create_dir_all(path.join("held")).unwrap();
        let written = replace(&path, b"1").unwrap();
        assert_ne!(written, path);
        assert_eq!(fs::read(&written).unwrap(), b"1");
        let second = replace(&path, b"2").unwrap();
        assert_ne!(second, written);
        let left = fs::read_dir(&root).unwrap().count();
        assert_eq!(left, 3, "no temporary file is left");
        let free = root.join("b.xlsx");
        assert_eq!(replace(&free, b"3").unwrap(), free);
        fs::remove_dir_all(&root).unwrap();
    }
}
