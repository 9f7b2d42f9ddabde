//! Names of files and sheets that every system takes.

use std::collections::BTreeSet;
use std::sync::Arc;

/// Characters that a file name may have at most; leaves room for folders on old systems.
const LONGEST_FILE: usize = 80;
/// UTF-16 units of a sheet name.
const LONGEST_SHEET: usize = 31;
/// Characters of a name in formulas; Excel takes 255, few people can read so many.
const LONGEST_NAME: usize = 60;
/// Names that Windows keeps for devices.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul"];

/// A file name, without extension, that Windows, macOS and Linux take.
pub fn file(wish: &str) -> String {
    let mut out: String = wish
        .trim()
        .chars()
        .map(|c| match c {
            '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*' => '_',
            c if c.is_control() => '_',
            c => c,
        })
        .take(LONGEST_FILE)
        .collect();
    while out.ends_with(['.', ' ']) {
        out.pop();
    }
    let stem = out.split('.').next().unwrap_or_default().to_lowercase();
    let numbered = |device: &str| {
        stem.strip_prefix(device)
            .is_some_and(|n| n.len() == 1 && n.chars().all(|c| c.is_ascii_digit()))
    };
    if out.is_empty() || DEVICES.contains(&stem.as_str()) || numbered("com") || numbered("lpt") {
        out.insert(0, '_');
    }
    out
}

/// File names already taken, whatever their case.
#[derive(Debug, Default)]
pub struct Files {
    taken: BTreeSet<String>,
}

impl Files {
    /// A free file name near the wish.
    pub fn claim(&mut self, wish: &str) -> String {
        let base = file(wish);
        let mut name = base.clone();
        let mut n = 2;
        while !self.taken.insert(name.to_lowercase()) {
            name = format!("{base}_{n}");
            n += 1;
        }
        name
    }
}

/// Sheet names already taken, whatever their case.
#[derive(Debug, Default)]
pub struct Sheets {
    taken: BTreeSet<String>,
    names: BTreeSet<String>,
}

impl Sheets {
    /// A free name for the table of a measure in formulas, to which a prefix is put: letters, digits
    /// and underscores, as Excel, WPS and LibreOffice all take them.
    pub fn name(&mut self, measure: &str) -> Arc<str> {
        let clean: String = measure
            .chars()
            .map(|c| if c.is_alphanumeric() { c } else { '_' })
            .take(LONGEST_NAME)
            .collect();
        let mut name = clean.clone();
        let mut n = 2;
        while !self.names.insert(name.to_lowercase()) {
            name = format!("{clean}_{n}");
            n += 1;
        }
        name.into()
    }

    /// A free, legal sheet name near the wish.
    pub fn claim(&mut self, wish: &str) -> Arc<str> {
        let clean: String = wish
            .chars()
            .map(|c| match c {
                '[' | ']' | ':' | '*' | '?' | '/' | '\\' => '_',
                c if c.is_control() => '_',
                c => c,
            })
            .collect();
        let clean = clean.trim().trim_matches('\'');
        // Excel keeps this name for itself.
        let clean = match clean {
            "" => "_",
            c if c.eq_ignore_ascii_case("history") => "_History",
            c => c,
        };
        let mut n = 1;
        loop {
            let suffix = if n == 1 {
                String::new()
            } else {
                format!("_{n}")
            };
            let name = cut(clean, LONGEST_SHEET - suffix.len()) + &suffix;
            if self.taken.insert(name.to_lowercase()) {
                return name.into();
            }
            n += 1;
        }
    }
}

fn cut(text: &str, units: usize) -> String {
    let mut left = units;
    let mut out: String = text
        .chars()
        .take_while(|c| {
            let fits = c.len_utf16() <= left;
            left = left.saturating_sub(c.len_utf16());
            fits
        })
        .collect();
    while out.ends_with(['\'', ' ']) {
        out.pop();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_that_windows_refuses_are_changed() {
        assert_eq!(file("第一小学"), "第一小学");
        assert_eq!(file(" a/b:c*?. "), "a_b_c__");
        assert_eq!(file("CON"), "_CON");
        assert_eq!(file("com1.x"), "_com1.x");
        assert_eq!(file(".."), "_");
        assert_eq!(file("comet"), "comet");
        let mut files = Files::default();
        assert_eq!(files.claim("A校"), "A校");
        assert_eq!(files.claim("a校"), "a校_2");
    }

    #[test]
    fn names_in_formulas_are_told_apart_whatever_their_case() {
        let mut sheets = Sheets::default();
        assert_eq!(&*sheets.name("hours"), "hours");
        assert_eq!(&*sheets.name("Hours"), "Hours_2");
        assert_eq!(&*sheets.name("学时-1"), "学时_1");
    }

    #[test]
    fn sheet_names_are_legal_and_unique() {
        let mut sheets = Sheets::default();
        let long = "某某市某某区农村中小学教师素质提升工程学时完成情况汇总统计表（二）";
        for _ in 0..12 {
            let name = sheets.claim(long);
            assert!(name.encode_utf16().count() <= 31, "{name}");
            assert!(rust_xlsxwriter::utility::check_sheet_name(&name).is_ok());
        }
        assert_eq!(&*sheets.claim("人数/比例:[1]"), "人数_比例__1_");
        assert_eq!(&*sheets.claim("'x'"), "x");
        assert_eq!(&*sheets.claim("X"), "X_2");
        assert_eq!(&*sheets.claim("history"), "_History");
    }
}
