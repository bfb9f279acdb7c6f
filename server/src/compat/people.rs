//! People as these clients know them.

use protocol::{User, Username};

/// The user name of somebody who has an e-mail address elsewhere: what stands before its `@`. Snug keeps no addresses.
pub(super) fn username(name_or_address: &str) -> String {
    let name = name_or_address.trim();
    match name.split_once('@') {
        Some((before, _)) if Username::parse(name).is_err() => {
            before.chars().map(|c| if c.is_ascii_alphanumeric() || "_-.".contains(c) { c } else { '-' }).collect()
        }
        _ => name.to_owned(),
    }
}

/// Whether a client means this person by what it calls an author: an id or a user name.
pub(super) fn is_meant(said: &str, user: &User) -> bool {
    said == user.id.to_string() || username(said).eq_ignore_ascii_case(&user.username)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_stands_for_what_is_before_its_at() {
        for (said, name) in [(" ada ", "ada"), ("ada@example.org", "ada"), ("ada+chat@example.org", "ada-chat"), ("", "")] {
            assert_eq!(username(said), name);
        }
    }
}
