//! The yardstick of the speed bar: calamine by itself, and what it would read without `intake` around it.
//!
//! ```text
//! bare_read PATH…             reads every file as calamine alone would: each sheet's values, by the right format
//! bare_read --intake PATH…    reads every file with huizong::intake
//! bare_read --compare PATH…   reads with both and prints each cell that differs (xlsx, xlsb, xls, ods)
//! ```
//!
//! Each prints a line a file: name, verdict, cells. The bar is the processor time of the whole
//! program on a batch against the first line on the same batch, as any process timer gives it.

#![allow(clippy::print_stdout)] // a tool of the command line

use calamine::{Data, Ods, Reader, Xls, XlsOptions, Xlsb, Xlsx};
use huizong::diagnostic::{Severity, render};
use huizong::grid::{CellError, Format, Sheet, Value, Workbook, a1};
use huizong::intake;
use huizong::message::Lang;
use std::collections::BTreeMap;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

type Values = BTreeMap<(u32, u32), Data>;

fn main() {
    let mut mode = String::new();
    let mut files = Vec::new();
    for arg in std::env::args().skip(1) {
        match arg.strip_prefix("--") {
            Some(word) => mode = word.to_owned(),
            None => collect(Path::new(&arg), &mut files),
        }
    }
    files.sort();
    // calamine's panics are its own affair; one of ours is a fault to be seen.
    let ours = mode == "intake";
    std::panic::set_hook(Box::new(move |info| {
        if ours {
            eprintln!("PANIC kept inside: {info}");
        }
    }));
    for path in files {
        let Ok(bytes) = std::fs::read(&path) else {
            continue;
        };
        let name = path.to_string_lossy();
        match mode.as_str() {
            "intake" => with_intake(&name, &bytes),
            "compare" => compare(&name, &bytes),
            _ => match bare(&bytes) {
                Ok(cells) => println!("{name}\tok\t{cells}"),
                Err(why) => println!("{name}\tFAIL\t{why}"),
            },
        }
    }
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    match std::fs::read_dir(path) {
        Ok(entries) => {
            for entry in entries.flatten() {
                collect(&entry.path(), files);
            }
        }
        Err(_) => files.push(path.to_owned()),
    }
}

/// The bare read: open by the right format, then every sheet's range. Counts non-empty cells.
fn bare(bytes: &[u8]) -> Result<usize, String> {
    fn all<R: Reader<Cursor<Vec<u8>>>>(book: Result<R, R::Error>) -> Result<usize, String>
    where
        R::Error: std::fmt::Display,
    {
        let mut book = book.map_err(|e| e.to_string())?;
        let mut cells = 0;
        for name in book.sheet_names() {
            if let Ok(range) = book.worksheet_range(&name) {
                cells += range.used_cells().count();
            }
        }
        Ok(cells)
    }
    let input = Cursor::new(bytes.to_vec());
    let run = || match kind(bytes) {
        Some(Format::Xlsx) => all(Xlsx::new(input)),
        Some(Format::Xlsb) => all(Xlsb::new(input)),
        Some(Format::Ods) => all(Ods::new(input)),
        Some(_) => all(Xls::new(input)),
        None => Err("no format of calamine".to_owned()),
    };
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| Err("panic".to_owned()))
}

fn kind(bytes: &[u8]) -> Option<Format> {
    let has = |needle: &[u8]| memchr::memmem::find(bytes, needle).is_some();
    match bytes {
        [0xD0, 0xCF, ..] => Some(Format::Xls),
        [b'P', b'K', ..] if has(b"workbook.bin") => Some(Format::Xlsb),
        [b'P', b'K', ..] if has(b"content.xml") && has(b"mimetype") => Some(Format::Ods),
        [b'P', b'K', ..] => Some(Format::Xlsx),
        _ => None,
    }
}

fn with_intake(name: &str, bytes: &[u8]) {
    let read = intake::read(name, bytes);
    let cells: usize = read.value.iter().map(cells_of).sum();
    let formats: Vec<String> = read
        .value
        .iter()
        .map(|w| format!("{:?}", w.format))
        .collect();
    let verdict = match read.value.is_empty() {
        true => "refused".to_owned(),
        false => format!("read {}", formats.join("+")),
    };
    println!("{name}\t{verdict}\t{cells}");
    for d in read
        .diagnostics
        .iter()
        .filter(|d| d.severity != Severity::Note)
    {
        println!(
            "    {} {} {}: {}",
            d.severity.as_str(),
            d.key(),
            d.place.cell().unwrap_or_default(),
            render::message(d, Lang::En)
        );
    }
}

