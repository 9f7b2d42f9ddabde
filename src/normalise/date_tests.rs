//! Every spelling of a day and a month, and what is neither.

use super::*;

fn ymd(y: i32, m: u32, d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(y, m, d).expect("a date")
}

#[test]
fn every_spelling_of_a_day() {
    for text in [
        "1985-03-05",
        "1985-3-5",
        "1985/03/05",
        "1985/3/5",
        "1985.03.05",
        "1985.3.5",
        "1985.3.5日",
        "1985年3月5日",
        "1985年03月05日",
        "1985 年 3 月 5 日",
        "1985年3月5号",
        "19850305",
        "1985-03-05 00:00:00",
        "1985-03-05T08:30:00Z",
        "1985/3/5 0:00",
        "19850305000000",
        "一九八五年三月五日",
        "一九八五年三月五号",
        "85.3.5",
        "85-3-5",
        "85年3月5日",
        "１９８５．３．５",
        "１９８５年３月５日",
        "1985—3—5",
        "1985。3。5",
        "1985、3、5",
        "1985 3 5",
        "1985.0305",
        "198503.05",
        " 1985.3.5 ",
        "'1985-3-5",
        "1985.3.5.",
        "5-Mar-1985",
        "5-Mar-85",
        "Mar 5, 1985",
        "850305",
        "1985年3月5日(阴历)",
        "31111",
        "1985\\3\\5",
    ] {
        assert_eq!(
            from_text(text, 2025),
            Reading::Day(ymd(1985, 3, 5)),
            "{text}"
        );
    }
    for (text, day) in [
        ("3/15/1985", ymd(1985, 3, 15)),
        ("15/3/1985", ymd(1985, 3, 15)),
        ("3/3/1985", ymd(1985, 3, 3)),
        ("二〇二四年十二月三十一日", ymd(2024, 12, 31)),
        ("二○二四年十月二十日", ymd(2024, 10, 20)),
        ("24.2.29", ymd(2024, 2, 29)),
    ] {
        assert_eq!(from_text(text, 2025), Reading::Day(day), "{text}");
    }
}

#[test]
fn every_spelling_of_a_month() {
    for text in [
        "1985.03",
        "1985-03",
        "1985-3",
        "1985/3",
        "198503",
        "1985年3月",
        "1985年03月",
        "1985年3月份",
        "85.3",
        "85.03",
        "85年3月",
        "85-3",
        "一九八五年三月",
        "1985.3",
        "19850300",
        "1985-03-00",
        "Mar-85",
        "Mar-1985",
        "85-Mar",
        "3/1985",
        "1985。3",
        "1985年3",
        "1985 03",
        "１９８５年３月",
    ] {
        assert_eq!(
            from_text(text, 2025),
            Reading::Month(ymd(1985, 3, 1)),
            "{text}"
        );
    }
    for (text, month) in [
        ("05.9", ymd(2005, 9, 1)),
        ("二〇二四年十月", ymd(2024, 10, 1)),
        ("1985.10", ymd(1985, 10, 1)),
        ("1985-1", ymd(1985, 1, 1)),
        ("1985年1月", ymd(1985, 1, 1)),
        ("1985.01", ymd(1985, 1, 1)),
    ] {
        assert_eq!(from_text(text, 2025), Reading::Month(month), "{text}");
    }
}

#[test]
fn numbers_without_a_date_format() {
    let n = |n| from_number(n, 2025);
    assert_eq!(n(1985.03), Reading::Month(ymd(1985, 3, 1)));
    assert_eq!(n(1985.3), Reading::Month(ymd(1985, 3, 1)));
    assert_eq!(n(1985.1), Reading::FirstOrTenth(1985));
    assert_eq!(n(1985.11), Reading::Month(ymd(1985, 11, 1)));
    assert_eq!(n(1985.12), Reading::Month(ymd(1985, 12, 1)));
    assert_eq!(n(2009.01), Reading::Month(ymd(2009, 1, 1)));
    assert_eq!(n(85.3), Reading::Month(ymd(1985, 3, 1)));
    assert_eq!(n(85.1), Reading::FirstOrTenth(1985));
    assert_eq!(n(198503.0), Reading::Month(ymd(1985, 3, 1)));
    assert_eq!(n(19850305.0), Reading::Day(ymd(1985, 3, 5)));
    assert_eq!(n(19850300.0), Reading::Month(ymd(1985, 3, 1)));
    assert_eq!(n(850305.0), Reading::Day(ymd(1985, 3, 5)));
    assert_eq!(n(1985.0305), Reading::Day(ymd(1985, 3, 5)));
    assert_eq!(n(31111.0), Reading::Day(ymd(1985, 3, 5)));
    assert_eq!(n(45761.5), Reading::Day(ymd(2025, 4, 14)));
    assert_eq!(n(1985.0), Reading::Year(1985));
    for bad in [
        -5.0,
        0.5,
        12.0,
        123.0,
        1985.13,
        1985.135,
        3e15,
        f64::NAN,
        f64::INFINITY,
    ] {
        assert_eq!(n(bad), Reading::Unreadable, "{bad}");
    }
}

