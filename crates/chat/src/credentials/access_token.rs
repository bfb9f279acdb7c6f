//! Access tokens: JWTs that live for minutes (RFC 7519, with the advice of RFC 8725), signed with a key that stays on the server.

use std::{
    fs, io,
    io::{Read, Write},
    path::Path,
};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use protocol::{ErrorCode, SessionId, UserId};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use uuid::Uuid;

use super::refresh_token::RefreshToken;
use crate::{Error, Result};

/// Who signs, and for whom.
const ISSUER: &str = "snug";
/// For whom a [`Wrapped`] token is: it opens nothing by itself.
const RENEWAL: &str = "snug renewal";
/// Clocks of two nodes may differ by this many seconds.
const LEEWAY_SECONDS: u64 = 5;
const KEY_BYTES: usize = 32;

/// The secret that access tokens are signed with: 256 random bits.
#[derive(Clone)]
pub struct SigningKey([u8; KEY_BYTES]);

impl SigningKey {
    /// Reads the key from its file, or makes both at the first start. Only the owner of the file may read it.
    ///
    /// # Errors
    /// The file cannot be read or made, or does not hold 32 bytes.
    pub fn load_or_create(path: &Path) -> io::Result<Self> {
        match Self::load(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::create(path),
            loaded => loaded,
        }
    }

    /// A key that nobody else has, for those who open a chat and give no tokens.
    ///
    /// # Errors
    /// The system has no random bits.
    pub fn generate() -> Result<Self> {
        let mut bytes = [0; KEY_BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// Reads the key from its file.
    ///
    /// # Errors
    /// The file cannot be read, or does not hold 32 bytes.
    pub fn load(path: &Path) -> io::Result<Self> {
        Self::read(fs::File::open(path)?)
    }

    /// Reads a key as `openssl rand -base64 32` prints it: nodes of one Snug that share no folder are given the same one.
    ///
    /// # Errors
    /// It is not the base64 of 32 bytes, or nobody has thrown dice for them.
    pub fn from_base64(text: &str) -> std::result::Result<Self, NotAKey> {
        let bytes = STANDARD.decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(NotAKey::Form)?;
        Self::new(bytes)
    }

    /// Reads a key from what a file holds: its 32 bytes, or their base64.
    ///
    /// # Errors
    /// It holds neither.
    pub fn from_bytes(bytes: &[u8]) -> std::result::Result<Self, NotAKey> {
        match bytes.try_into() {
            Ok(key) => Self::new(key),
            Err(_) => str::from_utf8(bytes).map_err(|_| NotAKey::Form).and_then(Self::from_base64),
        }
    }

    fn new(bytes: [u8; KEY_BYTES]) -> std::result::Result<Self, NotAKey> {
        let is_one_byte = bytes.iter().all(|byte| *byte == bytes[0]);
        if is_one_byte { Err(NotAKey::Guessable) } else { Ok(Self(bytes)) }
    }

    /// Tells keys apart and gives nothing away: the beginning of a digest.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        URL_SAFE_NO_PAD.encode(&Sha256::digest(self.0)[..8])
    }

    fn read(mut file: fs::File) -> io::Result<Self> {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let wrong = |why: String| io::Error::new(io::ErrorKind::InvalidData, why);
        let length = bytes.len();
        let bytes = bytes.try_into().map_err(|_| wrong(format!("holds {length} bytes instead of {KEY_BYTES}")))?;
        Self::new(bytes).map_err(|fault| wrong(fault.to_string()))
    }

    fn create(path: &Path) -> io::Result<Self> {
        let mut key = [0; KEY_BYTES];
        getrandom::fill(&mut key).map_err(io::Error::other)?;
        // Under another name first: a crash in between must not leave half a key behind. Only its owner may read it.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut unfinished = NamedTempFile::with_prefix_in(".signing-key-", folder)?;
        unfinished.write_all(&key)?;
        unfinished.as_file().sync_all()?;
        match unfinished.persist_noclobber(path) {
            Ok(_) => Ok(Self(key)),
            // Another process has started at the same moment, and was first.
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Self::load(path),
            Err(error) => Err(error.error),
        }
    }
}

/// What is no signing key. It is not repeated: it may be a secret all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAKey {
    /// It has not the form of one.
    #[error("a signing key is the base64 of {KEY_BYTES} bytes, such as `openssl rand -base64 {KEY_BYTES}` makes")]
    Form,
    /// It has, and is the same byte over and over, such as a key of zeros.
    #[error("this signing key can be guessed, and so can tokens; make one by `openssl rand -base64 {KEY_BYTES}`")]
    Guessable,
}

