//! What goes to `tracing`: every step, and nothing secret

use std::fmt::{Debug, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use cos_batch::ListJobs;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::observed::{assert_clean, eventful, with_token};
use crate::support::{bounded, peer};

/// Keeps everything that anybody emits, whatever its level.
#[derive(Clone, Default)]
struct Everything {
    text: Arc<Mutex<String>>,
    spans: Arc<AtomicU64>,
}

struct Line<'a>(&'a mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").expect("a text");
    }
}

impl Everything {
    fn note(&self, metadata: &Metadata<'_>, fields: impl FnOnce(&mut Line<'_>)) {
        let mut text = self.text.lock().expect("a text");
        write!(text, "{} {} {}", metadata.level(), metadata.target(), metadata.name())
            .expect("a text");
        fields(&mut Line(&mut text));
        text.push('\n');
    }
}

impl Subscriber for Everything {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.note(span.metadata(), |line| span.record(line));
        Id::from_u64(self.spans.fetch_add(1, Ordering::SeqCst) + 1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut Line(&mut self.text.lock().expect("a text")));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.note(event.metadata(), |line| event.record(line));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[test]
fn every_step_is_an_event_without_a_secret() {
    bounded(|| {
        let peer = peer(eventful());
        let everything = Everything::default();
        tracing::subscriber::with_default(everything.clone(), || {
            let pages: Vec<_> = with_token(&peer).pages(ListJobs::new()).collect();
            assert_eq!(pages.len(), 3);
        });
        let text = everything.text.lock().expect("a text");
        let ours = |line: &&str| line.contains(" cos_batch_adapter");
        let sent = text.lines().filter(ours).filter(|line| line.contains("send GET ")).count();
        assert_eq!(sent, peer.requests().len(), "{text}");
        for step in ["cos_batch run=", "lost: ", "reply 503", "sleep ", "item", "failed: "] {
            assert!(text.lines().filter(ours).any(|line| line.contains(step)), "{step}: {text}");
        }
        assert_clean(&text, &peer);
    });
}
