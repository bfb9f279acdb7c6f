//! Server functions: what pages and forms ask the server for. Each one names the use case of `chat` that decides; forms reach the
//! same functions without JavaScript, hence the URL-encoded arguments and the fixed addresses. They exist on the server only: the
//! browser asks by [`crate::fetch`].

mod accounts;
mod alerts;
mod commands;
mod house;
mod invites;
mod limits;
mod messages;
mod moderation;
mod outgoing;
mod people;
mod profile;
mod programs;
mod reactions;
mod reads;
mod room_settings;
mod rooms;
mod security;
mod threads;

pub(crate) use accounts::{Login, Register};
pub(crate) use alerts::{DismissAlerts, ReadAlerts};
pub(crate) use commands::DeleteCommand;
pub(crate) use house::{
    Announce, DeleteAccountOf, EndSessionOf, Lift, RemoveIcon, ResetPassword, SetHouseRole, Settle, SignOutEverywhere, Suspend,
    WelcomeDoors, WelcomeName, WelcomeRooms,
};
pub(crate) use invites::{AcceptInvite, MakeInvite, RevokeInvite};
pub(crate) use limits::SetLimits;
pub(crate) use moderation::{CloseReport, DeleteMessage, ReportMessage};
pub(crate) use outgoing::{DeleteOutgoing, PauseOutgoing, ResendDelivery};
pub(crate) use people::{AddMember, BanMember, BanNamed, MuteMember, RemoveMember, SetRole, UnbanMember};
pub(crate) use profile::{EditProfile, RemovePicture, SetAvailability, SetStatus};
pub(crate) use programs::{
    AddBotToRoom, ChangeBot, DeleteBot, HandBotOver, MakeBot, RemoveBotFromRoom, RemoveBotPicture, RevokeAllTokens, RevokeToken,
};
pub(crate) use reactions::{Bookmark, PinMessage, React};
pub(crate) use reads::{MarkRead, MuteRoom, ReadAll, SetLevel, SetQuietHours, UndoReadAll};
pub(crate) use room_settings::{ArchiveRoom, DeleteRoom, SetAddress, SetVisibility, SlowDown};
pub(crate) use rooms::{Converse, CreateRoom, EditRoom, OrderRooms};
pub(crate) use security::{ChangePassword, DeleteAccount, EndOtherSessions, EndSession, RenameAccount};
pub(crate) use threads::ReadThread;
#[cfg(test)]
pub(crate) use {
    accounts::{Logout, RenewToken, SetTheme},
    messages::ReadRoom,
    reads::{MarkUnread, Unread},
    rooms::{HideConversation, JoinRoom, LeaveRoom, Rooms, StarRoom},
    threads::FollowThread,
};
