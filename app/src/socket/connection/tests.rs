use proptest::prelude::*;

use super::*;

const HELLO: Input = Input::Hello { signed_in: true, same_build: true };

/// A connection, and what time it is.
struct Script {
    connection: Connection,
    now: f64,
}

impl Script {
    fn new(signed_in: bool) -> Self {
        Self { connection: Connection::new(signed_in), now: 1_000.0 }
    }

    /// Signed in and connected.
    fn connected() -> Self {
        let mut script = Self::new(true);
        assert_eq!(script.take(Input::Start), Some(Action::GetToken { fresh: false }));
        assert_eq!(script.take(Input::Token(Token::Ready)), Some(Action::Open));
        assert_eq!(script.take(HELLO), Some(Action::Resume));
        script
    }

    fn take(&mut self, input: Input) -> Option<Action> {
        self.connection.step(input, self.now, 0.5)
    }

    /// Lets time pass up to the next deadline.
    fn wait(&mut self) -> Option<Action> {
        match self.connection.deadline(self.now) {
            Some(deadline) => self.now = deadline,
            None => return None,
        }
        self.take(Input::Tick)
    }

    fn status(&self) -> Status {
        self.connection.status(self.now)
    }
}

#[test]
fn a_guest_connects_without_a_token() {
    let mut script = Script::new(false);
    assert_eq!(script.take(Input::Start), Some(Action::Open));
    assert_eq!(script.take(Input::Hello { signed_in: false, same_build: true }), Some(Action::Resume));
}

#[test]
fn two_handshakes_that_fail_are_a_sign_that_none_gets_through() {
    let mut script = Script::new(false);
    script.take(Input::Start);
    assert_eq!(script.take(Input::Closed(None)), Some(Action::Drop));
    assert!(!script.connection.is_blocked());
    // The second one hangs.
    assert_eq!(script.wait(), Some(Action::Open));
    while !script.connection.is_blocked() {
        script.wait();
    }
    while script.wait() != Some(Action::Open) {}
    script.take(Input::Hello { signed_in: false, same_build: true });
    assert!(!script.connection.is_blocked());
    // One that was open and broke says nothing of the kind.
    for _ in 0..3 {
        script.take(Input::Closed(Some(1006)));
        while script.wait() != Some(Action::Open) {}
        script.take(Input::Hello { signed_in: false, same_build: true });
    }
    script.take(Input::Closed(Some(1006)));
    assert!(!script.connection.is_blocked());
}

#[test]
fn a_silent_connection_is_pinged_and_then_dropped() {
    let mut script = Script::connected();
    assert_eq!(script.wait(), Some(Action::Ping));
    assert_eq!(script.now, 26_000.0);
    assert_eq!(script.take(Input::Heard), None);
    assert_eq!(script.wait(), Some(Action::Ping));
    assert_eq!(script.now, 51_000.0, "a page that hears much still pings: the server wants to hear from it");
    assert_eq!(script.wait(), Some(Action::Drop));
    assert_eq!(script.now, 61_000.0);
    assert_eq!(script.wait(), Some(Action::GetToken { fresh: false }));
}

#[test]
fn a_message_that_hangs_looks_for_a_new_connection_after_five_seconds() {
    let mut script = Script::connected();
    script.now += STABLE_MS;
    let sent = script.now;
    script.connection.expect(Some(sent));
    assert_eq!((script.wait(), script.now), (Some(Action::Ping), sent + 3_000.0));
    assert_eq!((script.wait(), script.now), (Some(Action::Drop), sent + 5_000.0));
    assert_eq!(script.wait(), Some(Action::GetToken { fresh: false }));
    assert!(script.now - sent <= 5_500.0, "the first try comes at once");
}

#[test]
fn a_server_that_takes_its_time_keeps_its_connection_for_a_while() {
    let mut script = Script::connected();
    let sent = script.now;
    script.connection.expect(Some(sent));
    for asked in [3_000.0, 6_000.0, 9_000.0, 12_000.0] {
        assert_eq!((script.wait(), script.now), (Some(Action::Ping), sent + asked));
        script.now += 1.0;
        script.take(Input::Heard);
    }
    assert_eq!(
        (script.wait(), script.now),
        (Some(Action::Drop), sent + HANGING_MS),
        "something is heard, but nothing gets through"
    );
    assert!(!script.connection.is_open());

    let mut script = Script::connected();
    script.connection.expect(Some(script.now));
    script.wait();
    script.take(Input::Heard);
    script.connection.expect(None);
    let asked = script.now;
    assert_eq!((script.wait(), script.now), (Some(Action::Ping), asked + PING_MS), "it was answered");
}

