//! What stands around a table about its school: submitter, title, sheet name, file name, folder.

use crate::diagnostic::Place;
use crate::fold;
use crate::grid::Workbook;
use crate::recognise::{Recognised, RemarkKind, Table};
use crate::scheme::{Directory, Found, Scheme, Words};
use std::cell::OnceCell;

/// Where a school's name was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    Submitter,
    Title,
    Sheet,
    File,
    Folder,
    /// The school for which the bureau made the workbook.
    Stamp,
}

impl Source {
    /// The variant of `school-mismatch` that speaks of it.
    pub(super) fn mismatch(self) -> &'static str {
        match self {
            Source::Submitter => "submitter",
            Source::Title => "title",
            Source::Sheet => "sheet",
            Source::File => "file",
            Source::Folder => "folder",
            Source::Stamp => "stamp",
        }
    }
}

/// One saying about the school of a table.
#[derive(Debug, Clone)]
pub(super) struct Saying {
    pub(super) source: Source,
    text: String,
    /// The school's name as read out of the text, once anybody asks.
    read: OnceCell<Option<String>>,
    pub(super) found: Found,
    pub(super) place: Place,
}

impl Saying {
    fn read(&self, scheme: &Scheme) -> Option<&str> {
        let names = &scheme.dictionary().school_names;
        let make = || names.get(&self.text, || name_in(&self.text, &scheme.words));
        self.read.get_or_init(make).as_deref()
    }

    /// The school's name as read out of the text; the text itself where no name could be told.
    pub(super) fn name(&self, scheme: &Scheme) -> String {
        let read = self.read(scheme).map(str::to_owned);
        read.unwrap_or_else(|| without_brackets(&self.text))
    }

    /// Whether the text has something that reads like a school's name.
    pub(super) fn like_school(&self, scheme: &Scheme) -> bool {
        self.read(scheme).is_some()
    }
}

/// Everything said about the school of a table, the nearest to the records first. Texts that
/// name no school are left out, except the submitter.
pub(super) fn sayings(
    workbook: &Workbook,
    recognised: &Recognised,
    table: &Table,
    scheme: &Scheme,
) -> Vec<Saying> {
    let sheet = &workbook.sheets[table.sheet];
    let place = Place::sheet(&workbook.file, &sheet.name);
    let mut texts: Vec<(Source, &str, Place)> = Vec::new();
    let remarks = recognised
        .accounts
        .get(table.sheet)
        .map_or(&[][..], |a| &a.remarks);
    for (kind, source) in [
        (RemarkKind::Submitter, Source::Submitter),
        (RemarkKind::Title, Source::Title),
    ] {
        let own = table.remarks.iter().filter_map(|r| remarks.get(*r));
        for remark in own.filter(|r| r.kind == kind) {
            texts.push((source, &remark.text, place.at(remark.row, Some(remark.col))));
        }
    }
    texts.push((Source::Sheet, &sheet.name, place));
    let mut parts = workbook.file.rsplit('/');
    let file = stem(parts.next().unwrap_or_default());
    texts.push((Source::File, file, Place::file(&workbook.file)));
    for folder in parts {
        texts.push((Source::Folder, stem(folder), Place::file(&workbook.file)));
    }
    if let Some(school) = &recognised.made_for {
        texts.push((Source::Stamp, school, Place::file(&workbook.file)));
    }
    let mut out: Vec<Saying> = Vec::new();
    for (source, text, place) in &texts {
        // The innermost folder that names a school speaks; the ones around it are towns.
        if *source == Source::Folder && out.iter().any(|s| s.source == *source) {
            continue;
        }
        let saying = Saying {
            source: *source,
            text: (*text).to_owned(),
            read: OnceCell::new(),
            found: find(&scheme.directory, text, *source),
            place: place.clone(),
        };
        let found = saying.found != Found::Nothing;
        if found || *source == Source::Submitter || saying.like_school(scheme) {
            out.push(saying);
        }
    }
    for saying in &mut out {
        if let Found::Several(schools) = &saying.found {
            let others = texts.iter().map(|(_, text, _)| *text);
            if let Some(one) = by_town(&scheme.directory, schools, others) {
                saying.found = Found::One(one);
            }
        }
    }
    out
}

fn find(directory: &Directory, text: &str, source: Source) -> Found {
    if directory.is_empty() {
        return Found::Nothing;
    }
    if source != Source::Submitter
        && let Some(school) = directory.code_within(text)
    {
        return Found::One(school);
    }
    directory.find_anywhere(text)
}

