//! A reckoner for the formulas that reports use, and the law that every formula written gives the
//! result stored beside it.

use super::*;

/// Reads A1 cells of a workbook.
struct Book {
    sheets: BTreeMap<String, calamine::Range<Data>>,
}

#[derive(Debug, Clone, PartialEq)]
enum Worth {
    Number(f64),
    Text(String),
    Blank,
}

impl Worth {
    fn number(&self) -> f64 {
        match self {
            Worth::Number(n) => *n,
            Worth::Blank => 0.0,
            // As an error value: whoever uses it becomes one too.
            Worth::Text(_) => f64::NAN,
        }
    }
}

struct Reckoner<'a> {
    book: &'a Book,
    sheet: &'a str,
    rest: &'a str,
}

impl Reckoner<'_> {
    fn eat(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn sum(&mut self) -> Worth {
        let mut left = self.product();
        loop {
            if self.eat("+") {
                left = Worth::Number(left.number() + self.product().number());
            } else if self.eat("-") {
                left = Worth::Number(left.number() - self.product().number());
            } else if self.eat("=") {
                let equal = left.number() == self.product().number();
                left = Worth::Number(f64::from(u8::from(equal)));
            } else {
                return left;
            }
        }
    }

    fn product(&mut self) -> Worth {
        let mut left = self.atom();
        loop {
            if self.eat("*") {
                left = Worth::Number(left.number() * self.atom().number());
            } else if self.eat("/") {
                left = Worth::Number(left.number() / self.atom().number());
            } else {
                return left;
            }
        }
    }

    fn atom(&mut self) -> Worth {
        if self.eat("\"") {
            let end = self.rest.find('"').expect("closed text");
            let text = self.rest[..end].to_owned();
            self.rest = &self.rest[end + 1..];
            return Worth::Text(text);
        }
        if self.eat("(") {
            let value = self.sum();
            assert!(self.eat(")"));
            return value;
        }
        for name in ["SUM", "COUNT"] {
            if self.eat(&format!("{name}(")) {
                let cells = self.arguments();
                let numbers = cells.iter().filter_map(|c| match c {
                    Worth::Number(n) => Some(*n),
                    _ => None,
                });
                return Worth::Number(match name {
                    "SUM" => numbers.sum(),
                    _ => numbers.count() as f64,
                });
            }
        }
        if self.eat("ROUND(") {
            let value = self.sum().number();
            assert!(self.eat(","));
            let scale = 10f64.powi(self.sum().number() as i32);
            assert!(self.eat(")"));
            return Worth::Number((value * scale).round() / scale);
        }
        if self.eat("IF(") {
            let condition = self.sum();
            assert!(self.eat(","));
            let yes = self.sum();
            assert!(self.eat(","));
            let no = self.sum();
            assert!(self.eat(")"));
            return if condition.number() != 0.0 { yes } else { no };
        }
        let digits = self.rest.chars().take_while(char::is_ascii_digit).count();
        if digits > 0 {
            let number = self.rest[..digits].parse().expect("digits");
            self.rest = &self.rest[digits..];
            return Worth::Number(number);
        }
        let sheet = self.elsewhere();
        let (row, col) = self.reference();
        self.cell(&sheet, row, col)
    }

    fn elsewhere(&mut self) -> String {
        if !self.eat("'") {
            return self.sheet.to_owned();
        }
        let end = self.rest.find("'!").expect("a sheet name");
        let name = self.rest[..end].replace("''", "'");
        self.rest = &self.rest[end + 2..];
        name
    }

    fn arguments(&mut self) -> Vec<Worth> {
        let mut out = Vec::new();
        loop {
            let from = self.reference();
            let to = if self.eat(":") {
                self.reference()
            } else {
                from
            };
            for row in from.0..=to.0 {
                for col in from.1..=to.1 {
                    out.push(self.cell(self.sheet, row, col));
                }
            }
            if self.eat(")") {
                return out;
            }
            assert!(self.eat(","));
        }
    }

    fn reference(&mut self) -> (u32, u32) {
        let letters = self
            .rest
            .chars()
            .take_while(char::is_ascii_uppercase)
            .count();
        let (name, rest) = self.rest.split_at(letters);
        let digits = rest.chars().take_while(char::is_ascii_digit).count();
        let (row, rest) = rest.split_at(digits);
        self.rest = rest;
        let col = name
            .bytes()
            .fold(0, |n, b| n * 26 + u32::from(b - b'A') + 1);
        (row.parse::<u32>().expect("a row") - 1, col - 1)
    }

    fn cell(&self, sheet: &str, row: u32, col: u32) -> Worth {
        match self.book.sheets[sheet].get_value((row, col)) {
            None | Some(Data::Empty) => Worth::Blank,
            Some(Data::Float(n)) => Worth::Number(*n),
            Some(Data::Int(n)) => Worth::Number(*n as f64),
            Some(Data::String(s)) => Worth::Text(s.clone()),
            Some(other) => panic!("{other:?}"),
        }
    }
}

