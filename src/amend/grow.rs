//! Rows of a sheet repeated in a workbook that somebody else made: everything below moves down, and
//! what refers to a place follows it, in the sheet, its drawings, notes and tables, in names, charts
//! and the formulas of other sheets. What cannot be moved safely is refused.

use super::formula::{self, Piece};
use super::growth::{Growth, Stand};
use super::package::{Package, SheetRef};
use super::sheet::SheetXml;
use super::xml::{
    Fault, Piece as Splice, attribute, children, escape, local, spliced, walk, with_attribute,
};
use crate::grid;
use quick_xml::events::Event;
use std::collections::BTreeMap;
use std::ops::Range;

const BOOK: &str = "xl/workbook.xml";
const CHAIN: &str = "xl/calcChain.xml";

/// Elements of a sheet that hold places which are not followed here.
const REFUSED: &[&str] = &[
    "customSheetViews",
    "scenarios",
    "dataConsolidate",
    "oleObjects",
    "controls",
    "cellWatches",
    "webPublishItems",
];

/// Repeats rows of a sheet.
///
/// # Errors
/// When something stands in the way that cannot be moved safely; the workbook may be half changed
/// then.
pub fn grow(package: &mut Package, sheet: &SheetRef, growth: &Growth) -> Result<(), Fault> {
    if growth.is_none() {
        return Ok(());
    }
    for part in package.names() {
        if part.starts_with("xl/pivotCache/pivotCacheDefinition") {
            let text = String::from_utf8_lossy(&package.part(&part)?).into_owned();
            if text.contains(&format!("sheet=\"{}\"", escape(&sheet.name))) {
                return Err(Fault::of(&part, "pivot"));
            }
        }
    }
    let text = package.part(&sheet.part)?;
    let grown = worksheet(text, &sheet.name, growth).map_err(|f| Fault::of(&sheet.name, f.0))?;
    package.put(&sheet.part, grown);
    for other in package.sheets()? {
        if other.part != sheet.part {
            let text = package.part(&other.part)?;
            let new = elsewhere(text, &sheet.name, growth);
            if let Some(new) = new.map_err(|f| Fault::of(&other.name, f.0))? {
                package.put(&other.part, new);
            }
        }
    }
    for part in package.relations(&sheet.part)?.into_values() {
        let text = package.part(&part)?;
        let new = related(&text, growth).map_err(|f| Fault::of(&part, f.0))?;
        if new != text {
            package.put(&part, new);
        }
    }
    for part in package.names() {
        if part.starts_with("xl/charts/") && part.ends_with(".xml") {
            let text = package.part(&part)?;
            let own = |f: &str| growth.formula(f, false, &sheet.name, Stand::Series);
            let new = texts(&text, &["f"], own)?;
            if new != text {
                package.put(&part, new);
            }
        }
    }
    let book = package.part(BOOK)?;
    let own = |f: &str| growth.formula(f, false, &sheet.name, Stand::Rule);
    let new = texts(&book, &["definedName"], own)?;
    if new != book {
        package.put(BOOK, new);
    }
    // The order of computing names cells that have moved; programs make it anew.
    package.remove(CHAIN)
}

/// The sheet that grows.
fn worksheet(text: Vec<u8>, name: &str, growth: &Growth) -> Result<Vec<u8>, Fault> {
    let sheet = SheetXml::read(text)?;
    let shared = sheet.shared_formulas()?;
    let text = sheet.text();
    let mut pieces: Vec<Splice> = Vec::new();
    for (row, place) in sheet.row_places() {
        let copies = growth.copies(row).unwrap_or(1);
        let mut out = Vec::new();
        for copy in 0..copies {
            let stand = match growth.copies(row) {
                Some(_) => Stand::Copy { row, copy },
                None => Stand::Cell,
            };
            let target = growth.start(row) + copy;
            out.extend(row_copy(&sheet, row, target, name, growth, stand, &shared)?);
        }
        pieces.push((place, out));
    }
    let data = sheet.data_place();
    let around = around(text, &data, name, growth)?;
    pieces.extend(around);
    Ok(spliced(text, pieces))
}

/// Members of shared formulas as formulas of their own, by place.
type Shared = BTreeMap<(u32, u32), String>;

