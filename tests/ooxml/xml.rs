//! XML as a tree, small and strict.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeMap;

/// An element: its name with prefix, attributes, text and children.
#[derive(Debug, Default)]
pub struct Node {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    pub text: String,
    pub children: Vec<Node>,
}

impl Node {
    /// Reads a document.
    pub fn parse(xml: &str) -> Result<Node, String> {
        let mut reader = Reader::from_str(xml);
        let mut open: Vec<Node> = vec![Node::default()];
        loop {
            match reader.read_event().map_err(|e| e.to_string())? {
                Event::Start(tag) => open.push(Node::of(&tag)?),
                Event::Empty(tag) => {
                    let node = Node::of(&tag)?;
                    open.last_mut().expect("open").children.push(node);
                }
                Event::End(_) => {
                    let node = open.pop().expect("open");
                    open.last_mut().ok_or("too many ends")?.children.push(node);
                }
                Event::Text(text) => {
                    let text = text.xml10_content();
                    open.last_mut().expect("open").text += &text;
                }
                Event::GeneralRef(name) => {
                    let text = match &*name {
                        "amp" => "&",
                        "lt" => "<",
                        "gt" => ">",
                        "quot" => "\"",
                        "apos" => "'",
                        other => return Err(format!("entity {other}")),
                    };
                    open.last_mut().expect("open").text += text;
                }
                Event::Eof => break,
                _ => {}
            }
        }
        let mut root = open.pop().ok_or("nothing")?;
        match root.children.len() {
            1 => Ok(root.children.remove(0)),
            n => Err(format!("{n} roots")),
        }
    }

    fn of(tag: &BytesStart<'_>) -> Result<Node, String> {
        let mut attributes = BTreeMap::new();
        for a in tag.attributes() {
            let a = a.map_err(|e| e.to_string())?;
            let key = a.key.as_ref().to_owned();
            let value = quick_xml::escape::unescape(&a.value).map_err(|e| e.to_string())?;
            attributes.insert(key, value.into_owned());
        }
        Ok(Node {
            name: tag.name().as_ref().to_owned(),
            attributes,
            ..Node::default()
        })
    }

    /// An attribute, or nothing.
    pub fn get(&self, key: &str) -> &str {
        self.attributes.get(key).map_or("", String::as_str)
    }

    /// The first child of a name.
    pub fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|c| c.name == name)
    }

    /// Children of a child: `list("sheets")` are the sheets.
    pub fn list(&self, name: &str) -> &[Node] {
        self.child(name).map_or(&[], |c| &c.children)
    }

    /// All elements below, itself first.
    pub fn all(&self) -> Vec<&Node> {
        let mut out = vec![self];
        let mut at = 0;
        while at < out.len() {
            out.extend(&out[at].children);
            at += 1;
        }
        out
    }
}
