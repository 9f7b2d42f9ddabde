//! The workbook's tabs: taking one away, showing the first, and names that belong to one.

use super::package::{Package, rels_of};
use super::xml::{
    Element, Fault, Piece, attribute, children, escape, local, spliced, walk, with_attribute,
};
use quick_xml::events::Event;

const WORKBOOK: &str = "xl/workbook.xml";
/// What stands behind the defined names (ECMA-376, CT_Workbook).
const BEHIND_NAMES: &[&str] = &[
    "calcPr",
    "oleSize",
    "customWorkbookViews",
    "pivotCaches",
    "smartTagPr",
    "smartTagTypes",
    "webPublishing",
    "fileRecoveryPr",
    "webPublishObjects",
    "extLst",
];

impl Package {
    /// Takes a sheet away, with the names that belong to it. What counts tabs by index moves back.
    ///
    /// # Errors
    /// When the workbook's own parts are damaged.
    pub fn remove_sheet(&mut self, name: &str) -> Result<(), Fault> {
        let all = self.sheets()?;
        let Some(at) = all.iter().position(|s| s.name == name) else {
            return Ok(());
        };
        let part = &all[at].part;
        self.remove(part)?;
        self.leave_out(&rels_of(part));
        let book = self.part(WORKBOOK)?;
        let mut pieces: Vec<Piece> = Vec::new();
        for (list, what) in [("sheets", "name"), ("definedNames", "localSheetId")] {
            let elements = children(&book, list)?
                .map(|(_, all)| all)
                .unwrap_or_default();
            for element in elements {
                let value = value_of(&book, &element, what)?;
                let gone = match list {
                    "sheets" => value.as_deref() == Some(name),
                    _ => value.and_then(|v| v.parse().ok()) == Some(at),
                };
                if gone {
                    pieces.push((element.span, Vec::new()));
                }
            }
        }
        let book = spliced(&book, pieces);
        let mut pieces: Vec<Piece> = Vec::new();
        walk(&book, |event, span| {
            if let Event::Start(tag) | Event::Empty(tag) = event {
                let counts: &[&str] = match local(tag).as_str() {
                    "definedName" => &["localSheetId"],
                    "workbookView" => &["activeTab", "firstSheet"],
                    _ => &[],
                };
                let before = String::from_utf8_lossy(&book[span.clone()]).into_owned();
                let mut text = before.clone();
                for count in counts {
                    let index = attribute(tag, count).and_then(|i| i.parse::<usize>().ok());
                    if let Some(index) = index.filter(|i| *i > at) {
                        text = with_attribute(&text, count, &(index - 1).to_string());
                    }
                }
                if text != before {
                    pieces.push((span, text.into_bytes()));
                }
            }
            true
        })?;
        self.put(WORKBOOK, spliced(&book, pieces));
        Ok(())
    }

    /// Shows the first tab when the workbook is opened.
    ///
    /// # Errors
    /// When the workbook's own part is damaged.
    pub fn show_first(&mut self) -> Result<(), Fault> {
        let book = self.part(WORKBOOK)?;
        let mut pieces: Vec<Piece> = Vec::new();
        walk(&book, |event, span| {
            if let Event::Start(tag) | Event::Empty(tag) = event
                && local(tag) == "workbookView"
            {
                let mut text = String::from_utf8_lossy(&book[span.clone()]).into_owned();
                for name in ["activeTab", "firstSheet"] {
                    if attribute(tag, name).is_some() {
                        text = with_attribute(&text, name, "0");
                    }
                }
                pieces.push((span, text.into_bytes()));
            }
            true
        })?;
        self.put(WORKBOOK, spliced(&book, pieces));
        Ok(())
    }

    /// Defines names: each with the index of the tab that it belongs to, and what it refers to. One
    /// that belongs to no tab is hidden from people.
    ///
    /// # Errors
    /// When the workbook's own part is damaged.
    pub fn define(&mut self, names: &[(&str, Option<usize>, String)]) -> Result<(), Fault> {
        let book = self.part(WORKBOOK)?;
        let piece = definitions(&book, names)?;
        self.put(WORKBOOK, spliced(&book, vec![piece]));
        Ok(())
    }

    /// Takes all definitions of a name away.
    ///
    /// # Errors
    /// When the workbook's own part is damaged.
    pub fn undefine(&mut self, name: &str) -> Result<(), Fault> {
        let book = self.part(WORKBOOK)?;
        let mut pieces: Vec<Piece> = Vec::new();
        let Some((list, all)) = children(&book, "definedNames")? else {
            return Ok(());
        };
        for element in &all {
            if value_of(&book, element, "name")?.as_deref() == Some(name) {
                pieces.push((element.span.clone(), Vec::new()));
            }
        }
        // A list may not be empty.
        if pieces.len() == all.len() {
            pieces = vec![(list.span, Vec::new())];
        }
        self.put(WORKBOOK, spliced(&book, pieces));
        Ok(())
    }

    /// What the first defined name of a name refers to.
    ///
    /// # Errors
    /// When the workbook's own part is damaged.
    pub fn defined(&mut self, name: &str) -> Result<Option<String>, Fault> {
        let book = self.part(WORKBOOK)?;
        let Some((_, all)) = children(&book, "definedNames")? else {
            return Ok(None);
        };
        for element in all {
            if value_of(&book, &element, "name")?.as_deref() == Some(name)
                && let Some(end) = element.inside_end(&book)
            {
                let text = String::from_utf8_lossy(&book[element.tag.end..end]).into_owned();
                let plain = quick_xml::escape::unescape(&text).map(|t| t.into_owned());
                return Ok(Some(plain.unwrap_or(text)));
            }
        }
        Ok(None)
    }
}

