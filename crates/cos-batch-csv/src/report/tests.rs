use super::*;

fn read(line: &str) -> Result<ReportRow<'static>, String> {
    let mut reader = ReportReader::new();
    let mut input = line.as_bytes();
    let row = match reader.read(&mut input) {
        Some(row) => row.map(IntoOwned::into_owned),
        None => reader.finish().expect("a row").map(IntoOwned::into_owned),
    };
    row.map_err(|error| error.to_string())
}

fn failed(error_code: Option<&'static str>, status: Option<u16>) -> ReportRow<'static> {
    let mut row = ReportRow::new("b-1", "k", TaskStatus::Failed);
    row.error_code = error_code.map(Cow::Borrowed);
    row.http_status_code = status;
    row
}

#[test]
fn the_schema_names_the_columns() {
    assert_eq!(REPORT_SCHEMA.split(", ").count(), COLUMNS);
}

#[test]
fn a_row_is_written_in_the_order_of_the_schema() {
    let mut row = ReportRow::new("b-1", "a b,中", TaskStatus::Failed);
    row.version_id = Some("v".into());
    row.error_code = Some("AccessDenied".into());
    row.http_status_code = Some(403);
    row.result_message = Some("Access, \"denied\"\n".into());
    let line = "b-1,a%20b%2C%E4%B8%AD,v,failed,AccessDenied,403,\"Access, \"\"denied\"\"\n\"\n";
    let mut out = Vec::new();
    assert_eq!(ReportWriter::new().write(&row, &mut out), Ok(()));
    assert_eq!(String::from_utf8_lossy(&out), line);
    assert_eq!(read(line), Ok(row));
}

#[test]
fn what_is_absent_is_empty() {
    let row = ReportRow::new("b-1", "k", TaskStatus::Succeeded);
    let mut out = Vec::new();
    assert_eq!(ReportWriter::new().write(&row, &mut out), Ok(()));
    assert_eq!(out, b"b-1,k,,succeeded,,,\n");
    assert_eq!(read("b-1,k,,succeeded,,,"), Ok(row));
}

#[test]
fn the_status_is_found_on_either_side_of_the_code() {
    for (fields, code, status) in [
        ("AccessDenied,403", Some("AccessDenied"), Some(403)),
        ("403,AccessDenied", Some("AccessDenied"), Some(403)),
        (" 200 , PermanentFailure ", Some("PermanentFailure"), Some(200)),
        ("200,", None, Some(200)),
        (",200", None, Some(200)),
        ("404,500", Some("404"), Some(500)),
        ("AccessDenied,", Some("AccessDenied"), None),
        (",AccessDenied", Some("AccessDenied"), None),
        ("1234,200", Some("1234"), Some(200)),
        (",", None, None),
    ] {
        let line = format!("b-1,k,,failed,{fields},\n");
        assert_eq!(read(&line), Ok(failed(code, status)), "{fields}");
    }
}

#[test]
fn what_is_no_status_is_refused() {
    for (fields, found, offset) in [
        ("AccessDenied,OK", "OK", 27),
        ("AccessDenied,40", "40", 27),
        (",4030", "4030", 15),
        (",099", "099", 15),
    ] {
        let expected = "expected an HTTP status: three digits, the first not 0";
        let error =
            format!("HTTPStatusCode: {expected}, found \"{found}\" in row 1 at byte {offset}");
        assert_eq!(read(&format!("b-1,k,,failed,{fields},")), Err(error));
    }
}

#[test]
fn an_unknown_task_status_survives_and_an_empty_one_is_refused() {
    let row = read("b-1,k,,skipped,,,").expect("a row");
    assert_eq!(row.task_status.as_str(), "skipped");
    let error = read("b-1,k,,,,,").expect_err("no status");
    assert_eq!(error, "TaskStatus is empty in row 1 at byte 7");
    let error = read("b-1,k,,\"fai\nled\",,,").expect_err("no name");
    assert!(error.starts_with("TaskStatus: expected a task status"), "{error}");
}

#[test]
fn what_would_not_come_back_is_not_written() {
    let mut empty_message = failed(None, None);
    empty_message.result_message = Some("".into());
    for row in [
        failed(Some("404"), Some(404)),
        failed(Some("404"), None),
        failed(Some(""), None),
        failed(None, Some(99)),
        failed(None, Some(1000)),
        empty_message,
        ReportRow::new("b-1", "", TaskStatus::Failed),
        ReportRow::new("", "k", TaskStatus::Failed),
    ] {
        let mut out = b"before".to_vec();
        assert!(ReportWriter::new().write(&row, &mut out).is_err(), "{row:?}");
        assert_eq!(out, b"before");
    }
}

#[test]
fn keys_are_decoded_unless_they_are_as_written() {
    assert_eq!(read("b-1,a%20b,,failed,,,").map(|row| row.key), Ok("a b".into()));
    let mut reader = ReportReader::new().key_encoding(KeyEncoding::AsWritten);
    let mut input = &b"b-1,a%20b,,failed,,,\n"[..];
    let row = reader.read(&mut input).expect("a row").expect("legal");
    assert_eq!(row.key, "a%20b");
    let mut out = Vec::new();
    let writer = ReportWriter::new().key_encoding(KeyEncoding::AsWritten);
    assert_eq!(writer.write(&row, &mut out), Ok(()));
    assert_eq!(out, b"b-1,a%20b,,failed,,,\n");
}

#[test]
fn the_object_of_a_row_is_that_of_a_manifest() {
    let row = read("b-1,k,v,failed,,,").expect("a row");
    let mut object = ManifestRow::new("b-1", "k");
    object.version_id = Some("v".into());
    assert_eq!(row.object(), object);
}
