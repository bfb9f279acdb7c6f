//! Until when somebody may not sign in, and why: `/suspended/{token}`.

use leptos::prelude::*;
use protocol::ErrorCode;

use super::{
    Page, Visit,
    document::document,
    failure::{failure, nothing_here, status_of},
};
use crate::{components::brand, head::Head};

/// Says it, to whoever has just proved that the account is theirs.
pub async fn suspended(visit: Visit) -> Page {
    let error = match chat::house::noticed(&visit.chat, &visit.part_after("suspended")).await {
        Ok(error) => error,
        Err(error) if error.public().code == ErrorCode::NotFound => return nothing_here(&visit).await,
        Err(error) => return failure(&visit, &error),
    };
    let page = document(&visit, Head::new("Suspended", Vec::new()), |_| {
        view! {
            <section class="gate">
                <div class="gate-card">
                    {brand(visit.house())}
                    <h1>"This account is suspended"</h1>
                    <p role="status">{error.message()}</p>
                </div>
            </section>
        }
        .into_any()
    })
    .await;
    Page { status: status_of(ErrorCode::Suspended), ..page }
}
