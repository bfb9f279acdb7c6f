//! What may be done in the house, by whom.

use protocol::{ErrorCode, HouseRole};

/// What somebody wants to do in the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HouseAction {
    /// Make a room.
    MakeRoom,
    /// Make a link by which others come in.
    Invite,
    /// Make a bot.
    MakeBot,
    /// See the administration, with figures, reports and the audit log.
    Administer,
    /// See to any room without being in it: its members and their roles, what was reported there, archiving and deleting it.
    ManageRooms,
    /// Suspend, sign out, delete or help an account of this role.
    ManageAccount(HouseRole),
    /// Change what an account is in the house, from this role to another.
    ChangeRole,
    /// Tell everybody something.
    Announce,
    /// Change how the house is run.
    Settle,
}

/// What the owner has settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HouseRules {
    /// Whether every member may make rooms, or only admins.
    pub(crate) members_make_rooms: bool,
    /// Whether every member may invite others, or only admins.
    pub(crate) members_invite: bool,
    /// Whether every member may make bots, or only admins.
    pub(crate) members_make_bots: bool,
}

/// Lets somebody of this role do this, or says why not. Nobody is signed in without a role.
pub(crate) fn permit(role: Option<HouseRole>, action: HouseAction, rules: HouseRules) -> Result<(), ErrorCode> {
    let role = role.ok_or(ErrorCode::NotAuthenticated)?;
    let may = match action {
        HouseAction::MakeRoom => rules.members_make_rooms || role >= HouseRole::Admin,
        HouseAction::Invite => rules.members_invite || role >= HouseRole::Admin,
        HouseAction::MakeBot => rules.members_make_bots || role >= HouseRole::Admin,
        HouseAction::Administer | HouseAction::ManageRooms | HouseAction::Announce => role >= HouseRole::Admin,
        // Admins see to members; owners to everybody, each other too. That one stays is looked after where it is done.
        HouseAction::ManageAccount(subject) => {
            role == HouseRole::Owner || (role == HouseRole::Admin && subject == HouseRole::Member)
        }
        HouseAction::ChangeRole | HouseAction::Settle => role == HouseRole::Owner,
    };
    if may { Ok(()) } else { Err(ErrorCode::NotAllowed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTIONS: [HouseAction; 11] = [
        HouseAction::MakeRoom,
        HouseAction::Invite,
        HouseAction::MakeBot,
        HouseAction::Administer,
        HouseAction::ManageRooms,
        HouseAction::ManageAccount(HouseRole::Member),
        HouseAction::ManageAccount(HouseRole::Admin),
        HouseAction::ManageAccount(HouseRole::Owner),
        HouseAction::ChangeRole,
        HouseAction::Announce,
        HouseAction::Settle,
    ];

    /// The whole table: each role, each action, under strict and under free rules.
    const TABLE: &str = include_str!("house.table");

    #[test]
    fn every_action_of_everybody_in_the_house_has_its_cell() {
        let mut table = format!("{:24}", "action");
        let roles = [None, Some(HouseRole::Member), Some(HouseRole::Admin), Some(HouseRole::Owner)];
        for rules in ["strict", "free"] {
            for role in ["guest", "member", "admin", "owner"] {
                table.push_str(&format!("{:15}", format!("{rules} {role}")));
            }
        }
        for action in ACTIONS {
            table.push_str(&format!("\n{:24}", format!("{action:?}").to_lowercase()));
            for free in [false, true] {
                let rules = HouseRules { members_make_rooms: free, members_invite: free, members_make_bots: free };
                for role in roles {
                    let cell = match permit(role, action, rules) {
                        Ok(()) => "yes",
                        Err(ErrorCode::NotAuthenticated) => "sign in",
                        Err(_) => "no",
                    };
                    table.push_str(&format!("{cell:15}"));
                }
            }
        }
        let table = table.lines().map(str::trim_end).collect::<Vec<_>>().join("\n") + "\n";
        assert_eq!(table, TABLE, "\n{table}");
    }
}
