//! The XML of the protocol: one reader, one writer
//!
//! Both are public, so that a call that is not in this crate can be written in another. No type
//! of the tokenizer underneath shows.
//!
//! ```
//! use cos_batch::Limits;
//! use cos_batch::xml::{Field, Reader};
//!
//! let bytes = b"<CreateJobResult><JobId>a-1</JobId><New><Stuff/></New></CreateJobResult>";
//! let mut reader = Reader::new(bytes, &Limits::default())?;
//! assert_eq!(reader.root()?, "CreateJobResult");
//! let mut job_id = Field::default();
//! while let Some(name) = reader.child()? {
//!     match name {
//!         "JobId" => job_id.read(&mut reader, |reader| reader.text().map(Some))?,
//!         _ => reader.skip()?,
//!     }
//! }
//! let job_id = job_id.require(&reader, "JobId")?;
//! reader.finish()?;
//! assert_eq!(job_id, "a-1");
//! # Ok::<(), cos_batch::XmlError>(())
//! ```

mod broken;
mod characters;
mod field;
mod plain;
mod reader;
mod writer;

pub use field::Field;
pub(crate) use plain::Plain;
pub use reader::Reader;
pub use writer::Writer;

/// How much a reader takes before it refuses
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Limits {
    /// The largest document, in bytes. 16 MiB unless told: a page of 1000 jobs has half a
    /// megabyte.
    pub bytes: usize,
}

impl Limits {
    /// How deep elements may nest, the root included.
    pub const DEPTH: usize = 32;

    /// Documents of at most `bytes` bytes.
    #[must_use]
    pub fn bytes(bytes: usize) -> Self {
        Self { bytes }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 16 * 1024 * 1024 }
    }
}
