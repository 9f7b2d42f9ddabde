//! Results written whole or not at all: everything is staged below the output folder, and only
//! when all of it is on disk are the files renamed into place.
//!
//! A mark in the stage says that it is whole, and lists what is put in place and what is taken
//! away. A run that was killed before the mark leaves the earlier results untouched and its stage
//! is thrown away by the next run; one that was killed after it, while renaming, is finished by the
//! next run from that list alone: `run.json` may be the new one by then.

use super::place::{Changes, Replaced, below};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

pub(super) const STAGE: &str = ".huizong";
const MARK: &str = "whole";
const LOCK: &str = "lock";

/// Results on their way to the output folder.
#[derive(Debug)]
pub struct Output {
    folder: PathBuf,
    files: Vec<String>,
    /// Folders of the stage that are there.
    folders: BTreeSet<PathBuf>,
    /// Held while the run writes; the system lets go of it however the run ends.
    lock: File,
}

impl Output {
    /// Opens the output folder, making it if need be, and finishes or clears away what a killed
    /// run left.
    ///
    /// # Errors
    /// When it cannot be written, or another run is writing to it (`WouldBlock`).
    pub fn open(folder: &Path) -> io::Result<Output> {
        let stage = folder.join(STAGE);
        fs::create_dir_all(&stage)?;
        let lock = File::create(stage.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(io::ErrorKind::WouldBlock.into()),
            // File systems without locks exist (shares): better unlocked than not at all.
            Err(fs::TryLockError::Error(_)) => {}
        }
        if let Ok(list) = fs::read_to_string(stage.join(MARK)) {
            Changes::parse(&list).carry_out(folder)?;
        }
        clear(&stage)?;
        Ok(Output {
            folder: folder.to_owned(),
            files: Vec::new(),
            folders: BTreeSet::new(),
            lock,
        })
    }

    /// Stages one file; `path` is below the output folder, with `/`. What is there already to the
    /// byte stays as it is: nothing to put in place, and a file that did not change keeps its date.
    ///
    /// # Errors
    /// When the disk is full or refuses.
    pub fn put(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        if !holds(&below(&self.folder, path), bytes) {
            self.create(path)?.write_all(bytes)?;
        }
        self.files.push(path.to_owned());
        Ok(())
    }

    /// Stages one file that is made in parts, and gives its size in bytes.
    ///
    /// # Errors
    /// As [`Output::put`].
    pub fn put_parts(
        &mut self,
        path: &str,
        make: impl FnOnce(&mut dyn FnMut(&[u8])),
    ) -> io::Result<usize> {
        let mut parts = Parts {
            known: File::open(below(&self.folder, path)).ok(),
            buffer: Vec::new(),
            path,
            size: 0,
            file: None,
        };
        let mut done = Ok(());
        make(&mut |part| {
            if done.is_ok() {
                done = parts.add(part, self);
            }
        });
        done?;
        parts.end(self)?;
        self.files.push(path.to_owned());
        Ok(parts.size)
    }

    /// A new file in the stage.
    fn create(&mut self, path: &str) -> io::Result<File> {
        let target = below(&self.folder.join(STAGE), path);
        if let Some(parent) = target.parent()
            && !self.folders.contains(parent)
        {
            fs::create_dir_all(parent)?;
            self.folders.insert(parent.to_owned());
        }
        File::create(&target)
    }

    /// Puts everything in place and removes what the run before this one wrote and this one did
    /// not. Files that another program holds get another name, which is returned.
    ///
    /// # Errors
    /// When the disk refuses; then the earlier results are still there.
    pub fn commit(self) -> io::Result<Vec<Replaced>> {
        let stage = self.folder.join(STAGE);
        let mut gone = earlier_outputs(&self.folder);
        let new: BTreeSet<&String> = self.files.iter().collect();
        gone.retain(|p| !new.contains(p));
        let mut changes = Changes {
            placed: self.files,
            gone,
            whole: Vec::new(),
        };
        changes.prepare(&self.folder);
        let unmarked = stage.join(format!("{MARK}.new"));
        let mut file = File::create(&unmarked)?;
        file.write_all(changes.text().as_bytes())?;
        file.sync_all()?;
        drop(file);
        fs::rename(&unmarked, stage.join(MARK))?;
        let replaced = changes.carry_out(&self.folder)?;
        fs::remove_file(stage.join(MARK))?;
        // Cleared while the lock is held, so that no other run's stage is ever touched; then only
        // what is empty goes away.
        clear(&stage)?;
        drop(self.lock);
        let _ = fs::remove_file(stage.join(LOCK));
        let _ = fs::remove_dir(&stage);
        Ok(replaced)
    }
}

