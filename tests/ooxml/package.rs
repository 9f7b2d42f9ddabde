//! Rules of the package: types, relations, workbook, strings, styles, charts, properties.

use super::sheet;
use super::xml::Node;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};

/// What Excel would not take; empty for a good book.
pub fn problems(bytes: &[u8]) -> Vec<String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a package");
    let mut parts: BTreeMap<String, Option<Node>> = BTreeMap::new();
    let mut wrong = Vec::new();
    for i in 0..archive.len() {
        let mut part = archive.by_index(i).expect("a part");
        let name = part.name().expect("a name").into_owned();
        let mut content = Vec::new();
        part.read_to_end(&mut content).expect("content");
        let is_xml = name.ends_with(".xml") || name.ends_with(".rels") || name.ends_with(".vml");
        let node = is_xml.then(|| {
            let text = String::from_utf8(content).expect("utf-8");
            Node::parse(&text).unwrap_or_else(|e| {
                wrong.push(format!("{name} is no XML: {e}"));
                Node::default()
            })
        });
        if parts.insert(name.clone(), node).is_some() {
            wrong.push(format!("{name} is there twice"));
        }
    }
    let book = Book { parts };
    book.types(&mut wrong);
    let related = book.relations(&mut wrong);
    book.workbook(&related, &mut wrong);
    book.styles(&mut wrong);
    book.properties(&mut wrong);
    wrong
}

struct Book {
    parts: BTreeMap<String, Option<Node>>,
}

/// Targets by id, for each part with relations.
type Related = BTreeMap<String, BTreeMap<String, String>>;

/// How many children a list says it has, and has.
fn counted(list: &Node, wrong: &mut Vec<String>, place: &str) {
    let (said, is) = (list.get("count"), list.children.len());
    if !said.is_empty() && said != is.to_string() {
        wrong.push(format!("{place}: {} says {said}, has {is}", list.name));
    }
}

impl Book {
    fn part(&self, name: &str) -> Option<&Node> {
        self.parts.get(name)?.as_ref()
    }

    fn types(&self, wrong: &mut Vec<String>) {
        let Some(types) = self.part("[Content_Types].xml") else {
            wrong.push("no content types".into());
            return;
        };
        let of = |name: &str, key: &str| -> BTreeSet<String> {
            let those = types.children.iter().filter(|c| c.name == name);
            those.map(|c| c.get(key).to_owned()).collect()
        };
        let (defaults, overrides) = (of("Default", "Extension"), of("Override", "PartName"));
        if defaults.len() + overrides.len() != types.children.len() {
            wrong.push("a content type is there twice".into());
        }
        for name in self.parts.keys().filter(|n| *n != "[Content_Types].xml") {
            let extension = name.rsplit('.').next().unwrap_or_default();
            let known = overrides.contains(&format!("/{name}"));
            // Parts whose type matters have one of their own.
            let usual = defaults.contains(extension) && extension != "xml";
            if !known && !usual {
                wrong.push(format!("{name} has no content type"));
            }
        }
        for name in overrides {
            if !self.parts.contains_key(name.trim_start_matches('/')) {
                wrong.push(format!("a content type for {name}, which is not there"));
            }
        }
    }

    fn relations(&self, wrong: &mut Vec<String>) -> Related {
        let mut out = Related::new();
        for (name, node) in &self.parts {
            let (Some(node), Some((folder, file))) = (node, name.split_once("_rels/")) else {
                continue;
            };
            let of = format!("{folder}{}", file.trim_end_matches(".rels"));
            if !of.is_empty() && of != folder && !self.parts.contains_key(&of) {
                wrong.push(format!("{name}: relations of {of}, which is not there"));
            }
            let mut targets = BTreeMap::new();
            for r in &node.children {
                let (id, target) = (r.get("Id").to_owned(), r.get("Target"));
                let mut path = target.to_owned();
                if r.get("TargetMode") != "External" {
                    path = resolved(folder, target);
                    if !self.parts.contains_key(&path) {
                        wrong.push(format!("{name}: {target} is not there"));
                    }
                }
                if targets.insert(id.clone(), path).is_some() {
                    wrong.push(format!("{name}: {id} is there twice"));
                }
            }
            out.insert(of, targets);
        }
        for (name, node) in &self.parts {
            let Some(node) = node else { continue };
            for used in node.all() {
                for (key, id) in &used.attributes {
                    let known = || out.get(name).is_some_and(|t| t.contains_key(id));
                    if ["r:id", "r:embed", "r:link"].contains(&key.as_str()) && !known() {
                        wrong.push(format!("{name}: no relation {id}"));
                    }
                }
            }
        }
        out
    }

