//! Comments on cells: put beside those that a sheet has, whose own words stay.
//!
//! A comment stands in two parts: its text in the sheet's comments, and the box that shows it in a
//! drawing of the old kind (VML), which may hold buttons and other people's boxes too. Programs write
//! that drawing as almost-XML, so it is only ever added to before its last tag.

use super::package::{Package, appended};
use super::sheet::SheetXml;
use super::xml::{Element, Fault, attribute, children, escape, spliced, walk};
use crate::grid;
use quick_xml::events::Event;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const COMMENTS: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml";
const DRAWING: &str = "application/vnd.openxmlformats-officedocument.vmlDrawing";
/// How many pixels wide a box is at least, and how many its text may take in a line.
const BOX: u32 = 280;
/// Pixels of a full-width character and of a line of text.
const CHARACTER: u32 = 13;
const LINE: u32 = 19;
/// Pixels of a column and a row of which nothing is said.
const COLUMN: u32 = 72;
const ROW: u32 = 18;

/// A comment to be put on a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// 0-based row.
    pub row: u32,
    /// 0-based column.
    pub col: u32,
    /// Paragraphs: a word in bold, and what follows it.
    pub text: Vec<(String, String)>,
}

/// Who writes comments, and in which font.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Penmanship {
    /// Author.
    pub author: String,
    /// Font name.
    pub font: String,
}

/// The parts of a worksheet besides its cells that comments and marks have to know.
#[derive(Debug)]
pub struct Sheet {
    /// Merged areas: first row and column, last row and column.
    pub merges: Vec<((u32, u32), (u32, u32))>,
    /// Columns from, to, their width in digits if given, their style.
    columns: Vec<(u32, u32, Option<f64>, Option<u32>)>,
    /// Relation of the old drawing.
    drawing: Option<String>,
}

impl Sheet {
    /// Reads them.
    ///
    /// # Errors
    /// When the XML is damaged.
    pub fn read(sheet: &SheetXml) -> Result<Sheet, Fault> {
        let text = sheet.text();
        let mut out = Sheet {
            merges: Vec::new(),
            columns: Vec::new(),
            drawing: None,
        };
        let (_, all) = sheet.children()?;
        for Element { name, span, .. } in all {
            if !["cols", "mergeCells", "legacyDrawing"].contains(&name.as_str()) {
                continue;
            }
            walk(&text[span], |event, _| {
                let (Event::Start(tag) | Event::Empty(tag)) = event else {
                    return true;
                };
                let number = |name: &str| attribute(tag, name).and_then(|n| n.parse().ok());
                match tag.local_name().as_ref() {
                    "col" => {
                        let at = |name| number(name).map(|n: u32| n.saturating_sub(1));
                        if let (Some(from), Some(to)) = (at("min"), at("max")) {
                            let width = attribute(tag, "width").and_then(|w| w.parse().ok());
                            out.columns.push((from, to, width, number("style")));
                        }
                    }
                    "mergeCell" => {
                        let area = attribute(tag, "ref");
                        let area = area.as_deref().and_then(|a| a.split_once(':'));
                        if let Some((from, to)) = area
                            && let (Some(from), Some(to)) =
                                (grid::parse_a1(from), grid::parse_a1(to))
                        {
                            out.merges.push((from, to));
                        }
                    }
                    "legacyDrawing" => out.drawing = attribute(tag, "id"),
                    _ => {}
                }
                true
            })?;
        }
        out.merges.sort_unstable();
        Ok(out)
    }

    /// The cell that shows what stands at a place: the first of a merged area.
    pub fn shown(&self, row: u32, col: u32) -> (u32, u32) {
        let covers = |((top, left), (bottom, right)): &((u32, u32), (u32, u32))| {
            (*top..=*bottom).contains(&row) && (*left..=*right).contains(&col)
        };
        let area = self.merges.iter().find(|m| covers(m));
        area.map_or((row, col), |(first, _)| *first)
    }

