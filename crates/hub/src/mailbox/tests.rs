#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use super::*;

/// A socket that takes so many bytes for now, and shows what it took.
#[derive(Clone, Default)]
pub(crate) struct Pipe(Arc<Mutex<(usize, Vec<u8>)>>);

impl Pipe {
    pub(crate) fn wide() -> Self {
        let pipe = Self::default();
        pipe.widen(usize::MAX);
        pipe
    }

    fn widen(&self, room: usize) {
        self.0.lock().0 = room;
    }

    /// The texts that came since this was asked before.
    pub(crate) fn texts(&self) -> Vec<String> {
        let (mut took, mut texts) = (self.took(), Vec::new());
        while let [0x81, length, rest @ ..] = took.as_slice() {
            let (length, rest) = match (length, rest) {
                (126, [high, low, rest @ ..]) => (u16::from_be_bytes([*high, *low]), rest),
                _ => (u16::from(*length), rest),
            };
            let (text, rest) = rest.split_at(usize::from(length));
            texts.push(String::from_utf8(text.to_vec()).unwrap());
            took = rest.to_vec();
        }
        texts
    }

    /// How many pings came since this was asked before. What else came has a length that is even.
    pub(crate) fn pings(&self) -> usize {
        self.took().chunks_exact(2).filter(|frame| *frame == PING).count()
    }

    /// What came since this was asked before.
    fn took(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().1)
    }
}

impl Outlet for Pipe {
    fn try_write(&self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        let mut pipe = self.0.lock();
        let due: Vec<u8> = pieces.iter().flat_map(|piece| piece.to_vec()).collect();
        let taken = due.len().min(pipe.0);
        pipe.0 -= taken;
        pipe.1.extend_from_slice(&due[..taken]);
        if taken == 0 { Err(ErrorKind::WouldBlock.into()) } else { Ok(taken) }
    }
}

struct Broken;

