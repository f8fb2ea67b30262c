//! The calls on the wire: samples of the docs, both directions, and what is refused

mod create_job;
mod describe_job;
mod refusals;
mod updates;

use cos_batch::Endpoint;

fn endpoint() -> Endpoint {
    Endpoint::new(
        &"100000000001".parse().expect("a UIN"),
        &"ap-chengdu".parse().expect("a region"),
        "1250000000".parse().expect("an APPID"),
    )
}
