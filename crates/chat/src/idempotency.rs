//! `Idempotency-Key` (use case): whoever did not get the answer sends the same request again with the same key, and gets what was answered the
//! first time. What was done is done once.
//!
//! Answers are kept for a day, for the account that asked. The key is taken before the request is done, so that of two at the same time one is.

use std::time::Duration;

use protocol::{ErrorCode, UserId};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, UpdateMany};
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::{
    Chat, Result,
    credentials::fingerprint,
    db::{
        Sql, Transaction,
        entity::idempotency_key::{ActiveModel, Column, Entity, Model},
        now,
    },
};

/// How long an answer is kept, in milliseconds.
const KEPT_MS: i64 = 24 * 60 * 60 * 1000;
/// A request takes no longer than this, in milliseconds: what has no answer then was not finished, because the server was stopped.
const DONE_MS: i64 = 60 * 1000;
/// Keys of an account that are kept at once.
const KEYS_MAX: u64 = 5_000;
/// Longest body that is kept.
const BODY_MAX_BYTES: usize = 16 * 1024;
/// How often it is looked which are older than a day.
const PERIOD: Duration = Duration::from_secs(10 * 60);

/// What a program calls a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// Visible ASCII, 1 to 255 characters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_key = (1..=255).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_graphic());
        is_key.then(|| Self(text.to_owned()))
    }
}

/// An answer, as far as it is given again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status of HTTP.
    pub status: u16,
    /// The headers that belong to it, one in a line.
    pub headers: String,
    /// The body.
    pub body: String,
}

/// Where a request stands whose key was looked up.
#[derive(Debug)]
pub enum Begun {
    /// It is to be done now.
    New(Claim),
    /// It was done and answered.
    Answered(Answer),
    /// It was done, and its answer was not to be kept.
    Done,
    /// It is being done.
    Going,
}

/// The right to do a request.
#[derive(Debug)]
pub struct Claim {
    user: UserId,
    key: Key,
    at: i64,
}

/// Looks up a key, and takes it where it is free.
///
/// # Errors
/// `conflict` when the key was used for another request, `limit_reached`, `unavailable`.
pub async fn begin(chat: &Chat, user: UserId, key: Key, request: &[u8]) -> Result<Begun> {
    let (request, at) = (fingerprint(request), now());
    let transaction = chat.db().begin().await?;
    let known = Entity::find_by_id((user.0, key.0.clone())).one(&transaction).await?;
    let is_free = match known {
        None => true,
        // Older than it is kept, or left by a server that was stopped meanwhile.
        Some(known) if at - known.begun_at >= if known.status.is_some() { KEPT_MS } else { DONE_MS } => {
            let old = Entity::delete_by_id((user.0, key.0.clone())).filter(Column::BegunAt.eq(known.begun_at));
            old.exec(&transaction).await?.rows_affected == 1
        }
        Some(known) if known.request != request => {
            let detail = "This Idempotency-Key belongs to another request of the last day.".to_owned();
            return Err(protocol::Error::from(ErrorCode::Conflict).with_detail(detail).into());
        }
        Some(known) => return Ok(known.into()),
    };
    if !is_free || !take(&transaction, user, &key, &request, at).await? {
        return Ok(Begun::Going);
    }
    transaction.commit().await?;
    Ok(Begun::New(Claim { user, key, at }))
}

/// Takes a key. `false` when somebody else was first.
async fn take(transaction: &Transaction, user: UserId, key: &Key, request: &str, at: i64) -> Result<bool> {
    if Entity::find().filter(Column::UserId.eq(user.0)).count(transaction).await? >= KEYS_MAX {
        return Err(ErrorCode::LimitReached.into());
    }
    let row = [user.0.into(), key.0.as_str().into(), request.into(), at.into()];
    let insert =
        Sql::new(transaction.get_database_backend(), "INSERT INTO idempotency_keys (user_id, key, request, begun_at) VALUES ");
    let insert = insert.rows([row]).text(" ON CONFLICT (user_id, key) DO NOTHING").done();
    Ok(transaction.execute_raw(insert).await?.rows_affected() == 1)
}

impl From<Model> for Begun {
    fn from(known: Model) -> Self {
        let status = known.status.and_then(|status| u16::try_from(status).ok());
        match (status, known.body) {
            (None, _) => Self::Going,
            (Some(_), None) => Self::Done,
            (Some(status), Some(body)) => Self::Answered(Answer { status, headers: known.headers.unwrap_or_default(), body }),
        }
    }
}

impl Claim {
    /// Keeps what was answered.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn answered(&self, chat: &Chat, answer: Answer) -> Result<()> {
        let Answer { status, headers, body } = answer;
        let (headers, body) = if body.len() <= BODY_MAX_BYTES { (Some(headers), Some(body)) } else { (None, None) };
        self.keep(
            chat,
            ActiveModel { status: Set(Some(status.into())), headers: Set(headers), body: Set(body), ..Default::default() },
        )
        .await
    }

    /// Keeps that it was done, and nothing of the answer: it is shown once.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn done(&self, chat: &Chat, status: u16) -> Result<()> {
        self.keep(chat, ActiveModel { status: Set(Some(status.into())), ..Default::default() }).await
    }

    async fn keep(&self, chat: &Chat, row: ActiveModel) -> Result<()> {
        let transaction = chat.db().begin().await?;
        let update: UpdateMany<Entity> = Entity::update_many().set(row);
        let own = update.filter(Column::UserId.eq(self.user.0)).filter(Column::Key.eq(self.key.0.as_str()));
        own.filter(Column::BegunAt.eq(self.at)).exec(&transaction).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Gives the key back: nothing was done.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn release(self, chat: &Chat) -> Result<()> {
        let transaction = chat.db().begin().await?;
        Entity::delete_by_id((self.user.0, self.key.0)).filter(Column::BegunAt.eq(self.at)).exec(&transaction).await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// Forgets answers that are older than a day, as long as there is the chat.
pub(crate) fn keep_for_a_day(chat: &Chat) {
    let weak = chat.weak();
    chat.spawn(async move {
        let mut ticks = interval_at(Instant::now() + PERIOD, PERIOD);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let Some(chat) = weak.get() else { break };
            if let Err(error) = expire(&chat, now()).await {
                tracing::warn!(%error, "answers that are older than a day are not all gone yet");
            }
        }
    });
}

/// Forgets answers that are older than a day at this time (unix milliseconds).
///
/// # Errors
/// `unavailable`.
pub async fn expire(chat: &Chat, at: i64) -> Result<()> {
    let transaction = chat.db().begin().await?;
    Entity::delete_many().filter(Column::BegunAt.lte(at - KEPT_MS)).exec(&transaction).await?;
    transaction.commit().await?;
    Ok(())
}
