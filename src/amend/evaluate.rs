//! The formulas that official forms use, computed as spreadsheets do: arithmetic, comparison, sums
//! and the like. Anything else is unknown rather than guessed.

use super::cells::Value;
use super::formula::{Area, Piece, pieces};

/// The formula uses what is not computed here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unknown;

/// Where a formula finds cells.
pub(super) trait Cells {
    /// The value of a cell, computed if need be.
    fn cell(&mut self, spot: (usize, u32, u32)) -> Result<Value, Unknown>;
    /// Cells that are there, within a rectangle.
    fn occupied(&self, sheet: usize, rows: (u32, u32), cols: (u32, u32)) -> Vec<(usize, u32, u32)>;
    /// Index of a sheet.
    fn sheet(&self, name: &str) -> Option<usize>;
    /// What a name stands for.
    fn name(&self, name: &str) -> Option<String>;
}

/// Computes a formula that stands in a cell.
pub(super) fn formula(
    text: &str,
    at: (usize, u32, u32),
    cells: &mut dyn Cells,
) -> Result<Value, Unknown> {
    let tokens: Vec<Piece<'_>> = pieces(text)
        .into_iter()
        .filter(|p| !matches!(p, Piece::Mark(m) if m.trim().is_empty()))
        .collect();
    let mut parser = Parser {
        tokens: &tokens,
        next: 0,
        at,
        cells,
        depth: 0,
    };
    let found = parser.expression(0)?;
    if parser.next < tokens.len() {
        return Err(Unknown);
    }
    let value = parser.single(found)?;
    Ok(match value {
        // A formula is never blank: it shows nought.
        Value::Blank => Value::Number(0.0),
        value => value,
    })
}

/// What a part of a formula is.
enum Operand {
    Value(Value),
    Area(usize, (u32, u32), (u32, u32)),
}

struct Parser<'t, 'c> {
    tokens: &'t [Piece<'t>],
    next: usize,
    at: (usize, u32, u32),
    cells: &'c mut dyn Cells,
    depth: usize,
}

fn error(text: &str) -> Value {
    Value::Error(text.to_owned())
}

impl Parser<'_, '_> {
    fn mark(&self) -> Option<&str> {
        match self.tokens.get(self.next)? {
            Piece::Mark(m) => Some(m),
            _ => None,
        }
    }

    fn take(&mut self, mark: &str) -> bool {
        let found = self.mark() == Some(mark);
        self.next += usize::from(found);
        found
    }

    /// An operator of two sides, with how strongly it binds; moves past it.
    fn operator(&mut self, least: u8) -> Option<(&'static str, u8)> {
        const ALL: &[(&str, u8)] = &[
            ("=", 1),
            ("<", 1),
            (">", 1),
            ("&", 2),
            ("+", 3),
            ("-", 3),
            ("*", 4),
            ("/", 4),
            ("^", 5),
        ];
        let mark = self.mark()?;
        let (name, strength) = *ALL.iter().find(|(m, _)| *m == mark)?;
        if strength < least.max(1) {
            return None;
        }
        self.next += 1;
        let name = match (name, self.mark()) {
            ("<", Some("=")) => "<=",
            ("<", Some(">")) => "<>",
            (">", Some("=")) => ">=",
            _ => return Some((name, strength)),
        };
        self.next += 1;
        Some((name, strength))
    }

