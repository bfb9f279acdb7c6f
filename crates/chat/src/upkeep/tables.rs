//! All tables, those first that others refer to.

use sea_orm::{EntityTrait, IntoActiveModel};

use super::Result;
use crate::db::entity::{
    alert, audit, bookmark, device, follow, hook, idempotency_key, inbox, invite, link, membership, message, message_text,
    outgoing_delivery, outgoing_hook, picture, pin, reaction, refresh_token, report, room, room_address, room_ban, room_event,
    session, setting, slash_command, token, user,
};

/// Something that is done to one table after the other.
pub(super) trait EachTable {
    async fn table<E>(&mut self) -> Result<()>
    where
        E: EntityTrait,
        E::Model: IntoActiveModel<E::ActiveModel> + Sync;
}

/// Does it to all of them. The epoch is not among them: a copy has none (`db::epoch`); nor are buckets, which fill by themselves.
pub(super) async fn each_table(deed: &mut impl EachTable) -> Result<()> {
    deed.table::<user::Entity>().await?;
    deed.table::<session::Entity>().await?;
    deed.table::<refresh_token::Entity>().await?;
    deed.table::<device::Entity>().await?;
    deed.table::<token::Entity>().await?;
    deed.table::<idempotency_key::Entity>().await?;
    deed.table::<room::Entity>().await?;
    deed.table::<membership::Entity>().await?;
    deed.table::<message::Entity>().await?;
    deed.table::<room_event::Entity>().await?;
    deed.table::<message_text::Entity>().await?;
    deed.table::<reaction::Entity>().await?;
    deed.table::<pin::Entity>().await?;
    deed.table::<bookmark::Entity>().await?;
    deed.table::<inbox::Entity>().await?;
    deed.table::<follow::Entity>().await?;
    deed.table::<room_address::Entity>().await?;
    deed.table::<room_ban::Entity>().await?;
    deed.table::<invite::Entity>().await?;
    deed.table::<hook::Entity>().await?;
    deed.table::<report::Entity>().await?;
    deed.table::<alert::Entity>().await?;
    deed.table::<picture::Entity>().await?;
    deed.table::<link::Entity>().await?;
    deed.table::<outgoing_hook::Entity>().await?;
    deed.table::<outgoing_delivery::Entity>().await?;
    deed.table::<slash_command::Entity>().await?;
    deed.table::<setting::Entity>().await?;
    deed.table::<audit::Entity>().await
}
