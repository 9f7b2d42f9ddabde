//! The container: parts by name, changed ones written anew, all others copied as they are packed.

use super::xml::{Fault, attribute, children, escape, spliced};
use quick_xml::events::Event;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// A part may not be larger than this once unpacked.
const LARGEST: u64 = 512 << 20;
const WORKBOOK_RELS: &str = "xl/_rels/workbook.xml.rels";
const BOOK: &str = "xl/workbook.xml";
const CONTENT_TYPES: &str = "[Content_Types].xml";

/// A workbook whose parts are changed one by one.
#[derive(Debug)]
pub struct Package {
    zip: ZipArchive<Cursor<Vec<u8>>>,
    /// Changed and added parts, by name.
    changed: BTreeMap<String, Vec<u8>>,
    /// Parts that are taken away.
    removed: BTreeSet<String>,
    /// Bytes of the file.
    packed: usize,
}

/// A relation of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// Its id.
    pub id: String,
    /// Its full type.
    pub kind: String,
    /// The other part; `None` for what lies outside the package.
    pub part: Option<String>,
}

/// A sheet of the workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRef {
    /// Its name as on the tab.
    pub name: String,
    /// The part that holds it.
    pub part: String,
}

impl Package {
    /// Opens a workbook.
    ///
    /// # Errors
    /// When it is no zip container.
    pub fn open(bytes: Vec<u8>) -> Result<Package, Fault> {
        let packed = bytes.len();
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| Fault(e.to_string()))?;
        Ok(Package {
            zip,
            changed: BTreeMap::new(),
            removed: BTreeSet::new(),
            packed,
        })
    }

    /// Whether there is a part of that name.
    pub fn has(&self, name: &str) -> bool {
        self.changed.contains_key(name)
            || (self.zip.index_for_name(name).is_some() && !self.removed.contains(name))
    }

    /// Names of all parts, those of the file in its order, then the added ones.
    pub fn names(&self) -> Vec<String> {
        let own = self.zip.file_names().flatten().map(Cow::into_owned);
        let own = own.filter(|n| !self.removed.contains(n));
        let added = self
            .changed
            .keys()
            .filter(|n| self.zip.index_for_name(n).is_none());
        own.chain(added.cloned()).collect()
    }

    /// A part's bytes as they are now.
    ///
    /// # Errors
    /// When there is none, or it is damaged.
    pub fn part(&mut self, name: &str) -> Result<Vec<u8>, Fault> {
        if let Some(bytes) = self.changed.get(name) {
            return Ok(bytes.clone());
        }
        let fault = |e: &dyn std::fmt::Display| Fault::of(name, e);
        let mut file = self.zip.by_name(name).map_err(|e| fault(&e))?;
        let mut bytes = Vec::with_capacity(file.size().min(LARGEST) as usize);
        // One more than is allowed tells a part that is cut off from one that just fits.
        file.by_ref()
            .take(LARGEST + 1)
            .read_to_end(&mut bytes)
            .map_err(|e| fault(&e))?;
        if bytes.len() as u64 > LARGEST {
            return Err(fault(&"too large"));
        }
        Ok(bytes)
    }

    /// Puts a changed or a new part.
    pub fn put(&mut self, name: &str, bytes: Vec<u8>) {
        self.removed.remove(name);
        self.changed.insert(name.to_owned(), bytes);
    }

    /// A name `before` N `after` with the lowest N from 1 that no part has.
    pub fn free_name(&self, before: &str, after: &str) -> String {
        let names = |n: &u32| format!("{before}{n}{after}");
        (1..u32::MAX)
            .find(|n| !self.has(&names(n)))
            .map_or_else(String::new, |n| names(&n))
    }

    /// The sheets in the order of their tabs.
    ///
    /// # Errors
    /// When the workbook's own parts are missing or damaged.
    pub fn sheets(&mut self) -> Result<Vec<SheetRef>, Fault> {
        let targets = self.relations("xl/workbook.xml")?;
        let book = self.part("xl/workbook.xml")?;
        let Some((_, sheets)) = children(&book, "sheets")? else {
            return Err(Fault::of("xl/workbook.xml", "no sheets"));
        };
        let mut all = Vec::new();
        for sheet in sheets {
            let (mut name, mut id) = (None, None);
            super::xml::walk(&book[sheet.tag.clone()], |event, _| {
                if let Event::Start(tag) | Event::Empty(tag) = event {
                    name = attribute(tag, "name");
                    // `r:id`, not `sheetId`: only the first has a prefix before `id`.
                    id = attribute(tag, "id");
                }
                false
            })?;
            let part = id.and_then(|id| targets.get(&id).cloned());
            if let (Some(name), Some(part)) = (name, part) {
                all.push(SheetRef { name, part });
            }
        }
        Ok(all)
    }

    /// Targets of a part's relations by their ids, as names of parts.
    ///
    /// # Errors
    /// When the relations are damaged; a part without relations has none.
    pub fn relations(&mut self, part: &str) -> Result<BTreeMap<String, String>, Fault> {
        let all = self.related(part)?.into_iter();
        Ok(all.filter_map(|r| Some((r.id, r.part?))).collect())
    }

    /// All relations of a part, with their types.
    ///
    /// # Errors
    /// When the relations are damaged; a part without relations has none.
    pub fn related(&mut self, part: &str) -> Result<Vec<Relation>, Fault> {
        let rels = rels_of(part);
        let mut all = Vec::new();
        if !self.has(&rels) {
            return Ok(all);
        }
        let text = self.part(&rels)?;
        super::xml::walk(&text, |event, _| {
            if let Event::Start(tag) | Event::Empty(tag) = event
                && tag.local_name().as_ref() == "Relationship"
                && let (Some(id), Some(target)) = (attribute(tag, "Id"), attribute(tag, "Target"))
            {
                let outside = attribute(tag, "TargetMode").is_some_and(|m| m == "External");
                all.push(Relation {
                    id,
                    kind: attribute(tag, "Type").unwrap_or_default(),
                    part: (!outside).then(|| resolved(part, &target)),
                });
            }
            true
        })?;
        Ok(all)
    }

    /// Takes a part out of which nothing is said elsewhere.
    pub(super) fn leave_out(&mut self, part: &str) {
        self.changed.remove(part);
        self.removed.insert(part.to_owned());
    }

    /// Takes the children of a part's root away whose attribute has a value.
    fn drop_elements(
        &mut self,
        part: &str,
        root: &str,
        (name, value): (String, String),
    ) -> Result<(), Fault> {
        let text = self.part(part)?;
        let Some((_, all)) = children(&text, root)? else {
            return Err(Fault::of(part, format!("no {root}")));
        };
        let mut pieces = Vec::new();
        for element in all {
            super::xml::walk(&text[element.tag.clone()], |event, _| {
                if let Event::Start(tag) | Event::Empty(tag) = event
                    && attribute(tag, &name).is_some_and(|v| v == value)
                {
                    pieces.push((element.span.clone(), Vec::new()));
                }
                false
            })?;
        }
        let changed = spliced(&text, pieces);
        self.put(part, changed);
        Ok(())
    }

    /// Says of a part that it holds something else than what is said of it.
    ///
    /// # Errors
    /// When the list of types is damaged.
    pub fn retype(&mut self, part: &str, content_type: &str) -> Result<(), Fault> {
        let own = ("PartName".to_owned(), format!("/{part}"));
        self.drop_elements(CONTENT_TYPES, "Types", own)?;
        self.declare(part, content_type)
    }

    /// What is said that a part holds, if something is said of it by name.
    ///
    /// # Errors
    /// When the list of types is damaged.
    pub fn content_type(&mut self, part: &str) -> Result<Option<String>, Fault> {
        let text = self.part(CONTENT_TYPES)?;
        let name = format!("/{part}");
        let mut found = None;
        super::xml::walk(&text, |event, _| {
            if let Event::Start(tag) | Event::Empty(tag) = event
                && attribute(tag, "PartName").is_some_and(|n| n == name)
            {
                found = attribute(tag, "ContentType");
            }
            true
        })?;
        Ok(found)
    }

    /// Relates a part to another and gives the relation's id. `kind` is the full type.
    ///
    /// # Errors
    /// When the part's relations are damaged.
    pub fn relate(&mut self, part: &str, kind: &str, target: &str) -> Result<String, Fault> {
        let target = ["/", target].concat();
        self.relation(part, kind, &target, "")
    }

    /// Relates a part to something outside the package and gives the relation's id. `target` is a
    /// reference as browsers write it, from the workbook's folder.
    ///
    /// # Errors
    /// When the part's relations are damaged.
    pub fn relate_outside(
        &mut self,
        part: &str,
        kind: &str,
        target: &str,
    ) -> Result<String, Fault> {
        self.relation(part, kind, target, " TargetMode=\"External\"")
    }

    fn relation(
        &mut self,
        part: &str,
        kind: &str,
        target: &str,
        mode: &str,
    ) -> Result<String, Fault> {
        let rels = rels_of(part);
        let known = self.relations_and_external(&rels)?;
        let id = (1..u32::MAX)
            .map(|n| format!("rId{n}"))
            .find(|id| !known.contains(id))
            .unwrap_or_default();
        let (kind, shown) = (escape(kind), escape(target));
        let new = format!("<Relationship Id=\"{id}\" Type=\"{kind}\" Target=\"{shown}\"{mode}/>");
        let text = match self.has(&rels) {
            true => self.part(&rels)?,
            false => "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"></Relationships>".as_bytes().to_vec(),
        };
        let changed = appended(&rels, &text, "Relationships", &new)?;
        self.put(&rels, changed);
        Ok(id)
    }

    fn relations_and_external(&mut self, rels: &str) -> Result<Vec<String>, Fault> {
        let mut ids = Vec::new();
        if self.has(rels) {
            super::xml::walk(&self.part(rels)?, |event, _| {
                if let Event::Start(tag) | Event::Empty(tag) = event {
                    ids.extend(attribute(tag, "Id"));
                }
                true
            })?;
        }
        Ok(ids)
    }

    /// Says what a part holds.
    ///
    /// # Errors
    /// When the list of types is damaged.
    pub fn declare(&mut self, part: &str, content_type: &str) -> Result<(), Fault> {
        let text = self.part(CONTENT_TYPES)?;
        let (part, kind) = (escape(part), escape(content_type));
        let new = format!("<Override PartName=\"/{part}\" ContentType=\"{kind}\"/>");
        let changed = appended(CONTENT_TYPES, &text, "Types", &new)?;
        self.put(CONTENT_TYPES, changed);
        Ok(())
    }

    /// Takes a part away, with what is said about it; nothing where there is none.
    ///
    /// # Errors
    /// When the list of types or the workbook's relations are damaged.
    pub fn remove(&mut self, part: &str) -> Result<(), Fault> {
        if !self.has(part) {
            return Ok(());
        }
        for (list, key) in [(CONTENT_TYPES, "PartName"), (WORKBOOK_RELS, "Target")] {
            let text = self.part(list)?;
            let mut pieces = Vec::new();
            super::xml::walk(&text, |event, span| {
                if let Event::Start(tag) | Event::Empty(tag) = event
                    && let Some(named) = attribute(tag, key)
                    && resolved(BOOK, &named) == part
                {
                    pieces.push((span, Vec::new()));
                }
                true
            })?;
            if !pieces.is_empty() {
                let changed = spliced(&text, pieces);
                self.put(list, changed);
            }
        }
        self.changed.remove(part);
        self.removed.insert(part.to_owned());
        Ok(())
    }

    /// Says what parts of an ending hold, if nothing is said yet.
    ///
    /// # Errors
    /// When the list of types is damaged.
    pub fn declare_ending(&mut self, ending: &str, content_type: &str) -> Result<(), Fault> {
        let text = self.part(CONTENT_TYPES)?;
        let mut known = false;
        super::xml::walk(&text, |event, _| {
            if let Event::Start(tag) | Event::Empty(tag) = event {
                let own = attribute(tag, "Extension");
                known |= own.is_some_and(|e| e.eq_ignore_ascii_case(ending));
            }
            true
        })?;
        if !known {
            let kind = escape(content_type);
            let new = format!("<Default Extension=\"{ending}\" ContentType=\"{kind}\"/>");
            // Defaults stand before overrides.
            let Some((types, _)) = children(&text, "Types")? else {
                return Err(Fault::of(CONTENT_TYPES, "no types"));
            };
            let at = types.tag.end;
            let changed = spliced(&text, vec![(at..at, new.into_bytes())]);
            self.put(CONTENT_TYPES, changed);
        }
        Ok(())
    }

    /// Adds a sheet as the tab of index `at` and gives its part's name. Defined names that belong to
    /// one sheet count sheets by index, and so does the tab that is shown: both are moved on.
    ///
    /// # Errors
    /// When the workbook's own parts are damaged.
    pub fn add_sheet(&mut self, name: &str, at: usize, xml: Vec<u8>) -> Result<String, Fault> {
        const KIND: &str =
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet";
        const TYPE: &str =
            "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml";
        let part = self.free_name("xl/worksheets/sheet", ".xml");
        self.put(&part, xml);
        self.declare(&part, TYPE)?;
        let id = self.relate("xl/workbook.xml", KIND, &part)?;
        let book = self.part("xl/workbook.xml")?;
        let changed = super::sheet::with_sheet(&book, name, at, &id)?;
        self.put("xl/workbook.xml", changed);
        Ok(part)
    }

    /// The package with its changes: unchanged parts as they were packed, in their order.
    ///
    /// # Errors
    /// When the container turns out to be damaged.
    pub fn write(mut self) -> Result<Vec<u8>, Fault> {
        let fault = |e: zip::result::ZipError| Fault(e.to_string());
        let io = |e: std::io::Error| Fault(e.to_string());
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(i64::from(super::LEVEL)))
            .last_modified_time(zip::DateTime::default());
        let room = self.packed + 64 * 1024;
        let mut out = ZipWriter::new(Cursor::new(Vec::with_capacity(room)));
        for index in 0..self.zip.len() {
            let file = self.zip.by_index_raw(index).map_err(fault)?;
            let name = file.name().map_err(fault)?.into_owned();
            if self.removed.contains(&name) {
                continue;
            }
            match self.changed.remove(&name) {
                None => out.raw_copy_file(file).map_err(fault)?,
                Some(bytes) => {
                    drop(file);
                    let options = suited(options, &bytes);
                    out.start_file(name, options).map_err(fault)?;
                    out.write_all(&bytes).map_err(io)?;
                }
            }
        }
        for (name, bytes) in self.changed {
            let options = suited(options, &bytes);
            out.start_file(name, options).map_err(fault)?;
            out.write_all(&bytes).map_err(io)?;
        }
        out.finish().map(Cursor::into_inner).map_err(fault)
    }
}

