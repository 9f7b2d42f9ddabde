//! A page's chart as a drawing, of the same figures as the native chart of the workbook.

use super::super::page::{Chart, Content, Page, Show, Value};
use super::super::shown;
use super::super::width;
use super::axis::Axis;
use super::style::chart::{GRID, INK, TARGET, dash, fill, hatchings};
use super::table::tip;
use super::text::{attribute, escape};
use crate::scheme::ChartKind;
use std::fmt::Write as _;

/// Width of every drawing; it is scaled to the paper or the window.
const WIDTH: f64 = 760.0;
/// Height of one with upright bars, without names.
const HEIGHT: f64 = 300.0;
/// Height of a lying bar's slot.
const SLOT: f64 = 28.0;
/// Size of words.
const FONT: f64 = 13.0;
/// Size of the title.
const TITLE: f64 = 18.0;
/// Bars up to which each shows its figure, as in the workbook.
const LABELLED: usize = 16;
/// Share of a slot that bars fill.
const FILLED: f64 = 0.66;

/// What is drawn.
struct Plot<'a> {
    chart: &'a Chart,
    number: usize,
    names: Vec<&'a str>,
    series: Vec<Series<'a>>,
    target: Option<Series<'a>>,
    show: Show,
    axis: Axis,
}

struct Series<'a> {
    name: &'a str,
    values: Vec<Option<f64>>,
}

/// Draws it; nothing where there is nothing to draw.
pub fn draw(out: &mut String, page: &Page, chart: &Chart, number: usize, target: &str) {
    let Some(plot) = Plot::new(page, chart, number, target) else {
        return;
    };
    let mut body = String::new();
    let height = match chart.kind {
        ChartKind::Bar => plot.lying(&mut body),
        _ => plot.upright(&mut body),
    };
    let title = attribute(&chart.title);
    let _ = write!(
        out,
        "<figure class=\"chart\"><svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"{title}\" \
viewBox=\"0 0 {WIDTH} {height:.0}\" font-size=\"{FONT}\">{}",
        hatchings(plot.series.len(), number)
    );
    words(
        &mut body,
        WIDTH / 2.0,
        TITLE + 4.0,
        "middle",
        &chart.title,
        &format!(" font-size=\"{TITLE}\""),
    );
    out.push_str(&body);
    out.push_str("</svg></figure>\n");
}

