//! From a column's header texts to the fields they can mean.

use super::How;
use super::label;
use super::words;
use crate::fold;
use crate::scheme::{Candidate, Dictionary, Reading, SLASH, Spelling};
use std::borrow::Cow;

/// How a reading was found.
pub(super) fn how(candidate: &Candidate) -> How {
    match candidate.rank {
        0 | 2 => How::Exact,
        1 | 3 => How::Trimmed,
        _ => How::Within,
    }
}

fn add(reading: &mut Reading, found: &[Spelling], rank: u8) {
    for s in found {
        let known = |c: &Candidate| c.form == s.form && c.field == s.field;
        if !reading.candidates.iter().any(known) {
            reading.candidates.push(Candidate {
                form: s.form,
                field: s.field,
                rank,
                order: s.order,
            });
        }
    }
}

/// A label in the ways in which it can be written in a dictionary, best first.
#[derive(Debug)]
struct Variants {
    /// The label itself, then what is left without marks, brackets, units and hints.
    texts: Vec<String>,
    /// What stands in brackets and is neither unit nor hint: a group written behind the label.
    qualifiers: Vec<String>,
    factor: Option<f64>,
}

/// Reads the header texts of a column, top spanner first, all folded.
pub(super) fn read(path: &[String], dictionary: &Dictionary) -> Reading {
    match path {
        [] => Reading::default(),
        [label] => dictionary.readings.get(label, || alone(label, dictionary)),
        // Folded texts have no line breaks.
        _ => dictionary
            .readings
            .get(&path.join("\n"), || understood(path, dictionary)),
    }
}

/// Whether a folded label without a group can mean a field of which something holds.
pub(super) fn means(
    label: &str,
    dictionary: &Dictionary,
    holds: impl Fn(&Candidate) -> bool,
) -> bool {
    let make = || alone(label, dictionary);
    let any = |reading: &Reading| reading.candidates.iter().any(&holds);
    dictionary.readings.ask(label, make, any)
}

/// A label without a group.
fn alone(label: &str, dictionary: &Dictionary) -> Reading {
    let found = understood(&[label.to_owned()], dictionary);
    match dashed(label, dictionary) {
        Some(parts) if found.candidates.is_empty() => {
            understood(&parts.map(str::to_owned), dictionary)
        }
        _ => found,
    }
}

fn understood(path: &[String], dictionary: &Dictionary) -> Reading {
    let mut reading = Reading::default();
    let Some((leaf, spanners)) = path.split_last() else {
        return reading;
    };
    let leaf = variants(leaf, dictionary);
    let groups: Vec<Variants> = spanners.iter().map(|s| variants(s, dictionary)).collect();
    reading.factor = leaf
        .factor
        .or_else(|| groups.iter().rev().find_map(|g| g.factor));
    for (i, text) in leaf.texts.iter().enumerate() {
        let rank = u8::from(i > 0);
        for group in groups.iter().rev() {
            for (j, group) in group.texts.iter().enumerate() {
                let rank = rank.max(u8::from(j > 0));
                for joined in [
                    format!("{group}/{text}"),
                    format!("{group}{text}"),
                    format!("{group}({text})"),
                ] {
                    add(&mut reading, dictionary.get(&joined), rank);
                }
            }
        }
        for inside in &leaf.qualifiers {
            for joined in [
                format!("{inside}/{text}"),
                format!("{inside}{text}"),
                format!("{text}{inside}"),
                format!("{text}({inside})"),
            ] {
                add(&mut reading, dictionary.get(&joined), 1);
            }
        }
    }
    if groups.len() > 1 {
        let parts: Vec<Cow<'_, str>> = path.iter().map(|p| literal(p)).collect();
        let joined = parts.join("/");
        add(&mut reading, dictionary.get(&joined), 0);
    }
    // Below a group that is about somebody else a plain label is about somebody else too, and
    // so is one that says so in brackets.
    let foreign = |text: &str| dictionary.foreign.iter().any(|f| words::holds(text, f));
    if spanners.iter().any(|s| foreign(s)) {
        return reading;
    }
    // A label that means another field below another group means nothing certain below a group that
    // is not known: of 学历 and 学历 below two of them neither is the highest.
    let parted = !spanners.iter().all(|s| is_neutral(s, dictionary));
    let foreign_inside = leaf
        .qualifiers
        .iter()
        .any(|q| foreign(q) || is_other(q, dictionary));
    for (i, text) in leaf.texts.iter().enumerate() {
        if i == 0 {
            add(&mut reading, dictionary.get(text), 2);
        } else if !foreign_inside {
            add(&mut reading, dictionary.get(text), 3);
        }
    }
    if parted {
        // A group that says the same as the label: 职称信息 above 职称.
        let named = |c: &Candidate| {
            let same = |s: &Spelling| s.form == c.form && s.field == c.field;
            let names = |g: &String| within(g, dictionary).is_some_and(|f| f.iter().any(same));
            spanners.iter().any(names)
        };
        let known = |c: &Candidate| {
            c.rank < 2 || leaf.texts.iter().all(|t| !dictionary.depends(t, c)) || named(c)
        };
        reading.candidates.retain(known);
    }
    if reading.candidates.is_empty() && !foreign_inside && !parted {
        for text in leaf.texts.iter().rev() {
            if let Some(found) = within(text, dictionary) {
                add(&mut reading, found, 4);
                break;
            }
        }
    }
    reading
}