/// What an access token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claims {
    iss: String,
    aud: String,
    /// The account.
    pub(crate) sub: UserId,
    /// The session, so that ending it ends the token too.
    pub(crate) sid: SessionId,
    iat: i64,
    /// When it expires, in unix seconds.
    pub(crate) exp: i64,
}

impl Claims {
    /// Claims of a session from now on, for so many seconds.
    pub(crate) fn new(user: UserId, session: SessionId, now_seconds: i64, lifetime_seconds: u64) -> Self {
        Self {
            iss: ISSUER.to_owned(),
            aud: ISSUER.to_owned(),
            sub: user,
            sid: session,
            iat: now_seconds,
            exp: now_seconds.saturating_add_unsigned(lifetime_seconds),
        }
    }
}

/// An access token as simplejwt has it: the same claims, and its own beside them.
#[derive(Serialize)]
struct Typed<'a> {
    #[serde(flatten)]
    claims: &'a Claims,
    token_type: &'static str,
    jti: Uuid,
    user_id: UserId,
}

/// A refresh token within a JWT, for clients that look for its end there.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Wrapped {
    iss: String,
    aud: String,
    token_type: String,
    /// The refresh token itself.
    pub(crate) jti: String,
    user_id: UserId,
    iat: i64,
    exp: i64,
}

impl Wrapped {
    /// A refresh token from now on, for so many seconds.
    pub(crate) fn new(token: &RefreshToken, user: UserId, now_seconds: i64, lifetime_seconds: i64) -> Self {
        Self {
            iss: ISSUER.to_owned(),
            aud: RENEWAL.to_owned(),
            token_type: "refresh".to_owned(),
            jti: token.as_str().to_owned(),
            user_id: user,
            iat: now_seconds,
            exp: now_seconds.saturating_add(lifetime_seconds),
        }
    }
}

/// Signs and verifies.
pub(crate) struct Tokens {
    header: Header,
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

impl Tokens {
    pub(crate) fn new(key: &SigningKey) -> Self {
        let mut header = Header::new(Algorithm::HS256);
        // A token of another key is told apart.
        header.kid = Some(key.fingerprint());
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = LEEWAY_SECONDS;
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[ISSUER]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        Self { header, encoding: EncodingKey::from_secret(&key.0), decoding: DecodingKey::from_secret(&key.0), validation }
    }

    pub(crate) fn sign(&self, claims: &Claims) -> Result<String> {
        self.encode(claims)
    }

    /// The same, with what simplejwt says in a token.
    pub(crate) fn sign_typed(&self, claims: &Claims) -> Result<String> {
        self.encode(&Typed { claims, token_type: "access", jti: Uuid::now_v7(), user_id: claims.sub })
    }

    pub(crate) fn wrap(&self, wrapped: &Wrapped) -> Result<String> {
        self.encode(wrapped)
    }

    fn encode(&self, claims: &impl Serialize) -> Result<String> {
        jsonwebtoken::encode(&self.header, claims, &self.encoding).map_err(Error::internal)
    }