#[test]
fn a_ping_that_is_out_already_is_to_be_answered_sooner() {
    let mut script = Script::connected();
    script.connection.expect(Some(script.now + 24_000.0));
    assert_eq!((script.wait(), script.now), (Some(Action::Ping), 26_000.0));
    assert_eq!((script.wait(), script.now), (None, 29_000.0));
    assert_eq!((script.wait(), script.now), (Some(Action::Drop), 31_000.0));
}

#[test]
fn a_lost_connection_is_tried_again_with_growing_waits() {
    let mut script = Script::connected();
    let mut action = script.take(Input::Closed(Some(1006)));
    let mut waits = Vec::new();
    for _ in 0..8 {
        assert_eq!(action, Some(Action::Drop));
        let since = script.now;
        while script.wait().is_none() {}
        waits.push(script.now - since);
        assert_eq!(script.take(Input::Token(Token::Ready)), Some(Action::Open));
        action = script.take(Input::Closed(None));
    }
    assert_eq!(waits, [250.0, 500.0, 1_000.0, 2_000.0, 4_000.0, 8_000.0, 15_000.0, 15_000.0]);
}

#[test]
fn a_connection_that_held_makes_the_waits_short_again() {
    let mut script = Script::connected();
    for _ in 0..5 {
        script.take(Input::Closed(None));
        while script.wait().is_none() {}
        script.take(Input::Token(Token::Ready));
        script.take(HELLO);
    }
    script.now += STABLE_MS;
    script.take(Input::Closed(None));
    assert_eq!(script.connection.deadline(script.now), Some(script.now + 250.0));
}

#[test]
fn what_hangs_is_given_up() {
    let mut script = Script::new(true);
    script.take(Input::Start);
    assert_eq!((script.wait(), script.status()), (None, Status::Lost), "the banner comes first");
    assert_eq!(script.wait(), Some(Action::Drop), "no token");
    assert_eq!(script.take(Input::Token(Token::Ready)), None, "too late");
    assert_eq!(script.wait(), Some(Action::GetToken { fresh: false }));
    assert_eq!(script.take(Input::Token(Token::Ready)), Some(Action::Open));
    assert_eq!(script.wait(), Some(Action::Drop), "no hello");
}

#[test]
fn the_page_comes_back_at_once_when_it_is_shown_or_online() {
    for wake in [Input::Online, Input::Shown { hidden_ms: 1.0 }] {
        let mut script = Script::connected();
        assert_eq!(script.take(Input::Offline), Some(Action::Drop));
        assert_eq!(script.take(wake), Some(Action::GetToken { fresh: false }));
    }
}

#[test]
fn what_failed_without_a_network_is_forgotten_with_one() {
    let mut script = Script::connected();
    script.take(Input::Offline);
    for _ in 0..6 {
        while script.wait() != Some(Action::GetToken { fresh: false }) {}
        script.take(Input::Token(Token::Later));
    }
    let waits_no_longer_than_at_first = |script: &mut Script| {
        let since = script.now;
        script.take(Input::Token(Token::Later));
        while script.wait() != Some(Action::GetToken { fresh: false }) {}
        assert!(script.now - since <= 500.0, "{}", script.now - since);
    };
    let mut trying = script.connection.clone();
    assert_eq!(script.take(Input::Online), Some(Action::GetToken { fresh: false }));
    waits_no_longer_than_at_first(&mut script);
    // It may come while a try still hangs.
    assert_eq!(trying.step(Input::Tick, script.now + 60_000.0, 0.5), Some(Action::GetToken { fresh: false }));
    let mut script = Script { connection: trying, now: script.now + 60_000.0 };
    assert_eq!(script.take(Input::Online), None);
    waits_no_longer_than_at_first(&mut script);
}

#[test]
fn a_page_that_slept_asks_whether_the_server_is_there() {
    let mut script = Script::connected();
    assert_eq!(script.take(Input::Shown { hidden_ms: 5_000.0 }), None);
    assert_eq!(script.take(Input::Shown { hidden_ms: 60_000.0 }), Some(Action::Ping));
    assert_eq!(script.take(Input::Online), None, "it has asked already");
    assert_eq!(script.wait(), Some(Action::Drop));
}

#[test]
fn a_break_is_told_after_five_seconds() {
    let mut script = Script::connected();
    script.take(Input::Closed(None));
    script.now += 4_999.0;
    assert_eq!(script.status(), Status::Quiet);
    script.now += 1.0;
    assert_eq!(script.status(), Status::Lost);
    script.take(Input::Tick);
    script.take(Input::Token(Token::Ready));
    script.take(HELLO);
    assert_eq!(script.status(), Status::Quiet);
}

