//! What goes wrong on purpose

mod choice;
mod effect;
mod file;

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::{fmt, fs, io};

pub(crate) use choice::Chooser;
pub(crate) use effect::Effect;

/// What goes wrong on purpose, as a TOML file says it
///
/// Each `[[fault]]` says which requests it befalls, and what becomes of them. The first fault of the
/// file that befalls a request is the one that happens to it; faults never befall the control
/// endpoint.
///
/// # Which requests
///
/// What is not said holds for all requests. Of those for which all of it holds, `nth`, `every` or
/// `probability` picks some; at most one of the three may stand in a fault.
///
/// | key | value | which requests |
/// | --- | --- | --- |
/// | `call` | a name or a list of names | those for one of these calls, by method and path |
/// | `method` | a text | those with this method |
/// | `path` | a text | those with this path, as it is on the wire; a `*` at the end stands for anything |
/// | `nth` | a number or a list of numbers, from 1 | the first, the third … |
/// | `every` | a number, from 1 | one of so many: every second … |
/// | `probability` | a number from 0 to 1 | about this share of them, by the service's seed |
/// | `times` | a number, from 1 | no more once it has happened so often |
///
/// # What becomes of them
///
/// | key | value | what happens |
/// | --- | --- | --- |
/// | `lost` | `"request"` | the service never hears of it |
/// | | `"answer"` | the service has carried it out, and its answer is lost |
/// | `repeat` | a number, from 2 to 100 | the service hears of it so often; the last answer counts |
/// | `delay` | a time | the answer comes so much later |
/// | `status` | a number from 200 to 599 | the answer is one of your own, with this status, instead of the lost one |
/// | `body`, `body_file` | a text, a file | its body; the file is found from where the fault file is |
/// | `headers` | names and values | set on the answer, in place of those of these names |
/// | `drop_headers` | a list of names | taken off the answer |
/// | `date` | a time, maybe negative | `Date` is off by this much |
/// | `cut` | a number of bytes | the body ends there |
/// | `content_length` | `"whole"` | of a cut body: that of the whole one; the connection ends. Unless told |
/// | | `"cut"` | that of what is left: as HTTP nothing is missing |
/// | `drip` | `{ bytes = 1, every = "10ms" }` | the answer, head and all, comes in pieces of so many bytes |
/// | `connection` | `"reset"`, `"close"` | it ends like this after the answer, or where the answer is lost |
/// | | `"silent"` | nothing comes any more; it stays open |
///
/// An answer that is lost and has no `status` is no answer: the connection is reset, unless told.
/// `lost` makes all the difference to CreateJob: after a lost request there is no job, after a lost
/// answer there is one, and the client cannot tell which it was.
///
/// Times are texts such as `"500ms"`, `"2s"` or `"1h30m"`.
///
/// # Examples
///
/// A proxy's page instead of every second listing, which the service never hears of:
///
/// ```toml
/// [[fault]]
/// call = "ListJobs"
/// every = 2
/// lost = "request"
/// status = 502
/// headers = { Content-Type = "text/html" }
/// body = "<html><body><h1>502 Bad Gateway</h1></body></html>"
/// ```
///
/// The job is created, and nobody is told:
///
/// ```toml
/// [[fault]]
/// call = "CreateJob"
/// nth = 1
/// lost = "answer"
/// ```
///
/// A meddler sends it twice, so that the answer says that the token was used:
///
/// ```toml
/// [[fault]]
/// call = "CreateJob"
/// repeat = 2
/// ```
///
/// Listings that break off, and listings that are cut and do not show it:
///
/// ```toml
/// [[fault]]
/// call = "ListJobs"
/// nth = [1, 2]
/// cut = 300
///
/// [[fault]]
/// call = "ListJobs"
/// nth = 3
/// cut = 300
/// content_length = "cut"
/// ```
///
/// A clock that is six hours behind, answers without the header that marks them, a slow line:
///
/// ```toml
/// [[fault]]
/// call = ["DescribeJob", "UpdateJobStatus"]
/// date = "-6h"
/// drop_headers = ["x-cos-request-id"]
/// drip = { bytes = 64, every = "5ms" }
/// ```
///
/// One request of five is refused for want of patience, three times at most:
///
/// ```toml
/// [[fault]]
/// path = "/jobs*"
/// probability = 0.2
/// times = 3
/// lost = "request"
/// status = 503
/// headers = { Content-Type = "application/xml", Retry-After = "1" }
/// body = "<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>"
/// ```
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<[Fault]>);

impl Faults {
    /// Reads a fault file.
    ///
    /// # Errors
    ///
    /// Where the file, or one that it names, cannot be read, and where it is no fault file: with
    /// the line and the column.
    pub fn read(file: impl AsRef<Path>) -> Result<Self, FaultsError> {
        let file = file.as_ref();
        let text = fs::read_to_string(file)
            .map_err(|error| FaultsError { file: Some(file.into()), cause: Cause::Read(error) })?;
        let folder = file.parent().unwrap_or(Path::new(""));
        file::parse(&text, folder).map(Self::new).map_err(|mut error| {
            error.file.get_or_insert_with(|| file.into());
            error
        })
    }

    fn new(faults: Vec<Fault>) -> Self {
        Self(faults.into())
    }
}

/// From the text of a fault file; the files that it names are found from the current folder.
impl FromStr for Faults {
    type Err = FaultsError;

    fn from_str(text: &str) -> Result<Self, FaultsError> {
        file::parse(text, Path::new("")).map(Self::new)
    }
}

/// A fault: which requests it befalls, and what becomes of them.
#[derive(Clone, Debug)]
struct Fault {
    filter: choice::Filter,
    pick: choice::Pick,
    times: Option<u64>,
    effect: Arc<Effect>,
}

/// A fault file that cannot be used, and where it is wrong
#[derive(Debug)]
pub struct FaultsError {
    file: Option<PathBuf>,
    cause: Cause,
}

#[derive(Debug)]
enum Cause {
    Read(io::Error),
    Toml(Box<toml::de::Error>),
}

impl fmt::Display for FaultsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{}: ", file.display())?;
        }
        match &self.cause {
            Cause::Read(error) => write!(f, "{error}"),
            // It shows the line, and ends in a line feed.
            Cause::Toml(error) => f.write_str(error.to_string().trim_end()),
        }
    }
}

impl std::error::Error for FaultsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.cause {
            Cause::Read(error) => Some(error),
            Cause::Toml(error) => Some(&**error),
        }
    }
}

#[cfg(test)]
mod tests;
