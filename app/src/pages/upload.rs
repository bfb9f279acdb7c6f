//! Sending a picture.

use leptos::prelude::*;
use protocol::{Field, FieldError, Problem};

/// A form with a file, and why the last one was not taken.
pub(super) fn upload(action: impl Into<String>, label: &'static str, button: &'static str, refused: bool) -> impl IntoView {
    let action: String = action.into();
    let fault = refused.then(|| FieldError { field: Field::Picture, problem: Problem::Wrong }.to_string());
    view! {
        <form class="form" method="post" action=action enctype="multipart/form-data">
            <div class="field">
                <label for="picture">{label}</label>
                <input
                    id="picture"
                    name="picture"
                    type="file"
                    accept="image/png,image/jpeg,image/webp"
                    required
                    aria-describedby="picture-fault picture-hint"
                    aria-invalid=fault.is_some().then_some("true")
                />
                <p class="field-fault" id="picture-fault" role="alert">
                    {fault}
                </p>
                <p class="field-hint" id="picture-hint">
                    "PNG, JPEG or WebP, at most 8 MB. It is cut square, and where and with what it was taken is left out."
                </p>
            </div>
            <button class="button">{button}</button>
        </form>
    }
}
