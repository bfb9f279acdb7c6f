#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    io::{self, IoSlice},
    sync::Arc,
    time::Duration,
};

use hub::Outlet;
use parking_lot::Mutex;
use protocol::{AlertKind, ServerFrame, UserId, limits};
use tempfile::TempDir;
use tokio::{sync::Notify, time::timeout};

use super::{Which, dismiss, list, mark_read};
use crate::{
    Chat, Limits, Options, Result, SigningKey,
    account_log::NewAlert,
    accounts::{Registration, register},
    sessions::{SignedIn, grant},
    subscriptions::Connection,
    writer::{Transaction, Work},
};

/// Says something to somebody, as another use case does with what it is about.
struct Say {
    to: UserId,
    text: String,
    fails: bool,
}

impl Work for Say {
    type Answer = ();

    async fn run(&self, transaction: &mut Transaction) -> Result<()> {
        let (kind, text) = (AlertKind::Announcement, self.text.clone());
        transaction.alert(self.to, NewAlert { kind, text, author: Some(self.to), room: None }).await?;
        if self.fails { Err(protocol::ErrorCode::NotAllowed.into()) } else { Ok(()) }
    }
}

/// What a socket was given, one frame a write.
#[derive(Clone, Default)]
struct Heard(Arc<(Mutex<Vec<ServerFrame>>, Notify)>);

impl Outlet for Heard {
    fn try_write(&self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        let frame = &pieces[0];
        let start = match frame[1] {
            126 => 4,
            127 => 10,
            _ => 2,
        };
        if let Ok(frame) = serde_json::from_slice(&frame[start..]) {
            self.0.0.lock().push(frame);
            self.0.1.notify_one();
        }
        Ok(pieces[0].len())
    }
}

impl Heard {
    fn first(&self) -> Option<ServerFrame> {
        let mut frames = self.0.0.lock();
        (!frames.is_empty()).then(|| frames.remove(0))
    }

    async fn next(&self) -> ServerFrame {
        let next = async {
            loop {
                let heard = self.0.1.notified();
                let first = self.first();
                if let Some(frame) = first {
                    return frame;
                }
                heard.await;
            }
        };
        timeout(Duration::from_secs(20), next).await.expect("nothing was delivered")
    }
}

async fn open(folder: &TempDir, url: &str, redis_url: Option<String>) -> Chat {
    let signing_key = SigningKey::load_or_create(&folder.path().join("signing.key")).unwrap();
    let limits = Limits::default();
    Chat::open(Options { database_url: url.to_owned(), redis_url, signing_key, limits }).await.unwrap()
}

async fn person(chat: &Chat, username: &str) -> SignedIn {
    let new = Registration { username, display_name: "", password: "moss and ember" };
    register(chat, new, std::net::IpAddr::from([127, 0, 0, 1])).await.unwrap()
}

async fn socket(chat: &Chat, ada: &SignedIn) -> (Connection, Heard) {
    let (heard, token) = (Heard::default(), grant(chat, &ada.session).unwrap().access_token);
    let mailbox = chat.mailbox(heard.clone());
    let connection = Connection::open(chat.clone(), Some(&token), mailbox.clone()).await.unwrap();
    connection.greet("1").await.unwrap();
    mailbox.flush();
    (connection, heard)
}

async fn say(chat: &Chat, to: &SignedIn, text: &str) {
    chat.writer().run(Say { to: to.session.user.id, text: text.to_owned(), fails: false }).await.unwrap();
}

fn hello(frame: ServerFrame) -> (i64, u64) {
    match frame {
        ServerFrame::Hello { rev: Some(rev), unread: Some(unread), .. } => (rev, unread),
        other => panic!("no hello: {other:?}"),
    }
}

fn told(frame: ServerFrame) -> (i64, u64, String) {
    match frame {
        ServerFrame::Alert { rev, unread, alert } if alert.rev == rev => (rev, unread, alert.text),
        ServerFrame::AlertsChanged { rev, unread } => (rev, unread, String::new()),
        other => panic!("nothing of the account's: {other:?}"),
    }
}

