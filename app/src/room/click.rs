use leptos::ev::MouseEvent;

/// Whether a click means "go there": other buttons and keys open a tab or a window, and a handler may have taken it already.
pub(super) fn is_plain(event: &MouseEvent) -> bool {
    let modified = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    event.button() == 0 && !modified && !event.default_prevented()
}
