//! Working for hooks, as long as there is the chat: several at a time, each in its own order.

use std::{collections::HashSet, time::Duration};

use sea_orm::prelude::Uuid;
use tokio::{
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval},
};

use super::{
    attempt::{attempt, next},
    queue::{LetGo, Take, any, due},
    record::Record,
};
use crate::{Chat, Result};

/// How often it is looked whether something was committed here.
const TICK: Duration = Duration::from_millis(100);
/// How often the database is asked whatever was: other nodes commit too, and tries become due.
const LOOK: Duration = Duration::from_secs(1);
/// How often where there is no hook.
const LOOK_FOR_ANY: Duration = Duration::from_secs(2);
/// Hooks that are worked for at once.
const AT_ONCE: usize = 16;
/// Deliveries of one hook before it is asked again whose turn it is.
const IN_A_TURN: usize = 20;
/// Longest turn where the other side takes its time: the next hook waits for it.
const TURN_MAX: Duration = Duration::from_secs(5);

/// Delivers what is due, as long as there is the chat.
pub(crate) fn keep_delivering(chat: &Chat) {
    let weak = chat.weak();
    chat.spawn(async move {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut turns, mut running) = (JoinSet::new(), HashSet::new());
        let (mut looked, mut commits, mut is_any) = (None::<Instant>, 0, true);
        loop {
            ticks.tick().await;
            let Some(chat) = weak.get() else { break };
            while let Some(ended) = turns.try_join_next() {
                match ended {
                    Ok(hook) => _ = running.remove(&hook),
                    // Which one it was is not known; the others take their turns anew.
                    Err(_) => running.clear(),
                }
            }
            let pause = if is_any { LOOK } else { LOOK_FOR_ANY };
            let news = is_any && chat.commits() != commits;
            if !news && looked.is_some_and(|looked| looked.elapsed() < pause) {
                continue;
            }
            (looked, commits) = (Some(Instant::now()), chat.commits());
            let found = async {
                is_any = any(chat.db().read()).await?;
                if is_any { due(chat.db().read()).await } else { Ok(Vec::new()) }
            };
            let found = found.await.unwrap_or_else(|error: crate::Error| {
                tracing::debug!(%error, "could not look for what is to be delivered");
                Vec::new()
            });
            for hook in found {
                if running.len() < AT_ONCE && running.insert(hook) {
                    turns.spawn(work(chat.clone(), hook));
                }
            }
        }
    });
}

async fn work(chat: Chat, hook: Uuid) -> Uuid {
    if let Err(error) = turn(&chat, hook).await {
        tracing::debug!(%error, %hook, "an outgoing webhook waits");
    }
    hook
}

/// Delivers what is due to one hook, until a try fails.
async fn turn(chat: &Chat, hook: Uuid) -> Result<()> {
    let holder = Uuid::now_v7();
    if !chat.writer().run(Take { hook, holder }).await? {
        return Ok(());
    }
    let (mut did, begun) = (false, Instant::now());
    for _ in 0..IN_A_TURN {
        if begun.elapsed() > TURN_MAX {
            break;
        }
        let Some(due) = next(chat.db().read(), hook).await? else { break };
        did = true;
        let outcome = attempt(chat, hook, &due).await?;
        let result = if outcome.as_ref().is_none_or(|outcome| outcome.taken) { "ok" } else { "error" };
        metrics::counter!("snug_webhook_deliveries_total", "result" => result).increment(1);
        let record = Record { hook, holder, delivery: due.id, attempts: due.attempts, since: due.since, outcome };
        if !chat.writer().run(record).await? {
            break;
        }
    }
    chat.writer().run(LetGo { hook, holder, did }).await
}
