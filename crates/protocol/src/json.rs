//! Reading what comes as JSON, in little code. What serde derives for each type goes through the object field by field and knows every type
//! that a field could have had: in the browser that is a tenth of all that is loaded. Here an object is read whole ([`Json`]), the same code for
//! all, and each type takes its fields from it ([`Read`], mostly by [`reads!`]). In the browser its own parser makes the [`Json`]. Writing is
//! serde's.

use std::{fmt, sync::Arc};

use serde::{
    Deserialize, Deserializer,
    de::{self, IntoDeserializer, MapAccess, SeqAccess, Visitor, value},
};
use thiserror::Error;

/// A field that is missing or holds what it cannot; of a kind that is not known, those that are.
#[derive(Debug, Error)]
#[error("not as it has to be: {0}")]
pub struct BadField(pub &'static str);

/// Any JSON.
pub enum Json {
    /// Nothing.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// Another number, or one that is too large. No field takes it; a field of later versions may hold it.
    Odd,
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// An object.
    Object(Object),
}

/// The fields of an object, in their order. There are few, so looking through them is quick.
#[derive(Default)]
pub struct Object(Vec<(String, Json)>);

impl FromIterator<(String, Json)> for Object {
    fn from_iter<I: IntoIterator<Item = (String, Json)>>(fields: I) -> Self {
        Self(fields.into_iter().collect())
    }
}

impl Object {
    /// Takes a field that may be left out only where [`Read::absent`] says so.
    ///
    /// # Errors
    /// It is not there, or holds what it cannot.
    pub fn take<T: Read>(&mut self, name: &'static str) -> Result<T, BadField> {
        match self.remove(name) {
            Some(value) => T::read(value),
            None => T::absent(),
        }
        .ok_or(BadField(name))
    }

    /// Takes a field that may be left out.
    ///
    /// # Errors
    /// It holds what it cannot.
    pub fn take_or_default<T: Read + Default>(&mut self, name: &'static str) -> Result<T, BadField> {
        match self.remove(name) {
            Some(value) => T::read(value).ok_or(BadField(name)),
            None => Ok(T::default()),
        }
    }

    fn remove(&mut self, name: &str) -> Option<Json> {
        let at = self.0.iter().position(|(field, _)| field == name)?;
        Some(self.0.swap_remove(at).1)
    }
}

/// What can be read.
pub trait Read: Sized {
    /// From a value; nothing where it is of another form.
    fn read(value: Json) -> Option<Self>;

    /// What it is where it is left out, if it may be.
    fn absent() -> Option<Self> {
        None
    }
}

impl Read for bool {
    fn read(value: Json) -> Option<Self> {
        if let Json::Bool(value) = value { Some(value) } else { None }
    }
}

impl Read for String {
    fn read(value: Json) -> Option<Self> {
        if let Json::Text(value) = value { Some(value) } else { None }
    }
}

impl Read for i64 {
    fn read(value: Json) -> Option<Self> {
        if let Json::Number(value) = value { Some(value) } else { None }
    }
}

macro_rules! numbers {
    ($($number:ty),+) => {$(
        impl Read for $number {
            fn read(value: Json) -> Option<Self> {
                i64::read(value)?.try_into().ok()
            }
        }
    )+};
}

numbers!(u16, i32, u32, u64, usize);

impl Read for () {
    fn read(value: Json) -> Option<Self> {
        if let Json::Null = value { Some(()) } else { None }
    }
}

impl Read for Object {
    fn read(value: Json) -> Option<Self> {
        if let Json::Object(value) = value { Some(value) } else { None }
    }
}

impl<T: Read> Read for Option<T> {
    fn read(value: Json) -> Option<Self> {
        if let Json::Null = value { Some(None) } else { T::read(value).map(Some) }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(value: Json) -> Option<Self> {
        if let Json::List(values) = value { values.into_iter().map(T::read).collect() } else { None }
    }
}

impl<T: Read> Read for Box<T> {
    fn read(value: Json) -> Option<Self> {
        T::read(value).map(Self::new)
    }
}

impl<T: Read> Read for Arc<T> {
    fn read(value: Json) -> Option<Self> {
        T::read(value).map(Self::new)
    }
}

impl<A: Read, B: Read> Read for (A, B) {
    fn read(value: Json) -> Option<Self> {
        let Json::List(values) = value else { return None };
        let [first, second] = <[Json; 2]>::try_from(values).ok()?;
        Some((A::read(first)?, B::read(second)?))
    }
}

/// One of some words, as serde knows them.
pub fn word<T: for<'de> Deserialize<'de>>(value: Json) -> Option<T> {
    let text: value::StringDeserializer<value::Error> = String::read(value)?.into_deserializer();
    T::deserialize(text).ok()
}

/// Has enums of words read as serde derives it.
#[macro_export]
macro_rules! words {
    ($($type:ty),+ $(,)?) => {$(
        impl $crate::json::Read for $type {
            fn read(value: $crate::json::Json) -> Option<Self> {
                $crate::json::word(value)
            }
        }
    )+};
}

/// Has what can be parsed read from its text.
#[macro_export]
macro_rules! texts {
    ($($type:ty),+ $(,)?) => {$(
        impl $crate::json::Read for $type {
            fn read(value: $crate::json::Json) -> Option<Self> {
                <String as $crate::json::Read>::read(value)?.parse().ok()
            }
        }
    )+};
}

/// What an object is by its kind, one of those that stand here.
#[macro_export]
macro_rules! by_kind {
    ($kind:expr, { $($name:literal => $value:expr),+ $(,)? }) => {
        match <String as AsRef<str>>::as_ref(&$kind) {
            $($name => $value,)+
            _ => return Err($crate::json::BadField(concat!("expected one of" $(, " `", $name, "`")+))),
        }
    };
}

/// Has a struct read from an object: its fields, behind `default` those that may be left out, and behind `unread` those that are not looked
/// for.
#[macro_export]
macro_rules! reads {
    ($type:ident { $($field:ident),* $(; default $($optional:ident),+)? $(; unread $($unread:ident),+)? }) => {
        impl TryFrom<$crate::json::Object> for $type {
            type Error = $crate::json::BadField;

            fn try_from(mut object: $crate::json::Object) -> Result<Self, $crate::json::BadField> {
                Ok(Self {
                    $($field: object.take(stringify!($field))?,)*
                    $($($optional: object.take_or_default(stringify!($optional))?,)+)?
                    $($($unread: Default::default(),)+)?
                })
            }
        }

        $crate::objects!($type);
    };
}

/// Has types read that are made of an object, by [`Read`] and by serde.
#[macro_export]
macro_rules! objects {
    ($($type:ty),+ $(,)?) => {$(
        impl $crate::json::Read for $type {
            fn read(value: $crate::json::Json) -> Option<Self> {
                if let $crate::json::Json::Object(object) = value { object.try_into().ok() } else { None }
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::json::Object::deserialize(deserializer)?.try_into().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Json::deserialize(deserializer)? {
            Json::Object(object) => Ok(object),
            _ => Err(de::Error::custom("not an object")),
        }
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(i64::try_from(value).map_or(Json::Odd, Json::Number))
    }

    fn visit_f64<E>(self, _value: f64) -> Result<Json, E> {
        Ok(Json::Odd)
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Json::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Json::Object(Object(fields)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde::Serialize;

    #[derive(Debug, PartialEq, Serialize)]
    struct Plant {
        name: String,
        age: Option<u32>,
        leaves: Vec<(i64, bool)>,
        wild: bool,
    }

    reads!(Plant { name, age, leaves; default wild });

    #[test]
    fn what_serde_writes_is_read() {
        let plant = Plant { name: "rose 🌹".to_owned(), age: Some(7), leaves: vec![(1, true), (-2, false)], wild: true };
        assert_eq!(serde_json::from_str::<Plant>(&serde_json::to_string(&plant).unwrap()).unwrap(), plant);
        let bare: Plant =
            serde_json::from_str(r#"{"leaves":[],"of a later version":{"a":[null,0.5,18446744073709551615]},"name":"x"}"#)
                .unwrap();
        assert_eq!(bare, Plant { name: "x".to_owned(), age: None, leaves: Vec::new(), wild: false });
    }

    #[test]
    fn what_is_not_as_it_has_to_be_is_refused() {
        for text in [
            "",
            "null",
            "[]",
            "{}",
            r#"{"name":7,"leaves":[]}"#,
            r#"{"name":"x"}"#,
            r#"{"name":"x","leaves":[[1]]}"#,
            r#"{"name":"x","leaves":[],"age":-1}"#,
            r#"{"name":"x","leaves":[],"age":1.5}"#,
            r#"{"name":"x","leaves":[],"age":4294967296}"#,
            r#"{"name":"x","leaves":[],"wild":"yes"}"#,
            r#"{"name":"\ud83d","leaves":[]}"#,
        ] {
            assert!(serde_json::from_str::<Plant>(text).is_err(), "{text}");
        }
    }
}
