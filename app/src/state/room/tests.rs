#![allow(clippy::unwrap_used)]

use std::ops::Range;

use proptest::{prelude::*, sample::Index};
use protocol::{Event, RoomPage, Seq, Standing, Window, limits::PAGE};

use super::*;
use crate::state::testing::{Deed, id, log, message_event, messages, page, thread_page, user};

/// The reader of these tests.
const ME: u64 = 1;

fn me() -> Option<UserId> {
    Some(id(ME))
}

/// A log, and a reader who is at some place of it.
#[derive(Clone)]
struct World {
    log: Vec<Event>,
    /// How far the server is.
    server: usize,
    /// How far it gets while it answers.
    late: usize,
    state: RoomState,
    /// A page that was read and has not arrived.
    on_its_way: Option<(Window, RoomPage)>,
}

impl World {
    fn new(deeds: &[Deed], head: usize, window: Window) -> Self {
        let log = log(deeds);
        let state = RoomState::from_page(page(&log, head, me(), window), me());
        Self { server: head, late: 0, log, state, on_its_way: None }
    }

    /// The server reads the head first and the messages after that: some of them may lie beyond it.
    fn read(&self, window: Window) -> RoomPage {
        let head = page(&self.log, self.server.saturating_sub(self.late), me(), window);
        let RoomPage { messages, reacted, has_older, has_newer, .. } = page(&self.log, self.server, me(), window);
        RoomPage { messages, reacted, has_older, has_newer, ..head }
    }

    /// The one way of recovery: everything after `after`, in order.
    fn replay(&mut self, after: Seq) {
        let after = usize::try_from(after.0).unwrap();
        for event in &self.log[after..self.server] {
            assert!(!matches!(self.state.apply(event.clone()), Applied::Gap { .. }));
        }
    }

    fn all_messages(&self, places: Range<Seq>) -> Vec<Seq> {
        self.log
            .iter()
            .filter(|event| places.contains(&event.seq))
            .filter_map(Event::message)
            .filter(|message| !message.only_in_thread)
            .map(|message| message.seq)
            .collect()
    }

    /// The shown stretch is one of the log's, as long as it says.
    fn check(&self) {
        let shown: Vec<Seq> = self.state.messages().iter().map(|message| message.seq).collect();
        let (Some(&first), Some(&last)) = (shown.first(), shown.last()) else { return };
        assert_eq!(shown, self.all_messages(first..last.next()), "a hole or a double");
        if !self.state.has_older() {
            assert_eq!(self.all_messages(Seq::ZERO..first), [], "says there is nothing older");
        }
        if !self.state.has_newer() {
            assert_eq!(self.all_messages(last.next()..self.state.head().next()), [], "says there is nothing newer");
        }
        assert!(shown.len() <= 2 * SHOWN_MAX);
    }
}

fn deeds(length: Range<usize>) -> impl Strategy<Value = Vec<Deed>> {
    let deed = prop_oneof![
        6 => (1u64..4).prop_map(Deed::Says),
        1 => (1u64..4).prop_map(Deed::Joins),
        1 => (1u64..4).prop_map(Deed::Leaves),
        1 => (1u64..4).prop_map(Deed::Renames),
        1 => (1u64..4, any::<usize>()).prop_map(|(who, n)| Deed::Edits(who, n)),
        1 => (1u64..4, any::<usize>()).prop_map(|(who, n)| Deed::Deletes(who, n)),
        1 => (1u64..4, any::<usize>()).prop_map(|(who, n)| Deed::Reacts(who, n)),
        1 => (1u64..4, any::<usize>()).prop_map(|(who, n)| Deed::Pins(who, n)),
        1 => (1u64..4, any::<usize>()).prop_map(|(who, n)| Deed::Answers(who, n)),
        2 => (1u64..4, any::<usize>()).prop_map(|(who, n)| Deed::Threads(who, n)),
    ];
    prop::collection::vec(deed, length)
}

