//! How staged results take the place of the earlier ones.
//!
//! A folder in which more than one file changes is made whole in the stage: what did not change, and
//! what others put there, is hard-linked into it. Then two renames put it in place, so that a run
//! that is killed meets either the earlier folder or the new one. Where that cannot be (no hard
//! links on this disk, a file of the folder held open on Windows) its files are renamed one by one.
//! Either way the list in the mark tells the next run how to finish.

use super::output::STAGE;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Where a folder waits that was taken out of its place, below the stage.
const BEFORE: &str = ".before";

/// A file that could not take its own name, because another program holds it.
#[derive(Debug, PartialEq, Eq)]
pub struct Replaced {
    /// Path below the output folder that was wanted.
    pub wanted: String,
    /// Where it stands instead.
    pub instead: String,
}

/// What turns the earlier results into the new ones; paths are below the output folder.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    /// Put in place from the stage; what did not change is not in the stage.
    pub placed: Vec<String>,
    /// Written by the run before, and not by this one.
    pub gone: Vec<String>,
    /// Folders that stand whole in the stage.
    pub whole: Vec<String>,
}

impl Changes {
    /// A line a path: `+`, `-` or, for a whole folder, `=`, and the path.
    pub fn text(&self) -> String {
        let signs = [('+', &self.placed), ('-', &self.gone), ('=', &self.whole)];
        let lines = signs.into_iter().flat_map(|(sign, paths)| {
            paths
                .iter()
                .map(move |p| [sign.to_string().as_str(), p, "\n"].concat())
        });
        lines.collect()
    }

    pub fn parse(text: &str) -> Changes {
        let paths = |sign: char| {
            let own = text.lines().filter_map(|l| l.strip_prefix(sign));
            own.map(str::to_owned).collect()
        };
        Changes {
            placed: paths('+'),
            gone: paths('-'),
            whole: paths('='),
        }
    }

    /// Makes the folders whole in the stage that can be put in place as one; before the mark.
    pub fn prepare(&mut self, folder: &Path) {
        let stage = folder.join(STAGE);
        let top = |p: &String| p.split_once('/').map(|(top, _)| top.to_owned());
        let changed = self.placed.iter().filter(|p| below(&stage, p).exists());
        let mut changes: Vec<String> = changed.chain(&self.gone).filter_map(top).collect();
        changes.sort_unstable();
        let gone = self.gone_below(folder);
        self.whole = changes
            .chunk_by(|a, b| a == b)
            .filter(|c| c.len() > 1)
            .map(|c| c[0].clone())
            .filter(|top| {
                let (from, to) = (folder.join(top), stage.join(top));
                // A link to a folder elsewhere stays a link.
                let own = fs::symlink_metadata(&from).is_ok_and(|m| m.is_dir());
                own && link_rest(&from, &to, &gone).is_ok()
            })
            .collect();
    }

    fn gone_below(&self, folder: &Path) -> BTreeSet<PathBuf> {
        self.gone.iter().map(|p| below(folder, p)).collect()
    }

    /// Can be done again where it was cut short.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn carry_out(&self, folder: &Path) -> io::Result<Vec<Replaced>> {
        let mut rest: Vec<&String> = self.placed.iter().collect();
        for top in &self.whole {
            if swap(folder, top) {
                // Asking for each of its files again would keep the others waiting.
                rest.retain(|p| p.split_once('/').is_none_or(|(own, _)| own != top));
            }
        }
        let replaced = put_in_place(folder, &rest)?;
        let placed: BTreeSet<PathBuf> = self.placed.iter().map(|p| below(folder, p)).collect();
        let gone = self.gone_below(folder);
        let ours = |path: &Path| placed.contains(path) || gone.contains(path);
        for top in &self.whole {
            let before = folder.join(STAGE).join(BEFORE).join(top);
            if before.exists() {
                rescue(&before, &folder.join(top), &ours)?;
            }
        }
        for path in &gone {
            // Held by another program: it stays, and the clerk sees its date.
            let _ = fs::remove_file(path);
            // A folder of tables goes with its last table; one that holds anything stays.
            if let Some(parent) = path
                .parent()
                .filter(|p| p.parent() != Some(folder) && *p != folder)
            {
                let _ = fs::remove_dir(parent);
            }
        }
        for path in &self.gone {
            // A folder of one school that has nothing in it any more; one with other files stays.
            let folders = path.rmatch_indices('/').map(|(at, _)| &path[..at]);
            for own in folders.filter(|f| f.contains('/')) {
                if fs::remove_dir(below(folder, own)).is_err() {
                    break;
                }
            }
        }
        Ok(replaced)
    }
}

