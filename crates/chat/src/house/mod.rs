//! The house (use cases): how it is run, who is what in it, and what its admins do.

mod announce;
mod audit;
mod delete;
mod doer;
mod export;
mod figures;
mod first;
mod floods;
mod people;
mod reset;
mod role;
mod rooms;
mod sessions;
mod settings;
mod suspend;

pub use announce::announce;
pub use audit::{AuditEntry, AuditPage, AuditSearch, audit};
pub(crate) use audit::{Deed, Subject, enter};
pub use delete::delete;
pub(crate) use doer::Doer;
pub use doer::{By, may_administer, may_settle};
pub use export::export;
pub use figures::{Figures, figures};
pub(crate) use first::{first_account, forget_first_links};
pub use first::{first_link, is_first_link, is_new};
pub(crate) use floods::tell_of_floods;
pub use people::{Account, PeoplePage, PeopleSearch, Person, people, person};
pub use reset::{account_of_link, reset_link, set_password, use_reset_link};
pub use role::set_role;
pub use rooms::{HouseRoom, RoomsOfHouse, members_of, room, rooms};
pub use sessions::{HouseSession, SessionSearch, SessionsPage, end_session, sessions};
pub use settings::change;
pub(crate) use settings::keep_up;
pub(crate) use suspend::suspension;
pub use suspend::{lift, notice, noticed, sign_out, suspend};
