//! All integration tests in one binary: linking Polars is slow.
//!
//! | module | what it holds |
//! |---|---|
//! | `cases` | literate cases: `tests/cases/**/*.md`, one idea a page |
//! | `batches` | messy generated batches against the bars of the main job |
//! | `golden` | `samples/` run whole against figures computed without the program |
//! | `laws` | what holds whatever the data |
//! | `schemes` | the samples of all other schemes, run as a clerk runs them |
//! | `robustness` | damaged and hostile files |
//! | `cli` | the command: exit status, files, bytes |
//! | `oracle` | formulas of the reports against LibreOffice |
//! | `tidy` | house rules that no compiler holds |

mod batches;
mod cases;
mod cli;
mod generator;
mod golden;
mod harness;
mod laws;
mod oracle;
mod robustness;
mod schemes;
mod support;
mod tidy;
