//! Counts concurrent workers.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts concurrent workers.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Watch {
    pub(crate) fn begin(&self) {
        let now = self.now.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(now, Ordering::Relaxed);
    }

    pub(crate) fn end(&self) {
        self.now.fetch_sub(1, Ordering::Relaxed);
    }

    /// The largest number of concurrent workers.
    pub(crate) fn most(&self) -> usize {
        self.most.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn watch_keeps_the_maximum() {
        let watch = Watch::default();
        watch.begin();
        watch.begin();
        watch.end();
        watch.begin();
        watch.end();
        watch.end();
        assert_eq!((watch.most(), watch.now.into_inner()), (2, 0));
    }
}
