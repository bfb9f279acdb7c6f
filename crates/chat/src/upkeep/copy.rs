//! Every row of PostgreSQL into a SQLite file.

use sea_orm::{
    DatabaseTransaction, EntityTrait, Identity, IntoActiveModel, Iterable, ModelTrait, PrimaryKeyToColumn,
    sea_query::{IntoIden, ValueTuple},
};

use super::{
    Result,
    tables::{EachTable, each_table},
};

/// Rows that are read and written at once. SQLite takes 32,766 values in one statement: up to 65 columns.
const ROWS: u64 = 500;

/// Copies all tables into empty ones.
pub(super) async fn copy(from: &DatabaseTransaction, to: &DatabaseTransaction) -> Result<()> {
    each_table(&mut Copy { from, to }).await
}

struct Copy<'a> {
    from: &'a DatabaseTransaction,
    to: &'a DatabaseTransaction,
}

impl EachTable for Copy<'_> {
    async fn table<E>(&mut self) -> Result<()>
    where
        E: EntityTrait,
        E::Model: IntoActiveModel<E::ActiveModel> + Sync,
    {
        let key = Identity::Many(E::PrimaryKey::iter().map(|part| part.into_column().into_iden()).collect());
        let mut after = None;
        loop {
            let mut rows = E::find().cursor_by(key.clone());
            if let Some(last) = after {
                rows.after(ValueTuple::Many(last));
            }
            let rows = rows.first(ROWS).all(self.from).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = Some(last.get_primary_key_value().into_iter().collect());
            E::insert_many(rows.into_iter().map(IntoActiveModel::into_active_model)).exec_without_returning(self.to).await?;
        }
    }
}