/// Reckons every formula of a workbook anew and returns how many there were.
pub fn recalculate(bytes: &[u8]) -> usize {
    let mut workbook = open(bytes);
    let names = workbook.sheet_names();
    let book = Book {
        sheets: names
            .iter()
            .map(|n| (n.clone(), workbook.worksheet_range(n).expect("a sheet")))
            .collect(),
    };
    let mut count = 0;
    for name in &names {
        let formulas = workbook.worksheet_formula(name).expect("formulas");
        let (top, left) = formulas.start().unwrap_or((0, 0));
        for (row, col, text) in formulas.used_cells() {
            let mut reckoner = Reckoner {
                book: &book,
                sheet: name,
                rest: text,
            };
            let (row, col) = (top + row as u32, left + col as u32);
            let got = reckoner.sum();
            assert_eq!(reckoner.rest, "", "{text} was not read to its end");
            let stored = reckoner.cell(name, row, col);
            let same = match (&got, &stored) {
                (Worth::Number(a), Worth::Number(b)) => (a - b).abs() < 1e-9,
                (a, b) => a == b,
            };
            assert!(
                same,
                "{name} {row} {col}: {text} gives {got:?}, not {stored:?}"
            );
            count += 1;
        }
    }
    count
}

#[test]
fn every_formula_gives_the_result_stored_beside_it() {
    for total_first in [false, true] {
        let mut world = World::showing(towns());
        world.scheme.pages[0].total_first = total_first;
        let report = world.compose();
        let bytes = write(&report).expect("written");
        // Two subtotals and a total of three columns, six rates.
        assert_eq!(recalculate(&bytes[0].1), 3 * 3 + 6);
    }
}

#[test]
fn differences_sums_and_rounded_quotients_are_live_too() {
    use Number::{Hundredths, Integer, Missing, Ratio};
    let tab = Tabulation {
        measure: "m".into(),
        dimensions: vec![("school".into(), "学校".into())],
        columns: vec![
            column("甲", heads(), None),
            column("乙", heads(), None),
            column("丙", heads(), None),
            column("和", heads(), Some(Formula::Sum(vec![0, 1, 2]))),
            column("差", heads(), Some(Formula::Difference(0, 1))),
            column("比一", Quantity::Rate, Some(Formula::Ratio(1, 0))),
            column("比二", Quantity::Rate, Some(Formula::Ratio(2, 0))),
            column("百分点", Quantity::Points, Some(Formula::Difference(5, 6))),
            column("人均", Quantity::Money, Some(Formula::Ratio(1, 2))),
        ],
        rows: vec![
            row(
                Level::Leaf,
                &["一小"],
                &[
                    Integer(8),
                    Integer(2),
                    Integer(3),
                    Integer(13),
                    Integer(6),
                    Ratio(1, 4),
                    Ratio(3, 8),
                    Ratio(-1, 8),
                    Hundredths(67),
                ],
            ),
            row(
                Level::Leaf,
                &["二小"],
                &[
                    Integer(0),
                    Integer(1),
                    Integer(0),
                    Integer(1),
                    Integer(-1),
                    Missing,
                    Missing,
                    Missing,
                    Missing,
                ],
            ),
        ],
        ..Tabulation::default()
    };
    let world = World::showing(tab);
    let report = world.compose();
    let sheet = page(&report, "表一");
    assert_eq!(at(sheet, 0, 9).content, {
        let cell = |column| super::super::page::At { line: 0, column };
        Content::Formula(
            super::super::page::Expr::Difference {
                from: cell(7),
                take: cell(8),
                times: 100,
                dash: Some("—".into()),
            },
            Value::Number(-12.5),
        )
    });
    assert!(matches!(&at(sheet, 1, 9).content,
        Content::Formula(_, Value::Text(dash)) if dash == "—"));
    let bytes = write(&report).expect("written");
    assert_eq!(recalculate(&bytes[0].1), 12);
}

