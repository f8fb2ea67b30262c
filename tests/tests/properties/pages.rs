//! Pages of a listing that were damaged: the way that plain pages take gives what the reader gives

use cos_batch::{ListJobs, Operation};
use cos_batch_testkit::corpus::{Content, Layout, page};
use cos_batch_testkit::{oracle, strategies};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::cases;

/// What makes another page of a page, or no page at all.
const BITS: [&str; 56] = [
    "",
    " ",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "\u{0}",
    "\u{1f}",
    "\u{7f}",
    "\u{85}",
    "\u{feff}",
    "\u{fffd}",
    "\u{fffe}",
    "\u{ffff}",
    "\u{ff0c}",
    "\u{10ffff}",
    "中",
    "<",
    ">",
    "/",
    "</",
    "/>",
    "&",
    ";",
    "\"",
    "=",
    "]]>",
    "]]",
    "&amp;",
    "&#38;",
    "&#0;",
    "&#xfffe;",
    "&nbsp;",
    "<!---->",
    "<![CDATA[x]]>",
    "<?a b?>",
    "<?xml version=\"1.0\"?>",
    "<a/>",
    "<member/>",
    "<Jobs/>",
    "<Jobs></Jobs>",
    "<NextToken/>",
    "<Description/>",
    "<Description>x</Description>",
    "<TerminationDate/>",
    "<Priority></Priority>",
    "<AutoManifestStatus>Failed</AutoManifestStatus>",
    "<ProgressSummary> </ProgressSummary>",
    "-1",
    "+1",
    "0000000000000000000000001",
    "18446744073709551616",
    "2147483648",
    "2020-02-29T23:59:60.5+08:00",
    "0000-00-00T00:00:00Z",
    "9999-12-31T23:59:59-01:00",
];

/// A page, of the two layouts or as our own server writes it.
fn whole() -> impl Strategy<Value = Vec<u8>> {
    let layouts = select(vec![Layout::Tabs, Layout::Compact]);
    let contents = select(vec![Content::Plain, Content::Mixed]);
    prop_oneof![
        2 => (any::<u64>(), 0..4_usize, layouts, contents)
            .prop_map(|(seed, jobs, layout, content)| page(seed, jobs, layout, content)),
        1 => strategies::list_jobs_result()
            .prop_map(|page| ListJobs::encode_response(&page).unwrap().into_body()),
    ]
}

/// The page cut into tags, texts and spaces.
fn parts(page: &[u8]) -> Vec<Vec<u8>> {
    let mut parts = vec![Vec::new()];
    for &byte in page {
        if byte == b'<' || parts.last().is_some_and(|part| part.ends_with(b">")) {
            parts.push(Vec::new());
        }
        parts.last_mut().unwrap().push(byte);
    }
    parts
}

fn check(page: &[u8]) {
    oracle::plain_page(&[b"2L", page].concat());
}

proptest! {
    #![proptest_config(cases(1))]

    #[test]
    fn a_page_with_something_put_into_it(
        page in whole(),
        changes in prop::collection::vec((any::<Index>(), 0..3_usize, select(&BITS[..])), 16),
    ) {
        check(&page);
        for (at, length, bit) in changes {
            let at = at.index(page.len() + 1);
            let end = page.len().min(at + length);
            check(&[&page[..at], bit.as_bytes(), &page[end..]].concat());
        }
    }

    #[test]
    fn a_page_with_its_parts_moved(
        page in whole(),
        moves in prop::collection::vec((any::<Index>(), any::<Index>(), 1..5_usize, any::<bool>()), 16),
    ) {
        let parts = parts(&page);
        for (from, to, count, keep) in moves {
            let mut parts = parts.clone();
            let from = from.index(parts.len());
            let moved = parts[from..parts.len().min(from + count)].to_vec();
            if !keep {
                parts.drain(from..from + moved.len());
            }
            let to = to.index(parts.len() + 1);
            parts.splice(to..to, moved);
            check(&parts.concat());
        }
    }

    #[test]
    fn a_page_with_a_text_replaced(
        page in whole(),
        changes in prop::collection::vec((any::<Index>(), select(&BITS[..]), select(&BITS[..])), 16),
    ) {
        let parts = parts(&page);
        for (at, one, other) in changes {
            let mut parts = parts.clone();
            let at = at.index(parts.len());
            if !parts[at].starts_with(b"<") {
                parts[at] = [one, other].concat().into_bytes();
                check(&parts.concat());
            }
        }
    }

    #[test]
    fn a_page_with_its_members_in_another_order(page in whole(), by in any::<Index>()) {
        // Each leaf of a job is a line of a page indented by tabs.
        let text = String::from_utf8_lossy(&page).into_owned();
        let mut lines: Vec<_> = text.split_inclusive('\n').collect();
        let leaf = |line: &&str| line.starts_with("\t\t\t<") && line.contains("</");
        for run in lines.chunk_by_mut(|one, other| leaf(one) && leaf(other)) {
            let by = by.index(run.len());
            run.rotate_left(by);
            run.reverse();
        }
        check(lines.concat().as_bytes());
    }
}