/// Hard-links what `from` holds and `to` does not, except what goes.
fn link_rest(from: &Path, to: &Path, gone: &BTreeSet<PathBuf>) -> io::Result<()> {
    fs::create_dir_all(to)?;
    fs::set_permissions(to, fs::metadata(from)?.permissions())?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        let target = to.join(entry.file_name());
        if kind.is_dir() {
            link_rest(&path, &target, gone)?;
        } else if !kind.is_file() {
            return Err(io::ErrorKind::Unsupported.into());
        } else if !gone.contains(&path) && !target.exists() {
            fs::hard_link(&path, &target)?;
        }
    }
    Ok(())
}

/// Puts a whole folder of the stage in place; true if nothing of it is left in the stage. Where the
/// system refuses, everything is as before and the files go one by one.
fn swap(folder: &Path, top: &str) -> bool {
    let stage = folder.join(STAGE);
    let (new, place, before) = (
        stage.join(top),
        folder.join(top),
        stage.join(BEFORE).join(top),
    );
    if !new.exists() {
        return true;
    }
    if place.exists() {
        let aside = fs::create_dir_all(stage.join(BEFORE));
        if aside.and_then(|()| fs::rename(&place, &before)).is_err() {
            return false;
        }
    }
    let done = fs::rename(&new, &place).is_ok();
    if !done {
        let _ = fs::rename(&before, &place);
    }
    done
}

/// What others put into a folder, or wrote anew, after it was made whole in the stage: their files
/// go to where they belong. `ours` tells the run's own files.
fn rescue(before: &Path, place: &Path, ours: &impl Fn(&Path) -> bool) -> io::Result<()> {
    for entry in fs::read_dir(before)? {
        let entry = entry?;
        let (path, target) = (entry.path(), place.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            fs::create_dir_all(&target)?;
            rescue(&path, &target, ours)?;
            continue;
        }
        let theirs = fs::symlink_metadata(&path)?;
        let known = fs::symlink_metadata(&target).ok();
        let same = known.is_some_and(|k| {
            k.len() == theirs.len() && k.modified().ok() == theirs.modified().ok()
        });
        if !same && !ours(&target) {
            fs::rename(&path, &target)?;
        }
    }
    Ok(())
}

fn put_in_place(folder: &Path, files: &[&String]) -> io::Result<Vec<Replaced>> {
    let mut replaced = Vec::new();
    let stage = folder.join(STAGE);
    let mut parents = BTreeSet::new();
    for path in files {
        let (from, to) = (below(&stage, path), below(folder, path));
        if let Some(parent) = to.parent()
            && !parents.contains(parent)
        {
            fs::create_dir_all(parent)?;
            parents.insert(parent.to_owned());
        }
        if fs::rename(&from, &to).is_ok() || !from.exists() {
            continue;
        }
        let (stem, ending) = path.rsplit_once('.').unwrap_or((path, ""));
        let free = (2..1000)
            .map(|n| format!("{stem} ({n}).{ending}"))
            .find(|p| !below(folder, p).exists());
        let instead = free.ok_or(io::ErrorKind::AlreadyExists)?;
        fs::rename(&from, below(folder, &instead))?;
        replaced.push(Replaced {
            wanted: (*path).clone(),
            instead,
        });
    }
    Ok(replaced)
}

