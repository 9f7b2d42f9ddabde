//! A workspace: the folder in which a clerk works, with its inbox, results, directory of schools
//! and settings. Every command finds it from inside.

use super::also::Form;
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};

/// Names of the workspace's parts; data, because they are Chinese.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// Where schools' files are dropped.
    pub inbox: String,
    /// Where results are written.
    pub out: String,
    /// Where feedback lies that is ready to be returned.
    pub returned: String,
    /// Earlier months.
    pub archive: String,
    /// The bureau's own schemes.
    pub schemes: String,
    /// The directory of schools.
    pub schools: String,
    /// Settings; also the mark of a workspace.
    pub settings: String,
    /// One-page guide.
    pub guide: String,
    /// The bureau's decisions about single cells and rows.
    pub corrections: String,
    /// Blank forms that are ready to be sent out.
    pub forms: String,
    /// Columns of the blank directory of schools.
    pub school_columns: Vec<String>,
    /// Columns of the blank table of decisions, in the order of
    /// [`Part::ALL`](crate::scheme::corrections::Part::ALL).
    pub correction_columns: Vec<String>,
    /// The workbook in which clerks decide about spellings.
    pub spellings: String,
    /// Its sheets: headers of columns, what stands in cells.
    pub spelling_sheets: [String; 2],
    /// Its hidden sheet with the drop-down lists.
    pub spelling_lists: String,
}

/// The embedded names.
///
/// # Panics
/// Never in a build that passed its tests: the file is part of the binary.
pub fn names() -> Names {
    toml::from_str(include_str!("../../templates/workspace/names.toml"))
        .unwrap_or_else(|e| panic!("workspace/names.toml: {e}"))
}

/// What the settings file says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Id of the scheme, or a folder below the workspace's schemes.
    pub scheme: Option<String>,
    /// The bureau that signs.
    pub bureau: Option<String>,
    /// Other forms of the report, where the command line names none.
    #[serde(default)]
    pub also: Vec<Form>,
}

/// A workspace that was found.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// Its folder.
    pub root: PathBuf,
    /// Its settings.
    pub settings: Settings,
    /// Names of its parts.
    pub names: Names,
}

impl Workspace {
    /// The workspace that a folder lies in, if any.
    ///
    /// # Errors
    /// The settings file and what is wrong with it.
    pub fn find(from: &Path) -> Result<Option<Workspace>, (PathBuf, String)> {
        let names = names();
        let from = fs::canonicalize(from).unwrap_or_else(|_| from.to_owned());
        for root in from.ancestors() {
            let path = root.join(&names.settings);
            let Ok(text) = fs::read_to_string(&path) else {
                continue;
            };
            let settings = toml::from_str(text.trim_start_matches('\u{feff}'))
                .map_err(|e| (path, e.to_string()))?;
            return Ok(Some(Workspace {
                root: root.to_owned(),
                settings,
                names,
            }));
        }
        Ok(None)
    }

    /// The inbox.
    pub fn inbox(&self) -> PathBuf {
        self.root.join(&self.names.inbox)
    }

    /// Where results go.
    pub fn out(&self) -> PathBuf {
        self.root.join(&self.names.out)
    }

    /// Where blank forms go.
    pub fn forms(&self) -> PathBuf {
        self.root.join(&self.names.forms)
    }

    /// The workbook of spellings, whether it is there or not.
    pub fn spellings(&self) -> PathBuf {
        self.root.join(&self.names.spellings)
    }

    /// The directory of schools, if it is there.
    pub fn schools(&self) -> Option<PathBuf> {
        let path = self.root.join(&self.names.schools);
        path.exists().then_some(path)
    }

    /// The bureau's decisions, if they are there.
    pub fn corrections(&self) -> Option<PathBuf> {
        let path = self.root.join(&self.names.corrections);
        path.exists().then_some(path)
    }
}
