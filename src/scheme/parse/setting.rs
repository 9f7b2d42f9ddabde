//! One value of a scheme file put in place of another: `measure.primary_degree.target = 0.85`. A
//! dated version of a policy, and the question "what if", say what differs in this way.

use super::problem::{SchemeProblem, nearest};
use super::read::{Reader, Value};
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

/// A value and its path: the file's own keys, in between the ids of parts that stand in lists.
#[derive(Debug, Clone)]
pub(super) struct Setting<'a> {
    /// `param.<name>`, `measure.<id>.<key> …`
    pub(super) path: String,
    /// Where the path stands.
    pub(super) at: usize,
    /// What is put there.
    pub(super) value: Value<'a>,
}

/// The name that paths have for the table of named figures.
const PARAM: &str = "param";
const PARAMS: &str = "params";
/// Tables with names of their own choice, which must be there already.
const NAMED: [&str; 3] = [PARAMS, "condition", "bands"];
/// What may be set at the top of the file.
const TOP: [&str; 2] = ["title", "cut_off"];
const RULES: &str = "rules";
/// What paths can begin with besides.
const ROOMS: [&str; 7] = [
    PARAM,
    "measure",
    "page",
    "condition",
    "bands",
    "cycle",
    RULES,
];

/// Puts the value in its place; a path that leads nowhere is a problem with the nearest one.
pub(super) fn put<'a>(reader: &Reader<'a>, document: &mut DeTable<'a>, setting: &Setting<'a>) {
    let segments: Vec<&str> = setting.path.split('.').collect();
    let lost = match segments.as_slice() {
        [top] if TOP.contains(top) => {
            insert(document, top, setting);
            None
        }
        // What is said about a rule need not have been said before; its reader knows the names.
        [RULES, rule, key] => {
            let of_rule =
                subtable(document, RULES, setting).and_then(|t| subtable(t, rule, setting));
            match of_rule {
                Some(table) => {
                    insert(table, key, setting);
                    None
                }
                None => Some(Lost {
                    depth: 0,
                    nearest: None,
                }),
            }
        }
        [top] => Some(Lost::at(0, top, TOP.iter().chain(&ROOMS))),
        [room, rest @ ..] if ROOMS.contains(room) => {
            let room = if *room == PARAM { PARAMS } else { room };
            match document.get_mut(room) {
                Some(node) => walk(node.get_mut(), rest, 1, NAMED.contains(&room), setting).err(),
                None => Some(Lost {
                    depth: 0,
                    nearest: None,
                }),
            }
        }
        [room, ..] => Some(Lost::at(0, room, ROOMS.iter())),
        [] => None,
    };
    let Some(lost) = lost else { return };
    // What was probably meant is a path again.
    let suggestion = lost.nearest.map(|name| {
        let mut meant: Vec<&str> = segments.clone();
        meant[lost.depth] = &name;
        meant.join(".")
    });
    reader.report(setting.at, "scheme.unknown-setting", |p| SchemeProblem {
        suggestion,
        ..p.arg("name", &setting.path)
    });
}

/// How far a path led, and the name that comes nearest to the one that is not there.
struct Lost {
    depth: usize,
    nearest: Option<String>,
}

impl Lost {
    fn at<'n>(depth: usize, wrong: &str, known: impl Iterator<Item = &'n &'n str>) -> Lost {
        let known: Vec<&str> = known.copied().collect();
        Lost {
            depth,
            nearest: nearest(wrong, &known),
        }
    }
}

fn walk<'a>(
    node: &mut DeValue<'a>,
    segments: &[&str],
    depth: usize,
    named: bool,
    setting: &Setting<'a>,
) -> Result<(), Lost> {
    let (name, rest) = match segments {
        [name, rest @ ..] => (*name, rest),
        [] => return Ok(()),
    };
    match node {
        DeValue::Table(table) => {
            let keys: Vec<String> = table.keys().map(|k| k.get_ref().to_string()).collect();
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            match (table.get_mut(name), rest) {
                // A named figure may be written with its title.
                (Some(slot), []) if named => match slot.get_mut() {
                    DeValue::Table(t) if t.contains_key("value") => insert(t, "value", setting),
                    _ => *slot = setting.value.clone(),
                },
                (Some(slot), []) => *slot = setting.value.clone(),
                (Some(slot), rest) => {
                    return walk(slot.get_mut(), rest, depth + 1, false, setting);
                }
                // A key that was not written so far: its reader says if there is no such key.
                (None, []) if !named => insert(table, name, setting),
                (None, _) => return Err(Lost::at(depth, name, keys.iter())),
            }
            Ok(())
        }
        DeValue::Array(list) => {
            let ids: Vec<String> = list.iter().filter_map(id).collect();
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            let Some(found) = list.iter_mut().find(|v| id(v).as_deref() == Some(name)) else {
                return Err(Lost::at(depth, name, ids.iter()));
            };
            match rest {
                [] => *found = setting.value.clone(),
                rest => return walk(found.get_mut(), rest, depth + 1, false, setting),
            }
            Ok(())
        }
        _ => Err(Lost {
            depth,
            nearest: None,
        }),
    }
}

/// What a part of a list is called.
fn id(part: &Value<'_>) -> Option<String> {
    let table = part.get_ref().as_table()?;
    let name = ["id", "sheet"].iter().find_map(|k| table.get(*k))?;
    name.get_ref().as_str().map(str::to_owned)
}

/// The table of that name, made where there is none.
fn subtable<'t, 'a>(
    table: &'t mut DeTable<'a>,
    name: &str,
    setting: &Setting<'a>,
) -> Option<&'t mut DeTable<'a>> {
    if !table.contains_key(name) {
        let at = setting.at..setting.at;
        let key = Spanned::new(at.clone(), DeString::from(name.to_owned()));
        table.insert(key, Spanned::new(at, DeValue::Table(DeTable::new())));
    }
    match table.get_mut(name)?.get_mut() {
        DeValue::Table(table) => Some(table),
        _ => None,
    }
}

fn insert<'a>(table: &mut DeTable<'a>, name: &str, setting: &Setting<'a>) {
    let at = setting.at..setting.at;
    let key = Spanned::new(at, DeString::from(name.to_owned()));
    table.insert(key, setting.value.clone());
}