fn row_copy(
    sheet: &SheetXml,
    row: u32,
    target: u32,
    name: &str,
    growth: &Growth,
    stand: Stand,
    shared: &Shared,
) -> Result<Vec<u8>, Fault> {
    let text = sheet.text();
    let mut pieces: Vec<Splice> = Vec::new();
    let (place, tag, cells) = sheet.row_parts(row);
    let renamed = |tag: Range<usize>, value: &str| {
        let own = String::from_utf8_lossy(&text[tag]).into_owned();
        with_attribute(&own, "r", value).into_bytes()
    };
    pieces.push((tag.clone(), renamed(tag, &(target + 1).to_string())));
    for (col, tag, span) in cells {
        pieces.push((tag.clone(), renamed(tag, &grid::a1(target, col))));
        let cell = &text[span.clone()];
        let Some((_, parts)) = children(cell, "c")? else {
            continue;
        };
        for f in parts.iter().filter(|p| p.name == "f") {
            let at = span.start + f.span.start..span.start + f.span.end;
            let new = cell_formula(
                &cell[f.span.clone()],
                (row, col),
                name,
                growth,
                stand,
                shared,
            )
            .map_err(|e| Fault(format!("{} {}", grid::a1(row, col), e.0)))?;
            pieces.push((at, new));
        }
    }
    let pieces = pieces
        .into_iter()
        .map(|(at, new)| (at.start - place.start..at.end - place.start, new))
        .collect();
    Ok(spliced(&text[place], pieces))
}

/// An `f` element as it has to be.
fn cell_formula(
    xml: &[u8],
    at: (u32, u32),
    name: &str,
    growth: &Growth,
    stand: Stand,
    shared: &Shared,
) -> Result<Vec<u8>, Fault> {
    let mut kind = None;
    let mut range = None;
    walk(xml, |event, _| {
        if let Event::Start(tag) | Event::Empty(tag) = event {
            (kind, range) = (attribute(tag, "t"), attribute(tag, "ref"));
        }
        false
    })?;
    let moved = |f: &str| growth.formula(f, true, name, stand);
    match kind.as_deref() {
        Some("shared") => {
            let own = shared.get(&at).cloned().unwrap_or_default();
            let xml = String::from_utf8_lossy(xml).into_owned();
            let element = xml[1..]
                .split([' ', '>', '/'])
                .next()
                .unwrap_or("f")
                .to_owned();
            let formula = escape(&moved(&own)?);
            Ok(format!("<{element}>{formula}</{element}>").into_bytes())
        }
        Some("dataTable") => Err(Fault("dataTable".to_owned())),
        Some("array") if range.as_ref().is_some_and(|r| covers(r, growth)) => {
            Err(Fault("array".to_owned()))
        }
        Some("array") => attributes(&texts(xml, &["f"], moved)?, &[("f", "ref")], growth),
        _ => texts(xml, &["f"], moved),
    }
}

/// Whether a range touches a repeated row.
fn covers(range: &str, growth: &Growth) -> bool {
    let (from, to) = range.split_once(':').unwrap_or((range, range));
    match (grid::parse_a1(from), grid::parse_a1(to)) {
        (Some((a, _)), Some((b, _))) => (a..=b).any(|r| growth.copies(r).is_some()),
        _ => true,
    }
}

