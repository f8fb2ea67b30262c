//! Some seeds in every run of the tests; how to run more of them is in `src/main.rs`

use cos_batch_simulation::{search, transcript};

#[test]
fn no_seed_breaks_a_rule() {
    let found = search(0..300);
    let broken = found.broken.map(|it| format!("{}: {}\n{}", it.plan, it.rule, it.transcript));
    assert_eq!(broken, None);
    println!("{} seeds, {} requests, {} jobs", found.seeds, found.requests, found.jobs);
    // A run in which nothing happens would prove nothing.
    assert!(found.requests > 5 * found.seeds && found.jobs > found.seeds);
}

#[test]
fn a_seed_is_always_the_same_run() {
    for seed in 0..20 {
        let (one, other) = (transcript(seed), transcript(seed));
        assert!(one == other, "seed {seed} gives two transcripts:\n{one}\n{other}");
        assert!(one.lines().count() > 5);
    }
}
