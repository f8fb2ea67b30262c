//! Ours alone, for a look at one's own change; `just compare` has the floors and the peers
//!
//! Quote the least time: times move from machine to machine and from minute to minute.

use std::hint::black_box;

use cos_batch_benches::{Call, PAGES, page_of, read, read_by_reader};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// The jobs of a page.
const JOBS: usize = 1000;

fn pages(c: &mut Criterion) {
    let mut group = c.benchmark_group("pages");
    for (name, layout, content) in PAGES {
        let page = page_of(JOBS, layout, content);
        group.throughput(Throughput::Bytes(page.len() as u64));
        group.bench_with_input(BenchmarkId::new("page", name), &page, |bencher, page| {
            bencher.iter(|| drop(black_box(read(black_box(page)))));
        });
        group.bench_with_input(BenchmarkId::new("reader", name), &page, |bencher, page| {
            bencher.iter(|| drop(black_box(read_by_reader(black_box(page)))));
        });
    }
    group.finish();
}

fn signatures(c: &mut Criterion) {
    let call = Call::new();
    let mut request = call.build();
    let mut group = c.benchmark_group("signatures");
    group.bench_function("build", |bencher| bencher.iter(|| call.build()));
    group.bench_function("sign", |bencher| {
        bencher.iter(|| call.signer.sign(black_box(&mut request), call.now));
    });
    group.bench_function("sign with a key", |bencher| {
        bencher.iter(|| call.key.sign(black_box(&mut request), call.now));
    });
    group.finish();
}

criterion_group!(benches, pages, signatures);
criterion_main!(benches);
