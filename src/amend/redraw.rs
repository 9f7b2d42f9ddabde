//! Charts remember the figures that they show; they are given those that the cells hold now. And a
//! workbook is told to be computed anew when it is opened.

use super::calc::{Book, Value};
use super::formula::{Piece, pieces};
use super::package::Package;
use super::xml::{Fault, Piece as Splice, children, escape, local, spliced, walk, with_attribute};
use quick_xml::events::Event;
use std::ops::Range;

const BOOK: &str = "xl/workbook.xml";

/// Gives charts the figures of their cells.
///
/// # Errors
/// When a chart or a sheet is damaged.
pub fn redraw(package: &mut Package) -> Result<(), Fault> {
    let charts: Vec<String> = package
        .names()
        .into_iter()
        .filter(|n| n.starts_with("xl/charts/chart") && n.ends_with(".xml"))
        .collect();
    if charts.is_empty() {
        return Ok(());
    }
    let book = Book::read(package)?;
    for part in charts {
        let text = package.part(&part)?;
        let mut changes: Vec<Splice> = Vec::new();
        for (place, words) in series(&text)? {
            if let Some(change) = remembered(&text, place, words, &book)? {
                changes.push(change);
            }
        }
        if !changes.is_empty() {
            package.put(&part, spliced(&text, changes));
        }
    }
    Ok(())
}

/// Where references of charts stand, and whether they show words.
fn series(text: &[u8]) -> Result<Vec<(Range<usize>, bool)>, Fault> {
    let mut out = Vec::new();
    let mut open: Option<(usize, bool)> = None;
    walk(text, |event, span| {
        match event {
            Event::Start(tag) => match local(tag).as_str() {
                "numRef" => open = Some((span.start, false)),
                "strRef" => open = Some((span.start, true)),
                _ => {}
            },
            Event::End(tag) if matches!(tag.local_name().as_ref(), "numRef" | "strRef") => {
                if let Some((from, words)) = open.take() {
                    out.push((from..span.end, words));
                }
            }
            _ => {}
        }
        true
    })?;
    Ok(out)
}

/// The remembered points of a reference, as they should be; none where they are right.
fn remembered(
    text: &[u8],
    place: Range<usize>,
    words: bool,
    book: &Book,
) -> Result<Option<Splice>, Fault> {
    let own = &text[place.clone()];
    let (kind, cache) = match words {
        true => ("strRef", "strCache"),
        false => ("numRef", "numCache"),
    };
    let Some((_, parts)) = children(own, kind)? else {
        return Ok(None);
    };
    let inside = |name: &str| {
        let found = parts.iter().find(|p| p.name == name)?;
        Some((found, found.inside_end(own)?))
    };
    let (Some((f, f_end)), Some((c, _))) = (inside("f"), inside(cache)) else {
        return Ok(None);
    };
    let formula = String::from_utf8_lossy(&own[f.tag.end..f_end]).into_owned();
    let formula = quick_xml::escape::unescape(&formula).map_or(formula.clone(), |f| f.into_owned());
    let Some(values) = values(&formula, book) else {
        return Ok(None);
    };
    let Some((list, points)) = children(&own[c.span.clone()], cache)? else {
        return Ok(None);
    };
    let own = &own[c.span.clone()];
    let first = points
        .iter()
        .find(|p| matches!(p.name.as_str(), "ptCount" | "pt"));
    let last = points
        .iter()
        .rfind(|p| matches!(p.name.as_str(), "ptCount" | "pt"));
    let (Some(first), Some(last)) = (first, last) else {
        return Ok(None);
    };
    let tag = String::from_utf8_lossy(&own[list.tag.clone()]).into_owned();
    let prefix = tag[1..].split(cache).next().unwrap_or_default().to_owned();
    let mut new = format!("<{prefix}ptCount val=\"{}\"/>", values.len());
    for (n, value) in values.iter().enumerate() {
        let shown = match value {
            Value::Number(v) => v.to_string(),
            Value::Text(t) if words => escape(t),
            // Words among numbers are no points.
            _ => continue,
        };
        new.push_str(&format!(
            "<{prefix}pt idx=\"{n}\"><{prefix}v>{shown}</{prefix}v></{prefix}pt>"
        ));
    }
    let at = first.span.start..last.span.end;
    if own[at.clone()] == *new.as_bytes() {
        return Ok(None);
    }
    let base = place.start + c.span.start;
    Ok(Some((base + at.start..base + at.end, new.into_bytes())))
}

/// The cells of a reference, row by row.
fn values(formula: &str, book: &Book) -> Option<Vec<Value>> {
    let [Piece::Area(area, ..)] = &pieces(formula)[..] else {
        return None;
    };
    let sheet = book.sheet(area.sheet.as_ref()?)?;
    let ((top, bottom), (left, right)) = (area.rows(), area.cols());
    if bottom == u32::MAX || right == u32::MAX {
        return None;
    }
    let mut out = Vec::new();
    for row in top..=bottom {
        for col in left..=right {
            out.push(book.value((sheet, row, col)).clone());
        }
    }
    Some(out)
}

/// Asks the program that opens the workbook to compute it.
///
/// # Errors
/// When the workbook's own part is damaged.
pub fn recalculate(package: &mut Package) -> Result<(), Fault> {
    let text = package.part(BOOK)?;
    let Some((book, parts)) = children(&text, "workbook")? else {
        return Err(Fault::of(BOOK, "no workbook"));
    };
    let change = match parts.iter().find(|p| p.name == "calcPr") {
        Some(own) => {
            let tag = String::from_utf8_lossy(&text[own.tag.clone()]).into_owned();
            let tag = with_attribute(&tag, "fullCalcOnLoad", "1");
            (own.tag.clone(), tag.into_bytes())
        }
        None => {
            // Behind names, before what the schema has behind it.
            const BEFORE: &[&str] = &[
                "fileVersion",
                "fileSharing",
                "workbookPr",
                "workbookProtection",
                "bookViews",
                "sheets",
                "functionGroups",
                "externalReferences",
                "definedNames",
            ];
            let at = parts
                .iter()
                .rfind(|p| BEFORE.contains(&p.name.as_str()))
                .map_or(book.tag.end, |p| p.span.end);
            let tag = String::from_utf8_lossy(&text[book.tag.clone()]).into_owned();
            let prefix = tag[1..].split("workbook").next().unwrap_or_default();
            let new = format!("<{prefix}calcPr fullCalcOnLoad=\"1\"/>");
            (at..at, new.into_bytes())
        }
    };
    package.put(BOOK, spliced(&text, vec![change]));
    Ok(())
}
