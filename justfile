# The project's commands: `.ci/run` and a person run the same words.

# The tests of what the core does. Those of adapters, memory and the clock are not among them.
core_tests := "-p cos-batch -p cos-batch-tests --lib --test=allocations --test=asynchronous_driver \
    --test=blocking_driver --test=calls --test=corpus --test=create_once --test=drivers --test=error_codes \
    --test=explain --test=json --test=list_jobs --test=machine_log --test=presign --test=properties --test=reader \
    --test=vectors --test=watch"

# The same cases each time, fewer of them.
few_cases := "INSTA_UPDATE=no PROPTEST_CASES=64 PROPTEST_RNG_SEED=7 PROPTEST_MAX_SHRINK_ITERS=0 \
    PROPTEST_DISABLE_FAILURE_PERSISTENCE=1"

# List the recipes.
default:
    @just --list

# All that must hold.
ci: fmt clippy wasm test first docs benches instructions fuzz clients

# Sources are formatted.
fmt:
    cargo fmt --all --check
    cargo fmt --manifest-path fuzz/Cargo.toml --check
    cargo fmt --manifest-path benches/compare/Cargo.toml --check
    cargo fmt --manifest-path benches/s3control/Cargo.toml --check

# No warning anywhere, the core and the adapters with and without their features.
clippy:
    cargo clippy --workspace --all-targets -- -D warnings
    cargo clippy -p cos-batch --all-features --all-targets -- -D warnings
    cargo clippy -p cos-batch-ureq -p cos-batch-hyper --all-targets -- -D warnings

# The README's test command.
test:
    INSTA_UPDATE=no cargo test --workspace

# The same tests, each in a process of its own, where cargo-nextest is there.
nextest:
    @if cargo nextest --version >/dev/null 2>&1; then INSTA_UPDATE=no cargo nextest run --workspace; else echo "cargo-nextest is not here: skipped"; fi

# What the README has a newcomer run first; there must be one program to run.
first:
    test "$(cargo run --quiet -- list --local -o id | wc -l)" -eq 48

# The documentation builds without a warning.
docs:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

# The benches run once, untimed; those beside the peers are checked.
benches:
    cargo bench -p cos-batch-benches -- --test
    cargo check --manifest-path benches/compare/Cargo.toml

# Instructions of a job and of a signature, held to benches/instructions.txt; needs valgrind.
instructions:
    cargo run --profile bench -p cos-batch-benches --bin instructions -- check

# Writes benches/instructions.txt anew, after a change that is meant.
instructions-record:
    cargo run --profile bench -p cos-batch-benches --bin instructions -- record

# Beside the floors and the peers, as Markdown; a machine at rest gives the best figures.
compare rounds="51":
    cargo run --release --manifest-path benches/compare/Cargo.toml -- {{rounds}}

# Beside the AWS SDK for S3 Control, whose build alone takes ten minutes of processor time.
compare-sdk rounds="51":
    cargo run --release --manifest-path benches/s3control/Cargo.toml -- {{rounds}}

# Each fuzz target is built, and run for some seconds from its seeds.
fuzz seconds="20":
    fuzz/smoke {{seconds}}

# How many lines of the core each fuzz target reaches, from its seeds and from what stands in `found`, a folder a target.
fuzz-coverage found="fuzz/corpus":
    fuzz/covered {{found}}

# Lines of the core that the tests reach, file by file; fewer than 95 % fail it. Installs what measures it.
coverage:
    cargo llvm-cov --version >/dev/null 2>&1 || cargo install --quiet --locked cargo-llvm-cov
    rustup --quiet component add llvm-tools
    INSTA_UPDATE=no cargo llvm-cov {{core_tests}} --fail-under-lines 95 \
        --ignore-filename-regex '/(cos-batch-[a-z]+|tests|examples)/'

# Writes the seeds of the fuzz targets that are made of the model.
seeds:
    cargo run -p cos-batch-testkit --example seeds fuzz/corpus

# Tencent's SDKs for Python and Node.js walk through all six calls, one signs 10,000 requests again; where they are to be had.
clients:
    tests/clients/run

# How much memory `cosbatch manifest check` takes for so many rows, optimised.
manifest-memory rows="10000000":
    MANIFEST_ROWS={{rows}} cargo test --release -p cos-batch-cli --test cli memory_stays -- --nocapture

# The emulator is killed so many times at random moments; nothing that was acknowledged is lost.
crash times="200":
    CRASHES={{times}} cargo test -p cos-batch-cli --test crash -- --nocapture

# 64 clients on 10,000 jobs of the emulator, optimised; prints what they saw.
load seconds="60":
    LOAD_SECONDS={{seconds}} cargo test --release -p cos-batch-emulator --test load -- --nocapture

# So many seeds of the simulation, optimised; what breaks a rule is told step by step.
simulate seeds="100000":
    cargo run --release -p cos-batch-simulation -- --seeds {{seeds}}

# One rule at a time is taken out of a copy of the machines; the seed that notices is told.
simulate-broken seeds="1000":
    tests/simulation/broken/run {{seeds}}

# Licences, sources and duplicates of all dependencies; needs cargo-deny.
deny:
    cargo deny check bans licenses sources

# Built for WebAssembly the core asks its host for nothing; where that target is installed.
wasm:
    @if rustup target list --installed 2>/dev/null | grep -q '^wasm32-unknown-unknown$'; then \
        cargo build -p cos-batch --example both_ends --target wasm32-unknown-unknown && \
        tests/wasm/imports "${CARGO_TARGET_DIR:-target}/wasm32-unknown-unknown/debug/examples/both_ends.wasm"; \
    else \
        echo "wasm32-unknown-unknown is not installed: the core was NOT built for it"; \
    fi

# The emulator works through a manifest of a million rows in each format: rows a second, memory.
million rows="1000000":
    COS_BATCH_ROWS={{rows}} cargo test --release -p cos-batch-emulator --test many_rows -- --nocapture

# Size, time and memory of the terminal tool, optimised, beside programs that everybody knows, as Markdown.
terminal-bench:
    cargo build --release -p cos-batch-cli
    cargo run --release -p cos-batch-benches --bin terminal -- "${CARGO_TARGET_DIR:-target}/release/cosbatch"

# What of the core can be changed without a test that notices, as docs/mutants.md tells; needs cargo-mutants. Some or all of the sources: `sign/**`.
mutants files="**":
    {{few_cases}} cargo test {{core_tests}}
    {{few_cases}} cargo mutants --file 'crates/cos-batch/src/{{files}}' --output "${CARGO_TARGET_DIR:-target}" \
        --baseline skip --timeout 120 --cap-lints true $(printf -- '--cargo-arg=%s ' {{core_tests}})
