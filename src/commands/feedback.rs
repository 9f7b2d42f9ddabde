//! Letters to schools: each school's own files are read again, marked, and written beside the list of
//! what to correct.
//!
//! A few schools at a time, so that memory holds a few workbooks; marking and packing run on all
//! cores, the lists are written one after the other because they share their frames.

use super::inbox::Inbox;
use crate::amend::Penmanship;
use crate::intake::{self, Original};
use crate::report::returned::{self, Link, Mark, Marked, Target};
use crate::report::{Correspondence, Findings, Letter, Return, Writer};
use crate::scheme::Scheme;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Schools that are in work at once.
const BATCH: usize = 24;

/// What sheets are called in a copy, by the names that they came with.
type Names = BTreeMap<Arc<str>, Arc<str>>;

/// A workbook that is marked.
struct Ready {
    marked: Option<Marked>,
    /// The file, where it goes back by itself.
    bytes: Option<Vec<u8>>,
    /// Names of its sheets.
    sheets: Vec<String>,
    /// What its sheets are called by the names that they came with, where that differs.
    names: Names,
}

/// Writes all letters.
///
/// # Errors
/// What `put` says.
pub(super) fn write(
    findings: &Findings<'_>,
    scheme: &Scheme,
    inbox: &Inbox,
    writer: &mut Writer,
    mut put: impl FnMut(String, &[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let post = Correspondence::new(findings, scheme);
    let desk = Desk {
        inbox,
        pen: post.pen(),
        post: &post,
    };
    for batch in post.letters().chunks(BATCH) {
        let marked: Vec<Vec<Option<Ready>>> = batch
            .par_iter()
            .map(|letter| letter.returns.iter().map(|r| desk.ready(r)).collect())
            .collect();
        let mut lists = Vec::with_capacity(batch.len());
        for (letter, mut ready) in batch.iter().zip(marked) {
            for (one, ready) in letter.returns.iter().zip(&mut ready) {
                let bytes = ready.as_mut().and_then(|r| r.bytes.take());
                if let (Some(path), Some(bytes)) = (&one.path, bytes) {
                    put(path.clone(), &bytes)?;
                }
            }
            let (list, links) = desk.list(letter, &ready, writer)?;
            lists.push((letter, ready, list, links));
        }
        let done: Vec<Option<Vec<u8>>> = lists
            .par_iter_mut()
            .map(|(letter, ready, list, links)| {
                let list = list.clone();
                contained(|| desk.joined(letter, ready, list, links))
            })
            .collect();
        for ((letter, ready, list, _), done) in lists.into_iter().zip(done) {
            let bytes = match done {
                Some(bytes) => bytes,
                // Nothing goes with it after all: the list must not say so.
                None if ready.iter().any(Option::is_some) => {
                    desk.list(letter, &vec_of_none(ready.len()), writer)?.0
                }
                None => list,
            };
            put(letter.path.clone(), &bytes)?;
        }
    }
    Ok(())
}

fn vec_of_none(n: usize) -> Vec<Option<Ready>> {
    (0..n).map(|_| None).collect()
}

struct Desk<'a> {
    inbox: &'a Inbox,
    pen: Penmanship,
    post: &'a Correspondence<'a>,
}

impl Desk<'_> {
    /// Marks a workbook; `None` where it cannot go back.
    fn ready(&self, one: &Return<'_>) -> Option<Ready> {
        let outer = self.inbox.outer(one.file)?;
        let bytes = self.inbox.load(&outer).ok()?;
        contained(|| {
            let original = intake::original(one.file, &outer, bytes)?;
            let marks = one.marks();
            let (mut marked, names) = match original {
                Original::Xlsx(bytes) => match self.mark(bytes.clone(), &marks) {
                    Some(marked) => (marked, BTreeMap::new()),
                    // It can be read and not changed: a copy of its grid can.
                    None => self.copy(&intake::workbook(one.file, &bytes)?, marks)?,
                },
                Original::Other(workbook) => self.copy(&workbook, marks)?,
            };
            let sheets = marked.sheets().ok()?;
            let (marked, bytes) = match &one.path {
                Some(_) => (None, Some(marked.write().ok()?)),
                None => (Some(marked), None),
            };
            Some(Ready {
                marked,
                bytes,
                sheets,
                names,
            })
        })
    }

    fn mark(&self, bytes: Vec<u8>, marks: &[Mark]) -> Option<Marked> {
        returned::mark(bytes, marks, &self.pen).ok()
    }

    fn copy(
        &self,
        workbook: &crate::grid::Workbook,
        mut marks: Vec<Mark>,
    ) -> Option<(Marked, Names)> {
        let copy = returned::copy(workbook, self.post.date(), &self.pen.font).ok()?;
        for mark in &mut marks {
            mark.sheet = copy.names.get(&mark.sheet)?.clone();
        }
        Some((self.mark(copy.bytes, &marks)?, copy.names))
    }

    /// The list as a workbook, with its links.
    fn list(
        &self,
        letter: &Letter<'_>,
        ready: &[Option<Ready>],
        writer: &mut Writer,
    ) -> io::Result<(Vec<u8>, Vec<Link>)> {
        let sent: Vec<bool> = ready.iter().map(Option::is_some).collect();
        let host = ready.iter().flatten().find(|r| r.marked.is_some());
        let (book, mut links) = letter.book(&sent, host.map_or(&[], |r| &r.sheets));
        for link in &mut links {
            let ready = ready.get(link.file).and_then(Option::as_ref);
            if let Some(name) = ready.and_then(|r| r.names.get(link.sheet.as_str())) {
                link.sheet = name.to_string();
            }
        }
        let bytes = writer.book(&book).map_err(io::Error::other)?;
        Ok((bytes, links))
    }

    /// The list in the workbook that carries it, or with links to those beside it; `None` where
    /// nothing goes with it.
    fn joined(
        &self,
        letter: &Letter<'_>,
        ready: &mut [Option<Ready>],
        list: Vec<u8>,
        links: &[Link],
    ) -> Option<Vec<u8>> {
        let target = |(one, ready): (&Return<'_>, &Option<Ready>)| match (&one.path, ready) {
            (_, None) => Target::Nowhere,
            (None, Some(_)) => Target::Here,
            (Some(path), Some(_)) => {
                let below = path
                    .split_once('/')
                    .map_or(path.as_str(), |(_, below)| below);
                Target::File(below.to_owned())
            }
        };
        let targets: Vec<Target> = letter.returns.iter().zip(&*ready).map(target).collect();
        let host = ready.iter_mut().flatten().find_map(|r| r.marked.take());
        match host {
            Some(host) => {
                let joined = host.with_list(list, links, &targets, &self.pen.font);
                joined.and_then(Marked::write).ok()
            }
            None if targets.iter().all(|t| *t == Target::Nowhere) => None,
            None => returned::with_links(list, links, &targets, &self.pen.font).ok(),
        }
    }
}

/// A library may panic on a damaged file; then that file does not go back.
fn contained<T>(run: impl FnOnce() -> Option<T>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(run)).ok().flatten()
}
