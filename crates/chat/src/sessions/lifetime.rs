//! How long things last.

use sea_orm::ConnectionTrait;

use crate::{Chat, Result, db::Sql, limits::Limits};

/// How long a replaced token is remembered, so that its reuse is recognised, in milliseconds.
pub(super) const REMEMBER_REPLACED_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// When a session ends that began at `began` and is used `now`: some time after its last use, and for all its use not later than so long
/// after its sign-in (unix milliseconds).
pub(super) fn end(limits: &Limits, began: i64, now: i64) -> i64 {
    let after = |start: i64, seconds: i64| start.saturating_add(seconds.saturating_mul(1000));
    after(now, limits.session_seconds).min(after(began, limits.session_max_seconds))
}

/// By how much the end of a session has to move, in milliseconds, for a page view to write it down: a day of thirty.
pub(super) fn worth_writing(limits: &Limits) -> i64 {
    limits.session_seconds.saturating_mul(1000) / 30
}

/// Sessions that were begun under a longer limit end by the one of today.
///
/// # Errors
/// `unavailable`.
pub(crate) async fn shorten(chat: &Chat) -> Result<()> {
    let max = chat.limits().session_max_seconds.saturating_mul(1000);
    let transaction = chat.db().begin().await?;
    let shorten = Sql::new(transaction.get_database_backend(), "UPDATE sessions SET expires_at = created_at + ")
        .value(max)
        .text(" WHERE expires_at > created_at + ")
        .value(max);
    transaction.execute_raw(shorten.done()).await?;
    transaction.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn use_prolongs_a_session_up_to_its_absolute_end() {
        let limits = Limits { session_seconds: 30, session_max_seconds: 90, ..Limits::default() };
        assert_eq!(end(&limits, 5_000, 5_000), 35_000);
        assert_eq!(end(&limits, 5_000, 60_000), 90_000);
        assert_eq!(end(&limits, 5_000, 66_000), 95_000);
        assert_eq!(end(&limits, 5_000, 200_000), 95_000);
    }
}
