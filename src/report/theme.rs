//! How a meaning looks: fonts, sizes, fills, borders, number formats, paper. The only file of the
//! room that knows any of them; everything stays readable in black and white.
//!
//! Font names are references: a workbook embeds none, and a machine without the title's font shows
//! its own Song instead (the cover sheet says so).

use super::page::{Align, LineKind, Meaning, Print, Show};
use super::words::{Key, Words};
use rust_xlsxwriter::{
    ChartFont, ChartFormat, ChartLine, ChartLineDashType, ChartMarker, ChartMarkerType,
    ChartPatternFill, ChartPatternFillType, ChartSolidFill, Format, FormatAlign, FormatBorder,
};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Size of table text, in points (size five of the official scale).
pub const BODY: f64 = 10.5;
/// Sizes of the title, the largest that fits on one line is taken; size two is the official one.
pub const TITLES: [u8; 4] = [22, 20, 18, 16];
/// Size of the line under the title (small four).
pub const SUBTITLE: f64 = 12.0;
/// Size of a letter's text (size four).
pub const LETTER: f64 = 14.0;
/// Size of footnotes (size five).
pub const NOTE: f64 = 10.5;

/// Height of a line of text, for its size in points.
pub fn line_height(size: f64) -> f64 {
    size * 1.38
}

/// Width of a half-width character of that size in digits of the sheet's font: 11 points, of
/// which a digit takes 8 pixels.
pub fn digit_width(size: f64) -> f64 {
    size / 12.0
}

/// How much wider bold figures are: a machine may show another font in place of the one asked for.
pub const BOLD: f64 = 1.1;

/// Width of the indent that keeps words and money off a cell's side, in digits of the sheet's font.
pub const INDENT: f64 = 1.7;

/// Pixels of a digit of the sheet's font.
pub const PIXELS_PER_DIGIT: f64 = 8.0;
/// Pixels that Excel adds to a column.
pub const COLUMN_PADDING: f64 = 5.0;
/// Pixels of the widest column that Excel has with that font.
pub const WIDEST_COLUMN: f64 = 2043.0;
/// Height of a line that somebody signs.
pub const SIGNED: f64 = 30.0;

/// Points of a default row, and the pixels of the same.
pub const ROW: (f64, u32) = (13.5, 18);
/// Pixels of a default column; tells the writer the digit width above.
pub const DEFAULT_COLUMN: u32 = 72;
/// Size of the sheet's font.
pub const SHEET_FONT: f64 = 11.0;

/// A sheet of paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Paper {
    /// A3 instead of A4.
    pub a3: bool,
    /// Whether it lies.
    pub lying: bool,
    /// Left, right, top and bottom margin in millimetres.
    pub margins: [u16; 4],
}

impl Paper {
    /// A lying A4 with the usual margins.
    pub const LYING: Paper = Paper {
        a3: false,
        lying: true,
        margins: margin::USUAL,
    };

    /// What a page is printed on, upright or lying.
    pub fn new(print: &Print, lying: bool) -> Paper {
        let mut margins = margin::USUAL;
        for (usual, own) in margins.iter_mut().zip(&print.margins) {
            *usual = own.unwrap_or(*usual);
        }
        Paper {
            a3: print.a3,
            lying,
            margins,
        }
    }

    /// Excel's number of its size.
    pub fn number(self) -> u8 {
        match self.a3 {
            true => 8,
            false => 9,
        }
    }

    /// Width and height in millimetres.
    fn sides(self) -> (u16, u16) {
        let (short, long) = match self.a3 {
            true => (297, 420),
            false => (210, 297),
        };
        match self.lying {
            true => (long, short),
            false => (short, long),
        }
    }

    /// Printable width in digits of the sheet's font.
    pub fn printable(self) -> f64 {
        let [left, right, ..] = self.margins;
        let width = self.sides().0.saturating_sub(left + right).max(20);
        f64::from(width) / 10.0 * margin::INCH * 96.0 / PIXELS_PER_DIGIT
    }

    /// Printable height in points.
    pub fn printable_height(self) -> f64 {
        let [_, _, top, bottom] = self.margins;
        let height = self.sides().1.saturating_sub(top + bottom).max(20);
        f64::from(height) / 10.0 * margin::INCH * 72.0
    }

