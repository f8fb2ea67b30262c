use super::*;

/// What becomes of some bytes, read in chunks of `size`: each row as its fields, or its error.
fn read(columns: usize, limit: usize, bytes: &[u8], size: usize) -> Vec<Result<String, CsvError>> {
    let mut rows = Rows::new(columns);
    rows.set_limit(limit);
    let mut all = Vec::new();
    let mut each = |rows: &Rows, row: Result<(), CsvError>| {
        let fields = || (0..columns).map(|nth| String::from_utf8_lossy(rows.bytes(nth)));
        all.push(row.map(|()| fields().collect::<Vec<_>>().join("|")));
    };
    for mut chunk in bytes.chunks(size) {
        while let Some(row) = rows.read(&mut chunk) {
            each(&rows, row);
        }
        assert!(chunk.is_empty());
    }
    if let Some(row) = rows.finish() {
        each(&rows, row);
    }
    all
}

/// The rows of two fields in some bytes, the same in chunks of any size; an error as its text.
fn rows(bytes: impl AsRef<[u8]>) -> Vec<String> {
    rows_within(ROW_LIMIT, bytes.as_ref())
}

fn rows_within(limit: usize, bytes: &[u8]) -> Vec<String> {
    let whole = read(2, limit, bytes, bytes.len().max(1));
    for size in 1..bytes.len() {
        assert_eq!(read(2, limit, bytes, size), whole, "in chunks of {size}");
    }
    let shown = whole.into_iter().map(|row| row.unwrap_or_else(|error| error.to_string()));
    shown.collect()
}

const NONE: [&str; 0] = [];

#[test]
fn a_row_ends_with_lf_crlf_cr_or_the_file() {
    for end in ["\n", "\r\n", "\r"] {
        assert_eq!(rows(format!("a,b{end}c,d{end}")), ["a|b", "c|d"]);
        assert_eq!(rows(format!("a,b{end}c,d")), ["a|b", "c|d"]);
        assert_eq!(rows(format!("\"a\",\"b\"{end}c,{end},d")), ["a|b", "c|", "|d"]);
    }
    assert_eq!(rows(""), NONE);
    assert_eq!(rows(","), ["|"]);
}

#[test]
fn blank_lines_are_no_rows() {
    assert_eq!(rows("\n\r\n \t\na,b\n\n \r\n\nc,\n \t"), ["a|b", "c|"]);
    // A quoted field is something, even where it is empty.
    assert_eq!(rows("\"\"\n"), ["expected 2 fields, found 1 in row 1 at byte 0"]);
}

#[test]
fn spaces_around_a_field_are_dropped_and_those_within_are_not() {
    assert_eq!(rows(" a , \tb c\t \n"), ["a|b c"]);
    assert_eq!(rows("  ,\t\n"), ["|"]);
    assert_eq!(rows("a\u{a0},\u{3000}b"), ["a\u{a0}|\u{3000}b"]);
}

#[test]
fn spaces_within_quotes_stay_and_those_around_them_go() {
    assert_eq!(rows(" \" a \" ,\t\"\tb\"\t\r\n"), [" a |\tb"]);
    assert_eq!(rows("\" \",\"\t\""), [" |\t"]);
    assert_eq!(rows("a, \"b\" "), ["a|b"]);
}

#[test]
fn quotes_hold_commas_line_ends_and_quotes() {
    assert_eq!(rows("\"a,\"\"b\"\"\",\"c\r\nd\ne\"\n"), ["a,\"b\"|c\r\nd\ne"]);
    assert_eq!(rows("\"\"\"\",\"\"\"\"\"\"\n"), ["\"|\"\""]);
    assert_eq!(rows("\"\",\"\"\n"), ["|"]);
}

#[test]
fn a_quote_further_inside_stands_for_itself() {
    assert_eq!(rows("a\"b\",c\"\"\n\"d\",e\"\n"), ["a\"b\"|c\"\"", "d|e\""]);
}

#[test]
fn nothing_follows_a_closing_quote_but_the_field_s_end() {
    let refused = "expected a comma or the row's end behind a closing quote in row 1 at byte ";
    for (bytes, offset) in [
        ("\"a\"b,c\n", 3),
        ("\"a\" b,c\n", 4),
        ("\"a\" \"b\",c\n", 4),
        ("\"a\" \"b,c\n", 4),
        ("\"a\"b\"c,d\n", 3),
        ("\"a\"b\"c\"d,\"e\n,\"\n", 3),
        ("x, \"a\"\" \"b\n", 9),
    ] {
        let second = if bytes.starts_with('x') { "y|z" } else { "x|y" };
        let rest = second.replace('|', ",");
        assert_eq!(rows(format!("{bytes}{rest}")), [format!("{refused}{offset}"), second.into()]);
    }
}

#[test]
fn a_quote_that_is_never_closed_is_told_where_it_opens() {
    let refused =
        |row, byte| format!("a quote is opened and never closed in row {row} at byte {byte}");
    assert_eq!(rows("a,b\nc, \"d\ne,f\n"), ["a|b".into(), refused(2, 7)]);
    assert_eq!(rows("\""), [refused(1, 0)]);
    assert_eq!(rows("a,\"\"\""), [refused(1, 2)]);
}

#[test]
fn a_wrong_number_of_fields_is_told_with_both_numbers() {
    assert_eq!(
        rows("a\na,b\na,b,\n\na,b,c,d\ne,f"),
        [
            "expected 2 fields, found 1 in row 1 at byte 0",
            "a|b",
            "expected 2 fields, found 3 in row 3 at byte 6",
            "expected 2 fields, found 4 in row 4 at byte 12",
            "e|f",
        ]
    );
}

