use futures::channel::mpsc::UnboundedSender;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{CloseEvent, MessageEvent, WebSocket};

use super::command::Command;

/// A WebSocket of the browser, opening or open. It ends when this is dropped, and nothing of it is heard after that.
pub(super) struct Transport {
    socket: WebSocket,
    /// The socket holds them by reference.
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_close: Closure<dyn FnMut(CloseEvent)>,
}

impl Transport {
    /// Opens one. What it brings goes into the queue with its number on it, since something may be waiting there still when the next
    /// one is opened.
    pub(super) fn open(
        number: u32,
        address: &str,
        protocols: &JsValue,
        queue: &UnboundedSender<Command>,
    ) -> Result<Self, JsValue> {
        let socket = WebSocket::new_with_str_sequence(address, protocols)?;
        let enqueue = {
            let queue = queue.clone();
            // Fails only when the loop has ended, with the page.
            move |command| _ = queue.unbounded_send(command)
        };
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new({
            let enqueue = enqueue.clone();
            // The server sends text only; of anything else the one thing that counts is that it came.
            move |event: MessageEvent| enqueue(Command::Frame(number, event.data().as_string().unwrap_or_default()))
        });
        let on_close =
            Closure::<dyn FnMut(CloseEvent)>::new(move |event: CloseEvent| enqueue(Command::Closed(number, event.code())));
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        Ok(Self { socket, _on_message: on_message, _on_close: on_close })
    }

    pub(super) fn send(&self, text: &str) {
        // Says nothing about arrival, not even when it succeeds: only an acknowledgement counts.
        let _ = self.socket.send_with_str(text);
    }
}

impl Drop for Transport {
    fn drop(&mut self) {
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        // Fails only for codes and reasons that are not allowed, and there are none.
        let _ = self.socket.close();
    }
}
