//! A generator of messy batches: a made-up county, whose schools send workbooks as real schools
//! do, and the truth about every row and every planted mistake.
//!
//! Nothing here uses the program under test: headers and spellings come from the domain reference,
//! figures from the world itself.
#![allow(dead_code)]

pub mod band;
pub mod habits;
pub mod layout;
pub mod measure;
pub mod plants;
pub mod render;
pub mod submissions;
pub mod truth;
pub mod unseen;
pub mod verdict;
pub mod words;
pub mod world;

use crate::support::FileFormat;
#[allow(unused_imports)]
pub use submissions::batch;

/// What to generate.
#[derive(Debug, Clone)]
pub struct Options {
    pub seed: u64,
    pub schools: usize,
    pub scheme: String,
    pub forms: Vec<&'static str>,
    /// 0 tidy to 1 as bad as it gets.
    pub mess: f64,
    /// Planted mistakes a row.
    pub mistakes: f64,
    /// Formats to choose from; empty for the usual mixture.
    pub formats: Vec<FileFormat>,
    /// Year and month.
    pub period: (i32, u32),
    /// Factor of school sizes.
    pub size: f64,
    /// How often a label is one that no dictionary has; terms and tempting columns follow it.
    pub unseen: f64,
    /// Every layout at a high rate.
    pub full: bool,
}

impl Options {
    /// The forms that a scheme collects.
    pub fn new(scheme: &str, seed: u64) -> Options {
        Options {
            seed,
            schools: 24,
            scheme: scheme.to_owned(),
            forms: match scheme {
                "county-backbone" => vec!["roster", "assessment", "claims", "training"],
                _ => vec!["roster", "training", "study"],
            },
            mess: 1.0,
            mistakes: 0.02,
            formats: Vec::new(),
            period: (2025, 10),
            size: 1.0,
            unseen: 0.0,
            full: false,
        }
    }
}
