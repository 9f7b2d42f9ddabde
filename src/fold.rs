//! Folding of labels and names, so that what people see as the same compares equal.
//!
//! A leaf module: recognition folds headers, normalisation folds values, the directory folds
//! school names, and all must fold alike. Folding is for comparing only; what is printed is the
//! original text, NFKC-normalised and trimmed ([`clean`]).

use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

/// NFKC, control and zero-width characters removed, runs of white space as one space, trimmed:
/// what a record stores.
///
/// ```
/// assert_eq!(huizong::fold::clean(" ＡＢ\u{3000}1\u{200b} "), "AB 1");
/// ```
pub fn clean(text: &str) -> Cow<'_, str> {
    let plain = plain_until(text);
    if plain == text.len() {
        return Cow::Borrowed(text);
    }
    if text.as_bytes()[plain] == b' ' {
        let trimmed = text.trim_matches(' ');
        // One space at a time, and nothing else between.
        let word = |part: &str| !part.is_empty() && plain_until(part) == part.len();
        if trimmed.is_empty() || trimmed.split(' ').all(word) {
            return Cow::Borrowed(trimmed);
        }
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match direct(c).or_else(|| kept(c)) {
            Some(' ') => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            Some(c) => out.push(c),
            None => {
                out.clear();
                clean_slowly(text, &mut out);
                break;
            }
        }
    }
    if out.ends_with(' ') {
        out.pop();
    }
    Cow::Owned(out)
}

fn clean_slowly(text: &str, out: &mut String) {
    for c in text.nfkc() {
        if c.is_whitespace() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else if !is_invisible(c) {
            out.push(c);
        }
    }
}

/// For comparing labels and vocabulary spellings: NFKC, no white space at all, lower case,
/// one form of dashes, dots and quotes.
///
/// ```
/// assert_eq!(huizong::fold::label("姓\n 名"), "姓名");
/// assert_eq!(huizong::fold::label("培训（学时）"), "培训(学时)");
/// ```
pub fn label(text: &str) -> String {
    label_of(text).into_owned()
}

/// [`label`] that borrows a text which is folded as it stands.
pub fn label_of(text: &str) -> Cow<'_, str> {
    // Most texts are folded as they stand: common ideographs and ASCII without capitals.
    if plain_until(text) == text.len() && !text.bytes().any(|b| b.is_ascii_uppercase()) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match direct(c).or_else(|| kept(c)) {
            Some(' ') => {}
            Some(c) if c.is_ascii() => out.push(c.to_ascii_lowercase()),
            Some(c) => out.extend(label_mark(c)),
            None => {
                out.clear();
                label_slowly(text, &mut out);
                break;
            }
        }
    }
    Cow::Owned(out)
}

fn label_slowly(text: &str, out: &mut String) {
    for c in text.nfkc() {
        if c.is_whitespace() || is_invisible(c) {
            continue;
        }
        match label_mark(c) {
            Some(mark) if mark == c => out.extend(c.to_lowercase()),
            mark => out.extend(mark),
        }
    }
}

/// One form of dashes, dots, commas and brackets; quotes are none.
fn label_mark(c: char) -> Option<char> {
    Some(match c {
        '—' | '–' | '―' | '－' | '─' | '‐' | '‑' | '−' => '-',
        '・' | '•' | '‧' | '∙' | '⋅' => '·',
        '、' => ',',
        '【' | '〔' | '［' => '(',
        '】' | '〕' | '］' => ')',
        '“' | '”' | '‘' | '’' | '「' | '」' => return None,
        c => c,
    })
}

/// What NFKC makes of the characters that nearly all cells consist of: common ideographs and
/// ASCII stay, full-width ASCII becomes ASCII, line breaks and the wide space a space. None of
/// these composes with a neighbour, so a text of them needs no normalisation.
fn direct(c: char) -> Option<char> {
    match c {
        '!'..='~' | '\u{4e00}'..='\u{9fff}' => Some(c),
        ' ' | '\t' | '\n' | '\r' | '\u{3000}' => Some(' '),
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0),
        _ => None,
    }
}

