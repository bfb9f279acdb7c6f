//! Decides what the connection does next. Nothing in here touches the browser or reads a clock: what happened, the time and a
//! random number come in, one thing to do comes out.

use protocol::{Advice, CloseCode, limits};

use super::status::Status;
use crate::state::backoff;

const PING_MS: f64 = limits::PING_SECONDS as f64 * 1_000.0;
const PONG_MS: f64 = limits::PONG_SECONDS as f64 * 1_000.0;
/// A message that is not answered for so long makes the page ask whether the server is there, again and again.
const ASK_MS: f64 = 3_000.0;
/// And that is to be answered soon.
const ANSWER_MS: f64 = 2_000.0;
/// A message that is not answered for so long does not get through, whatever else is heard.
const HANGING_MS: f64 = 15_000.0;
/// A handshake or a request for a token that takes longer will not come to anything.
pub(super) const PATIENCE_MS: f64 = 10_000.0;
/// Shorter breaks are nobody's business.
const BANNER_MS: f64 = 5_000.0;
/// A connection that held this long was a good one: the next tries begin with short waits again.
const STABLE_MS: f64 = 10_000.0;
/// After so many handshakes that failed one after the other, another way is tried.
const FAILED_MAX: u32 = 2;
/// A page that was hidden this long may have slept, and its connection may be dead without anybody having noticed.
const SLEPT_MS: f64 = 15_000.0;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Input {
    /// The page is there.
    Start,
    /// The answer to [`Action::GetToken`].
    Token(Token),
    /// The server's first frame.
    Hello {
        /// Whether it knows who is there.
        signed_in: bool,
        /// Whether it is of the same build as the page.
        same_build: bool,
    },
    /// Any other frame.
    Heard,
    /// The server does not take the sign-in.
    Refused,
    /// The connection is gone, with the code of the close frame, if there was one.
    Closed(Option<u16>),
    /// The browser sees a network again.
    Online,
    /// The browser sees no network.
    Offline,
    /// The page can be seen again.
    Shown {
        /// For how long it was not.
        hidden_ms: f64,
    },
    /// Time has passed.
    Tick,
}

/// How the try to get a token ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// There is one.
    Ready,
    /// The session is over.
    SignedOut,
    /// Another person has signed in since this page was loaded.
    SomebodyElse,
    /// Not now.
    Later,
}

/// What to do. `GetToken`, `Open`, `Drop` and `SignIn` end the connection that may still be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Find a token: a stored one, unless it has just been refused.
    GetToken {
        /// Not the stored one.
        fresh: bool,
    },
    /// Connect, with the token if there is one.
    Open,
    /// Connected: subscribe and send.
    Resume,
    /// Ask whether the other side is there.
    Ping,
    /// Let go of the connection.
    Drop,
    /// Go to the sign-in page.
    SignIn,
    /// Load the page anew.
    Reload,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    /// Not begun, or ended for good.
    Off,
    /// Waiting for a token, no longer than until then.
    Token(f64),
    /// Waiting for the server's first frame, no longer than until then.
    Connecting(f64),
    Open {
        since: f64,
        next_ping: f64,
        pong_due: Option<f64>,
        /// When it was last asked whether the server is there.
        asked: f64,
    },
    /// Waiting for the next try.
    Paused(f64),
}

/// The state of the connection.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    signed_in: bool,
    phase: Phase,
    /// Tries since the last good connection.
    attempt: u32,
    /// Handshakes that failed since the last one that did not.
    failed: u32,
    /// Whether a token was refused since the server last knew who is there.
    refused: bool,
    lost_since: Option<f64>,
    outdated: bool,
    /// Since when a message waits to be answered.
    unanswered: Option<f64>,
}

impl Connection {
    /// For a page of a guest, or of somebody who is signed in.
    pub(crate) fn new(signed_in: bool) -> Self {
        Self {
            signed_in,
            phase: Phase::Off,
            attempt: 0,
            failed: 0,
            refused: false,
            lost_since: None,
            outdated: false,
            unanswered: None,
        }
    }