#[test]
fn one_byte_order_mark_is_passed_over_at_the_start() {
    assert_eq!(rows("\u{feff}a,b\n"), ["a|b"]);
    assert_eq!(rows("\u{feff}\"a\",b\n"), ["a|b"]);
    assert_eq!(rows("\u{feff}"), NONE);
    assert_eq!(rows("\u{feff}\u{feff}a,b\n"), ["\u{feff}a|b"]);
    assert_eq!(rows("\"\u{feff}a\",b\n"), ["\u{feff}a|b"]);
    assert_eq!(rows("a,\u{feff}b\n\u{feff}c,d"), ["a|\u{feff}b", "\u{feff}c|d"]);
}

#[test]
fn the_start_of_a_byte_order_mark_is_not_lost() {
    assert_eq!(rows("\u{fec0}a,b\n"), ["\u{fec0}a|b"]);
    assert_eq!(rows(b"\xef,b\n"), ["\u{fffd}|b"]);
    assert_eq!(rows(b"\xef\xbb\n"), ["expected 2 fields, found 1 in row 1 at byte 0"]);
    assert_eq!(rows(b"\xef\xbb"), ["expected 2 fields, found 1 in row 1 at byte 0"]);
}

#[test]
fn a_row_up_to_the_limit_is_taken_and_one_byte_more_is_not() {
    let refused = "the row is larger than the limit of 8 bytes in row 1 at byte 0";
    for end in ["\n", "\r\n", ""] {
        assert_eq!(rows_within(8, format!("abc,defg{end}").as_bytes()), ["abc|defg"]);
        assert_eq!(rows_within(8, format!("\"abc\",de{end}").as_bytes()), ["abc|de"]);
        assert_eq!(rows_within(8, format!("abcdefg,{end}").as_bytes()), ["abcdefg|"]);
        assert_eq!(rows_within(8, format!("abc,defgh{end}").as_bytes()), [refused]);
        assert_eq!(rows_within(8, format!("abc,defg {end}").as_bytes()), [refused]);
        assert_eq!(rows_within(8, format!("a,\"\n\n\n\n\n\"{end}").as_bytes()), [refused]);
    }
}

#[test]
fn behind_a_row_that_is_too_large_it_goes_on() {
    let refused = "the row is larger than the limit of 8 bytes in row 1 at byte 0";
    assert_eq!(rows_within(8, b"abcdefghijkl,mnop\nq,r\n"), [refused, "q|r"]);
    assert_eq!(rows_within(8, b"abcde,\"\n\"\"\nfghijkl\"\nq,r\n"), [refused, "q|r"]);
    assert_eq!(rows_within(8, b"abcdefghijkl,\"m\" n\nq,r\n"), [refused, "q|r"]);
    let open = "a quote is opened and never closed in row 1 at byte 2";
    assert_eq!(rows_within(8, b"a,\"bcdef\n\n\n"), [refused, open]);
    assert_eq!(rows_within(8, b"a,\"bcdefghijk\nl,m\n"), [refused, open]);
}

#[test]
fn rows_longer_than_the_first_buffer_are_whole() {
    for size in [255, 256, 257, 511, 512, 513, 5000] {
        let (a, b) = ("a".repeat(size), "b\"".repeat(size));
        let bytes = format!("{a},\"{}\"\n{a},{a}", b.replace('"', "\"\""));
        for chunk in [1, 7, 256, bytes.len()] {
            let read = read(2, ROW_LIMIT, bytes.as_bytes(), chunk);
            assert_eq!(read, [Ok(format!("{a}|{b}")), Ok(format!("{a}|{a}"))]);
        }
    }
}

#[test]
fn many_fields_too_many_are_counted_and_not_kept() {
    let mut rows = Rows::new(2);
    let bytes = ",".repeat(60_000);
    assert!(rows.read(&mut bytes.as_bytes()).is_none());
    assert_eq!(rows.fields.len(), 2);
    let error = rows.finish().expect("a row").expect_err("too many fields");
    assert_eq!(*error.kind(), CsvErrorKind::Fields { expected: 2, found: 60_001 });
}

#[test]
fn a_huge_field_is_refused_at_the_limit_and_not_kept() {
    for open in ["", "\""] {
        let mut rows = Rows::new(2);
        let bytes = format!("{open}{}", "a".repeat(10_000_000));
        let mut input = bytes.as_bytes();
        let error = rows.read(&mut input).expect("an end").expect_err("too large");
        assert_eq!(*error.kind(), CsvErrorKind::TooLarge { limit: ROW_LIMIT });
        assert_eq!(bytes.len() - input.len(), ROW_LIMIT);
        assert!(rows.read(&mut input).is_none());
        assert!(input.is_empty());
        assert!(rows.buffer.capacity() <= 2 * ROW_LIMIT);
    }
}

#[test]
fn what_is_read_behind_the_end_is_another_file() {
    let mut rows = Rows::new(2);
    for ended in ["", "a,b", "a,b\n", "\u{feff}", "\"a,b", "a,\"b\"", "a,", "a", "\"a\"x,b\n"] {
        let mut input = ended.as_bytes();
        while rows.read(&mut input).is_some() {}
        rows.finish();
        let mut input = "\u{feff}c,d\ne".as_bytes();
        assert_eq!(rows.read(&mut input), Some(Ok(())), "behind {ended:?}");
        assert_eq!((rows.bytes(0), rows.bytes(1), rows.row()), (&b"c"[..], &b"d"[..], 1));
        assert_eq!(rows.read(&mut input), None);
        let error = rows.finish().expect("a row").expect_err("a field too few");
        assert_eq!((error.row(), error.offset()), (2, 7));
        assert_eq!(rows.finish(), None);
    }
}
