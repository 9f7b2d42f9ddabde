//! What a report page shows, as declared in a scheme.

/// What stands in braces before the name of a named figure.
pub(super) const PARAM: &str = "param.";
/// What else may stand in braces: what differs from run to run.
pub(super) const FILLED: [&str; 6] = ["bureau", "year", "month", "period", "scheme", "cut_off"];

/// One sheet of the report workbook.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PageSpec {
    /// Sheet name.
    pub sheet: String,
    /// Title above the table; `{bureau}` `{year}` `{month}` `{period}` `{scheme}` `{cut_off}` and
    /// `{param.<name>}` are filled.
    pub title: String,
    /// Id of the measure that it shows.
    pub measure: String,
    /// Unit line, such as `人、%`.
    pub unit: String,
    /// Notes under the table, besides those of the measure; filled like the title.
    pub notes: Vec<String>,
    /// Labels of the signature line; empty uses the usual ones.
    pub signature: Vec<String>,
    /// A chart under or beside the table.
    pub chart: Option<ChartSpec>,
    /// Total row above the body instead of below.
    pub total_first: bool,
    /// Decimal places of percentages.
    pub rate_places: u8,
}

/// A native chart of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartSpec {
    /// What is drawn.
    pub kind: ChartKind,
    /// Title.
    pub title: String,
    /// Parts of the measure that are drawn, one series each; `""` is the measure's own figure.
    pub parts: Vec<String>,
    /// Whether subtotal rows (towns) are the categories instead of leaf rows.
    pub by_subtotal: bool,
}

/// Kinds of chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChartKind {
    /// Upright bars, with the target as a line where the measure has one.
    Column,
    /// Lying bars, for many or long names.
    Bar,
    /// Stacked upright bars, for compositions.
    Stacked,
    /// A line over time.
    Line,
}
