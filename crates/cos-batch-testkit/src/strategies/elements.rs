//! Markup that no page documents

use std::collections::BTreeMap;

use cos_batch::UnknownFields;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::texts::xml_text;

/// Any element of these names: its local name, and its markup with attributes, and with texts,
/// sections, comments and elements in it.
pub(super) fn element(
    names: &'static [&'static str],
) -> impl Strategy<Value = (&'static str, String)> {
    let text = || xml_text(0, 8);
    let leaf = prop_oneof![
        3 => text().prop_map(|text| escaped(&text)),
        1 => text().prop_map(|text| format!("<![CDATA[{}]]>", text.replace(']', ""))),
        1 => text().prop_map(|text| format!("<!--{}-->", text.replace('-', ""))),
        1 => text().prop_map(|text| format!("<?pi {}?>", text.replace('?', ""))),
        1 => select(vec!["&#x4E2D;", "&#13;", "&apos;", "\r\n", ">"]).prop_map(str::to_owned),
    ];
    let inside = leaf.prop_recursive(3, 12, 3, move |inside| {
        (head(names), vec(inside, 0..3)).prop_map(|(head, inside)| tagged(&head, &inside.concat()))
    });
    (head(names), vec(inside, 0..3)).prop_map(|(head, inside)| {
        let local = head.0.rsplit(':').next().unwrap_or_default();
        (local, tagged(&head, &inside.concat()))
    })
}

/// What the service tells of a job and no page documents: mostly nothing
pub fn unknown_fields() -> impl Strategy<Value = UnknownFields<'static>> {
    let some =
        vec(element(&["Colour", "x:Colour", "_a-b.c", "颜色", "Key"]), 1..4).prop_map(|all| {
            let mut by_name: BTreeMap<String, String> = BTreeMap::new();
            for (name, xml) in all {
                by_name.entry(name.to_owned()).or_default().push_str(&xml);
            }
            by_name.try_into().expect("elements of unknown names")
        });
    prop_oneof![3 => Just(UnknownFields::default()), 1 => some].boxed()
}

/// A name, and attributes with the space before them.
fn head(names: &'static [&'static str]) -> impl Strategy<Value = (&'static str, String)> {
    let attributes =
        (0..3_usize, xml_text(0, 6), any::<bool>()).prop_map(|(count, text, quoted)| {
            let quote = if quoted { '"' } else { '\'' };
            let value = escaped(&text).replace('"', "&quot;").replace('\'', "&apos;");
            (0..count).map(|at| format!("\n a{at} = {quote}{value}{quote}")).collect()
        });
    (select(names), attributes)
}

fn tagged((name, attributes): &(&str, String), inside: &str) -> String {
    if inside.is_empty() {
        format!("<{name}{attributes} />")
    } else {
        format!("<{name}{attributes}>{inside}</{name}\t>")
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace("]]>", "]]&gt;")
}
