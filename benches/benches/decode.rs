//! Reading a page of 1000 jobs, beside the tokenizer alone, which is the floor
//!
//! Quote the ratio of the two within a run, and of each the least time: times move from machine to
//! machine and from minute to minute.

use std::hint::black_box;

use cos_batch::http::Response;
use cos_batch::{Limits, ListJobs, Operation};
use cos_batch_testkit::corpus::{Content, Layout, page};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// The jobs of a page.
const JOBS: usize = 1000;

fn decode(c: &mut Criterion) {
    let mut group = c.benchmark_group("decode");
    for (name, layout, content) in [
        ("tabs-mixed", Layout::Tabs, Content::Mixed),
        ("compact-plain", Layout::Compact, Content::Plain),
    ] {
        let bytes = page(7, JOBS, layout, content);
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_with_input(BenchmarkId::new("typed", name), &bytes, |bencher, bytes| {
            let reply = Response::new(bytes.as_slice());
            bencher.iter(|| ListJobs::decode_response(black_box(&reply), &Limits::default()));
        });
        group.bench_with_input(
            BenchmarkId::new("xmlparser-drained", name),
            bytes.as_slice(),
            drain,
        );
    }
    group.finish();
}

/// Checks UTF-8 and takes every token, as any reader on this tokenizer must.
fn drain(bencher: &mut criterion::Bencher<'_>, bytes: &[u8]) {
    bencher.iter(|| {
        let text = std::str::from_utf8(black_box(bytes)).unwrap();
        let tokens = xmlparser::Tokenizer::from(text);
        tokens.fold(0_usize, |count, token| count + usize::from(black_box(token).is_ok()))
    });
}

criterion_group!(benches, decode);
criterion_main!(benches);
