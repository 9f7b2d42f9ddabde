//! Workbooks for tests: an abstract draft and writers that make real files of it.
//!
//! Shared by the integration tests and by the generator of messy batches, so that whatever a test
//! says about a sheet is said about bytes on disk, in every format that schools send.
#![allow(dead_code)]

pub mod archive;
pub mod draft;
pub mod html;
pub mod ods;
pub mod outcome;
pub mod rng;
pub mod spreadsheetml;
pub mod text;
pub mod xls;
pub mod xlsb;
pub mod xlsx;

pub use draft::{Content, SheetDraft, WorkbookDraft};

/// A file format that a draft can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileFormat {
    Xlsx,
    Xls,
    Et,
    Xlsb,
    Ods,
    CsvUtf8,
    CsvBom,
    CsvGbk,
    CsvUtf16,
    Tsv,
    HtmlUtf8,
    HtmlGbk,
    SpreadsheetMl,
}

impl FileFormat {
    pub const ALL: &'static [FileFormat] = &[
        FileFormat::Xlsx,
        FileFormat::Xls,
        FileFormat::Et,
        FileFormat::Xlsb,
        FileFormat::Ods,
        FileFormat::CsvUtf8,
        FileFormat::CsvBom,
        FileFormat::CsvGbk,
        FileFormat::CsvUtf16,
        FileFormat::Tsv,
        FileFormat::HtmlUtf8,
        FileFormat::HtmlGbk,
        FileFormat::SpreadsheetMl,
    ];

    /// Name used in literate cases and on the generator's command line.
    pub fn name(self) -> &'static str {
        match self {
            FileFormat::Xlsx => "xlsx",
            FileFormat::Xls => "xls",
            FileFormat::Et => "et",
            FileFormat::Xlsb => "xlsb",
            FileFormat::Ods => "ods",
            FileFormat::CsvUtf8 => "csv",
            FileFormat::CsvBom => "csv-bom",
            FileFormat::CsvGbk => "csv-gbk",
            FileFormat::CsvUtf16 => "csv-utf16",
            FileFormat::Tsv => "tsv",
            FileFormat::HtmlUtf8 => "html",
            FileFormat::HtmlGbk => "html-gbk",
            FileFormat::SpreadsheetMl => "xml",
        }
    }

    pub fn named(name: &str) -> Option<FileFormat> {
        FileFormat::ALL.iter().copied().find(|f| f.name() == name)
    }

    /// The extension under which schools send it: web exports call themselves `.xls`.
    pub fn extension(self) -> &'static str {
        match self {
            FileFormat::Xlsx => "xlsx",
            FileFormat::Et => "et",
            FileFormat::Xlsb => "xlsb",
            FileFormat::Ods => "ods",
            FileFormat::CsvUtf8
            | FileFormat::CsvBom
            | FileFormat::CsvGbk
            | FileFormat::CsvUtf16 => "csv",
            FileFormat::Tsv => "txt",
            FileFormat::Xls
            | FileFormat::HtmlUtf8
            | FileFormat::HtmlGbk
            | FileFormat::SpreadsheetMl => "xls",
        }
    }

    /// Whether the file can hold more than one sheet, and keeps their names.
    pub fn has_sheets(self) -> bool {
        matches!(
            self,
            FileFormat::Xlsx
                | FileFormat::Xls
                | FileFormat::Et
                | FileFormat::Xlsb
                | FileFormat::Ods
                | FileFormat::SpreadsheetMl
        )
    }

    /// Whether merged cells survive.
    pub fn has_merges(self) -> bool {
        !matches!(
            self,
            FileFormat::CsvUtf8
                | FileFormat::CsvBom
                | FileFormat::CsvGbk
                | FileFormat::CsvUtf16
                | FileFormat::Tsv
        )
    }

    /// The bytes of the draft in this format. Formats with one sheet hold the first one.
    pub fn write(self, draft: &WorkbookDraft) -> Vec<u8> {
        match self {
            FileFormat::Xlsx => xlsx::write(draft),
            FileFormat::Xls | FileFormat::Et => xls::write(draft),
            FileFormat::Xlsb => xlsb::write(draft),
            FileFormat::Ods => ods::write(draft),
            FileFormat::CsvUtf8 => text::separated(draft, ',').into_bytes(),
            FileFormat::CsvBom => text::with_bom(&text::separated(draft, ',')),
            FileFormat::CsvGbk => text::gb18030(&text::separated(draft, ',')),
            FileFormat::CsvUtf16 => text::utf16le(&text::separated(draft, ',')),
            FileFormat::Tsv => text::separated(draft, '\t').into_bytes(),
            FileFormat::HtmlUtf8 => html::write(draft, "utf-8").into_bytes(),
            FileFormat::HtmlGbk => text::gb18030(&html::write(draft, "gb2312")),
            FileFormat::SpreadsheetMl => spreadsheetml::write(draft).into_bytes(),
        }
    }
}