#[test]
fn a_refused_token_is_renewed_once_then_the_reader_has_to_sign_in() {
    let mut script = Script::connected();
    assert_eq!(script.take(Input::Closed(Some(4001))), Some(Action::GetToken { fresh: true }));
    assert_eq!(script.take(Input::Token(Token::Ready)), Some(Action::Open));
    assert_eq!(script.take(HELLO), Some(Action::Resume));

    assert_eq!(script.take(Input::Refused), Some(Action::GetToken { fresh: true }));
    script.take(Input::Token(Token::Ready));
    assert_eq!(script.take(Input::Refused), Some(Action::SignIn));
    assert_eq!(script.connection.deadline(script.now), None, "and that is all");
}

#[test]
fn a_refused_token_is_not_tried_again_after_a_pause_either() {
    let mut script = Script::connected();
    script.take(Input::Refused);
    assert_eq!(script.take(Input::Token(Token::Later)), Some(Action::Drop));
    assert_eq!(script.wait(), Some(Action::GetToken { fresh: true }));
}

#[test]
fn the_end_of_the_session_leads_to_the_sign_in() {
    let mut script = Script::connected();
    script.take(Input::Closed(Some(4001)));
    assert_eq!(script.take(Input::Token(Token::SignedOut)), Some(Action::SignIn));
}

#[test]
fn a_page_of_somebody_else_is_loaded_anew() {
    let mut script = Script::new(true);
    script.take(Input::Start);
    assert_eq!(script.take(Input::Token(Token::SomebodyElse)), Some(Action::Reload));
}

#[test]
fn a_guest_who_is_refused_stays_where_they_are() {
    let mut script = Script::new(false);
    script.take(Input::Start);
    assert_eq!(script.take(Input::Refused), Some(Action::Drop));
    assert_eq!(script.connection.deadline(script.now), None);
}

#[test]
fn close_codes_are_followed() {
    let mut script = Script::connected();
    script.now += STABLE_MS;
    assert_eq!(script.take(Input::Closed(Some(CloseCode::TooSlow.number()))), Some(Action::GetToken { fresh: false }), "at once");
    script.take(Input::Token(Token::Ready));
    script.take(HELLO);
    assert_eq!(script.take(Input::Closed(Some(CloseCode::TooSlow.number()))), Some(Action::Drop), "but not in a circle");

    let mut script = Script::connected();
    assert_eq!(script.take(Input::Closed(Some(CloseCode::Restart.number()))), Some(Action::Drop));
    assert!(script.connection.deadline(script.now).is_some());

    let mut script = Script::connected();
    assert_eq!(script.take(Input::Closed(Some(CloseCode::BadFrame.number()))), Some(Action::Drop));
    assert_eq!((script.connection.deadline(script.now), script.status()), (None, Status::Outdated));
}

#[test]
fn another_build_is_told() {
    let mut script = Script::new(false);
    script.take(Input::Start);
    script.take(Input::Hello { signed_in: false, same_build: false });
    assert_eq!(script.status(), Status::Outdated);
}

fn anything() -> impl Strategy<Value = Input> {
    prop_oneof![
        prop::sample::select(vec![Token::Ready, Token::Later]).prop_map(Input::Token),
        (any::<bool>(), any::<bool>()).prop_map(|(signed_in, same_build)| Input::Hello { signed_in, same_build }),
        Just(Input::Heard),
        prop::option::of(prop::sample::select(vec![1000, 1006, 4003, 4004, 4005, 4006])).prop_map(Input::Closed),
        Just(Input::Online),
        Just(Input::Offline),
        (0.0f64..100_000.0).prop_map(|hidden_ms| Input::Shown { hidden_ms }),
        Just(Input::Tick),
    ]
}

proptest! {
    /// Whatever happened, a server that answers again is found again, in a bounded time.
    #[test]
    fn it_never_stays_away(signed_in: bool, inputs in prop::collection::vec((anything(), 0.0f64..20_000.0), 0..60)) {
        let mut script = Script::new(signed_in);
        let mut action = script.take(Input::Start);
        for (input, pause) in inputs {
            script.now += pause;
            action = script.take(input).or(action);
        }
        let since = script.now;
        while !script.connection.is_open() {
            action = match action.take() {
                Some(Action::GetToken { .. }) => script.take(Input::Token(Token::Ready)),
                Some(Action::Open) => script.take(HELLO),
                _ => script.wait(),
            };
            prop_assert!(script.now - since <= 40_000.0);
        }
        prop_assert!(script.status() != Status::Lost);
    }
}