#[tokio::test]
async fn an_alert_reaches_all_devices_of_its_person_and_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let chat = open(&folder, &testkit::database_url(folder.path()).await, None).await;
    let (ada, bob) = (person(&chat, "ada").await, person(&chat, "bob").await);
    say(&chat, &ada, "before").await;
    let (_one, here) = socket(&chat, &ada).await;
    let (_two, there) = socket(&chat, &ada).await;
    let (_three, bobs) = socket(&chat, &bob).await;
    assert_eq!((hello(here.next().await), hello(there.next().await), hello(bobs.next().await)), ((1, 1), (1, 1), (0, 0)));

    say(&chat, &ada, &"é".repeat(limits::ALERT_MAX + 1)).await;
    for heard in [&here, &there] {
        assert_eq!(told(heard.next().await), (2, 2, "é".repeat(limits::ALERT_MAX)));
    }
    // What is not committed is told to nobody.
    let failed = Say { to: ada.session.user.id, text: "not so".to_owned(), fails: true };
    assert!(chat.writer().run(failed).await.is_err());

    let listed = list(&chat, &ada.session, None).await.unwrap();
    assert_eq!((listed.rev, listed.unread, listed.reset, listed.alerts.len()), (2, 2, true, 2));
    let last = listed.alerts[0].id;
    mark_read(&chat, &bob.session, Which::One(last)).await.unwrap();
    mark_read(&chat, &ada.session, Which::One(last)).await.unwrap();
    mark_read(&chat, &ada.session, Which::One(last)).await.unwrap();
    dismiss(&chat, &ada.session, Which::All).await.unwrap();
    for heard in [&here, &there] {
        assert_eq!(told(heard.next().await), (3, 1, String::new()));
        assert_eq!(told(heard.next().await), (4, 0, String::new()));
    }
    assert!(list(&chat, &ada.session, None).await.unwrap().alerts.is_empty());
    assert!(bobs.0.0.lock().is_empty());
}

#[tokio::test]
async fn a_device_that_was_away_is_given_what_changed_after_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let chat = open(&folder, &testkit::database_url(folder.path()).await, None).await;
    let ada = person(&chat, "ada").await;
    for text in ["one", "two", "three"] {
        say(&chat, &ada, text).await;
    }
    let all = list(&chat, &ada.session, None).await.unwrap();
    let texts: Vec<_> = all.alerts.iter().map(|alert| alert.text.as_str()).collect();
    assert_eq!((all.rev, texts), (3, vec!["three", "two", "one"]));
    mark_read(&chat, &ada.session, Which::One(all.alerts[1].id)).await.unwrap();
    dismiss(&chat, &ada.session, Which::One(all.alerts[2].id)).await.unwrap();
    say(&chat, &ada, "four").await;

    let since = list(&chat, &ada.session, Some(3)).await.unwrap();
    let seen: Vec<_> = since.alerts.iter().map(|alert| (alert.text.as_str(), alert.read, alert.dismissed)).collect();
    assert_eq!((since.rev, since.unread, since.reset), (6, 2, false));
    assert_eq!(seen, [("four", false, false), ("two", true, false), ("", false, true)]);
    assert!(list(&chat, &ada.session, Some(6)).await.unwrap().alerts.is_empty());
    // A place that this database has never had.
    assert!(list(&chat, &ada.session, Some(7)).await.unwrap().reset);
}

#[tokio::test]
async fn the_newest_are_kept_and_those_that_were_dismissed_go_first() {
    let folder = tempfile::tempdir().unwrap();
    let chat = open(&folder, &testkit::database_url(folder.path()).await, None).await;
    let ada = person(&chat, "ada").await;
    let max = usize::try_from(limits::ALERTS_KEPT).unwrap();
    for n in 0..max {
        say(&chat, &ada, &n.to_string()).await;
    }
    let all = list(&chat, &ada.session, None).await.unwrap();
    dismiss(&chat, &ada.session, Which::One(all.alerts[0].id)).await.unwrap();
    say(&chat, &ada, "next").await;
    let all = list(&chat, &ada.session, Some(1)).await.unwrap();
    assert!(all.reset && all.alerts.len() == max);
    assert_eq!((all.alerts[0].text.as_str(), all.alerts[max - 1].text.as_str()), ("next", "0"));
    say(&chat, &ada, "last").await;
    let all = list(&chat, &ada.session, None).await.unwrap();
    assert_eq!((all.alerts.len(), all.alerts[max - 1].text.as_str()), (max, "1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_node_is_told_by_the_broker_and_looks_by_itself_when_there_is_none() {
    let redis = testkit::Redis::start().await;
    for (url, exact) in [(redis.url(), true), ("redis://127.0.0.1:1".to_owned(), false)] {
        let folder = tempfile::tempdir().unwrap();
        let database = testkit::Postgres::shared().await.database().await;
        let chat = open(&folder, &database, Some(url.clone())).await;
        let other = open(&folder, &database, Some(url)).await;
        let ada = person(&chat, "ada").await;
        let (_socket, heard) = socket(&other, &ada).await;
        assert_eq!(hello(heard.next().await), (0, 0));
        for count in 1_i64.. {
            say(&chat, &ada, "hello there").await;
            let (rev, unread, text) = told(heard.next().await);
            assert_eq!((rev, unread), (count, count.unsigned_abs()));
            // Until the broker knows of it, it finds by looking what there is, as where there is no broker.
            if text.is_empty() != exact {
                break;
            }
            assert!(count < 10, "it is never told in this way");
        }
    }
}