/// Of schools of one name the one whose town is named nearby.
fn by_town<'a>(
    directory: &Directory,
    schools: &[usize],
    texts: impl Iterator<Item = &'a str>,
) -> Option<usize> {
    let texts: Vec<String> = texts.map(fold::label).collect();
    let mut named = schools.iter().copied().filter(|s| {
        let district = fold::label(&directory.schools()[*s].district);
        !district.is_empty() && texts.iter().any(|t| t.contains(&district))
    });
    let first = named.next()?;
    named.next().is_none().then_some(first)
}

/// A file's name without its extension.
fn stem(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && extension.len() <= 5 => stem,
        _ => name,
    }
}

/// A text without what stands in brackets: a submitter without its seal.
fn without_brackets(text: &str) -> String {
    let clean = fold::clean(text);
    let cut = clean.find('(').unwrap_or(clean.len());
    clean[..cut].trim().to_owned()
}

/// The school's name in a text, told by how schools are called, without a directory.
pub(super) fn name_in(text: &str, words: &Words) -> Option<String> {
    let clean = fold::clean(text);
    // White space parts words, but letters set wide are one word.
    let mut joined = String::new();
    let mut alone = false;
    for word in clean.split(' ') {
        let single = word.chars().count() == 1;
        if !(joined.is_empty() || alone && single) {
            joined.push(' ');
        }
        joined.push_str(word);
        alone = single;
    }
    let mark = |c: char| c.is_ascii() || !(fold::is_letter(c) || c.is_numeric());
    let mut from = 0;
    joined.split(mark).find_map(|run| {
        let start = from;
        // What parted the runs is one character; it may be wide.
        let after = start + run.len();
        from = after + joined[after..].chars().next().map_or(0, char::len_utf8);
        let dated = joined[..start].ends_with(|c: char| c.is_ascii_digit());
        name_in_run(run, dated, words)
    })
}

/// The name in a run of letters; `dated` tells that a digit stands before it.
fn name_in_run(run: &str, dated: bool, words: &Words) -> Option<String> {
    let words = &words.schools;
    let is_part = |end: usize| {
        // The end of 小学部 is no end of a name.
        words.departments.iter().any(|d| {
            let mut from = run[..end].char_indices().rev().map(|(i, _)| i);
            (0..4).any(|_| {
                from.next()
                    .is_some_and(|i| run[i..].starts_with(d.as_str()) && i + d.len() > end)
            })
        })
    };
    // The last place where a kind of school ends.
    let ends_kind = |end: &usize| {
        let before = &run[..*end];
        words
            .kinds
            .iter()
            .any(|kind| before.ends_with(kind.as_str()))
    };
    let end = run
        .char_indices()
        .rev()
        .map(|(i, c)| i + c.len_utf8())
        .filter(ends_kind)
        .find(|end| !is_part(*end))?;
    let mut name = &run[..end];
    // A year or a programme in front is no part of the name; a single letter such as 年 is one
    // only after its number, since names have it, too.
    let cut = words
        .lead
        .iter()
        .filter_map(|lead| match lead.chars().count() {
            1 => (dated && name.starts_with(lead.as_str())).then_some(lead.len()),
            _ => name.rfind(lead.as_str()).map(|i| i + lead.len()),
        })
        .filter(|&cut| name[cut..].chars().count() >= 3)
        .max();
    name = &name[cut.unwrap_or(0)..];
    let generic = words.generic.iter().any(|g| name.ends_with(g.as_str()));
    let bare = words.kinds.iter().any(|k| k == name);
    (!generic && !bare && name.chars().count() >= 3).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::templates;

    #[test]
    fn names_are_read_out_of_titles_without_a_directory() {
        let words = templates::words();
        let read = |text| name_in(text, &words);
        for (text, name) in [
            ("城关小学教师花名册", "城关小学"),
            ("2025年度清河县城关小学教师基本情况表", "清河县城关小学"),
            ("03 城 关 小 学", "城关小学"),
            ("清河一中-roster", "清河一中"),
            ("农村教师素质提升工程柳河学校培训登记", "柳河学校"),
            ("柳河中学小学部名册", "柳河中学"),
            ("竹林镇九年一贯制学校教职工名册", "竹林镇九年一贯制学校"),
            ("2025年10月月牙湖镇初级中学报表", "月牙湖镇初级中学"),
            ("月牙湖镇初级中学2025年10月报表", "月牙湖镇初级中学"),
            ("2025年九年制学校花名册", "九年制学校"),
            ("清河县教师进修学校", "清河县教师进修学校"),
        ] {
            assert_eq!(read(text).as_deref(), Some(name), "{text}");
        }
        for text in [
            "清河县2025年农村中小学教师花名册",
            "Sheet1",
            "小学教师花名册",
            "教师基本情况表",
            "2025年12月",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