/// A file made in parts: compared with the one in place for as long as they agree, and written
/// anew from where they do not.
struct Parts<'a> {
    /// The one in place, read so far as it agrees.
    known: Option<File>,
    buffer: Vec<u8>,
    path: &'a str,
    size: usize,
    /// The new one.
    file: Option<File>,
}

impl Parts<'_> {
    fn add(&mut self, part: &[u8], output: &mut Output) -> io::Result<()> {
        if let Some(known) = &mut self.known {
            self.buffer.resize(part.len(), 0);
            if known.read_exact(&mut self.buffer).is_ok() && self.buffer == part {
                self.size += part.len();
                return Ok(());
            }
            self.part_ways(output)?;
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(output.create(self.path)?),
        };
        file.write_all(part)?;
        self.size += part.len();
        Ok(())
    }

    /// Begins the new file with what agreed.
    fn part_ways(&mut self, output: &mut Output) -> io::Result<()> {
        self.known = None;
        let mut file = output.create(self.path)?;
        let size = self.size as u64;
        if size > 0 {
            let mut known = File::open(below(&output.folder, self.path))?.take(size);
            if io::copy(&mut known, &mut file)? != size {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        self.file = Some(file);
        Ok(())
    }

    fn end(&mut self, output: &mut Output) -> io::Result<()> {
        let whole = match &mut self.known {
            Some(known) => known.read(&mut [0])? == 0,
            None => self.file.is_some(),
        };
        if whole {
            Ok(())
        } else {
            self.part_ways(output)
        }
    }
}

/// Whether a file is there and holds these bytes.
fn holds(path: &Path, bytes: &[u8]) -> bool {
    let Ok(mut file) = File::open(path) else {
        return false;
    };
    if file.metadata().map(|m| m.len()).ok() != Some(bytes.len() as u64) {
        return false;
    }
    let mut buffer = vec![0; bytes.len().min(64 * 1024)];
    bytes.chunks(buffer.len().max(1)).all(|part| {
        let read = &mut buffer[..part.len()];
        file.read_exact(read).is_ok() && read == part
    })
}

/// What the last run says that it wrote, so that nothing else is ever removed.
fn earlier_outputs(folder: &Path) -> Vec<String> {
    let Ok(text) = fs::read(folder.join("run.json")) else {
        return Vec::new();
    };
    let Ok(run) = serde_json::from_slice::<EarlierRun>(&text) else {
        return Vec::new();
    };
    let inside = |path: &String| {
        !path
            .split('/')
            .any(|part| part.is_empty() || part == ".." || part == ".")
    };
    let paths = run.outputs.into_iter().map(|o| o.path);
    paths.filter(inside).collect()
}

/// What is read of an earlier run's log.
#[derive(Deserialize)]
struct EarlierRun {
    outputs: Vec<EarlierOutput>,
}

#[derive(Deserialize)]
struct EarlierOutput {
    path: String,
}

fn clear(stage: &Path) -> io::Result<()> {
    for entry in fs::read_dir(stage)? {
        let path = entry?.path();
        if path.is_dir() {
            fs::remove_dir_all(&path)?;
        } else if path.file_name().is_none_or(|n| n != LOCK) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder =
            std::env::temp_dir().join(format!("huizong-out-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    fn run_json(paths: &[&str]) -> Vec<u8> {
        let outputs: Vec<serde_json::Value> = paths
            .iter()
            .map(|p| serde_json::json!({ "path": p }))
            .collect();
        serde_json::to_vec(&serde_json::json!({ "outputs": outputs })).unwrap()
    }

    #[test]
    fn a_second_run_replaces_the_first_and_removes_only_what_it_wrote() {
        let out = folder("replace");
        let mut first = Output::open(&out).unwrap();
        first.put("feedback/a.xlsx", b"1").unwrap();
        first
            .put("run.json", &run_json(&["feedback/a.xlsx", "../x"]))
            .unwrap();
        first.commit().unwrap();
        fs::write(out.join("feedback").join("mine.txt"), b"clerk").unwrap();
        let mut second = Output::open(&out).unwrap();
        second.put("feedback/b.xlsx", b"2").unwrap();
        second
            .put("run.json", &run_json(&["feedback/b.xlsx"]))
            .unwrap();
        assert!(second.commit().unwrap().is_empty());
        assert!(!out.join("feedback").join("a.xlsx").exists());
        assert_eq!(fs::read(out.join("feedback").join("b.xlsx")).unwrap(), b"2");
        assert!(out.join("feedback").join("mine.txt").exists());
        assert!(!out.join(STAGE).exists());
        fs::remove_dir_all(&out).unwrap();
    }

    #[test]
    fn a_run_killed_before_the_mark_leaves_the_earlier_results() {
        let out = folder("killed");
        let mut first = Output::open(&out).unwrap();
        first.put("run.json", b"{}").unwrap();
        first.commit().unwrap();
        let mut killed = Output::open(&out).unwrap();
        killed.put("run.json", b"half").unwrap();
        drop(killed);
        assert_eq!(fs::read(out.join("run.json")).unwrap(), b"{}");
        let next = Output::open(&out).unwrap();
        assert!(!out.join(STAGE).join("run.json").exists());
        drop(next);
        fs::remove_dir_all(&out).unwrap();
    }

    #[test]
    fn a_run_killed_while_renaming_is_finished_by_the_next() {
        let out = folder("renaming");
        let mut killed = Output::open(&out).unwrap();
        killed.put("a.txt", b"a").unwrap();
        killed.put("b/c.txt", b"c").unwrap();
        fs::write(out.join("old.txt"), b"old").unwrap();
        let changes = Changes {
            placed: vec!["a.txt".into(), "b/c.txt".into()],
            gone: vec!["old.txt".into()],
            whole: Vec::new(),
        };
        fs::write(out.join(STAGE).join(MARK), changes.text()).unwrap();
        fs::rename(out.join(STAGE).join("a.txt"), out.join("a.txt")).unwrap();
        drop(killed);
        drop(Output::open(&out).unwrap());
        assert_eq!(fs::read(out.join("a.txt")).unwrap(), b"a");
        assert_eq!(fs::read(out.join("b").join("c.txt")).unwrap(), b"c");
        assert!(!out.join("old.txt").exists(), "the list says that it goes");
        fs::remove_dir_all(&out).unwrap();
    }

    #[test]
    fn what_did_not_change_keeps_its_date() {
        let out = folder("same");
        let write = |text: &[u8]| {
            let mut run = Output::open(&out).unwrap();
            run.put("same.txt", b"1").unwrap();
            run.put("other.txt", text).unwrap();
            run.commit().unwrap();
            fs::metadata(out.join("same.txt"))
                .unwrap()
                .modified()
                .unwrap()
        };
        assert_eq!(write(b"a"), write(b"b"));
        assert_eq!(fs::read(out.join("other.txt")).unwrap(), b"b");
        fs::remove_dir_all(&out).unwrap();
    }

    #[test]
    fn a_file_made_in_parts_is_written_from_where_it_differs() {
        let out = folder("parts");
        let put = |parts: &[&str]| {
            let mut run = Output::open(&out).unwrap();
            let size = run
                .put_parts("x/a.txt", |write| {
                    parts.iter().for_each(|p| write(p.as_bytes()));
                })
                .unwrap();
            let staged = out.join(STAGE).join("x").join("a.txt").exists();
            run.commit().unwrap();
            let text = fs::read_to_string(out.join("x").join("a.txt")).unwrap();
            assert_eq!((text.as_str(), size), (&*parts.concat(), text.len()));
            staged
        };
        assert!(put(&["one", "two", "three"]));
        assert!(!put(&["onetwo", "three"]), "the same");
        assert!(put(&["one", "TWO", "three"]), "another middle");
        assert!(put(&["one"]), "shorter");
        assert!(put(&["one", "two"]), "longer");
        assert!(put(&["", "ONE"]), "another beginning");
        assert!(put(&[]), "nothing");
        assert!(!put(&[]), "still nothing");
        fs::remove_dir_all(&out).unwrap();
    }

    #[test]
    fn two_runs_do_not_write_at_once() {
        let out = folder("two");
        let one = Output::open(&out).unwrap();
        assert_eq!(
            Output::open(&out).unwrap_err().kind(),
            io::ErrorKind::WouldBlock
        );
        drop(one);
        assert!(Output::open(&out).is_ok());
        fs::remove_dir_all(&out).unwrap();
    }
}
