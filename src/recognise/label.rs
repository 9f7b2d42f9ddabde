//! Header cells that say more than a label: two axes parted by a diagonal, the same in a second
//! language, a title above the label.

use super::header::Heading;
use crate::fold;
use crate::scheme::{Candidate, Dictionary, Kind, Scheme};

/// The label in front of its English name: `姓名` in `姓名Name`.
pub(super) fn untranslated(folded: &str) -> Option<&str> {
    let at = folded.find(|c: char| c.is_ascii())?;
    let (label, foreign) = folded.split_at(at);
    let letters = foreign.bytes().filter(u8::is_ascii_alphabetic).count();
    let plain = |b: u8| b.is_ascii_alphabetic() || matches!(b, b'.' | b'/' | b'-' | b'(' | b')');
    (!label.is_empty() && letters >= 2 && foreign.bytes().all(plain)).then_some(label)
}

/// Takes the second language off all labels where most have one. A single one can be part of the
/// meaning: a teacher's QQ is no teacher.
pub(super) fn untranslate(headings: &mut [Heading]) {
    let both = |h: &&Heading| h.folded.last().is_some_and(|t| untranslated(t).is_some());
    let count = headings.iter().filter(both).count();
    if count < 3 || count * 5 < headings.len() * 3 {
        return;
    }
    for heading in headings {
        for (folded, text) in heading.folded.iter_mut().zip(&heading.path) {
            if let Some(label) = untranslated(folded)
                && parted(text)
            {
                *folded = label.to_owned();
            }
        }
    }
}

/// Whether the foreign words stand apart, and are no name of a means to reach somebody.
fn parted(text: &str) -> bool {
    let Some(at) = text.find(|c: char| c.is_ascii_alphabetic()) else {
        return false;
    };
    let (label, name) = text.split_at(at);
    let apart =
        label.ends_with([' ', '(', '/', '-']) || name.bytes().any(|b| b.is_ascii_lowercase());
    let reach = name.to_ascii_lowercase();
    let reach = reach.trim_end_matches(')');
    apart && !["qq", "mail", "email", "e-mail", "wechat"].contains(&reach)
}

/// What the corner cell of a header says about its own column, where a diagonal or a line break
/// parts it from a word for the labels on its right (项目\\学校) or from the table's title.
pub(super) fn corner(text: &str, dictionary: &Dictionary, scheme: &Scheme) -> Vec<Candidate> {
    let parts: Vec<String> = text
        .split([' ', '\\', '/', '|', '╲', '＼'])
        .map(fold::label)
        .filter(|t| !t.is_empty())
        .collect();
    if !(2..=4).contains(&parts.len()) {
        return Vec::new();
    }
    // What names the blocks of a wide table, if it has them: 类别\\姓名.
    let names_blocks = |t: &String| {
        dictionary.get(t).iter().any(|s| {
            let spread = scheme.forms[s.form].spread.as_ref();
            spread.is_some_and(|b| b.term == Some(s.field) || b.name == Some(s.field))
        })
    };
    let other = |t: &&String| {
        let title = |w: &String| t.len() > w.len() && t.ends_with(w.as_str());
        !dictionary.axis.contains(t) && !dictionary.title.iter().any(title) && !names_blocks(t)
    };
    let own: Vec<&String> = parts.iter().filter(other).collect();
    let [own] = own.as_slice() else {
        return Vec::new();
    };
    let kinds = |kind: &Kind| {
        matches!(
            kind,
            Kind::School | Kind::SchoolCode | Kind::Name | Kind::Serial | Kind::IdNumber
        )
    };
    dictionary
        .get(own)
        .iter()
        .filter(|s| kinds(&scheme.forms[s.form].fields[s.field].kind))
        .map(|s| Candidate {
            form: s.form,
            field: s.field,
            rank: 3,
            order: s.order,
        })
        .collect()
}