    /// The style that a column gives to cells that are not there.
    pub fn column_style(&self, col: u32) -> Option<u32> {
        let own = self.columns.iter().find(|c| (c.0..=c.1).contains(&col));
        own.and_then(|c| c.3)
    }

    fn pixels(&self, col: u32) -> u32 {
        let own = self.columns.iter().find(|c| (c.0..=c.1).contains(&col));
        let width = own.and_then(|c| c.2);
        width.map_or(COLUMN, |w| (w.clamp(0.0, 255.0) * 8.0) as u32)
    }

    /// Where a box of that text stands: `left, offset, top, offset, right, offset, bottom, offset`.
    fn anchor(&self, note: &Note) -> String {
        let lines: u32 = note
            .text
            .iter()
            .map(|(word, text)| {
                let wide = |c: char| {
                    if c.is_ascii() {
                        CHARACTER / 2
                    } else {
                        CHARACTER
                    }
                };
                let length: u32 = word.chars().chain(text.chars()).map(wide).sum();
                length.div_ceil(BOX - 20).max(1)
            })
            .sum();
        let rows = ((lines * LINE + 12).div_ceil(ROW)).max(3);
        let left = (note.col + 1).min(16_380);
        let (mut right, mut wide) = (left, 0);
        while wide < BOX && right < 16_383 {
            wide += self.pixels(right);
            right += 1;
        }
        let top = note.row.saturating_sub(1);
        format!("{left}, 12, {top}, 6, {right}, 4, {}, 8", top + rows)
    }
}

/// Puts comments on cells of a sheet. A cell that has a comment gets the new words behind its own.
///
/// # Errors
/// When a part of the package that this touches is damaged.
pub fn add_notes(
    package: &mut Package,
    part: &str,
    xml: &mut SheetXml,
    sheet: &Sheet,
    notes: &[Note],
    pen: &Penmanship,
) -> Result<(), Fault> {
    if notes.is_empty() {
        return Ok(());
    }
    let related = package.related(part)?;
    let comments = related
        .iter()
        .find(|r| r.kind.ends_with("/comments"))
        .and_then(|r| r.part.clone());
    let drawing = sheet.drawing.as_ref().and_then(|id| {
        let own = related.iter().find(|r| r.id == *id)?;
        own.part.clone()
    });
    let comments = match comments {
        Some(known) => known,
        None => {
            let name = package.free_name("xl/comments", ".xml");
            let empty = format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<comments xmlns=\"{MAIN}\"><authors></authors><commentList></commentList></comments>"
            );
            package.put(&name, empty.into_bytes());
            package.declare(&name, COMMENTS)?;
            package.relate(part, &format!("{OFFICE}/comments"), &name)?;
            name
        }
    };
    let text = package.part(&comments)?;
    let (text, fresh) = with_comments(&comments, &text, notes, pen)?;
    package.put(&comments, text);
    let drawing = match drawing {
        Some(known) => known,
        None => {
            let name = package.free_name("xl/drawings/vmlDrawing", ".vml");
            package.put(&name, EMPTY.as_bytes().to_vec());
            package.declare_ending("vml", DRAWING)?;
            let id = package.relate(part, &format!("{OFFICE}/vmlDrawing"), &name)?;
            let p = xml.prefix();
            let element = format!("<{p}legacyDrawing xmlns:r=\"{OFFICE}\" r:id=\"{id}\"/>");
            xml.add("legacyDrawing", element);
            name
        }
    };
    let text = package.part(&drawing)?;
    let text = with_boxes(&drawing, &text, sheet, &fresh)?;
    package.put(&drawing, text);
    Ok(())
}

