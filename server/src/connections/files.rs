//! How many files the process may have open: each connection is one.

use rustix::process::{Resource, getrlimit, setrlimit};

use super::{ALL_MAX, OTHER_FILES};

/// Fewer than this are named in the log: some hundreds of people with a page each come near it.
const FEW: u64 = 4096;

/// Raises the soft limit to what is needed, as far as the hard one goes; returns how many may be open now.
pub(crate) fn raise_limit() -> usize {
    let wanted = (ALL_MAX + OTHER_FILES) as u64;
    let mut limit = getrlimit(Resource::Nofile);
    let possible = limit.maximum.map_or(wanted, |hard| hard.min(wanted));
    if limit.current.is_some_and(|soft| soft < possible) {
        limit.current = Some(possible);
        if let Err(error) = setrlimit(Resource::Nofile, limit) {
            tracing::warn!(%error, "cannot raise the number of open files");
        }
    }
    let files = getrlimit(Resource::Nofile).current.and_then(|files| usize::try_from(files).ok()).unwrap_or(usize::MAX);
    if (files as u64) < FEW {
        tracing::warn!(files, "few files may be open, so few connections; LimitNOFILE= or ulimit -n raise it");
    }
    files
}
