//! What programs keep with a message.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use serde_json::{Map, Value, value::RawValue};

/// An object of JSON that programs keep with a message; people are not shown it. It is a text here, which takes next to no code in the browser.
#[derive(Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = Object))]
#[serde(transparent)]
pub struct Extra(Box<RawValue>);

impl Extra {
    /// One that was written before.
    ///
    /// # Errors
    /// It is no JSON.
    pub fn from_text(text: String) -> serde_json::Result<Self> {
        RawValue::from_string(text).map(Self)
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.get()
    }
}

impl<'de> Deserialize<'de> for Extra {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let object = Map::<String, Value>::deserialize(deserializer)?;
        serde_json::value::to_raw_value(&object).map(Self).map_err(D::Error::custom)
    }
}

impl PartialEq for Extra {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Extra {}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_object_is_kept_as_it_came_without_blanks_and_nothing_else_is() {
        let extra: Extra = serde_json::from_str(r#" { "b": [1, 0.5, null], "a": {"\u0000": "ü"} } "#).unwrap();
        assert_eq!(serde_json::to_string(&extra).unwrap(), extra.as_str());
        assert_eq!(Extra::from_text(extra.as_str().to_owned()).unwrap(), extra);
        assert!(!extra.as_str().contains(' '), "{extra:?}");
        for text in ["null", "7", "[]", "\"{}\"", r#"{"a":}"#, r#"{"a":"\ud83d"}"#] {
            assert!(serde_json::from_str::<Extra>(text).is_err(), "{text}");
        }
    }
}
