//! Zip archives of workbooks: each member is read as a file of its own, `a.zip/b.xlsx`, and an
//! archive in the archive once more. Names without the UTF-8 flag are GBK, as Chinese Windows
//! writes them; the Unicode-path field counts before both.

use super::job::Refusal;
use super::package::Package;
use super::sniff::{self, Kind};
use super::{Limits, is_skipped, read_one};
use crate::diagnostic::{Diagnosed, Diagnostic, Place, Rule};
use crate::grid::Workbook;
use encoding_rs::GB18030;
use std::sync::Arc;

/// Archives within archives.
const MAX_DEPTH: usize = 1;

/// What all members together may still use.
struct Left {
    bytes: u64,
    members: usize,
}

/// Reads the members of an archive and appends what came of each.
pub(super) fn read(
    file: &str,
    package: Package<'_>,
    limits: &Limits,
    found: &mut Diagnosed<Vec<Workbook>>,
) {
    let mut left = Left {
        bytes: limits.archive,
        members: limits.members,
    };
    if let Err(refusal) = members(file, package, limits, &mut left, 0, found) {
        let place = Place::file(&Arc::from(file));
        found.diagnostics.push(refusal.diagnostic(place));
    }
}

fn members(
    file: &str,
    mut package: Package<'_>,
    limits: &Limits,
    left: &mut Left,
    depth: usize,
    found: &mut Diagnosed<Vec<Workbook>>,
) -> Result<(), Refusal> {
    let listed = package.members();
    if listed.is_empty() {
        return Err(Refusal::unreadable("archive-empty"));
    }
    if package.has_duplicate_names() {
        // Only one of two members of the same name can be reached.
        let place = Place::file(&Arc::from(file));
        found
            .diagnostics
            .push(Refusal::unreadable("archive-twice").diagnostic(place));
    }
    if listed.iter().all(|m| m.encrypted) {
        return Err(Refusal::encrypted("archive"));
    }
    for listed in listed {
        let name = name(&listed.name);
        let member = format!("{file}/{name}");
        let place = Place::file(&Arc::from(member.as_str()));
        match left.members.checked_sub(1) {
            Some(members) => left.members = members,
            None => return Err(Refusal::too_large("members", limits.members)),
        }
        if is_skipped(&name) {
            found
                .diagnostics
                .push(Diagnostic::new(Rule::FileSkipped, place));
            continue;
        }
        let mut bytes = Vec::new();
        let read = super::contained(|| {
            let left = left.bytes.min(limits.inflated);
            let read = package.member(listed.index, left, &mut bytes);
            read.map_err(|refused| {
                refused.unwrap_or_else(|| {
                    Refusal::too_large("inflated", format!("{} MB", limits.inflated >> 20))
                })
            })
        });
        if let Err(refusal) = read {
            found.diagnostics.push(refusal.diagnostic(place));
            continue;
        }
        left.bytes = left.bytes.saturating_sub(bytes.len() as u64);
        match sniff::kind(&bytes) {
            Kind::Archive(package) if depth < MAX_DEPTH => {
                if let Err(refusal) = members(&member, *package, limits, left, depth + 1, found) {
                    found.diagnostics.push(refusal.diagnostic(place));
                }
            }
            kind => read_one(&member, &bytes, kind, limits, found),
        }
    }
    Ok(())
}

/// The bytes of a member, at most two archives deep.
pub(super) fn find(
    archive: &str,
    mut package: Package<'_>,
    wanted: &str,
    limits: &Limits,
) -> Option<Vec<u8>> {
    for listed in package.members() {
        let member = format!("{archive}/{}", name(&listed.name));
        let below = match wanted.strip_prefix(&member) {
            Some(below) if below.is_empty() || below.starts_with('/') => below,
            _ => continue,
        };
        let mut bytes = Vec::new();
        if package
            .member(listed.index, limits.inflated, &mut bytes)
            .is_err()
        {
            continue;
        }
        if below.is_empty() {
            return Some(bytes);
        }
        if let Kind::Archive(inner) = sniff::kind(&bytes)
            && let Some(found) = find(&member, *inner, wanted, limits)
        {
            return Some(found);
        }
    }
    None
}

/// A member's name: UTF-8 where it is that, else GBK; `/` between folders, none leading out.
fn name(raw: &[u8]) -> String {
    let name = match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => GB18030.decode_without_bom_handling(raw).0.into_owned(),
    };
    name.split(['/', '\\'])
        .filter(|part| !matches!(*part, "" | "." | ".."))
        .collect::<Vec<_>>()
        .join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;
    use std::io::{Cursor, Write};
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in members {
            writer
                .start_file(*name, SimpleFileOptions::default())
                .unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn names(found: &Diagnosed<Vec<Workbook>>) -> Vec<&str> {
        found.value.iter().map(|w| &*w.file).collect()
    }

    #[test]
    fn members_are_read_where_they_lie() {
        let inner = zip(&[("三中.csv", "甲,乙\n1,2\n".as_bytes())]);
        let deep = zip(&[("x.zip", &zip(&[("y.csv", b"a,b\n")]))]);
        let outer = zip(&[
            ("一中/名册.csv", "甲,乙\n".as_bytes()),
            ("__MACOSX/._名册.csv", b"junk"),
            ("~$名册.xlsx", b"junk"),
            ("内.zip", &inner),
            ("深.zip", &deep),
            ("说明.pdf", b"%PDF-1.4 x"),
        ]);
        let found = super::super::read("报送.zip", &outer);
        assert_eq!(
            names(&found),
            ["报送.zip/一中/名册.csv", "报送.zip/内.zip/三中.csv"]
        );
        let said: Vec<_> = found
            .diagnostics
            .iter()
            .map(|d| format!("{} {}", d.place.file, d.key()))
            .collect();
        assert_eq!(
            said,
            [
                "报送.zip/__MACOSX/._名册.csv file-skipped",
                "报送.zip/~$名册.xlsx file-skipped",
                "报送.zip/深.zip/x.zip file-unreadable.archive-nested",
                "报送.zip/说明.pdf file-unreadable.pdf",
            ]
        );
    }

    #[test]
    fn names_in_gbk() {
        // Written as ASCII of the same length, then overwritten: no writer makes such names.
        let mut bytes = zip(&[("AAAA.csv", b"a,b\n1,2\n")]);
        let gbk = GB18030.encode("名册").0.into_owned();
        for at in 0..bytes.len() - 4 {
            if &bytes[at..at + 4] == b"AAAA" {
                bytes[at..at + 4].copy_from_slice(&gbk);
            }
        }
        assert_eq!(
            names(&super::super::read("a.zip", &bytes)),
            ["a.zip/名册.csv"]
        );
    }

    #[test]
    fn bombs_and_crowds_are_refused() {
        let limits = Limits {
            members: 2,
            inflated: 1 << 20,
            ..Limits::default()
        };
        let big = zip(&[("a.csv", &vec![b'1'; 2 << 20]), ("b.csv", b"1,2\n")]);
        let found = super::super::read_within("a.zip", &big, &limits);
        assert_eq!(names(&found), ["a.zip/b.csv"]);
        assert_eq!(found.diagnostics[0].key(), "file-too-large.inflated");
        let crowd = zip(&[
            ("a.csv", b"1,2\n"),
            ("b.csv", b"1,2\n"),
            ("c.csv", b"1,2\n"),
        ]);
        let found = super::super::read_within("a.zip", &crowd, &limits);
        assert_eq!(found.value.len(), 2);
        assert_eq!(found.diagnostics[0].key(), "file-too-large.members");
        assert_eq!(found.diagnostics[0].severity, Severity::Error);
    }
}