#[test]
fn a_figure_that_its_formula_would_not_give_is_a_plain_number() {
    use Number::{Integer, Ratio};
    let mut tab = towns();
    tab.rows[5].figures[0].value = Integer(99);
    tab.rows[0].figures[2].value = Ratio(1, 2);
    let report = World::showing(tab).compose();
    let sheet = page(&report, "表一");
    // Lines: group, two leaves, subtotal, group, leaf, subtotal, total.
    assert_eq!(at(sheet, 7, 2).content, Content::Number(99.0));
    assert_eq!(at(sheet, 1, 4).content, Content::Number(0.5));
    // Distinct persons are not summed.
    assert_eq!(at(sheet, 7, 5).content, Content::Number(11.0));
    assert!(matches!(at(sheet, 7, 3).content, Content::Formula(..)));
}

#[test]
fn nested_groups_sum_their_nearest_sums() {
    use Number::Integer;
    let leaf = |names: &[&str], n| row(Level::Leaf, names, &[Integer(n)]);
    let tab = Tabulation {
        measure: "m".into(),
        dimensions: ["district", "school", "person"]
            .iter()
            .map(|d| (d.to_string(), d.to_string()))
            .collect(),
        columns: vec![column("人数", heads(), None)],
        rows: vec![
            leaf(&["甲镇", "一小", "a"], 1),
            leaf(&["甲镇", "一小", "b"], 2),
            row(Level::Subtotal(2), &["甲镇", "一小"], &[Integer(3)]),
            leaf(&["甲镇", "二小", "c"], 4),
            row(Level::Subtotal(2), &["甲镇", "二小"], &[Integer(4)]),
            row(Level::Subtotal(1), &["甲镇"], &[Integer(7)]),
            row(Level::Total, &[], &[Integer(7)]),
        ],
        ..Tabulation::default()
    };
    let report = World::showing(tab).compose();
    let bytes = write(&report).expect("written");
    let mut workbook = open(&bytes[0].1);
    let formulas = workbook.worksheet_formula("表一").expect("formulas");
    let texts: Vec<&str> = formulas.used_cells().map(|(_, _, f)| f.as_str()).collect();
    // Head in row 3, group heading in row 4.
    assert_eq!(texts, ["SUM(D5:D6)", "SUM(D8)", "SUM(D7,D9)", "SUM(D10)"]);
    assert_eq!(recalculate(&bytes[0].1), 4);
}

#[test]
fn a_table_too_wide_for_the_paper_is_parted_and_loses_nothing() {
    let mut columns = vec![column("总数", heads(), None)];
    for group in 0..14 {
        for (i, label) in ["人数", "占比"].iter().enumerate() {
            let formula = (i == 1).then(|| Formula::Ratio(columns.len() - 1, 0));
            let quantity = if i == 1 { Quantity::Rate } else { heads() };
            columns.push(Column {
                title: vec![format!("第{group}组"), (*label).into()],
                ..column(&format!("{group}.{i}"), quantity, formula)
            });
        }
    }
    let values = |n: i64| -> Vec<Number> {
        std::iter::once(Number::Integer(n * 14))
            .chain((0..14).flat_map(|_| [Number::Integer(n), Number::Ratio(1, 14)]))
            .collect()
    };
    let tab = Tabulation {
        measure: "m".into(),
        dimensions: vec![("school".into(), "学校".into())],
        columns,
        rows: vec![
            row(Level::Leaf, &["一小"], &values(1000)),
            row(Level::Leaf, &["二小"], &values(20)),
            row(Level::Total, &[], &values(1020)),
        ],
        ..Tabulation::default()
    };
    let world = World::showing(tab);
    let report = world.compose();
    let sheets: Vec<&str> = report.books[0].pages.iter().map(|p| &*p.sheet).collect();
    assert_eq!(&sheets[1..3], ["表一", "表一续1"]);
    assert!(page(&report, "表一续1").title.ends_with("（续1）"));
    // Every figure has one place, though the base stands on both pages.
    assert_eq!(report.locations.len(), 3 * 29);
    let bytes = write(&report).expect("written");
    // Each page: 3 rates a group, a total a count, the base twice.
    assert_eq!(recalculate(&bytes[0].1), 14 * (3 + 1) + 2);
    let mut workbook = open(&bytes[0].1);
    for place in &report.locations {
        let range = workbook.worksheet_range(&place.sheet).expect("a sheet");
        let want = match world.tabulations[0].rows[place.row].figures[place.column].value {
            Number::Integer(n) => n as f64,
            Number::Ratio(n, d) => n as f64 / d as f64,
            _ => panic!("no such figure"),
        };
        assert_eq!(range.get_value(place.at), Some(&Data::Float(want)));
    }
}
