//! The groups of rules: the hundreds of their codes. A command that takes rules takes groups too.

use super::Rule;

/// Rules of one kind of mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group {
    /// Stable name, as a user types it; its title is `group.<name>` in the message catalogue.
    pub name: &'static str,
    /// Codes of its rules divided by a hundred.
    hundreds: u16,
}

impl Group {
    /// Every group, in the order of the codes.
    pub const ALL: [Group; 9] = [
        Group::new("identity", 1),
        Group::new("values", 2),
        Group::new("totals", 3),
        Group::new("schools", 4),
        Group::new("tables", 5),
        Group::new("cells", 6),
        Group::new("files", 7),
        Group::new("scheme", 8),
        Group::new("money", 9),
    ];

    const fn new(name: &'static str, hundreds: u16) -> Group {
        Group { name, hundreds }
    }

    /// The group of that name.
    pub fn find(text: &str) -> Option<Group> {
        let text = text.trim();
        Group::ALL
            .into_iter()
            .find(|g| g.name.eq_ignore_ascii_case(text))
    }

    /// Its rules, in the order of their codes.
    pub fn rules(self) -> Vec<Rule> {
        let own = |r: &Rule| r.code() / 100 == self.hundreds;
        let mut rules: Vec<Rule> = Rule::ALL.iter().copied().filter(own).collect();
        rules.sort_by_key(|r| r.code());
        rules
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{self, Lang};

    #[test]
    fn every_rule_stands_in_one_group_and_every_group_has_a_title() {
        let all: usize = Group::ALL.iter().map(|g| g.rules().len()).sum();
        assert_eq!(all, Rule::ALL.len());
        for group in Group::ALL {
            assert!(!group.rules().is_empty(), "{}", group.name);
            assert_eq!(Group::find(&group.name.to_uppercase()), Some(group));
            assert!(
                Rule::find(group.name).is_none(),
                "no rule is called like a group"
            );
            for lang in [Lang::Zh, Lang::En] {
                assert!(message::raw(lang, &format!("group.{}", group.name)).is_some());
            }
        }
    }
}
