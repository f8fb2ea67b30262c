//! Pages of a listing, of any size, the same for the same seed
//!
//! ```
//! use cos_batch_testkit::corpus::{Content, Layout, page};
//!
//! let bytes = page(7, 1000, Layout::Tabs, Content::Mixed);
//! assert_eq!(bytes, page(7, 1000, Layout::Tabs, Content::Mixed));
//! assert!(bytes.starts_with(b"<ListJobsResult>\n\t<Jobs>\n\t\t<member>\n"));
//! ```

use cos_batch::JobStatus;
use cos_batch::date::format_timestamp;
use cos_batch::time::{Duration, OffsetDateTime};

/// How a page is laid out
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the two layouts that the samples have")]
pub enum Layout {
    /// One element a line, indented by tabs, as in the samples of the docs.
    Tabs,
    /// Nothing between the tags.
    Compact,
}

/// What the jobs of a page hold
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the easy case and the hard one")]
pub enum Content {
    /// A description in ASCII and every other element, in every job.
    Plain,
    /// Of the descriptions 60 % in ASCII, 16 % in Chinese, 12 % with references, 8 % empty, 4 %
    /// absent or `<Description/>`; 8 % of the jobs without `TerminationDate`.
    Mixed,
}

/// A page of `jobs` jobs with a token behind them.
#[must_use]
pub fn page(seed: u64, jobs: usize, layout: Layout, content: Content) -> Vec<u8> {
    let mut random = Random(seed);
    let mut sheet = Sheet { out: String::new(), depth: 0, layout };
    sheet.element("ListJobsResult", |sheet| {
        sheet.element("Jobs", |sheet| {
            for _ in 0..jobs {
                sheet.element("member", |sheet| job(sheet, &mut random, content));
            }
        });
        sheet.leaf("NextToken", &random.uuid());
    });
    sheet.out.into_bytes()
}

fn job(sheet: &mut Sheet, random: &mut Random, content: Content) {
    let created = OffsetDateTime::UNIX_EPOCH
        + Duration::seconds(1_546_300_800)
        + Duration::seconds_f64(random.below(200_000_000) as f64);
    let timestamp = |time| format_timestamp(time).unwrap_or_default();
    sheet.leaf("CreationTime", &timestamp(created));
    match description(random, content) {
        Description::Absent => {}
        Description::EmptyTag => sheet.line("<Description/>"),
        Description::Text(text) => sheet.leaf("Description", &text),
    }
    sheet.leaf("JobId", &random.uuid());
    sheet.leaf("Operation", random.one_of(&["COSPutObjectCopy", "COSInitiateRestoreObject"]));
    sheet.leaf("Priority", &random.below(1000).to_string());
    let (succeeded, failed) = (random.below(1_000_000), random.below(100));
    sheet.element("ProgressSummary", |sheet| {
        sheet.leaf("NumberOfTasksFailed", &failed.to_string());
        sheet.leaf("NumberOfTasksSucceeded", &succeeded.to_string());
        sheet.leaf("TotalNumberOfTasks", &(succeeded + failed).to_string());
    });
    let statuses = JobStatus::LISTED;
    let at = usize::try_from(random.below(statuses.len() as u64)).unwrap_or_default();
    sheet.leaf("Status", statuses.get(at).map_or("Active", JobStatus::as_str));
    if content == Content::Plain || random.below(100) >= 8 {
        let ended = created + Duration::seconds_f64(random.below(86_400) as f64);
        sheet.leaf("TerminationDate", &timestamp(ended));
    }
}

enum Description {
    Absent,
    EmptyTag,
    /// As it stands between the tags.
    Text(String),
}

fn description(random: &mut Random, content: Content) -> Description {
    const ASCII: &[&str] = &["nightly", "copy", "of", "the", "logs", "to", "archive", "2019"];
    const CHINESE: &[&str] = &["每晚", "复制", "日志", "到", "归档", "存储桶"];
    const REFERENCES: &[&str] =
        &["a&amp;b", "&lt;tmp&gt;", "&quot;x&quot;", "&#20013;", "&#x4E2D;"];
    let draw = if content == Content::Plain { 0 } else { random.below(100) };
    let (words, between) = match draw {
        0..60 => (ASCII, " "),
        60..76 => (CHINESE, ""),
        76..88 => (REFERENCES, " and "),
        88..96 => return Description::Text(String::new()),
        96..98 => return Description::Absent,
        _ => return Description::EmptyTag,
    };
    let count = 2 + random.below(5);
    let words: Vec<_> = (0..count).map(|_| random.one_of(words)).collect();
    Description::Text(words.join(between))
}

/// A document under way.
struct Sheet {
    out: String,
    depth: usize,
    layout: Layout,
}

impl Sheet {
    fn element(&mut self, name: &str, content: impl FnOnce(&mut Self)) {
        self.line(&format!("<{name}>"));
        self.depth += 1;
        content(self);
        self.depth -= 1;
        self.line(&format!("</{name}>"));
    }

    fn leaf(&mut self, name: &str, text: &str) {
        self.line(&format!("<{name}>{text}</{name}>"));
    }

    fn line(&mut self, line: &str) {
        if self.layout == Layout::Tabs {
            if !self.out.is_empty() {
                self.out.push('\n');
            }
            self.out.extend(std::iter::repeat_n('\t', self.depth));
        }
        self.out.push_str(line);
    }
}

/// Numbers by splitmix64: the same on every machine.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn one_of<'a>(&mut self, texts: &[&'a str]) -> &'a str {
        let at = usize::try_from(self.below(texts.len() as u64)).unwrap_or_default();
        texts.get(at).copied().unwrap_or_default()
    }

    fn uuid(&mut self) -> String {
        let digits = format!("{:016x}{:016x}", self.next(), self.next());
        let mut uuid = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if matches!(at, 8 | 12 | 16 | 20) {
                uuid.push('-');
            }
            uuid.push(digit);
        }
        uuid
    }
}
