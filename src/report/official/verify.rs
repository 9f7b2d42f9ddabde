//! Proof that a filled form is its template with other values in marked cells: part by part, cell
//! by cell, read anew from both files.

use crate::amend::formula::{Piece, pieces};
use crate::amend::{Fault, Growth, Package, SheetXml};
use crate::grid;
use std::collections::{BTreeMap, BTreeSet};

/// What may differ in a sheet.
#[derive(Debug)]
pub struct Change<'a> {
    /// The sheet's part.
    pub part: &'a str,
    /// Rows that are repeated.
    pub growth: &'a Growth,
    /// Marked cells as they stand in the filled form.
    pub marked: &'a BTreeSet<(u32, u32)>,
}

/// Compares a filled form with its template.
///
/// # Errors
/// With the first part or cell that differs and should not.
pub fn verify(template: &[u8], filled: &[u8], changes: &[Change<'_>]) -> Result<(), Fault> {
    let mut old = Package::open(template.to_vec())?;
    let mut new = Package::open(filled.to_vec())?;
    let grown = changes.iter().any(|c| !c.growth.is_none());
    let (before, after) = (old.names(), new.names());
    let kept: Vec<&String> = before
        .iter()
        .filter(|n| !(grown && n.as_str() == "xl/calcChain.xml"))
        .collect();
    if kept != after.iter().collect::<Vec<_>>() {
        return Err(Fault("parts".to_owned()));
    }
    let sheets: BTreeSet<String> = old.sheets()?.into_iter().map(|s| s.part).collect();
    for name in after {
        let (a, b) = (old.part(&name)?, new.part(&name)?);
        let same = match changes.iter().find(|c| c.part == name) {
            Some(change) => {
                sheet(a, b, change, grown).map_err(|f| Fault::of(&name, f.0))?;
                true
            }
            None if a == b => true,
            // Results of formulas in other sheets.
            None if sheets.contains(&name) => {
                let none = Change {
                    part: &name,
                    growth: &Growth::default(),
                    marked: &BTreeSet::new(),
                };
                sheet(a, b, &none, grown).map_err(|f| Fault::of(&name, f.0))?;
                true
            }
            None if follows(&name, grown) => skeleton(&a) == skeleton(&b),
            None => false,
        };
        if !same {
            return Err(Fault::of(&name, "changed"));
        }
    }
    Ok(())
}

/// Parts in which places may follow their cells, and nothing else: charts also show other figures.
fn follows(name: &str, grown: bool) -> bool {
    let always = name.starts_with("xl/charts/") || name == "xl/workbook.xml";
    let with_rows = [
        "xl/drawings/",
        "xl/comments",
        "xl/tables/",
        "xl/threadedComments/",
    ];
    always
        || grown
            && (with_rows.iter().any(|p| name.starts_with(p))
                || matches!(name, "[Content_Types].xml" | "xl/_rels/workbook.xml.rels"))
}

/// The elements of a part without what may follow cells: texts and attributes that hold places or
/// figures.
fn skeleton(text: &[u8]) -> Vec<String> {
    const PLACES: &[&str] = &["ref", "val", "fullCalcOnLoad", "idx"];
    let text = String::from_utf8_lossy(text);
    let mut out = Vec::new();
    for tag in text.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        let name = tag.split(|c: char| c.is_whitespace() || c == '/').next();
        let name = name.filter(|n| !n.is_empty()).unwrap_or_default();
        let local = name.rsplit(':').next().unwrap_or_default();
        // Points of a chart come and go with its rows; the chain of formulas goes.
        if tag.starts_with('/')
            || matches!(local, "pt" | "v" | "ptCount" | "calcPr")
            || tag.contains("calcChain")
        {
            continue;
        }
        let mut kept = name.to_owned();
        for attribute in tag.split('"').collect::<Vec<_>>().chunks(2) {
            if let [key, value] = attribute {
                let key = key.trim().trim_end_matches('=').trim();
                let key = key.rsplit(char::is_whitespace).next().unwrap_or_default();
                if !PLACES.contains(&key) {
                    kept.push_str(&format!(" {key}={value}"));
                }
            }
        }
        out.push(kept);
    }
    out
}

