//! All integration tests in one binary: linking Polars is slow.
//!
//! | module | what it holds |
//! |---|---|
//! | `cases` | literate cases: `tests/cases/**/*.md`, one idea a page |
//! | `batches` | messy generated batches against the bars of the main job |

mod batches;
mod cases;
mod generator;
mod harness;
mod support;
