//! Many clients, and the audit at the end.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use futures::future::join_all;
use protocol::Seq;
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

use crate::{
    client::{Account, Client, Phase, Profile},
    fresh::{Fresh, list},
    journal::{Journal, Tally, assert_nothing_else},
    node::{PEOPLE, ROOMS},
    steward::keep_house,
    support::{
        PATIENCE,
        audit::{Audit, head},
        eventually,
        person::Person,
    },
};

/// What clients react with, each with another one.
const EMOJI: [&str; 16] = ["👍", "🎉", "😂", "😮", "😢", "🙏", "👀", "🚀", "🔥", "👏", "🌹", "🍀", "🐢", "🦀", "🍕", "🎈"];

/// One of so many comes by a stream of events and requests, as where no WebSocket gets through.
const BY_EVENTS: usize = 4;

/// Clients that show what they hear.
const LOOKING: usize = 32;

/// How many, and how fast.
#[derive(Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) senders: usize,
    pub(crate) readers: usize,
    /// Of all senders together.
    pub(crate) sends_per_second: u32,
    /// Sends of one of them that may wait for their acknowledgement.
    pub(crate) outbox: usize,
    /// Added to each body, in bytes.
    pub(crate) padding: usize,
}

impl Default for Plan {
    fn default() -> Self {
        Self { senders: 12, readers: 12, sends_per_second: 300, outbox: 32, padding: 0 }
    }
}

impl Plan {
    /// So few at once that no send waits as long as the server lets it, on a slow machine either: what is refused then, the fault refused.
    pub(crate) fn unhurried() -> Self {
        Self { sends_per_second: 100, outbox: 2, ..Self::default() }
    }
}

/// Clients that send and read until they are told to settle.
pub(crate) struct Crowd {
    phase: watch::Sender<Phase>,
    journals: Vec<Arc<Mutex<Journal>>>,
    accounts: Vec<Account>,
    /// What reads pages as nobody.
    guest: Arc<Person>,
    tasks: JoinSet<()>,
    /// Ends by itself when the crowd settles.
    renaming: tokio::sync::Mutex<JoinSet<()>>,
    began: Instant,
}

impl Crowd {
    pub(crate) fn empty() -> Self {
        let (phase, _) = watch::channel(Phase::Send);
        Self {
            phase,
            journals: Vec::new(),
            accounts: Vec::new(),
            guest: Arc::new(Person::at(SocketAddr::from(([127, 0, 0, 1], 0)))),
            tasks: JoinSet::new(),
            renaming: tokio::sync::Mutex::default(),
            began: Instant::now(),
        }
    }

    /// Signs in at the first of these addresses. The clients begin at one after the other, and come back to any of them.
    pub(crate) async fn gather(nodes: &[SocketAddr], plan: Plan) -> Self {
        let mut crowd = Self::empty();
        crowd.accounts = join_all(PEOPLE.map(|name| Account::sign_in(nodes[0], name))).await;
        let pace = Duration::from_secs(1) * u32::try_from(plan.senders.max(1)).unwrap() / plan.sends_per_second.max(1);
        let Plan { outbox, padding, .. } = plan;
        let profile =
            Profile { account: None, nodes: nodes.to_vec(), pace, outbox, padding, receive_buffer: None, by_events: false };
        let senders = crowd.accounts.clone().into_iter().cycle().take(plan.senders).map(Some);
        for (number, account) in senders.chain(std::iter::repeat_n(None, plan.readers)).enumerate() {
            let mut profile = Profile { account, by_events: number % BY_EVENTS == 3, ..profile.clone() };
            profile.nodes.rotate_left(number % nodes.len());
            crowd.add(profile);
        }
        let (owner, shown) = (crowd.accounts[0].browser.clone(), crowd.journals[0].clone());
        crowd.renaming.get_mut().spawn(keep_house(owner, nodes.to_vec(), shown, crowd.phase.subscribe()));
        crowd.subscribed().await;
        crowd
    }

    /// Waits until everybody is in every room.
    pub(crate) async fn subscribed(&self) {
        self.everybody("everybody is subscribed", |journal| (0..ROOMS.len()).all(|room| journal.last(room).is_some())).await;
    }

    /// Waits until everybody has seen what is stored now.
    pub(crate) async fn catch_up(&self, database_url: &str) {
        let heads = heads(database_url).await;
        let has_all = |journal: &Journal| heads.iter().enumerate().all(|(room, head)| journal.last(room) >= Some(*head));
        self.everybody(&format!("everybody has caught up with {heads:?}"), has_all).await;
    }

    /// One of the people who send.
    pub(crate) fn account(&self, number: usize) -> Option<Account> {
        self.accounts.get(number % self.accounts.len()).cloned()
    }

    /// One more client.
    pub(crate) fn add(&mut self, profile: Profile) {
        let reader = profile.account.as_ref().map(|account| account.id);
        let (emoji, is_looking) = (EMOJI[self.journals.len() % EMOJI.len()], self.journals.len() < LOOKING);
        let journal = Arc::new(Mutex::new(Journal::new(ROOMS.len(), reader, emoji, is_looking)));
        self.tasks.spawn(Client::new(profile, &self.guest, self.phase.subscribe(), journal.clone()).run());
        self.journals.push(journal);
    }

    /// What was counted until now.
    pub(crate) fn tally(&self) -> Tally {
        let tallies: Vec<_> = self.journals.iter().map(|journal| journal.lock().unwrap().tally.clone()).collect();
        Tally::sum(&tallies)
    }

