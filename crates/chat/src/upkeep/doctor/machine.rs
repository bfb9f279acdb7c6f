//! What the machine gives: the folder, the key, files to open.

use std::{fs, io, path::Path};

use tempfile::NamedTempFile;

use super::Finding;
use crate::credentials::SigningKey;

/// Each socket is an open file, and so is each connection to the database.
const OPEN_FILES_MIN: u64 = 4096;

/// Whether the data folder can be written to.
#[must_use]
pub fn data_folder(path: &Path) -> Finding {
    let shown = path.display();
    match NamedTempFile::new_in(path).map_err(|error| error.kind()) {
        Ok(_) => Finding::ok("data folder", shown.to_string()),
        Err(io::ErrorKind::NotFound) => {
            Finding::fail("data folder", format!("{shown} is not there. Is SNUG_DATA_DIR right? The first start makes it"))
        }
        Err(why) => Finding::fail("data folder", format!("{shown}: {why}. Let the user that Snug runs as write to it")),
    }
}

/// Room on the disk of this folder for whoever may write there, in bytes.
///
/// # Errors
/// The folder is not there, or the system does not tell.
pub fn free_bytes(folder: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(folder)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Whether the key is there, whole, and its owner's alone.
#[must_use]
pub fn signing_key(path: &Path) -> Finding {
    let shown = path.display();
    match SigningKey::load(path) {
        Ok(_) => match others_may_read(path) {
            Ok(false) => Finding::ok("signing key", shown.to_string()),
            Ok(true) => Finding::fail("signing key", format!("others may read {shown}. Do: chmod 600 {shown}")),
            Err(error) => Finding::fail("signing key", format!("{shown}: {error}")),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Finding::warn("signing key", format!("{shown} is not there yet; the first start makes it"))
        }
        Err(error) => Finding::fail("signing key", format!("{shown}: {error}. Move it away: the next start makes another")),
    }
}

#[cfg(unix)]
fn others_may_read(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::metadata(path)?.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn others_may_read(_: &Path) -> io::Result<bool> {
    Ok(false)
}

/// How many files this process may open, where the system tells.
#[must_use]
pub fn open_files() -> Finding {
    match fs::read_to_string("/proc/self/limits").ok().as_deref().and_then(open_files_of) {
        None => Finding::ok("open files", "unknown on this system"),
        Some(limit) if limit < OPEN_FILES_MIN => Finding::warn(
            "open files",
            format!(
                "{limit} at most, one for each socket. Raise it: `ulimit -n 65536`, or LimitNOFILE=65536 in the unit of systemd"
            ),
        ),
        Some(limit) => Finding::ok("open files", format!("{limit} at most")),
    }
}

/// The soft limit: the first figure of its line.
fn open_files_of(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    match line.split_whitespace().next()? {
        "unlimited" => Some(u64::MAX),
        figure => figure.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{super::Verdict, *};

    #[test]
    fn the_soft_limit_of_open_files_counts() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units     \n\
                      Max processes             unlimited            unlimited            processes \n\
                      Max open files            1024                 524288               files     \n";
        assert_eq!(open_files_of(limits), Some(1024));
        assert_eq!(open_files_of(&limits.replace("1024 ", "unlimited ")), Some(u64::MAX));
        assert_eq!(open_files_of("Max processes 7 7"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_others_may_read_or_that_is_cut_off_fails() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("signing.key");
        assert_eq!(signing_key(&path).verdict, Verdict::Warn);
        SigningKey::load_or_create(&path).unwrap();
        assert_eq!(signing_key(&path).verdict, Verdict::Ok);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let finding = signing_key(&path);
        assert!(finding.verdict == Verdict::Fail && finding.detail.contains("chmod 600"), "{finding}");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "half").unwrap();
        assert_eq!(signing_key(&path).verdict, Verdict::Fail);
    }

    #[test]
    fn a_data_folder_that_is_not_there_fails() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(data_folder(folder.path()).verdict, Verdict::Ok);
        assert_eq!(data_folder(&folder.path().join("gone")).verdict, Verdict::Fail);
    }
}
