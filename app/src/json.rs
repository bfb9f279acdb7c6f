use std::str;

use leptos::server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType, codec::Post};
use serde::{Serialize, de::DeserializeOwned};

/// JSON, read as text like the frames of the socket and the values that come with a page. The `JsonEncoding` of `server_fn` reads
/// bytes: a second set of readers for the same types, some 20 KB in the browser.
pub struct TextJson;

/// What the server functions answer with.
pub(crate) type Answer = Post<TextJson>;

impl ContentType for TextJson {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for TextJson {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for TextJson {
    type Error = serde_json::Error;

    fn encode(value: &T) -> Result<Bytes, Self::Error> {
        serde_json::to_string(value).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for TextJson {
    type Error = serde_json::Error;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        // No JSON either way; the empty text is refused with an error of the right type.
        serde_json::from_str(str::from_utf8(&bytes).unwrap_or_default())
    }
}