    /// Its margins in inches, as Excel keeps them.
    pub fn inches(self) -> [f64; 4] {
        self.margins.map(|mm| f64::from(mm) / 10.0 * margin::INCH)
    }
}

/// A page that is longer than its papers by less than this share of one is shrunk to them: another one
/// would hold little but the signatures and notes. Heights are reckoned and come out about a tenth
/// high.
pub const SQUEEZED: f64 = 0.3;

/// Tables are shrunk to the width of their paper, but not to less than this share of their size;
/// wider ones are parted.
pub const SMALLEST: f64 = 0.6;

/// Margins, as official tables want them.
pub mod margin {
    /// Left, right, top and bottom in millimetres.
    pub const USUAL: [u16; 4] = [18, 18, 22, 20];
    /// Header and footer in centimetres.
    pub const EDGE: f64 = 1.0;
    /// Inches of a centimetre.
    pub const INCH: f64 = 1.0 / 2.54;
}

/// What a cell of a sheet is, as far as its look goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Title, and its size in points: a long one is set smaller rather than broken.
    Title(u8),
    /// A part of the line under the title.
    Subtitle(Align),
    /// A paragraph of a letter.
    Paragraph,
    /// A spanner or label.
    Head,
    /// A cell of the body.
    Body {
        /// Its line.
        line: LineKind,
        /// What it says.
        meaning: Meaning,
        /// How it is shown.
        show: Show,
        /// How it is aligned.
        align: Align,
    },
    /// Signature line.
    Signature,
    /// Footnote.
    Footnote,
    /// Last lines of a letter.
    Closing,
}

impl Part {
    /// Font size in points.
    pub fn size(self) -> f64 {
        match self {
            Part::Title(size) => size.into(),
            Part::Subtitle(_) | Part::Signature => SUBTITLE,
            Part::Paragraph | Part::Closing => LETTER,
            Part::Head | Part::Body { .. } => BODY,
            Part::Footnote => NOTE,
        }
    }

    /// A short name for dumps.
    pub fn name(self) -> String {
        match self {
            Part::Title(size) => format!("title/{size}"),
            Part::Subtitle(_) => "subtitle".into(),
            Part::Paragraph => "paragraph".into(),
            Part::Head => "head".into(),
            Part::Signature => "signature".into(),
            Part::Footnote => "footnote".into(),
            Part::Closing => "closing".into(),
            Part::Body {
                line,
                meaning,
                show,
                ..
            } => format!("{line:?}/{meaning:?}/{show:?}").to_lowercase(),
        }
    }
}

const THIN: FormatBorder = FormatBorder::Thin;
const LIGHT: u32 = 0xF2F2F2;
const MIDDLE: u32 = 0xD9D9D9;

/// The formats of a run, made once each.
#[derive(Debug)]
pub struct Theme {
    fonts: Fonts,
    mark: String,
    made: BTreeMap<(Part, bool), Rc<Format>>,
}

#[derive(Debug, Clone)]
struct Fonts {
    title: String,
    head: String,
    body: String,
    digits: String,
    sheet: String,
}

impl Theme {
    /// The official look.
    pub fn new(words: Words) -> Theme {
        Theme {
            fonts: Fonts {
                title: words.get(Key::FontTitle),
                head: words.get(Key::FontHead),
                body: words.get(Key::FontBody),
                digits: words.get(Key::FontDigits),
                sheet: words.get(Key::FontSheet),
            },
            mark: words.get(Key::MarkBelow),
            made: BTreeMap::new(),
        }
    }

    /// The format that blank cells and the column heads of the screen have.
    pub fn sheet(&self) -> Format {
        Format::new()
            .set_font_name(&self.fonts.sheet)
            .set_font_size(SHEET_FONT)
    }

    /// Name of the font of page footers.
    pub fn footer_font(&self) -> &str {
        &self.fonts.sheet
    }