/// Short parts are stored: setting a compressor up costs more than the disk block saved.
fn suited(options: SimpleFileOptions, bytes: &[u8]) -> SimpleFileOptions {
    const STORED: usize = 8 * 1024;
    match bytes.len() < STORED {
        true => options
            .compression_method(CompressionMethod::Stored)
            .compression_level(None),
        false => options,
    }
}

/// The part with a part's relations.
pub(super) fn rels_of(part: &str) -> String {
    if part == "xl/workbook.xml" {
        return WORKBOOK_RELS.to_owned();
    }
    match part.rsplit_once('/') {
        Some((folder, name)) => format!("{folder}/_rels/{name}.rels"),
        None => format!("_rels/{part}.rels"),
    }
}

/// A relation's target as a part's name: from the root, or from the folder of the part.
fn resolved(part: &str, target: &str) -> String {
    if let Some(from_root) = target.strip_prefix('/') {
        return from_root.to_owned();
    }
    let folder = part.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut all: Vec<&str> = folder.split('/').filter(|p| !p.is_empty()).collect();
    for step in target.split('/') {
        match step {
            ".." => drop(all.pop()),
            "." | "" => {}
            _ => all.push(step),
        }
    }
    all.join("/")
}

/// A part with an element put behind the last child of its root.
pub(super) fn appended(part: &str, text: &[u8], root: &str, new: &str) -> Result<Vec<u8>, Fault> {
    let Some((own, _)) = children(text, root)? else {
        return Err(Fault::of(part, format!("no {root}")));
    };
    Ok(match own.inside_end(text) {
        Some(at) => spliced(text, vec![(at..at, new.as_bytes().to_vec())]),
        None => {
            let tag = String::from_utf8_lossy(&text[own.tag.clone()]).into_owned();
            let open = tag.trim_end_matches("/>").trim_end();
            let name = open[1..].split_whitespace().next().unwrap_or(root);
            let whole = format!("{open}>{new}</{name}>");
            spliced(text, vec![(own.span, whole.into_bytes())])
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Put, SheetXml, Styles};
    use super::*;
    use rust_xlsxwriter::{Format, Note, Workbook};

    fn book() -> Vec<u8> {
        let mut book = Workbook::new();
        for name in ["one", "two"] {
            let sheet = book.add_worksheet();
            sheet.set_name(name).unwrap();
            sheet
                .write_with_format(2, 1, "text", &Format::new().set_bold())
                .unwrap();
            sheet.write(3, 1, 5).unwrap();
            sheet.insert_note(0, 0, &Note::new("a note")).unwrap();
        }
        book.save_to_buffer().unwrap()
    }

    fn packed(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
        let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
        (0..zip.len())
            .map(|i| {
                let mut file = zip.by_index_raw(i).unwrap();
                let mut raw = Vec::new();
                file.read_to_end(&mut raw).unwrap();
                (file.name().unwrap().into_owned(), raw)
            })
            .collect()
    }

    #[test]
    fn what_is_not_changed_stays_as_it_was_packed() {
        let before = book();
        let mut package = Package::open(before.clone()).unwrap();
        let sheets = package.sheets().unwrap();
        assert_eq!(
            sheets.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(),
            ["one", "two"]
        );
        let mut styles = Styles::read(package.part("xl/styles.xml").unwrap()).unwrap();
        let mut sheet = SheetXml::read(package.part(&sheets[1].part).unwrap()).unwrap();
        let style = sheet.style(2, 1).unwrap_or(0);
        sheet.restyle(2, 1, styles.filled(style, 0xFF_C7CE));
        sheet.put(3, 1, Put::Number("7".to_owned()));
        package.put(&sheets[1].part, sheet.write().unwrap());
        package.put("xl/styles.xml", styles.write());
        let after = package.write().unwrap();
        let (old, new) = (packed(&before), packed(&after));
        assert_eq!(
            old.keys().collect::<Vec<_>>(),
            new.keys().collect::<Vec<_>>()
        );
        let changed: Vec<&String> = old.keys().filter(|n| old[*n] != new[*n]).collect();
        assert_eq!(changed, ["xl/styles.xml", sheets[1].part.as_str()]);
    }

    #[test]
    fn a_sheet_and_its_relations_are_added() {
        let mut package = Package::open(book()).unwrap();
        let xml = "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData/></worksheet>";
        let part = package
            .add_sheet("first", 0, xml.as_bytes().to_vec())
            .unwrap();
        package.relate(&part, "kind", "xl/comments9.xml").unwrap();
        package.declare_ending("vml", "again").unwrap();
        let mut package = Package::open(package.write().unwrap()).unwrap();
        let names: Vec<String> = package
            .sheets()
            .unwrap()
            .into_iter()
            .map(|s| s.name)
            .collect();
        assert_eq!(names, ["first", "one", "two"]);
        assert_eq!(
            package.relations(&part).unwrap()["rId1"],
            "xl/comments9.xml"
        );
        let types = String::from_utf8(package.part(CONTENT_TYPES).unwrap()).unwrap();
        assert_eq!(types.matches("Extension=\"vml\"").count(), 1);
        assert!(types.contains(&format!("PartName=\"/{part}\"")));
    }

    #[test]
    fn targets_are_told_from_the_root_or_the_folder() {
        assert_eq!(
            resolved("xl/worksheets/sheet1.xml", "../comments1.xml"),
            "xl/comments1.xml"
        );
        assert_eq!(
            resolved("xl/workbook.xml", "worksheets/a.xml"),
            "xl/worksheets/a.xml"
        );
        assert_eq!(resolved("xl/workbook.xml", "/xl/a.xml"), "xl/a.xml");
    }
}
