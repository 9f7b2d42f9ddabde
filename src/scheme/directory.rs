//! The bureau's directory of schools: names, codes, towns and the official order.

use crate::fold;
use std::collections::BTreeMap;

/// One school of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct School {
    /// Full official name.
    pub name: String,
    /// Ten-digit code, or the bureau's own; empty where the directory has none.
    pub code: String,
    /// Town group or 学区; empty where unknown.
    pub district: String,
    /// 城区 镇区 乡村 as the directory says; empty where unknown.
    pub area: String,
    /// School type as the directory says (小学, 初级中学, 中心小学 …); empty where unknown.
    pub kind: String,
    /// Other names by which it is known.
    pub aliases: Vec<String>,
}

/// All schools in the bureau's own order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Directory {
    schools: Vec<School>,
    by_name: BTreeMap<String, Vec<usize>>,
    by_code: BTreeMap<String, usize>,
}

impl Directory {
    /// Builds the look-ups; the order given is the official one.
    pub fn new(schools: Vec<School>) -> Directory {
        let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut by_code = BTreeMap::new();
        for (i, school) in schools.iter().enumerate() {
            for name in std::iter::once(&school.name).chain(&school.aliases) {
                let slot = by_name.entry(fold::label(name)).or_default();
                if !slot.contains(&i) {
                    slot.push(i);
                }
            }
            if !school.code.is_empty() {
                by_code.entry(school.code.clone()).or_insert(i);
            }
        }
        Directory {
            schools,
            by_name,
            by_code,
        }
    }

    /// Whether there is no directory at all.
    pub fn is_empty(&self) -> bool {
        self.schools.is_empty()
    }

    /// All schools in official order.
    pub fn schools(&self) -> &[School] {
        &self.schools
    }

    /// The school of that name or alias, if there is exactly one.
    pub fn by_name(&self, name: &str) -> Option<usize> {
        match self.by_name.get(&fold::label(name)).map(Vec::as_slice) {
            Some([one]) => Some(*one),
            _ => None,
        }
    }

    /// The school of that code.
    pub fn by_code(&self, code: &str) -> Option<usize> {
        self.by_code.get(code.trim()).copied()
    }
}