    /// The format of a part. `quoted` marks text that begins like a formula, so that it stays text
    /// when a clerk edits it.
    pub fn format(&mut self, part: Part, quoted: bool) -> Rc<Format> {
        if let Some(format) = self.made.get(&(part, quoted)) {
            return format.clone();
        }
        let mut format = self.make(part);
        if quoted {
            format = format.set_quote_prefix();
        }
        let format = Rc::new(format);
        self.made.insert((part, quoted), format.clone());
        format
    }

    fn make(&self, part: Part) -> Format {
        let base = Format::new()
            .set_font_size(part.size())
            .set_align(FormatAlign::VerticalCenter);
        match part {
            Part::Title(_) => base
                .set_font_name(&self.fonts.title)
                .set_align(FormatAlign::Center)
                .set_text_wrap(),
            Part::Subtitle(align) => base
                .set_font_name(&self.fonts.body)
                .set_align(horizontal(align)),
            Part::Paragraph => base
                .set_font_name(&self.fonts.body)
                .set_align(FormatAlign::Left)
                .set_text_wrap(),
            Part::Closing => base
                .set_font_name(&self.fonts.body)
                .set_align(FormatAlign::Right)
                .set_align(FormatAlign::Bottom)
                .set_indent(2),
            Part::Signature => base
                .set_font_name(&self.fonts.body)
                .set_align(FormatAlign::Left),
            Part::Footnote => base
                .set_font_name(&self.fonts.body)
                .set_align(FormatAlign::Left)
                .set_align(FormatAlign::Top)
                .set_text_wrap(),
            Part::Head => base
                .set_font_name(&self.fonts.head)
                .set_align(FormatAlign::Center)
                .set_text_wrap()
                .set_border(THIN),
            Part::Body {
                line,
                meaning,
                show,
                align,
            } => self.body(base, line, meaning, show, align),
        }
    }

    fn body(
        &self,
        base: Format,
        line: LineKind,
        meaning: Meaning,
        show: Show,
        align: Align,
    ) -> Format {
        let digits = show != Show::Words;
        let strong = is_strong(line);
        let below = meaning == Meaning::BelowTarget;
        let font = match (digits, strong) {
            (true, _) => &self.fonts.digits,
            (false, true) => &self.fonts.head,
            (false, false) => &self.fonts.body,
        };
        let mut format = base
            .set_font_name(font)
            .set_align(horizontal(align))
            .set_border(THIN);
        if align != Align::Centre {
            format = format.set_indent(1);
        }
        if !digits {
            format = format.set_text_wrap();
        }
        if is_bold(line, meaning, show) {
            format = format.set_bold();
        }
        let number = number_format(show);
        format = match (below, number) {
            (true, number) => {
                let (m, n) = (&self.mark, number.as_deref().unwrap_or("General"));
                format.set_num_format(format!("\"{m}\"{n};\"{m}\"-{n};\"{m}\"{n};\"{m}\"@"))
            }
            (false, Some(number)) => format.set_num_format(number),
            (false, None) => format,
        };
        match (below, line) {
            (true, _) => format.set_background_color(MIDDLE),
            (false, LineKind::Total) => format.set_background_color(MIDDLE),
            (false, LineKind::Group | LineKind::Subtotal) => format.set_background_color(LIGHT),
            (false, LineKind::Leaf | LineKind::Words) => format,
        }
    }
}

fn is_strong(line: LineKind) -> bool {
    matches!(line, LineKind::Group | LineKind::Subtotal | LineKind::Total)
}

/// Whether a cell of the body is set in bold: sums and what misses its target.
pub fn is_bold(line: LineKind, meaning: Meaning, show: Show) -> bool {
    meaning == Meaning::BelowTarget || (is_strong(line) && show != Show::Words)
}

fn horizontal(align: Align) -> FormatAlign {
    match align {
        Align::Left => FormatAlign::Left,
        Align::Centre => FormatAlign::Center,
        Align::Right => FormatAlign::Right,
    }
}

