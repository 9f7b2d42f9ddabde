//! huizong reads the workbooks that schools send about their backbone teachers and writes the
//! education bureau's summaries.
//!
//! ```text
//! bytes ─ intake::read ─▶ Workbook ─ recognise::tables ─▶ Recognised ─ normalise::records ─▶ Records
//!       ─ frames::assemble ─▶ Dataset ─ statistics::tabulate ─▶ Vec<Tabulation> ─ report::compose ─▶ Report ─ report::write ─▶ bytes
//! ```

pub mod account;
pub mod cli;
pub mod commands;
pub mod diagnostic;
pub mod fold;
pub mod frames;
pub mod grid;
pub mod intake;
pub mod message;
pub mod normalise;
pub mod pipeline;
pub mod recognise;
pub mod report;
pub mod scheme;
pub mod statistics;
