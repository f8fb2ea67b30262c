//! The reader's contract: one test for each class of document that it refuses, tolerates or joins

use cos_batch::xml::Reader;
use cos_batch::{Limits, XmlError, XmlErrorKind};

/// Reads `<r>` with any number of `<v>` texts; all else in it is skipped.
fn read(document: impl AsRef<[u8]>) -> Result<Vec<String>, XmlError> {
    read_within(document.as_ref(), &Limits::default())
}

fn read_within(document: &[u8], limits: &Limits) -> Result<Vec<String>, XmlError> {
    let mut reader = Reader::new(document, limits)?;
    assert_eq!(reader.root()?, "r");
    let mut values = Vec::new();
    while let Some(name) = reader.child()? {
        match name {
            "v" => values.push(reader.text()?.into_owned()),
            _ => reader.skip()?,
        }
    }
    reader.finish()?;
    Ok(values)
}

/// The reason and the place of a malformed document.
#[track_caller]
fn malformed(document: impl AsRef<[u8]>) -> String {
    let error = read(document.as_ref()).expect_err("a malformed document");
    let XmlErrorKind::Malformed { .. } = error.kind() else { panic!("{error:?}") };
    assert!(error.offset() <= document.as_ref().len());
    error.to_string()
}

#[track_caller]
fn truncated(document: impl AsRef<[u8]>) {
    let error = read(document.as_ref()).expect_err("a document that is cut off");
    assert_eq!(error.kind(), &XmlErrorKind::Truncated, "{error}");
    assert!(error.offset() <= document.as_ref().len());
}