/// A sheet: every cell of the template stands where it goes, with its look; only marked cells have
/// another value, only formulas another result. `moves` says that rows are repeated somewhere, so that
/// references differ, in formulas and around the cells, and nothing else does.
fn sheet(old: Vec<u8>, new: Vec<u8>, change: &Change<'_>, moves: bool) -> Result<(), Fault> {
    let (old, new) = (SheetXml::read(old)?, SheetXml::read(new)?);
    let growth = change.growth;
    let mut left: BTreeSet<(u32, u32)> = new.places().collect();
    for (row, col) in old.places() {
        for copy in 0..growth.copies(row).unwrap_or(1) {
            let at = (growth.start(row) + copy, col);
            let differs = |why: &str| Fault(format!("{} {why}", grid::a1(at.0, at.1)));
            if !left.remove(&at) {
                return Err(differs("is gone"));
            }
            let (a, b) = (old.cell(row, col), new.cell(at.0, at.1));
            let (Some(a), Some(b)) = (a, b) else {
                return Err(differs("is gone"));
            };
            if change.marked.contains(&at) {
                if old.style(row, col) != new.style(at.0, at.1) {
                    return Err(differs("looks different"));
                }
                continue;
            }
            let (a, b) = (bare(a), bare(b));
            if a.contains("<f") || b.contains("<f") {
                let look = old.style(row, col) == new.style(at.0, at.1);
                let same = match (formula(&a), formula(&b)) {
                    (Some(a), Some(b)) if moves => reads_as(a, b),
                    (a, b) => a == b,
                };
                if !look || !same {
                    return Err(differs("has another formula"));
                }
            } else if a != b {
                return Err(differs("changed"));
            }
        }
    }
    if let Some((row, col)) = left.first() {
        return Err(Fault(format!("{} is new", grid::a1(*row, *col))));
    }
    let (a, b) = (around(&old), around(&new));
    let same = match moves {
        false => a == b,
        true => frame(&a) == frame(&b),
    };
    let expected: BTreeSet<String> = merges(&a).iter().flat_map(|r| merged(r, growth)).collect();
    if expected != merges(&b) {
        return Err(Fault("merged cells".to_owned()));
    }
    match same {
        true => Ok(()),
        false => Err(Fault("changed around the cells".to_owned())),
    }
}

/// A cell without its place.
fn bare(cell: &[u8]) -> String {
    let text = String::from_utf8_lossy(cell).into_owned();
    match text.split_once(" r=\"") {
        Some((before, after)) if !before.contains('>') => {
            let rest = after.split_once('"').map_or("", |(_, rest)| rest);
            [before, rest].concat()
        }
        _ => text,
    }
}

fn formula(cell: &str) -> Option<&str> {
    let (_, rest) = cell.split_once("<f")?;
    Some(
        rest.split("</f>")
            .next()
            .unwrap_or(rest)
            .split("<v>")
            .next()
            .unwrap_or(rest),
    )
}

/// Whether two formulas differ in references alone. A member of a shared formula, which has no text,
/// gets one of its own.
fn reads_as(old: &str, new: &str) -> bool {
    let text = |f: &str| -> String {
        let raw = f.split_once('>').map_or("", |(_, text)| text);
        // Quotes may be written plainly or as entities.
        let plain = [
            ("&quot;", "\""),
            ("&apos;", "'"),
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&amp;", "&"),
        ];
        plain
            .iter()
            .fold(raw.to_owned(), |t, (a, b)| t.replace(a, b))
    };
    let shape = |f: &str| -> Vec<String> {
        let own = pieces(f).into_iter().map(|p| match p {
            Piece::Area(area, ..) => area.before,
            Piece::Quoted(t) | Piece::Word(t) | Piece::Mark(t) => t.to_owned(),
        });
        own.collect()
    };
    let (old, new) = (text(old), text(new));
    (old.is_empty() && !new.is_empty()) || shape(&old) == shape(&new)
}

/// A sheet's XML before and behind its cells.
fn around(sheet: &SheetXml) -> String {
    let text = String::from_utf8_lossy(sheet.text()).into_owned();
    let before = text
        .split("<sheetData")
        .next()
        .unwrap_or_default()
        .to_owned();
    let after = text.rsplit("</sheetData>").next().unwrap_or_default();
    [&before, after].concat()
}

/// The merged ranges of a sheet.
fn merges(around: &str) -> BTreeSet<String> {
    let all = around.split("mergeCell ref=\"").skip(1);
    all.filter_map(|m| m.split('"').next().map(str::to_owned))
        .collect()
}

/// Where a merged range goes: once for each copy of a repeated row that it lies in.
fn merged(range: &str, growth: &Growth) -> Vec<String> {
    let (from, to) = range.split_once(':').unwrap_or((range, range));
    let (Some((top, left)), Some((bottom, right))) = (grid::parse_a1(from), grid::parse_a1(to))
    else {
        return vec![range.to_owned()];
    };
    let copies = growth.copies(top).unwrap_or(1);
    let row = |r: u32, n: u32| growth.start(r) + n;
    (0..copies)
        .map(|n| {
            let (a, b) = (row(top, n), row(bottom, n));
            format!("{}:{}", grid::a1(a, left), grid::a1(b, right))
        })
        .collect()
}

/// The elements around the cells, each with how often it occurs, without the attributes that hold
/// places; merged cells come with their rows.
fn frame(text: &str) -> BTreeMap<String, usize> {
    const PLACES: &[&str] = &["ref", "sqref", "activeCell", "topLeftCell", "location"];
    let mut out = BTreeMap::new();
    for tag in text.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        let name = tag
            .split(|c: char| c.is_whitespace())
            .next()
            .unwrap_or_default();
        if tag.starts_with('/') || name.contains("mergeCell") {
            continue;
        }
        let mut kept = name.trim_end_matches('/').to_owned();
        for pair in tag.split('"').collect::<Vec<_>>().chunks(2) {
            if let [key, value] = pair {
                let key = key.trim().trim_end_matches('=').trim();
                let key = key.rsplit(char::is_whitespace).next().unwrap_or_default();
                let place = PLACES.contains(&key) || (name == "brk" && key == "id");
                if !place {
                    kept.push_str(&format!(" {key}={value}"));
                }
            }
        }
        *out.entry(kept).or_default() += 1;
    }
    out
}
