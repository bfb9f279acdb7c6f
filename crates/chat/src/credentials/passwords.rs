//! Passwords: hashed with Argon2id off the async threads, a few at a time, and the common ones refused.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::{
        self,
        phc::{Output, ParamsString, PasswordHash, Salt},
    },
};
use parking_lot::Mutex;
use protocol::Password;
use tokio::{
    sync::Semaphore,
    task::spawn_blocking,
    time::{sleep, timeout},
};

use super::django::DjangoHash;
use crate::{Error, Result};

/// Who waits for a hash. Each lane has turns of its own: however many strangers stand in theirs, a known device does not stand behind them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Devices from which the account was signed in to before.
    Known,
    /// All others.
    Strangers,
}

impl Lane {
    /// Hashes at the same time: each takes 19 MiB and a core for some 20 ms.
    const fn at_once(self) -> usize {
        match self {
            Self::Known => 1,
            Self::Strangers => 2,
        }
    }
}

/// How long a request waits for its turn before it is told to come back.
const PATIENCE: Duration = Duration::from_secs(4);
/// How long the memory of a hash is kept for the next one. To get it anew costs up to half as much time as the hash itself.
const KEPT: Duration = Duration::from_millis(250);
/// Room for this many blocks of 1 KiB is asked for, although a hash fills 19 × 1,024 of them. More than 32 MiB glibc gives back to the
/// system when it is freed; of less it learns to keep it, for each thread anew. What is never touched takes no memory.
const ROOM: usize = 33 * 1024;

/// The hash of a password that nobody has, with the parameters of all others: an unknown user name costs as much as a wrong
/// password, and so cannot be told from it.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c251Zy1ub2JvZHktc2FsdA$ULl9gGmXYQMm9ppUMHTmC6bsvYuYSVTNjLgvGjBIWgU";

/// Passwords that attackers try first, one a line, at least eight characters each.
const COMMON: &str = include_str!("common_passwords.txt");

/// Hashes and checks passwords: Argon2id, 19 MiB, two passes (OWASP Password Storage Cheat Sheet), which are the library's
/// defaults; a test holds them to that.
pub(crate) struct Hasher {
    known: Arc<Semaphore>,
    strangers: Arc<Semaphore>,
    pool: Mutex<Weak<Pool>>,
}

impl Hasher {
    pub(crate) fn new() -> Self {
        let turns = |lane: Lane| Arc::new(Semaphore::new(lane.at_once()));
        Self { known: turns(Lane::Known), strangers: turns(Lane::Strangers), pool: Mutex::default() }
    }

    /// The PHC string to store.
    pub(crate) async fn hash(&self, password: Password) -> Result<String> {
        self.work(Lane::Strangers, move |memory| hash(memory, &password).map(|hash| hash.to_string()).map_err(Error::internal))
            .await
    }

