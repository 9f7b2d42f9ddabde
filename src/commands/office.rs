//! LibreOffice, where it is installed: the only program that this one calls, for PDF alone.
//!
//! It gets a folder of its own with plain names in it, since it reads arguments in the system's
//! encoding, and a profile of its own, since one that is in use would take the files to its window.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long it may take to start, and then for each million bytes of a workbook, begun or whole; on a
/// busy machine it needs minutes for a large report.
const PATIENCE: (Duration, Duration) = (Duration::from_secs(90), Duration::from_secs(90));
/// How often it is asked whether it is done.
const PULSE: Duration = Duration::from_millis(40);

/// Why there is no PDF.
#[derive(Debug)]
pub enum NoPdf {
    /// The program is not installed.
    NotInstalled,
    /// It took longer than it may.
    TooLong,
    /// It made no file of this one: its path below the output folder.
    Refused(String),
    /// The disk or the system refused.
    Io(io::Error),
}

impl From<io::Error> for NoPdf {
    fn from(error: io::Error) -> NoPdf {
        NoPdf::Io(error)
    }
}

/// Where the program is, if it is installed.
pub fn find() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    // A folder that is not absolute is whichever the clerk stands in: never run a program from there.
    let mut folders: Vec<PathBuf> = env::split_paths(&path)
        .filter(|f| f.is_absolute())
        .collect();
    let programs = ["ProgramFiles", "ProgramW6432", "ProgramFiles(x86)"];
    folders.extend(usual(
        cfg!(windows),
        programs.into_iter().filter_map(env::var_os),
    ));
    among(&folders, cfg!(windows), |p| p.is_file())
}

/// Folders where its installer puts it without adding them to the path.
fn usual(windows: bool, programs: impl Iterator<Item = OsString>) -> Vec<PathBuf> {
    if windows {
        let below = |p: OsString| Path::new(&p).join("LibreOffice").join("program");
        programs.map(below).collect()
    } else {
        vec!["/Applications/LibreOffice.app/Contents/MacOS".into()]
    }
}

fn among(folders: &[PathBuf], windows: bool, is_file: impl Fn(&Path) -> bool) -> Option<PathBuf> {
    // The one that ends with `com` waits for its work to be done and has no window.
    let names: &[&str] = match windows {
        true => &["soffice.com", "soffice.exe", "libreoffice.exe"],
        false => &["soffice", "libreoffice"],
    };
    let all = folders.iter();
    all.flat_map(|folder| names.iter().map(|n| folder.join(n)))
        .find(|p| is_file(p))
}

/// Workbooks that are to become PDF.
#[derive(Debug)]
pub struct Office {
    program: PathBuf,
    folder: Folder,
    /// Paths below the output folder; the n-th lies in the folder under its number.
    books: Vec<String>,
    patience: Duration,
}

impl Office {
    /// Ready to take workbooks.
    ///
    /// # Errors
    /// When the program is not installed or there is no room for its folder.
    pub fn open() -> Result<Office, NoPdf> {
        Ok(Office {
            program: find().ok_or(NoPdf::NotInstalled)?,
            folder: Folder::new()?,
            books: Vec::new(),
            patience: PATIENCE.0,
        })
    }

    /// Takes a workbook; `path` is what it is called below the output folder.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn add(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        fs::write(self.file("xlsx", self.books.len()), bytes)?;
        self.books.push(path.to_owned());
        self.patience += PATIENCE.1 * (1 + bytes.len() / 1_000_000) as u32;
        Ok(())
    }

    fn file(&self, ending: &str, number: usize) -> PathBuf {
        self.folder.0.join(format!("{number}.{ending}"))
    }

    /// Makes the PDF of each: path below the output folder, and bytes.
    ///
    /// # Errors
    /// When it takes too long or one of them cannot be made.
    pub fn convert(self) -> Result<Vec<(String, Vec<u8>)>, NoPdf> {
        if self.books.is_empty() {
            return Ok(Vec::new());
        }
        let folder = self.folder.0.to_string_lossy().replace('\\', "/");
        let profile = format!(
            "-env:UserInstallation=file://{}{}/profile",
            if folder.starts_with('/') { "" } else { "/" },
            encoded(&folder)
        );
        let mut command = Command::new(&self.program);
        command
            .arg(profile)
            .args([
                "--headless",
                "--norestore",
                "--nologo",
                "--convert-to",
                "pdf",
                "--outdir",
            ])
            .arg(&self.folder.0)
            .args((0..self.books.len()).map(|n| self.file("xlsx", n)))
            .current_dir(&self.folder.0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if !finished(&mut command, self.patience)? {
            return Err(NoPdf::TooLong);
        }
        let read = |(n, path): (usize, &String)| {
            let pdf = fs::read(self.file("pdf", n)).unwrap_or_default();
            // A file cut short would be printed as if it were whole.
            if !pdf.starts_with(b"%PDF-") || !pdf.trim_ascii_end().ends_with(b"%%EOF") {
                return Err(NoPdf::Refused(path.clone()));
            }
            let stem = path.strip_suffix(".xlsx").unwrap_or(path);
            Ok((format!("{stem}.pdf"), pdf))
        };
        self.books.iter().enumerate().map(read).collect()
    }
}

