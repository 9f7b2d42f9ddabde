//! The habits of one school: how its clerk writes dates, ids, headers and titles, and in which
//! format the files come.

use crate::support::FileFormat;
use crate::support::rng::Rng;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateStyle {
    Cell(&'static str),
    Iso,
    Dot,
    DotShort,
    Slash,
    Chinese,
    Compact,
    CompactNumber,
    Serial,
    /// As web systems export it.
    IsoTime,
    // Of these only the month is left.
    MonthDot,
    MonthDotShort,
    MonthNumber,
    MonthChinese,
    MonthCompact,
    MonthDash,
}

impl DateStyle {
    pub fn month_only(self) -> bool {
        matches!(
            self,
            DateStyle::MonthDot
                | DateStyle::MonthDotShort
                | DateStyle::MonthNumber
                | DateStyle::MonthChinese
                | DateStyle::MonthCompact
                | DateStyle::MonthDash
        )
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdStyle {
    Text,
    LowerX,
    Spaced,
    Apostrophe,
    FullWidth,
    /// A tab before it, so that Excel takes it for text.
    Tab,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamePad {
    Plain,
    TwoSpaces,
    Ideographic,
    Trailing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberStyle {
    Number,
    Text,
    WithUnit,
    FullWidth,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Totals {
    None,
    Bottom,
    Top,
}

/// How the cells of a header of several rows are filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderStyle {
    Merged,
    /// The text in the first cell, nothing merged.
    Bare,
    /// Nothing merged, the text in every cell.
    Copied,
}

/// How the school's name stands in the rows, if it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchoolColumn {
    None,
    Each,
    MergedDown,
    Ditto,
    BlankBelow,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clue {
    Submitter,
    Title,
    Column,
    FileName,
    Folder,
}

#[derive(Debug, Clone)]
pub struct Habit {
    pub mess: f64,
    pub format: FileFormat,
    pub day: DateStyle,
    pub month: DateStyle,
    pub id: IdStyle,
    pub name: NamePad,
    pub number: NumberStyle,
    /// How often a term or header is written in another way.
    pub variant: f64,
    pub absent: &'static str,
    pub two_rows: bool,
    pub header_breaks: bool,
    pub header_units: bool,
    pub title: bool,
    pub title_merged: bool,
    pub attachment: bool,
    pub submitter: bool,
    pub submitter_cells: bool,
    pub instructions: bool,
    pub example: bool,
    pub blank_after_title: bool,
    pub left: u32,
    pub spacer: bool,
    pub blank_rows: bool,
    pub repeat_header: usize,
    pub totals: Totals,
    pub formulas: bool,
    pub signature: bool,
    pub notes: bool,
    pub prefilled: bool,
    pub sections: bool,
    pub serial: bool,
    pub school_column: SchoolColumn,
    pub school_code: bool,
    pub alias: bool,
    pub clue: Clue,
    pub one_book: bool,
    pub extra_sheets: bool,
    pub hidden: bool,
    pub extra_columns: bool,
    pub grouped: bool,
    pub ditto_project: bool,
    pub period: bool,
    pub tier_in_one: bool,
    pub ten_thousand: bool,
    pub phone_number: bool,
    pub archive: bool,
    /// Stars and hints at required headers.
    pub stars: bool,
    /// A row of column numbers under the header.
    pub numbered: bool,
    /// A second line under the title.
    pub subtitle: bool,
    /// Several lines of notes.
    pub long_notes: bool,
    /// Cells that hold only spaces.
    pub blanks: bool,
    /// A hidden sheet with the choices of the drop-downs, a sheet with the school's own counts.
    pub lists: bool,
    pub counts: bool,
    /// 学历 under 第一学历 and again under 最高学历.
    pub paired_education: bool,
    /// Schools of a combined table as full-width lines.
    pub school_sections: bool,
    /// How often a label or term is one that nobody has taught the program.
    pub unseen: f64,
    /// How the cells of a header of several rows are filled.
    pub header_style: HeaderStyle,
    /// One more header row over the whole table.
    pub banner: bool,
    pub total_label: &'static str,
}

impl Habit {
    pub fn draw(rng: &mut Rng, mess: f64, full: bool, formats: &[FileFormat]) -> Habit {
        use DateStyle::*;
        // At full mess every layout gets four chances.
        let may = |rng: &mut Rng, p: f64| match full {
            true => rng.chance(1.0 - (1.0 - p * mess).powi(4)),
            false => rng.chance(p * mess),
        };
        let format = if !formats.is_empty() {
            *rng.pick(formats)
        } else if mess == 0.0 {
            FileFormat::Xlsx
        } else {
            const ALL: [(FileFormat, f64); 13] = [
                (FileFormat::Xlsx, 60.0),
                (FileFormat::Xls, 17.0),
                (FileFormat::Et, 4.0),
                (FileFormat::CsvGbk, 3.0),
                (FileFormat::CsvBom, 2.0),
                (FileFormat::CsvUtf8, 1.0),
                (FileFormat::CsvUtf16, 1.0),
                (FileFormat::Tsv, 1.0),
                (FileFormat::HtmlUtf8, 3.0),
                (FileFormat::HtmlGbk, 3.0),
                (FileFormat::SpreadsheetMl, 2.0),
                (FileFormat::Ods, 2.0),
                (FileFormat::Xlsb, 1.0),
            ];
            let weights: Vec<f64> = ALL.iter().map(|f| f.1).collect();
            ALL[rng.weighted(&weights)].0
        };
        let day = if mess == 0.0 {
            Cell("yyyy-mm-dd")
        } else {
            let styles = [
                (Cell("yyyy-mm-dd"), 20.0),
                (Cell("yyyy/m/d"), 15.0),
                (Cell("yyyy\"年\"m\"月\"d\"日\""), 10.0),
                (Iso, 15.0),
                (Dot, 12.0),
                (DotShort, 8.0),
                (Slash, 6.0),
                (Chinese, 8.0),
                (Compact, 4.0),
                (CompactNumber, 2.0),
                (Serial, 1.0),
                (IsoTime, 3.0),
            ];
            styles[rng.weighted(&styles.map(|s| s.1))].0
        };
        let month = if mess == 0.0 || !rng.chance(0.4) {
            day
        } else {
            let styles = [
                (MonthDot, 35.0),
                (MonthDotShort, 10.0),
                (MonthNumber, 15.0),
                (MonthChinese, 20.0),
                (MonthCompact, 10.0),
                (MonthDash, 5.0),
                (Cell("yyyy\"年\"m\"月\""), 5.0),
            ];
            styles[rng.weighted(&styles.map(|s| s.1))].0
        };
        let messy = mess > 0.0;
        let mut habit = Habit {
            mess,
            format,
            day,
            month,
            id: if messy {
                [
                    IdStyle::Text,
                    IdStyle::LowerX,
                    IdStyle::Spaced,
                    IdStyle::Apostrophe,
                    IdStyle::FullWidth,
                    IdStyle::Tab,
                ][rng.weighted(&[72.0, 12.0, 4.0, 6.0, 3.0, 3.0])]
            } else {
                IdStyle::Text
            },
            name: if messy {
                [
                    NamePad::Plain,
                    NamePad::TwoSpaces,
                    NamePad::Ideographic,
                    NamePad::Trailing,
                ][rng.weighted(&[60.0, 22.0, 12.0, 6.0])]
            } else {
                NamePad::Plain
            },
            number: if messy {
                [
                    NumberStyle::Number,
                    NumberStyle::Text,
                    NumberStyle::WithUnit,
                    NumberStyle::FullWidth,
                ][rng.weighted(&[68.0, 22.0, 7.0, 3.0])]
            } else {
                NumberStyle::Number
            },
            variant: if messy {
                (0.1 + 0.3 * rng.unit()) * mess
            } else {
                0.0
            },
            absent: if messy {
                ["", "", "", "无", "—", "/", "-"][rng.below(7)]
            } else {
                ""
            },
            two_rows: may(rng, 0.35),
            header_breaks: may(rng, 0.2),
            header_units: may(rng, 0.2),
            title: !messy || rng.chance(0.85),
            title_merged: !messy || rng.chance(0.7),
            attachment: may(rng, 0.25),
            submitter: !messy || rng.chance(0.6),
            submitter_cells: rng.chance(0.5),
            instructions: may(rng, 0.15),
            example: may(rng, 0.08),
            blank_after_title: may(rng, 0.15),
            left: u32::from(may(rng, 0.05)),
            spacer: may(rng, 0.04),
            blank_rows: may(rng, 0.1),
            repeat_header: if may(rng, 0.06) { 20 } else { 0 },
            totals: if messy {
                [Totals::None, Totals::Bottom, Totals::Top][rng.weighted(&[55.0, 38.0, 7.0])]
            } else {
                Totals::None
            },
            formulas: rng.chance(0.6),
            signature: may(rng, 0.5),
            notes: may(rng, 0.3),
            prefilled: may(rng, 0.1),
            sections: may(rng, 0.06),
            serial: !messy || rng.chance(0.7),
            school_column: if messy {
                [
                    SchoolColumn::None,
                    SchoolColumn::Each,
                    SchoolColumn::MergedDown,
                    SchoolColumn::Ditto,
                    SchoolColumn::BlankBelow,
                ][rng.weighted(&[50.0, 32.0, 8.0, 5.0, 5.0])]
            } else {
                SchoolColumn::Each
            },
            school_code: may(rng, 0.15),
            alias: may(rng, 0.2),
            clue: if messy {
                *rng.pick(&[
                    Clue::Submitter,
                    Clue::Submitter,
                    Clue::Title,
                    Clue::Column,
                    Clue::FileName,
                    Clue::FileName,
                    Clue::Folder,
                ])
            } else {
                Clue::Submitter
            },
            one_book: rng.chance(0.5),
            extra_sheets: may(rng, 0.2),
            hidden: may(rng, 0.05),
            extra_columns: may(rng, 0.25),
            grouped: may(rng, 0.15),
            ditto_project: may(rng, 0.08),
            period: may(rng, 0.3),
            tier_in_one: may(rng, 0.4),
            ten_thousand: may(rng, 0.03),
            phone_number: may(rng, 0.4),
            archive: may(rng, 0.06),
            stars: may(rng, 0.15),
            numbered: may(rng, 0.06),
            subtitle: may(rng, 0.1),
            long_notes: may(rng, 0.12),
            blanks: may(rng, 0.1),
            lists: may(rng, 0.1),
            counts: may(rng, 0.08),
            paired_education: may(rng, 0.12),
            school_sections: may(rng, 0.4),
            unseen: 0.0,
            header_style: HeaderStyle::Merged,
            banner: false,
            total_label: if messy {
                [
                    "合计",
                    "合计",
                    "合  计",
                    "合\u{3000}计",
                    "总计",
                    "合计：",
                    "共计",
                ][rng.below(7)]
            } else {
                "合计"
            },
        };
        if full {
            use HeaderStyle::*;
            habit.header_style = [Merged, Bare, Copied][rng.weighted(&[60.0, 25.0, 15.0])];
            habit.banner = rng.chance(0.2);
        }
        // Where the number format is lost, a formula or a date cell is only text anyway.
        if !matches!(
            habit.format,
            FileFormat::Xlsx | FileFormat::Xls | FileFormat::Et | FileFormat::Xlsb
        ) && habit.month == Cell("yyyy\"年\"m\"月\"")
        {
            habit.month = MonthChinese;
        }
        if habit.clue == Clue::Column && habit.school_column == SchoolColumn::None {
            habit.school_column = SchoolColumn::Each;
        }
        if habit.clue == Clue::Submitter {
            habit.submitter = true;
        }
        if habit.clue == Clue::Title {
            habit.title = true;
        }
        if !habit.format.has_merges() && habit.school_column == SchoolColumn::MergedDown {
            habit.school_column = SchoolColumn::BlankBelow;
        }
        if !matches!(
            habit.format,
            FileFormat::Xlsx
                | FileFormat::Xls
                | FileFormat::Et
                | FileFormat::HtmlUtf8
                | FileFormat::HtmlGbk
                | FileFormat::SpreadsheetMl
        ) {
            // What is merged down would be lost in these.
            habit.grouped = false;
        }
        habit
    }
}