proptest! {
    #[test]
    fn any_order_with_doubles_and_losses_ends_in_the_same_room(
        deeds in deeds(1..60),
        head in any::<Index>(),
        arrivals in prop::collection::vec(any::<Index>(), 0..120),
    ) {
        let head = head.index(deeds.len());
        let mut in_order = World::new(&deeds, head, Window::Latest);
        in_order.server = deeds.len();
        in_order.replay(in_order.state.head());

        let mut world = World::new(&deeds, head, Window::Latest);
        world.server = deeds.len();
        for arrival in arrivals {
            let event = world.log[arrival.index(deeds.len())].clone();
            let (seq, before) = (event.seq, world.state.clone());
            match world.state.apply(event) {
                Applied::Fresh => prop_assert_eq!(seq, before.head().next()),
                Applied::Double => prop_assert_eq!(&world.state, &before),
                Applied::Gap { after } => {
                    prop_assert_eq!(after, before.head());
                    prop_assert!(seq > after.next());
                }
            }
            world.check();
        }
        world.replay(world.state.head());
        prop_assert_eq!(world.state, in_order.state);
    }

    #[test]
    fn pages_that_arrive_at_any_moment_leave_no_hole(
        deeds in deeds(100..900),
        start in any::<Index>(),
        window in prop_oneof![Just(None), any::<Index>().prop_map(Some)],
        steps in prop::collection::vec((0u8..8, any::<Index>()), 0..80),
    ) {
        let start = start.index(deeds.len());
        let window = window.map_or(Window::Latest, |at| Window::Around(Seq(at.index(deeds.len()) as i64)));
        let mut world = World::new(&deeds, start, window);
        for (step, index) in steps {
            take_step(&mut world, step, index);
            world.check();
        }
        // What the log says, whatever came in between.
        world.late = 0;
        world.replay(world.state.head());
        let truth = world.read(Window::Latest);
        prop_assert_eq!((world.state.head(), world.state.members, world.state.standing), (truth.head, truth.members, truth.standing));
        // And each message as a fresh page has it.
        let fresh = messages(&world.log[..world.server]);
        for message in world.state.messages() {
            let fresh = fresh.iter().find(|other| other.seq == message.seq);
            prop_assert_eq!(Some(&**message), fresh);
        }
        let shown = world.read(Window::Latest);
        for (seq, emoji) in shown.messages.iter().flat_map(|m| m.reactions.iter().map(|r| (m.seq, &r.emoji))) {
            if world.state.shows(seq) {
                prop_assert_eq!(world.state.has_reacted(seq, emoji), shown.reacted.contains(&(seq, emoji.clone())));
            }
        }
        read_to_the_end(&mut world);
        prop_assert_eq!(world.state.last_seq(), truth.messages.last().map(|message| message.seq));
        prop_assert_eq!(world.state.unseen_after(truth.head), 0);
    }
}

proptest! {
    #[test]
    fn a_thread_that_is_open_ends_as_a_fresh_page_of_it(deeds in deeds(2..120), head in any::<Index>(), window in any::<Index>()) {
        let deeds = [vec![Deed::Says(2)], deeds].concat();
        let log = log(&deeds);
        let (root, head) = (Seq(1), 1 + head.index(deeds.len() - 1));
        let mut state = RoomState::from_page(thread_page(&log, head, me(), root, Window::Latest), me());
        for event in &log[head..] {
            state.apply(event.clone());
            // A page that was read before comes late.
            if let Some(first) = state.first_seq().filter(|_| window.index(3) == 0 && state.has_older()) {
                state.merge_older(first, thread_page(&log, head, me(), root, Window::Before(first)));
            }
        }
        let fresh = thread_page(&log, log.len(), me(), root, Window::Latest);
        prop_assert_eq!(state.root(), fresh.root.as_ref());
        prop_assert_eq!(state.last_seq(), fresh.messages.last().map(|message| message.seq));
        for message in fresh.messages.iter().filter(|message| Some(message.seq) >= state.first_seq()) {
            prop_assert_eq!(state.message(message.seq), Some(message));
        }
    }
}

fn take_step(world: &mut World, step: u8, index: Index) {
    world.late = step.into();
    match step {
        // The server moves on, and the reader hears of it or not.
        0 | 1 => {
            world.server = (world.server + index.index(90)).min(world.log.len());
            if step == 0 {
                world.replay(world.state.head());
            }
        }
        2 if world.server > 0 => {
            let event = world.log[index.index(world.server)].clone();
            if let Applied::Gap { after } = world.state.apply(event) {
                world.replay(after);
            }
        }
        3 => world.state.set_reader_at_end(index.index(2) == 0),
        4 => world.on_its_way = world.state.first_seq().map(|seq| (Window::Before(seq), world.read(Window::Before(seq)))),
        5 => world.on_its_way = world.state.last_seq().map(|seq| (Window::After(seq), world.read(Window::After(seq)))),
        6 => world.on_its_way = Some((Window::Latest, world.read(Window::Latest))),
        _ => match world.on_its_way.take() {
            Some((Window::Before(seq), page)) => _ = world.state.merge_older(seq, page),
            Some((Window::After(seq), page)) => _ = world.state.merge_newer(seq, page),
            Some((_, page)) => {
                if let Applied::Gap { after } = world.state.replace(page) {
                    world.replay(after);
                }
            }
            None => {}
        },
    }
}