/// What a label can mean as a column of a group that is named beside it rather than above. Their
/// texts put together say nothing here: a subject beside a college is not the college's subject.
pub(super) fn below(group: &str, leaf: &str, dictionary: &Dictionary) -> Vec<Candidate> {
    let mut reading = Reading::default();
    let (group, leaf) = (variants(group, dictionary), variants(leaf, dictionary));
    for (i, text) in leaf.texts.iter().enumerate() {
        for (j, group) in group.texts.iter().enumerate() {
            let found = dictionary.get(&format!("{group}/{text}"));
            add(&mut reading, found, u8::from(i + j > 0));
        }
    }
    reading.candidates
}

/// Whether a single cell reads like a header label; for finding headers.
pub(super) fn is_label(folded: &str, dictionary: &Dictionary) -> bool {
    if dictionary.knows(&literal(folded)) {
        return true;
    }
    // Numbers, days and codes. Plain words have no other reading: names and values of records
    // leave here.
    if folded.is_ascii() {
        return false;
    }
    if folded.chars().all(fold::is_letter) {
        let asked = dictionary
            .asking
            .iter()
            .find_map(|w| folded.strip_prefix(w.as_str()));
        return asked.is_some_and(|t| dictionary.knows(t))
            || label::untranslated(folded).is_some_and(|t| dictionary.knows(t));
    }
    dictionary
        .labels
        .get(folded, || is_marked_label(folded, dictionary))
}

/// Whether a text is a known label with a hint behind it that no bracket parts from it.
pub(super) fn is_hinted(folded: &str, dictionary: &Dictionary) -> bool {
    let at = dictionary.hint_in(folded);
    at.is_some_and(|at| at > 0 && dictionary.knows(unmarked(&folded[..at])))
}

/// Whether a text that is no known spelling is one with marks, brackets, units or hints around it.
fn is_marked_label(folded: &str, dictionary: &Dictionary) -> bool {
    let folded = note_in(folded, dictionary).map_or(folded, |at| &folded[..at]);
    // A label with its value behind it, or room for one, stands in a line above a table.
    if folded.contains(':') && fold::brackets(folded).0.contains(':') {
        return false;
    }
    let all = variants(folded, dictionary).texts;
    let known =
        all.iter().skip(1).any(|t| dictionary.knows(t)) || dashed(folded, dictionary).is_some();
    known || label::untranslated(folded).is_some_and(|t| dictionary.knows(t))
}

/// Group and label in one cell: `学历信息-最高学历`.
fn dashed<'t>(folded: &'t str, dictionary: &Dictionary) -> Option<[&'t str; 2]> {
    let (group, label) = folded.rsplit_once(['-', '_', '>'])?;
    (group.chars().count() >= 2 && dictionary.knows(&literal(label))).then_some([group, label])
}

/// Where a note begins that stands behind a label in its cell: a mark, or a word with a colon.
fn note_in(label: &str, dictionary: &Dictionary) -> Option<usize> {
    if let Some(at) = label.find('※').filter(|at| *at > 0) {
        return Some(at);
    }
    let (before, _) = label.split_once(':')?;
    let worded = |w: &String| before.strip_suffix(w.as_str()).map(str::len);
    let at = dictionary.note.iter().find_map(worded)?;
    (at > 0).then_some(at)
}

/// A slash inside a label is no border between group and label.
fn literal(label: &str) -> Cow<'_, str> {
    if label.contains('/') {
        Cow::Owned(label.replace('/', SLASH.encode_utf8(&mut [0; 4])))
    } else {
        Cow::Borrowed(label)
    }
}

