//! Addresses of the server functions that the living page names: its forms send to them with and without JavaScript, its scripts read
//! from them. Spelled out, since what the `#[server]` macro makes of a function for the browser is a client with codecs of its own.

/// Joins a room.
pub(crate) const JOIN_ROOM: &str = "/api/fn/join_room";
/// Follows a thread, or does not any more.
pub(crate) const FOLLOW_THREAD: &str = "/api/fn/follow_thread";
/// Says how far one has read a thread.
pub(crate) const READ_THREAD: &str = "/api/fn/read_thread";
/// Leaves a room.
pub(crate) const LEAVE_ROOM: &str = "/api/fn/leave_room";
/// Takes a conversation out of the list.
pub(crate) const HIDE_CONVERSATION: &str = "/api/fn/hide_conversation";
/// Pins a message, or unpins it.
pub(crate) const PIN_MESSAGE: &str = "/api/fn/pin_message";
/// Keeps a message for oneself, or no longer.
pub(crate) const BOOKMARK: &str = "/api/fn/bookmark";
/// Gives a room a star, or takes it away.
pub(crate) const STAR_ROOM: &str = "/api/fn/star_room";
/// Signs out.
pub(crate) const LOGOUT: &str = "/api/fn/logout";
/// Draws a token for the socket from the session.
#[cfg_attr(not(any(feature = "hydrate", test)), expect(dead_code, reason = "only a browser has a connection that needs one"))]
pub(crate) const RENEW_TOKEN: &str = "/api/fn/renew_token";
/// A stretch of a room's history.
pub(crate) const ROOM_PAGE: &str = "/api/fn/room_page";
/// The rooms in the list beside a page.
pub(crate) const ROOMS: &str = "/api/fn/rooms";
/// What is new in the rooms of the list.
#[cfg_attr(not(any(feature = "hydrate", test)), expect(dead_code, reason = "only a browser hears what is new"))]
pub(crate) const UNREAD: &str = "/api/fn/unread";
/// Marks a room as unread from a message on.
pub(crate) const MARK_UNREAD: &str = "/api/fn/mark_unread";
/// Marks all rooms as read.
pub(crate) const READ_ALL: &str = "/api/fn/read_all";
/// Chooses the colours.
pub(crate) const SET_THEME: &str = "/api/fn/set_theme";

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use leptos::server_fn::ServerFn;

    use super::*;
    use crate::api;

    #[test]
    fn each_is_the_address_of_its_function() {
        let pairs = [
            (JOIN_ROOM, api::JoinRoom::PATH),
            (FOLLOW_THREAD, api::FollowThread::PATH),
            (READ_THREAD, api::ReadThread::PATH),
            (LEAVE_ROOM, api::LeaveRoom::PATH),
            (HIDE_CONVERSATION, api::HideConversation::PATH),
            (PIN_MESSAGE, api::PinMessage::PATH),
            (BOOKMARK, api::Bookmark::PATH),
            (STAR_ROOM, api::StarRoom::PATH),
            (LOGOUT, api::Logout::PATH),
            (RENEW_TOKEN, api::RenewToken::PATH),
            (ROOM_PAGE, api::ReadRoom::PATH),
            (ROOMS, api::Rooms::PATH),
            (UNREAD, api::Unread::PATH),
            (MARK_UNREAD, api::MarkUnread::PATH),
            (READ_ALL, api::ReadAll::PATH),
            (SET_THEME, api::SetTheme::PATH),
        ];
        for (address, path) in pairs {
            assert_eq!(address, path);
        }
    }
}
