//! What can be wrong or odd in a manifest

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::output::{Column, Record};

/// How bad it is: an error makes the job fail or work on something else, a warning may
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Severity {
    Error,
    Warning,
}

impl Severity {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// A kind of finding: its code stays what it is
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Kind {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) severity: Severity,
}

macro_rules! kinds {
    ($($konst:ident = $code:literal $name:literal $severity:ident,)+) => {
        impl Kind {
            $(pub(super) const $konst: Self =
                Self { code: $code, name: $name, severity: Severity::$severity };)+

            /// Their codes.
            pub(super) const CODES: &[&str] = &[$($code,)+];
        }
    };
}

kinds! {
    MALFORMED_ROW = "M0101" "malformed-row" Error,
    FIELD_COUNT = "M0102" "field-count" Error,
    EMPTY_FIELD = "M0103" "empty-field" Error,
    LEADING_SPACE = "M0104" "leading-space" Warning,
    TRAILING_SPACE = "M0105" "trailing-space" Warning,
    CONTROL_CHARACTER = "M0106" "control-character" Warning,
    NOT_UTF_8 = "M0107" "not-utf-8" Error,
    BUCKET_DIFFERS = "M0108" "bucket-differs" Error,
    MIXED_VERSIONS = "M0109" "mixed-versions" Warning,
    DUPLICATE = "M0110" "duplicate" Warning,
    BYTE_ORDER_MARK = "M0111" "byte-order-mark" Warning,
    CARRIAGE_RETURN = "M0112" "carriage-return" Warning,
    SPACE_AROUND_FIELD = "M0113" "space-around-field" Warning,
    BUCKET_NAME = "M0114" "bucket-name" Error,
    HEADER = "M0115" "header" Error,
    NO_ROWS = "M0116" "no-rows" Error,
}

/// Something in a manifest
#[derive(Debug, Serialize)]
pub(crate) struct Finding {
    pub(super) file: String,
    /// Counted from 1; `None` where it is about the whole file.
    pub(super) line: Option<u64>,
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(crate) severity: Severity,
    pub(super) message: String,
}

impl Finding {
    /// As compilers say it: `m.csv:7: warning[M0104 leading-space]: key begins with a space`.
    pub(crate) fn sentence(&self) -> String {
        let line = self.line.map(|line| format!(":{line}")).unwrap_or_default();
        let severity = self.severity.name();
        format!("{}{line}: {severity}[{} {}]: {}", self.file, self.code, self.name, self.message)
    }
}

impl Record for Finding {
    const NAME: &'static str = "findings";
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::new("file", "FILE", |it, look| look.text(&it.file)),
        Column::<Self>::new("line", "LINE", |it, look| {
            it.line.map_or_else(|| look.absent(), |line| line.to_string())
        })
        .whole()
        .right(),
        Column::<Self>::new("severity", "SEVERITY", |it, _| it.severity.name().to_owned())
            .whole()
            .styled(|it| match it.severity {
                Severity::Error => AnsiColor::Red.on_default(),
                Severity::Warning => Style::new(),
            }),
        Column::<Self>::new("code", "CODE", |it, _| it.code.to_owned()).whole(),
        Column::<Self>::new("name", "NAME", |it, _| it.name.to_owned()).whole(),
        Column::<Self>::new("message", "MESSAGE", |it, look| look.text(&it.message)),
    ];
    const LINE: &'static [&'static str] = &["file", "line", "severity", "code", "name", "message"];

    const SENTENCE: Option<fn(&Self) -> String> = Some(Self::sentence);
}