/// Whether a program ended by itself in that time; if not it is ended, with all that it started.
fn finished(command: &mut Command, patience: Duration) -> io::Result<bool> {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let mut child = command.spawn()?;
    let started = Instant::now();
    while started.elapsed() < patience {
        if child.try_wait()?.is_some() {
            return Ok(true);
        }
        std::thread::sleep(PULSE);
    }
    end(&mut child);
    Ok(false)
}

/// Ends a program and what it started: `soffice` is a starter that waits for the real one.
fn end(child: &mut Child) {
    let id = child.id();
    let mut all = if cfg!(windows) {
        let mut command = Command::new("taskkill");
        command.args(["/T", "/F", "/PID", &id.to_string()]);
        command
    } else {
        let mut command = Command::new("kill");
        command.args(["-KILL", "--", &format!("-{id}")]);
        command
    };
    let _ = all.stdout(Stdio::null()).stderr(Stdio::null()).status();
    let _ = child.kill();
    let _ = child.wait();
}

/// A path as a part of a URL.
fn encoded(path: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/:-_.~".contains(&b);
    path.bytes()
        .map(|b| match plain(b) {
            true => char::from(b).to_string(),
            false => format!("%{b:02X}"),
        })
        .collect()
}

/// A folder that nobody else reads, gone with its value.
#[derive(Debug)]
struct Folder(PathBuf);

impl Folder {
    fn new() -> io::Result<Folder> {
        #[cfg_attr(not(unix), allow(unused_mut))]
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        let mut last = io::ErrorKind::AlreadyExists.into();
        // Left over from a run that was killed: the next number.
        for n in 0..1000 {
            let name = format!("huizong-pdf-{}-{n}", std::process::id());
            let path = env::temp_dir().join(name);
            match builder.create(&path) {
                Ok(()) => return Ok(Folder(path)),
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => last = e,
                Err(e) => return Err(e),
            }
        }
        Err(last)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_found_on_the_path_and_where_installers_put_it() {
        let here = |there: &'static str| move |p: &Path| p == Path::new(there);
        let path = ["/usr/local/bin", "/usr/bin"].map(PathBuf::from);
        let found = |there| among(&path, false, here(there));
        assert_eq!(found("/usr/bin/soffice"), Some("/usr/bin/soffice".into()));
        assert_eq!(
            found("/usr/bin/libreoffice"),
            Some("/usr/bin/libreoffice".into())
        );
        assert_eq!(found("/opt/soffice"), None);
        let mac = usual(false, std::iter::empty());
        assert!(among(&mac, false, |p| p.ends_with("MacOS/soffice")).is_some());
        let windows = usual(true, ["/Program Files".into()].into_iter());
        let found = |name: &'static str| among(&windows, true, move |p: &Path| p.ends_with(name));
        let wanted = Path::new("/Program Files/LibreOffice/program");
        assert_eq!(found("soffice.com"), Some(wanted.join("soffice.com")));
        assert_eq!(found("soffice.exe"), Some(wanted.join("soffice.exe")));
        assert_eq!(found("soffice"), None);
    }

    #[test]
    fn profiles_have_addresses_whatever_the_folder_is_called() {
        assert_eq!(encoded("C:/Users/a b"), "C:/Users/a%20b");
        assert_eq!(encoded("/tmp/\u{4E2D}#"), "/tmp/%E4%B8%AD%23");
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_hangs_is_ended_with_what_it_started() {
        let folder = Folder::new().unwrap();
        let mark = folder.0.join("alive");
        // The child of the child would write the mark.
        let mut command = Command::new("sh");
        command
            .arg("-c")
            .arg(format!("(sleep 2; touch '{}') & wait", mark.display()));
        assert!(!finished(&mut command, Duration::from_millis(200)).unwrap());
        let mut quick = Command::new("sh");
        quick.args(["-c", "exit 3"]);
        assert!(finished(&mut quick, Duration::from_secs(60)).unwrap());
        std::thread::sleep(Duration::from_millis(2500));
        assert!(!mark.exists(), "it went on working");
        let path = folder.0.clone();
        drop(folder);
        assert!(!path.exists());
    }
}