/// Marks of Chinese texts that NFKC leaves alone and that compose with no neighbour.
fn kept(c: char) -> Option<char> {
    matches!(
        c,
        '、' | '。'
            | '〃'
            | '〇'
            | '《'
            | '》'
            | '【'
            | '】'
            | '“'
            | '”'
            | '‘'
            | '’'
            | '—'
            | '–'
            | '·'
    )
    .then_some(c)
}

/// NFKC with all white space as plain spaces, none removed, one form of brackets: for texts whose runs of spaces part
/// what they say.
///
/// ```
/// assert_eq!(huizong::fold::spaced("单位：\u{3000}\u{3000}元"), "单位:  元");
/// ```
pub fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match direct(c) {
            Some(c) => out.push(c),
            None => return spaced_slowly(text),
        }
    }
    out
}

fn spaced_slowly(text: &str) -> String {
    text.nfkc()
        .filter(|c| c.is_whitespace() || !is_invisible(*c))
        .map(|c| match c {
            '【' | '〔' | '［' => '(',
            '】' | '〕' | '］' => ')',
            c if c.is_whitespace() => ' ',
            c => c,
        })
        .collect()
}

/// A folded label parted at its brackets: `("学时", ["节"])` for `学时(节)`.
pub fn brackets(folded: &str) -> (String, Vec<String>) {
    let (mut outside, mut inside, mut current) = (String::new(), Vec::new(), String::new());
    let mut depth = 0usize;
    for c in folded.chars() {
        match c {
            '(' => depth += 1,
            ')' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    inside.push(std::mem::take(&mut current));
                }
            }
            c if depth > 0 => current.push(c),
            c => outside.push(c),
        }
    }
    if depth > 0 {
        inside.push(current);
    }
    (outside, inside)
}

/// For comparing people's names: white space removed, one middle dot, upper case.
pub fn name(text: &str) -> String {
    if ideographs(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.nfkc() {
        if c.is_whitespace() || is_invisible(c) {
            continue;
        }
        match c {
            '・' | '•' | '‧' | '∙' | '⋅' | '.' | '。' | '·' | '˙' => out.push('·'),
            c => out.extend(c.to_uppercase()),
        }
    }
    out
}

/// The full stop of the Chinese input mode, typed in place of a decimal point.
pub const FULL_STOP: char = '。';

/// Parts the items of a list in texts for people.
pub const LIST: &str = "、";

/// What a character means between the numbers of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateMark {
    /// 年
    Year,
    /// 月
    Month,
    /// 日 号
    Day,
    /// Full stops of all kinds.
    Dot,
    /// Dashes of all kinds.
    Dash,
    /// Slashes.
    Slash,
    /// 至 到 ~
    Range,
    /// Commas.
    Comma,
    /// 份, as in 3月份
    Filler,
    /// Colons: a time of day.
    Colon,
    /// White space.
    Space,
}

/// The meaning of a character in a date, if it has one.
pub fn date_mark(c: char) -> Option<DateMark> {
    Some(match c {
        '年' => DateMark::Year,
        '月' => DateMark::Month,
        '日' | '号' => DateMark::Day,
        '份' => DateMark::Filler,
        '.' | '。' | '·' | '．' | '﹒' | '•' | '・' => DateMark::Dot,
        '-' | '—' | '–' | '―' | '─' | '－' | '‐' | '‑' | '−' | 'ー' => {
            DateMark::Dash
        }
        '/' | '\\' | '／' => DateMark::Slash,
        '至' | '到' | '~' | '～' | '〜' | '∼' => DateMark::Range,
        ',' | '，' | '、' | ';' | '；' => DateMark::Comma,
        ':' | '：' => DateMark::Colon,
        c if c.is_whitespace() => DateMark::Space,
        _ => return None,
    })
}

