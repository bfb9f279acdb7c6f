//! A link as a picture that a phone reads.

use std::fmt::Write;

use leptos::prelude::*;
use qrcode::{Color, QrCode};

/// Modules of white around it (ISO/IEC 18004, 5.3.8).
const QUIET: usize = 4;

/// The picture; none of a text that is too long for one.
pub(super) fn picture(text: &str) -> Option<impl IntoView + use<>> {
    let code = QrCode::new(text).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (n, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            // Writing to a String cannot fail.
            let _ = write!(path, "M{} {}h1v1h-1z", n % width + QUIET, n / width + QUIET);
        }
    }
    let side = width + 2 * QUIET;
    Some(view! {
        <svg class="qr" viewBox=format!("0 0 {side} {side}") role="img" aria-label="The link as a QR code" shape-rendering="crispEdges">
            <path class="qr-ground" d=format!("M0 0h{side}v{side}h-{side}z")></path>
            <path class="qr-ink" d=path></path>
        </svg>
    })
}
