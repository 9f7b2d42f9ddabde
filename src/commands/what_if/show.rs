//! The outcome for people: a table a measure, then the names.

use super::Outcome;
use super::figures::Change;
use super::people::Move;
use crate::message::{Lang, say};
use unicode_width::UnicodeWidthStr;

impl Outcome {
    /// Everything in lines.
    pub(super) fn text(&self, lang: Lang) -> String {
        let settings: Vec<String> = self
            .settings
            .iter()
            .map(|(path, value)| format!("{path} = {value}"))
            .collect();
        let settings = settings.join(&say(lang, "cli.list-comma", &[]));
        let mut lines = vec![say(lang, "what-if.head", &[("settings", settings)])];
        if self.figures.is_empty() && self.people.is_empty() {
            lines.push(say(lang, "what-if.same", &[]));
            return lines.join("\n");
        }
        if !self.figures.is_empty() {
            lines.push(String::new());
            lines.push(say(lang, "what-if.figures", &[]));
        }
        for of_measure in self.figures.chunk_by(|a, b| a.measure == b.measure) {
            lines.extend(table(of_measure, lang));
        }
        if !self.people.is_empty() {
            lines.push(String::new());
            lines.push(say(lang, "what-if.persons", &[]));
        }
        for moves in &self.people {
            for what in Move::ALL {
                let who: Vec<_> = moves.all.iter().filter(|(m, _)| *m == what).collect();
                if who.is_empty() {
                    continue;
                }
                let args = [("title", moves.title.clone()), ("n", who.len().to_string())];
                let key = format!("what-if.persons.{}", what.name());
                lines.push(say(lang, &key, &args));
                lines.extend(who.into_iter().map(|(_, s)| {
                    let args = [("school", s.school.clone()), ("person", s.person.clone())];
                    say(lang, "what-if.person", &args)
                }));
            }
        }
        lines.join("\n")
    }
}

/// The changes of one measure, its columns in line.
fn table(changes: &[Change], lang: Lang) -> Vec<String> {
    let word = |key: &str| say(lang, key, &[]);
    let none = word("what-if.none");
    let head = ["group", "column", "old", "new", "difference"];
    let mut rows = vec![head.map(|h| word(&format!("what-if.{h}")))];
    rows.extend(changes.iter().map(|c| {
        let group: Vec<&str> = c.group.iter().map(|(_, value)| value.as_str()).collect();
        let group = match group.as_slice() {
            [] => word("what-if.total"),
            names => names.join(" "),
        };
        let difference = match c.shown_difference() {
            None => none.clone(),
            Some((n, true)) => say(lang, "what-if.points", &[("n", n)]),
            Some((n, false)) => n,
        };
        [
            group,
            c.column.clone(),
            c.shown(&c.old, &none),
            c.shown(&c.new, &none),
            difference,
        ]
    }));
    let width = |column: usize| rows.iter().map(|r| r[column].width()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let args = changes
        .first()
        .map(|c| [("title", c.title.clone()), ("id", c.measure.clone())]);
    let mut out = vec![String::new()];
    out.extend(args.map(|args| say(lang, "what-if.measure", &args)));
    out.extend(rows.iter().map(|row| {
        let cells = row.iter().zip(&widths).enumerate();
        let line: Vec<String> = cells
            .map(|(i, (text, width))| {
                let room = " ".repeat(width - text.width());
                // Words begin, numbers end in line.
                if i < 2 {
                    format!("{text}{room}")
                } else {
                    format!("{room}{text}")
                }
            })
            .collect();
        format!("  {}", line.join("  ").trim_end())
    }));
    out
}