    /// The journals of those who are on this node.
    pub(crate) fn at(&self, node: SocketAddr) -> Vec<MutexGuard<'_, Journal>> {
        self.journals.iter().map(|journal| journal.lock().unwrap()).filter(|journal| journal.node == Some(node)).collect()
    }

    /// Lets the crowd go on for this time, and until so many sends were acknowledged in it.
    pub(crate) async fn work(&self, time: Duration, acks: usize) {
        let before = self.tally().acks;
        sleep(time).await;
        eventually("enough sends are acknowledged", async || (self.tally().acks >= before + acks).then_some(())).await;
    }

    /// Waits until this holds for each client; of those for whom it does not come true, says where they are.
    pub(crate) async fn everybody(&self, what: &str, holds: impl Fn(&Journal) -> bool) {
        let late = || -> Vec<_> {
            let journals = self.journals.iter().map(|journal| journal.lock().unwrap());
            journals.filter(|journal| !holds(journal)).map(|journal| journal.place()).collect()
        };
        let all = async {
            while !late().is_empty() {
                sleep(Duration::from_millis(10)).await;
            }
        };
        assert!(timeout(PATIENCE, all).await.is_ok(), "waited in vain: {what}, but not {:#?}", late());
    }

    /// Lets everybody send what is left and catch up.
    pub(crate) async fn calm_down(&self, database_url: &str) {
        self.phase.send_replace(Phase::Settle);
        while let Some(ended) = self.renaming.lock().await.join_next().await {
            ended.unwrap();
        }
        self.everybody("everything is acknowledged", Journal::is_answered).await;
        self.catch_up(database_url).await;
    }

    /// Another database will take the place of the one that everybody has seen the end of, which holds this; it holds that. Everybody keeps
    /// nothing but their places. Returns how many they are.
    pub(crate) fn begin_anew(&self, before: &[Audit], now: &[Audit]) -> usize {
        for journal in &self.journals {
            let mut journal = journal.lock().unwrap();
            journal.assert_agrees(before);
            journal.begin_anew(now);
        }
        self.journals.len()
    }

    /// The rooms as they are stored, once what everybody has read is written, too: marks are gathered before that.
    pub(crate) async fn audit(&self, database_url: &str) -> Vec<Audit> {
        let marked = async || {
            let stored = audit(database_url).await;
            self.journals.iter().all(|journal| journal.lock().unwrap().is_marked(&stored)).then_some(stored)
        };
        eventually("all marks are written", marked).await
    }

    /// Lets everybody send again, after they have calmed down.
    pub(crate) fn go_on(&self) {
        self.phase.send_replace(Phase::Send);
    }

    /// Lets everybody calm down, then holds all that was seen against the database. Prints one line.
    pub(crate) async fn settle(mut self, name: &str, database_url: &str) -> Tally {
        self.calm_down(database_url).await;
        self.assert_shown().await;
        let stored = self.audit(database_url).await;
        self.phase.send_replace(Phase::End);
        while let Some(ended) = self.tasks.join_next().await {
            ended.unwrap();
        }
        let journals: Vec<_> = self.journals.iter().map(|journal| journal.lock().unwrap()).collect();
        journals.iter().for_each(|journal| journal.assert_agrees(&stored));
        if journals.iter().any(|journal| !journal.sent.is_empty()) {
            assert_nothing_else(&journals.iter().map(|journal| &**journal).collect::<Vec<_>>(), &stored);
        }
        let tally = Tally::sum(journals.iter().map(|journal| &journal.tally));
        println!("{name}: {tally}, in {:?}", self.began.elapsed());
        tally
    }
}

impl Crowd {
    /// Holds what each client shows against what a fresh one shows, which reads the rooms now.
    async fn assert_shown(&self) {
        self.everybody("everything is shown", Journal::is_shown).await;
        let node = self.journals.iter().find_map(|journal| journal.lock().unwrap().node).expect("somebody is connected");
        let mut fresh = Vec::new();
        for room in 0..ROOMS.len() {
            fresh.push(Fresh::read(node, room, &self.guest, &self.accounts).await);
        }
        self.journals.iter().for_each(|journal| journal.lock().unwrap().assert_shows(&fresh));
        for account in &self.accounts {
            // Marks are gathered before they are written.
            let knows = async || {
                let list = list(&account.browser, node).await.filter(|list| list.rooms.len() == ROOMS.len())?;
                let journals = self.journals.iter().map(|journal| journal.lock().unwrap());
                let mut devices = journals.filter(|journal| journal.reader == Some(account.id));
                devices.all(|journal| journal.screen.knows(&list)).then_some(())
            };
            eventually(&format!("all devices of {} show what is new as a list says it that is read now", account.name), knows)
                .await;
        }
    }
}

/// The last place of each room.
pub(crate) async fn heads(database_url: &str) -> Vec<Seq> {
    let mut heads = Vec::new();
    for slug in ROOMS {
        heads.push(head(database_url, slug).await);
    }
    heads
}

/// The rooms as they are stored, each without gaps (G3).
pub(crate) async fn audit(database_url: &str) -> Vec<Audit> {
    let mut rooms = Vec::new();
    for slug in ROOMS {
        let stored = Audit::of(database_url, slug).await;
        stored.assert_no_gaps();
        rooms.push(stored);
    }
    rooms
}