    /// Takes in what happened.
    pub(crate) fn step(&mut self, input: Input, now: f64, random: f64) -> Option<Action> {
        match (input, self.phase) {
            (Input::Start, Phase::Off) => {
                self.lost_since = Some(now);
                Some(self.begin(now))
            }
            (_, Phase::Off) => None,
            (Input::Token(token), Phase::Token(_)) => self.token(token, now, random),
            (Input::Hello { signed_in, same_build }, Phase::Connecting(_)) => {
                self.phase = Phase::Open { since: now, next_ping: now + PING_MS, pong_due: None, asked: now };
                self.lost_since = None;
                self.failed = 0;
                self.outdated |= !same_build;
                self.refused &= !signed_in;
                Some(Action::Resume)
            }
            (Input::Heard, Phase::Open { since, next_ping, asked, .. }) => {
                self.phase = Phase::Open { since, next_ping, pong_due: None, asked };
                None
            }
            (Input::Refused, Phase::Connecting(_) | Phase::Open { .. }) => self.refused(now),
            (Input::Closed(code), Phase::Connecting(_) | Phase::Open { .. }) => self.closed(code, now, random),
            // The waits that have grown without a network are not for this one.
            (Input::Online, Phase::Paused(_)) => {
                self.attempt = 0;
                Some(self.begin(now))
            }
            (Input::Online, Phase::Token(_) | Phase::Connecting(_)) => {
                self.attempt = 0;
                None
            }
            (Input::Shown { .. }, Phase::Paused(_)) => Some(self.begin(now)),
            (Input::Online, Phase::Open { .. }) => self.probe(now, PONG_MS),
            (Input::Shown { hidden_ms }, Phase::Open { .. }) if hidden_ms >= SLEPT_MS => self.probe(now, PONG_MS),
            (Input::Offline, Phase::Token(_) | Phase::Connecting(_) | Phase::Open { .. }) => Some(self.pause(now, random)),
            (Input::Tick, _) => self.tick(now, random),
            _ => None,
        }
    }

    /// When [`Input::Tick`] is due, if nothing happens before.
    pub(crate) fn deadline(&self, now: f64) -> Option<f64> {
        let phase = match self.phase {
            Phase::Off => None,
            Phase::Token(until) | Phase::Connecting(until) | Phase::Paused(until) => Some(until),
            Phase::Open { next_ping, pong_due, .. } => Some(pong_due.unwrap_or(next_ping)),
        };
        let banner = self.lost_since.map(|since| since + BANNER_MS).filter(|&at| at > now);
        [phase, banner, self.next_look()].into_iter().flatten().reduce(f64::min)
    }

    /// A message has been waiting for its answer since then, or none has.
    pub(crate) fn expect(&mut self, unanswered: Option<f64>) {
        self.unanswered = unanswered;
    }

    /// When something has to be done about a message that is not answered.
    fn next_look(&self) -> Option<f64> {
        let (Phase::Open { asked, .. }, Some(since)) = (self.phase, self.unanswered) else { return None };
        Some((since.max(asked) + ASK_MS).min(since + HANGING_MS))
    }

    /// What the reader should know.
    pub(crate) fn status(&self, now: f64) -> Status {
        match self.lost_since {
            Some(since) if now - since >= BANNER_MS => Status::Lost,
            _ if self.outdated => Status::Outdated,
            _ => Status::Quiet,
        }
    }

    /// Whether it looks as if something on the way lets no socket through.
    pub(crate) fn is_blocked(&self) -> bool {
        self.failed >= FAILED_MAX
    }