#[test]
fn what_is_no_date_says_why() {
    use Reading::*;
    for (text, reading) in [
        ("1985", Year(1985)),
        ("1985年", Year(1985)),
        ("1985.1", FirstOrTenth(1985)),
        ("85.1", FirstOrTenth(1985)),
        (
            "7月5日",
            NoYear {
                month: 7,
                day: Some(5),
            },
        ),
        (
            "7.5",
            NoYear {
                month: 7,
                day: Some(5),
            },
        ),
        (
            "9月",
            NoYear {
                month: 9,
                day: None,
            },
        ),
        ("3/4/1985", Ambiguous),
        ("1885-03-05", Implausible),
        ("2185-03-05", Implausible),
        ("1985-02-29", Unreadable),
        ("1985.13", Unreadable),
        ("1985-13-05", Unreadable),
        ("2024年春", Unreadable),
        ("不清楚", Unreadable),
        ("1985.3-", Month(ymd(1985, 3, 1))),
        ("1985..3", Month(ymd(1985, 3, 1))),
        ("2025.7.5-7.12", Unreadable),
        ("", Unreadable),
        ("13月5日", Unreadable),
        ("339901198503150120", Unreadable),
    ] {
        assert_eq!(from_text(text, 2025), reading, "{text}");
    }
}

#[test]
fn serial_numbers_become_days() {
    assert_eq!(of_serial(31111.0), Some(ymd(1985, 3, 5)));
    assert_eq!(of_serial(45761.99), Some(ymd(2025, 4, 14)));
    assert_eq!(of_serial(-1.0), None);
    assert_eq!(from_date_cell(0.5), Reading::Implausible);
}

proptest::proptest! {
    #[test]
    fn a_day_in_any_spelling_reads_back(days in 0i64..73_000, style in 0usize..12) {
        let d = ymd(1900, 1, 1) + chrono::Duration::days(days);
        let (y, m, dd) = (d.year(), d.month(), d.day());
        let text = match style {
            0 => format!("{y}-{m:02}-{dd:02}"),
            1 => format!("{y}-{m}-{dd}"),
            2 => format!("{y}/{m}/{dd}"),
            3 => format!("{y}.{m}.{dd}"),
            4 => format!("{y}.{m:02}.{dd:02}"),
            5 => format!("{y}年{m}月{dd}日"),
            6 => format!("{y} 年 {m:02} 月 {dd:02} 日"),
            7 => format!("{y}{m:02}{dd:02}"),
            8 => format!("{y}-{m:02}-{dd:02} 10:20:30"),
            9 => format!("{y}.{m}.{dd}日"),
            10 => format!("{dd}-{}-{y}", ["Jan","Feb","Mar","Apr","May","Jun","Jul","Aug","Sep","Oct","Nov","Dec"][m as usize - 1]),
            _ => format!("{y}，{m}，{dd}"),
        };
        proptest::prop_assert_eq!(from_text(&text, 2025), Reading::Day(d), "{}", text);
        let wide: String = text.chars().map(|c| match c { '0'..='9' => char::from_u32(c as u32 - '0' as u32 + '０' as u32).unwrap_or(c), c => c }).collect();
        proptest::prop_assert_eq!(from_text(&wide, 2025), Reading::Day(d), "{}", wide);
        if days >= 3653 {
            // Since 1910 a day's serial number has enough digits to be told from a year.
            let serial = (days + 2) as f64;
            proptest::prop_assert_eq!(from_date_cell(serial), Reading::Day(d));
        }
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,24}") {
        let _ = from_text(&text, 2025);
    }

    #[test]
    fn no_date_like_text_panics(text in "[0-9年月日.。/—~至 :、-]{0,24}") {
        let _ = from_text(&text, 2025);
    }
}
