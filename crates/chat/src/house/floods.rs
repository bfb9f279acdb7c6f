//! Telling those who run the house that somebody does far more than is allowed.

use std::sync::Arc;

use protocol::{AlertKind, UserId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, prelude::Uuid};
use tokio::sync::mpsc;

use crate::{
    Result,
    account_log::NewAlert,
    db::{
        entity::{alert, user},
        now,
    },
    throttle::{Flood, Offender, TOLD_FOR},
    writer::{Transaction, Work, Writer},
};

/// Tells them of each flood, for as long as it is polled. Whoever is refused does not wait for it.
pub(crate) async fn tell_of_floods(writer: Arc<Writer>, mut floods: mpsc::Receiver<Flood>) {
    while let Some(flood) = floods.recv().await {
        if let Err(error) = writer.run(Tell(flood)).await {
            tracing::warn!(%error, "admins could not be told of a flood");
        }
    }
}

struct Tell(Flood);

impl Work for Tell {
    type Answer = ();

    async fn run(&self, transaction: &mut Transaction) -> Result<()> {
        let Some((who, does)) = self.text(&**transaction).await? else { return Ok(()) };
        for admin in admins(&**transaction).await? {
            // Another node may have seen it too, or this one before a restart.
            if !was_told(&**transaction, admin, &who).await? {
                let alert = NewAlert { kind: AlertKind::Flood, text: [&*who, &does].concat(), author: None, room: None };
                transaction.alert(admin, alert).await?;
            }
        }
        Ok(())
    }
}

impl Tell {
    /// What is said: who it is, and what they do. Nothing where there is no such account.
    async fn text(&self, db: &impl ConnectionTrait) -> Result<Option<(String, String)>> {
        let Flood { by, what } = &self.0;
        let of_account = |account: user::Model| format!("@{}", account.username);
        let who = match by {
            Offender::Network(network) => Some(network.to_string()),
            Offender::Account(id) => user::Entity::find_by_id(id.0).one(db).await?.map(of_account),
            Offender::Username(name) => {
                let account = user::Entity::find().filter(user::Column::Username.eq(name.as_str())).one(db).await?;
                return Ok(account.map(|account| {
                    let who = format!("Somebody tries to sign in as {}", of_account(account));
                    (who, " again and again, and is refused.".to_owned())
                }));
            }
        };
        Ok(who.map(|who| (who, format!(" is refused again and again: too many {what}."))))
    }
}

async fn admins(db: &impl ConnectionTrait) -> Result<Vec<UserId>> {
    let select = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .filter(user::Column::Role.is_in([user::Role::Owner, user::Role::Admin]))
        .filter(user::Column::DeletedAt.is_null());
    let ids: Vec<Uuid> = select.into_tuple().all(db).await?;
    Ok(ids.into_iter().map(UserId).collect())
}

/// Whether somebody was told of them a short time ago, whatever they did then.
async fn was_told(db: &impl ConnectionTrait, admin: UserId, who: &str) -> Result<bool> {
    let since = now() - i64::try_from(TOLD_FOR.as_millis()).unwrap_or(i64::MAX);
    let select = alert::Entity::find()
        .select_only()
        .column(alert::Column::Text)
        .filter(alert::Column::UserId.eq(admin.0))
        .filter(alert::Column::Kind.eq(AlertKind::Flood.word()))
        .filter(alert::Column::At.gt(since));
    let texts: Vec<String> = select.into_tuple().all(db).await?;
    Ok(texts.iter().any(|text| text.strip_prefix(who).is_some_and(|rest| rest.starts_with(' '))))
}
