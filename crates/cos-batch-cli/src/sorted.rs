//! More numbers than memory holds, sorted

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::hash::{DefaultHasher, Hasher};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::FileExt;

/// What is sorted: two halves of a digest, and two numbers that come with it.
pub(crate) type Entry = [u64; 4];

const ENTRY: usize = size_of::<Entry>();

/// How many entries are sorted in memory: 8 MiB.
const RUN: usize = 256 * 1024;

/// How many entries of each run are read at once when the runs are merged.
const PAGE: u64 = 256;

/// Sorts any number of entries in constant memory: runs that fit it are sorted there and written to
/// a file without a name, which is gone when this is
pub(crate) struct Sorter {
    run: Vec<Entry>,
    /// The runs on disk, one behind the other, all but the last of `RUN` entries.
    file: Option<BufWriter<File>>,
    written: u64,
}

impl Sorter {
    pub(crate) fn new() -> Self {
        Self { run: Vec::new(), file: None, written: 0 }
    }

    pub(crate) fn push(&mut self, entry: Entry) -> io::Result<()> {
        if self.run.len() == RUN {
            self.spill()?;
        }
        self.run.push(entry);
        Ok(())
    }

    fn spill(&mut self) -> io::Result<()> {
        self.run.sort_unstable();
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(BufWriter::new(tempfile::tempfile()?)),
        };
        for entry in self.run.drain(..) {
            for number in entry {
                file.write_all(&number.to_le_bytes())?;
            }
            self.written += 1;
        }
        Ok(())
    }

    /// All entries, in their order.
    pub(crate) fn for_each(mut self, mut each: impl FnMut(Entry)) -> io::Result<()> {
        let Some(_) = self.file else {
            self.run.sort_unstable();
            self.run.into_iter().for_each(each);
            return Ok(());
        };
        self.spill()?;
        let Self { run, file, written } = self;
        drop(run);
        let Some(file) = file else { return Ok(()) };
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        let starts = (0..written).step_by(RUN);
        let mut runs: Vec<_> = starts.map(|start| Run::new(start, written)).collect();
        let mut heads = BinaryHeap::new();
        for (nth, run) in runs.iter_mut().enumerate() {
            heads.extend(run.next(&file)?.map(|entry| Reverse((entry, nth))));
        }
        while let Some(Reverse((entry, nth))) = heads.pop() {
            each(entry);
            if let Some(run) = runs.get_mut(nth) {
                heads.extend(run.next(&file)?.map(|entry| Reverse((entry, nth))));
            }
        }
        Ok(())
    }
}

/// A run on disk, as far as it has been read
struct Run {
    next: u64,
    end: u64,
    /// Read, the next one last.
    page: Vec<Entry>,
}

impl Run {
    fn new(start: u64, written: u64) -> Self {
        Self { next: start, end: written.min(start + RUN as u64), page: Vec::new() }
    }

    fn next(&mut self, file: &File) -> io::Result<Option<Entry>> {
        if self.page.is_empty() {
            let count = PAGE.min(self.end - self.next);
            let mut bytes = vec![0; usize::try_from(count).unwrap_or(0) * ENTRY];
            file.read_exact_at(&mut bytes, self.next * ENTRY as u64)?;
            self.next += count;
            let numbers = |entry: &[u8; ENTRY]| {
                let (numbers, _) = entry.as_chunks::<8>();
                let mut numbers = numbers.iter().map(|bytes| u64::from_le_bytes(*bytes));
                [(); 4].map(|()| numbers.next().unwrap_or_default())
            };
            let (entries, _) = bytes.as_chunks::<ENTRY>();
            self.page.extend(entries.iter().rev().map(numbers));
        }
        Ok(self.page.pop())
    }
}

/// A digest of some texts in 128 bits: that two lists of texts have the same one by chance will not
/// be seen.
pub(crate) fn digest(texts: &[&str]) -> [u64; 2] {
    let mut hasher = DefaultHasher::new();
    for text in texts {
        hasher.write(text.as_bytes());
        // Of no UTF-8 text: a text's end.
        hasher.write_u8(0xff);
    }
    let first = hasher.finish();
    hasher.write_u8(0xfe);
    [first, hasher.finish()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(entries: impl Iterator<Item = Entry>) -> Vec<Entry> {
        let mut sorter = Sorter::new();
        entries.for_each(|entry| sorter.push(entry).expect("room on disk"));
        let mut all = Vec::new();
        sorter.for_each(|entry| all.push(entry)).expect("it can be read");
        all
    }

    #[test]
    fn all_come_out_in_order_from_memory_and_from_disk() {
        for count in [0, 1, 1000, RUN, RUN + 1, 3 * RUN - 1, 3 * RUN] {
            let entry = |nth: u64| [nth.wrapping_mul(0x9e37_79b9_7f4a_7c15), nth, 0, nth % 7];
            let count = u64::try_from(count).expect("it fits");
            let all = sorted((0..count).map(entry));
            assert!(all.is_sorted());
            let mut expected: Vec<_> = (0..count).map(entry).collect();
            expected.sort_unstable();
            assert!(all == expected, "{count}");
        }
    }

    #[test]
    fn digests_differ_where_texts_do() {
        let digests = [
            digest(&[]),
            digest(&[""]),
            digest(&["", ""]),
            digest(&["a", "b"]),
            digest(&["ab"]),
            digest(&["a", "b", ""]),
        ];
        for (nth, digest) in digests.iter().enumerate() {
            assert!(!digests.iter().take(nth).any(|other| other == digest), "{nth}");
        }
    }
}
