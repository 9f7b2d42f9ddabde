//! Amounts in capital characters, as vouchers want them (annex 1 of the payment and settlement rules): every zero that may be
//! left out is left out, and what ends before the fen is closed as a whole amount.

use crate::message::{self, Lang};

/// The characters, from the catalogue; they are the same in every language.
struct Characters {
    digits: Vec<char>,
    tens: Vec<char>,
    ten_thousand: String,
    hundred_million: String,
    yuan: String,
    jiao: String,
    fen: String,
    whole: String,
    minus: String,
}

impl Characters {
    fn load() -> Characters {
        let get = |key: &str| message::text(Lang::Zh, key, "message");
        Characters {
            digits: get("rmb.digits").chars().collect(),
            tens: get("rmb.tens").chars().collect(),
            ten_thousand: get("rmb.ten-thousand"),
            hundred_million: get("rmb.hundred-million"),
            yuan: get("rmb.yuan"),
            jiao: get("rmb.jiao"),
            fen: get("rmb.fen"),
            whole: get("rmb.whole"),
            minus: get("rmb.minus"),
        }
    }

    fn digit(&self, d: u64) -> char {
        self.digits[d as usize]
    }

    /// Up to four digits, one zero between digits that zeros part, none at the ends.
    fn group(&self, out: &mut String, n: u64) {
        let mut begun = false;
        let mut gap = false;
        for place in (0..4u32).rev() {
            let d = n / 10u64.pow(place) % 10;
            if d == 0 {
                gap = begun;
                continue;
            }
            if gap {
                out.push(self.digit(0));
                gap = false;
            }
            begun = true;
            out.push(self.digit(d));
            if place > 0 {
                out.push(self.tens[place as usize - 1]);
            }
        }
    }

    /// Whole yuan. Groups of four; a zero goes before a group that does not fill its thousands or
    /// follows an empty one.
    fn whole_yuan(&self, out: &mut String, n: u64) {
        let (high, low) = (n / 100_000_000, n % 100_000_000);
        if high > 0 {
            self.whole_yuan(out, high);
            out.push_str(&self.hundred_million);
            if low > 0 && low < 10_000_000 {
                out.push(self.digit(0));
            }
        }
        let (upper, lower) = (low / 10_000, low % 10_000);
        if upper > 0 {
            self.group(out, upper);
            out.push_str(&self.ten_thousand);
            if lower > 0 && lower < 1_000 {
                out.push(self.digit(0));
            }
        }
        self.group(out, lower);
    }
}

/// Fen in capital characters.
///
/// ```
/// assert_eq!(huizong::report::rmb::capitals(-1_00).chars().count(), 4);
/// ```
pub fn capitals(fen: i64) -> String {
    let c = Characters::load();
    let mut out = String::new();
    if fen < 0 {
        out.push_str(&c.minus);
    }
    let amount = fen.unsigned_abs();
    let (yuan, jiao, fen) = (amount / 100, amount / 10 % 10, amount % 10);
    if yuan > 0 {
        c.whole_yuan(&mut out, yuan);
        out.push_str(&c.yuan);
    } else if amount == 0 {
        out.push(c.digit(0));
        out.push_str(&c.yuan);
    }
    if jiao > 0 {
        out.push(c.digit(jiao));
        out.push_str(&c.jiao);
    }
    if fen > 0 {
        if jiao == 0 && yuan > 0 {
            out.push(c.digit(0));
        }
        out.push(c.digit(fen));
        out.push_str(&c.fen);
    } else {
        out.push_str(&c.whole);
    }
    out
}

/// Fen in digits as vouchers show them: thousands apart, two places.
pub fn figure(fen: i64) -> String {
    let yuan = (fen.unsigned_abs() / 100).to_string();
    let mut out = String::new();
    if fen < 0 {
        out.push('-');
    }
    for (i, digit) in yuan.chars().enumerate() {
        if i > 0 && (yuan.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out += &format!(".{:02}", fen.unsigned_abs() % 100);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_official_samples_and_the_borders_between_groups() {
        for (fen, text) in [
            (5, "伍分"),
            (30, "叁角整"),
            (1_000, "壹拾元整"),
            (2_002, "贰拾元零贰分"),
            (10_050, "壹佰元伍角整"),
            (32_504, "叁佰贰拾伍元零肆分"),
            (100_101, "壹仟零壹元零壹分"),
            (140_950, "壹仟肆佰零玖元伍角整"),
            (168_032, "壹仟陆佰捌拾元叁角贰分"),
            (600_714, "陆仟零柒元壹角肆分"),
            (1_000_000, "壹万元整"),
            (1_001_010, "壹万零壹拾元壹角整"),
            (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
            (10_000_000, "壹拾万元整"),
            (10_700_053, "壹拾万柒仟元伍角叁分"),
            (12_000_304, "壹拾贰万零叁元零肆分"),
            (100_010_000, "壹佰万零壹佰元整"),
            (101_000_010, "壹佰零壹万元壹角整"),
            (1_000_000_100, "壹仟万零壹元整"),
            (10_000_000_000, "壹亿元整"),
            (10_001_000_000, "壹亿零壹万元整"),
            (20_000_030_005, "贰亿零叁佰元零伍分"),
            (
                123_456_789_012,
                "壹拾贰亿叁仟肆佰伍拾陆万柒仟捌佰玖拾元壹角贰分",
            ),
            (0, "零元整"),
            (-3_000, "负叁拾元整"),
        ] {
            assert_eq!(capitals(fen), text, "{fen} fen");
        }
    }

    #[test]
    fn amounts_in_digits_have_thousands_and_fen() {
        let shown = [0, 5, 12_345, 100_000, 123_456_789, -100_050].map(figure);
        let wanted = [
            "0.00",
            "0.05",
            "123.45",
            "1,000.00",
            "1,234,567.89",
            "-1,000.50",
        ];
        assert_eq!(shown, wanted);
    }

    #[test]
    fn the_ends_of_the_range_are_written() {
        assert!(capitals(i64::MAX).starts_with("玖亿贰仟贰佰叁拾叁万柒仟贰佰零叁亿"));
        assert!(capitals(i64::MIN).starts_with("负玖亿"));
    }
}
