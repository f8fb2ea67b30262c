//! Splitting bytes into rows and fields
//!
//! `csv-core` splits and unquotes. It does not say whether a field was quoted, and a space before
//! the opening quote would make that quote a character. So the splitter keeps track of the quotes
//! as well, and passes over what should be dropped: it hands on no space before a field and none
//! behind a closing quote, and cuts the spaces behind a field only where no quote was opened.

use csv_core::ReadFieldResult;

use crate::error::{CsvError, CsvErrorKind};

/// The largest row a reader takes unless told otherwise, in bytes: 64 KiB.
///
/// A key has at most 850 bytes and three times that with every byte escaped, a version id 1024. The
/// size of a report's message is undocumented.
pub const ROW_LIMIT: usize = 64 * 1024;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// What a reader passed over in a row, though nobody knows whether the service does
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Passed {
    /// Spaces or tabs around a field.
    pub spaces: bool,
    /// A carriage return at the end of the row, with a line feed behind it or without.
    pub carriage_return: bool,
    /// A byte order mark before the first row.
    pub byte_order_mark: bool,
}

/// A reader of rows with a certain number of fields
///
/// It keeps one row, unquoted and trimmed. It is not `Clone`: a clone of `csv-core`'s reader loses
/// its tables and splits nothing.
#[derive(Debug)]
pub(crate) struct Rows {
    core: csv_core::Reader,
    columns: usize,
    limit: usize,
    place: Place,
    /// The fields of the row, one behind the other, in `buffer[..filled]`.
    buffer: Vec<u8>,
    filled: usize,
    /// The fields that are complete, the first `columns` of them.
    fields: Vec<Field>,
    /// How many fields are complete.
    found: u64,
    /// The row has been refused: what is left of it is read and dropped.
    refused: bool,
    /// The row has been handed out: the next byte begins another.
    complete: bool,
    /// The file has ended: the next byte begins another.
    ended: bool,
    row: u64,
    /// How many line feeds were read, and how many of them before the row.
    line_feeds: u64,
    line_feeds_before: u64,
    /// What was passed over in the row, and what before the row that is to come.
    passed: Passed,
    passed_before: Passed,
    /// How many bytes were read, and where the row, the field and its opening quote begin.
    offset: u64,
    row_start: u64,
    field_start: u64,
    /// The field that is open begins with a quote.
    quoted: bool,
}

#[derive(Clone, Copy, Debug)]
struct Field {
    /// Where it ends in `buffer`; it begins where the one before it ends.
    end: usize,
    /// Where it begins in the file.
    start: u64,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    /// At the start of the file, behind so many bytes of a byte order mark.
    FileStart(usize),
    /// Between two rows.
    Outside,
    /// Before the first byte of a field.
    FieldStart,
    /// In a field without quotes.
    Plain,
    /// Between a field's quotes.
    Quoted,
    /// Behind a quote that closes the field, unless another follows.
    Quote,
    /// Behind the space that follows a closing quote.
    Closed,
}

impl Rows {
    pub(crate) fn new(columns: usize) -> Self {
        let mut rows = Self {
            core: csv_core::Reader::new(),
            columns,
            limit: ROW_LIMIT,
            place: Place::FileStart(0),
            buffer: vec![0; 256],
            filled: 0,
            fields: Vec::new(),
            found: 0,
            refused: false,
            complete: true,
            ended: true,
            row: 0,
            line_feeds: 0,
            line_feeds_before: 0,
            passed: Passed::default(),
            passed_before: Passed::default(),
            offset: 0,
            row_start: 0,
            field_start: 0,
            quoted: false,
        };
        rows.restart();
        rows
    }

    pub(crate) fn set_limit(&mut self, bytes: usize) {
        self.limit = bytes;
    }

    /// Expects what follows so many rows and bytes of a file, instead of its start.
    pub(crate) fn set_place(&mut self, row: u64, offset: u64) {
        if offset > 0 {
            self.place = Place::Outside;
            self.row = row;
            self.offset = offset;
        }
    }