fn variants(label: &str, dictionary: &Dictionary) -> Variants {
    let label = literal(label);
    let label = label.as_ref();
    let mut all = Variants {
        texts: vec![label.to_owned()],
        qualifiers: Vec::new(),
        factor: None,
    };
    let mut add = |text: &str| {
        if !text.is_empty() && !all.texts.iter().any(|t| t == text) {
            all.texts.push(text.to_owned());
        }
    };
    let bare = unnumbered(unmarked(label), dictionary);
    add(bare);
    // A question to the person: `您的姓名`.
    let asked = |w: &String| bare.strip_prefix(w.as_str());
    let bare = dictionary.asking.iter().find_map(asked).unwrap_or(bare);
    add(bare);
    if let Some(at) = note_in(bare, dictionary) {
        add(unmarked(&bare[..at]));
    }
    let (outside, inside) = fold::brackets(bare);
    let outside = unnumbered(unmarked(&outside), dictionary).to_owned();
    add(&outside);
    if let ([inside], true) = (inside.as_slice(), outside.is_empty()) {
        add(inside);
    }
    for part in [bare, outside.as_str()] {
        if let Some((before, after)) = part.split_once(':') {
            let hint = after.is_empty()
                || after.is_ascii()
                || after.contains(SLASH)
                || dictionary
                    .hint
                    .iter()
                    .any(|h| after.starts_with(h.as_str()));
            if hint {
                add(unmarked(before));
            }
        }
        if let Some((before, unit)) = part.rsplit_once([SLASH, ','])
            && let Some(factor) = unit_factor(unit, dictionary)
        {
            add(unmarked(before));
            all.factor = all.factor.or(Some(factor));
        }
    }
    if let Some(at) = dictionary.hint_in(&outside)
        && !dictionary.knows(&outside)
    {
        add(unmarked(&outside[..at]));
    }
    for text in inside {
        match unit_factor(&text, dictionary) {
            Some(factor) => all.factor = all.factor.or(Some(factor)),
            None if !text.is_empty() => all.qualifiers.push(text),
            None => {}
        }
    }
    all
}

/// Whether a group says nothing about what stands below it: a title, 基本情况, a known label.
fn is_neutral(group: &str, dictionary: &Dictionary) -> bool {
    is_filler(group, dictionary)
        || dictionary.knows(group)
        || dictionary.title.iter().any(|t| group.ends_with(t.as_str()))
}

/// Whether what stands beside a label makes it another one: planned, of last year.
fn is_other(text: &str, dictionary: &Dictionary) -> bool {
    dictionary
        .other
        .iter()
        .any(|w| text == w || text.starts_with(w.as_str()) && !is_filler(text, dictionary))
}

/// Factor of a text that is a unit and nothing else.
pub(super) fn unit_factor(text: &str, dictionary: &Dictionary) -> Option<f64> {
    let text = match text.split_once(':') {
        Some((label, unit)) if dictionary.unit.iter().any(|u| u == label) => unit,
        _ => text,
    };
    dictionary.units.get(text).copied()
}

fn unmarked(text: &str) -> &str {
    text.trim_matches(|c: char| {
        matches!(
            c,
            '*' | '#'
                | ':'
                | ';'
                | ','
                | '.'
                | '·'
                | '-'
                | '_'
                | '~'
                | '/'
                | SLASH
                | '\\'
                | '|'
                | '!'
                | '?'
                | '\''
                | '"'
                | '+'
                | '='
                | '^'
                | '<'
                | '>'
                | '★'
                | '☆'
                | '▲'
                | '△'
                | '●'
                | '○'
                | '◆'
                | '※'
                | '√'
        )
    })
}

/// Without a number in front: `1.`, `(1)`, `1,`.
fn unnumbered<'t>(text: &'t str, dictionary: &Dictionary) -> &'t str {
    let rest = text.strip_prefix('(').unwrap_or(text);
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if digits == 0 || digits > 2 {
        return text;
    }
    let parted = rest[digits..].trim_start_matches(['.', ',', ')', ':', '-']);
    let decimal = parted.starts_with(|c: char| c.is_ascii_digit());
    // `24学时` is a number with its unit.
    let counted = parted.len() == rest.len() - digits && dictionary.units.contains_key(parted);
    if parted.is_empty() || decimal || counted {
        text
    } else {
        parted
    }
}

/// The longest spelling inside a label whose other parts change nothing about its meaning.
fn within<'d>(label: &str, dictionary: &'d Dictionary) -> Option<&'d [Spelling]> {
    let ends: Vec<usize> = label
        .char_indices()
        .map(|(i, _)| i)
        .chain([label.len()])
        .collect();
    let chars = ends.len() - 1;
    if chars > 40 {
        return None;
    }
    for length in (2..chars).rev() {
        if length > dictionary.longest {
            continue;
        }
        for start in 0..=chars - length {
            let (from, to) = (ends[start], ends[start + length]);
            let found = dictionary.get(&label[from..to]);
            if !found.is_empty()
                && is_filler(&label[..from], dictionary)
                && is_filler(&label[to..], dictionary)
            {
                return Some(found);
            }
        }
    }
    None
}

