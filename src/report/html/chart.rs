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
/// Where the field ends.
const RIGHT: f64 = WIDTH - 12.0;
/// Where it begins, under the title.
const TOP: f64 = 44.0;
/// Height of the field of upright bars.
const HEIGHT: f64 = 230.0;
/// Height of a lying bar's slot.
const SLOT: f64 = 28.0;
/// Size of words.
const FONT: f64 = 13.0;
/// Size of the title.
const TITLE: f64 = 18.0;
/// Bars up to which each shows its figure, as in the workbook.
const LABELLED: usize = 16;
/// Angle of names that are too wide.
const ASLANT: f64 = 0.7;
/// Keeps a figure apart from what it is written over.
const HALO: &str = " paint-order=\"stroke\" stroke=\"#ffffff\" stroke-width=\"3\"";
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

impl Series<'_> {
    /// Its figures, with the lines that they stand in.
    fn known(&self) -> impl Iterator<Item = (usize, f64)> {
        let all = self.values.iter().enumerate();
        all.filter_map(|(i, value)| Some((i, (*value)?)))
    }
}

/// Where upright bars and lines are drawn: a slot a name.
struct Field<'a> {
    axis: &'a Axis,
    left: f64,
    slot: f64,
    top: f64,
    bottom: f64,
}

