//! Names, phones, and remarks that say that somebody is gone.

use super::Table;
use crate::diagnostic::Rule;
use crate::scheme::{Check, Code};

impl Table<'_> {
    /// Field: the name.
    pub(super) fn name_characters(&mut self, check: &Check) {
        let Some(field) = self.index(check, 0) else {
            return;
        };
        for record in 0..self.len() {
            let Some(name) = self.text(field, record).filter(|n| is_odd_name(n)) else {
                continue;
            };
            let diagnostic = self
                .finding(Rule::NameCharacters, record, field)
                .arg("value", name);
            self.found.push(diagnostic);
        }
    }

    /// Field: the phone.
    pub(super) fn phone_form(&mut self, check: &Check) {
        let Some(field) = self.index(check, 0) else {
            return;
        };
        for record in 0..self.len() {
            let Some(phone) = self.text(field, record).filter(|p| is_odd_phone(p)) else {
                continue;
            };
            let digits = phone.bytes().filter(u8::is_ascii_digit).count();
            let diagnostic = self
                .finding(Rule::PhoneForm, record, field)
                .arg("value", covered(phone))
                .arg("digits", digits);
            self.found.push(diagnostic);
        }
    }

    /// Fields: what the remark says about service, what the column of status says. The first term
    /// of the vocabulary is service itself.
    pub(super) fn remark_status(&mut self, check: &Check) {
        const SERVES: Code = 0;
        let Some(remark) = self.index(check, 0) else {
            return;
        };
        let status = self.index(check, 1);
        for record in 0..self.len() {
            let Some(gone) = self.code(remark, record).filter(|c| *c != SERVES) else {
                continue;
            };
            let Some(word) = self
                .vocabulary(remark)
                .and_then(|v| v.terms.get(usize::from(gone)))
            else {
                continue;
            };
            // The column of status says so itself, or something that is not understood.
            let explained = match status {
                Some(s) => self.says_other(s, record) || self.code(s, record) > Some(SERVES),
                None => false,
            };
            if explained {
                continue;
            }
            let diagnostic = self
                .finding(Rule::RemarkStatus, record, remark)
                .arg("value", &word.name);
            self.found.push(diagnostic);
        }
    }
}

/// Characters that no name has: digits, private ones, letters among ideographs, a single one.
fn is_odd_name(name: &str) -> bool {
    // Two common ideographs or more, as nearly all names are.
    if name.len() >= 6 && name.chars().all(|c| matches!(c, '\u{4e00}'..='\u{9fff}')) {
        return false;
    }
    let private = |c: char| matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}');
    let wrong = |c: char| {
        c.is_ascii_digit()
            || c.is_control()
            || private(c)
            || matches!(c, '?' | '\u{ff1f}' | '*' | '\u{fffd}' | '\u{25a1}')
    };
    // What stands in brackets tells namesakes apart and is no part of the name.
    let (outside, _) = crate::fold::brackets(name);
    let letters = outside.bytes().any(|b| b.is_ascii_alphabetic());
    let others = !outside.is_ascii();
    name.chars().any(wrong) || (letters && others) || outside.chars().count() < 2
}

/// A phone for a message. Of a wrong number so many digits are right that it is masked like a right
/// one: the first three and the last two stay.
fn covered(phone: &str) -> String {
    let digits = phone.bytes().filter(u8::is_ascii_digit).count();
    let mut seen = 0;
    let cover = |c: char| {
        seen += usize::from(c.is_ascii_digit());
        let hidden = c.is_ascii_digit() && seen > 3 && seen + 1 < digits;
        if hidden { '*' } else { c }
    };
    phone.chars().map(cover).collect()
}

/// No mobile number, no landline, no short number of a house.
fn is_odd_phone(text: &str) -> bool {
    let mobile = |number: &[u8]| {
        let digits = number.len() == 11 && number.iter().all(u8::is_ascii_digit);
        digits && matches!(number, [b'1', b'3'..=b'9', ..])
    };
    if mobile(text.as_bytes()) {
        return false;
    }
    let parts = text.split(['/', ',', ';', ' ', '\u{3001}']);
    parts.filter(|p| !p.is_empty()).any(|part| {
        let digits: String = part
            .chars()
            .filter(|c| !matches!(c, '-' | '(' | ')'))
            .collect();
        let plain = digits.bytes().all(|b| b.is_ascii_digit());
        let landline = match digits.as_bytes() {
            // With the area's code and perhaps an extension.
            [b'0', ..] => (10..=16).contains(&digits.len()),
            // A service line, a local number, a short number.
            [b'4' | b'8', b'0', b'0', ..] if digits.len() == 10 => true,
            _ => (3..=8).contains(&digits.len()),
        };
        !(mobile(digits.as_bytes()) || (plain && landline))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_names_and_plain_ones() {
        for name in [
            "张三1",
            "张3",
            "王a丽",
            "李",
            "张\u{e012}",
            "王*",
            "?丽",
            "赵□",
        ] {
            assert!(is_odd_name(name), "{name}");
        }
        for name in [
            "张三",
            "欧阳娜娜",
            "买买提·艾力",
            "John Smith",
            "王丽(大)",
            "㐂田",
        ] {
            assert!(!is_odd_name(name), "{name}");
        }
    }

    #[test]
    fn a_wrong_phone_is_masked_too() {
        assert_eq!(covered("1380000567"), "138*****67");
        assert_eq!(covered("138-0000-567"), "138-****-*67");
        assert_eq!(covered("无线"), "无线");
    }

    #[test]
    fn odd_phones_and_plain_ones() {
        for phone in [
            "1380000567",
            "12800005678",
            "138000056789",
            "无线",
            "13800005678/123456789",
        ] {
            assert!(is_odd_phone(phone), "{phone}");
        }
        for phone in [
            "13800005678",
            "0559-2345678",
            "05592345678",
            "2345678",
            "661234",
            "13800005678/0559-2345678",
            "400-800-1234",
        ] {
            assert!(!is_odd_phone(phone), "{phone}");
        }
    }
}