/// Takes the comments of an author away from these cells, with their boxes.
///
/// # Errors
/// When a part of the package that this touches is damaged.
pub fn drop_notes(
    package: &mut Package,
    part: &str,
    sheet: &Sheet,
    cells: &BTreeSet<(u32, u32)>,
    author: &str,
) -> Result<(), Fault> {
    let related = package.related(part)?;
    let comments = related.iter().find(|r| r.kind.ends_with("/comments"));
    let Some(comments) = comments.and_then(|r| r.part.clone()) else {
        return Ok(());
    };
    let text = package.part(&comments)?;
    let authors = children(&text, "authors")?
        .map(|(_, all)| all)
        .unwrap_or_default();
    let ours: BTreeSet<String> = (0..)
        .zip(&authors)
        .filter(|(_, e)| {
            let end = e.inside_end(&text).unwrap_or(e.tag.end);
            String::from_utf8_lossy(&text[e.tag.end..end]) == escape(author)
        })
        .map(|(i, _): (u32, _)| i.to_string())
        .collect();
    let list = children(&text, "commentList")?
        .map(|(_, all)| all)
        .unwrap_or_default();
    let (mut pieces, mut gone) = (Vec::new(), Vec::new());
    for comment in list {
        walk(&text[comment.tag.clone()], |event, _| {
            if let Event::Start(tag) | Event::Empty(tag) = event
                && let Some(at) = attribute(tag, "ref").and_then(|r| grid::parse_a1(&r))
                && cells.contains(&at)
                && attribute(tag, "authorId").is_some_and(|a| ours.contains(&a))
            {
                pieces.push((comment.span.clone(), Vec::new()));
                gone.push(at);
            }
            false
        })?;
    }
    package.put(&comments, spliced(&text, pieces));
    let drawing = related
        .iter()
        .find(|r| Some(&r.id) == sheet.drawing.as_ref());
    let Some(drawing) = drawing.and_then(|r| r.part.clone()) else {
        return Ok(());
    };
    let text = String::from_utf8_lossy(&package.part(&drawing)?).into_owned();
    let mut pieces = Vec::new();
    for (from, _) in text.match_indices("<v:shape ") {
        let Some(length) = text[from..].find("</v:shape>") else {
            continue;
        };
        let whole = &text[from..from + length];
        let number = |name: &str| {
            let (_, rest) = whole.split_once(&format!("<x:{name}>"))?;
            rest.split('<').next()?.trim().parse::<u32>().ok()
        };
        if let (Some(row), Some(col)) = (number("Row"), number("Column"))
            && gone.contains(&(row, col))
        {
            pieces.push((from..from + length + "</v:shape>".len(), Vec::new()));
        }
    }
    package.put(&drawing, spliced(text.as_bytes(), pieces));
    Ok(())
}

/// The comments with new ones, and those of the new ones that need a box.
fn with_comments<'a>(
    part: &str,
    text: &[u8],
    notes: &'a [Note],
    pen: &Penmanship,
) -> Result<(Vec<u8>, Vec<&'a Note>), Fault> {
    let lacking = |what: &str| Fault::of(part, format!("no {what}"));
    let (_, authors) = children(text, "authors")?.ok_or_else(|| lacking("authors"))?;
    let (list, known) = children(text, "commentList")?.ok_or_else(|| lacking("commentList"))?;
    let tag = String::from_utf8_lossy(&text[list.tag.clone()]).into_owned();
    let p = tag.trim_start_matches('<').split("commentList").next();
    let p = p.unwrap_or_default();
    let mut own: BTreeMap<(u32, u32), Element> = BTreeMap::new();
    for comment in known {
        walk(&text[comment.tag.clone()], |event, _| {
            if let Event::Start(tag) | Event::Empty(tag) = event
                && let Some(at) = attribute(tag, "ref").and_then(|r| grid::parse_a1(&r))
            {
                own.insert(at, comment.clone());
            }
            false
        })?;
    }
    let author = authors.len();
    let (mut pieces, mut fresh, mut new) = (Vec::new(), Vec::new(), String::new());
    for note in notes {
        match own.get(&(note.row, note.col)) {
            Some(known) => {
                let at = known.span.start;
                let whole = &text[known.span.clone()];
                for (span, instead) in joined(whole, note, pen, p)? {
                    pieces.push((span.start + at..span.end + at, instead.into_bytes()));
                }
            }
            None => {
                let at = grid::a1(note.row, note.col);
                let runs = runs(note, pen, p, false);
                let _ = write!(
                    new,
                    "<{p}comment ref=\"{at}\" authorId=\"{author}\"><{p}text>{runs}</{p}text></{p}comment>"
                );
                fresh.push(note);
            }
        }
    }
    let changed = spliced(text, pieces);
    if fresh.is_empty() {
        return Ok((changed, fresh));
    }
    let changed = appended(part, &changed, "commentList", &new)?;
    let name = format!("<{p}author>{}</{p}author>", escape(&pen.author));
    Ok((appended(part, &changed, "authors", &name)?, fresh))
}

