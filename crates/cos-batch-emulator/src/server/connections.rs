//! How many connections there may be, and which one goes when there are too many

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// The connections that are open, up to a bound
///
/// When one more comes, the one that has been idle longest is closed for it. Whoever sends the head
/// of a request, sends nothing or does not fetch an answer is idle; whoever waits for an answer is
/// not.
#[derive(Clone)]
pub(crate) struct Connections {
    most: usize,
    table: Arc<Mutex<Table>>,
    /// Somebody has left, or became idle.
    room: Arc<Notify>,
}

#[derive(Default)]
struct Table {
    /// How many there were, and how often one became idle.
    count: u64,
    /// Each with its key among the idle ones, while it is one of them.
    open: BTreeMap<u64, Option<u64>>,
    /// Those that are idle, the longest first, each with the word to go.
    idle: BTreeMap<u64, (u64, Arc<Notify>)>,
}

impl Connections {
    pub(crate) fn new(most: usize) -> Self {
        Self { most: most.max(1), table: Arc::default(), room: Arc::default() }
    }

    /// Returns once there is room for one more.
    pub(crate) async fn room(&self) {
        loop {
            // Asked for first, so that nobody who leaves meanwhile is missed.
            let room = self.room.notified();
            let full = self.table().open.len() >= self.most;
            if !full || self.close_idlest() {
                return;
            }
            room.await;
        }
    }

    /// Closes the one that has been idle longest; its place is free at once.
    pub(crate) fn close_idlest(&self) -> bool {
        let mut table = self.table();
        let Some((_, (id, go))) = table.idle.pop_first() else { return false };
        table.open.remove(&id);
        go.notify_one();
        true
    }

    /// One more, idle.
    pub(crate) fn enter(&self) -> Place {
        let mut table = self.table();
        table.count += 1;
        let id = table.count;
        table.open.insert(id, None);
        drop(table);
        let place = Place { id, all: self.clone(), go: Arc::default() };
        place.idle();
        place
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of one connection, until it is dropped; one that was told to go has none any more.
pub(crate) struct Place {
    id: u64,
    all: Connections,
    go: Arc<Notify>,
}

impl Place {
    /// Told to go, when it must.
    pub(crate) fn go(&self) -> Arc<Notify> {
        Arc::clone(&self.go)
    }

    /// It waits for an answer from now on.
    pub(crate) fn busy(&self) {
        let mut table = self.all.table();
        if let Some(key) = table.open.get_mut(&self.id).and_then(Option::take) {
            table.idle.remove(&key);
        }
    }

    /// It is idle from now on, even if it was before.
    pub(crate) fn idle(&self) {
        self.busy();
        let mut table = self.all.table();
        table.count += 1;
        let key = table.count;
        if let Some(idle) = table.open.get_mut(&self.id) {
            *idle = Some(key);
            table.idle.insert(key, (self.id, self.go()));
            self.all.room.notify_one();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.busy();
        if self.all.table().open.remove(&self.id).is_some() {
            self.all.room.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    fn now<T>(future: impl Future<Output = T>) -> Option<T> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        let soon = async { timeout(Duration::from_millis(20), future).await.ok() };
        runtime.expect("a runtime").block_on(soon)
    }

    fn was_told(place: &Place) -> bool {
        let go = place.go();
        now(async move { go.notified().await }).is_some()
    }

    #[test]
    fn the_idlest_goes_for_one_more() {
        let all = Connections::new(3);
        let mut places: Vec<_> = (0..3).map(|_| all.enter()).collect();
        places[0].idle();
        assert!(now(all.room()).is_some());
        assert_eq!([0, 1, 2].map(|n| was_told(&places[n])), [false, true, false]);
        let fourth = all.enter();
        // Its place is another's: that it leaves makes no room.
        places.remove(1);
        places[0].busy();
        places[1].busy();
        assert!(now(all.room()).is_some());
        assert!(was_told(&fourth));
    }

    #[test]
    fn who_waits_for_an_answer_stays_and_one_more_waits() {
        let all = Connections::new(2);
        let mut places: Vec<_> = (0..2).map(|_| all.enter()).collect();
        places.iter().for_each(Place::busy);
        assert!(now(all.room()).is_none());
        places[1].idle();
        assert!(now(all.room()).is_some());
        assert!(!was_told(&places[0]) && was_told(&places[1]));
        // Told to go, it is busy in vain and has no place.
        places[1].busy();
        let third = all.enter();
        third.busy();
        places.pop();
        assert!(now(all.room()).is_none());
        drop(third);
        assert!(now(all.room()).is_some());
    }
}