fn cells_of(book: &Workbook) -> usize {
    book.sheets.iter().map(|s| s.cells().len()).sum()
}

fn compare(name: &str, bytes: &[u8]) {
    if kind(bytes).is_none() {
        return;
    }
    let Some(book) = intake::read(name, bytes).value.into_iter().next() else {
        // Not handed to calamine either: some damaged files make it reserve more than there is.
        println!("{name}\tnot read by intake");
        return;
    };
    let bytes = bytes.to_vec();
    let theirs = catch_unwind(AssertUnwindSafe(|| theirs(&bytes)));
    let Ok(Ok(theirs)) = theirs else {
        println!("{name}\tread by intake alone, {} cells", cells_of(&book));
        return;
    };
    let mut differences = Vec::new();
    for sheet in &book.sheets {
        match theirs.iter().find(|(n, _)| **n == *sheet.name) {
            Some((_, values)) => compare_sheet(sheet, values, &mut differences),
            None => differences.push(format!("sheet {} only in intake", sheet.name)),
        }
    }
    if !differences.is_empty() {
        println!("{name}\t{} differences", differences.len());
        for line in differences.iter().take(6) {
            println!("    {line}");
        }
    }
}

fn theirs(bytes: &[u8]) -> Result<Vec<(String, Values)>, String> {
    fn all<R: Reader<Cursor<Vec<u8>>>>(
        book: Result<R, R::Error>,
    ) -> Result<Vec<(String, Values)>, String>
    where
        R::Error: std::fmt::Display,
    {
        let mut book = book.map_err(|e| e.to_string())?;
        let mut out = Vec::new();
        for name in book.sheet_names() {
            let Ok(range) = book.worksheet_range(&name) else {
                continue;
            };
            let (top, left) = range.start().unwrap_or((0, 0));
            let values = range
                .used_cells()
                .map(|(r, c, v)| ((r as u32 + top, c as u32 + left), v.clone()))
                .collect();
            out.push((name, values));
        }
        Ok(out)
    }
    let input = Cursor::new(bytes.to_vec());
    match kind(bytes) {
        Some(Format::Xlsx) => all(Xlsx::new(input)),
        Some(Format::Xlsb) => all(Xlsb::new(input)),
        Some(Format::Ods) => all(Ods::new(input)),
        _ => {
            let mut options = XlsOptions::default();
            if memchr::memmem::find(bytes, b"\x09\x08\x10\x00\x00\x06").is_some() {
                options.force_codepage = Some(1200);
            }
            all(Xls::new_with_options(input, options))
        }
    }
}

fn compare_sheet(sheet: &Sheet, theirs: &Values, out: &mut Vec<String>) {
    let mut ours = BTreeMap::new();
    for cell in sheet.cells() {
        ours.insert((cell.row, cell.col), sheet.value(cell));
    }
    for (&(row, col), value) in &ours {
        let at = format!("{} {}", sheet.name, a1(row, col));
        match theirs.get(&(row, col)) {
            None if *value == Value::Unevaluated => {}
            None => out.push(format!("{at}: {value:?} only in intake")),
            Some(other) if same(value, other) => {}
            Some(other) => out.push(format!("{at}: {value:?} against {other:?}")),
        }
    }
    for (&(row, col), other) in theirs {
        let blank = matches!(other, Data::String(s) if s.is_empty());
        if !blank && !ours.contains_key(&(row, col)) {
            out.push(format!(
                "{} {}: {other:?} only in calamine",
                sheet.name,
                a1(row, col)
            ));
        }
    }
}

fn same(ours: &Value<'_>, theirs: &Data) -> bool {
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(1.0);
    match (ours, theirs) {
        (Value::Text(a), Data::String(b)) => {
            *a == b
                .replace("\r\n", "\n")
                .replace('\r', "\n")
                .replace('\0', "")
        }
        (Value::Number(a), Data::Float(b)) => close(*a, *b),
        (Value::Number(a), Data::Int(b)) => close(*a, *b as f64),
        (Value::Date(a), Data::DateTime(b)) => {
            close(*a, b.as_f64()) || close(*a, b.as_f64() + 1_462.0)
        }
        (Value::Date(_), Data::DateTimeIso(_) | Data::DurationIso(_)) => true,
        (Value::Bool(a), Data::Bool(b)) => a == b,
        (Value::Error(a), Data::Error(b)) => a.as_str() == b.to_string() || *a == CellError::Other,
        _ => false,
    }
}
