//! What other programs post, made into the markdown of messages: Slack's format, which most of them speak, and the events of GitHub and
//! GitLab. Pure: no I/O, and no decision on who may post or whom a text may call.
//!
//! Bodies are read as they come: a field that is missing or of another kind than documented is passed over, since a sender that is refused
//! for a detail is an alarm that nobody hears.

mod attachments;
mod blocks;
mod emoji;
mod escape;
mod event;
mod fields;
mod github;
mod gitlab;
mod length;
mod mrkdwn;
mod slack;
mod time;

pub use emoji::EMOJI;
pub use event::Event;
pub use github::github;
pub use gitlab::gitlab;
pub use slack::{Fault, slack};