fn definitions(book: &[u8], names: &[(&str, Option<usize>, String)]) -> Result<Piece, Fault> {
    let Some((own, all)) = children(book, "workbook")? else {
        return Err(Fault::of(WORKBOOK, "no workbook"));
    };
    let tag = String::from_utf8_lossy(&book[own.tag.clone()]).into_owned();
    let p = tag.trim_start_matches('<').split("workbook").next();
    let p = p.unwrap_or_default();
    let definition = |(name, tab, text): &(&str, Option<usize>, String)| {
        let scope = match tab {
            Some(tab) => format!("localSheetId=\"{tab}\""),
            None => "hidden=\"1\"".to_owned(),
        };
        let text = escape(text);
        format!("<{p}definedName name=\"{name}\" {scope}>{text}</{p}definedName>")
    };
    let name: String = names.iter().map(definition).collect();
    let list = all.iter().find(|e| e.name == "definedNames" && !e.empty);
    if let Some(at) = list.and_then(|l| l.inside_end(book)) {
        return Ok((at..at, name.into_bytes()));
    }
    let behind = all.iter().find(|e| BEHIND_NAMES.contains(&e.name.as_str()));
    let end = own.inside_end(book).unwrap_or(own.span.end);
    let at = behind.map_or(end, |e| e.span.start);
    let whole = format!("<{p}definedNames>{name}</{p}definedNames>");
    Ok((at..at, whole.into_bytes()))
}

fn value_of(text: &[u8], element: &Element, name: &str) -> Result<Option<String>, Fault> {
    let mut found = None;
    walk(&text[element.tag.clone()], |event, _| {
        if let Event::Start(tag) | Event::Empty(tag) = event {
            found = attribute(tag, name);
        }
        false
    })?;
    Ok(found)
}

/// A sheet's part without the mark that it is selected; `None` where it is not.
///
/// # Errors
/// When the XML is damaged.
pub fn unselected(text: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
    let mut pieces: Vec<Piece> = Vec::new();
    walk(text, |event, span| {
        let (Event::Start(tag) | Event::Empty(tag)) = event else {
            return true;
        };
        let name = local(tag);
        if name == "sheetView" && attribute(tag, "tabSelected").is_some_and(|s| s != "0") {
            let own = String::from_utf8_lossy(&text[span.clone()]).into_owned();
            pieces.push((span, with_attribute(&own, "tabSelected", "0").into_bytes()));
        }
        name != "sheetData"
    })?;
    Ok((!pieces.is_empty()).then(|| spliced(text, pieces)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selected_sheet_is_selected_no_more() {
        let text = br#"<worksheet><sheetViews><sheetView tabSelected="1" workbookViewId="0"/></sheetViews><sheetData/></worksheet>"#;
        let changed = unselected(text).unwrap().unwrap();
        assert!(
            String::from_utf8(changed.clone())
                .unwrap()
                .contains(r#"tabSelected="0""#)
        );
        assert_eq!(unselected(&changed).unwrap(), None);
    }

    #[test]
    fn names_stand_before_what_follows_them() {
        let book = br#"<workbook><sheets/><calcPr/></workbook>"#;
        let (at, new) =
            definitions(book, &[("_xlnm.Print_Titles", Some(0), "'a'!$1:$2".into())]).unwrap();
        let text = String::from_utf8(spliced(book, vec![(at, new)])).unwrap();
        assert_eq!(
            text,
            r#"<workbook><sheets/><definedNames><definedName name="_xlnm.Print_Titles" localSheetId="0">'a'!$1:$2</definedName></definedNames><calcPr/></workbook>"#
        );
    }

    #[test]
    fn a_tab_that_was_put_first_can_be_taken_away_again() {
        let mut book = rust_xlsxwriter::Workbook::new();
        for name in ["one", "two"] {
            let sheet = book.add_worksheet();
            sheet.set_name(name).unwrap();
            sheet.set_repeat_rows(0, 0).unwrap();
        }
        let bytes = book.save_to_buffer().unwrap();
        let mut package = Package::open(bytes).unwrap();
        let before = String::from_utf8(package.part(WORKBOOK).unwrap()).unwrap();
        let xml = b"<worksheet><sheetData/></worksheet>".to_vec();
        let part = package.add_sheet("list", 0, xml).unwrap();
        package.show_first().unwrap();
        let names = [
            ("stamp", None, "list!$A$1".to_owned()),
            ("_xlnm.Print_Titles", Some(0), "list!$1:$1".to_owned()),
        ];
        package.define(&names).unwrap();
        assert_eq!(
            package.defined("stamp").unwrap().as_deref(),
            Some("list!$A$1")
        );
        package.remove_sheet("list").unwrap();
        package.undefine("stamp").unwrap();
        let after = String::from_utf8(package.part(WORKBOOK).unwrap()).unwrap();
        assert_eq!(before, after);
        assert!(!package.has(&part));
        let types = String::from_utf8(package.part("[Content_Types].xml").unwrap()).unwrap();
        assert!(!types.contains(&part));
    }
}
