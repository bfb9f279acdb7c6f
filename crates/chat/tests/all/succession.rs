//! The succession of refresh tokens under random steps: what may be exchanged, what ends the session, and that no browser that only has bad
//! luck is ever signed out.

use std::collections::HashSet;

use chat::{
    Chat, Limits,
    sessions::{by_refresh_token, renew},
};
use futures::future::join;
use proptest::{
    prelude::*,
    sample::Index,
    test_runner::{Config, TestRunner},
};
use protocol::ErrorCode;
use tokio::runtime::Runtime;

use crate::scene::{HOME, Person, Scene, code, limits, seen};

/// Successors of one token that are kept when they were given at once, without the last one.
const KEPT: usize = 7;

/// What somebody does with one of the tokens that were ever given.
#[derive(Clone, Debug)]
enum Step {
    Exchange(Index),
    /// Exchanges one of the newest two: longer lines.
    GoOn(bool),
    View(Index),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        2 => any::<Index>().prop_map(Step::Exchange),
        6 => any::<bool>().prop_map(Step::GoOn),
        1 => any::<Index>().prop_map(Step::View),
    ];
    prop::collection::vec(step, 1..20)
}

/// What the rules say, by who came from whom.
struct Line {
    /// Every token and the one that it follows.
    given: Vec<(String, Option<usize>)>,
    /// The one that was exchanged last.
    last: Option<usize>,
    gave_way: HashSet<usize>,
    ended: bool,
    /// Whether all successors of a token count as given at once.
    at_once: bool,
}

impl Line {
    fn is_good(&self, token: usize) -> bool {
        let follows = self.given[token].1 == self.last && !self.gave_way.contains(&token);
        !self.ended && (self.last == Some(token) || follows)
    }

    fn unused(&self) -> Vec<usize> {
        (0..self.given.len()).filter(|&token| self.last != Some(token) && self.is_good(token)).collect()
    }

    async fn exchange(&mut self, chat: &Chat, token: usize) {
        let again = self.last == Some(token);
        if again && self.at_once && self.unused().len() >= KEPT {
            return;
        }
        let is_good = self.is_good(token);
        match renew(chat, &self.given[token].0, HOME).await {
            Ok(renewed) => {
                assert!(is_good, "a spent token was taken");
                if again && !self.at_once {
                    self.gave_way.extend(self.unused());
                }
                self.last = Some(token);
                self.given.push((renewed.refresh_token.as_str().to_owned(), Some(token)));
            }
            refused => {
                assert!(!is_good, "a good token was refused");
                assert_eq!(code(refused), ErrorCode::NotAuthenticated);
                self.ended = true;
            }
        }
    }

    async fn view(&mut self, chat: &Chat, token: usize) {
        let is_good = self.is_good(token);
        assert_eq!(by_refresh_token(chat, &self.given[token].0).await.unwrap().is_some(), is_good);
        self.ended |= !is_good;
    }

    async fn play(&mut self, chat: &Chat, steps: &[Step]) {
        for step in steps {
            let count = self.given.len();
            match step {
                Step::Exchange(index) => self.exchange(chat, index.index(count)).await,
                Step::GoOn(newest) => self.exchange(chat, count.saturating_sub(if *newest { 1 } else { 2 })).await,
                Step::View(index) => self.view(chat, index.index(count)).await,
            }
        }
        // One line at the end, too: whichever of what is still good goes on, the others are spent.
        if let Some(&next) = self.unused().first() {
            let others = self.unused();
            self.exchange(chat, next).await;
            assert!(others.iter().all(|&other| other == next || !self.is_good(other)));
        }
    }
}

fn cases(cases: u32) -> TestRunner {
    TestRunner::new(Config { cases, max_shrink_iters: 64, failure_persistence: None, ..Config::default() })
}

async fn newcomer(scene: &Scene, number: &mut u32) -> Person {
    *number += 1;
    scene.person(&format!("ada{number}")).await
}

#[test]
fn whoever_shows_whichever_token_there_is_one_line_or_none() {
    let runtime = Runtime::new().unwrap();
    for (grace, at_once) in [(-1, false), (i64::MAX / 2, true)] {
        let scene = runtime.block_on(Scene::with(Limits { refresh_grace_ms: grace, ..limits() }));
        let number = std::cell::Cell::new(0);
        let played = cases(40).run(&steps(), |steps| {
            runtime.block_on(async {
                let mut count = number.get();
                let ada = newcomer(&scene, &mut count).await;
                number.set(count);
                let given = vec![(ada.refresh_token, None)];
                let mut line = Line { given, last: None, gave_way: HashSet::new(), ended: false, at_once };
                line.play(&scene.chat, &steps).await;
            });
            Ok(())
        });
        played.unwrap_or_else(|failure| panic!("{failure}"));
    }
}

/// What happens to a browser when it renews.
#[derive(Clone, Copy, Debug)]
enum Luck {
    /// The answer arrives.
    Good,
    /// It does not.
    Lost,
    /// Two tabs ask at once, and this answer is the last to arrive.
    FirstOfTwo,
    SecondOfTwo,
    /// Two tabs ask at once, and neither answer arrives.
    BothLost,
}

#[test]
fn a_browser_that_loses_answers_stays_signed_in() {
    let luck = prop_oneof![
        3 => Just(Luck::Good),
        3 => Just(Luck::Lost),
        1 => Just(Luck::FirstOfTwo),
        1 => Just(Luck::SecondOfTwo),
        1 => Just(Luck::BothLost),
    ];
    let runtime = Runtime::new().unwrap();
    let scene = runtime.block_on(Scene::open());
    let number = std::cell::Cell::new(0);
    let played = cases(40).run(&prop::collection::vec(luck, 1..20), |lucks| {
        runtime.block_on(async {
            let mut count = number.get();
            let ada = newcomer(&scene, &mut count).await;
            number.set(count);
            let mut cookie = ada.refresh_token;
            for luck in lucks {
                let ask = async || renew(&scene.chat, &cookie, HOME).await.unwrap().refresh_token.as_str().to_owned();
                cookie = match luck {
                    Luck::Good => ask().await,
                    Luck::Lost => {
                        ask().await;
                        cookie
                    }
                    Luck::FirstOfTwo => join(ask(), ask()).await.0,
                    Luck::SecondOfTwo => join(ask(), ask()).await.1,
                    Luck::BothLost => {
                        join(ask(), ask()).await;
                        cookie
                    }
                };
                assert_eq!(by_refresh_token(&scene.chat, &cookie).await.unwrap(), seen(&ada.session));
            }
        });
        Ok(())
    });
    played.unwrap_or_else(|failure| panic!("{failure}"));
}
