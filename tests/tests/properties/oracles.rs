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

/// Texts, `|` between them.
fn texts() -> impl Strategy<Value = String> {
    let values = [
        "",
        "1",
        "ap-chengdu",
        "127.0.0.1:9000",
        "Active",
        "Active;New",
        "Active,New",
        "COSDeleteObject",
        "COSInitiateRestoreObject",
        "Replaced",
        "qcs::cos:r::b-1/k",
        "<COSFreeze><A b='1'>&lt;</A></COSFreeze>",
    ];
    let text = prop_oneof![
        select(values.to_vec()).prop_map(str::to_owned),
        strategies::xml_text(0, 24),
        strategies::bounded_text(256),
        any::<String>(),
    ];
    vec(text, 0..30).prop_map(|texts| texts.join("|"))
}

proptest! {
    #![proptest_config(cases(1))]

    #[test]
    fn machines(bytes in vec(any::<u8>(), 0..400)) {
        for which in 0..oracle::MACHINES {
            oracle::machine(&[&[which], bytes.as_slice()].concat());
        }
    }

    #[test]
    fn requests(texts in texts()) {
        for call in ["CreateJob", "DeleteJob", "DescribeJob", "ListJobs", "UpdateJobPriority", "UpdateJobStatus"] {
            oracle::request_round(format!("{call}|{texts}").as_bytes());
        }
    }

    #[test]
    fn replies(texts in texts()) {
        oracle::reply_round(texts.as_bytes());
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
