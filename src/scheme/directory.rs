//! The bureau's directory of schools: names, codes, towns and the official order, and how a name
//! is found in a text.
//!
//! A school is found by its code, by its name or alias, by a form derived from them (without the
//! place name in front, with the town in front, with a usual short ending), or inside a longer
//! text. What could be two schools is never one of them: [`Found::Several`].

use super::lookup::{QuickMap, Remembered};
use super::school_text::{Folded, derived, ends_with, starts_with};
use super::words::SchoolWords;
use crate::fold;
use std::collections::{BTreeMap, BTreeSet};

/// Id of the form that a directory of schools is read as.
pub const DIRECTORY_FORM: &str = "directory";

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

/// What a text says about a school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Exactly this one, by its index.
    One(usize),
    /// It could be any of these, in official order.
    Several(Vec<usize>),
    /// None that the directory knows.
    Nothing,
}

impl Found {
    fn of(schools: BTreeSet<usize>) -> Found {
        match schools.len() {
            0 => Found::Nothing,
            1 => schools.first().map_or(Found::Nothing, |s| Found::One(*s)),
            _ => Found::Several(schools.into_iter().collect()),
        }
    }

    /// The school, if it is exactly one.
    pub fn one(&self) -> Option<usize> {
        match self {
            Found::One(school) => Some(*school),
            _ => None,
        }
    }
}

/// How much of a text a school's name may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Nearly all: a cell, a submitter. Only a place name before it, only brackets after it.
    Whole,
    /// Any part: a title, a file's name.
    Part,
}

/// All schools in the bureau's own order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Directory {
    schools: Vec<School>,
    by_code: BTreeMap<String, usize>,
    spellings: Vec<Spelling>,
    /// Spelling by its folded text.
    by_text: QuickMap<String, usize>,
    /// Spellings by their first two characters, the longest first.
    by_start: QuickMap<(char, char), Vec<usize>>,
    /// Folded towns.
    districts: BTreeSet<String>,
    words: SchoolWords,
    /// What [`Directory::find_anywhere`] found: sheets and folders have few names.
    found: Remembered<Found>,
}

/// One way of writing the name of one or more schools.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Spelling {
    text: Vec<char>,
    /// Schools of which it is the name or an alias.
    own: BTreeSet<usize>,
    /// Schools of which it is a derived form, and what was cut off before it.
    derived: BTreeMap<usize, Vec<char>>,
}

impl Directory {
    /// Builds the look-ups; the order given is the official one. Without words names are found as
    /// they are written only.
    pub fn new(schools: Vec<School>) -> Directory {
        Directory::with_words(schools, &SchoolWords::default())
    }

    /// Builds the look-ups; the order given is the official one.
    pub fn with_words(schools: Vec<School>, words: &SchoolWords) -> Directory {
        let mut directory = Directory {
            words: words.clone(),
            ..Directory::default()
        };
        for (i, school) in schools.iter().enumerate() {
            if !school.code.is_empty() {
                directory
                    .by_code
                    .entry(fold::label(&school.code))
                    .or_insert(i);
            }
            if !school.district.is_empty() {
                directory.districts.insert(fold::label(&school.district));
            }
            for name in std::iter::once(&school.name).chain(&school.aliases) {
                let folded = fold::label(name);
                directory.add(&folded, i, None);
                for (derived, cut) in derived(&folded, &fold::label(&school.district), words) {
                    directory.add(&derived, i, Some(cut));
                }
            }
        }
        directory.schools = schools;
        let spellings = &directory.spellings;
        for (i, spelling) in spellings.iter().enumerate() {
            if let [first, second, ..] = spelling.text[..] {
                directory
                    .by_start
                    .entry((first, second))
                    .or_default()
                    .push(i);
            }
        }
        directory.by_start.values_mut().for_each(|candidates| {
            candidates.sort_by_key(|i| (std::cmp::Reverse(spellings[*i].text.len()), *i));
        });
        directory
    }

