//! Every row from one database into another, of whatever kind the two are.

use sea_orm::{
    DatabaseTransaction, DbErr, EntityTrait, Identity, IntoActiveModel, Iterable, ModelTrait, PrimaryKeyToColumn,
    sea_query::{IntoIden, ValueTuple},
};

use crate::db::entity::{membership, message, refresh_token, room, room_event, session, user};

/// Rows that are read and written at once. SQLite takes 32,766 values in one statement: up to 65 columns.
const ROWS: u64 = 500;

/// Copies all tables into empty ones, what is referred to before what refers to it.
pub(super) async fn copy(from: &DatabaseTransaction, to: &DatabaseTransaction) -> Result<(), DbErr> {
    table::<user::Entity>(from, to).await?;
    table::<session::Entity>(from, to).await?;
    table::<refresh_token::Entity>(from, to).await?;
    table::<room::Entity>(from, to).await?;
    table::<membership::Entity>(from, to).await?;
    table::<message::Entity>(from, to).await?;
    table::<room_event::Entity>(from, to).await
}

async fn table<E>(from: &DatabaseTransaction, to: &DatabaseTransaction) -> Result<(), DbErr>
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
        let rows = rows.first(ROWS).all(from).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = Some(last.get_primary_key_value().into_iter().collect());
        E::insert_many(rows.into_iter().map(IntoActiveModel::into_active_model)).exec_without_returning(to).await?;
    }
}
