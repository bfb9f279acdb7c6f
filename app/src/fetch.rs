//! Asks a server function by a plain `fetch`: a form goes out, JSON comes back.

use protocol::{
    Error, ErrorCode, RoomId, RoomPage, Seq, Window,
    json::{Json, Read},
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestInit, Response, UrlSearchParams, window};

use crate::{endpoints, json};

/// Asks the function at this address.
///
/// # Errors
/// What the server said, or that it could not be reached.
pub(crate) async fn post<T: Read>(path: &str, fields: &[(&str, &str)]) -> Result<T, Error> {
    request(RequestInit::new(), path, fields).await
}

/// A request that is sent even when the reader leaves the page.
pub(crate) fn outliving() -> RequestInit {
    let request = RequestInit::new();
    // Fails on no plain object. A browser that knows no such thing takes it as any other.
    let _ = js_sys::Reflect::set(&request, &JsValue::from_str("keepalive"), &JsValue::TRUE);
    request
}

/// As [`post`], by a request that has been prepared.
///
/// # Errors
/// What the server said, or that it could not be reached.
pub(crate) async fn request<T: Read>(request: RequestInit, path: &str, fields: &[(&str, &str)]) -> Result<T, Error> {
    read(ask(request, path, fields).await?)
}

/// A stretch of a room, which is named by its slug or id, or of a thread in it.
///
/// # Errors
/// What the server said, or that it could not be reached.
pub(crate) async fn room_page(room: &str, thread: Option<Seq>, window: Window) -> Result<RoomPage, Error> {
    let (name, value) = match window {
        Window::Latest => ("window", "latest".to_owned()),
        Window::Unread => ("window", "unread".to_owned()),
        Window::Before(seq) => ("window[before]", seq.to_string()),
        Window::After(seq) => ("window[after]", seq.to_string()),
        Window::Around(seq) => ("window[around]", seq.to_string()),
    };
    let root = thread.map(|root| root.to_string());
    let mut fields = vec![("room", room), (name, &value)];
    fields.extend(root.as_deref().map(|root| ("thread", root)));
    post(endpoints::ROOM_PAGE, &fields).await
}

/// The newest messages of a room, or of a thread in it.
///
/// # Errors
/// What the server said, or that it could not be reached.
pub(crate) async fn newest(room: RoomId, thread: Option<Seq>) -> Result<RoomPage, Error> {
    room_page(&room.to_string(), thread, Window::Latest).await
}

/// What did not arrive, or was answered by something in between, may be asked again.
fn read<T: Read>(answer: Json) -> Result<T, Error> {
    T::read(answer).ok_or_else(|| ErrorCode::Unavailable.into())
}

/// The answer, whatever it is to be: so there is one of this for all.
async fn ask(request: RequestInit, path: &str, fields: &[(&str, &str)]) -> Result<Json, Error> {
    let (ok, text) = send(request, path, fields).await.map_err(|_| ErrorCode::Unavailable)?;
    let answer = json::parse(&text).ok_or(ErrorCode::Unavailable)?;
    if ok { Ok(answer) } else { Err(read(answer)?) }
}

/// Whether it was done, and the answer.
async fn send(request: RequestInit, path: &str, fields: &[(&str, &str)]) -> Result<(bool, String), JsValue> {
    let form = UrlSearchParams::new()?;
    for (name, value) in fields {
        form.append(name, value);
    }
    request.set_method("POST");
    request.set_body(&form);
    let window = window().ok_or(JsValue::NULL)?;
    let response: Response = JsFuture::from(window.fetch_with_str_and_init(path, &request)).await?.dyn_into()?;
    let text = JsFuture::from(response.text()?).await?;
    Ok((response.ok(), text.as_string().unwrap_or_default()))
}
