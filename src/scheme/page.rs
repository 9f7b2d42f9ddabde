//! What a report page shows, as declared in a scheme.

/// What stands in braces before the name of a named figure.
pub(super) const PARAM: &str = "param.";
/// What else may stand in braces: what differs from run to run.
pub(super) const FILLED: [&str; 6] = ["bureau", "year", "month", "period", "scheme", "cut_off"];
/// What else may stand in braces in headers and footers: the number of the printed page and how many
/// there are.
pub const NUMBERED: [&str; 2] = ["page", "pages"];
/// Margins that paper and printer can take, in millimetres.
pub(super) const MARGINS: std::ops::RangeInclusive<i64> = 3..=100;

/// One sheet of the report workbook.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PageSpec {
    /// What the page is.
    pub kind: PageKind,
    /// Sheet name; of a voucher a part of its workbook's name.
    pub sheet: String,
    /// Title above the table; `{bureau}` `{year}` `{month}` `{period}` `{scheme}` `{cut_off}` and
    /// `{param.<name>}` are filled.
    pub title: String,
    /// Id of the measure that it shows; the first of a balance.
    pub measure: String,
    /// Ids of the measures that a balance sets side by side.
    pub measures: Vec<String>,
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
    /// Where the figures come from, under the notes; filled like the title.
    pub sources: Vec<String>,
    /// Parts of the line under the title, left to right, instead of the usual ones; filled like the
    /// title.
    pub subtitle: Vec<String>,
    /// Paper, print titles and where a new sheet of paper begins.
    pub print: PrintSpec,
}

/// Kinds of page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PageKind {
    /// One table of one measure.
    #[default]
    Table,
    /// A workbook of forms to be signed, one a school, of a list with money.
    Voucher,
    /// Budgets of several measures: what there is, what is used, what is left.
    Balance,
}

/// How a page is printed, as far as a scheme says so.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PrintSpec {
    /// Id of the dimension whose every value begins a new sheet of paper.
    pub break_by: Option<String>,
    /// A3 instead of A4.
    pub a3: bool,
    /// Whether the paper lies; `None` follows the table's width.
    pub lying: Option<bool>,
    /// Left, right, top and bottom margin in millimetres, where they differ from the usual ones.
    pub margins: [Option<u16>; 4],
    /// Text above every sheet of paper, left, centre and right; filled like the title, and with
    /// `{page}` and `{pages}`.
    pub header: Vec<String>,
    /// Text below it; empty for the usual page number.
    pub footer: Vec<String>,
}

/// A native chart of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartSpec {
    /// What is drawn.
    pub kind: ChartKind,
    /// Title.
    pub title: String,
    /// Parts of the measure that are drawn, one series each; `""` is the measure's own figure, and
    /// `x.*` are all parts right below `x` that have a figure.
    pub parts: Vec<String>,
    /// Whether the parts are the categories and their totals the bars: a composition of the whole.
    pub across: bool,
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
    /// The same, each bar a whole: shares.
    Share,
    /// Upright bars side by side without gaps, for distributions by bands.
    Histogram,
    /// A line over time.
    Line,
}
