//! The bureau's schools file, read like any other table, as the directory of schools.

use super::{Data, NO_CODE, Records};
use crate::fold;
use crate::scheme::{DIRECTORY_FORM, Directory, Kind, Scheme, School};
use std::collections::BTreeSet;

/// The directory in the order of the file. Rows without a name are left out (the reading of the
/// file has reported them), a school that stands there twice counts once.
pub fn directory_from(records: &[Records], scheme: &Scheme) -> Directory {
    let Some(index) = scheme.form(DIRECTORY_FORM) else {
        return Directory::default();
    };
    let form = &scheme.forms[index];
    let mut schools: Vec<School> = Vec::new();
    let mut seen = BTreeSet::new();
    for table in records.iter().filter(|r| r.form == index) {
        let text = |id: &str, record: usize| -> String {
            let Some(field) = form.field(id) else {
                return String::new();
            };
            match (&table.columns[field], &form.fields[field].kind) {
                (Data::Text(texts), _) => texts.get(record).unwrap_or_default().to_owned(),
                (Data::Code(codes), Kind::Vocabulary(v)) if codes[record] != NO_CODE => scheme
                    .vocabulary(v)
                    .and_then(|v| v.terms.get(usize::from(codes[record])))
                    .map_or_else(String::new, |t| t.name.clone()),
                _ => String::new(),
            }
        };
        for record in 0..table.rows.len() {
            let school = School {
                name: text("name", record),
                code: text("code", record),
                district: text("district", record),
                area: text("area", record),
                kind: text("kind", record),
                aliases: aliases(&text("aliases", record)),
            };
            let key = (
                fold::label(&school.name),
                school.code.clone(),
                school.district.clone(),
            );
            if !school.name.is_empty() && seen.insert(key) {
                schools.push(school);
            }
        }
    }
    Directory::with_words(schools, &scheme.words.schools)
}

/// Several names in one cell, parted by commas, semicolons, strokes or U+3001.
fn aliases(cell: &str) -> Vec<String> {
    let folded = fold::clean(cell);
    folded
        .split([',', ';', '/', '|', '\u{3001}', '\u{ff0c}', '\u{ff1b}'])
        .map(str::trim)
        .filter(|a| !a.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalise::testing::{scheme, table};

    #[test]
    fn the_schools_file_keeps_its_order_and_counts_no_school_twice() {
        let s = scheme();
        let fields = ["name", "code", "district", "area", "aliases"];
        let rows = [
            vec!["柳河小学", "2", "柳河镇", "乡村", "柳小、柳河完小"],
            vec!["", "9", "", "", ""],
            vec!["城关小学", "1", "城关镇", "镇区", ""],
            vec!["柳河小学", "2", "柳河镇", "乡村", ""],
        ];
        let directory = directory_from(&[table(&s, "directory", "d.xlsx", "", &fields, &rows)], &s);
        let names: Vec<_> = directory
            .schools()
            .iter()
            .map(|s| s.name.as_str())
            .collect();
        assert_eq!(names, ["柳河小学", "城关小学"]);
        assert_eq!(directory.schools()[1].area, "镇区");
        assert_eq!(directory.by_name("柳小"), Some(0));
        assert_eq!(directory.by_code("1"), Some(1));
    }
}