fn read_to_the_end(world: &mut World) {
    while world.state.has_newer() {
        let after = world.state.last_seq().unwrap_or(Seq::ZERO);
        let page = world.read(Window::After(after));
        if world.state.last_seq().is_none() {
            world.state.replace(page);
        } else {
            assert!(world.state.merge_newer(after, page));
        }
        world.check();
    }
}

#[test]
fn a_page_that_was_read_before_a_message_was_deleted_does_not_bring_it_back() {
    let mut deeds = talk(120);
    deeds.extend([Deed::Deletes(2, 9), Deed::Edits(2, 10), Deed::Reacts(ME, 11)]);
    let mut world = World::new(&deeds, 120, Window::Latest);
    let before = world.state.first_seq().unwrap();
    let stale = world.read(Window::Before(before));
    world.server = 123;
    world.replay(Seq(120));
    assert!(world.state.merge_older(before, stale.clone()));
    let older = world.state.first_seq().unwrap();
    assert!(world.state.merge_older(older, RoomPage { head: Seq(120), ..page(&world.log, 120, me(), Window::Before(older)) }));
    let shown = |seq| world.state.messages().iter().find(|message| message.seq == Seq(seq)).unwrap().clone();
    assert!(shown(10).deleted && shown(10).body.is_empty());
    assert_eq!(
        (shown(11).revision, shown(12).reactions.len(), world.state.has_reacted(Seq(12), &shown(12).reactions[0].emoji)),
        (1, 1, true)
    );
    // More was done since than is remembered: then the page cannot be taken.
    let mut world = World::new(&[talk(60), vec![Deed::Edits(2, 0); CHANGES_MAX + 1]].concat(), 60, Window::Latest);
    let before = world.state.first_seq().unwrap();
    let stale = world.read(Window::Before(before));
    world.server = 61 + CHANGES_MAX;
    world.replay(Seq(60));
    assert!(!world.state.merge_older(before, stale));
    assert!(world.state.merge_older(before, world.read(Window::Before(before))));
}

/// A log of nothing but messages.
fn talk(length: usize) -> Vec<Deed> {
    vec![Deed::Says(2); length]
}

#[test]
fn a_page_that_is_older_than_the_events_keeps_the_way_to_the_newer_ones() {
    let mut world = World::new(&talk(120), 100, Window::Around(Seq(60)));
    let (after, stale) = (world.state.last_seq().unwrap(), world.read(Window::After(Seq(84))));
    assert_eq!((after, stale.has_newer), (Seq(84), false));
    world.server = 101;
    world.replay(Seq(100));
    assert!(world.state.merge_newer(after, stale));
    assert_eq!((world.state.last_seq(), world.state.has_newer(), world.state.unseen_after(Seq(100))), (Some(Seq(100)), true, 1));
}

#[test]
fn a_page_for_a_timeline_that_has_moved_away_is_refused() {
    let mut world = World::new(&talk(300), 300, Window::Latest);
    let older = world.read(Window::Before(Seq(251)));
    world.state.replace(world.read(Window::Around(Seq(20))));
    let before = world.state.clone();
    assert!(!world.state.merge_older(Seq(251), older.clone()));
    assert!(!world.state.merge_newer(Seq(300), older));
    assert_eq!(world.state, before);
}

#[test]
fn long_timelines_drop_the_far_end() {
    let mut world = World::new(&talk(1_000), 500, Window::Latest);
    while world.state.first_seq() > Some(Seq(101)) {
        let before = world.state.first_seq().unwrap();
        assert!(world.state.merge_older(before, world.read(Window::Before(before))));
        world.check();
    }
    assert_eq!((world.state.messages().len(), world.state.has_newer()), (SHOWN_MAX, true));
    read_to_the_end(&mut world);
    assert_eq!((world.state.messages().len(), world.state.has_older()), (SHOWN_MAX, true));
    world.server = 1_000;
    world.replay(Seq(500));
    world.check();
    assert!(world.state.messages().len() <= SHOWN_MAX + PAGE as usize);
}

