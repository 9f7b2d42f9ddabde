//! Sheets drawn as text, for tests.

use super::{Recognised, Role, tables_of};
use crate::diagnostic::Diagnostic;
use crate::grid::{Format, Sheet, Span, Value, Workbook, column_name};
use crate::scheme::{FormIdx, Scheme, templates};
use std::sync::OnceLock;

/// The embedded templates, every form but the directory wanted.
pub(super) fn scheme() -> &'static Scheme {
    static SCHEME: OnceLock<Scheme> = OnceLock::new();
    SCHEME.get_or_init(|| {
        let forms = templates::forms();
        Scheme {
            id: "test".into(),
            wanted: forms.iter().map(|f| f.id != "directory").collect(),
            forms,
            vocabularies: templates::vocabularies(),
            words: templates::words(),
            ..Scheme::default()
        }
    })
}

/// A sheet from lines of cells parted by `|`: `^` belongs to the merge of the cell above, `<` to
/// that of the cell on the left, `'` in front keeps a number text, `\n` is a line break, `@` a
/// date serial, `=` a formula without a result.
pub(super) fn draw(name: &str, drawing: &str) -> Sheet {
    let lines: Vec<Vec<&str>> = drawing.lines().map(|l| l.split('|').collect()).collect();
    let mut b = Sheet::builder(name);
    // For each place the first cell of its merge.
    let mut anchors: Vec<Vec<(usize, usize)>> = Vec::new();
    let mut merged: Vec<((usize, usize), (usize, usize))> = Vec::new();
    for (r, line) in lines.iter().enumerate() {
        anchors.push(Vec::new());
        for (c, raw) in line.iter().enumerate() {
            let text = raw.trim_matches(' ');
            let anchor = match text {
                "^" => anchors[r - 1][c],
                "<" => anchors[r][c - 1],
                _ => (r, c),
            };
            anchors[r].push(anchor);
            if anchor != (r, c) {
                merged.push((anchor, (r, c)));
                continue;
            }
            let (row, col) = (r as u32, c as u32);
            if let Some(text) = text.strip_prefix('\'') {
                b.put(row, col, Value::Text(text));
            } else if let Some(serial) = text.strip_prefix('@') {
                b.put(row, col, Value::Date(serial.parse().unwrap()));
            } else if text == "=" {
                b.put(row, col, Value::Unevaluated);
            } else if text.len() < 12
                && let Ok(n) = text.parse::<f64>()
            {
                b.put(row, col, Value::Number(n));
            } else {
                b.put(row, col, Value::Text(&text.replace("\\n", "\n")));
            }
        }
    }
    merged.sort_unstable();
    let mut spans: Vec<Span> = Vec::new();
    for ((top, left), (r, c)) in merged {
        let (top, left, r, c) = (top as u32, left as u32, r as u32, c as u32);
        match spans.iter_mut().find(|s| (s.top, s.left) == (top, left)) {
            Some(s) => {
                s.bottom = s.bottom.max(r);
                s.right = s.right.max(c);
            }
            None => spans.push(Span {
                top,
                left,
                bottom: r,
                right: c,
            }),
        }
    }
    for span in spans {
        b.merge(span);
    }
    b.finish()
}

/// What recognition made of a workbook.
pub(super) struct Read {
    pub scheme: &'static Scheme,
    pub workbook: Workbook,
    pub recognised: Recognised,
    pub diagnostics: Vec<Diagnostic>,
}

pub(super) fn read_sheets(sheets: Vec<Sheet>, forms: Option<&[&str]>) -> Read {
    let scheme = scheme();
    let workbook = Workbook {
        file: "第一小学.xlsx".into(),
        format: Format::Xlsx,
        sheets,
    };
    let allowed: Vec<FormIdx> = (0..scheme.forms.len())
        .filter(|&f| {
            let id = scheme.forms[f].id.as_str();
            forms.map_or(id != "directory", |wanted| wanted.contains(&id))
        })
        .collect();
    let found = tables_of(&workbook, scheme, &allowed);
    Read {
        scheme,
        workbook,
        recognised: found.value,
        diagnostics: found.diagnostics,
    }
}

/// One sheet of forms that schools send.
pub(super) fn read(drawing: &str) -> Read {
    read_sheets(vec![draw("Sheet1", drawing)], None)
}

impl Read {
    /// The roles of a sheet's lines, a letter each.
    pub fn roles(&self) -> String {
        self.roles_of(0)
    }

    pub fn roles_of(&self, sheet: usize) -> String {
        let letter = |r: &Role| match r {
            Role::Blank => '.',
            Role::Title => 't',
            Role::Metadata => 'm',
            Role::Header => 'h',
            Role::RepeatedHeader => 'r',
            Role::Data => 'd',
            Role::Total => '+',
            Role::Section => 's',
            Role::Note => 'n',
            Role::Example => 'e',
            Role::Signature => 'g',
            Role::Unknown => '?',
        };
        self.recognised.accounts[sheet]
            .lines
            .iter()
            .map(letter)
            .collect()
    }

    /// The forms of all tables.
    pub fn forms(&self) -> String {
        let ids: Vec<&str> = self
            .recognised
            .tables
            .iter()
            .map(|t| self.scheme.forms[t.form].id.as_str())
            .collect();
        ids.join(" ")
    }

    /// `A=serial B=name C=?` of a table; ignored columns as `-`.
    pub fn fields(&self, table: usize) -> String {
        let table = &self.recognised.tables[table];
        let form = &self.scheme.forms[table.form];
        let columns: Vec<String> = table
            .columns
            .iter()
            .map(|c| {
                let field = c.field.map(|f| &form.fields[f]);
                let name = match field {
                    None => "?",
                    Some(f) if f.kind == crate::scheme::Kind::Ignored => "-",
                    Some(f) => &f.id,
                };
                format!("{}={name}", column_name(c.col))
            })
            .collect();
        columns.join(" ")
    }

    /// 1-based rows of a table's records.
    pub fn body(&self, table: usize) -> Vec<u32> {
        self.recognised.tables[table]
            .body
            .iter()
            .map(|r| r + 1)
            .collect()
    }

    /// Findings as `rule cell`, in order.
    pub fn findings(&self) -> Vec<String> {
        self.diagnostics
            .iter()
            .map(|d| {
                let cell = d
                    .place
                    .cell()
                    .unwrap_or_else(|| d.place.row.map_or(String::new(), |r| (r + 1).to_string()));
                format!("{} {cell}", d.rule.name()).trim_end().to_owned()
            })
            .collect()
    }

    /// The remarks of a table as `kind text`.
    pub fn remarks(&self, table: usize) -> Vec<String> {
        let table = &self.recognised.tables[table];
        let remarks = &self.recognised.accounts[table.sheet].remarks;
        table
            .remarks
            .iter()
            .map(|&i| format!("{:?} {}", remarks[i].kind, remarks[i].text))
            .collect()
    }
}