#[track_caller]
fn values(document: impl AsRef<[u8]>) -> Vec<String> {
    read(document).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn utf_8_is_checked_and_the_bad_byte_named() {
    let error = read(b"<r><v>a\xffb</v></r>").expect_err("not UTF-8");
    assert_eq!((error.kind(), error.offset()), (&XmlErrorKind::NotUtf8, 7));
    let error = read(b"\xff\xfe<\0r\0>\0").expect_err("UTF-16");
    assert_eq!((error.kind(), error.offset()), (&XmlErrorKind::NotUtf8, 0));
}

#[test]
fn a_doctype_is_refused() {
    for document in [
        "<!DOCTYPE r><r></r>",
        "<!DOCTYPE r SYSTEM \"file:///etc/passwd\"><r></r>",
        "<!DOCTYPE r [<!ENTITY x \"y\">]><r><v>&x;</v></r>",
        "<!DOCTYPE r [<!ENTITY x \"y\"",
    ] {
        assert!(malformed(document).starts_with("a DOCTYPE, which is refused"), "{document}");
    }
    let said = malformed("<r><!DOCTYPE r></r>");
    assert!(said.starts_with("markup that is refused here"), "{said}");
    // It is one as soon as its name is whole.
    malformed("<!DOCTYPE");
    for end in 1.."<!DOCTYPE".len() {
        truncated(&"<!DOCTYPE"[..end]);
    }
}

#[test]
fn another_declared_encoding_is_refused() {
    for encoding in ["GBK", "UTF-16", "ISO-8859-1", "utf8"] {
        let document = format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?><r></r>");
        assert!(malformed(document).contains("encoding"), "{encoding}");
    }
    for encoding in ["UTF-8", "utf-8", "Utf-8"] {
        values(format!("<?xml version='1.0' encoding='{encoding}' ?>\n<r></r>"));
    }
    values("<?xml version=\"1.0\" standalone=\"yes\"?><r></r>");
}

#[test]
fn a_declaration_that_hides_behind_a_tab_or_comes_late_is_refused() {
    malformed("<?xml\tversion=\"1.0\" encoding=\"GBK\"?><r></r>");
    malformed("<?XML version=\"1.0\" encoding=\"GBK\"?><r></r>");
    malformed("<r></r><?xml\nversion=\"1.0\"?>");
    for late in [" <?xml version=\"1.0\"?><r></r>", "<r><?xml version=\"1.0\"?></r>"] {
        let said = malformed(late);
        assert!(said.starts_with("an XML declaration that is not at the start"), "{said}");
    }
}

#[test]
fn tags_are_paired() {
    for document in [
        "<r><v>a</w></r>",
        "<r><v>a</r></v>",
        "<r><a:v>x</b:v></r>",
        "<r><a:v>x</v></r>",
        "<r><v>x</a:v></r>",
        "<r><x><y></x></y></r>",
        "<r><v>a</V></r>",
    ] {
        let said = malformed(document);
        assert!(said.starts_with("an end tag that matches no start tag"), "{document}: {said}");
    }
    malformed("</r>");
    // Each byte of a name counts, in names of any length.
    for length in 1..=33 {
        let name = "n".repeat(length);
        values(format!("<r><{name}>x</{name}></r>"));
        malformed(format!("<r><{name}>x</{name}n></r>"));
        for at in 0..length {
            let mut other = name.clone();
            other.replace_range(at..=at, "m");
            malformed(format!("<r><{name}>x</{other}></r>"));
            malformed(format!("<r><{name}:a>x</{other}:a></r>"));
        }
    }
}

#[test]
fn an_attribute_stands_once() {
    let said = malformed("<r><v a=\"1\" b=\"2\" a=\"3\">x</v></r>");
    assert!(said.starts_with("an attribute twice"), "{said}");
    malformed("<r x:a='1' x:a='1'/>");
    malformed("<r><skipped><v a='' a=''/></skipped></r>");
    malformed("<r a='' \t a = ''/>");
    assert_eq!(values("<r a='1' x:a='1' b=\"a\"><v c='>'>x</v></r>"), ["x"]);
}

#[test]
fn elements_nest_32_deep() {
    let nested =
        |depth: usize| format!("<r>{}{}</r>", "<x>".repeat(depth - 1), "</x>".repeat(depth - 1));
    values(nested(32));
    let said = malformed(nested(33));
    assert!(said.starts_with("elements nested too deep"), "{said}");
    malformed(format!("<r>{}", "<x>".repeat(100_000)));
    // An empty element is as deep as any other.
    malformed(format!("<r>{}<y/>", "<x>".repeat(31)));
}

#[test]
fn there_is_one_root_and_nothing_else() {
    malformed("<r></r><r></r>");
    malformed("<r></r>text");
    malformed("<r></r>\0");
    malformed("<r/></r>");
    malformed("text<r></r>");
    malformed("{\"code\":1}");
    values("\n<!--c--><?p i?>\n<r></r>\n<!--c--><?p i?>\n");
    values("\u{feff}<r/>");
}

#[test]
fn input_that_ends_early_is_truncated_at_every_byte() {
    let document = "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<!-- 中 --><?p i?>\
        <n:r xmlns:n=\"http://x/?a=1&amp;b=2\" b='!>'><v>a&amp;中&#x4e2d;\r\nb</v><!-- > -->\
        <x><y/><z a=\"/>\">]]&gt;</z></x><v><![CDATA[<]] ></x>&]]></v><?q > ?><v/>\n</n:r>";
    let read = |bytes: &[u8]| -> Result<usize, XmlError> {
        let mut reader = Reader::new(bytes, &Limits::default())?;
        reader.root()?;
        reader.skip()?;
        reader.finish()?;
        Ok(bytes.len())
    };
    read(document.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    for end in 0..document.len() {
        let error = read(&document.as_bytes()[..end]).expect_err("cut off");
        assert_eq!(error.kind(), &XmlErrorKind::Truncated, "{end}: {error}");
        assert!(error.offset() <= end);
    }
    for end in 0..document.len() {
        truncated_values(&document.as_bytes()[..end]);
    }
}

/// The same through `child` and `text`, whose root is `r` whatever its prefix.
#[track_caller]
fn truncated_values(bytes: &[u8]) {
    if let Err(error) = read_any(bytes) {
        assert_eq!(error.kind(), &XmlErrorKind::Truncated, "{}: {error}", bytes.len());
    } else {
        panic!("{} bytes pass for the whole", bytes.len());
    }
}

fn read_any(bytes: &[u8]) -> Result<(), XmlError> {
    let mut reader = Reader::new(bytes, &Limits::default())?;
    reader.root()?;
    while let Some(name) = reader.child()? {
        match name {
            "v" => drop(reader.text()?),
            _ => {
                while let Some(_name) = reader.child()? {
                    reader.text()?;
                }
            }
        }
    }
    reader.finish()
}

#[test]
fn nothing_at_all_is_truncated() {
    for document in ["", " \n", "\u{feff}", "<?xml version=\"1.0\"?>", "<!-- c -->"] {
        truncated(document);
    }
    truncated(b"\xef\xbb");
}

#[test]
fn what_is_no_markup_is_malformed_even_at_the_end() {
    malformed("<r><v a>x</v></r>");
    malformed("<r><v a=b>x</v></r>");
    malformed("<r><v a=\"<\">x</v></r>");
    malformed("<r><1>x</1></r>");
    malformed("<r><!-- a -- b --></r>");
    malformed("<r>< v>x</v></r>");
    malformed("<r><![cdata[x]]></r>");
    malformed("<r><v>]]></v></r>");
}

#[test]
fn what_stands_where_the_root_should_is_told_for_what_it_is() {
    for (document, reason) in [
        ("no document", "something else than one root element"),
        ("<r/>x", "something else than one root element"),
        ("<r/><r/>", "something else than one root element"),
        ("<r/><!ELEMENT r>", "markup that is refused here"),
    ] {
        let said = malformed(document);
        assert!(said.starts_with(reason), "{document}: {said}");
    }
}

#[test]
fn named_and_numeric_references_are_resolved_and_all_others_refused() {
    assert_eq!(values("<r><v>&lt;&gt;&amp;&quot;&apos;&#38;&#x26;</v></r>"), ["<>&\"'&&"]);
    for reference in ["&nbsp;", "&x;", "&", "&amp", "&#;", "&#x;", "&#xZ;", "&#-1;", "&#1114112;"] {
        malformed(format!("<r><v>{reference}</v></r>"));
        malformed(format!("<r><skipped>{reference}</skipped></r>"));
        malformed(format!("<r a=\"{reference}\"></r>"));
    }
}

#[test]
fn forbidden_characters_are_refused_behind_a_reference_too() {
    for character in ["\0", "\u{1}", "\u{8}", "\u{b}", "\u{1f}", "\u{fffe}", "\u{ffff}"] {
        let said = malformed(format!("<r><v>{character}</v></r>"));
        assert!(said.starts_with("a character that XML forbids"), "{character:?}: {said}");
        malformed(format!("<r><skipped>{character}</skipped></r>"));
        malformed(format!("<r><!--{character}--></r>"));
        malformed(format!("<r a='{character}'></r>"));
        malformed(format!("<r><v><![CDATA[{character}]]></v></r>"));
        let number = u32::from(character.chars().next().expect("a character"));
        malformed(format!("<r><v>&#{number};</v></r>"));
        malformed(format!("<r><v>&#x{number:x};</v></r>"));
    }
    malformed("<r><v>&#xD800;</v></r>");
    assert_eq!(
        values("<r><v>\u{7f}\u{85}\u{fffd}\u{10ffff}</v></r>"),
        ["\u{7f}\u{85}\u{fffd}\u{10ffff}"]
    );
}

#[test]
fn line_ends_are_normalised() {
    assert_eq!(values("<r><v>a\r\nb\rc\nd</v></r>"), ["a\nb\nc\nd"]);
    assert_eq!(values("<r><v><![CDATA[a\r\nb\rc]]></v></r>"), ["a\nb\nc"]);
    assert_eq!(values("<r><v>a&#13;&#10;b</v></r>"), ["a\r\nb"]);
}

#[test]
fn text_and_cdata_are_joined_across_comments_and_instructions() {
    assert_eq!(values("<r><v>a<!--x-->b<?y z?><![CDATA[<c>&amp;]]>d</v></r>"), ["ab<c>&amp;d"]);
    assert_eq!(values("<r><v><!--x--></v><v><![CDATA[]]></v><v/></r>"), ["", "", ""]);
}

#[test]
fn prefixes_are_tolerated_and_unknown_elements_skipped() {
    let document = "<n:r xmlns:n='urn:x'><x:v>1</x:v><new a='b'><v>no</v><v/>t</new><v>2</v></n:r>";
    assert_eq!(values(document), ["1", "2"]);
}

#[test]
fn text_among_elements_and_elements_in_text_are_refused() {
    let said = malformed("<r>busy<v>a</v></r>");
    assert!(said.starts_with("text where elements are expected"), "{said}");
    malformed("<r><![CDATA[busy]]></r>");
    malformed("<r>&#32;</r>");
    let said = malformed("<r><v>a<b/>c</v></r>");
    assert!(said.starts_with("an element where text is expected"), "{said}");
}

#[test]
fn the_limit_is_on_bytes() {
    let document = b"<r><v>12345</v></r>";
    assert!(read_within(document, &Limits::bytes(document.len())).is_ok());
    let error = read_within(document, &Limits::bytes(document.len() - 1)).expect_err("too large");
    assert_eq!(error.kind(), &XmlErrorKind::TooLarge { limit: document.len() - 1 });
    let large = vec![b' '; 16 * 1024 * 1024 + 1];
    let error = read(large).expect_err("too large");
    assert_eq!(error.kind(), &XmlErrorKind::TooLarge { limit: 16 * 1024 * 1024 });
}

#[test]
fn an_error_says_where() {
    let error = read("<r>\n <x/><x><y/></x><v>1</v><v>&bad;</v></r>").expect_err("malformed");
    insta::assert_snapshot!(
        error,
        @"a reference to an entity that is not defined at byte 31 in r/v[2]"
    );
    let error = read("<r><x><y>").expect_err("cut off");
    insta::assert_snapshot!(error, @"the document is cut off at byte 9 in r/x/y");
}

#[test]
fn hostile_documents_take_linear_time_and_bounded_memory() {
    let many = 200_000;
    let attributes: String = (0..many).map(|n| format!(" a{n}=''")).collect();
    values(format!("<r{attributes}/>"));
    malformed(format!("<r{attributes} a0=''/>"));
    values(format!("<r>{}</r>", "<x/>".repeat(many)));
    values(format!("<r><v>{}</v></r>", "&amp;".repeat(many)));
    values(format!("<r><v>{}</v></r>", "\r".repeat(many)));
    values(format!("<r><v>{}</v></r>", "a<!---->".repeat(many)));
    values(format!("<r><v>{}</v></r>", "<![CDATA[]]>".repeat(many)));
    values(format!("<r>{}</r>", "<?p ?>".repeat(many)));
    malformed(format!("<r><v>&#{}1;x</v></r>", "9".repeat(many)));
    let name = "n".repeat(many);
    values(format!("<r><{name}/></r>"));
    truncated(format!("<r><v>{}", "&".repeat(many)));
    truncated(format!("<r><v a='{}", ">".repeat(many)));
}