    /// Whether frames can go out.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Open { .. })
    }

    fn begin(&mut self, now: f64) -> Action {
        if self.signed_in {
            self.phase = Phase::Token(now + PATIENCE_MS);
            // One that was refused is not tried again, whatever came in between.
            Action::GetToken { fresh: self.refused }
        } else {
            self.phase = Phase::Connecting(now + PATIENCE_MS);
            Action::Open
        }
    }

    fn token(&mut self, token: Token, now: f64, random: f64) -> Option<Action> {
        Some(match token {
            Token::Ready => {
                self.phase = Phase::Connecting(now + PATIENCE_MS);
                Action::Open
            }
            Token::SignedOut => self.end(Action::SignIn),
            Token::SomebodyElse => self.end(Action::Reload),
            Token::Later => self.pause(now, random),
        })
    }

    /// The token may only be stale (the server's key was changed): a fresh one decides whether the session is over.
    fn refused(&mut self, now: f64) -> Option<Action> {
        if !self.signed_in {
            // A guest asked for something that is not public, which the page does not do by itself.
            return Some(self.stop());
        }
        if self.refused {
            return Some(self.end(Action::SignIn));
        }
        self.refused = true;
        self.lost_since = self.lost_since.or(Some(now));
        self.phase = Phase::Token(now + PATIENCE_MS);
        Some(Action::GetToken { fresh: true })
    }

    fn closed(&mut self, code: Option<u16>, now: f64, random: f64) -> Option<Action> {
        let advice = code.and_then(CloseCode::from_number).map_or(Advice::ComeBackLater, CloseCode::advice);
        self.count_failed();
        let held = matches!(self.phase, Phase::Open { since, .. } if now - since >= STABLE_MS);
        match advice {
            Advice::SignIn => self.refused(now),
            Advice::StayAway => {
                // A reload brings the page that this server understands.
                self.outdated = true;
                Some(self.stop())
            }
            Advice::ComeBack if held => {
                self.attempt = 0;
                self.lost_since = Some(now);
                Some(self.begin(now))
            }
            Advice::ComeBack | Advice::ComeBackLater => Some(self.pause(now, random)),
        }
    }

    /// Asks at once, instead of at the next ping, unless it has asked already.
    fn probe(&mut self, now: f64, patience: f64) -> Option<Action> {
        let Phase::Open { since, next_ping, pong_due, .. } = self.phase else { return None };
        let due = pong_due.unwrap_or(f64::INFINITY).min(now + patience);
        let next_ping = if pong_due.is_none() { now + PING_MS } else { next_ping };
        self.phase = Phase::Open { since, next_ping, pong_due: Some(due), asked: now };
        pong_due.is_none().then_some(Action::Ping)
    }

    fn tick(&mut self, now: f64, random: f64) -> Option<Action> {
        match self.phase {
            Phase::Paused(until) if until <= now => Some(self.begin(now)),
            Phase::Token(until) | Phase::Connecting(until) if until <= now => {
                self.count_failed();
                Some(self.pause(now, random))
            }
            Phase::Open { pong_due: Some(due), .. } if due <= now => Some(self.pause(now, random)),
            Phase::Open { .. } if self.unanswered.is_some_and(|since| since + HANGING_MS <= now) => Some(self.pause(now, random)),
            Phase::Open { .. } if self.next_look().is_some_and(|at| at <= now) => self.probe(now, ANSWER_MS),
            Phase::Open { next_ping, pong_due: None, .. } if next_ping <= now => self.probe(now, PONG_MS),
            _ => None,
        }
    }

    fn count_failed(&mut self) {
        if matches!(self.phase, Phase::Connecting(_)) {
            self.failed = self.failed.saturating_add(1);
        }
    }

    fn pause(&mut self, now: f64, random: f64) -> Action {
        if matches!(self.phase, Phase::Open { since, .. } if now - since >= STABLE_MS) {
            self.attempt = 0;
        }
        self.unanswered = None;
        self.lost_since = self.lost_since.or(Some(now));
        self.phase = Phase::Paused(now + backoff::delay_ms(self.attempt, random));
        self.attempt = self.attempt.saturating_add(1);
        Action::Drop
    }

    fn stop(&mut self) -> Action {
        self.end(Action::Drop)
    }

    fn end(&mut self, action: Action) -> Action {
        self.phase = Phase::Off;
        self.lost_since = None;
        action
    }
}

#[cfg(test)]
mod tests;