/// What stands around the cells: ranges, breaks, rules.
fn around(
    text: &[u8],
    data: &Range<usize>,
    name: &str,
    growth: &Growth,
) -> Result<Vec<Splice>, Fault> {
    let mut pieces: Vec<Splice> = Vec::new();
    let mut wrong: Option<Fault> = None;
    let mut merges: Option<(Range<usize>, usize, usize)> = None;
    let mut in_breaks = false;
    walk(text, |event, span| {
        if data.start <= span.start && span.end <= data.end {
            return true;
        }
        let (Event::Start(tag) | Event::Empty(tag)) = event else {
            if let Event::End(tag) = event
                && tag.local_name().as_ref() == "rowBreaks"
            {
                in_breaks = false;
            }
            return true;
        };
        let element = local(tag);
        let mut own = String::from_utf8_lossy(&text[span.clone()]).into_owned();
        let before = own.clone();
        let mut refused = None;
        let mut set = |key: &str, new: Option<String>| match new {
            Some(new) => own = with_attribute(&own, key, &new),
            None => refused = Some(Fault(format!("{element} {key}"))),
        };
        match element.as_str() {
            e if REFUSED.contains(&e) => wrong = Some(Fault(element.clone())),
            "rowBreaks" => in_breaks = matches!(event, Event::Start(_)),
            "brk" if in_breaks => {
                // The number of the row above the break, from 1.
                let id = attribute(tag, "id").and_then(|i| i.parse::<u32>().ok());
                let new = id.map(|id| match id.checked_sub(1) {
                    Some(row) => (growth.end(row) + 1).to_string(),
                    None => "0".to_owned(),
                });
                set("id", new);
            }
            "mergeCells" => merges = Some((span.clone(), 0, 0)),
            "mergeCell" => {
                let new = attribute(tag, "ref").and_then(|r| merged(&r, growth));
                match new {
                    Some(all) => {
                        if let Some((_, old, now)) = &mut merges {
                            *old += 1;
                            *now += all.len();
                        }
                        own = all
                            .iter()
                            .map(|r| with_attribute(&before, "ref", r))
                            .collect();
                    }
                    None => {
                        let range = attribute(tag, "ref").unwrap_or_default();
                        wrong = Some(Fault(format!("mergeCell {range}")));
                    }
                }
            }
            "hyperlink" => {
                let range = attribute(tag, "ref").unwrap_or_default();
                match covers(&range, growth) {
                    true => wrong = Some(Fault(format!("hyperlink {range}"))),
                    false => set("ref", growth.range(&range)),
                }
                if let Some(to) = attribute(tag, "location") {
                    let new = growth.formula(&to, true, name, Stand::Rule).ok();
                    set("location", new);
                }
            }
            "selection" => {
                for key in ["activeCell", "sqref"] {
                    if let Some(old) = attribute(tag, key) {
                        // The cursor is no range: it stays on one cell.
                        let kept = match key {
                            "activeCell" => old.split(':').next().and_then(|c| first(c, growth)),
                            _ => growth.ranges(&old),
                        };
                        set(key, kept);
                    }
                }
            }
            "sheetView" | "pane" => {
                if let Some(old) = attribute(tag, "topLeftCell") {
                    set("topLeftCell", first(&old, growth));
                }
            }
            _ => {
                for key in ["ref", "sqref"] {
                    if let Some(old) = attribute(tag, key) {
                        set(key, growth.ranges(&old));
                    }
                }
            }
        }
        wrong = wrong.take().or(refused);
        if own != before {
            pieces.push((span, own.into_bytes()));
        }
        true
    })?;
    if let Some(fault) = wrong {
        return Err(fault);
    }
    if let Some((span, _, now)) = merges.filter(|m| m.1 != m.2) {
        let tag = String::from_utf8_lossy(&text[span.clone()]).into_owned();
        pieces.push((
            span,
            with_attribute(&tag, "count", &now.to_string()).into_bytes(),
        ));
    }
    pieces.extend(rules(text, data, name, growth)?);
    Ok(pieces)
}

fn first(cell: &str, growth: &Growth) -> Option<String> {
    grid::parse_a1(cell).map(|(r, c)| grid::a1(growth.start(r), c))
}

/// Formulas and ranges that stand as texts around the cells.
fn rules(
    text: &[u8],
    data: &Range<usize>,
    name: &str,
    growth: &Growth,
) -> Result<Vec<Splice>, Fault> {
    let formula = |f: &str| growth.formula(f, true, name, Stand::Rule);
    let found = text_pieces(text, &["formula", "formula1", "formula2", "f"], formula)?;
    let ranges = text_pieces(text, &["sqref"], |r| {
        growth.ranges(r).ok_or_else(|| Fault(format!("sqref {r}")))
    })?;
    let outside = |(at, _): &Splice| at.end <= data.start || data.end <= at.start;
    Ok(found.into_iter().chain(ranges).filter(outside).collect())
}

/// Where merged cells go: those within a repeated row once for each copy. `None` where they reach
/// beyond it.
fn merged(range: &str, growth: &Growth) -> Option<Vec<String>> {
    let (from, to) = range.split_once(':')?;
    let ((r1, c1), (r2, c2)) = (grid::parse_a1(from)?, grid::parse_a1(to)?);
    match growth.copies(r1) {
        Some(copies) if r1 == r2 => {
            let at = growth.start(r1);
            let one = |n| format!("{}:{}", grid::a1(at + n, c1), grid::a1(at + n, c2));
            Some((0..copies).map(one).collect())
        }
        _ if covers(range, growth) => None,
        _ => growth.range(range).map(|r| vec![r]),
    }
}

