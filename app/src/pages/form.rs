//! Forms to server functions. The browser sends them; what is refused comes back as this page, with the error in its address.

use std::sync::atomic::{AtomicBool, Ordering};

use leptos::{prelude::*, server_fn::error::ServerFnUrlError};
use protocol::{Field, FieldError, Problem};
use serde::Deserialize;

use super::{Visit, field::TextField};
use crate::{AppError, Typed};

/// A form, and what the server said against it the last time.
pub(super) struct Form {
    path: &'static str,
    refusal: Option<AppError>,
    /// Where the focus goes: to the first thing that is wrong, else to the first field.
    focus: Focus,
    /// Whether a field has been made.
    begun: AtomicBool,
    /// What it looks like.
    class: &'static str,
}

/// What the smallest forms look like.
const SMALL: &str = "small-form";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Focus {
    First,
    Nowhere,
    Field(Field),
    Form,
}

/// What stands in the address after a refusal (`leptos_axum` puts it there).
#[derive(Default, Deserialize)]
struct Refused {
    #[serde(rename = "__path")]
    path: Option<String>,
    #[serde(rename = "__err")]
    error: Option<String>,
}

impl Form {
    /// A form to the server function at this path.
    pub(super) fn to(path: &'static str, visit: &Visit) -> Self {
        let Refused { path: refused, error } = visit.query();
        let error = error.filter(|_| refused.as_deref() == Some(path));
        let refusal = error.map(|error| ServerFnUrlError::<AppError>::decode_err(&error));
        let focus = match &refusal {
            None => Focus::First,
            Some(refusal) => refusal.error.fields.first().map_or(Focus::Form, |fault| Focus::Field(fault.field)),
        };
        Self { path, refusal, focus, begun: AtomicBool::new(false), class: "form" }
    }

    /// One of several forms on a page: it takes the focus only when it comes back from a refusal.
    pub(super) fn among(path: &'static str, visit: &Visit) -> Self {
        let form = Self::to(path, visit);
        let focus = if form.focus == Focus::First { Focus::Nowhere } else { form.focus };
        Self { focus, ..form }
    }

    /// The same, with its button beside its fields.
    pub(super) fn beside(path: &'static str, visit: &Visit) -> Self {
        Self { class: "form-beside", ..Self::among(path, visit) }
    }

    /// One that is a line of small fields, whose faults stand above them all.
    pub(super) fn small(path: &'static str, visit: &Visit) -> Self {
        Self { class: SMALL, ..Self::among(path, visit) }
    }

    /// Whether it comes back from a refusal.
    pub(super) fn is_refused(&self) -> bool {
        self.refusal.is_some()
    }

    /// Whether it was refused because somebody or something else has what stands in a field.
    pub(super) fn is_taken(&self, field: Field) -> bool {
        let taken = FieldError { field, problem: Problem::Taken };
        self.refusal.as_ref().is_some_and(|refusal| refusal.error.fields.contains(&taken))
    }

    /// What the form held when it was refused.
    pub(super) fn typed(&self) -> Typed {
        self.refusal.as_ref().map(|refusal| (*refusal.typed).clone()).unwrap_or_default()
    }

    /// What is wrong with a field, as a sentence.
    pub(super) fn fault(&self, field: Field) -> Option<String> {
        self.refusal.as_ref()?.about(field)
    }

    /// A line to type into.
    pub(super) fn field(&self, field: TextField) -> AnyView {
        let first = !self.begun.swap(true, Ordering::Relaxed);
        let focus = self.focus == Focus::Field(field.field) || (first && self.focus == Focus::First);
        let fault = self.fault(field.field);
        field.view(fault, focus)
    }

    /// What was wrong apart from single fields.
    pub(super) fn general(&self) -> Option<String> {
        self.refusal.as_ref()?.general()
    }

    /// The form itself: what is wrong apart from single fields, then the fields and the button.
    pub(super) fn view(&self, fields: AnyView, button: &'static str) -> AnyView {
        let class = if self.class == "form" { "button button--wide" } else { "button button--quiet" };
        self.with_button(fields, button, class)
    }

    /// A form that does what cannot be undone.
    pub(super) fn dangerous(&self, fields: AnyView, button: &'static str) -> AnyView {
        self.with_button(fields, button, "button button--wide button--danger")
    }

    fn with_button(&self, fields: AnyView, button: &'static str, class: &'static str) -> AnyView {
        let fault = self.refusal.as_ref().map(|refusal| {
            let elsewhere = || match self.class {
                SMALL => refusal.error.message(),
                _ => "Nothing was saved yet: one of the fields needs another look.".to_owned(),
            };
            refusal.general().unwrap_or_else(elsewhere)
        });
        let focus = (self.focus == Focus::Form).then_some("");
        view! {
            <p class="form-fault" role="alert" tabindex=focus.map(|_| "-1") autofocus=focus>
                {fault}
            </p>
            <form class=self.class method="post" action=self.path>
                {fields}
                <button class=class>{button}</button>
            </form>
        }
        .into_any()
    }
}

/// A box without which the browser does not send a form: what it does cannot be undone, and one click is soon done.
pub(super) fn sure(label: &'static str) -> AnyView {
    view! {
        <label class="check">
            <input type="checkbox" required />
            {label}
        </label>
    }
    .into_any()
}

/// Why a form of this page was refused, in one line, where the forms themselves have no place to say it.
pub(super) fn refusal(visit: &Visit) -> Option<String> {
    let error = ServerFnUrlError::<AppError>::decode_err(&visit.query::<Refused>().error?);
    error.general().or_else(|| Some(error.error.message()))
}
