//! Ids that are the same each time a row is brought along.

use protocol::{ClientId, MessageId, RoomId, UserId};
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::{report::Fault, source::Source};

/// The ids of one database's rows.
pub(super) struct Ids {
    /// What tells that database from others.
    mark: String,
}

impl Ids {
    /// Each database of Django's notes when its first step was taken, to the microsecond.
    pub(super) async fn of(source: &Source) -> Result<Self, Fault> {
        Ok(Self { mark: source.mark().await? })
    }

    pub(super) fn person(&self, key: &str) -> UserId {
        UserId(self.id("person", key))
    }

    pub(super) fn room(&self, table: &str, key: &str) -> RoomId {
        RoomId(self.id(table, key))
    }

    pub(super) fn client(&self, table: &str, key: &str) -> ClientId {
        ClientId(self.id(table, key))
    }

    /// In the order of the times, as all of them are.
    pub(super) fn message(&self, table: &str, key: &str, at: i64) -> MessageId {
        let mut bytes = self.digest(&[table, " id"].concat(), key);
        bytes[..6].copy_from_slice(&at.max(0).to_be_bytes()[2..]);
        MessageId(
            Builder::from_bytes(bytes).with_version(uuid::Version::SortRand).with_variant(uuid::Variant::RFC4122).into_uuid(),
        )
    }

    fn id(&self, table: &str, key: &str) -> Uuid {
        Builder::from_custom_bytes(self.digest(table, key)).into_uuid()
    }

    fn digest(&self, table: &str, key: &str) -> [u8; 16] {
        let mut digest = Sha256::new();
        for part in ["snug import", &self.mark, table, key] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        let whole: [u8; 32] = digest.finalize().into();
        std::array::from_fn(|n| whole[n])
    }
}