    /// Whether this is the password of the account with this stored hash; of no account when there is none.
    pub(crate) async fn verify(&self, password: Password, stored: Option<String>, lane: Lane) -> Result<bool> {
        self.work(lane, move |memory| {
            // Some have no password: bots, and who was imported without one that can be checked.
            let stored = stored.filter(|stored| !stored.is_empty());
            let known = stored.is_some();
            if let Some(stored) = stored.as_deref().filter(|stored| DjangoHash::is_one(stored)) {
                return Ok(DjangoHash::parse(stored).is_some_and(|hash| hash.fits(password.reveal())));
            }
            let stored = stored.unwrap_or_else(|| NOBODY.to_owned());
            let hash = PasswordHash::new(&stored).map_err(Error::internal)?;
            let matches = matches(memory, &password, &hash).unwrap_or(false);
            Ok(matches && known)
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        lane: Lane,
        job: impl FnOnce(&mut Memory) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let pool = self.pool();
        let turns = match lane {
            Lane::Known => &self.known,
            Lane::Strangers => &self.strangers,
        };
        let turn = timeout(PATIENCE, turns.clone().acquire_owned()).await.map_err(Error::unavailable)?;
        let turn = turn.map_err(Error::unavailable)?;
        let used = pool.clone();
        let done = spawn_blocking(move || {
            let result = used.lend(job);
            drop(turn);
            result
        });
        let result = done.await.map_err(Error::internal)?;
        tokio::spawn(async move {
            sleep(KEPT).await;
            // To give so much back takes a millisecond or two.
            spawn_blocking(move || drop(pool));
        });
        result
    }

    /// The pool that others are using, or a new one.
    fn pool(&self) -> Arc<Pool> {
        let mut pool = self.pool.lock();
        pool.upgrade().unwrap_or_else(|| {
            let new = Arc::default();
            *pool = Arc::downgrade(&new);
            new
        })
    }
}

/// What a hash is worked out in.
type Memory = Vec<Block>;

/// Memory that nobody is hashing in at the moment. It is there as long as somebody hashes or waits for a turn, and a little longer.
#[derive(Default)]
struct Pool(Mutex<Vec<Memory>>);

impl Pool {
    /// Turns are limited, and so is the memory.
    fn lend<T>(&self, job: impl FnOnce(&mut Memory) -> T) -> T {
        let kept = self.0.lock().pop();
        let mut memory = kept.unwrap_or_else(|| Vec::with_capacity(ROOM));
        let result = job(&mut memory);
        self.0.lock().push(memory);
        result
    }
}

fn hash(memory: &mut Memory, password: &Password) -> password_hash::Result<PasswordHash> {
    let argon2 = Argon2::default();
    let salt = Salt::new(&password_hash::try_generate_salt()?)?;
    let output = digest(memory, &argon2, password, &salt)?;
    Ok(PasswordHash {
        algorithm: Algorithm::default().ident(),
        version: Some(Version::default().into()),
        params: ParamsString::try_from(argon2.params())?,
        salt: Some(salt),
        hash: Some(output),
    })
}

fn matches(memory: &mut Memory, password: &Password, hash: &PasswordHash) -> password_hash::Result<bool> {
    let (Some(salt), Some(expected)) = (&hash.salt, &hash.hash) else { return Ok(false) };
    let algorithm = Algorithm::try_from(hash.algorithm.as_str())?;
    let version = hash.version.map(Version::try_from).transpose()?.unwrap_or_default();
    let argon2 = Argon2::new(algorithm, version, Params::try_from(hash)?);
    // Outputs are compared in constant time.
    Ok(digest(memory, &argon2, password, salt)? == *expected)
}

/// What the library does by itself, in memory that is there already.
fn digest(memory: &mut Memory, argon2: &Argon2<'_>, password: &Password, salt: &Salt) -> password_hash::Result<Output> {
    let params = argon2.params();
    memory.resize(memory.len().max(params.block_count()), Block::new());
    let mut output = vec![0; params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN)];
    argon2.hash_password_into_with_memory(password.reveal().as_bytes(), salt, &mut output, memory)?;
    Ok(Output::new(&output)?)
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
    #![allow(clippy::unwrap_used, clippy::panic)]
    use argon2::password_hash::{PasswordHasher, PasswordVerifier};
    use futures::future::join_all;

    use super::*;

    fn password(text: &str) -> Password {
        Password::parse_existing(text).unwrap()
    }

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let hasher = Hasher::new();
        let hash = hasher.hash(password("moss and ember")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(hasher.verify(password("moss and ember"), Some(hash.clone()), Lane::Strangers).await.unwrap());
        assert!(!hasher.verify(password("moss and embers"), Some(hash), Lane::Strangers).await.unwrap());
    }

    /// `$argon2id$v=19$m=19456,t=2,p=1$` and the like: what is stored stays valid, whoever made it.
    #[tokio::test]
    async fn the_library_and_the_hasher_take_each_others_hashes() {
        let hasher = Hasher::new();
        let ours = hasher.hash(password("moss and ember")).await.unwrap();
        assert!(Argon2::default().verify_password(b"moss and ember", &PasswordHash::new(&ours).unwrap()).is_ok());

        let small = Params::new(64, 3, 2, Some(16)).unwrap();
        let large = Params::new(40 * 1024, 1, 1, None).unwrap();
        for argon2 in [
            Argon2::default(),
            Argon2::new(Algorithm::Argon2i, Version::V0x10, small),
            Argon2::new(Algorithm::Argon2id, Version::V0x13, large),
        ] {
            let theirs = argon2.hash_password(b"moss and ember").unwrap().to_string();
            assert!(hasher.verify(password("moss and ember"), Some(theirs.clone()), Lane::Strangers).await.unwrap(), "{theirs}");
            assert!(
                !hasher.verify(password("moss and embers"), Some(theirs.clone()), Lane::Strangers).await.unwrap(),
                "{theirs}"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn memory_is_kept_while_there_is_work_and_no_longer() {
        let hasher = Hasher::new();
        assert!(hasher.pool.lock().upgrade().is_none());
        let hashes = (0..6).map(|_| hasher.verify(password("moss and ember"), None, Lane::Strangers));
        assert!(join_all(hashes).await.into_iter().all(|verified| !verified.unwrap()));
        let pool = hasher.pool.lock().upgrade().unwrap();
        assert!((1..=Lane::Strangers.at_once()).contains(&pool.0.lock().len()));
        drop(pool);
        while hasher.pool.lock().upgrade().is_some() {
            sleep(KEPT / 10).await;
        }
    }

    #[tokio::test]
    async fn a_known_device_does_not_stand_behind_strangers() {
        let hasher = Hasher::new();
        let _all_turns = hasher.strangers.acquire_many(2).await.unwrap();
        let waiting = (0..10).map(|_| hasher.verify(password("a guess"), None, Lane::Strangers));
        let mut strangers = Box::pin(join_all(waiting));
        let mut known = Box::pin(hasher.verify(password("moss and ember"), None, Lane::Known));
        tokio::select! {
            biased;
            _ = &mut strangers => panic!("there was no turn for them"),
            verified = &mut known => assert!(!verified.unwrap()),
        }
    }

    #[tokio::test]
    async fn nobody_has_no_password_and_costs_the_same() {
        let hash = Hasher::new().hash(password("x")).await.unwrap();
        let parameters = |hash: &str| hash.split('$').nth(3).unwrap().to_owned();
        assert_eq!(parameters(NOBODY), parameters(&hash));
        assert!(PasswordHash::new(NOBODY).is_ok());
        assert!(!Hasher::new().verify(password("nobody"), None, Lane::Strangers).await.unwrap());
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
