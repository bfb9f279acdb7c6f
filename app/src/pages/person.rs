//! A member in a list, and the forms for what may be done about them.

use chat::rooms::Member;
use leptos::{prelude::*, server_fn::ServerFn};
use protocol::{Presence, RoomRole, Status, User, UserId};

use crate::{
    api::{BanMember, MuteMember, RemoveMember, SetRole},
    components::{avatar, presence_dot},
};

/// Picture and names.
pub(super) fn person(user: &User) -> impl IntoView + use<> {
    view! {
        {avatar(user, "avatar")}
        <p class="person-names">
            <strong dir="auto">{user.name.clone()}</strong>
            {user.bot.then(|| view! { <span class="bot-badge">"Bot"</span> })}
            <span>{["@", &user.username].concat()}</span>
        </p>
    }
}

/// The same, and whether they are there, and what they do.
pub(super) fn person_here(user: &User, presence: Presence, status: Option<&Status>) -> impl IntoView + use<> {
    view! {
        <span class="avatar-frame">{avatar(user, "avatar")} {presence_dot(user.id, Some(presence))}</span>
        <p class="person-names">
            <strong dir="auto">{user.name.clone()}</strong>
            {user.bot.then(|| view! { <span class="bot-badge">"Bot"</span> })}
            <span>{["@", &user.username].concat()}</span>
            {status_line(user.id, status)}
        </p>
    }
}

/// What somebody says of what they do. It is there when it is empty, too: a script fills it in when they say something.
pub(super) fn status_line(user: UserId, status: Option<&Status>) -> impl IntoView + use<> {
    let line = status.map(|status| [status.emoji.as_str(), &status.text].join(" ").trim().to_owned());
    view! {
        <span class="person-status" data-status=user.to_string() dir="auto">
            {line}
        </span>
    }
}

/// Forms about people in one room.
pub(super) struct Forms {
    /// Its part of the address.
    pub(super) room: String,
    /// Whether it is the house that sees to the room.
    pub(super) house: bool,
}

impl Forms {
    /// A form to a server function that takes the room and what else stands in it.
    pub(super) fn post(&self, path: &'static str, fields: AnyView) -> impl IntoView + use<> {
        view! {
            <form method="post" action=path>
                <input type="hidden" name="room" value=self.room.clone() />
                {self.house.then(|| view! { <input type="hidden" name="house" value="true" /> })}
                {fields}
            </form>
        }
    }

    /// What may be done about a member, folded together: nothing of it is done by one tap.
    pub(super) fn menu(&self, member: &Member) -> Option<impl IntoView + use<>> {
        if member.roles.is_empty() && !member.may_be_moderated {
            return None;
        }
        let label = ["Manage ", &member.user.name].concat();
        let roles = member.roles.iter().map(|role| self.role(member, *role)).collect_view();
        // Keeping order is for those in the room.
        let inside = !self.house;
        let moderate = member.may_be_moderated.then(|| {
            view! {
                {inside.then(|| self.mute(member))}
                {self.remove(member)}
                {inside.then(|| self.ban(member))}
            }
        });
        Some(view! {
            <details class="person-menu">
                <summary aria-label=label>"Manage"</summary>
                <div class="person-forms">{roles} {moderate}</div>
            </details>
        })
    }

    fn about(&self, path: &'static str, member: &Member, fields: AnyView) -> impl IntoView + use<> {
        let user = member.user.id.to_string();
        let fields = view! {
            <input type="hidden" name="user" value=user />
            {fields}
        };
        self.post(path, fields.into_any())
    }

    fn role(&self, member: &Member, role: RoomRole) -> impl IntoView + use<> {
        let (value, label) = match role {
            RoomRole::Owner => ("owner", "Make an owner"),
            RoomRole::Moderator => ("moderator", "Make a moderator"),
            RoomRole::Member => ("member", "Make a plain member"),
        };
        let fields = view! {
            <input type="hidden" name="role" value=value />
            <button class="button button--quiet">{label}</button>
        };
        self.about(SetRole::PATH, member, fields.into_any())
    }

    fn mute(&self, member: &Member) -> AnyView {
        if member.muted_until.is_some() {
            let fields = view! { <button class="button button--quiet">"Let write again"</button> };
            return self.about(MuteMember::PATH, member, fields.into_any()).into_any();
        }
        let fields = view! {
            <select name="time" aria-label="Mute for how long">
                <option value="hour">"1 hour"</option>
                <option value="day">"1 day"</option>
                <option value="always">"For good"</option>
            </select>
            <button class="button button--quiet">"Mute"</button>
        };
        self.about(MuteMember::PATH, member, fields.into_any()).into_any()
    }

    fn remove(&self, member: &Member) -> impl IntoView + use<> {
        let fields = view! { <button class="button button--quiet danger">"Remove from the room"</button> };
        self.about(RemoveMember::PATH, member, fields.into_any())
    }

    fn ban(&self, member: &Member) -> impl IntoView + use<> {
        let fields = view! {
            {ban_terms()}
            <button class="button button--quiet danger">"Remove and ban"</button>
        };
        self.about(BanMember::PATH, member, fields.into_any())
    }
}

/// Why somebody is kept out, and for how long.
pub(super) fn ban_terms() -> impl IntoView {
    view! {
        <input type="text" name="reason" maxlength="200" aria-label="Reason for a ban" placeholder="Reason" />
        <select name="time" aria-label="Ban for how long">
            <option value="day">"1 day"</option>
            <option value="week">"7 days"</option>
            <option value="always">"For good"</option>
        </select>
    }
}