/// What changes in a comment that gets more words: the first plain text becomes a run, because runs
/// follow it.
fn joined(
    comment: &[u8],
    note: &Note,
    pen: &Penmanship,
    p: &str,
) -> Result<Vec<(std::ops::Range<usize>, String)>, Fault> {
    let Some((text, all)) = children(comment, "text")? else {
        return Err(Fault("a comment without text".to_owned()));
    };
    let Some(end) = text.inside_end(comment) else {
        let whole = format!("<{p}text>{}</{p}text>", runs(note, pen, p, false));
        return Ok(vec![(text.span, whole)]);
    };
    let mut out = Vec::new();
    if let Some(plain) = all.first().filter(|e| e.name == "t") {
        let (from, to) = (plain.span.start, plain.span.end);
        out.push((from..from, format!("<{p}r>")));
        out.push((to..to, format!("</{p}r>")));
    }
    // Phonetic hints stand last.
    let hints = all
        .iter()
        .find(|e| e.name.starts_with("rPh") || e.name == "phoneticPr");
    let at = hints.map_or(end, |e| e.span.start);
    out.push((at..at, runs(note, pen, p, true)));
    Ok(out)
}

/// A comment's words; `more` where others stand before them.
fn runs(note: &Note, pen: &Penmanship, p: &str, more: bool) -> String {
    let font = escape(&pen.font);
    let mut out = String::new();
    let mut run = |text: &str, bold: bool| {
        let b = if bold {
            format!("<{p}b/>")
        } else {
            String::new()
        };
        let _ = write!(
            out,
            "<{p}r><{p}rPr>{b}<{p}sz val=\"9\"/><{p}color indexed=\"81\"/><{p}rFont val=\"{font}\"/></{p}rPr><{p}t xml:space=\"preserve\">{}</{p}t></{p}r>",
            escape(text)
        );
    };
    for (i, (word, text)) in note.text.iter().enumerate() {
        let line = if i > 0 || more { "\n" } else { "" };
        if !word.is_empty() {
            run(&[line, word].concat(), true);
            run(text, false);
        } else {
            run(&[line, text].concat(), false);
        }
    }
    out
}

const EMPTY: &str = "<xml xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:o=\"urn:schemas-microsoft-com:office:office\" xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><o:shapelayout v:ext=\"edit\"><o:idmap v:ext=\"edit\" data=\"1\"/></o:shapelayout></xml>";
const KIND: &str = "<v:shapetype id=\"_x0000_t202\" coordsize=\"21600,21600\" o:spt=\"202\" path=\"m,l,21600r21600,l21600,xe\"><v:stroke joinstyle=\"miter\"/><v:path gradientshapeok=\"t\" o:connecttype=\"rect\"/></v:shapetype>";

