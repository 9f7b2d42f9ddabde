//! A sheet drawn with letters: row number and role in the margin, fields above the columns, a mark
//! before each cell about which something was found.

use super::drawing::{Cell, Drawing, Head, Line, worst};
use super::palette;
use crate::diagnostic::{Diagnostic, Severity};
use crate::grid::column_name;
use crate::message::{Lang, say};
use crate::recognise::{How, Role};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Terminal columns that the cells of a row may take together.
const ROOM: usize = 150;
/// Least and greatest width of a column.
const WIDTH: (usize, usize) = (4, 18);

/// How to write.
#[derive(Debug, Clone, Copy)]
pub struct Pen {
    /// Language of what is not data.
    pub lang: Lang,
    /// Whether colours are wanted.
    pub colour: bool,
}

impl Pen {
    fn paint(self, text: &str, colour: &str) -> String {
        if self.colour && !matches!(colour, "" | "0") && !text.trim().is_empty() {
            format!("\u{1b}[{colour}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    /// The short word of a role.
    fn role(self, role: Role) -> String {
        say(self.lang, &format!("inspect.role.{}", role.as_str()), &[])
    }
}

/// The drawing of one sheet, without its name.
pub fn lines(drawing: &Drawing, findings: &[Diagnostic], pen: Pen) -> Vec<String> {
    if drawing.columns.is_empty() {
        return Vec::new();
    }
    let widths = widths(drawing);
    let margin = palette::ROLES
        .iter()
        .map(|r| pen.role(*r).width())
        .max()
        .unwrap_or(0);
    let margin = margin.max(say(pen.lang, "inspect.fields", &[]).width());
    let number = last_row(drawing).to_string().len().max(4);
    let mut out = Vec::new();
    let letters: Vec<String> = drawing
        .columns
        .iter()
        .zip(&widths)
        .map(|(c, w)| fit(&column_name(*c), *w))
        .collect();
    let blank = " ".repeat(number + 1 + margin);
    out.push(trimmed(format!("{blank}  {}", letters.join("|"))));
    for line in &drawing.lines {
        out.push(trimmed(match line {
            Line::Fields(heads) => {
                let word = fit(&say(pen.lang, "inspect.fields", &[]), margin);
                let cells = heads
                    .iter()
                    .zip(&widths)
                    .map(|(h, w)| head(h.as_ref(), *w, pen));
                let cells: Vec<String> = cells.collect();
                let margin = format!("{} {word}", " ".repeat(number));
                format!("{}  {}", pen.paint(&margin, "1"), cells.join("|"))
            }
            Line::Gap(first, last, holds) => {
                let key = if *holds {
                    "inspect.gap"
                } else {
                    "inspect.gap.blank"
                };
                let args = [
                    ("first", (first + 1).to_string()),
                    ("last", (last + 1).to_string()),
                    ("rows", (last - first + 1).to_string()),
                ];
                let text = format!("{blank}  {}", say(pen.lang, key, &args));
                pen.paint(&text, "2")
            }
            Line::Row(row) => {
                let (colour, _) = palette::role(row.role);
                let mark = worst(&row.found, findings);
                let sign = mark.map_or(' ', |s| palette::finding(s).0);
                let word = fit(&pen.role(row.role), margin);
                let margin = format!("{:>number$} {word}", row.number + 1);
                let margin = pen.paint(&margin, colour);
                let sign = pen.paint(
                    &sign.to_string(),
                    mark.map_or("", |s| palette::finding(s).1),
                );
                let spill = row.role != Role::Data;
                let cells = cells(&row.cells, &widths, spill, findings, colour, pen);
                format!("{margin}{sign} {cells}")
            }
        }));
    }
    out
}

/// What colours and marks mean.
pub fn legend(pen: Pen) -> Vec<String> {
    let roles = palette::ROLES.iter().map(|r| {
        let full = match r {
            Role::Data => say(pen.lang, "inspect.role.data", &[]),
            r => say(pen.lang, &format!("role.{}", r.as_str()), &[]),
        };
        let short = pen.role(*r);
        let text = if full == short {
            full
        } else {
            format!("{short}={full}")
        };
        pen.paint(&text, palette::role(*r).0)
    });
    let roles: Vec<String> = roles.collect();
    let marks = [Severity::Error, Severity::Warning, Severity::Note].map(|s| {
        let (mark, colour, _) = palette::finding(s);
        let word = say(pen.lang, &format!("severity.{}", s.as_str()), &[]);
        pen.paint(&format!("{mark} {word}"), colour)
    });
    let known = [How::Exact, How::Within, How::Content, How::Unknown].map(|h| {
        let word = say(pen.lang, &format!("inspect.how.{}", h.as_str()), &[]);
        pen.paint(&word, palette::how(h).0)
    });
    let line = |key: &str, words: &[String]| say(pen.lang, key, &[("words", words.join("  "))]);
    vec![
        line("inspect.legend.roles", &roles),
        line("inspect.legend.fields", &known),
        line("inspect.legend.marks", &marks),
    ]
}

fn last_row(drawing: &Drawing) -> u32 {
    drawing
        .lines
        .iter()
        .map(|l| match l {
            Line::Row(row) => row.number + 1,
            Line::Gap(_, last, _) => last + 1,
            Line::Fields(_) => 0,
        })
        .max()
        .unwrap_or(0)
}

/// As wide as what stands in the column, as long as all of them fit.
fn widths(drawing: &Drawing) -> Vec<usize> {
    let mut wanted: Vec<usize> = drawing
        .columns
        .iter()
        .map(|c| column_name(*c).len().max(2))
        .collect();
    for line in &drawing.lines {
        match line {
            Line::Row(row) => {
                for (w, cell) in wanted.iter_mut().zip(&row.cells) {
                    if !cell.covered && cell.span.1 <= 1 {
                        let mark = usize::from(!cell.found.is_empty());
                        *w = (*w).max(cell.text.width() + mark);
                    }
                }
            }
            Line::Fields(heads) => {
                for (w, head) in wanted.iter_mut().zip(heads) {
                    let title = head.as_ref().and_then(|h| h.title.as_ref());
                    *w = (*w).max(title.map_or(2, |t| t.width()));
                }
            }
            Line::Gap(..) => {}
        }
    }
    let mut most = WIDTH.1;
    let total = |most: usize| wanted.iter().map(|w| w.min(&most) + 1).sum::<usize>();
    while most > WIDTH.0 && total(most) > ROOM {
        most -= 1;
    }
    wanted.into_iter().map(|w| w.min(most)).collect()
}

fn head(head: Option<&Head>, width: usize, pen: Pen) -> String {
    let Some(head) = head else {
        return " ".repeat(width);
    };
    let unknown = || "?".to_owned();
    let text = head.title.clone().unwrap_or_else(unknown);
    pen.paint(&fit(&text, width), palette::how(head.how).0)
}

/// The cells of a row. What is no record may spill over blank neighbours, as spreadsheets show it.
fn cells(
    cells: &[Cell],
    widths: &[usize],
    spill: bool,
    findings: &[Diagnostic],
    colour: &str,
    pen: Pen,
) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut at = 0;
    while at < cells.len() {
        let cell = &cells[at];
        let mut across = (cell.span.1.max(1) as usize).min(cells.len() - at);
        let mut width = widths[at..at + across].iter().sum::<usize>() + across - 1;
        let text = one_line(&cell.text);
        let free = |c: &Cell| c.text.is_empty() && c.found.is_empty() && c.span.1 <= 1;
        while spill
            && text.width() + 1 > width
            && cells
                .get(at + across)
                .is_some_and(|c| free(c) && !c.covered)
        {
            width += widths[at + across] + 1;
            across += 1;
        }
        out.push(match worst(&cell.found, findings) {
            Some(severity) => {
                let (mark, colour, _) = palette::finding(severity);
                pen.paint(&fit(&format!("{mark}{text}"), width), colour)
            }
            None => pen.paint(&fit(&text, width), colour),
        });
        at += across;
    }
    out.join("|")
}

fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// Cut or padded to a width, in terminal columns.
fn fit(text: &str, width: usize) -> String {
    let full = text.width();
    if full <= width {
        return format!("{text}{}", " ".repeat(width - full));
    }
    let end = if width > 4 { ".." } else { "" };
    let mut left = width - end.len();
    let mut out = String::new();
    for c in text.chars() {
        let w = c.width().unwrap_or(0);
        if w > left {
            break;
        }
        left -= w;
        out.push(c);
    }
    format!("{out}{end}{}", " ".repeat(left))
}

fn trimmed(mut line: String) -> String {
    line.truncate(line.trim_end().len());
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_cut_to_their_width_whatever_their_letters() {
        assert_eq!(fit("姓名", 6), "姓名  ");
        assert_eq!(fit("身份证号码", 6), "身份..");
        assert_eq!(fit("身份证号码", 7), "身份.. ");
        assert_eq!(fit("abc", 2), "ab");
        for (text, width) in [("最高学历", 3), ("A高学", 4), ("联系电话(手机)", 9)] {
            assert_eq!(fit(text, width).width(), width, "{text}");
        }
    }
}