    /// Reads on, up to the end of a row; `None` where the input ends before it. The input is
    /// advanced by what was read.
    #[inline]
    pub(crate) fn read(&mut self, input: &mut &[u8]) -> Option<Result<(), CsvError>> {
        self.restart();
        while let Some(&byte) = input.first() {
            match self.place {
                Place::FileStart(matched) => {
                    if BOM.get(matched) == Some(&byte) {
                        self.pass(input);
                        self.place = match matched + 1 {
                            matched if matched == BOM.len() => {
                                self.passed_before.byte_order_mark = true;
                                Place::Outside
                            }
                            matched => Place::FileStart(matched),
                        };
                    } else {
                        self.no_bom(matched);
                    }
                }
                Place::Outside => match byte {
                    b' ' | b'\t' => {
                        self.pass(input);
                        self.passed_before.spaces = true;
                    }
                    b'\r' | b'\n' => {
                        self.pass(input);
                        self.line_feeds += u64::from(byte == b'\n');
                        self.passed_before.spaces = false;
                    }
                    _ => self.begin_row(self.offset),
                },
                _ if !self.refused && self.is_over(byte) => {
                    self.refused = true;
                    let kind = CsvErrorKind::TooLarge { limit: self.limit };
                    return Some(Err(CsvError::new(kind, self.row, self.row_start)));
                }
                Place::FieldStart => match byte {
                    b' ' | b'\t' => {
                        self.pass(input);
                        self.field_start = self.offset;
                        self.passed.spaces = true;
                    }
                    b'"' => {
                        self.quoted = true;
                        self.place = Place::Quoted;
                        self.feed(input, 1);
                    }
                    _ => self.place = Place::Plain,
                },
                Place::Plain => {
                    if let Some(row) = self.feed(input, input.len()) {
                        return Some(row);
                    }
                }
                Place::Quoted => {
                    // No further than `csv-core` may come at once, or long fields were searched
                    // again and again.
                    let most = input.len().min(self.buffer.len());
                    let quote = input.iter().take(most).position(|&byte| byte == b'"');
                    let before = self.offset;
                    let last = quote.map(|quote| quote + 1);
                    self.feed(input, last.unwrap_or(most));
                    if last.is_some_and(|last| self.offset - before == last as u64) {
                        self.place = Place::Quote;
                    }
                }
                Place::Quote if byte == b'"' => {
                    self.place = Place::Quoted;
                    self.feed(input, 1);
                }
                Place::Quote | Place::Closed => match byte {
                    b' ' | b'\t' => {
                        self.pass(input);
                        self.place = Place::Closed;
                        self.passed.spaces = true;
                    }
                    b',' | b'\r' | b'\n' => {
                        if let Some(row) = self.feed(input, 1) {
                            return Some(row);
                        }
                    }
                    _ => {
                        // For `csv-core` the quote may still be the first of two.
                        self.split(b" ");
                        self.place = Place::Plain;
                        if !std::mem::replace(&mut self.refused, true) {
                            let kind = CsvErrorKind::AfterQuote;
                            return Some(Err(CsvError::new(kind, self.row, self.offset)));
                        }
                    }
                },
            }
        }
        None
    }

    /// Ends the file: the row that has no line end, if there is one. What is read next is another
    /// file.
    pub(crate) fn finish(&mut self) -> Option<Result<(), CsvError>> {
        self.restart();
        self.ended = true;
        match self.place {
            Place::FileStart(0) | Place::Outside => return None,
            Place::FileStart(matched) => self.no_bom(matched),
            Place::Quoted => {
                let kind = CsvErrorKind::OpenQuote;
                return Some(Err(CsvError::new(kind, self.row, self.field_start)));
            }
            _ => {}
        }
        self.end_field();
        self.end_row()
    }

    /// The row handed out last, or the one that is being read: the first is 1.
    pub(crate) fn row(&self) -> u64 {
        self.row
    }

    /// The line that this row begins on: the first is 1.
    pub(crate) fn line(&self) -> u64 {
        self.line_feeds_before + 1
    }

    /// What was passed over in this row.
    pub(crate) fn passed(&self) -> Passed {
        self.passed
    }

    /// A field of the row, counted from 0.
    #[inline]
    pub(crate) fn bytes(&self, index: usize) -> &[u8] {
        let end = |index: usize| self.fields.get(index).map_or(0, |field| field.end);
        let start = index.checked_sub(1).map_or(0, end);
        self.buffer.get(start..end(index)).unwrap_or_default()
    }

    /// A field of the row as a text, which may be empty.
    #[inline]
    pub(crate) fn text(&self, index: usize, column: &'static str) -> Result<&str, CsvError> {
        std::str::from_utf8(self.bytes(index))
            .map_err(|_| self.error(index, CsvErrorKind::NotUtf8 { column }))
    }

    /// A field of the row as a text that is not empty.
    #[inline]
    pub(crate) fn required(&self, index: usize, column: &'static str) -> Result<&str, CsvError> {
        match self.text(index, column)? {
            "" => Err(self.error(index, CsvErrorKind::Missing { column })),
            text => Ok(text),
        }
    }

    /// A field of the row as a text; `None` where it is empty.
    #[inline]
    pub(crate) fn optional(
        &self,
        index: usize,
        column: &'static str,
    ) -> Result<Option<&str>, CsvError> {
        self.text(index, column).map(|text| Some(text).filter(|text| !text.is_empty()))
    }

    /// An error at a field of the row.
    #[cold]
    pub(crate) fn error(&self, index: usize, kind: CsvErrorKind) -> CsvError {
        let offset = self.fields.get(index).map_or(self.row_start, |field| field.start);
        CsvError::new(kind, self.row, offset)
    }

