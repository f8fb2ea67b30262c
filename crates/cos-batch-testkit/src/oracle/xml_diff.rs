use std::borrow::Cow;

use cos_batch::xml::Reader;
use cos_batch::{Limits, XmlError};
use quick_xml::events::{BytesStart, Event};

/// A document that our reader and quick-xml both take holds the same for both: the same elements, and
/// in those without elements the same text
///
/// What only one of them takes is not looked at: quick-xml checks neither characters nor the number
/// of roots, and knows no limit of depth.
///
/// # Panics
///
/// Where that does not hold.
pub fn xml_diff(data: &[u8]) {
    let Some(tree) = tree(data) else { return };
    if let Err(error) = compare(data, &tree) {
        // One of the two refuses it; what is a difference has panicked by now.
        assert!(error.offset() <= data.len(), "{error}");
    }
}

/// An element as quick-xml reads it.
struct Element {
    name: String,
    text: String,
    children: Vec<Self>,
}

impl Element {
    fn of(tag: &BytesStart<'_>) -> Self {
        let name = tag.local_name().into_inner().to_owned();
        Self { name, text: String::new(), children: Vec::new() }
    }
}

/// The document by quick-xml; `None` where it refuses it.
fn tree(data: &[u8]) -> Option<Element> {
    let text = std::str::from_utf8(data).ok()?;
    let mut reader = quick_xml::Reader::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    loop {
        let closed = match reader.read_event().ok()? {
            Event::Start(tag) => {
                open.push(Element::of(&tag));
                None
            }
            Event::Empty(tag) => Some(Element::of(&tag)),
            Event::End(_) => open.pop(),
            Event::Text(text) => {
                append(&mut open, &text.xml10_content());
                None
            }
            Event::CData(text) => {
                append(&mut open, &text.xml10_content());
                None
            }
            Event::GeneralRef(reference) => {
                let text = match reference.resolve_char_ref().ok()? {
                    Some(character) => Cow::Owned(character.to_string()),
                    None => Cow::Borrowed(named(&reference.xml10_content())?),
                };
                append(&mut open, &text);
                None
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => None,
            Event::DocType(_) => return None,
            Event::Eof => return root.filter(|_| open.is_empty()),
        };
        match (closed, open.last_mut()) {
            (Some(element), Some(parent)) => parent.children.push(element),
            (Some(_), None) if root.is_some() => return None,
            (Some(element), None) => root = Some(element),
            (None, _) => {}
        }
    }
}

/// Text of the element that is open; outside of the root there is none.
fn append(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

/// What a reference by one of the five names stands for.
fn named(name: &str) -> Option<&'static str> {
    Some(match name {
        "amp" => "&",
        "apos" => "'",
        "gt" => ">",
        "lt" => "<",
        "quot" => "\"",
        _ => return None,
    })
}

/// Walks the document by our reader, as the tree has it.
fn compare(data: &[u8], tree: &Element) -> Result<(), XmlError> {
    let mut reader = Reader::new(data, &Limits::default())?;
    assert_eq!(reader.root()?, tree.name, "the root");
    walk(&mut reader, tree)?;
    reader.finish()
}

fn walk(reader: &mut Reader<'_>, element: &Element) -> Result<(), XmlError> {
    if element.children.is_empty() {
        assert_eq!(reader.text()?, element.text, "the text of {}", element.name);
        return Ok(());
    }
    if !element.text.trim_matches([' ', '\t', '\n', '\r']).is_empty() {
        // Text and elements: nobody reads that, and it may be skipped.
        return reader.skip();
    }
    for child in &element.children {
        assert_eq!(reader.child()?, Some(child.name.as_str()), "in {}", element.name);
        walk(reader, child)?;
    }
    assert_eq!(reader.child()?, None, "in {}", element.name);
    Ok(())
}
