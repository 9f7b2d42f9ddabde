//! Rules of a sheet: order of elements, rows and cells, merges, breaks, folds, styles, lengths.

use super::xml::Node;
use crate::cli::place;

/// Elements of a sheet in the order that the schema wants.
const ORDER: [&str; 38] = [
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "sheetCalcPr",
    "sheetProtection",
    "protectedRanges",
    "scenarios",
    "autoFilter",
    "sortState",
    "dataConsolidate",
    "customSheetViews",
    "mergeCells",
    "phoneticPr",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
    "customProperties",
    "cellWatches",
    "ignoredErrors",
    "smartTags",
    "drawing",
    "legacyDrawing",
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "tableParts",
    "extLst",
];

/// Whether numbers of a style are shown by the machine's own habit (General), for each style.
pub fn formats(styles: &Node) -> Vec<bool> {
    let xfs = styles.list("cellXfs").iter();
    xfs.map(|xf| xf.get("numFmtId") == "0").collect()
}

/// What is known of the styles of a sheet's book.
#[derive(Clone, Copy)]
pub struct Formats<'f> {
    pub general: &'f [bool],
    /// Whether the program made the book.
    pub own: bool,
}

type Area = ((u32, u32), (u32, u32));

fn area(reference: &str) -> Area {
    let (a, b) = reference.split_once(':').unwrap_or((reference, reference));
    (place(a), place(b))
}

fn meet(a: &Area, b: &Area) -> bool {
    let apart = |a: &Area, b: &Area| a.1.0 < b.0.0 || a.1.1 < b.0.1;
    !apart(a, b) && !apart(b, a)
}

/// Checks a sheet; gives how many of its cells hold shared strings.
pub fn check(
    name: &str,
    sheet: &Node,
    formats: Formats<'_>,
    strings: usize,
    wrong: &mut Vec<String>,
) -> usize {
    let mut say = |text: String| wrong.push(format!("{name}: {text}"));
    let at = |n: &Node| ORDER.iter().position(|o| *o == n.name);
    for pair in sheet.children.windows(2) {
        if at(&pair[0]).is_none() || at(&pair[0]) > at(&pair[1]) {
            say(format!("order of {} and {}", pair[0].name, pair[1].name));
        }
    }
    let merges: Vec<Area> = sheet
        .list("mergeCells")
        .iter()
        .map(|m| area(m.get("ref")))
        .collect();
    for (i, a) in merges.iter().enumerate() {
        if merges[..i].iter().any(|b| meet(a, b)) {
            say(format!("merges meet at {a:?}"));
        }
    }
    for list in ["mergeCells", "rowBreaks", "colBreaks", "dataValidations"] {
        if let Some(node) = sheet.child(list)
            && node.get("count") != node.children.len().to_string()
        {
            say(format!("count of {list}"));
        }
    }
    let breaks = sheet.list("rowBreaks");
    let ids: Vec<u32> = breaks
        .iter()
        .map(|b| b.get("id").parse().expect("a row"))
        .collect();
    if breaks.len() > 1023 || ids.windows(2).any(|w| w[0] >= w[1]) {
        say("row breaks".into());
    }
    let mut links: Vec<&str> = sheet
        .list("hyperlinks")
        .iter()
        .map(|h| h.get("ref"))
        .collect();
    let count = links.len();
    links.sort_unstable();
    links.dedup();
    if links.len() != count || count > 65_530 {
        say("hyperlinks".into());
    }
    for part in sheet.child("headerFooter").map_or(&[][..], |h| &h.children) {
        if part.text.encode_utf16().count() > 255 {
            say(format!("{} is too long", part.name));
        }
    }
    columns(sheet, &mut say);
    cells(sheet, formats, strings, &mut say)
}

fn columns(sheet: &Node, say: &mut impl FnMut(String)) {
    let mut last = 0;
    for col in sheet.list("cols") {
        let (min, max): (u32, u32) = (
            col.get("min").parse().expect("a column"),
            col.get("max").parse().expect("a column"),
        );
        let width: f64 = col.get("width").parse().unwrap_or(0.0);
        if min <= last || max < min || max > 16_384 || width > 256.0 {
            say(format!("columns {min} to {max}"));
        }
        last = max;
    }
}

fn cells(
    sheet: &Node,
    formats: Formats<'_>,
    strings: usize,
    say: &mut impl FnMut(String),
) -> usize {
    let (mut used, mut row_before, mut deepest) = (0, 0, 0);
    for row in sheet.list("sheetData") {
        let number: u32 = row.get("r").parse().expect("a row");
        let height: f64 = row.get("ht").parse().unwrap_or(0.0);
        let level: u32 = row.get("outlineLevel").parse().unwrap_or(0);
        deepest = deepest.max(level);
        if number <= row_before || height > 409.5 || level > 7 {
            say(format!("row {number}"));
        }
        row_before = number;
        let mut next = 0;
        for cell in &row.children {
            let (r, c) = place(cell.get("r"));
            if r + 1 != number || c < next {
                say(format!("cells of row {number}: {}", cell.get("r")));
            }
            next = c + 1;
            let value = cell.child("v").map_or("", |v| v.text.as_str());
            let style: usize = cell.get("s").parse().unwrap_or(0);
            if style >= formats.general.len() {
                say(format!("style {style} of {}", cell.get("r")));
            }
            let formula = cell.child("f").map_or("", |f| f.text.as_str());
            if formula.encode_utf16().count() > 8_192 {
                say(format!("formula of {}", cell.get("r")));
            }
            match cell.get("t") {
                "s" => {
                    used += 1;
                    if value.parse().map_or(true, |i: usize| i >= strings) {
                        say(format!("string {value} of {}", cell.get("r")));
                    }
                }
                "" | "n" if !value.is_empty() => {
                    let general = formats.own && formats.general.get(style).is_none_or(|g| *g);
                    // How many places such a number shows depends on the column and the machine.
                    if value.parse::<f64>().map_or(true, |n| n.fract() != 0.0) && general {
                        say(format!("{value} of {} has no number format", cell.get("r")));
                    }
                }
                _ if value.encode_utf16().count() > 32_767 => {
                    say(format!("text of {}", cell.get("r")));
                }
                _ => {}
            }
        }
    }
    let said = sheet
        .child("sheetFormatPr")
        .map_or("", |f| f.get("outlineLevelRow"));
    if said.parse().unwrap_or(0) != deepest {
        say(format!("outline of {deepest} levels, said {said:?}"));
    }
    used
}
