//! Forms to server functions. Without JavaScript the browser sends them and comes back by redirect; with it they are sent from the
//! page, and what is wrong appears in place. Not leptos's `ActionForm`: that one takes the form apart into the function's arguments
//! and puts them together again, with code of its own for each function.

use leptos::{
    ev::SubmitEvent,
    prelude::*,
    server::ServerActionError,
    server_fn::{
        client::{Client, browser::BrowserClient},
        error::{FromServerFnError, ServerFnUrlError},
        request::ClientReq,
        response::ClientRes,
    },
    task::spawn_local,
};
use wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlFormElement, UrlSearchParams};

use crate::{AppError, Typed};

/// A form and how it fares.
#[derive(Clone, Copy)]
pub(crate) struct Posting {
    path: &'static str,
    /// What the server said against it, if anything yet.
    pub(crate) refusal: RwSignal<Option<AppError>>,
    pending: RwSignal<bool>,
}

impl Posting {
    /// A form to the server function at this path. When it was refused without JavaScript, the error stands in the page's address.
    pub(crate) fn to(path: &'static str) -> Self {
        let refused = use_context::<ServerActionError>().filter(|error| error.path() == path);
        let refusal = refused.map(|error| ServerFnUrlError::<AppError>::decode_err(error.err()));
        Self { path, refusal: RwSignal::new(refusal), pending: RwSignal::new(false) }
    }

    /// What the form held when it was refused, for its first rendering.
    pub(crate) fn typed(self) -> Typed {
        *self.refusal.with_untracked(|refusal| refusal.as_ref().map(|error| error.typed.clone()).unwrap_or_default())
    }

    fn send(self, event: &SubmitEvent) {
        let Some(fields) = fields(event) else { return };
        event.prevent_default();
        if self.pending.get_untracked() {
            return;
        }
        self.pending.set(true);
        spawn_local(async move {
            // The page may have been left meanwhile; then there is nothing to show.
            if let Err(error) = post(self.path, fields).await {
                self.refusal.try_set(Some(error));
            }
            self.pending.try_set(false);
        });
    }
}

/// What the browser would send.
fn fields(event: &SubmitEvent) -> Option<String> {
    let form = event.target()?.dyn_into::<HtmlFormElement>().ok()?;
    let data = FormData::new_with_form(&form).ok()?;
    UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?.to_string().as_string()
}

/// Sends a form. Where it leads to, a new document is loaded: after signing in nothing of the old page holds.
async fn post(path: &str, fields: String) -> Result<(), AppError> {
    type Request = <BrowserClient as Client<AppError>>::Request;

    let request =
        <Request as ClientReq<AppError>>::try_new_post(path, "application/json", "application/x-www-form-urlencoded", fields)?;
    let response = <BrowserClient as Client<AppError>>::send(request).await?;
    if (400..600).contains(&ClientRes::<AppError>::status(&response)) {
        return Err(AppError::de(ClientRes::<AppError>::try_into_bytes(response).await?));
    }
    // Fails for what is no address, and then the form stays as it is.
    let _ = window().location().set_href(&ClientRes::<AppError>::location(&response));
    Ok(())
}

/// The form itself: what is wrong apart from single fields, then the fields. That first element is always there, so that screen
/// readers watch it.
#[component]
pub(crate) fn PostForm(
    /// Where it goes.
    posting: Posting,
    /// What the button says.
    button: &'static str,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let pending = posting.pending;
    let fault = move || {
        posting.refusal.with(|refusal| {
            let error = refusal.as_ref()?;
            Some(error.general().unwrap_or_else(|| "Nothing was saved yet: one of the fields needs another look.".to_owned()))
        })
    };
    view! {
        <p class="form-fault" role="alert">
            {fault}
        </p>
        <form class="form" method="post" action=posting.path on:submit=move |event| posting.send(&event)>
            {children()}
            <button class="button button--wide" aria-busy=move || pending.get().then_some("true")>
                {button}
            </button>
        </form>
    }
}
