//! What ureq itself writes by the crate `log`, up to its level `debug`

use std::sync::Mutex;

use cos_batch::ListJobs;
use log::{LevelFilter, Log, Metadata, Record};

use crate::observed::{assert_clean, eventful, with_token};
use crate::support::{bounded, peer};

/// Keeps everything that anybody in this process logs.
struct Kept(Mutex<String>);

static KEPT: Kept = Kept(Mutex::new(String::new()));

impl Log for Kept {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let line = format!("{} {} {}\n", record.level(), record.target(), record.args());
        self.0.lock().expect("a text").push_str(&line);
    }

    fn flush(&self) {}
}

#[test]
fn its_level_debug_shows_no_secret() {
    bounded(|| {
        log::set_logger(&KEPT).expect("the only logger");
        log::set_max_level(LevelFilter::Debug);
        let peer = peer(eventful());
        let pages: Vec<_> = with_token(&peer).pages(ListJobs::new()).collect();
        assert_eq!(pages.len(), 3);
        let text = KEPT.0.lock().expect("a text");
        assert!(text.contains(" ureq::"), "{text}");
        assert_clean(&text, &peer);
    });
}
