//! Dated versions of a policy, read from `[[version]]` tables: each says from when it holds, on
//! which document it rests, and what differs from the version before it.

use super::read::{Reader, Table};
use super::setting::Setting;
use chrono::NaiveDate;
use toml::de::DeTable;

/// One `[[version]]`.
#[derive(Debug)]
pub(super) struct Version<'a> {
    /// First day on which it holds.
    pub(super) from: NaiveDate,
    /// Last day, where the next version does not say it.
    pub(super) until: Option<NaiveDate>,
    /// Number and date of its document; empty where the earlier one is still named.
    pub(super) document: Option<String>,
    /// What differs.
    pub(super) set: Vec<Setting<'a>>,
}

/// Reads all of them; each must begin after the one before it.
pub(super) fn versions<'a>(reader: &Reader<'a>, document: &DeTable<'a>) -> Vec<Version<'a>> {
    let root = Table::root(reader, document);
    let mut out: Vec<Version<'a>> = Vec::new();
    for t in root.tables("version") {
        let mut set = Vec::new();
        if let Some(all) = t.table("set") {
            for (path, value) in all.entries() {
                set.push(Setting {
                    path: path.to_owned(),
                    at: all.key_at(path),
                    value: value.clone(),
                });
            }
        }
        let (from, until) = (t.need_date("from"), t.date("until"));
        let document = t.text("document");
        t.close();
        let Some(from) = from else { continue };
        if out.last().is_some_and(|earlier| earlier.from >= from) {
            t.wrong("from", "scheme.version-order");
        }
        out.push(Version {
            from,
            until,
            document,
            set,
        });
    }
    out
}