/// Excel's number format of a kind of figure; `None` for words.
pub fn number_format(show: Show) -> Option<String> {
    let zeros = |places: u8| match places {
        0 => String::new(),
        n => format!(".{}", "0".repeat(n.into())),
    };
    match show {
        Show::Words => None,
        Show::Serial | Show::Plain => Some("0".into()),
        Show::Whole => Some("#,##0".into()),
        Show::Money => Some("#,##0.00".into()),
        Show::Decimal(p) => Some(format!("#,##0{}", zeros(p))),
        Show::Points(p) => Some(format!("0{}", zeros(p))),
        Show::Percent(p) => Some(format!("0{}%", zeros(p))),
    }
}

/// How the series of a chart look: greys and hatchings that a copier keeps apart.
pub mod chart {
    use super::*;

    const BLACK: u32 = 0x000000;
    const DARK: u32 = 0x404040;
    const MIDDLE: u32 = 0xA6A6A6;
    const WHITE: u32 = 0xFFFFFF;
    const GRID: u32 = 0xD9D9D9;

    /// The fill of the n-th series of bars.
    pub fn bar(n: usize) -> ChartFormat {
        let mut format = ChartFormat::new();
        format.set_border(ChartLine::new().set_color(BLACK).set_width(0.75));
        let solid = |color: u32| ChartSolidFill::new().set_color(color).clone();
        let hatched = |pattern| {
            ChartPatternFill::new()
                .set_pattern(pattern)
                .set_foreground_color(BLACK)
                .set_background_color(WHITE)
                .clone()
        };
        match n % 8 {
            0 => format.set_solid_fill(&solid(MIDDLE)),
            1 => format.set_solid_fill(&solid(WHITE)),
            2 => format.set_solid_fill(&solid(DARK)),
            3 => {
                format.set_pattern_fill(&hatched(ChartPatternFillType::DiagonalStripesWideUpwards))
            }
            4 => format.set_pattern_fill(&hatched(ChartPatternFillType::Dotted20Percent)),
            5 => format.set_pattern_fill(&hatched(ChartPatternFillType::HorizontalStripesDark)),
            6 => format.set_pattern_fill(&hatched(ChartPatternFillType::LargeCheckerboard)),
            _ => format
                .set_pattern_fill(&hatched(ChartPatternFillType::DiagonalStripesWideDownwards)),
        };
        format
    }

    /// The line of the n-th series.
    pub fn line(n: usize) -> ChartFormat {
        let mut format = ChartFormat::new();
        let dash = match n % 4 {
            0 => ChartLineDashType::Solid,
            1 => ChartLineDashType::Dash,
            2 => ChartLineDashType::RoundDot,
            _ => ChartLineDashType::DashDot,
        };
        format.set_line(
            ChartLine::new()
                .set_color(BLACK)
                .set_width(1.75)
                .set_dash_type(dash),
        );
        format
    }

    /// The marker of the n-th line, in its shape and its fill.
    pub fn marker(n: usize) -> ChartMarker {
        let shapes = [
            ChartMarkerType::Circle,
            ChartMarkerType::Square,
            ChartMarkerType::Triangle,
            ChartMarkerType::Diamond,
        ];
        let fill = if n.is_multiple_of(2) { BLACK } else { WHITE };
        let mut format = ChartFormat::new();
        format.set_border(ChartLine::new().set_color(BLACK).set_width(0.75));
        format.set_solid_fill(ChartSolidFill::new().set_color(fill));
        let mut marker = ChartMarker::new();
        marker
            .set_type(shapes[n % shapes.len()])
            .set_size(7)
            .set_format(&mut format);
        marker
    }

    /// The target.
    pub fn target() -> ChartFormat {
        let mut format = ChartFormat::new();
        format.set_line(
            ChartLine::new()
                .set_color(BLACK)
                .set_width(1.75)
                .set_dash_type(ChartLineDashType::Dash),
        );
        format
    }

    /// Grid lines.
    pub fn grid() -> ChartLine {
        let mut line = ChartLine::new();
        line.set_color(GRID).set_width(0.5);
        line
    }

    /// Title and labels.
    pub fn font(theme: &Theme, size: f64, heading: bool) -> ChartFont {
        let mut font = ChartFont::new();
        font.set_name(if heading {
            &theme.fonts.head
        } else {
            &theme.fonts.body
        })
        .set_size(size)
        .unset_bold();
        font
    }
}