impl Outlet for Broken {
    fn try_write(&self, _: &[IoSlice<'_>]) -> io::Result<usize> {
        Err(ErrorKind::BrokenPipe.into())
    }
}

const WAITING: Queue = Queue::Waiting { replaying: false };

fn frame(byte: u8, size: usize) -> Frame {
    Frame::text(vec![byte; size])
}

/// The bytes of these frames on the wire.
fn wire(frames: &[Frame]) -> Vec<u8> {
    frames.iter().flat_map(|frame| frame.clone().into_wire()).collect()
}

fn narrow(limit: usize) -> (Pipe, Mailbox) {
    let pipe = Pipe::default();
    (pipe.clone(), Mailbox::new(limit, pipe))
}

#[test]
fn frames_come_out_in_order_however_the_socket_takes_them() {
    let frames: Vec<_> = (0..200).map(|n| frame(n, usize::from(n))).collect();
    for room in [1, 7, 1000, usize::MAX] {
        let (pipe, mailbox) = narrow(1 << 20);
        assert!(mailbox.push(frames[..100].to_vec()));
        mailbox.push_replay(frames[100..150].to_vec());
        assert!(!mailbox.push(frames[150..].to_vec()), "whoever was first sends it all");
        let mut took = Vec::new();
        loop {
            pipe.widen(room);
            let queue = mailbox.flush();
            took.extend(pipe.took());
            if queue == Queue::Empty {
                break;
            }
        }
        assert_eq!(took, wire(&frames));
        assert!(mailbox.push([frame(1, 1)]), "an empty queue is to be sent again");
    }
}

#[test]
fn who_is_behind_by_more_than_the_bound_is_closed() {
    let (pipe, mailbox) = narrow(1_000);
    mailbox.push([frame(1, 900), frame(2, 900)]);
    pipe.widen(904);
    assert_eq!(mailbox.flush(), WAITING, "what comes at once may be more");
    mailbox.push([frame(3, 500)]);
    assert_eq!(mailbox.flush(), WAITING);
    mailbox.push([frame(4, 1)]);
    assert_eq!(mailbox.flush(), Queue::Closed(CloseCode::TooSlow));
    assert!(!mailbox.push([frame(5, 1)]));
    assert!(mailbox.state.lock().items.is_empty());
    assert_eq!(pipe.took(), wire(&[frame(1, 900)]));
}

#[test]
fn what_was_written_makes_room() {
    let mailbox = Mailbox::new(1_000, Pipe::wide());
    for _ in 0..100 {
        mailbox.push([frame(1, 500)]);
        assert_eq!(mailbox.flush(), Queue::Empty);
    }
}

#[test]
fn a_replay_does_not_count_as_being_slow() {
    let (pipe, mailbox) = narrow(1_000);
    mailbox.push_replay(vec![frame(1, 900), frame(2, 900)]);
    mailbox.push([frame(3, 10)]);
    mailbox.push([frame(4, 10)]);
    assert_eq!(mailbox.flush(), Queue::Waiting { replaying: true });
    pipe.widen(2 * 904);
    assert_eq!(mailbox.flush(), WAITING);
}

#[test]
fn what_does_not_last_is_not_kept_for_who_is_behind() {
    let (pipe, mailbox) = narrow(100);
    let taken: Vec<_> = (1..=9).filter(|byte| mailbox.offer(&frame(*byte, 500))).collect();
    assert_eq!((taken, mailbox.flush()), (vec![1], WAITING), "nobody is too slow for it");
    pipe.widen(7);
    mailbox.flush();
    assert!(!mailbox.offer(&frame(2, 10)), "the first one is half written");
    pipe.widen(usize::MAX);
    assert_eq!(mailbox.flush(), Queue::Empty);
    mailbox.push_replay(vec![frame(3, 10)]);
    assert!(!mailbox.offer(&frame(4, 10)));
    mailbox.flush();
    assert_eq!(pipe.took(), wire(&[frame(1, 500), frame(3, 10)]));
    mailbox.finish();
    assert!(!mailbox.offer(&frame(5, 10)));
}

#[test]
fn a_frame_that_has_begun_is_finished_before_the_close() {
    for (room, begun) in [(0, None), (500, Some(frame(1, 900)))] {
        let (pipe, mailbox) = narrow(1_000);
        mailbox.push([frame(1, 900), frame(2, 900)]);
        pipe.widen(room);
        mailbox.send();
        mailbox.close(CloseCode::SignIn);
        assert_eq!(mailbox.flush(), Queue::Closed(CloseCode::SignIn));
        mailbox.finish();
        mailbox.control(b"bye");
        pipe.widen(usize::MAX);
        assert_eq!(mailbox.flush(), Queue::Empty);
        let begun: Vec<_> = begun.into_iter().collect();
        assert_eq!(pipe.took(), [wire(&begun), b"bye".to_vec()].concat());
    }
}

#[test]
fn a_finished_queue_takes_control_frames_alone() {
    let (pipe, mailbox) = narrow(1_000);
    mailbox.push([frame(1, 10)]);
    mailbox.finish();
    assert!(!mailbox.push([frame(2, 10)]));
    mailbox.control(b"bye");
    mailbox.close(CloseCode::SignIn);
    assert_eq!(mailbox.flush(), WAITING);
    pipe.widen(usize::MAX);
    assert_eq!(mailbox.flush(), Queue::Empty);
    assert_eq!(pipe.took(), [wire(&[frame(1, 10)]), b"bye".to_vec()].concat());
}

#[test]
fn the_first_reason_stays() {
    let (_pipe, mailbox) = narrow(1);
    mailbox.close(CloseCode::SignIn);
    mailbox.close(CloseCode::TooSlow);
    assert_eq!(mailbox.flush(), Queue::Closed(CloseCode::SignIn));
}

#[test]
fn a_client_that_asks_for_answers_and_does_not_read_them_is_too_slow() {
    let (_pipe, mailbox) = narrow(1_000);
    for _ in 0..20 {
        mailbox.control(&[0; 127]);
    }
    assert_eq!(mailbox.flush(), Queue::Closed(CloseCode::TooSlow));
}

#[test]
fn a_broken_socket_holds_nothing() {
    let mailbox = Mailbox::new(1_000, Broken);
    mailbox.push([frame(1, 10)]);
    assert_eq!(mailbox.flush(), Queue::Broken);
    assert!(!mailbox.push([frame(2, 10)]));
}

#[tokio::test]
async fn its_task_is_told_of_what_it_has_to_look_after() {
    let (pipe, mailbox) = narrow(1_000);
    pipe.widen(14);
    mailbox.push([frame(1, 12)]);
    mailbox.send();
    assert!(futures::poll!(Box::pin(mailbox.news())).is_pending(), "nothing is left");
    mailbox.push([frame(1, 12)]);
    mailbox.send();
    mailbox.news().await;
    mailbox.close(CloseCode::SignIn);
    mailbox.news().await;
    mailbox.control(b"pong");
    mailbox.news().await;
}
