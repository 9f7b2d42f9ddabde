//! huizong reads the workbooks that schools send about their backbone teachers and writes the
//! education bureau's summaries.
//!
//! ```text
//! bytes ─ intake::read ─▶ Workbook ─ recognise::tables ─▶ Recognised ─ normalise::records ─▶ Records
//!       ─ frames::assemble ─▶ Dataset ─ statistics::tabulate ─▶ Vec<Tabulation> ─ report::compose ─▶ Report ─ report::write ─▶ bytes
//! ```
//!
//! What the bureau has decided about single cells and rows ([`scheme::corrections`]) is put in their place
//! between the second arrow and the third, so that a field's own kind reads it and every rule sees it.
//!
//! The first three arrows run a file at a time, in parallel; [`frames::assemble`] is the one place
//! where submissions meet. A stage gets the value before it and the [`scheme::Scheme`] and gives a
//! [`diagnostic::Diagnosed`] value. One batch, from bytes to figures:
//!
//! ```
//! use huizong::{pipeline, scheme::parse};
//!
//! let mut scheme = parse::load_builtin("rural-uplift").expect("a built-in scheme loads");
//! scheme.set_period("2025-10", "2025-10-31".parse().expect("a day"));
//! let sheet = "姓名,性别,身份证号,职称,最高学历\n李敏,女,339901198503150120,小学高级,大专\n合计,1,,,\n";
//! let files = ["roster.csv".into()];
//! let gathered = pipeline::gather(&files, |_| Ok(sheet.as_bytes().to_vec()), &scheme, |_| ());
//! let run = pipeline::conclude(gathered, &scheme);
//!
//! let account = &run.inputs[0].sheets[0];
//! assert_eq!((account.rows_seen, account.kept), (3, 1));
//! assert!(account.balances());
//! assert!(run.tabulations.iter().any(|t| t.measure == "qualified"));
//! ```
//!
//! # Rooms
//! | room | what it knows | external crates it owns |
//! |---|---|---|
//! | [`grid`] | the spreadsheet as stored | none |
//! | [`diagnostic`], [`message`] | findings, their rules, and everything that people read | serde, serde_json, toml, sha2 |
//! | [`scheme`] | forms, vocabularies, measures, pages as data | toml, serde, foldhash |
//! | [`intake`] | what a file really is | calamine, zip, flate2, cfb, quick-xml, html5gum, encoding_rs |
//! | [`recognise`] | which rectangle is a table, which line is what, which column is which field | none |
//! | [`normalise`] | cell to typed value | chrono, rust_decimal |
//! | [`learning`] | spellings that clerks decide about: read, checked, proposed | none |
//! | [`frames`] | records of all submissions, rules across them | polars |
//! | [`statistics`] | measures | polars |
//! | [`report`] | printed tables as values, then as workbooks | rust_xlsxwriter |
//! | [`amend`] | somebody else's workbook with some cells changed | zip, quick-xml |
//! | [`pipeline`] | the calls in order, the account of every row | rayon, sha2 |
//! | [`commands`], [`cli`] | disk, clock, environment, terminal | clap, indicatif |
//!
//! Which room may import which is held by `tests/tidy.rs`.
//!
//! # Invariants
//! 1. No stage fails: bad data is a diagnostic and a gap. `Result` is for the run.
//! 2. No stage touches the world: bytes in, bytes out; the cut-off date is an input.
//! 3. Every row is accounted for: `rows seen = kept + rejected + explained`, per sheet.
//! 4. Every value knows its place: file, sheet, row and column follow it into the frame.
//! 5. The scheme is data: no school, threshold or spelling is written in `src/`.
//! 6. The scheme is closed before data is opened: every name resolves, or it is refused.
//! 7. Typed totals are evidence, never data.
//! 8. Rule names and codes are for ever.
//! 9. Same input, same bytes, whatever the order of files or the number of threads.
//! 10. Money is decimal, rates are integer pairs until shown; rounding happens once, half up.
//! 11. Polars ends at [`statistics::Tabulation`].

pub mod account;
pub mod amend;
pub mod cli;
pub mod commands;
pub mod diagnostic;
pub mod fold;
pub mod frames;
pub mod grid;
pub mod intake;
pub mod learning;
pub mod message;
pub mod normalise;
pub mod pipeline;
pub mod recognise;
pub mod report;
pub mod scheme;
pub mod statistics;
