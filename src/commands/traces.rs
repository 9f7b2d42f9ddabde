//! The rows behind the figures, written while the records are at hand: a trace file a measure, and
//! the ledgers as sheets of the report or, where they are long, as workbooks of their own.

use crate::frames::Dataset;
use crate::message::Lang;
use crate::report::{self, Ledger};
use crate::scheme::Scheme;
use crate::statistics::Tabulation;
use crate::statistics::trace::Tracer;
use crate::statistics::trace_file::{self, Index};
use std::io;

/// Rows that the ledgers of a report have together at most; longer ones are workbooks of their own,
/// so that the report opens at once and can be sent by mail.
const INSIDE: usize = 50_000;
/// Where the index of the trace files stands.
pub(super) const INDEX: &str = "trace/index.json";

/// What was made.
#[derive(Debug, Default)]
pub(super) struct Traces {
    /// To be sheets of the report.
    pub ledgers: Vec<Ledger>,
    /// Paths of those that are workbooks of their own.
    pub outside: Vec<String>,
    /// Still without the reports' hashes.
    pub index: Index,
}

/// Writes what can be written before the report.
///
/// # Errors
/// When the disk refuses.
pub(super) fn write(
    dataset: &Dataset,
    tabulations: &[Tabulation],
    scheme: &Scheme,
    lang: Lang,
    put: &mut impl FnMut(String, &[u8]) -> io::Result<()>,
) -> io::Result<Traces> {
    let tracer = Tracer::new(dataset, scheme);
    let mut out = Traces::default();
    out.index.forms = tracer.forms();
    let mut apart = false;
    let mut writer = report::Writer::default();
    let mut aside = |ledger: Ledger,
                     outside: &mut Vec<String>,
                     put: &mut dyn FnMut(String, &[u8]) -> io::Result<()>| {
        let book = ledger.into_book(scheme, lang);
        let bytes = writer.book(&book).map_err(io::Error::other)?;
        outside.push(book.path.to_string());
        put(book.path.to_string(), &bytes)
    };
    for (n, tabulation) in tabulations.iter().enumerate() {
        let trace = tracer.trace(tabulation);
        let file = format!("trace/{:02}-{}.parquet", n + 1, plain(&tabulation.measure));
        let bytes = trace_file::write(&tracer, tabulation, &trace).map_err(io::Error::other)?;
        put(file.clone(), &bytes)?;
        let entry = trace_file::entry(&tracer, tabulation, &trace, &file);
        // A list's lines are the rows themselves, and a page is what leads to a ledger.
        let page = scheme
            .pages
            .iter()
            .find(|p| p.measure == tabulation.measure);
        let counted = entry.columns.iter().any(|c| c.counted.is_some());
        out.index.measures.push(entry);
        let Some(page) = page.filter(|_| counted) else {
            continue;
        };
        let ledger = Ledger::new(&tracer, tabulation, &trace, page, scheme, lang);
        drop(trace);
        let rows = ledger.rows() + out.ledgers.iter().map(Ledger::rows).sum::<usize>();
        if rows > INSIDE && !apart {
            apart = true;
            for ledger in std::mem::take(&mut out.ledgers) {
                aside(ledger, &mut out.outside, put)?;
            }
        }
        match apart {
            true => aside(ledger, &mut out.outside, put)?,
            false => out.ledgers.push(ledger),
        }
    }
    Ok(out)
}

/// An id as part of a file name.
fn plain(id: &str) -> String {
    let legal = |c: char| {
        if c.is_alphanumeric() || c == '-' {
            c
        } else {
            '_'
        }
    };
    id.chars().map(legal).take(60).collect()
}
