//! Pings for sockets that are quiet.
//!
//! Proxies close connections on which nothing moves, many after 60 s, and browsers slow down the timers by which a page in the background
//! would ping. The server's own ping is answered by the browser itself, without any script.
//!
//! The sockets take turns, as on a wheel: no socket has a timer, and each second only a part of them is written to.

use std::{sync::Arc, time::Duration};

use protocol::limits;
use tokio::time::{MissedTickBehavior, interval};

use crate::Hub;

/// Turns of the wheel.
const TURNS: u64 = 15;
/// Twice round: what was written right after a socket's turn has it pass over the next one.
const TURN: Duration = Duration::from_millis(limits::SERVER_PING_SECONDS * 1000 / (2 * TURNS));

/// Pings the sockets of a hub for as long as it is polled.
pub async fn beat(hub: Arc<Hub>) {
    let mut ticks = interval(TURN);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for turn in (0..TURNS).cycle() {
        ticks.tick().await;
        hub.ping(turn, TURNS);
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        task::yield_now,
        time::{Instant, sleep},
    };

    use protocol::EpochId;

    use super::*;
    use crate::{Frame, Mailbox, mailbox::tests::Pipe};

    const PINGS_MAX: Duration = Duration::from_secs(limits::SERVER_PING_SECONDS);

    fn hub_with(sockets: usize) -> (Arc<Hub>, Vec<(Pipe, Arc<Mailbox>)>) {
        let hub = Arc::new(Hub::new(EpochId::generate()));
        let sockets: Vec<_> =
            (0..sockets).map(|_| Pipe::wide()).map(|pipe| (pipe.clone(), Arc::new(Mailbox::new(1024, pipe)))).collect();
        for (_, mailbox) in &sockets {
            hub.register(mailbox.clone(), None);
        }
        (hub, sockets)
    }

    #[tokio::test(start_paused = true)]
    async fn every_quiet_socket_is_pinged_in_time_and_not_more_often() {
        let (hub, sockets) = hub_with(100);
        let beating = tokio::spawn(beat(hub));
        let start = Instant::now();
        for round in 1..=3 {
            sleep(PINGS_MAX).await;
            let pings: Vec<_> = sockets.iter().map(|(pipe, _)| pipe.pings()).collect();
            assert!(pings.iter().all(|pings| *pings == 1), "round {round} after {:?}: {pings:?}", start.elapsed());
        }
        beating.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn a_socket_that_is_written_to_is_not_pinged_until_it_is_quiet() {
        let (hub, sockets) = hub_with(1);
        let (pipe, mailbox) = &sockets[0];
        let write = || {
            mailbox.push([Frame::text("{}")]);
            mailbox.send();
        };
        write();
        let beating = tokio::spawn(beat(hub));
        for _ in 0..20 {
            sleep(PINGS_MAX / 3).await;
            write();
            assert_eq!(pipe.pings(), 0);
        }
        sleep(PINGS_MAX).await;
        assert_eq!(pipe.pings(), 1);
        beating.abort();
    }

    #[tokio::test]
    async fn each_turn_is_for_its_part_of_the_sockets() {
        let (hub, sockets) = hub_with(150);
        for turn in 0..TURNS {
            hub.ping(turn, TURNS);
            // What is due is written by a task.
            yield_now().await;
            let pings: usize = sockets.iter().map(|(pipe, _)| pipe.pings()).sum();
            assert_eq!(pings, 10, "turn {turn}");
        }
    }

    #[test]
    fn a_socket_that_does_not_read_or_has_closed_gets_no_pings() {
        let (pipe, closed) = (Pipe::default(), Mailbox::new(1024, Pipe::wide()));
        let full = Mailbox::new(1024, pipe);
        full.push([Frame::text("{}")]);
        full.send();
        closed.finish();
        assert!(!full.ping_if_quiet() && !closed.ping_if_quiet());
    }
}