    fn workbook(&self, related: &Related, wrong: &mut Vec<String>) {
        const NAME: &str = "xl/workbook.xml";
        let Some(workbook) = self.part(NAME) else {
            wrong.push("no workbook".into());
            return;
        };
        let (mut names, mut ids) = (BTreeSet::new(), BTreeSet::new());
        let sheets = workbook.list("sheets");
        let styles = self.part("xl/styles.xml");
        let formats = styles.map(sheet::formats).unwrap_or_default();
        let strings = self.part("xl/sharedStrings.xml");
        let texts = strings.map_or(0, |s| s.children.len());
        let mut used = 0;
        for one in sheets {
            let name = one.get("name");
            let forbidden = |c: char| "[]:*?/\\".contains(c) || c.is_control();
            if name.is_empty()
                || name.encode_utf16().count() > 31
                || name.contains(forbidden)
                || name.starts_with('\'')
                || name.ends_with('\'')
            {
                wrong.push(format!("sheet name {name:?}"));
            }
            if !names.insert(name.to_lowercase()) {
                wrong.push(format!("sheet name {name} twice"));
            }
            if !ids.insert(one.get("sheetId")) {
                wrong.push(format!("sheetId {} twice", one.get("sheetId")));
            }
            let path = related.get(NAME).and_then(|r| r.get(one.get("r:id")));
            if let Some(node) = path.and_then(|p| self.part(p)) {
                // In a school's own workbook, given back, its own formats stay.
                let formats = sheet::Formats {
                    general: &formats,
                    own: self.is_own(),
                };
                used += sheet::check(name, node, formats, texts, wrong);
            }
        }
        if let Some(strings) = strings {
            if strings.get("uniqueCount") != texts.to_string() {
                wrong.push(format!(
                    "strings: uniqueCount {}, {texts}",
                    strings.get("uniqueCount")
                ));
            }
            // Excel reckons it anew; books of our own have it right.
            if self.is_own() && strings.get("count") != used.to_string() {
                wrong.push(format!(
                    "strings: count {}, {used} cells",
                    strings.get("count")
                ));
            }
        }
        let mut known = BTreeSet::new();
        for defined in workbook.list("definedNames") {
            let (name, local) = (defined.get("name"), defined.get("localSheetId"));
            if !known.insert((name.to_lowercase(), local)) {
                wrong.push(format!("defined name {name} twice"));
            }
            if !local.is_empty() && local.parse().is_ok_and(|i: usize| i >= sheets.len()) {
                wrong.push(format!("defined name {name} of sheet {local}"));
            }
            let own = name.strip_prefix("_xlnm.").unwrap_or(name);
            let legal = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
            if !own.chars().all(legal) || own.starts_with(|c: char| c.is_ascii_digit()) {
                wrong.push(format!("defined name {name}"));
            }
            if let Some(sheet) = quoted(&defined.text)
                && !names.contains(&sheet.to_lowercase())
            {
                wrong.push(format!("defined name {name}: no sheet {sheet}"));
            }
        }
        for (part, node) in &self.parts {
            let (true, Some(node)) = (part.starts_with("xl/charts/chart"), node) else {
                continue;
            };
            let mut series = BTreeSet::new();
            for one in node.all() {
                if one.name == "c:ser" {
                    let of = |name| one.child(name).map_or("", |n| n.get("val"));
                    if !series.insert(of("c:idx")) {
                        wrong.push(format!("{part}: series {} twice", of("c:idx")));
                    }
                }
                if one.name == "c:f"
                    && let Some((sheet, _)) = one.text.rsplit_once('!')
                {
                    let sheet = quoted(&one.text).unwrap_or(sheet.to_owned());
                    if !names.contains(&sheet.to_lowercase()) {
                        wrong.push(format!("{part}: no sheet {sheet}"));
                    }
                }
            }
        }
    }

    fn styles(&self, wrong: &mut Vec<String>) {
        let Some(styles) = self.part("xl/styles.xml") else {
            wrong.push("no styles".into());
            return;
        };
        for list in &styles.children {
            counted(list, wrong, "styles");
        }
        let len = |name: &str| styles.list(name).len();
        for xf in styles.list("cellXfs") {
            for (key, list) in [
                ("fontId", "fonts"),
                ("fillId", "fills"),
                ("borderId", "borders"),
                ("xfId", "cellStyleXfs"),
            ] {
                if xf.get(key).parse().map_or(true, |i: usize| i >= len(list)) {
                    wrong.push(format!("styles: {key} {} of {}", xf.get(key), len(list)));
                }
            }
            let format: usize = xf.get("numFmtId").parse().unwrap_or(0);
            let mut own = styles.list("numFmts").iter();
            if format >= 164 && !own.any(|n| n.get("numFmtId") == format.to_string()) {
                wrong.push(format!("styles: no number format {format}"));
            }
        }
    }

    /// Whether the program made the book: then it has a category.
    fn is_own(&self) -> bool {
        let category = self
            .part("docProps/core.xml")
            .and_then(|c| c.child("cp:category"));
        category.is_some_and(|c| !c.text.is_empty())
    }

    fn properties(&self, wrong: &mut Vec<String>) {
        let Some(core) = self.part("docProps/core.xml") else {
            return;
        };
        // Somebody else's form, filled, keeps who made it.
        if !self.is_own() {
            return;
        }
        for name in ["dc:creator", "cp:lastModifiedBy"] {
            let text = core.child(name).map_or("", |n| n.text.as_str());
            if !text.is_empty() {
                wrong.push(format!("properties: {name} is {text}"));
            }
        }
    }
}

/// The quoted sheet of a reference.
fn quoted(reference: &str) -> Option<String> {
    let rest = reference.strip_prefix('\'')?;
    let end = rest.rfind("'!")?;
    // A range over two parts names its sheet twice.
    let name = rest[..end].split("'!").next()?;
    Some(name.replace("''", "'"))
}

/// A target from a folder of relations.
fn resolved(folder: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut path: Vec<&str> = folder.split('/').filter(|p| !p.is_empty()).collect();
    for step in target.split('/') {
        match step {
            ".." => {
                path.pop();
            }
            "." => {}
            step => path.push(step),
        }
    }
    path.join("/")
}
