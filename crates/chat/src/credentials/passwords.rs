//! Passwords: hashed with Argon2id off the async threads, a few at a time, and the common ones refused.

use std::{sync::Arc, time::Duration};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use protocol::Password;
use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};

use crate::{Error, Result};

/// Hashes at the same time: each takes 19 MiB and a core for some 20 ms.
const AT_ONCE: usize = 2;
/// How long a request waits for its turn before it is told to come back.
const PATIENCE: Duration = Duration::from_secs(4);

/// The hash of a password that nobody has, with the parameters of all others: an unknown user name costs as much as a wrong
/// password, and so cannot be told from it.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c251Zy1ub2JvZHktc2FsdA$ULl9gGmXYQMm9ppUMHTmC6bsvYuYSVTNjLgvGjBIWgU";

/// Passwords that attackers try first, one a line, at least eight characters each.
const COMMON: &str = include_str!("common_passwords.txt");

/// Hashes and checks passwords: Argon2id, 19 MiB, two passes (OWASP Password Storage Cheat Sheet), which are the library's
/// defaults; a test holds them to that.
pub(crate) struct Hasher {
    turns: Arc<Semaphore>,
}

impl Hasher {
    pub(crate) fn new() -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// The PHC string to store.
    pub(crate) async fn hash(&self, password: Password) -> Result<String> {
        self.work(move || {
            let hash = Argon2::default().hash_password(password.reveal().as_bytes()).map_err(Error::internal)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether this is the password of the account with this stored hash; of no account when there is none.
    pub(crate) async fn verify(&self, password: Password, stored: Option<String>) -> Result<bool> {
        self.work(move || {
            let known = stored.is_some();
            let stored = stored.unwrap_or_else(|| NOBODY.to_owned());
            let hash = PasswordHash::new(&stored).map_err(Error::internal)?;
            let matches = Argon2::default().verify_password(password.reveal().as_bytes(), &hash).is_ok();
            Ok(matches && known)
        })
        .await
    }

    async fn work<T: Send + 'static>(&self, job: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let turn = timeout(PATIENCE, self.turns.clone().acquire_owned()).await.map_err(Error::unavailable)?;
        let turn = turn.map_err(Error::unavailable)?;
        let done = spawn_blocking(move || {
            let result = job();
            drop(turn);
            result
        });
        done.await.map_err(Error::internal)?
    }
}

/// Whether a password is among the first that are tried: on the list, the user name with little added, one character over and
/// over, or a run along the alphabet, the digits or a row of keys.
pub(crate) fn is_common(password: &str, username: &str) -> bool {
    let password = password.to_lowercase();
    let username = username.trim().to_lowercase();
    let bare = password.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_ascii_punctuation());
    let on_list = |text: &str| !text.is_empty() && COMMON.lines().any(|line| line == text);
    on_list(&password)
        || on_list(bare)
        || (!username.is_empty() && (password == username || bare == username))
        || is_run(&password)
}

fn is_run(password: &str) -> bool {
    const ROWS: [&str; 6] =
        ["01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "qwertzuiopü"];
    let mut characters = password.chars();
    let first = characters.next();
    let repeated = characters.all(|c| Some(c) == first);
    let reversed: String = password.chars().rev().collect();
    repeated || ROWS.iter().any(|row| row.contains(password) || row.contains(&reversed))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn password(text: &str) -> Password {
        Password::parse_existing(text).unwrap()
    }

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let hasher = Hasher::new();
        let hash = hasher.hash(password("moss and ember")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(hasher.verify(password("moss and ember"), Some(hash.clone())).await.unwrap());
        assert!(!hasher.verify(password("moss and embers"), Some(hash)).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_has_no_password_and_costs_the_same() {
        let hash = Hasher::new().hash(password("x")).await.unwrap();
        let parameters = |hash: &str| hash.split('$').nth(3).unwrap().to_owned();
        assert_eq!(parameters(NOBODY), parameters(&hash));
        assert!(PasswordHash::new(NOBODY).is_ok());
        assert!(!Hasher::new().verify(password("nobody"), None).await.unwrap());
    }

    #[test]
    fn common_passwords_are_recognised() {
        for common in
            ["password", "Password1", "PASSWORD123!", "qwertyui", "12345678", "87654321", "aaaaaaaaaa", "iloveyou!", "abcdefgh"]
        {
            assert!(is_common(common, "ada"), "{common}");
        }
        assert!(is_common("lovelace42", "lovelace"));
        assert!(!is_common("lovelace had an engine", "lovelace"));
        assert!(!is_common("moss and ember", "ada"));
    }

    #[test]
    fn every_line_of_the_list_can_be_hit() {
        for line in COMMON.lines() {
            assert!(line.chars().count() >= protocol::limits::PASSWORD_MIN, "{line} is too short to get here");
            assert_eq!(line, line.trim().to_lowercase());
        }
    }
}