impl<'a> Plot<'a> {
    fn new(page: &'a Page, chart: &'a Chart, number: usize, target: &'a str) -> Option<Plot<'a>> {
        let values = |col: usize| -> Vec<Option<f64>> {
            let number = |line| match content(line, col) {
                Some(Content::Number(n) | Content::Formula(_, Value::Number(n))) => Some(*n),
                _ => None,
            };
            page.lines.iter().map(number).collect()
        };
        let label = |col: usize| {
            page.columns
                .get(col)
                .and_then(|c| c.path.last())
                .map_or("", String::as_str)
        };
        let series: Vec<Series<'a>> = chart
            .series
            .iter()
            .map(|&col| Series {
                name: label(col),
                values: values(col),
            })
            .collect();
        let show = page.columns.get(*chart.series.first()?)?.show;
        let target = chart.target.map(|col| Series {
            name: target,
            values: values(col),
        });
        let names: Vec<&str> = page
            .lines
            .iter()
            .map(|line| match content(line, chart.categories) {
                Some(Content::Text(t) | Content::Formula(_, Value::Text(t))) => t,
                _ => "",
            })
            .collect();
        if names.is_empty() {
            return None;
        }
        let axis = axis(chart.kind, &series, target.as_ref(), show);
        Some(Plot {
            chart,
            number,
            names,
            series,
            target,
            show,
            axis,
        })
    }

    fn labelled(&self) -> bool {
        self.names.len() * self.series.len() <= LABELLED && self.chart.kind != ChartKind::Stacked
    }

    /// A tick of the scale; whole percents are enough there.
    fn tick(&self, value: f64) -> String {
        let step = self
            .axis
            .ticks
            .get(1)
            .map_or(1.0, |t| t - self.axis.ticks[0]);
        let show = match self.show {
            Show::Percent(_) if step >= 0.01 => Show::Percent(0),
            Show::Money if step >= 1.0 => Show::Decimal(0),
            other => other,
        };
        shown::number(value, show)
    }

    /// Upright bars or lines; gives the drawing's height.
    fn upright(&self, out: &mut String) -> f64 {
        let top = TITLE + 24.0;
        let bottom = top + HEIGHT - 70.0;
        let left = self
            .axis
            .ticks
            .iter()
            .map(|t| wide(&self.tick(*t)))
            .fold(24.0, f64::max)
            + 14.0;
        let room = WIDTH - left - 12.0;
        let slot = room / self.names.len() as f64;
        let y = |v: f64| bottom - self.axis.share(v) * (bottom - top);
        let x = |i: usize| left + slot * i as f64;
        for tick in &self.axis.ticks {
            line(out, (left, y(*tick)), (WIDTH - 12.0, y(*tick)), GRID);
            words(
                out,
                left - 6.0,
                y(*tick) + 4.5,
                "end",
                &self.tick(*tick),
                "",
            );
        }
        match self.chart.kind {
            ChartKind::Line => self.lines(out, &x, &y, slot),
            ChartKind::Stacked => self.stacks(out, &x, &y, slot),
            _ => self.bars(out, &x, &y, slot),
        }
        line(out, (left, y(0.0)), (WIDTH - 12.0, y(0.0)), INK);
        if let Some(target) = &self.target {
            path(out, &target.values, &x, &y, slot, TARGET);
        }
        // Names that are too wide for their slot are written aslant.
        let widest = self.names.iter().map(|n| wide(n)).fold(0.0, f64::max);
        let aslant = widest > slot - 4.0;
        for (i, name) in self.names.iter().enumerate() {
            let at = x(i) + slot / 2.0;
            if aslant {
                let turn = format!(
                    " transform=\"rotate(-40 {:.1} {:.1})\"",
                    at + 4.0,
                    bottom + 14.0
                );
                words(out, at + 4.0, bottom + 14.0, "end", name, &turn);
            } else {
                words(out, at, bottom + 18.0, "middle", name, "");
            }
        }
        let below = if aslant { widest * 0.65 + 24.0 } else { 28.0 };
        self.legend(out, bottom + below)
    }

    fn bars(&self, out: &mut String, x: &dyn Fn(usize) -> f64, y: &dyn Fn(f64) -> f64, slot: f64) {
        let width = slot * FILLED / self.series.len() as f64;
        for (n, series) in self.series.iter().enumerate() {
            for (i, value) in series.values.iter().enumerate() {
                let Some(value) = *value else { continue };
                let at = x(i) + slot * (1.0 - FILLED) / 2.0 + width * n as f64;
                let (from, to) = (y(value.max(0.0)), y(value.min(0.0)));
                self.rect(out, n, (at, from), (width, to - from), i, value);
                if self.labelled() {
                    words(
                        out,
                        at + width / 2.0,
                        from - 4.0,
                        "middle",
                        &shown::number(value, self.show),
                        "",
                    );
                }
            }
        }
    }

    fn stacks(
        &self,
        out: &mut String,
        x: &dyn Fn(usize) -> f64,
        y: &dyn Fn(f64) -> f64,
        slot: f64,
    ) {
        for i in 0..self.names.len() {
            let mut sum = 0.0;
            for (n, series) in self.series.iter().enumerate() {
                let Some(value) = series.values[i] else {
                    continue;
                };
                let (from, to) = (y(sum + value), y(sum));
                let at = x(i) + slot * (1.0 - FILLED) / 2.0;
                self.rect(out, n, (at, from), (slot * FILLED, to - from), i, value);
                sum += value;
            }
        }
    }

    fn lines(&self, out: &mut String, x: &dyn Fn(usize) -> f64, y: &dyn Fn(f64) -> f64, slot: f64) {
        for (n, series) in self.series.iter().enumerate() {
            path(out, &series.values, x, y, slot, dash(n));
            for (i, value) in series.values.iter().enumerate() {
                let Some(value) = *value else { continue };
                let at = (x(i) + slot / 2.0, y(value));
                let _ = write!(
                    out,
                    "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"4\" fill=\"{}\" stroke=\"{INK}\">{}</circle>",
                    at.0,
                    at.1,
                    fill(n, self.number),
                    self.tip(n, i, value),
                );
                if self.labelled() {
                    words(
                        out,
                        at.0,
                        at.1 - 8.0,
                        "middle",
                        &shown::number(value, self.show),
                        "",
                    );
                }
            }
        }
    }

    /// Lying bars, the first line of the table on top; gives the drawing's height.
    fn lying(&self, out: &mut String) -> f64 {
        let top = TITLE + 24.0;
        let slot = SLOT.max(self.series.len() as f64 * 13.0 + 8.0);
        let bottom = top + slot * self.names.len() as f64;
        let widest = self.names.iter().map(|n| wide(n)).fold(40.0, f64::max);
        let left = widest.min(WIDTH / 2.0) + 12.0;
        let right = WIDTH - 70.0;
        let x = |v: f64| left + self.axis.share(v) * (right - left);
        for tick in &self.axis.ticks {
            line(out, (x(*tick), top), (x(*tick), bottom), GRID);
            words(
                out,
                x(*tick),
                bottom + 18.0,
                "middle",
                &self.tick(*tick),
                "",
            );
        }
        let width = slot * FILLED / self.series.len() as f64;
        for (i, name) in self.names.iter().enumerate() {
            let from = top + slot * i as f64;
            words(out, left - 6.0, from + slot / 2.0 + 4.5, "end", name, "");
            for (n, series) in self.series.iter().enumerate() {
                let Some(value) = series.values[i] else {
                    continue;
                };
                let at = from + slot * (1.0 - FILLED) / 2.0 + width * n as f64;
                let (a, b) = (x(value.min(0.0)), x(value.max(0.0)));
                self.rect(out, n, (a, at), (b - a, width), i, value);
                if self.names.len() * self.series.len() <= 2 * LABELLED {
                    words(
                        out,
                        b + 5.0,
                        at + width / 2.0 + 4.5,
                        "start",
                        &shown::number(value, self.show),
                        "",
                    );
                }
            }
        }
        line(out, (x(0.0), top), (x(0.0), bottom), INK);
        self.legend(out, bottom + 28.0)
    }

    fn rect(
        &self,
        out: &mut String,
        n: usize,
        at: (f64, f64),
        size: (f64, f64),
        i: usize,
        value: f64,
    ) {
        let _ = write!(
            out,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{}\" stroke=\"{INK}\" stroke-width=\"0.75\">{}</rect>",
            at.0,
            at.1,
            size.0,
            size.1.max(0.0),
            fill(n, self.number),
            self.tip(n, i, value),
        );
    }

    fn tip(&self, series: usize, line: usize, value: f64) -> String {
        let name = self.names[line];
        let names: &[&str] = match self.series.len() {
            1 => &[name],
            _ => &[name, self.series[series].name],
        };
        format!("<title>{}</title>", tip(names, value, self.show))
    }

    /// Names of the series under the drawing, where there are several; gives the lower end.
    fn legend(&self, out: &mut String, top: f64) -> f64 {
        let many = self.series.len() + usize::from(self.target.is_some());
        if many < 2 {
            return top;
        }
        let all: Vec<&str> = self
            .series
            .iter()
            .chain(&self.target)
            .map(|s| s.name)
            .collect();
        let box_wide = |name: &str| wide(name) + 50.0;
        let mut rows: Vec<Vec<usize>> = vec![Vec::new()];
        let mut used = 0.0;
        for (i, name) in all.iter().enumerate() {
            if used + box_wide(name) > WIDTH - 20.0 && used > 0.0 {
                rows.push(Vec::new());
                used = 0.0;
            }
            used += box_wide(name);
            if let Some(row) = rows.last_mut() {
                row.push(i);
            }
        }
        let mut y = top;
        for row in rows {
            y += 20.0;
            let whole: f64 = row.iter().map(|&i| box_wide(all[i])).sum();
            let mut x = (WIDTH - whole) / 2.0;
            for i in row {
                let lined = self.chart.kind == ChartKind::Line || i == self.series.len();
                if lined {
                    let dash = if i == self.series.len() {
                        TARGET
                    } else {
                        dash(i)
                    };
                    let _ = write!(
                        out,
                        "<path d=\"M{x:.1},{:.1} h28\" stroke=\"{INK}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\"/>",
                        y - 4.5
                    );
                } else {
                    let _ = write!(
                        out,
                        "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"20\" height=\"12\" fill=\"{}\" stroke=\"{INK}\"/>",
                        x + 8.0,
                        y - 10.5,
                        fill(i, self.number)
                    );
                }
                words(out, x + 34.0, y, "start", all[i], "");
                x += box_wide(all[i]);
            }
        }
        y + 10.0
    }
}

/// The cell of a line that stands in, or covers, a column.
fn content(line: &super::super::page::Line, column: usize) -> Option<&Content> {
    let mut at = 0;
    line.cells.iter().find_map(|cell| {
        let here = at;
        at += usize::from(cell.across.max(1));
        (here == column).then_some(&cell.content)
    })
}

fn axis(kind: ChartKind, series: &[Series<'_>], target: Option<&Series<'_>>, show: Show) -> Axis {
    let lines = series.first().map_or(0, |s| s.values.len());
    let mut ends: Vec<f64> = match kind {
        ChartKind::Stacked => (0..lines)
            .map(|i| series.iter().filter_map(|s| s.values[i]).sum())
            .collect(),
        _ => series
            .iter()
            .flat_map(|s| s.values.iter().flatten().copied())
            .collect(),
    };
    ends.extend(
        target
            .iter()
            .flat_map(|t| t.values.iter().flatten().copied()),
    );
    let least = ends.iter().copied().fold(0.0, f64::min);
    let most = ends.iter().copied().fold(0.0, f64::max);
    match show {
        Show::Percent(_) if least >= 0.0 && most <= 1.0 => Axis::percent(),
        _ => Axis::new(
            least,
            most,
            matches!(show, Show::Whole | Show::Plain | Show::Serial),
        ),
    }
}

fn wide(text: &str) -> f64 {
    // In half-width characters.
    width::text(text, 12.0) * FONT / 2.0
}

fn words(out: &mut String, x: f64, y: f64, anchor: &str, text: &str, more: &str) {
    let _ = write!(
        out,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\"{more}>"
    );
    escape(out, &text.replace('\n', ""));
    out.push_str("</text>");
}

fn line(out: &mut String, from: (f64, f64), to: (f64, f64), colour: &str) {
    let _ = write!(
        out,
        "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"{colour}\"/>",
        from.0, from.1, to.0, to.1
    );
}

/// A line through the middle of the slots, broken where nothing is known.
fn path(
    out: &mut String,
    values: &[Option<f64>],
    x: &dyn Fn(usize) -> f64,
    y: &dyn Fn(f64) -> f64,
    slot: f64,
    dash: &str,
) {
    let mut way = String::new();
    let mut pen = 'M';
    for (i, value) in values.iter().enumerate() {
        match value {
            Some(v) => {
                let _ = write!(way, "{pen}{:.1},{:.1} ", x(i) + slot / 2.0, y(*v));
                pen = 'L';
            }
            None => pen = 'M',
        }
    }
    let _ = write!(
        out,
        "<path d=\"{}\" fill=\"none\" stroke=\"{INK}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\"/>",
        way.trim_end()
    );
}
