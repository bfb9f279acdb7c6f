//! A new password by a link that an admin gave: `/reset/{token}`.

use leptos::{prelude::*, server_fn::ServerFn};
use protocol::{ErrorCode, Field};

use super::{
    Page, Visit,
    document::document,
    failure::{failure, nothing_here},
    field::TextField,
    form::Form,
};
use crate::{api::ResetPassword, components::brand, head::Head};

/// Asks for the new password.
pub async fn reset(visit: Visit) -> Page {
    let token = visit.part_after("reset");
    let user = match chat::house::account_of_link(&visit.chat, &token).await {
        Ok(user) => user,
        Err(error) if error.public().code == ErrorCode::NotFound => return nothing_here(&visit).await,
        Err(error) => return failure(&visit, &error),
    };
    let form = Form::to(ResetPassword::PATH, &visit);
    document(&visit, Head::new("New password", Vec::new()), |_| {
        let field = form.field(TextField {
            kind: "password",
            autocomplete: "new-password",
            hint: "At least 8 characters. A few unrelated words are easy to keep in mind.",
            ..TextField::new(Field::Password, "password")
        });
        let fields = view! {
            <input type="hidden" name="token" value=token />
            {field}
        };
        view! {
            <section class="gate">
                <div class="gate-card">
                    {brand(visit.house())}
                    <h1>"New password"</h1>
                    <p class="gate-lead">{format!("For @{}. Everything that is signed in with the old one ends.", user.username)}</p>
                    {form.view(fields.into_any(), "Set password")}
                </div>
            </section>
        }
        .into_any()
    })
    .await
}
