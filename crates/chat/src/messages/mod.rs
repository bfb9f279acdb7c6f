//! Messages (use cases): sending them, the one door for every writer, reading history, changing, deleting and reporting them, reacting to them.

mod batch;
mod delete;
mod done;
mod edit;
mod expire;
mod find;
mod history;
mod inbox;
mod known;
mod mentions;
mod page;
mod pin;
mod react;
mod reactors;
mod referred;
mod report;
mod reported;
mod send;
mod sent;

pub(crate) use delete::asked;
pub use delete::{Asked, deletable, delete};
pub use done::Done;
pub use edit::{NewText, edit, editable};
pub use expire::expire;
pub(crate) use expire::keep_no_longer;
pub(crate) use find::root;
pub use history::{Text, history};
pub(crate) use page::Written;
pub use page::{page, page_and_beside, quote, stands_in, thread, thread_and_beside};
pub use pin::{Pinned, Pins, pin, pins};
pub use react::react;
pub use reactors::{Reactors, ReactorsPage, reactors, who_reacted};
pub use report::{close_report, report, reportable};
pub use reported::{Place, Report, ReportsPage, all_reports, reports};
pub use send::{Outgoing, send, submit};
pub use sent::Sent;