impl Field<'_> {
    fn y(&self, value: f64) -> f64 {
        self.bottom - self.axis.share(value) * (self.bottom - self.top)
    }

    fn middle(&self, slot: usize) -> f64 {
        self.left + self.slot * (slot as f64 + 0.5)
    }

    /// The left side of a slot's bars.
    fn bar(&self, slot: usize) -> f64 {
        self.middle(slot) - self.slot * FILLED / 2.0
    }
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
        (WIDTH / 2.0, TITLE + 4.0),
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
        let ticks = self.axis.ticks.iter().map(|t| wide(&self.tick(*t)));
        let left = ticks.fold(24.0, f64::max) + 14.0;
        let widest = self.names.iter().map(|n| wide(n)).fold(0.0, f64::max);
        let slots = self.names.len() as f64;
        // Names that are too wide for their slot are written aslant, the first one from the edge.
        let aslant = widest > (RIGHT - left) / slots - 4.0;
        let left = match aslant {
            true => left.max(wide(self.names[0]) * ASLANT.cos() + 8.0),
            false => left,
        };
        let field = Field {
            axis: &self.axis,
            left,
            slot: (RIGHT - left) / slots,
            top: TOP,
            bottom: TOP + HEIGHT,
        };
        for tick in &self.axis.ticks {
            let y = field.y(*tick);
            line(out, (left, y), (RIGHT, y), GRID);
            words(out, (left - 6.0, y + 4.5), "end", &self.tick(*tick), "");
        }
        // Written last, so that nothing is drawn over them.
        let mut labels = String::new();
        match self.chart.kind {
            ChartKind::Line => self.lines(out, &mut labels, &field),
            // Shares show their heads here: a stack says both.
            ChartKind::Stacked | ChartKind::Share => self.stacks(out, &field),
            _ => self.bars(out, &mut labels, &field),
        }
        line(out, (left, field.y(0.0)), (RIGHT, field.y(0.0)), INK);
        if let Some(target) = &self.target {
            path(out, &target.values, &field, TARGET);
        }
        out.push_str(&labels);
        for (i, name) in self.names.iter().enumerate() {
            let at = field.middle(i);
            if aslant {
                let (x, y) = (at + 4.0, field.bottom + 14.0);
                let turn = -ASLANT.to_degrees();
                let turn = format!(" transform=\"rotate({turn:.0} {x:.1} {y:.1})\"");
                words(out, (x, y), "end", name, &turn);
            } else {
                words(out, (at, field.bottom + 18.0), "middle", name, "");
            }
        }
        let below = match aslant {
            true => widest * ASLANT.sin() + 24.0,
            false => 28.0,
        };
        self.legend(out, field.bottom + below)
    }

    fn bars(&self, out: &mut String, labels: &mut String, field: &Field<'_>) {
        let width = field.slot * FILLED / self.series.len() as f64;
        for (n, series) in self.series.iter().enumerate() {
            for (i, value) in series.known() {
                let at = field.bar(i) + width * n as f64;
                let (from, to) = (field.y(value.max(0.0)), field.y(value.min(0.0)));
                self.rect(out, n, (at, from), (width, to - from), i, value);
                self.label(labels, (at + width / 2.0, from - 4.0), value);
            }
        }
    }

    fn stacks(&self, out: &mut String, field: &Field<'_>) {
        let mut sums = vec![0.0; self.names.len()];
        for (n, series) in self.series.iter().enumerate() {
            for (i, value) in series.known() {
                let (from, to) = (field.y(sums[i] + value), field.y(sums[i]));
                let size = (field.slot * FILLED, to - from);
                self.rect(out, n, (field.bar(i), from), size, i, value);
                sums[i] += value;
            }
        }
    }

    fn lines(&self, out: &mut String, labels: &mut String, field: &Field<'_>) {
        for (n, series) in self.series.iter().enumerate() {
            path(out, &series.values, field, dash(n));
            for (i, value) in series.known() {
                let at = (field.middle(i), field.y(value));
                let _ = write!(
                    out,
                    "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"4\" fill=\"{}\" stroke=\"{INK}\">{}</circle>",
                    at.0,
                    at.1,
                    fill(n, self.number),
                    self.tip(n, i, value),
                );
                self.label(labels, (at.0, at.1 - 8.0), value);
            }
        }
    }

    /// A figure above its bar or point, where there is room for all of them.
    fn label(&self, out: &mut String, at: (f64, f64), value: f64) {
        if self.names.len() * self.series.len() <= LABELLED {
            words(out, at, "middle", &shown::number(value, self.show), HALO);
        }
    }

    /// Lying bars, the first line of the table on top; gives the drawing's height.
    fn lying(&self, out: &mut String) -> f64 {
        let slot = SLOT.max(self.series.len() as f64 * FONT + 8.0);
        let bottom = TOP + slot * self.names.len() as f64;
        let widest = self.names.iter().map(|n| wide(n)).fold(40.0, f64::max);
        let left = widest.min(WIDTH / 2.0) + 12.0;
        let all = self.series.iter().flat_map(Series::known);
        let figures = all.map(|(_, v)| wide(&shown::number(v, self.show)));
        let right = RIGHT - figures.fold(0.0, f64::max);
        let x = |v: f64| left + self.axis.share(v) * (right - left);
        for tick in &self.axis.ticks {
            line(out, (x(*tick), TOP), (x(*tick), bottom), GRID);
            let at = (x(*tick), bottom + 18.0);
            words(out, at, "middle", &self.tick(*tick), "");
        }
        let top = |i: usize| TOP + slot * i as f64;
        for (i, name) in self.names.iter().enumerate() {
            let at = (left - 6.0, top(i) + slot / 2.0 + 4.5);
            words(out, at, "end", name, "");
        }
        let width = slot * FILLED / self.series.len() as f64;
        for (n, series) in self.series.iter().enumerate() {
            for (i, value) in series.known() {
                let at = top(i) + slot * (1.0 - FILLED) / 2.0 + width * n as f64;
                let (a, b) = (x(value.min(0.0)), x(value.max(0.0)));
                self.rect(out, n, (a, at), (b - a, width), i, value);
                let at = (b + 5.0, at + width / 2.0 + 4.5);
                words(out, at, "start", &shown::number(value, self.show), "");
            }
        }
        line(out, (x(0.0), TOP), (x(0.0), bottom), INK);
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
                words(out, (x + 34.0, y), "start", all[i], "");
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
        ChartKind::Stacked | ChartKind::Share => (0..lines)
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

fn words(out: &mut String, (x, y): (f64, f64), anchor: &str, text: &str, more: &str) {
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
fn path(out: &mut String, values: &[Option<f64>], field: &Field<'_>, dash: &str) {
    let mut way = String::new();
    let mut pen = 'M';
    for (i, value) in values.iter().enumerate() {
        match value {
            Some(v) => {
                let _ = write!(way, "{pen}{:.1},{:.1} ", field.middle(i), field.y(*v));
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