/// Numbers written in Chinese characters as ASCII digits, the rest as it is: `一九八五年十二月`
/// becomes `1985年12月`. A 一 between two ASCII digits is a dash typed in the wrong input mode.
///
/// ```
/// assert_eq!(huizong::fold::numerals("二〇二四年十月二十一日"), "2024年10月21日");
/// ```
pub fn numerals(text: &str) -> Cow<'_, str> {
    if text.is_ascii()
        || !text
            .chars()
            .any(|c| chinese_digit(c).is_some() || c == '十')
    {
        return Cow::Borrowed(text);
    }
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut i = 0;
    while i < chars.len() {
        let start = i;
        while i < chars.len() && (chinese_digit(chars[i]).is_some() || chars[i] == '十') {
            i += 1;
        }
        let run = &chars[start..i];
        let before = start.checked_sub(1).map(|b| chars[b]);
        let after = chars.get(i).copied();
        match run {
            [] => {
                out.push(chars[i]);
                i += 1;
            }
            ['一']
                if before.is_some_and(|c| c.is_ascii_digit())
                    && after.is_some_and(|c| c.is_ascii_digit()) =>
            {
                out.push('-');
            }
            run if !run.contains(&'十') => {
                out.extend(
                    run.iter()
                        .filter_map(|c| chinese_digit(*c))
                        .map(|d| char::from(b'0' + d as u8)),
                );
            }
            run => match small_number(run) {
                Some(n) => out.push_str(&n.to_string()),
                None => out.extend(run),
            },
        }
    }
    Cow::Owned(out)
}

/// 十, 十二, 二十, 三十一.
fn small_number(run: &[char]) -> Option<u64> {
    let ten = run.iter().position(|c| *c == '十')?;
    let tens = match &run[..ten] {
        [] => 1,
        [c] => chinese_digit(*c)?,
        _ => return None,
    };
    let ones = match &run[ten + 1..] {
        [] => 0,
        [c] => chinese_digit(*c)?,
        _ => return None,
    };
    Some(tens * 10 + ones)
}

