//! Lists a page at a time. Where the next page begins is a word that says something to the server alone; it stands ready as an address in the
//! header `Link` (RFC 8288).

use axum::{
    Json,
    http::{HeaderValue, Uri, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, Error},
};

/// Where a page begins, as the page before it has said: the field `cursor` of a query, with `#[serde(default)]`. Nothing, which an empty one
/// is too, stands for the first page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cursor<K>(pub(super) Option<K>);

impl<K> Default for Cursor<K> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, K: DeserializeOwned> Deserialize<'de> for Cursor<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        if word.is_empty() {
            return Ok(Self(None));
        }
        let json = BASE64_URL_SAFE_NO_PAD.decode(word).map_err(D::Error::custom)?;
        serde_json::from_slice(&json).map(|key| Self(Some(key))).map_err(D::Error::custom)
    }
}

/// A page of a list, with the address of the next one.
pub(super) struct Page<T> {
    body: T,
    next: Option<HeaderValue>,
}

impl<T> Page<T> {
    /// What was asked for at this address. If there is more, it begins at this key.
    pub(super) fn new(asked: &Uri, body: T, next: Option<&impl Serialize>) -> Self {
        Self { body, next: next.and_then(|key| link(asked, key)) }
    }
}

impl<T: Serialize> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        (self.next.map(|next| [(header::LINK, next)]), Json(self.body)).into_response()
    }
}

/// The same address with another cursor.
fn link(asked: &Uri, key: &impl Serialize) -> Option<HeaderValue> {
    let word = BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).ok()?);
    let others = asked.query().unwrap_or_default().split('&');
    let mut query: String =
        others.filter(|field| !field.is_empty() && !field.starts_with("cursor=")).flat_map(|field| [field, "&"]).collect();
    query.extend(["cursor=", &word]);
    HeaderValue::try_from(format!("<{}?{query}>; rel=\"next\"", asked.path())).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use axum::extract::Query;

    use super::*;

    #[derive(Deserialize)]
    struct Asked {
        #[serde(default)]
        cursor: Cursor<(u32, String)>,
    }

    fn asked(uri: &str) -> Option<Cursor<(u32, String)>> {
        Query::<Asked>::try_from_uri(&uri.parse().unwrap()).ok().map(|Query(asked)| asked.cursor)
    }

    #[test]
    fn the_next_page_begins_where_this_one_says() {
        let key = (7, "Ünï".to_owned());
        let link = link(&"/list?text=a%20b&cursor=old&only=me".parse().unwrap(), &key).unwrap();
        let next = link.to_str().unwrap().strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap();
        assert!(next.starts_with("/list?text=a%20b&only=me&cursor=") && !next.contains("old"), "{next}");
        assert_eq!(asked(next), Some(Cursor(Some(key))));
    }

    #[test]
    fn an_empty_cursor_is_none_and_a_made_up_one_is_refused() {
        assert_eq!(asked("/list"), Some(Cursor(None)));
        assert_eq!(asked("/list?cursor="), Some(Cursor(None)));
        let of_other_list = BASE64_URL_SAFE_NO_PAD.encode("\"x\"");
        for word in ["7", "!!!!", &of_other_list, "AAAA", "%00"] {
            assert_eq!(asked(&format!("/list?cursor={word}")), None, "{word}");
        }
    }
}