    /// The refresh token within a JWT, when that is ours and has not expired.
    pub(crate) fn unwrap(&self, token: &str) -> Result<Wrapped> {
        let mut validation = self.validation.clone();
        validation.set_audience(&[RENEWAL]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        self.decode(token, &validation)
    }

    /// The claims, when the token is ours and has not expired. Why not is nobody's business.
    pub(crate) fn verify(&self, token: &str) -> Result<Claims> {
        self.decode(token, &self.validation)
    }

    fn decode<T: DeserializeOwned>(&self, token: &str, validation: &Validation) -> Result<T> {
        let refused = |_| Error::from(ErrorCode::NotAuthenticated);
        let header = jsonwebtoken::decode_header(token).map_err(refused)?;
        if header.kid != self.header.kid {
            return Err(ErrorCode::NotAuthenticated.into());
        }
        jsonwebtoken::decode(token, &self.decoding, validation).map(|data| data.claims).map_err(refused)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::db::now;

    fn tokens(fill: u8) -> Tokens {
        Tokens::new(&SigningKey([fill; KEY_BYTES]))
    }

    fn claims(from_seconds: i64, lifetime: u64) -> Claims {
        Claims::new(UserId::generate(), SessionId::generate(), from_seconds, lifetime)
    }

    #[test]
    fn a_token_says_what_was_signed() {
        let claims = claims(now() / 1000, 60);
        let token = tokens(1).sign(&claims).unwrap();
        assert_eq!(tokens(1).verify(&token).unwrap(), claims);
    }

    #[test]
    fn other_keys_old_tokens_other_algorithms_and_changed_claims_are_refused() {
        let fresh = claims(now() / 1000, 60);
        let token = tokens(1).sign(&fresh).unwrap();
        assert!(tokens(2).verify(&token).is_err());

        let expired = tokens(1).sign(&claims(now() / 1000 - 600, 60)).unwrap();
        assert!(tokens(1).verify(&expired).is_err());

        let mut unsigned = token.split('.').map(str::to_owned).collect::<Vec<_>>();
        unsigned[0] = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
        unsigned[2] = String::new();
        assert!(tokens(1).verify(&unsigned.join(".")).is_err());

        let for_others = Claims { aud: "others".into(), ..fresh.clone() };
        assert!(tokens(1).verify(&tokens(1).sign(&for_others).unwrap()).is_err());

        let mut forged = token.split('.').map(str::to_owned).collect::<Vec<_>>();
        forged[1] = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&claims(now() / 1000, 6000)).unwrap());
        assert!(tokens(1).verify(&forged.join(".")).is_err());
    }

    #[test]
    fn a_wrapped_refresh_token_opens_nothing_and_an_access_token_renews_nothing() {
        let (tokens, user) = (tokens(1), UserId::generate());
        let refresh = RefreshToken::generate().unwrap();
        let wrapped = tokens.wrap(&Wrapped::new(&refresh, user, now() / 1000, 60)).unwrap();
        assert_eq!(tokens.unwrap(&wrapped).unwrap().jti, refresh.as_str());
        assert!(tokens.verify(&wrapped).is_err());
        let expired = tokens.wrap(&Wrapped::new(&refresh, user, now() / 1000 - 600, 60)).unwrap();
        assert!(tokens.unwrap(&expired).is_err());
        let access = claims(now() / 1000, 60);
        let typed = tokens.sign_typed(&access).unwrap();
        assert_eq!(tokens.verify(&typed).unwrap(), access);
        assert!(tokens.unwrap(&typed).is_err());
    }

    #[test]
    fn a_key_has_32_bytes_in_writing_or_as_they_are() {
        let bytes: [u8; KEY_BYTES] = std::array::from_fn(|n| n as u8);
        let text = format!("{}\n", STANDARD.encode(bytes));
        assert_eq!(SigningKey::from_base64(&text).unwrap().0, bytes);
        assert_eq!(SigningKey::from_bytes(text.as_bytes()).unwrap().0, bytes);
        assert_eq!(SigningKey::from_bytes(&bytes).unwrap().0, bytes);
        for wrong in ["", "secret", &STANDARD.encode(&bytes[1..]), &STANDARD.encode([7; 33])] {
            assert_eq!(SigningKey::from_base64(wrong).err(), Some(NotAKey::Form), "{wrong}");
            assert_eq!(SigningKey::from_bytes(wrong.as_bytes()).err(), Some(NotAKey::Form), "{wrong}");
        }
    }

    #[test]
    fn a_key_that_can_be_guessed_is_none() {
        for byte in [0, 7, b'A', u8::MAX] {
            assert_eq!(SigningKey::from_base64(&STANDARD.encode([byte; KEY_BYTES])).err(), Some(NotAKey::Guessable));
            assert_eq!(SigningKey::from_bytes(&[byte; KEY_BYTES]).err(), Some(NotAKey::Guessable));
        }
        let file = NamedTempFile::new().unwrap();
        fs::write(file.path(), [0; KEY_BYTES]).unwrap();
        assert!(SigningKey::load(file.path()).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn the_key_file_is_made_once_and_for_its_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("signing.key");
        let made = SigningKey::load_or_create(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(SigningKey::load_or_create(&path).unwrap().0, made.0);
        fs::write(&path, b"short").unwrap();
        assert!(SigningKey::load_or_create(&path).is_err());
    }
}