fn chinese_digit(c: char) -> Option<u64> {
    Some(match c {
        '零' | '〇' | '○' | '◯' => 0,
        '一' | '壹' => 1,
        '二' | '贰' | '貳' | '弍' | '两' => 2,
        '三' | '叁' | '參' | '叄' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' | '陸' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

/// A number or an amount of money in Chinese characters, plain or in the forms that cheques use,
/// in hundredths: `壹仟肆佰零玖元伍角整` is 140950, `十二` is 1200. Optional zeros, 整, 人民币 and
/// traditional characters are all allowed; compare by value, never by text.
///
/// ```
/// assert_eq!(huizong::fold::amount("人民币壹拾万柒仟元零伍角叁分"), Some(10_700_053));
/// assert_eq!(huizong::fold::amount("十二"), Some(1200));
/// assert_eq!(huizong::fold::amount("培训费"), None);
/// ```
pub fn amount(text: &str) -> Option<i64> {
    let text = text.trim().trim_start_matches("人民币");
    let (negative, text) = match text.strip_prefix('负') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let text = text.trim_end_matches(['整', '正']);
    if text.is_empty() {
        return None;
    }
    // `whole` finished groups of 万 and 亿, `group` the one being read, `digit` waiting for its unit.
    let (mut whole, mut group, mut cents) = (0u64, 0u64, 0u64);
    let mut digit: Option<u64> = None;
    let mut yuan_seen = false;
    let mut read_any = false;
    for c in text.chars() {
        if let Some(d) = chinese_digit(c) {
            if digit.is_some_and(|old| old != 0) {
                return None;
            }
            digit = Some(d);
            read_any = true;
            continue;
        }
        let unit = match c {
            '十' | '拾' => 10,
            '百' | '佰' => 100,
            '千' | '仟' => 1000,
            '万' | '萬' => 10_000,
            '亿' | '億' => 100_000_000,
            '元' | '圆' | '圓' | '块' => {
                whole = whole
                    .checked_add(group)?
                    .checked_add(digit.take().unwrap_or(0))?;
                group = 0;
                if yuan_seen || !read_any {
                    return None;
                }
                yuan_seen = true;
                continue;
            }
            '角' | '毛' => {
                cents += digit.take()? * 10;
                yuan_seen = true;
                continue;
            }
            '分' => {
                cents += digit.take()?;
                yuan_seen = true;
                continue;
            }
            _ => return None,
        };
        if yuan_seen {
            return None;
        }
        if unit >= 10_000 {
            let above = whole
                .checked_add(group)?
                .checked_add(digit.take().unwrap_or(0))?;
            whole = if unit == 10_000 {
                // 亿 already closed stays as it is: 一亿零五万.
                let (closed, open) = (whole, above - whole);
                closed.checked_add(open.checked_mul(unit)?)?
            } else {
                above.checked_mul(unit)?
            };
            group = 0;
        } else {
            let d = match digit.take() {
                Some(0) | None if unit == 10 => 1,
                Some(d) => d,
                None => return None,
            };
            group += d * unit;
            read_any = true;
        }
    }
    if !read_any {
        return None;
    }
    let rest = digit.unwrap_or(0);
    if yuan_seen && rest != 0 {
        return None;
    }
    let yuan = i64::try_from(whole.checked_add(group)?.checked_add(rest)?).ok()?;
    let value = yuan
        .checked_mul(100)?
        .checked_add(i64::try_from(cents).ok()?)?;
    Some(if negative { -value } else { value })
}

/// A number's text without what says that it is negative (brackets, minus, 负, 红字), and whether
/// it was. Expects cleaned text.
pub fn negative(text: &str) -> (bool, &str) {
    for sign in ["-", "—", "–", "−", "负", "红字", "▲", "△"] {
        if let Some(rest) = text.strip_prefix(sign) {
            return (true, rest.trim_start());
        }
    }
    if let Some(inner) = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        return (true, inner.trim());
    }
    (false, text)
}

/// A number's text without the sign or name of the currency in front of it.
pub fn without_currency(text: &str) -> &str {
    let text = text.trim_start();
    for sign in ["¥", "￥", "人民币", "RMB", "CNY", "rmb", "cny"] {
        if let Some(rest) = text.strip_prefix(sign) {
            return rest.trim_start_matches([' ', ':', '：']);
        }
    }
    text
}

/// A person's name as records keep it: padding between its characters removed, every middle dot
/// as `·`. Names in Latin letters keep single spaces and full stops.
///
/// ```
/// assert_eq!(huizong::fold::person("张　 三"), "张三");
/// assert_eq!(huizong::fold::person("买买提．艾力"), "买买提·艾力");
/// assert_eq!(huizong::fold::person("J. Smith"), "J. Smith");
/// ```
pub fn person(text: &str) -> Cow<'_, str> {
    if ideographs(text) {
        return Cow::Borrowed(text);
    }
    // Padding alone, which most names that are not plain have.
    if let Some(bare) = unpadded(text) {
        return Cow::Owned(bare);
    }
    let clean = clean(text);
    let chars: Vec<char> = clean.chars().collect();
    let mut out = String::with_capacity(clean.len());
    for (i, &c) in chars.iter().enumerate() {
        let latin = |at: Option<usize>| {
            at.and_then(|at| chars.get(at))
                .is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | ','))
        };
        let beside_latin = latin(i.checked_sub(1)) || latin(Some(i + 1));
        match c {
            ' ' if beside_latin => out.push(' '),
            ' ' => {}
            '・' | '•' | '‧' | '∙' | '⋅' | '˙' | '·' => out.push('·'),
            '.' | '。' if !beside_latin && i > 0 && i + 1 < chars.len() => out.push('·'),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Bytes of the common CJK ideographs and visible ASCII characters with which a text begins: NFKC
/// leaves them alone and they are neither white space nor invisible. Lets the usual cell skip
/// normalisation, hence by bytes: U+4E00 to U+9FFF are E4 B8 80 to E9 BF BF.
fn plain_until(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += match byte {
            0x21..=0x7e => 1,
            0xe5..=0xe9 => 3,
            0xe4 if bytes.get(at + 1) >= Some(&0xb8) => 3,
            _ => break,
        };
    }
    at
}

/// A text of common CJK ideographs with spaces, narrow or wide, between them: without these.
fn unpadded(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', '\u{3000}']);
        let end = rest.find([' ', '\u{3000}']).unwrap_or(rest.len());
        let word = &rest[..end];
        if word.is_empty() {
            return Some(out);
        }
        if !ideographs(word) {
            return None;
        }
        out.push_str(word);
        rest = &rest[end..];
    }
}

/// [`char::is_alphabetic`], without looking the ideographs up in a table.
pub fn is_letter(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}') || c.is_alphabetic()
}

/// Whether a text is made of common CJK ideographs alone.
fn ideographs(text: &str) -> bool {
    plain_until(text) == text.len() && !text.bytes().any(|b| b.is_ascii())
}

fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_padded_in_any_way_compare_equal() {
        for n in ["张 三", "张\u{3000}三", "张  三", " 张三 "] {
            assert_eq!(name(n), "张三");
        }
        assert_eq!(name("买买提•艾力"), name("买买提·艾力"));
    }

    #[test]
    fn the_short_way_folds_like_the_long_one() {
        let every = (1..0x1_0000u32).filter_map(char::from_u32);
        for c in every.filter(|c| direct(*c).is_some()) {
            let text = format!("甲{c}A");
            let mut slow = String::new();
            label_slowly(&text, &mut slow);
            assert_eq!(label(&text), slow, "{c:?}");
            assert_eq!(spaced(&text), spaced_slowly(&text), "{c:?}");
        }
        let every = (1..0x1_0000u32).filter_map(char::from_u32);
        for c in every {
            for text in [
                format!("甲{c}A"),
                format!("{c} ，{c}  {c}"),
                format!(" 1{c}"),
            ] {
                let (mut slow, mut cleaned) = (String::new(), String::new());
                label_slowly(&text, &mut slow);
                clean_slowly(&text, &mut cleaned);
                assert_eq!(label(&text), slow, "{c:?}");
                assert_eq!(clean(&text), cleaned.trim_end_matches(' '), "{c:?}");
            }
            let named: String = format!("甲{c}乙").nfkc().collect();
            assert_eq!(name(&format!("甲{c}乙")), name(&named), "{c:?}");
        }
    }

    #[test]
    fn bracket_parts() {
        assert_eq!(brackets("学时(节)"), ("学时".into(), vec!["节".into()]));
        assert_eq!(brackets("金额(元"), ("金额".into(), vec!["元".into()]));
    }

    #[test]
    fn capital_amounts_by_value() {
        // Domain reference 4.5: canonical and other accepted forms.
        for (text, cents) in [
            ("伍分", 5),
            ("零元零伍分", 5),
            ("叁角整", 30),
            ("壹拾元正", 1000),
            ("壹拾圆整", 1000),
            ("贰拾元零贰分", 2002),
            ("壹佰元零伍角", 10050),
            ("叁佰贰拾伍元零肆分", 32504),
            ("壹仟零壹元零壹分", 100_101),
            ("壹仟肆佰零玖元伍角", 140_950),
            ("壹仟陆佰捌拾元零叁角贰分", 168_032),
            ("陆仟零柒元壹角肆分", 600_714),
            ("壹万元整", 1_000_000),
            ("壹万零壹拾元壹角整", 1_001_010),
            ("壹万陆仟肆佰零玖元零贰分", 1_640_902),
            ("壹拾万元整", 10_000_000),
            ("壹拾万零柒仟元伍角叁分", 10_700_053),
            ("壹拾贰万零叁元零肆分", 12_000_304),
            ("壹佰万零壹佰元整", 100_010_000),
            ("壹佰零壹万元零壹角", 101_000_010),
            ("壹仟万零壹元整", 1_000_000_100),
            ("壹亿元整", 10_000_000_000),
            ("壹亿零壹万元整", 10_001_000_000),
            ("贰亿零叁佰元零伍分", 20_000_030_005),
            (
                "壹拾贰亿叁仟肆佰伍拾陆万柒仟捌佰玖拾元壹角贰分",
                123_456_789_012,
            ),
            ("零元整", 0),
            ("负叁拾元整", -3000),
            ("貳萬圓整", 2_000_000),
            ("三百二十", 32_000),
            ("两", 200),
            ("二十", 2000),
        ] {
            assert_eq!(amount(text), Some(cents), "{text}");
        }
        for text in [
            "",
            "整",
            "人民币",
            "一二三",
            "三人",
            "元",
            "十元五",
            "教龄三年",
        ] {
            assert_eq!(amount(text), None, "{text}");
        }
    }

    #[test]
    fn dates_in_chinese_characters() {
        assert_eq!(numerals("一九八五年三月"), "1985年3月");
        assert_eq!(numerals("二○二五年十二月三十一日"), "2025年12月31日");
        assert_eq!(numerals("2025.7.5一7.12"), "2025.7.5-7.12");
        assert_eq!(numerals("1985年"), "1985年");
    }
}
