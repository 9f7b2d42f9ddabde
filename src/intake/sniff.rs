//! What a file really is. Names are never asked: an xlsx named .xls, HTML named .xls and a
//! picture named .xlsx are all everyday.

use super::job::Refusal;
use super::package::Package;
use super::text::{Decoded, decode};
use cfb::CompoundFile;
use memchr::memmem;
use std::io::Cursor;

/// The reader a file belongs to, with what was opened of it to tell.
pub(super) enum Kind<'a> {
    Xlsx(Box<Package<'a>>),
    Xlsb(Box<Package<'a>>),
    Xls(Box<Container<'a>>),
    /// BIFF records without an OLE container.
    BareBiff,
    Ods(Box<Package<'a>>),
    /// OpenDocument as one XML file.
    FlatOds,
    Html(Whole<'a>),
    SpreadsheetMl(Whole<'a>),
    Text(Whole<'a>),
    /// A zip of other files.
    Archive(Box<Package<'a>>),
    /// Something that is never read, and what it is.
    Refused(Refusal),
}

/// An OLE container.
pub(super) type Container<'a> = CompoundFile<Cursor<&'a [u8]>>;
/// A file's text; `None` where only the beginning of a long one was decoded.
pub(super) type Whole<'a> = Option<Decoded<'a>>;

/// First bytes of an OLE container.
pub(super) const OLE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
const ZIP: &[&[u8]] = &[b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"];

/// First bytes of what is never a table, and the variant that says so.
const OTHERS: &[(&[u8], &str)] = &[
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xFF\xD8\xFF", "picture"),
    (b"GIF8", "picture"),
    (b"BM", "picture"),
    (b"II*\0", "picture"),
    (b"MM\0*", "picture"),
    (b"Rar!\x1A\x07", "archive-other"),
    (b"7z\xBC\xAF\x27\x1C", "archive-other"),
    (b"\x1F\x8B", "archive-other"),
    (b"\xFD7zXZ", "archive-other"),
    (b"BZh", "archive-other"),
    (b"{\\rtf", "word"),
    (b"MZ", "program"),
    (b"\x7FELF", "program"),
    (b"\0\x01\0\0Standard", "database"),
];

/// Decides from the content.
pub(super) fn kind(bytes: &[u8]) -> Kind<'_> {
    let refused = |variant| Kind::Refused(Refusal::unreadable(variant));
    if bytes.is_empty() {
        return refused("empty");
    }
    if bytes.starts_with(OLE) {
        return ole(bytes);
    }
    if ZIP.iter().any(|magic| bytes.starts_with(magic)) {
        return zip(bytes);
    }
    // Files that a bureau's own data guard has locked; only its client can open them.
    if memmem::find(&bytes[..bytes.len().min(512)], b"E-SafeNet").is_some() {
        return Kind::Refused(Refusal::encrypted("guard"));
    }
    if let [
        0x09,
        version @ (0x00 | 0x02 | 0x04 | 0x08),
        0x04..=0x10,
        0x00,
        ..,
    ] = bytes
    {
        return match version {
            0x08 => Kind::BareBiff,
            _ => refused("biff-old"),
        };
    }
    if bytes.iter().all(|b| *b == 0) {
        return refused("zeros");
    }
    // "BM" and "MZ" alone may begin a text; a binary file shows a zero byte soon after.
    let head = &bytes[..bytes.len().min(64)];
    for (magic, variant) in OTHERS {
        if bytes.starts_with(magic)
            && (magic.len() > 2 || head.contains(&0) || *magic == b"\x1F\x8B")
        {
            return refused(variant);
        }
    }
    if bytes.get(4..8) == Some(b"ftyp") || (bytes.starts_with(b"RIFF") && head.contains(&0)) {
        return refused("picture");
    }
    if bytes.get(257..262) == Some(b"ustar") {
        return refused("archive-other");
    }
    written(bytes)
}

/// Something written in characters, or a blob.
fn written(bytes: &[u8]) -> Kind<'_> {
    let refused = |variant| Kind::Refused(Refusal::unreadable(variant));
    // The marks of a format lie near its beginning; a web page may carry much style before them.
    let head = &bytes[..bytes.len().min(1 << 20)];
    let cut = head.len() < bytes.len();
    let Some(decoded) = decode(head, cut) else {
        return refused("binary");
    };
    let text = decoded
        .text
        .trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    if text.is_empty() {
        return refused("blank");
    }
    let whole = |decoded| (!cut).then_some(decoded);
    let start = text[..floor(text, 4096)].to_ascii_lowercase();
    if start.starts_with("id;p") {
        return refused("slk");
    }
    if start.starts_with("table\n0,1") || start.starts_with("table\r\n0,1") {
        return refused("dif");
    }
    if start.starts_with("mime-version:") || start.contains("content-type: multipart/related") {
        return refused("mht");
    }
    if !start.starts_with('<') {
        return Kind::Text(whole(decoded));
    }
    if start.contains("urn:schemas-microsoft-com:office:spreadsheet")
        && !start.contains("<html")
        && has(text, "<workbook") | has(text, ":workbook")
    {
        return Kind::SpreadsheetMl(whole(decoded));
    }
    if start.contains("urn:oasis:names:tc:opendocument") && has(text, "<office:spreadsheet") {
        return Kind::FlatOds;
    }
    if has(text, "<table") || has(text, "<tr") {
        return Kind::Html(whole(decoded));
    }
    if start.starts_with("<?xml") {
        return refused("xml");
    }
    if [
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<meta",
        "<script",
        "<div",
    ]
    .iter()
    .any(|tag| start.contains(tag))
    {
        return refused("page");
    }
    Kind::Text(whole(decoded))
}

/// The next character boundary at or before a byte offset.
fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Whether a lower-case ASCII word occurs in either case.
fn has(text: &str, word: &str) -> bool {
    let (bytes, word) = (text.as_bytes(), word.as_bytes());
    memchr::memchr_iter(word[0], bytes).any(|at| {
        bytes
            .get(at..at + word.len())
            .is_some_and(|b| b.eq_ignore_ascii_case(word))
    })
}

/// What an OLE container holds.
fn ole(bytes: &[u8]) -> Kind<'_> {
    let refused = |variant| Kind::Refused(Refusal::unreadable(variant));
    let Ok(container) = CompoundFile::open(Cursor::new(bytes)) else {
        return refused("ole-damaged");
    };
    let names: Vec<String> = container
        .read_root_storage()
        .map(|e| e.name().to_ascii_lowercase())
        .collect();
    let has = |name: &str| names.iter().any(|n| n == name);
    if has("encryptedpackage") {
        return Kind::Refused(Refusal::encrypted("workbook"));
    }
    if has("\u{9}drmcontent") {
        return Kind::Refused(Refusal::encrypted("rights"));
    }
    if has("workbook") || has("book") {
        return Kind::Xls(Box::new(container));
    }
    match () {
        () if has("worddocument") => refused("word"),
        () if has("powerpoint document") => refused("slides"),
        () if has("__properties_version1.0") => refused("mail"),
        () if has("contents") && has("data") => refused("works"),
        () => refused("ole-other"),
    }
}

/// What a zip holds.
fn zip(bytes: &[u8]) -> Kind<'_> {
    let refused = |variant| Kind::Refused(Refusal::unreadable(variant));
    let package = match Package::open(bytes) {
        Ok(package) => Box::new(package),
        Err(refusal) => return Kind::Refused(refusal),
    };
    if package.has("_rels/.rels") || package.has("[Content_Types].xml") {
        return match () {
            () if package.has("xl/workbook.bin") => Kind::Xlsb(package),
            () if package.any(|n| n.starts_with("word/")) => refused("word"),
            () if package.any(|n| n.starts_with("ppt/")) => refused("slides"),
            () if package.any(|n| n.starts_with("visio/")) => refused("office-other"),
            () => Kind::Xlsx(package),
        };
    }
    if package.has("xl/workbook.xml") {
        return Kind::Xlsx(package);
    }
    if package.has("content.xml")
        && (package.has("mimetype") || package.has("META-INF/manifest.xml"))
    {
        return Kind::Ods(package);
    }
    if package.has("OFD.xml") {
        return refused("ofd");
    }
    if package.has("Index/Document.iwa") || package.any(|n| n.ends_with(".iwa")) {
        return refused("numbers");
    }
    Kind::Archive(package)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(bytes: &[u8]) -> Refusal {
        match kind(bytes) {
            Kind::Refused(refusal) => refusal,
            _ => panic!("taken for a format"),
        }
    }

    #[test]
    fn each_stranger_is_called_by_its_name() {
        let is = |bytes: &[u8], variant| assert_eq!(refused(bytes), Refusal::unreadable(variant));
        is(b"", "empty");
        is(b" \r\n", "blank");
        is(&[0; 4096], "zeros");
        is(b"%PDF-1.7 ...", "pdf");
        is(b"\x89PNG\r\n\x1A\n\0\0\0", "picture");
        is(b"\xFF\xD8\xFF\xE0\0\x10JFIF", "picture");
        is(b"Rar!\x1A\x07\x01\0", "archive-other");
        is(b"ID;PWXL;N;E\r\nP;PGeneral", "slk");
        is(b"{\\rtf1\\ansi", "word");
        is(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1junk", "ole-damaged");
        is(b"PK\x03\x04 cut short", "zip-damaged");
        is(b"\x09\x02\x06\0\0\0\x10\0", "biff-old");
        is(b"<html><body>please log in</body></html>", "page");
        is(b"<?xml version='1.0'?><note/>", "xml");
        is(
            &(0..=255u8).cycle().take(9000).collect::<Vec<_>>(),
            "binary",
        );
        assert_eq!(
            refused(b"b\x14#e\x01\0E-SafeNet\0LOCK"),
            Refusal::encrypted("guard")
        );
    }

    #[test]
    fn what_is_written_is_told_apart() {
        assert!(matches!(kind(b"BM,MZ\n1,2\n"), Kind::Text(Some(_))));
        assert!(matches!(
            kind("姓名,学校\n".as_bytes()),
            Kind::Text(Some(_))
        ));
        assert!(matches!(
            kind(b"<TABLE><tr><td>1</table>"),
            Kind::Html(Some(_))
        ));
        assert!(matches!(
            kind(b"\xEF\xBB\xBF<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"/>"),
            Kind::SpreadsheetMl(Some(_))
        ));
    }
}