    /// Forgets the row that was handed out, and the file that has ended.
    #[inline]
    fn restart(&mut self) {
        if std::mem::take(&mut self.ended) {
            self.core.reset();
            // At its first byte `csv-core` looks for a byte order mark; that has been done.
            self.core.read_field(b"\n", &mut [0]);
            self.place = Place::FileStart(0);
            self.row = 0;
            self.line_feeds = 0;
            self.passed_before = Passed::default();
            self.offset = 0;
            self.complete = true;
        }
        if std::mem::take(&mut self.complete) {
            self.refused = false;
            self.fields.clear();
            self.found = 0;
            self.filled = 0;
        }
    }

    /// What began like a byte order mark was the start of the first field.
    #[cold]
    fn no_bom(&mut self, matched: usize) {
        self.place = Place::Outside;
        if matched > 0 {
            self.begin_row(0);
            self.place = Place::Plain;
            self.split(BOM.get(..matched).unwrap_or_default());
        }
    }

    fn begin_row(&mut self, start: u64) {
        self.row += 1;
        self.line_feeds_before = self.line_feeds;
        self.passed = std::mem::take(&mut self.passed_before);
        self.row_start = start;
        self.field_start = start;
        self.quoted = false;
        self.place = Place::FieldStart;
    }

    fn room(&self) -> usize {
        let size = usize::try_from(self.offset - self.row_start).unwrap_or(usize::MAX);
        self.limit.saturating_sub(size)
    }

    /// Would this byte make the row larger than the limit? Its line end is not part of it.
    fn is_over(&self, byte: u8) -> bool {
        self.room() == 0 && (self.place == Place::Quoted || !matches!(byte, b'\r' | b'\n'))
    }

    fn pass(&mut self, input: &mut &[u8]) {
        *input = input.get(1..).unwrap_or_default();
        self.offset += 1;
    }

    /// Hands up to `most` bytes on, as many as the row may have.
    #[inline]
    fn feed(&mut self, input: &mut &[u8], most: usize) -> Option<Result<(), CsvError>> {
        // The byte that is one too many has been let through because it ends the row.
        let most = if self.refused { most } else { most.min(self.room().max(1)) };
        let (piece, _) = input.split_at_checked(most)?;
        let (read, ended) = self.split(piece);
        let (read_piece, _) = piece.split_at_checked(read)?;
        if self.place == Place::Quoted {
            self.line_feeds += memchr::memchr_iter(b'\n', read_piece).count() as u64;
        } else if let Some(end @ (b'\n' | b'\r')) = read_piece.last() {
            // Outside of quotes a line end ends the row.
            self.line_feeds += u64::from(*end == b'\n');
            self.passed.carriage_return = *end == b'\r';
        }
        *input = input.get(read..).unwrap_or_default();
        self.offset += read as u64;
        let row_ended = ended?;
        self.end_field();
        if row_ended {
            self.place = Place::Outside;
            return self.end_row();
        }
        self.place = Place::FieldStart;
        self.field_start = self.offset;
        self.quoted = false;
        None
    }

    /// Lets `csv-core` read: how far it came, and whether the field ended there, and the row.
    #[inline]
    fn split(&mut self, piece: &[u8]) -> (usize, Option<bool>) {
        if self.refused {
            self.filled = 0;
        }
        if self.filled == self.buffer.len() {
            // What comes out is never more than what went in, which is limited.
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let free = self.buffer.get_mut(self.filled..).unwrap_or_default();
        let (result, read, written) = self.core.read_field(piece, free);
        self.filled += written;
        match result {
            ReadFieldResult::Field { record_end } => (read, Some(record_end)),
            _ => (read, None),
        }
    }

    #[inline]
    fn end_field(&mut self) {
        self.found += 1;
        if self.refused {
            return;
        }
        let start = self.fields.last().map_or(0, |field| field.end);
        if self.fields.len() == self.columns {
            self.filled = start;
            return;
        }
        if !self.quoted {
            let field = self.buffer.get(start..self.filled).unwrap_or_default();
            let kept = field.iter().rposition(|byte| !matches!(byte, b' ' | b'\t'));
            let kept = kept.map_or(0, |last| last + 1);
            self.passed.spaces |= kept < field.len();
            self.filled = start + kept;
        }
        self.fields.push(Field { end: self.filled, start: self.field_start });
    }

    /// The row as it is handed out; `None` where it has been refused before.
    #[inline]
    fn end_row(&mut self) -> Option<Result<(), CsvError>> {
        self.complete = true;
        if self.refused {
            // The next row may follow in the same input.
            self.restart();
            return None;
        }
        if self.found != self.columns as u64 {
            let kind = CsvErrorKind::Fields { expected: self.columns, found: self.found };
            return Some(Err(CsvError::new(kind, self.row, self.row_start)));
        }
        Some(Ok(()))
    }
}

#[cfg(test)]
mod tests;