/// A drawing with boxes for comments.
fn with_boxes(part: &str, text: &[u8], sheet: &Sheet, notes: &[&Note]) -> Result<Vec<u8>, Fault> {
    if notes.is_empty() {
        return Ok(text.to_vec());
    }
    let known = String::from_utf8_lossy(text);
    let Some(end) = memchr::memmem::rfind(text, b"</xml>") else {
        return Err(Fault::of(part, "no end"));
    };
    // Shapes are numbered from 1025.
    let numbers = known.match_indices("_x0000_s").filter_map(|(at, mark)| {
        let digits = known[at + mark.len()..].split(|c: char| !c.is_ascii_digit());
        digits.into_iter().next()?.parse::<u32>().ok()
    });
    let last = numbers.max().unwrap_or(1024);
    let mut new = String::new();
    if !known.contains("\"_x0000_t202\"") {
        new.push_str(KIND);
    }
    for (note, number) in notes.iter().zip(last.saturating_add(1)..) {
        let _ = write!(
            new,
            "<v:shape id=\"_x0000_s{number}\" type=\"#_x0000_t202\" style='position:absolute;margin-left:60pt;margin-top:2pt;width:210pt;height:60pt;z-index:1;visibility:hidden' fillcolor=\"#ffffe1\" o:insetmode=\"auto\"><v:fill color2=\"#ffffe1\"/><v:shadow on=\"t\" color=\"black\" obscured=\"t\"/><v:path o:connecttype=\"none\"/><v:textbox style='mso-direction-alt:auto'><div style='text-align:left'></div></v:textbox><x:ClientData ObjectType=\"Note\"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{}</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{}</x:Row><x:Column>{}</x:Column></x:ClientData></v:shape>",
            sheet.anchor(note),
            note.row,
            note.col
        );
    }
    Ok(spliced(text, vec![(end..end, new.into_bytes())]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(row: u32, col: u32) -> Note {
        Note {
            row,
            col,
            text: vec![("错".into(), "a<b".into()), (String::new(), "c".into())],
        }
    }

    fn pen() -> Penmanship {
        Penmanship {
            author: "局".into(),
            font: "F".into(),
        }
    }

    fn said(text: &[u8], notes: &[Note]) -> (String, usize) {
        let (text, fresh) = with_comments("p", text, notes, &pen()).unwrap();
        (String::from_utf8(text).unwrap(), fresh.len())
    }

    #[test]
    fn comments_that_are_there_keep_their_words() {
        let own = r#"<comments><authors><author>甲</author></authors><commentList><comment ref="B2" authorId="0"><text><t>原话</t></text></comment></commentList></comments>"#;
        let (text, fresh) = said(own.as_bytes(), &[note(1, 1), note(4, 0)]);
        assert_eq!(fresh, 1);
        assert!(text.contains("<text><r><t>原话</t></r><r>"), "{text}");
        assert!(
            text.contains("<author>甲</author><author>局</author>"),
            "{text}"
        );
        assert!(
            text.contains(r#"<comment ref="A5" authorId="1">"#),
            "{text}"
        );
        assert_eq!(text.matches("a&lt;b").count(), 2);
    }

    #[test]
    fn lists_without_anything_in_them_grow() {
        let own = b"<x:comments><x:authors/><x:commentList/></x:comments>";
        let (text, fresh) = said(own, &[note(0, 0)]);
        assert_eq!(fresh, 1);
        assert!(
            text.starts_with("<x:comments><x:authors><x:author>"),
            "{text}"
        );
        assert!(
            text.ends_with("</x:comment></x:commentList></x:comments>"),
            "{text}"
        );
    }

    #[test]
    fn boxes_are_added_before_the_end_and_numbered_on() {
        let sheet = Sheet {
            merges: Vec::new(),
            columns: vec![(2, 3, Some(5.0), None)],
            drawing: None,
        };
        let own = "<xml><v:shape id=\"_x0000_s1030\"><br></v:shape></xml>\r\n";
        let text = with_boxes("p", own.as_bytes(), &sheet, &[&note(1, 1)]).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(text.starts_with("<xml><v:shape id=\"_x0000_s1030\"><br></v:shape><v:shapetype"));
        assert!(text.contains("id=\"_x0000_s1031\"") && text.ends_with("</v:shape></xml>\r\n"));
        // Two narrow columns and three usual ones are as wide as a box.
        assert!(
            text.contains("<x:Anchor>2, 12, 0, 6, 7, 4, 3, 8</x:Anchor>"),
            "{text}"
        );
    }
}
