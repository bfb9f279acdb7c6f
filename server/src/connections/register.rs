//! What is open now.

use std::{collections::HashMap, net::IpAddr, sync::Arc, time::Instant};

use super::link::Link;

/// What is open now.
#[derive(Default)]
pub(super) struct Register {
    next_id: u64,
    links: HashMap<u64, Arc<Link>>,
    /// Connections of each address that has any, and requests of each that comes through a proxy.
    pub(super) shares: HashMap<IpAddr, usize>,
    /// Bytes of answers that wait for those who read them.
    held: usize,
}

impl Register {
    /// Enters one more; when there are `max` already, in place of the one that has waited for a request for longest. `None` when
    /// none of them only waits.
    pub(super) fn admit(&mut self, max: usize) -> Option<Arc<Link>> {
        if self.links.len() >= max {
            let idle = self.longest(|link| link.waits_since())?;
            self.cut(&idle);
        }
        let link = Arc::new(Link::new(self.next_id));
        self.next_id += 1;
        self.links.insert(link.id, link.clone());
        Some(link)
    }

    /// Strikes out one that has closed.
    pub(super) fn remove(&mut self, link: &Link) {
        self.links.remove(&link.id);
    }

    /// Counts an answer of a connection. When all of them are more than `max`, those whose readers have taken nothing for longest go.
    pub(super) fn hold(&mut self, link: &Link, bytes: usize, max: usize) {
        self.held += bytes;
        link.hold(bytes);
        while self.held > max {
            let Some(slowest) = self.longest(|other| other.holds_since().filter(|_| other.id != link.id)) else { return };
            self.cut(&slowest);
        }
    }

    /// Counts an answer no longer: it was read, or nobody will read it.
    pub(super) fn release(&mut self, link: &Link, bytes: usize) {
        if link.release(bytes) {
            self.held -= bytes;
        }
    }

    fn longest(&self, since: impl Fn(&Link) -> Option<Instant>) -> Option<Arc<Link>> {
        let candidates = self.links.values().filter_map(|link| Some((since(link)?, link)));
        candidates.min_by_key(|(since, _)| *since).map(|(_, link)| link.clone())
    }

    /// Ends a connection. What it has counts as free at once: its task lets go of it in a moment.
    fn cut(&mut self, link: &Link) {
        self.links.remove(&link.id);
        self.held -= link.cut();
        metrics::counter!("snug_connections_cut_total").increment(1);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn where_all_places_are_taken_the_one_that_waits_longest_goes() {
        let mut open = Register::default();
        let links: Vec<_> = (0..3).map(|_| open.admit(3).unwrap()).collect();
        links[0].begin();
        let late = open.admit(3).unwrap();
        assert_eq!(
            links.iter().map(|link| link.is_cut()).collect::<Vec<_>>(),
            [false, true, false],
            "the first is being answered"
        );
        links[2].become_socket();
        late.begin();
        assert!(open.admit(3).is_none(), "nobody only waits");
        open.remove(&links[0]);
        assert!(open.admit(3).is_some());
    }

    #[test]
    fn where_answers_take_too_much_those_go_that_nobody_reads() {
        let mut open = Register::default();
        let links: Vec<_> = (0..3).map(|_| open.admit(9).unwrap()).collect();
        for link in &links {
            open.hold(link, 40, 120);
        }
        links[0].touch();
        let late = open.admit(9).unwrap();
        open.hold(&late, 60, 120);
        assert_eq!(links.iter().map(|link| link.is_cut()).collect::<Vec<_>>(), [false, true, true], "the first has read");
        assert_eq!(open.held, 100);
        // Those that were cut let go of theirs later: it is not counted twice.
        for link in &links {
            open.release(link, 40);
        }
        open.release(&late, 60);
        assert_eq!(open.held, 0);
    }

    #[test]
    fn an_answer_that_is_too_large_by_itself_is_given_all_the_same() {
        let mut open = Register::default();
        let link = open.admit(9).unwrap();
        open.hold(&link, 500, 120);
        assert!(!link.is_cut());
    }
}
