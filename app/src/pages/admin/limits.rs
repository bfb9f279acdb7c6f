//! How often things may be done: a part of the settings.

use chat::{Limits, Quota, Settings};
use leptos::{prelude::*, server_fn::ServerFn};
use protocol::Field;

use crate::{
    api::SetLimits,
    pages::{Visit, form::Form},
};

/// What is counted by account and by address.
const ROWS: [(&str, Option<Quota>, Quota); 4] = [
    ("Messages a minute", Some(Quota::Messages), Quota::MessagesFromAddress),
    ("New rooms a day", Some(Quota::Rooms), Quota::RoomsFromAddress),
    ("Invites a day", Some(Quota::Invites), Quota::InvitesFromAddress),
    ("New accounts a day", None, Quota::RegistrationsFromAddress),
];

/// The form.
pub(super) fn limits(visit: &Visit, settings: &Settings) -> AnyView {
    let form = Form::among(SetLimits::PATH, visit);
    let typed = form.typed().numbers;
    let value = |quota: Quota| match typed.get(quota as usize) {
        Some(typed) => typed.clone(),
        None => settings.quotas.get(quota).map(|count| count.to_string()).unwrap_or_default(),
    };
    let limits = visit.chat.limits();
    let rows = ROWS.map(|(what, account, address)| {
        let account = account.map(|quota| number(limits, quota, value(quota), [what, " by one account"].concat()));
        let address = number(limits, address, value(address), [what, " from one address"].concat());
        view! {
            <tr>
                <th scope="row">{what}</th>
                <td>{account}</td>
                <td>{address}</td>
            </tr>
        }
    });
    let fields = view! {
        <table class="quotas" aria-describedby="limits-hint limits-fault">
            <thead>
                <tr>
                    <td></td>
                    <th scope="col">"By one account"</th>
                    <th scope="col">"From one address"</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
        <p class="field-fault" id="limits-fault">
            {form.fault(Field::Limits)}
        </p>
        <p class="field-hint" id="limits-hint">
            "What stays empty is as this server was started; its limits are shown, and nothing here goes beyond them. \
            Who writes more has to wait, and what they wrote goes out when its time has come. A burst of 20 messages always passes."
        </p>
    };
    view! {
        <section class="office-form">
            <h2>"How often"</h2>
            {form.view(fields.into_any(), "Save limits")}
        </section>
    }
    .into_any()
}

fn number(limits: &Limits, quota: Quota, value: String, label: String) -> AnyView {
    let most = limits.most(quota).max(1).to_string();
    view! {
        <input
            type="number"
            name=quota.word()
            aria-label=label
            inputmode="numeric"
            min="1"
            max=most.clone()
            placeholder=most
            value=value
            autocomplete="off"
        />
    }
    .into_any()
}
