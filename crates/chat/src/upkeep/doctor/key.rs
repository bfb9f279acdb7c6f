//! Whether this node signs with the key that the others sign with.

use super::Finding;
use crate::{
    SigningKey,
    db::{
        connect,
        notes::{Note, noted},
    },
};

/// Compares the key with the one that the last node to start has left word of.
pub async fn shared_key(url: &str, key: &SigningKey) -> Finding {
    let last = async {
        let db = connect::reader(url).await?;
        let last = noted::<String>(&db, Note::KeyFingerprint).await;
        db.close().await?;
        last
    };
    let own = key.fingerprint();
    match last.await {
        Ok(Some(last)) if last == own => Finding::ok("shared key", format!("{own}, as the last node to start has it")),
        Ok(Some(last)) => Finding::fail(
            "shared key",
            format!(
                "{own} here, {last} at the last node to start: nodes refuse each other's tokens. Give all the same \
                 SNUG_SIGNING_KEY and restart them"
            ),
        ),
        Ok(None) => Finding::ok("shared key", format!("{own}; no node has started yet")),
        Err(error) => Finding::warn("shared key", format!("not known: {error}")),
    }
}
