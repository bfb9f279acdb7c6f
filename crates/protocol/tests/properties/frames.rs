//! What holds for any bytes that come as a frame. Used by the replay of the corpus and by the fuzz target.

use std::fmt::Debug;

use protocol::{ClientFrame, ServerFrame};
use serde::{Serialize, de::DeserializeOwned};

/// Reads any bytes as a frame of either side; what is one is the same after a round trip.
pub(crate) fn holds(bytes: &[u8]) -> Result<(), String> {
    survives::<ClientFrame>(bytes)?;
    survives::<ServerFrame>(bytes)
}

fn survives<T: Debug + PartialEq + Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<(), String> {
    let Ok(frame) = serde_json::from_slice::<T>(bytes) else { return Ok(()) };
    let text = serde_json::to_string(&frame).map_err(|error| format!("{error} in {frame:?}"))?;
    match serde_json::from_str::<T>(&text) {
        Ok(again) if again == frame => Ok(()),
        again => Err(format!("{frame:?} became {again:?} by way of {text}")),
    }
}
