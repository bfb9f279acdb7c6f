//! Who may read the database and its backups.

use std::path::Path;

use super::Finding;
use crate::upkeep::private::open_to_others;

/// Whether the files of the database, and the folder of its backups with all that is in it, are their owner's alone.
#[must_use]
pub fn files(database_url: &str, backups: &Path) -> Finding {
    let open = open_to_others(database_url, backups);
    if open.is_empty() {
        return Finding::ok("files", "data and backups are for their owner alone");
    }
    let open: Vec<_> = open.iter().map(|path| path.display().to_string()).collect();
    let open = open.join(" ");
    Finding::fail("files", format!("others may read what holds the hashes of passwords. Do: chmod go= {open}"))
}
