//! The pages of the report and how they are printed, in sentences.

use super::Prose;
use crate::scheme::page::FILLED;
use crate::scheme::{NUMBERED, PageKind, PageSpec};

impl Prose<'_> {
    /// Forms of the superior bureau that the scheme fills.
    pub(super) fn form_files(&self) -> Vec<String> {
        let run = FILLED.map(|name| (name, self.say(&format!("prose.filled.{name}"), &[])));
        let one = |f: &crate::scheme::FormFile| {
            let out = self.scheme.fill(&f.out, &run);
            self.say("prose.form-file", &[("file", f.file.clone()), ("out", out)])
        };
        self.scheme.form_files.iter().map(one).collect()
    }

    pub(super) fn pages(&self) -> Vec<String> {
        let mut out = Vec::new();
        // What only a run knows is named instead.
        let run: Vec<(&str, String)> = FILLED
            .into_iter()
            .chain(NUMBERED)
            .map(|name| (name, self.say(&format!("prose.filled.{name}"), &[])))
            .collect();
        for (n, page) in self.scheme.pages.iter().enumerate() {
            let title = |id: &String| {
                let measure = self.scheme.measure(id);
                measure.map_or("", |m| &self.scheme.measures[m].title)
            };
            let measure = match page.measures.as_slice() {
                [] => title(&page.measure).to_owned(),
                all => {
                    let titles: Vec<String> = all.iter().map(|id| self.quoted(title(id))).collect();
                    self.listed(&titles)
                }
            };
            let args = [
                ("n", (n + 1).to_string()),
                ("sheet", page.sheet.clone()),
                ("measure", measure),
            ];
            let key = match page.kind {
                PageKind::Table => "prose.page",
                PageKind::Voucher => "prose.page.voucher",
                PageKind::Balance => "prose.page.balance",
            };
            let mut line = self.say(key, &args);
            if let Some(chart) = &page.chart {
                line.push_str(&self.say("prose.chart", &[("title", chart.title.clone())]));
            }
            out.push(line);
            let told = |key: &str, text: &String| {
                let note = self.scheme.fill(text, &run);
                self.say(key, &[("note", note)])
            };
            out.extend(page.notes.iter().map(|n| told("prose.page.note", n)));
            out.extend(page.sources.iter().map(|n| told("prose.page.source", n)));
            out.extend(self.print(page, &run));
        }
        out
    }

    /// Paper, breaks, margins, and what stands above and below; nothing where all is as usual.
    fn print(&self, page: &PageSpec, run: &[(&str, String)]) -> Option<String> {
        let spec = &page.print;
        let mut parts = Vec::new();
        if spec.a3 {
            parts.push(self.say("prose.print.a3", &[]));
        }
        match spec.lying {
            Some(true) => parts.push(self.say("prose.print.landscape", &[])),
            Some(false) => parts.push(self.say("prose.print.portrait", &[])),
            None => {}
        }
        if let Some(id) = &spec.break_by {
            let of = self.scheme.measure(&page.measure);
            let by = of.map(|m| self.scheme.measures[m].by.as_slice());
            let known = by.unwrap_or_default().iter().find(|d| d.id == *id);
            let title = match known {
                Some(d) => self.dimension(d),
                None => self.say(&format!("prose.print.by.{id}"), &[]),
            };
            parts.push(self.say("prose.print.break", &[("title", title)]));
        }
        for (margin, key) in spec.margins.iter().zip(["left", "right", "top", "bottom"]) {
            if let Some(mm) = margin {
                let cm = format!("{}.{}", mm / 10, mm % 10);
                parts.push(self.say(&format!("prose.print.{key}"), &[("cm", cm)]));
            }
        }
        for (texts, key) in [
            (&page.subtitle, "prose.print.subtitle"),
            (&spec.header, "prose.print.header"),
            (&spec.footer, "prose.print.footer"),
        ] {
            if !texts.is_empty() {
                let all = self.scheme.fill(&texts.join(" "), run);
                parts.push(self.say(key, &[("text", all)]));
            }
        }
        (!parts.is_empty()).then(|| {
            let all = parts.join(&self.say("prose.print.comma", &[]));
            self.say("prose.page.print", &[("parts", all)])
        })
    }
}
