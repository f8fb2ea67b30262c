//! Objects that a manifest names twice, in constant memory

use std::collections::BinaryHeap;
use std::io;

use crate::sorted::{Sorter, digest};

/// Collects objects with the lines that name them
pub(super) struct Duplicates(Sorter);

/// A line that names an object which another line has named.
#[derive(Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Duplicate {
    pub(super) line: u64,
    pub(super) first: u64,
}

impl Duplicates {
    pub(super) fn new() -> Self {
        Self(Sorter::new())
    }

    pub(super) fn add(&mut self, object: [&str; 3], line: u64) -> io::Result<()> {
        let [high, low] = digest(&object);
        self.0.push([high, low, line, 0])
    }

    /// How many there are, and the first `most` of them in the order of the file.
    pub(super) fn find(self, most: usize) -> io::Result<(u64, Vec<Duplicate>)> {
        let (mut count, mut kept) = (0, BinaryHeap::new());
        let mut last = None;
        self.0.for_each(|[high, low, line, _]| match last {
            Some((object, first)) if object == [high, low] => {
                count += 1;
                kept.push(Duplicate { line, first });
                if kept.len() > most {
                    kept.pop();
                }
            }
            _ => last = Some(([high, low], line)),
        })?;
        Ok((count, kept.into_sorted_vec()))
    }
}
