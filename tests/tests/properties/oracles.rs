//! The fuzz targets' oracles, over bytes at random and over bytes that look like something

use cos_batch_testkit::{corpus, oracle, strategies};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::cases;

/// Pieces of documents, in any order.
fn markup() -> impl Strategy<Value = Vec<u8>> {
    let pieces = vec![
        "<a>",
        "</a>",
        "<b x='1'>",
        "</b>",
        "<a/>",
        "<p:a>",
        "</p:a>",
        "text",
        "&lt;",
        "&#65;",
        "&x;",
        "<![CDATA[c]]>",
        "<!-- c -->",
        "<?pi d?>",
        " ",
        "\r\n",
        "\t",
        "]]>",
        "&",
        "<",
        "中",
        "\u{1}",
    ];
    vec(select(pieces), 0..12).prop_map(|pieces| {
        let inside: String = pieces.concat();
        format!("<r>{inside}</r>").into_bytes()
    })
}

fn table() -> impl Strategy<Value = Vec<u8>> {
    let pieces = vec![
        ",",
        "\"",
        "\r",
        "\n",
        "b-1",
        "a%2Fb",
        " ",
        "succeeded",
        "failed",
        "200",
        "\u{feff}",
        "é",
    ];
    (any::<u8>(), 0..8_u8, vec(select(pieces), 0..40))
        .prop_map(|(choice, size, pieces)| [&[choice, size], pieces.concat().as_bytes()].concat())
}

proptest! {
    #![proptest_config(cases(1))]

    #[test]
    fn machines(bytes in vec(any::<u8>(), 0..40)) {
        oracle::machine(&bytes);
    }

    #[test]
    fn requests(bytes in vec(any::<u8>(), 0..40)) {
        oracle::request_round(&bytes);
    }

    #[test]
    fn two_readers(bytes in markup()) {
        oracle::xml_diff(&bytes);
    }

    #[test]
    fn two_readers_of_pages(seed in any::<u64>(), jobs in 0..4_usize, tabs in any::<bool>()) {
        let layout = if tabs { corpus::Layout::Tabs } else { corpus::Layout::Compact };
        oracle::xml_diff(&corpus::page(seed, jobs, layout, corpus::Content::Mixed));
    }

    #[test]
    fn two_readers_of_texts(text in strategies::xml_text(0, 200)) {
        oracle::xml_diff(format!("<r><a>{}</a></r>", text.replace('&', "&amp;").replace('<', "&lt;")).as_bytes());
    }

    #[test]
    fn tables(bytes in table()) {
        oracle::csv(&bytes);
    }
}