/// Another sheet, whose formulas and rules may name the one that grows. `None`: unchanged.
fn elsewhere(text: Vec<u8>, name: &str, growth: &Growth) -> Result<Option<Vec<u8>>, Fault> {
    // Members of a shared formula look at cells by their distance, which is another for each now.
    if let Ok(sheet) = SheetXml::read(text.clone()) {
        for ((row, col), f) in sheet.formula_elements()? {
            let named = |p: &Piece<'_>| matches!(p, Piece::Area(a, ..) if a.names(name));
            if f.shared.is_some() && formula::pieces(&f.text).iter().any(named) {
                return Err(Fault(format!("{} ={}", grid::a1(row, col), f.text)));
            }
        }
    }
    let cell = |f: &str| growth.formula(f, false, name, Stand::Cell);
    let new = texts(&text, &["f"], cell)?;
    let rule = |f: &str| growth.formula(f, false, name, Stand::Rule);
    let new = texts(&new, &["formula", "formula1", "formula2"], rule)?;
    Ok((new != text).then_some(new))
}

/// A part that belongs to the sheet: drawing, notes, table.
fn related(text: &[u8], growth: &Growth) -> Result<Vec<u8>, Fault> {
    let mut root = String::new();
    let found = walk(text, |event, _| {
        if let Event::Start(tag) | Event::Empty(tag) = event {
            root = local(tag);
        }
        root.is_empty()
    });
    if found.is_err() {
        // A picture, a printer's settings: holds no places.
        return Ok(text.to_vec());
    }
    match root.as_str() {
        "wsDr" => drawing(text, growth),
        "table" => attributes(text, &[("table", "ref"), ("autoFilter", "ref")], growth),
        "comments" => places(text, "comment", growth),
        "ThreadedComments" => places(text, "threadedComment", growth),
        "xml" => notes(text, growth),
        _ => Ok(text.to_vec()),
    }
}

/// The cells that notes belong to.
fn places(text: &[u8], element: &str, growth: &Growth) -> Result<Vec<u8>, Fault> {
    let mut pieces: Vec<Splice> = Vec::new();
    walk(text, |event, span| {
        if let Event::Start(tag) | Event::Empty(tag) = event
            && local(tag) == element
            && let Some(new) = attribute(tag, "ref").and_then(|r| first(&r, growth))
        {
            let own = String::from_utf8_lossy(&text[span.clone()]).into_owned();
            pieces.push((span, with_attribute(&own, "ref", &new).into_bytes()));
        }
        true
    })?;
    Ok(spliced(text, pieces))
}

/// The part with ranges in attributes moved.
fn attributes(text: &[u8], wanted: &[(&str, &str)], growth: &Growth) -> Result<Vec<u8>, Fault> {
    let mut pieces: Vec<Splice> = Vec::new();
    walk(text, |event, span| {
        if let Event::Start(tag) | Event::Empty(tag) = event {
            let element = local(tag);
            let mut own = String::from_utf8_lossy(&text[span.clone()]).into_owned();
            let before = own.clone();
            for (_, key) in wanted.iter().filter(|(e, _)| *e == element) {
                if let Some(new) = attribute(tag, key).and_then(|r| growth.ranges(&r)) {
                    own = with_attribute(&own, key, &new);
                }
            }
            if own != before {
                pieces.push((span, own.into_bytes()));
            }
        }
        true
    })?;
    Ok(spliced(text, pieces))
}

/// Pictures and charts: those that stretch with cells follow both corners, those that only move
/// keep their size, those that do neither stay.
fn drawing(text: &[u8], growth: &Growth) -> Result<Vec<u8>, Fault> {
    let mut pieces: Vec<Splice> = Vec::new();
    let mut wrong = None;
    let (mut kind, mut side, mut moved) = (String::new(), String::new(), 0u32);
    let mut in_row = false;
    walk(text, |event, span| {
        match event {
            Event::Start(tag) | Event::Empty(tag) => match local(tag).as_str() {
                "twoCellAnchor" => {
                    kind = attribute(tag, "editAs").unwrap_or_else(|| "twoCell".to_owned());
                }
                "oneCellAnchor" => kind = "oneCell".to_owned(),
                "absoluteAnchor" => kind = "absolute".to_owned(),
                s @ ("from" | "to") => side = s.to_owned(),
                "row" => in_row = true,
                _ => {}
            },
            Event::Text(_) if in_row => {
                in_row = false;
                let own = String::from_utf8_lossy(&text[span.clone()]);
                let Ok(row) = own.trim().parse::<u32>() else {
                    wrong = Some(Fault("anchor".to_owned()));
                    return false;
                };
                let new = match (kind.as_str(), side.as_str()) {
                    ("absolute", _) => row,
                    ("oneCell", "to") => row + moved,
                    _ => growth.start(row),
                };
                if side == "from" {
                    moved = new - row;
                }
                if new != row {
                    pieces.push((span, new.to_string().into_bytes()));
                }
            }
            Event::End(_) => in_row = false,
            _ => {}
        }
        true
    })?;
    match wrong {
        Some(fault) => Err(fault),
        None => Ok(spliced(text, pieces)),
    }
}

