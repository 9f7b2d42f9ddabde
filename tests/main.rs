//! All integration tests in one binary: linking Polars is slow.
//!
//! | module | what it holds |
//! |---|---|
//! | `also` | the report as a web page, as comma-separated tables and as PDF |
//! | `by_hand` | workbooks laid out by hand, read as a clerk reads them |
//! | `cases` | literate cases: `tests/cases/**/*.md`, one idea a page |
//! | `batches` | messy generated batches against the bars of the main job |
//! | `golden` | `samples/` run whole against figures computed without the program |
//! | `learning` | the workbook of spellings, as a clerk plays the loop |
//! | `laws` | what holds whatever the data |
//! | `schemes` | the samples of all other schemes, run as a clerk runs them |
//! | `robustness` | damaged and hostile files |
//! | `cli` | the command: exit status, files, bytes |
//! | `corrections` | a clerk's decisions about single cells and rows |
//! | `feedback` | marked workbooks that go back to schools; findings closed, open, new |
//! | `forms` | the forms that a bureau sends out, filled in and run |
//! | `inspect` | the sheet drawn in the terminal and as a page |
//! | `previous` | a run compared with an earlier period |
//! | `official` | forms of a superior bureau: what moves, what stays byte for byte |
//! | `ooxml` | every workbook against the rules of OOXML that Excel insists on |
//! | `oracle` | formulas of the reports against LibreOffice |
//! | `scheme_files` | scheme files with mistakes and what they are told; beginning, checking, showing one |
//! | `guide` | the examples of `docs/writing-a-scheme.md` |
//! | `what_if` | other thresholds, and what would change |
//! | `why` | where figures come from: ledgers, trace files, the command |
//! | `tidy` | house rules that no compiler holds |

mod also;
mod batches;
mod by_hand;
mod cases;
mod cli;
mod corrections;
mod feedback;
mod forms;
mod generator;
mod golden;
mod guide;
mod harness;
mod inspect;
mod laws;
mod learning;
mod official;
mod ooxml;
mod oracle;
mod previous;
mod robustness;
mod scheme_files;
mod schemes;
mod support;
mod tidy;
mod what_if;
mod why;