    fn expression(&mut self, least: u8) -> Result<Operand, Unknown> {
        self.depth += 1;
        if self.depth > 64 {
            return Err(Unknown);
        }
        let mut left = self.prefix()?;
        while let Some((name, strength)) = self.operator(least) {
            let right = self.expression(strength + 1)?;
            let (a, b) = (self.single(left)?, self.single(right)?);
            left = Operand::Value(apply(name, a, b));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn prefix(&mut self) -> Result<Operand, Unknown> {
        if self.take("-") {
            let inner = self.expression(6)?;
            let value = self.single(inner)?;
            return Ok(Operand::Value(apply("-", Value::Number(0.0), value)));
        }
        if self.take("+") {
            return self.expression(6);
        }
        let mut found = self.primary()?;
        while self.take("%") {
            let value = self.single(found)?;
            found = Operand::Value(apply("/", value, Value::Number(100.0)));
        }
        Ok(found)
    }

    fn primary(&mut self) -> Result<Operand, Unknown> {
        let token = self.tokens.get(self.next).ok_or(Unknown)?.clone();
        self.next += 1;
        Ok(match token {
            Piece::Quoted(text) => {
                let inside = text.get(1..text.len().saturating_sub(1)).ok_or(Unknown)?;
                Operand::Value(Value::Text(inside.replace("\"\"", "\"")))
            }
            Piece::Area(area, ..) => self.area(&area)?,
            Piece::Mark("(") => {
                let inner = self.expression(0)?;
                if !self.take(")") {
                    return Err(Unknown);
                }
                inner
            }
            Piece::Mark(_) => return Err(Unknown),
            Piece::Word(word) => {
                if self.take("(") {
                    return self.function(word).map(Operand::Value);
                }
                match word.to_uppercase().as_str() {
                    "TRUE" => Operand::Value(Value::Bool(true)),
                    "FALSE" => Operand::Value(Value::Bool(false)),
                    plain => match plain.parse::<f64>() {
                        Ok(n) if plain.starts_with(|c: char| c.is_ascii_digit() || c == '.') => {
                            Operand::Value(Value::Number(n))
                        }
                        _ => self.named(word)?,
                    },
                }
            }
        })
    }

    /// A name that stands for cells.
    fn named(&mut self, name: &str) -> Result<Operand, Unknown> {
        let meant = self.cells.name(name).ok_or(Unknown)?;
        match &pieces(&meant)[..] {
            [Piece::Area(area, ..)] => self.area(area),
            _ => Err(Unknown),
        }
    }

    fn area(&mut self, area: &Area) -> Result<Operand, Unknown> {
        let sheet = match &area.sheet {
            None => self.at.0,
            Some(name) => self.cells.sheet(name).ok_or(Unknown)?,
        };
        Ok(Operand::Area(sheet, area.rows(), area.cols()))
    }

    /// An operand as one value.
    fn single(&mut self, operand: Operand) -> Result<Value, Unknown> {
        match operand {
            Operand::Value(value) => Ok(value),
            Operand::Area(sheet, (r, last), (c, right)) if r == last && c == right => {
                self.cells.cell((sheet, r, c))
            }
            Operand::Area(..) => Err(Unknown),
        }
    }

    fn arguments(&mut self) -> Result<Vec<Operand>, Unknown> {
        let mut out = Vec::new();
        if self.take(")") {
            return Ok(out);
        }
        loop {
            match self.mark() {
                Some("," | ")") => out.push(Operand::Value(Value::Blank)),
                _ => out.push(self.expression(0)?),
            }
            if self.take(")") {
                return Ok(out);
            }
            if !self.take(",") {
                return Err(Unknown);
            }
        }
    }

    fn function(&mut self, name: &str) -> Result<Value, Unknown> {
        let arguments = self.arguments()?;
        let name = name.to_uppercase();
        match name.as_str() {
            "SUM" | "AVERAGE" | "MIN" | "MAX" | "COUNT" | "COUNTA" | "PRODUCT" => {
                return self.many(&name, arguments);
            }
            "ROW" if arguments.is_empty() => return Ok(Value::Number(f64::from(self.at.1 + 1))),
            "ROW" => {
                let Some(Operand::Area(_, (row, _), _)) = arguments.first() else {
                    return Err(Unknown);
                };
                return Ok(Value::Number(f64::from(row + 1)));
            }
            _ => {}
        }
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push(self.single(argument)?);
        }
        let value = |i: usize| values.get(i).cloned().unwrap_or(Value::Blank);
        Ok(match (name.as_str(), values.len()) {
            ("IF", 2 | 3) => match truth(&value(0)) {
                Err(wrong) => wrong,
                Ok(true) => value(1),
                Ok(false) if values.len() == 2 => Value::Bool(false),
                Ok(false) => value(2),
            },
            ("IFERROR", 2) => match value(0) {
                Value::Error(_) => value(1),
                own => own,
            },
            ("ISNUMBER", 1) => Value::Bool(matches!(value(0), Value::Number(_))),
            ("ROUND", 2) => match (number(&value(0)), number(&value(1))) {
                (Ok(n), Ok(places)) => Value::Number(round(n, places)),
                (Err(wrong), _) | (_, Err(wrong)) => wrong,
            },
            ("ABS", 1) => number(&value(0)).map_or_else(|e| e, |n| Value::Number(n.abs())),
            ("INT", 1) => number(&value(0)).map_or_else(|e| e, |n| Value::Number(n.floor())),
            ("NOT", 1) => truth(&value(0)).map_or_else(|e| e, |b| Value::Bool(!b)),
            ("AND" | "OR", 1..) => {
                let mut all = Vec::with_capacity(values.len());
                for v in &values {
                    match truth(v) {
                        Ok(b) => all.push(b),
                        Err(wrong) => return Ok(wrong),
                    }
                }
                Value::Bool(match name.as_str() {
                    "AND" => all.into_iter().all(|b| b),
                    _ => all.into_iter().any(|b| b),
                })
            }
            _ => return Err(Unknown),
        })
    }

    /// Functions over many cells: words and blanks in cells do not count, errors do.
    fn many(&mut self, name: &str, arguments: Vec<Operand>) -> Result<Value, Unknown> {
        let (mut numbers, mut filled) = (Vec::new(), 0usize);
        for argument in arguments {
            let spots = match argument {
                Operand::Value(value) => {
                    filled += 1;
                    match number(&value) {
                        Ok(n) => numbers.push(n),
                        Err(_) if name.starts_with("COUNT") => {}
                        Err(wrong) => return Ok(wrong),
                    }
                    continue;
                }
                Operand::Area(sheet, rows, cols) => self.cells.occupied(sheet, rows, cols),
            };
            for spot in spots {
                match self.cells.cell(spot)? {
                    Value::Number(n) => {
                        filled += 1;
                        numbers.push(n);
                    }
                    Value::Error(e) if !name.starts_with("COUNT") => return Ok(Value::Error(e)),
                    Value::Blank => {}
                    _ => filled += 1,
                }
            }
        }
        // Not `sum()`: that of nothing is minus nought.
        let sum = numbers.iter().fold(0.0, |a, b| a + b);
        Ok(match name {
            "SUM" => Value::Number(sum),
            "COUNT" => Value::Number(numbers.len() as f64),
            "COUNTA" => Value::Number(filled as f64),
            "AVERAGE" if numbers.is_empty() => error("#DIV/0!"),
            "AVERAGE" => Value::Number(sum / numbers.len() as f64),
            _ if numbers.is_empty() => Value::Number(0.0),
            "MIN" => Value::Number(numbers.into_iter().fold(f64::INFINITY, f64::min)),
            "MAX" => Value::Number(numbers.into_iter().fold(f64::NEG_INFINITY, f64::max)),
            _ => Value::Number(numbers.into_iter().product()),
        })
    }
}

fn number(value: &Value) -> Result<f64, Value> {
    match value {
        Value::Blank => Ok(0.0),
        Value::Number(n) => Ok(*n),
        Value::Bool(b) => Ok(f64::from(u8::from(*b))),
        Value::Text(t) => t.trim().parse().map_err(|_| error("#VALUE!")),
        Value::Error(_) => Err(value.clone()),
    }
}

fn truth(value: &Value) -> Result<bool, Value> {
    match value {
        Value::Bool(b) => Ok(*b),
        value => number(value).map(|n| n != 0.0),
    }
}

/// Half away from nought; what is a half but for the last bits of binary fractions is one.
fn round(n: f64, places: f64) -> f64 {
    let unit = 10f64.powi(places as i32);
    let scaled = n.abs() * unit;
    let near = scaled + scaled.max(1.0) * 1e-14;
    (near + 0.5).floor() / unit * n.signum()
}

fn text(value: &Value) -> String {
    match value {
        Value::Blank => String::new(),
        Value::Number(n) => n.to_string(),
        Value::Text(t) => t.clone(),
        Value::Bool(b) => b.to_string().to_uppercase(),
        Value::Error(e) => e.clone(),
    }
}

fn apply(operator: &str, a: Value, b: Value) -> Value {
    if let (wrong @ Value::Error(_), _) | (_, wrong @ Value::Error(_)) = (&a, &b) {
        return wrong.clone();
    }
    match operator {
        "&" => Value::Text([text(&a), text(&b)].concat()),
        "+" | "-" | "*" | "/" | "^" => match (number(&a), number(&b)) {
            (Ok(a), Ok(b)) => match operator {
                "+" => Value::Number(a + b),
                "-" => Value::Number(a - b),
                "*" => Value::Number(a * b),
                "/" if b == 0.0 => error("#DIV/0!"),
                "/" => Value::Number(a / b),
                _ => Value::Number(a.powf(b)),
            },
            (Err(wrong), _) | (_, Err(wrong)) => wrong,
        },
        _ => {
            let order = compare(&a, &b);
            Value::Bool(match operator {
                "=" => order.is_eq(),
                "<>" => order.is_ne(),
                "<" => order.is_lt(),
                ">" => order.is_gt(),
                "<=" => order.is_le(),
                _ => order.is_ge(),
            })
        }
    }
}

/// Numbers come before words, words before yes and no; a blank is what it is compared with.
fn compare(a: &Value, b: &Value) -> std::cmp::Ordering {
    let rank = |v: &Value| match v {
        Value::Blank => 0,
        Value::Number(_) => 1,
        Value::Text(_) => 2,
        Value::Bool(_) | Value::Error(_) => 3,
    };
    match (a, b) {
        (Value::Text(_), _) | (_, Value::Text(_))
            if rank(a) == rank(b) || rank(a) * rank(b) == 0 =>
        {
            text(a).to_lowercase().cmp(&text(b).to_lowercase())
        }
        _ if rank(a) == rank(b) || rank(a) * rank(b) == 0 => {
            let (a, b) = (number(a).unwrap_or(0.0), number(b).unwrap_or(0.0));
            a.total_cmp(&b)
        }
        _ => rank(a).cmp(&rank(b)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    struct Table(BTreeMap<(u32, u32), Value>);

    impl Cells for Table {
        fn cell(&mut self, spot: (usize, u32, u32)) -> Result<Value, Unknown> {
            Ok(self
                .0
                .get(&(spot.1, spot.2))
                .cloned()
                .unwrap_or(Value::Blank))
        }
        fn occupied(&self, _: usize, rows: (u32, u32), cols: (u32, u32)) -> Vec<(usize, u32, u32)> {
            let inside = |(r, c): &(u32, u32)| {
                (rows.0..=rows.1).contains(r) && (cols.0..=cols.1).contains(c)
            };
            self.0
                .keys()
                .copied()
                .filter(inside)
                .map(|(r, c)| (0, r, c))
                .collect()
        }
        fn sheet(&self, _: &str) -> Option<usize> {
            Some(0)
        }
        fn name(&self, name: &str) -> Option<String> {
            (name == "全部").then(|| "表!$A$1:$A$3".to_owned())
        }
    }

    fn of(text: &str) -> Result<Value, Unknown> {
        let cells = [
            ((0, 0), Value::Number(2.0)),
            ((1, 0), Value::Text("—".to_owned())),
            ((2, 0), Value::Number(3.0)),
            ((0, 1), Value::Number(0.0)),
            ((0, 2), Value::Error("#N/A".to_owned())),
        ];
        formula(text, (0, 9, 9), &mut Table(cells.into_iter().collect()))
    }

    #[test]
    fn sums_ratios_and_cases_are_computed_as_spreadsheets_do() {
        let n = |v: f64| Ok(Value::Number(v));
        let t = |v: &str| Ok(Value::Text(v.to_owned()));
        for (formula, result) in [
            ("SUM(A1:A3)", n(5.0)),
            ("SUM(全部)*2^2-1", n(19.0)),
            ("-A1+10%", n(-1.9)),
            ("COUNT(A1:A3)+COUNTA(A1:A3)", n(5.0)),
            ("AVERAGE(A1:A3)", n(2.5)),
            ("MAX(A:A)-MIN(A1,7)", n(1.0)),
            ("IF(B1=0,\"—\",A1/B1)", t("—")),
            ("IF(A1>=2,\"a\"\"b\"&A3,0)", t("a\"b3")),
            ("IFERROR(A1/B1,\"\")", t("")),
            ("A1/B1", Ok(error("#DIV/0!"))),
            ("A1+A2", Ok(error("#VALUE!"))),
            ("SUM(A1:C1)", Ok(error("#N/A"))),
            ("ROUND(1.005,2)+ROUND(-2.5,0)", n(1.01 - 3.0)),
            ("ROW()-5", n(5.0)),
            ("D9", n(0.0)),
            ("1/SUM(D9:D9)", Ok(error("#DIV/0!"))),
            ("AND(A1=2,A2<>\"x\")", Ok(Value::Bool(true))),
            ("D9=\"\"", Ok(Value::Bool(true))),
            ("2*(1+2)/4", n(1.5)),
            ("VLOOKUP(A1,A1:C3,2,0)", Err(Unknown)),
            ("A1:A3+1", Err(Unknown)),
            ("SUM(A1:A3", Err(Unknown)),
        ] {
            assert_eq!(of(formula), result, "{formula}");
        }
    }
}
