//! The files of the inbox: found recursively, loaded one at a time, never changed.

use crate::pipeline::LoadError;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

/// A file larger than this is refused before it is loaded: no school's workbook comes near it.
const LARGEST: u64 = 512 << 20;

/// The files to read, by their path below the inbox with `/`.
#[derive(Debug, Default)]
pub struct Inbox {
    paths: BTreeMap<Arc<str>, PathBuf>,
}

/// A folder or file that could not be listed, and why.
pub type Unlisted = (PathBuf, io::Error);

impl Inbox {
    /// Lists a folder recursively, or takes one file. `except` are files and folders that are no
    /// submissions although they lie there: the results, the directory of schools.
    ///
    /// # Errors
    /// When the inbox itself cannot be listed. A subfolder that cannot is skipped and named in
    /// the second result.
    pub fn list(root: &Path, except: &[PathBuf]) -> io::Result<(Inbox, Vec<Unlisted>)> {
        let mut inbox = Inbox::default();
        let mut unlisted = Vec::new();
        if fs::metadata(root)?.is_file() {
            let name = root
                .file_name()
                .unwrap_or(root.as_os_str())
                .to_string_lossy()
                .into_owned();
            inbox.add(&name, root.to_owned());
            return Ok((inbox, unlisted));
        }
        let except: Vec<PathBuf> = except
            .iter()
            .filter_map(|p| fs::canonicalize(p).ok())
            .collect();
        let mut folders = vec![(root.to_owned(), String::new())];
        while let Some((folder, prefix)) = folders.pop() {
            let entries = match fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) if prefix.is_empty() => return Err(error),
                Err(error) => {
                    unlisted.push((folder, error));
                    continue;
                }
            };
            for entry in entries {
                let entry = match entry {
                    Ok(entry) => entry,
                    Err(error) => {
                        unlisted.push((folder.clone(), error));
                        continue;
                    }
                };
                let path = entry.path();
                if !except.is_empty() && fs::canonicalize(&path).is_ok_and(|p| except.contains(&p))
                {
                    continue;
                }
                let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
                // A link to a folder may lead back here, so only links to files are followed.
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => folders.push((path, format!("{name}/"))),
                    Ok(kind) if kind.is_file() => inbox.add(&name, path),
                    Ok(_) if fs::metadata(&path).is_ok_and(|m| m.is_file()) => {
                        inbox.add(&name, path)
                    }
                    Ok(_) => unlisted.push((path, io::ErrorKind::Unsupported.into())),
                    Err(error) => unlisted.push((path, error)),
                }
            }
        }
        unlisted.sort_by(|a, b| a.0.cmp(&b.0));
        Ok((inbox, unlisted))
    }

    /// Names that are not valid Unicode can fall together when shown; all stay apart here.
    fn add(&mut self, name: &str, path: PathBuf) {
        let mut shown: Arc<str> = Arc::from(name);
        let mut n = 2;
        while self.paths.contains_key(&shown) {
            shown = Arc::from(format!("{name}#{n}").as_str());
            n += 1;
        }
        self.paths.insert(shown, path);
    }

    /// All files, sorted.
    pub fn files(&self) -> Vec<Arc<str>> {
        self.paths.keys().cloned().collect()
    }

    /// The file of the inbox that a path is or, for a member of an archive, lies in.
    pub fn outer(&self, path: &str) -> Option<Arc<str>> {
        let ends = path.match_indices('/').map(|(at, _)| at);
        let ends = ends.chain([path.len()]);
        let own = ends.filter_map(|end| self.paths.get_key_value(&path[..end]));
        own.map(|(name, _)| name.clone()).next_back()
    }

    /// Loads one file.
    ///
    /// # Errors
    /// When another program holds it, it is too large, or the system refuses.
    pub fn load(&self, file: &str) -> Result<Vec<u8>, LoadError> {
        load(
            self.paths
                .get(file)
                .ok_or_else(|| LoadError::Other(file.to_owned()))?,
        )
    }
}

/// Loads one file, wherever it lies.
///
/// # Errors
/// As [`Inbox::load`].
pub fn load(path: &Path) -> Result<Vec<u8>, LoadError> {
    let size = fs::metadata(path).map_err(|e| load_error(&e))?.len();
    if size > LARGEST {
        return Err(LoadError::TooLarge(size));
    }
    fs::read(path).map_err(|e| load_error(&e))
}

fn load_error(error: &io::Error) -> LoadError {
    // Windows: sharing violation and lock violation, while Excel or WPS has the file open.
    if cfg!(windows) && matches!(error.raw_os_error(), Some(32 | 33)) {
        LoadError::Locked
    } else {
        LoadError::Other(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_recursively_with_slashes_and_leaves_out_the_results() {
        let root = std::env::temp_dir().join(format!("huizong-inbox-{}", std::process::id()));
        let deep = root.join("town").join("school one");
        let out = root.join("out");
        fs::create_dir_all(&deep).unwrap();
        fs::create_dir_all(&out).unwrap();
        fs::write(deep.join("a.xlsx"), b"1").unwrap();
        fs::write(root.join("b.csv"), b"2").unwrap();
        fs::write(out.join("run.json"), b"3").unwrap();
        let (inbox, bad) = Inbox::list(&root, std::slice::from_ref(&out)).unwrap();
        let names: Vec<String> = inbox.files().iter().map(ToString::to_string).collect();
        assert_eq!(names, ["b.csv", "town/school one/a.xlsx"]);
        assert_eq!(inbox.load("town/school one/a.xlsx").unwrap(), b"1");
        assert!(bad.is_empty());
        fs::remove_dir_all(&root).unwrap();
    }
}
