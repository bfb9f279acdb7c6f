//! A program posts.

use aws_lc_rs::hmac;
use hooks::Event;
use protocol::{ClientId, ErrorCode, RoomId, UserId, markdown};
use sea_orm::{EntityTrait, prelude::Uuid};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    Chat, Error, Result,
    credentials::fingerprint,
    db::{
        entity::{hook, user},
        now,
    },
    messages::{self, Outgoing, Sent},
    policy::Actor,
};

/// How a program says what it has to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format<'a> {
    /// As incoming webhooks of Slack take it.
    Slack,
    /// An event of GitHub, of this name.
    GitHub(&'a str),
    /// An event of GitLab.
    GitLab,
}

/// By what a program proves that it knows the secret, beyond the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof<'a> {
    /// The address is enough.
    Address,
    /// A signature of the body: `sha256=` and the HMAC in hex.
    Signature(&'a str),
    /// The secret once more.
    Token(&'a str),
}

/// What is posted to a hook.
#[derive(Clone, Copy, Debug)]
pub struct Delivery<'a> {
    /// The hook.
    pub hook: Uuid,
    /// What its address ends with.
    pub secret: &'a str,
    /// How it is said.
    pub format: Format<'a>,
    /// By what it is proved.
    pub proof: Proof<'a>,
    /// All of what was posted, as it came.
    pub raw: &'a [u8],
    /// The JSON in it.
    pub body: &'a Value,
    /// By what the sender knows it again, if they do: posted twice, it is one message.
    pub key: Option<&'a str>,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Posted {
    /// It is a message now.
    Sent(Sent),
    /// It is nothing that the room hears of.
    Ignored,
}

/// Posts what a program says, as the account of its hook.
///
/// # Errors
/// `not_found` where there is no such hook; `not_allowed` where the secret or the proof is wrong, or the account may not do anything; `bad_request`
/// for what cannot be read; `invalid` where there is nothing to be seen in it; otherwise as [`messages::send`].
pub async fn post(chat: &Chat, delivery: Delivery<'_>) -> Result<Posted> {
    let row = hook::Entity::find_by_id(delivery.hook).one(chat.db().read()).await?.ok_or(ErrorCode::NotFound)?;
    if !is_proved(&row, &delivery) {
        return Err(ErrorCode::NotAllowed.into());
    }
    let account = user::Entity::find_by_id(row.user_id).one(chat.db().read()).await?;
    let account = account.filter(|account| account.deleted_at.is_none()).ok_or(ErrorCode::NotFound)?;
    if account.suspended_until.is_some_and(|until| until > now()) {
        return Err(ErrorCode::NotAllowed.into());
    }
    let said = match delivery.format {
        Format::Slack => Event::Message(hooks::slack(delivery.body, &account.name).map_err(refused)?),
        Format::GitHub(kind) => hooks::github(kind, delivery.body),
        Format::GitLab => hooks::gitlab(delivery.body),
    };
    let Event::Message(body) = said else { return Ok(Posted::Ignored) };
    let body = if row.calls_all { body } else { hushed(body) };
    let client_id = delivery.key.map_or_else(ClientId::generate, |key| derived(row.id, key));
    let message = Outgoing::new(RoomId(row.room_id).into(), client_id, body);
    Ok(Posted::Sent(messages::send(chat, Actor::User(UserId(row.user_id)), message).await?))
}

/// Hashes are compared, of which nobody can learn a part by the time that it takes.
fn is_proved(row: &hook::Model, delivery: &Delivery<'_>) -> bool {
    let knows = |secret: &str| fingerprint(secret) == row.secret;
    knows(delivery.secret)
        && match delivery.proof {
            Proof::Address => true,
            Proof::Token(token) => knows(token),
            Proof::Signature(signature) => is_signed(delivery.secret, delivery.raw, signature),
        }
}

fn is_signed(secret: &str, body: &[u8], signature: &str) -> bool {
    let Some(tag) = signature.strip_prefix("sha256=").and_then(bytes) else { return false };
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    hmac::verify(&key, body, &tag).is_ok()
}

/// The bytes that are written in hex.
fn bytes(hex: &str) -> Option<Vec<u8>> {
    if !hex.len().is_multiple_of(2) || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).ok()).collect()
}

fn refused(fault: hooks::Fault) -> Error {
    match fault {
        hooks::Fault::InvalidPayload => ErrorCode::BadRequest.into(),
        hooks::Fault::NoText => protocol::FieldError { field: protocol::Field::Body, problem: protocol::Problem::Empty }.into(),
    }
}

/// The text, so that it calls nobody who was not named: behind the `@` stands a character that is not seen, with which no name begins.
fn hushed(body: String) -> String {
    const NOT_SEEN: char = '\u{2060}';
    if !markdown::called(&body).iter().any(|word| markdown::calls_all(word)) {
        return body;
    }
    let mut hushed = String::with_capacity(body.len() + 8);
    for (number, piece) in body.split('@').enumerate() {
        if number > 0 {
            hushed.push('@');
            let word = piece.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
            if markdown::calls_all(word) {
                hushed.push(NOT_SEEN);
            }
        }
        hushed.push_str(piece);
    }
    hushed
}

/// The client id of a delivery (RFC 9562, 5.8): the same for the same.
fn derived(hook: Uuid, key: &str) -> ClientId {
    let hash = Sha256::new().chain_update(hook.as_bytes()).chain_update(key.as_bytes()).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    ClientId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_called_who_was_not_named() {
        for text in ["@room", "@Here and @HERE", "a (@room) b", "@room. @here-", "**@room**", "> @here"] {
            let hushed = hushed(text.to_owned());
            assert!(!markdown::called(&hushed).iter().any(|word| markdown::calls_all(word)), "{hushed:?}");
            assert_eq!(hushed.replace('\u{2060}', ""), text);
        }
        assert_eq!(hushed("@roomy @ada `@room`".to_owned()), "@roomy @ada `@room`");
    }

    #[test]
    fn a_signature_is_that_of_the_body() {
        // Of GitHub's documents.
        let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        assert!(is_signed("It's a Secret to Everybody", b"Hello, World!", signature));
        assert!(!is_signed("It's a Secret to Everybody", b"Hello, World?", signature));
        assert!(!is_signed("another", b"Hello, World!", signature));
        for wrong in ["", "sha256=", "sha256=7", "sha1=757107", "sha256=ää", &signature[..signature.len() - 2]] {
            assert!(!is_signed("It's a Secret to Everybody", b"Hello, World!", wrong), "{wrong}");
        }
    }

    #[test]
    fn one_delivery_has_one_id() {
        let (hook, other) = (Uuid::now_v7(), Uuid::now_v7());
        assert_eq!(derived(hook, "a"), derived(hook, "a"));
        assert_ne!(derived(hook, "a"), derived(hook, "b"));
        assert_ne!(derived(hook, "a"), derived(other, "a"));
    }
}
