//! Amounts written out in capital characters, as they stand in cells and in the lines of totals:
//! read by what they say, whatever the form. The characters themselves are known to
//! [`crate::fold::amount`].

use crate::fold;

/// The hundredths that a cell says and nothing else; `None` where it is no amount.
pub(super) fn hundredths(text: &str) -> Option<i64> {
    let plain: String = text.chars().filter(|c| !is_around(*c)).collect();
    fold::amount(&plain)
}

/// The first amount in a line.
pub(super) fn within(text: &str) -> Option<i64> {
    let parts = || text.split(|c: char| is_around(c) && !c.is_whitespace() || c.is_ascii_digit());
    let whole = parts().filter_map(|p| amount(&p.split_whitespace().collect::<String>()));
    let apart = parts().flat_map(str::split_whitespace).filter_map(amount);
    whole.chain(apart).next()
}

/// One character by itself is a unit or a number of something else.
fn amount(text: &str) -> Option<i64> {
    (text.chars().nth(1).is_some())
        .then(|| fold::amount(text))
        .flatten()
}

/// What may stand around an amount, or be typed into it, and is no part of it.
fn is_around(c: char) -> bool {
    c.is_whitespace() || matches!(c, ':' | '(' | ')' | '\u{a5}' | ',' | ';' | '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_correct_form_says_its_amount() {
        for (text, amount) in [
            ("伍分", 5),
            ("零元零伍分", 5),
            ("叁角整", 30),
            ("壹拾元整", 1000),
            ("壹拾圆正", 1000),
            ("贰拾元零贰分", 2002),
            ("壹佰元零伍角", 10050),
            ("壹佰元伍角整", 10050),
            ("壹仟陆佰捌拾元零叁角贰分", 168_032),
            ("人民币 壹万陆仟肆佰零玖元零贰分", 1_640_902),
            ("壹拾万零柒仟元伍角叁分", 10_700_053),
            ("壹仟万零壹元整", 1_000_000_100),
            ("壹亿零壹万元整", 10_001_000_000),
            (
                "壹拾贰亿叁仟肆佰伍拾陆万柒仟捌佰玖拾元壹角贰分",
                123_456_789_012,
            ),
            ("貳佰伍拾陸圓整", 25_600),
            ("人民币：叁仟贰佰元整".replace('：', ":").as_str(), 320_000),
            ("¥叁仟贰佰元整", 320_000),
            ("零元整", 0),
            ("(负)叁拾元整", -3000),
        ] {
            assert_eq!(hundredths(text), Some(amount), "{text}");
        }
        for text in ["", "整", "元", "约叁佰元", "见附件", "壹贰叁元"] {
            assert_eq!(hundredths(text), None, "{text}");
        }
    }

    #[test]
    fn an_amount_is_found_in_a_line() {
        for (text, amount) in [
            ("合计人民币(大写):叁仟贰佰元整 ¥3200.00", Some(320_000)),
            ("合计(大写) 叁 仟 贰 佰 元 整", Some(320_000)),
            ("合计(大写):叁仟贰佰元整 小写:3200", Some(320_000)),
            ("单位:元 (大写)", None),
            ("合计(大写)", None),
        ] {
            assert_eq!(within(text), amount, "{text}");
        }
    }
}