/// A path with `/` below a folder, in the system's own manner.
pub(super) fn below(folder: &Path, path: &str) -> PathBuf {
    path.split('/')
        .fold(folder.to_owned(), |p, part| p.join(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An output folder with `reports/{a,b,old,mine}.txt`, and a stage with new `a` and `b`.
    fn folder(name: &str) -> (PathBuf, Changes) {
        let folder =
            std::env::temp_dir().join(format!("huizong-place-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        let (reports, staged) = (folder.join("reports"), folder.join(STAGE).join("reports"));
        for at in [&reports.join("mine"), &staged] {
            fs::create_dir_all(at).unwrap();
        }
        for name in ["a.txt", "b.txt", "old.txt", "mine/note.txt"] {
            fs::write(below(&reports, name), "before").unwrap();
        }
        for name in ["a.txt", "b.txt"] {
            fs::write(staged.join(name), "after").unwrap();
        }
        let own = |names: &[&str]| names.iter().map(|n| format!("reports/{n}")).collect();
        let changes = Changes {
            placed: own(&["a.txt", "b.txt"]),
            gone: own(&["old.txt"]),
            whole: Vec::new(),
        };
        (folder, changes)
    }

    fn whole(folder: &Path) -> bool {
        let read = |name: &str| fs::read_to_string(below(&folder.join("reports"), name));
        let texts = ["a.txt", "b.txt", "mine/note.txt"].map(|n| read(n).unwrap_or_default());
        texts == ["after", "after", "before"] && read("old.txt").is_err()
    }

    #[test]
    fn a_folder_is_put_in_place_as_one_and_keeps_what_is_not_ours() {
        let (folder, mut changes) = folder("whole");
        changes.prepare(&folder);
        assert_eq!(changes.whole, ["reports"]);
        assert_eq!(Changes::parse(&changes.text()), changes);
        // Written by a person after the folder was made whole, before it was put in place.
        fs::write(folder.join("reports").join("late.txt"), "late").unwrap();
        fs::remove_file(folder.join("reports").join("mine").join("note.txt")).unwrap();
        fs::write(folder.join("reports").join("mine").join("note.txt"), "anew").unwrap();
        assert!(changes.carry_out(&folder).unwrap().is_empty());
        let read = |name: &str| fs::read_to_string(below(&folder.join("reports"), name)).unwrap();
        assert_eq!(read("late.txt"), "late");
        assert_eq!(read("mine/note.txt"), "anew");
        assert_eq!(read("a.txt"), "after");
        assert!(!folder.join("reports").join("old.txt").exists());
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn whatever_was_done_before_the_kill_the_rest_is_done_by_the_next_run() {
        for step in 0..4 {
            let (folder, mut changes) = folder(&format!("step{step}"));
            changes.prepare(&folder);
            let (new, place) = (folder.join(STAGE).join("reports"), folder.join("reports"));
            let before = folder.join(STAGE).join(BEFORE);
            if step > 0 {
                fs::create_dir_all(&before).unwrap();
                fs::rename(&place, before.join("reports")).unwrap();
            }
            if step > 1 {
                fs::rename(&new, &place).unwrap();
            }
            if step > 2 {
                fs::remove_dir_all(&before).unwrap();
            }
            changes.carry_out(&folder).unwrap();
            assert!(whole(&folder), "after step {step}");
            changes.carry_out(&folder).unwrap();
            assert!(whole(&folder), "twice after step {step}");
            fs::remove_dir_all(&folder).unwrap();
        }
    }

    #[test]
    fn a_folder_that_is_empty_now_goes_and_one_that_is_not_stays() {
        let (folder, mut changes) = folder("emptied");
        fs::create_dir_all(folder.join("reports").join("school")).unwrap();
        for name in ["reports/school/a.txt", "reports/mine/ours.txt"] {
            fs::write(below(&folder, name), "before").unwrap();
            changes.gone.push(name.to_owned());
        }
        changes.prepare(&folder);
        changes.carry_out(&folder).unwrap();
        assert!(whole(&folder));
        assert!(!folder.join("reports").join("school").exists());
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn where_the_folder_cannot_be_moved_the_files_are() {
        let (folder, mut changes) = folder("refused");
        changes.prepare(&folder);
        // A file in the way of the folder for what is taken out of its place.
        fs::write(folder.join(STAGE).join(BEFORE), "").unwrap();
        changes.carry_out(&folder).unwrap();
        assert!(whole(&folder));
        fs::remove_dir_all(&folder).unwrap();
    }
}