#[test]
fn nothing_moves_for_a_reader_who_stands_further_up() {
    let mut world = World::new(&talk(2_000), 50, Window::Latest);
    world.state.set_reader_at_end(false);
    world.server = 2_000;
    world.replay(Seq(50));
    world.check();
    assert_eq!((world.state.first_seq(), world.state.has_newer()), (Some(Seq(1)), true));
    assert_eq!(world.state.unseen_after(Seq(50)), 1_950);
}

#[test]
fn own_messages_are_not_new_ones() {
    let mut state = World::new(&talk(3), 3, Window::Latest).state;
    state.apply(message_event(4, ME, 4_000));
    state.apply(message_event(5, 2, 5_000));
    assert_eq!((state.unseen_after(Seq(3)), state.unseen_after(Seq(5))), (1, 0));
}

#[test]
fn joining_and_leaving_change_what_the_reader_may_do() {
    let mut world = World::new(&[Deed::Joins(ME), Deed::Joins(2), Deed::Leaves(ME)], 0, Window::Latest);
    let mut seen = Vec::new();
    for event in world.log.clone() {
        world.state.apply(event);
        seen.push((world.state.standing, world.state.members));
    }
    assert_eq!(seen, [(Standing::Member, 1_001), (Standing::Member, 1_002), (Standing::MayJoin, 1_001)]);
}

#[test]
fn a_flood_beyond_a_hole_is_bounded() {
    let mut world = World::new(&talk(3_000), 0, Window::Latest);
    for event in &world.log[1..] {
        assert_eq!(world.state.apply(event.clone()), Applied::Gap { after: Seq::ZERO });
    }
    assert_eq!(world.state.waiting.len(), WAITING_MAX);
    world.server = 3_000;
    world.replay(Seq::ZERO);
    assert_eq!(world.state.head(), Seq(3_000));
}

#[test]
fn places_of_another_epoch_are_not_mixed_with_those_that_are_known() {
    let mut world = World::new(&talk(60), 60, Window::Latest);
    // Beyond a hole; it is of the log before.
    assert_eq!(world.state.apply(message_event(62, 2, 9_000)), Applied::Gap { after: Seq(60) });
    let restored = |head, window| RoomPage { epoch: id(8), ..page(&log(&talk(70)), head, me(), window) };
    let first = world.state.first_seq().unwrap();
    assert!(!world.state.merge_older(first, restored(70, Window::Before(first))));

    let mut shorter = world.clone();
    assert_eq!(shorter.state.replace(restored(50, Window::Latest)), Applied::Gap { after: Seq(50) });
    // What came in between was taken for the log before, so the client asks again for what follows the page.
    assert_eq!(world.state.replace(restored(61, Window::Latest)), Applied::Gap { after: Seq(61) });
    assert_eq!((world.state.head(), world.state.epoch()), (Seq(61), id(8)));
    assert_eq!(world.state.apply(message_event(62, 3, 1)), Applied::Fresh);
    assert_eq!(world.state.messages().last().unwrap().author, user(3));
    assert_eq!(world.state.replace(restored(70, Window::Latest)), Applied::Fresh, "the same epoch again");
}

#[test]
fn what_was_missed_is_counted_once_it_is_all_here() {
    let mut log = log(&[Deed::Joins(ME), Deed::Says(2)]);
    log.extend([message_event(3, ME, 0), message_event(4, 2, 0), message_event(5, 3, 0), message_event(6, 2, 0)]);
    let mut state = RoomState::from_page(page(&log, 2, me(), Window::Latest), me());
    assert!(!state.resume(Seq(2)), "nothing was missed");
    assert!(state.resume(Seq(5)));
    for event in &log[2..4] {
        state.apply(event.clone());
        assert_eq!((state.is_resuming(), state.missed()), (true, None));
    }
    state.apply(log[4].clone());
    assert_eq!((state.is_resuming(), state.missed()), (false, Some(Missed::Exactly(2))), "not one's own");
    state.apply(log[5].clone());
    assert_eq!(state.missed(), Some(Missed::Exactly(2)), "what comes now is announced by itself");
    assert!(state.resume(Seq(7)));
    assert_eq!(state.missed(), None);
}

#[test]
fn of_a_long_absence_it_is_said_that_there_is_more() {
    let log = log(&[Deed::Says(2); 80]);
    let mut state = RoomState::from_page(page(&log, 5, me(), Window::Latest), me());
    assert!(state.resume(Seq(80)));
    state.replace(page(&log, 80, me(), Window::Latest));
    assert_eq!(state.missed(), Some(Missed::MoreThan(PAGE as usize)));
}