fn is_filler(mut text: &str, dictionary: &Dictionary) -> bool {
    'next: while !text.is_empty() {
        let trimmed = unmarked(text);
        if trimmed.len() < text.len() {
            text = trimmed;
            continue;
        }
        for word in &dictionary.filler {
            if let Some(rest) = text.strip_prefix(word.as_str()) {
                text = rest;
                continue 'next;
            }
        }
        return false;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::form::assign;
    use crate::recognise::testing;

    /// The roster field that a path of header texts, `/` between, is read as.
    fn roster(path: &str) -> Option<(String, How, Option<f64>)> {
        field("roster", path)
    }

    fn field(form: &str, path: &str) -> Option<(String, How, Option<f64>)> {
        let scheme = testing::scheme();
        let index = scheme.form(form).unwrap();
        let parts: Vec<String> = path.split('>').map(fold::label).collect();
        let reading = read(&parts, scheme.dictionary());
        let factor = reading.factor;
        let (field, how) = assign(index, &[reading], scheme)[0].field?;
        Some((scheme.forms[index].fields[field].id.clone(), how, factor))
    }

    fn id(found: Option<(String, How, Option<f64>)>) -> String {
        found.map_or_else(String::new, |f| f.0)
    }

    #[test]
    fn labels_with_marks_examples_and_line_breaks() {
        for (label, meant) in [
            ("姓\n名", "name"),
            ("*姓名", "name"),
            ("姓名*", "name"),
            ("2、姓名", "name"),
            ("（2）姓名：", "name"),
            ("教师姓名（必填）", "name"),
            ("出生年月（如1980.01）", "birth_date"),
            ("出生年月如：1980.01", "birth_date"),
            ("出生年月 格式：1980-01", "birth_date"),
            ("身份证号（18位）", "id_number"),
            ("公民身份号码\n（文本格式）", "id_number"),
            ("参加工作时间（年/月）", "work_start"),
            ("教师身份证号码", "id_number"),
            ("现任专业技术职务", "title"),
        ] {
            assert_eq!(id(roster(label)), meant, "{label}");
        }
    }

    #[test]
    fn numbers_with_units_and_labels_with_values_are_no_labels() {
        let dictionary = testing::scheme().dictionary();
        for text in [
            "44.5学时",
            "24学时",
            "填报单位:青石镇中心小学",
            "填报日期:",
            "12.5",
        ] {
            assert!(!is_label(text, dictionary), "{text}");
        }
        assert!(is_label("1.学时", dictionary) && is_label("学时(节)", dictionary));
    }

    #[test]
    fn groups_tell_columns_of_one_name_apart() {
        for (path, meant) in [
            ("全日制教育>学历", "first_education"),
            ("在职教育>学历", "education"),
            ("第一学历>学历", "first_education"),
            ("最高学历>毕业院校", "institution"),
            ("学历>最高学历", "education"),
            ("基本情况>姓名", "name"),
            ("学历（全日制）", "first_education"),
        ] {
            assert_eq!(id(roster(path)), meant, "{path}");
        }
    }

    #[test]
    fn other_people_are_not_the_teacher() {
        for path in [
            "配偶>姓名",
            "紧急联系人>联系电话",
            "配偶姓名",
            "校长姓名",
            "家长身份证号",
            "姓名（配偶）",
            "配偶情况>身份证号",
        ] {
            assert_eq!(id(roster(path)), "", "{path}");
        }
    }

    #[test]
    fn what_is_planned_or_of_another_year_is_not_the_thing_itself() {
        for path in [
            "拟职称",
            "职称（拟评）",
            "职称(申报)",
            "最高学历（拟提升）",
            "职称（上年）",
            "职称（调整前）",
        ] {
            assert_eq!(id(roster(path)), "", "{path}");
        }
        assert_eq!(id(field("training", "学时（去年）")), "");
        assert_eq!(id(field("claims", "申请金额（预计）")), "");
        assert_eq!(id(roster("姓名（申报人）")), "name");
    }

    #[test]
    fn a_time_is_not_the_thing_it_dates() {
        for (path, not) in [
            ("职称取得时间", "title"),
            ("学历证书编号", "education"),
            ("取得教师资格时间", "title"),
            ("姓名拼音", "name"),
        ] {
            assert_ne!(id(roster(path)), not, "{path}");
        }
    }

    #[test]
    fn units_set_the_factor() {
        assert_eq!(
            field("claims", "发票金额（万元）"),
            Some(("amount".into(), How::Trimmed, Some(10000.0)))
        );
        assert_eq!(
            field("claims", "报销金额/千元").map(|f| f.2),
            Some(Some(1000.0))
        );
        assert_eq!(
            field("training", "学时（节）"),
            Some(("hours".into(), How::Trimmed, Some(1.0)))
        );
        assert_eq!(id(field("training", "培训时间>起")), "start_date");
        assert_eq!(id(field("training", "必修/选修")), "required");
    }
}