/// The boxes of notes, in VML: eight numbers, of which the third and seventh are rows, and the row
/// of the cell.
fn notes(text: &[u8], growth: &Growth) -> Result<Vec<u8>, Fault> {
    let anchors = texts(text, &["Anchor"], |own| {
        let mut all: Vec<String> = own.split(',').map(|p| p.trim().to_owned()).collect();
        let row = |at: usize, all: &[String]| all.get(at).and_then(|r| r.parse::<u32>().ok());
        let (Some(top), Some(bottom)) = (row(2, &all), row(6, &all)) else {
            return Err(Fault("anchor".to_owned()));
        };
        let by = growth.start(top) - top;
        all[2] = (top + by).to_string();
        all[6] = (bottom + by).to_string();
        Ok(match by {
            0 => own.to_owned(),
            _ => all.join(", "),
        })
    })?;
    texts(&anchors, &["Row"], |own| {
        let row: u32 = own.trim().parse().map_err(|_| Fault("row".to_owned()))?;
        Ok(growth.start(row).to_string())
    })
}

/// The part with the texts of some elements changed.
fn texts(
    text: &[u8],
    elements: &[&str],
    change: impl Fn(&str) -> Result<String, Fault>,
) -> Result<Vec<u8>, Fault> {
    Ok(spliced(text, text_pieces(text, elements, change)?))
}

fn text_pieces(
    text: &[u8],
    elements: &[&str],
    change: impl Fn(&str) -> Result<String, Fault>,
) -> Result<Vec<Splice>, Fault> {
    let mut pieces: Vec<Splice> = Vec::new();
    let mut open: Option<usize> = None;
    let mut wrong = None;
    walk(text, |event, span| {
        match event {
            Event::Start(tag) => {
                open = elements.contains(&local(tag).as_str()).then_some(span.end);
            }
            Event::End(_) => {
                if let Some(from) = open.take() {
                    let own = String::from_utf8_lossy(&text[from..span.start]).into_owned();
                    let plain =
                        quick_xml::escape::unescape(&own).map_or(own.clone(), |p| p.into_owned());
                    match change(&plain) {
                        Ok(new) if new != plain => {
                            pieces.push((from..span.start, escape(&new).into_bytes()));
                        }
                        Ok(_) => {}
                        Err(fault) => {
                            wrong = Some(fault);
                            return false;
                        }
                    }
                }
            }
            _ => {}
        }
        true
    })?;
    match wrong {
        Some(fault) => Err(fault),
        None => Ok(pieces),
    }
}

impl SheetXml {
    /// Formulas that are written once for many cells, as each cell means them, by place.
    ///
    /// # Errors
    /// When the XML is damaged.
    pub(super) fn shared_formulas(&self) -> Result<Shared, Fault> {
        let mut masters: BTreeMap<String, ((u32, u32), String)> = BTreeMap::new();
        let mut members: Vec<((u32, u32), String)> = Vec::new();
        for (at, f) in self.formula_elements()? {
            let Some(number) = f.shared else { continue };
            if !f.text.is_empty() {
                masters.insert(number.clone(), (at, f.text));
            }
            members.push((at, number));
        }
        let mut out = Shared::new();
        for (at, number) in members {
            if let Some((from, text)) = masters.get(&number) {
                let rows = i64::from(at.0) - i64::from(from.0);
                let cols = i64::from(at.1) - i64::from(from.1);
                out.insert(at, formula::moved(text, rows, cols));
            }
        }
        Ok(out)
    }
}
