//! Native charts of a page's own table.

use super::layout::Sheet;
use super::page::{Chart as Spec, Page, Show};
use super::theme::{self, Theme};
use super::words::{Key, Words};
use crate::scheme::ChartKind;
use rust_xlsxwriter::{
    Chart, ChartAxisCrossing, ChartAxisLabelPosition, ChartDataLabel, ChartLegendPosition,
    ChartMarker, ChartType, Worksheet, XlsxError,
};

/// Categories up to which every bar shows its figure.
const LABELLED: usize = 16;

/// Draws the chart into its rows, over the whole width of the table.
pub fn insert(
    worksheet: &mut Worksheet,
    page: &Page,
    spec: &Spec,
    placed: &Sheet<'_>,
    rows: (u32, u32),
    theme: &Theme,
    words: Words,
) -> Result<(), XlsxError> {
    let (first, last) = (placed.head.1 + 1, placed.last_line);
    if last < first || spec.series.is_empty() {
        return Ok(());
    }
    let sheet = &*page.sheet;
    let range = |col: usize| (sheet, first, col as u16, last, col as u16);
    let name = |col: usize| (sheet, placed.head.1, col as u16);
    let label = |col: usize| page.columns[col].path.last().cloned().unwrap_or_default();
    let few = (last - first) as usize * spec.series.len() < LABELLED;
    let show = page.columns[spec.series[0]].show;

    let mut chart = Chart::new(match spec.kind {
        ChartKind::Column | ChartKind::Histogram => ChartType::Column,
        ChartKind::Share => ChartType::ColumnPercentStacked,
        ChartKind::Bar => ChartType::Bar,
        ChartKind::Stacked => ChartType::ColumnStacked,
        ChartKind::Line => ChartType::Line,
    });
    for (n, &col) in spec.series.iter().enumerate() {
        let series = chart.add_series();
        series
            .set_categories(range(spec.categories))
            .set_values(range(col));
        // A label in one header row can be linked; a hanging one begins above.
        if page.columns[col].path.len() as u32 == page.head_depth() {
            series.set_name(name(col));
        } else {
            series.set_name(label(col).as_str());
        }
        match spec.kind {
            ChartKind::Line => series
                .set_format(&mut theme::chart::line(n))
                .set_marker(&theme::chart::marker(n)),
            kind => series
                .set_format(&mut theme::chart::bar(n))
                .set_gap(if kind == ChartKind::Histogram { 4 } else { 60 }),
        };
        if few && !matches!(spec.kind, ChartKind::Stacked | ChartKind::Share) {
            let mut labels = ChartDataLabel::new();
            labels
                .show_value()
                .set_font(&theme::chart::font(theme, 9.0, false));
            if let Some(format) = theme::number_format(show) {
                labels.set_num_format(format);
            }
            series.set_data_label(&labels);
        }
    }
    if let Some(col) = spec.target {
        let mut line = Chart::new(ChartType::Line);
        line.add_series()
            .set_categories(range(spec.categories))
            .set_values(range(col))
            .set_name(words.get(Key::ChartTarget).as_str())
            .set_format(&mut theme::chart::target())
            .set_marker(ChartMarker::new().set_none());
        chart.combine(&line);
    }

    chart
        .title()
        .set_name(spec.title.as_str())
        .set_font(&theme::chart::font(theme, 14.0, true));
    if spec.series.len() + usize::from(spec.target.is_some()) > 1 {
        chart
            .legend()
            .set_position(ChartLegendPosition::Bottom)
            .set_font(&theme::chart::font(theme, 10.0, false));
    } else {
        chart.legend().set_hidden();
    }
    let labels = theme::chart::font(theme, 10.0, false);
    let lying = spec.kind == ChartKind::Bar;
    let names = if lying {
        chart.y_axis()
    } else {
        chart.x_axis()
    };
    names
        .set_font(&labels)
        .set_label_position(ChartAxisLabelPosition::Low)
        .set_major_gridlines(false);
    if lying {
        // The first line of the table on top, the scale at the bottom.
        names.set_reverse().set_crossing(ChartAxisCrossing::Max);
    }
    let scale = if lying {
        chart.x_axis()
    } else {
        chart.y_axis()
    };
    scale
        .set_font(&labels)
        .set_major_gridlines_line(&theme::chart::grid());
    // The axis of shares counts percents, whatever is drawn.
    let axis = match spec.kind {
        ChartKind::Share => Show::Percent(0),
        _ => show,
    };
    if let Some(format) = axis_format(axis) {
        scale.set_num_format(format);
    }
    if matches!(show, Show::Percent(_)) && bounded(page, spec) {
        scale.set_min(0).set_max(1);
    }

    let width: f64 = placed
        .widths
        .iter()
        .map(|w| (w * theme::PIXELS_PER_DIGIT + theme::COLUMN_PADDING).round())
        .sum();
    let height: f64 = placed.heights[rows.0 as usize..(rows.0 + rows.1) as usize]
        .iter()
        .map(|h| h * 4.0 / 3.0)
        .sum();
    chart
        .set_width((width - 8.0).max(200.0) as u32)
        .set_height((height - 8.0).max(150.0) as u32)
        .set_alt_text(spec.title.as_str());
    worksheet.insert_chart_with_offset(rows.0, 0, &chart, 4, 4)?;
    Ok(())
}

/// Whole percents are enough on an axis.
fn axis_format(show: Show) -> Option<String> {
    match show {
        Show::Percent(_) => theme::number_format(Show::Percent(0)),
        Show::Money => theme::number_format(Show::Decimal(0)),
        other => theme::number_format(other),
    }
}

/// Whether every figure drawn lies between nought and one hundred percent.
fn bounded(page: &Page, spec: &Spec) -> bool {
    use super::page::{Content, Value};
    page.lines.iter().all(|line| {
        spec.series.iter().chain(&spec.target).all(|&c| {
            match line.cells.get(c).map(|cell| &cell.content) {
                Some(Content::Number(n) | Content::Formula(_, Value::Number(n))) => {
                    (0.0..=1.0).contains(n)
                }
                _ => true,
            }
        })
    })
}
