//! Rows of an older version, which lack what a newer one keeps in them.

use sea_orm::{DbErr, EntityTrait, QuerySelect, Select, TryGetableMany, UpdateMany};

use super::{Db, Serial, Transaction, serialize};

/// Rows that are filled in one go.
const ROWS: u64 = 500;

/// Gives these rows what they lack, all in one transaction, which it hands on; none is begun where nothing is missing. `filled` has to
/// make a row one of those that lack nothing.
pub(crate) async fn fill<E: EntityTrait, R: TryGetableMany + Send>(
    db: &Db,
    lacking: Select<E>,
    filled: impl Fn(R) -> UpdateMany<E>,
) -> Result<Option<Transaction>, DbErr> {
    if lacking.clone().limit(1).into_tuple::<R>().all(db.read()).await?.is_empty() {
        return Ok(None);
    }
    let transaction = db.begin().await?;
    serialize(&transaction, Serial::Migration).await?;
    loop {
        let rows = lacking.clone().limit(ROWS).into_tuple::<R>().all(&transaction).await?;
        if rows.is_empty() {
            return Ok(Some(transaction));
        }
        for row in rows {
            filled(row).exec(&transaction).await?;
        }
    }
}
