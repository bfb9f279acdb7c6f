//! Does the database take writes, and do they last.

use std::path::Path;

use sea_orm::{DatabaseConnection, DbBackend, DbErr};

use super::{Finding, machine, value::value};
use crate::db::{connect, trial, urls};

/// Below this, sends may soon fail.
const FREE_MIN: u64 = 64 << 20;
/// Below this, it is time to make room.
const FREE_LOW: u64 = 1 << 30;

/// Writes a row and takes it back.
pub(super) async fn writing(url: &str) -> Finding {
    let tried = async {
        let db = connect::writer(url).await?;
        let transaction = connect::begin(&db).await?;
        let written = trial::write(&transaction).await;
        transaction.rollback().await?;
        db.close().await?;
        written
    };
    match tried.await {
        Ok(()) => Finding::ok("writing", "a row was written and taken back"),
        Err(error) => Finding::fail("writing", format!("nothing can be written: {error}")),
    }
}

/// Whether a commit is on the disk when PostgreSQL says so (G1). SQLite is told so at each connection.
pub(super) async fn durability(db: &DatabaseConnection) -> Result<Finding, DbErr> {
    let mut off = Vec::new();
    for (setting, sql) in [
        ("fsync", "SELECT current_setting('fsync')"),
        ("full_page_writes", "SELECT current_setting('full_page_writes')"),
        ("synchronous_commit", "SELECT current_setting('synchronous_commit')"),
    ] {
        if value::<String>(db, sql).await? == "off" {
            off.push(setting);
        }
    }
    Ok(if off.is_empty() {
        Finding::ok("durability", "fsync, full_page_writes and synchronous_commit are on")
    } else {
        Finding::fail("durability", format!("off: {}. Messages that were acknowledged can be lost; set it to on", off.join(", ")))
    })
}

/// Whether there is room for what comes, and for the backup before an upgrade.
pub(super) fn room(url: &str) -> Option<Finding> {
    let file = urls::sqlite_file(url)?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let size = file.metadata().map_or(0, |file| file.len());
    Some(match machine::free_bytes(folder) {
        Ok(free) => room_for(size, free),
        Err(error) => Finding::warn("free space", format!("{}: {error}", folder.display())),
    })
}

fn room_for(size: u64, free: u64) -> Finding {
    let told = format!("{} free, the database takes {}", shown(free), shown(size));
    if free < FREE_MIN {
        Finding::fail("free space", format!("{told}. Make room: sends fail when there is none"))
    } else if free < FREE_LOW || free < size {
        Finding::warn("free space", format!("{told}. Make room: an upgrade first takes a backup of the same size"))
    } else {
        Finding::ok("free space", told)
    }
}

fn shown(bytes: u64) -> String {
    match bytes {
        0..0x10_0000 => format!("{} KiB", bytes >> 10),
        0x10_0000..0x4000_0000 => format!("{} MiB", bytes >> 20),
        _ => format!("{:.1} GiB", bytes as f64 / f64::from(1 << 30)),
    }
}

/// What applies to the kind of database.
pub(super) async fn all(db: &DatabaseConnection, url: &str) -> Result<Vec<Finding>, DbErr> {
    let mut findings = vec![writing(url).await];
    match db.get_database_backend() {
        DbBackend::Sqlite => findings.extend(room(url)),
        _ => findings.push(durability(db).await?),
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::{super::Verdict, *};

    #[test]
    fn little_room_is_warned_of_and_hardly_any_fails() {
        for (size, free, verdict) in [
            (1 << 20, 1 << 40, Verdict::Ok),
            (1 << 20, 1 << 29, Verdict::Warn),
            (1 << 33, 1 << 32, Verdict::Warn),
            (1 << 20, 1 << 24, Verdict::Fail),
        ] {
            assert_eq!(room_for(size, free).verdict, verdict, "{size}, {free}");
        }
        assert_eq!([shown(5 << 10), shown(7 << 20), shown(3 << 29)], ["5 KiB", "7 MiB", "1.5 GiB"]);
    }
}