    fn add(&mut self, folded: &str, school: usize, cut: Option<String>) {
        if folded.chars().count() < 2 {
            return;
        }
        let next = self.spellings.len();
        let at = *self.by_text.entry(folded.to_owned()).or_insert(next);
        if at == next {
            self.spellings.push(Spelling {
                text: folded.chars().collect(),
                ..Spelling::default()
            });
        }
        let spelling = &mut self.spellings[at];
        match cut {
            None => {
                spelling.own.insert(school);
            }
            Some(cut) => {
                let cut = cut.chars().collect();
                spelling.derived.entry(school).or_insert(cut);
            }
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

    /// Whether any school has a code.
    pub fn has_codes(&self) -> bool {
        !self.by_code.is_empty()
    }

    /// The school of that name or alias, if there is exactly one.
    pub fn by_name(&self, name: &str) -> Option<usize> {
        self.named(&fold::label(name)).one()
    }

    /// The school of that code.
    pub fn by_code(&self, code: &str) -> Option<usize> {
        self.by_code.get(&fold::label(code)).copied()
    }

    /// By a folded name: names and aliases before derived forms.
    fn named(&self, folded: &str) -> Found {
        match self.by_text.get(folded) {
            Some(at) => self.spellings[*at].schools(|_| true),
            None => Found::Nothing,
        }
    }

    /// Looks for a school in a text: first as its whole, then inside.
    pub fn find(&self, text: &str, extent: Extent) -> Found {
        let whole = self.named(&fold::label_of(text));
        if whole != Found::Nothing {
            return whole;
        }
        let inside = self.inside(&Folded::new(text), extent);
        inside.unwrap_or(Found::Nothing)
    }

    /// Looks for a school in a text that may be a name, and if it is none, in any part of it.
    pub fn find_anywhere(&self, text: &str) -> Found {
        self.found.get(text, || self.search(text))
    }

    fn search(&self, text: &str) -> Found {
        let whole = self.named(&fold::label_of(text));
        if whole != Found::Nothing {
            return whole;
        }
        let text = Folded::new(text);
        match self.inside(&text, Extent::Whole) {
            Some(Found::Nothing) => self.inside(&text, Extent::Part).unwrap_or(Found::Nothing),
            found => found.unwrap_or(Found::Nothing),
        }
    }

    /// Looks for names inside a text; `None` where not even the letters of one stand in it.
    fn inside(&self, text: &Folded, extent: Extent) -> Option<Found> {
        let mut matches: Vec<(usize, usize, Vec<usize>)> = Vec::new();
        let mut spelt = false;
        for start in 0..text.chars.len().saturating_sub(1) {
            let key = (text.chars[start], text.chars[start + 1]);
            let Some(candidates) = self.by_start.get(&key) else {
                continue;
            };
            for candidate in candidates {
                let spelling = &self.spellings[*candidate];
                if !text.chars[start..].starts_with(&spelling.text) {
                    continue;
                }
                spelt = true;
                let end = start + spelling.text.len();
                if !self.may_end(text, end, extent) {
                    continue;
                }
                let schools = self.beginning(text, start, spelling);
                if !schools.is_empty() {
                    matches.push((start, end, schools));
                    break;
                }
            }
        }
        let inside = |a: &(usize, usize, _), b: &(usize, usize, _)| {
            b.0 <= a.0 && a.1 <= b.1 && (b.1 - b.0) > (a.1 - a.0)
        };
        let longest = matches
            .iter()
            .filter(|m| !matches.iter().any(|other| inside(m, other)));
        spelt.then(|| Found::of(longest.flat_map(|m| m.2.iter().copied()).collect()))
    }

    /// A school whose code stands in the text as a word of its own.
    pub fn code_within(&self, text: &str) -> Option<usize> {
        let folded = fold::label_of(text);
        let mut found = folded
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| word.len() >= 4)
            .filter_map(|word| self.by_code.get(word).copied());
        let first = found.next()?;
        found.all(|other| other == first).then_some(first)
    }

    /// Up to three schools whose names look most like the text, the most alike first.
    pub fn nearest(&self, text: &str) -> Vec<&str> {
        let folded = fold::label(text);
        let alike =
            |name: &str| strsim::normalized_damerau_levenshtein(&folded, &fold::label(name));
        let mut best: Vec<(f64, usize)> = self
            .schools
            .iter()
            .enumerate()
            .map(|(i, s)| {
                let names = std::iter::once(&s.name).chain(&s.aliases);
                (names.map(|n| alike(n)).fold(0.0, f64::max), i)
            })
            .filter(|(score, _)| *score >= 0.5)
            .collect();
        best.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        best.truncate(3);
        best.into_iter()
            .map(|(_, i)| self.schools[i].name.as_str())
            .collect()
    }

    /// The schools that a spelling can mean where it begins at `start`, in official order.
    fn beginning(&self, text: &Folded, start: usize, spelling: &Spelling) -> Vec<usize> {
        let run = text.run_before(start);
        let ends = |run: &[char], words: &[String]| words.iter().any(|w| ends_with(run, w));
        let leads = |run: &[char]| {
            run.is_empty() || ends(run, &self.words.lead) || ends(run, &self.words.before)
        };
        // Another town's name in front makes it another school.
        let town = self.districts.iter().find(|d| ends_with(run, d));
        let own_town = |school: usize| {
            town.is_none_or(|t| {
                let district = fold::label_of(&self.schools[school].district);
                district.is_empty() || *t == district
            })
        };
        let own = leads(run) || ends(run, &self.words.regions);
        let mut schools: Vec<usize> = if own {
            spelling
                .own
                .iter()
                .copied()
                .filter(|s| own_town(*s))
                .collect()
        } else {
            Vec::new()
        };
        if schools.is_empty() {
            let derived = spelling.derived.iter().filter(|(_, cut)| {
                let common = run.iter().rev().zip(cut.iter().rev());
                let common = common.take_while(|(a, b)| a == b).count();
                leads(&run[..run.len() - common])
            });
            schools = derived.map(|(s, _)| *s).filter(|s| own_town(*s)).collect();
        }
        schools
    }

    /// Whether a school's name may end at `end`.
    fn may_end(&self, text: &Folded, end: usize, extent: Extent) -> bool {
        let rest = text.run_after(end);
        if rest.is_empty() {
            return true;
        }
        let starts = |words: &[String]| words.iter().any(|w| starts_with(rest, w));
        if starts(&self.words.departments) {
            return true;
        }
        extent == Extent::Part && !starts(&self.words.branches)
    }
}

impl Spelling {
    fn schools(&self, which: impl Fn(usize) -> bool) -> Found {
        let own: BTreeSet<usize> = self.own.iter().copied().filter(|s| which(*s)).collect();
        if !own.is_empty() {
            return Found::of(own);
        }
        Found::of(self.derived.keys().copied().filter(|s| which(*s)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::templates;

    fn directory(schools: &[(&str, &str)]) -> Directory {
        let schools = schools
            .iter()
            .enumerate()
            .map(|(i, (name, district))| School {
                name: (*name).into(),
                district: (*district).into(),
                code: format!("31339900{i:02}"),
                ..School::default()
            });
        Directory::with_words(schools.collect(), &templates::words().schools)
    }

    fn found(d: &Directory, text: &str) -> Option<usize> {
        d.find(text, Extent::Part).one()
    }

    #[test]
    fn names_are_found_inside_titles_and_file_names() {
        let d = directory(&[
            ("实验小学", ""),
            ("城关镇中心小学", "城关镇"),
            ("柳河初级中学", "柳河镇"),
        ]);
        assert_eq!(found(&d, "县实验小学教师花名册"), Some(0));
        assert_eq!(found(&d, "2025年度实验小学教师基本情况表"), Some(0));
        assert_eq!(found(&d, "03实 验 小 学"), Some(0));
        assert_eq!(found(&d, "附件2：清河县城关镇中心小学（最终）"), Some(1));
        assert_eq!(found(&d, "城关中心校 培训登记"), Some(1));
        assert_eq!(found(&d, "柳河镇柳河初中小学部教师"), Some(2));
        assert_eq!(d.code_within("3133990002_roster"), Some(2));
    }

    #[test]
    fn a_longer_name_is_not_the_shorter_one() {
        let d = directory(&[
            ("实验小学", ""),
            ("第二实验小学", ""),
            ("实验小学附属幼儿园", ""),
        ]);
        assert_eq!(found(&d, "第二实验小学教师花名册"), Some(1));
        assert_eq!(found(&d, "县实验小学附属幼儿园"), Some(2));
        for other in [
            "新实验小学教师花名册",
            "第3实验小学",
            "实验小学分校名册",
            "第三实验小学",
        ] {
            assert_eq!(d.find(other, Extent::Part), Found::Nothing, "{other}");
        }
    }

    #[test]
    fn what_could_be_two_schools_is_neither() {
        let d = directory(&[
            ("城关镇中心小学", "城关镇"),
            ("柳河镇中心小学", "柳河镇"),
            ("第一中学", "城关镇"),
        ]);
        assert_eq!(
            d.find("中心小学", Extent::Whole),
            Found::Several(vec![0, 1])
        );
        assert_eq!(found(&d, "中心小学花名册"), None);
        assert_eq!(found(&d, "柳河镇中心小学花名册"), Some(1));
        // A town that the directory does not know has its own central school.
        assert_eq!(d.find("石桥镇中心小学花名册", Extent::Part), Found::Nothing);
        assert_eq!(found(&d, "清河县第一中学"), Some(2));
        assert_eq!(d.find("柳河镇第一中学", Extent::Part), Found::Nothing);
    }

    #[test]
    fn a_cell_must_be_a_name_and_nothing_else() {
        let d = directory(&[("清河县城关小学", "")]);
        let cell = |text| d.find(text, Extent::Whole).one();
        assert_eq!(cell("城关小学"), Some(0));
        assert_eq!(cell("清河县 城关小学（东校区）"), Some(0));
        assert_eq!(cell("城关小学教师花名册"), None);
        assert_eq!(cell("城关小字"), None);
        assert_eq!(d.nearest("清河县城关小字"), ["清河县城关小学"]);
    }
}
