//! The database: is it there, of which version, is it sound.

use sea_orm::{DatabaseConnection, DbBackend, DbErr};

use super::{Finding, indexes, rooms, value::value, writing};
use crate::{
    db::{connect, schema::Steps},
    upkeep::{CHECK_DATABASE, Fault, file, pooler},
};

/// Before this version, several connections to a file in WAL mode could damage it.
const SQLITE_MIN: [u32; 3] = [3, 51, 3];
/// The oldest PostgreSQL that Snug is tested with.
const POSTGRES_MIN: i32 = 15;

/// Everything that can be told of a database from outside.
pub async fn database(url: &str) -> Vec<Finding> {
    if let Err(fault @ Fault::Pooler(_)) = pooler::refuse(url).await {
        return vec![Finding::fail("database", fault.to_string())];
    }
    let findings = match connect::reader(url).await {
        Ok(db) => examine(&db, url).await,
        Err(error) => Err(error),
    };
    findings.unwrap_or_else(|error| vec![Finding::fail("database", format!("cannot be read: {error}. {CHECK_DATABASE}"))])
}

async fn examine(db: &DatabaseConnection, url: &str) -> Result<Vec<Finding>, DbErr> {
    let mut findings = vec![version(db).await?];
    let steps = Steps::of(db).await?;
    findings.push(schema(&steps));
    if db.get_database_backend() == DbBackend::Sqlite {
        findings.push(match file::damage(db).await? {
            None => Finding::ok("integrity", "integrity_check and foreign_key_check find nothing"),
            Some(damage) => Finding::fail("integrity", format!("{damage}. Stop the server and restore the last backup")),
        });
    }
    // The tables of another version may differ.
    if steps.pending.is_empty() && steps.unknown.is_empty() {
        findings.push(indexes::indexes(db).await?);
        findings.extend(rooms(db).await?);
        findings.extend(writing::all(db, url).await?);
    }
    Ok(findings)
}

async fn version(db: &DatabaseConnection) -> Result<Finding, DbErr> {
    if db.get_database_backend() == DbBackend::Sqlite {
        let version: String = value(db, "SELECT sqlite_version()").await?;
        return Ok(sqlite(&version));
    }
    let version: String = value(db, "SELECT current_setting('server_version')").await?;
    let number: i32 = value(db, "SELECT current_setting('server_version_num')::int / 10000").await?;
    Ok(if number >= POSTGRES_MIN {
        Finding::ok("database", format!("PostgreSQL {version}"))
    } else {
        Finding::warn("database", format!("PostgreSQL {version}; Snug is tested with {POSTGRES_MIN} and later"))
    })
}

fn sqlite(version: &str) -> Finding {
    let number = version.split('.').map(|part| part.parse().unwrap_or(0));
    if number.lt(SQLITE_MIN) {
        let first = SQLITE_MIN.map(|part| part.to_string()).join(".");
        Finding::warn("database", format!("SQLite {version}, which can damage the file. Build Snug with {first} or later"))
    } else {
        Finding::ok("database", format!("SQLite {version}"))
    }
}

fn schema(steps: &Steps) -> Finding {
    if let Some(step) = steps.unknown.first() {
        return Finding::fail("schema", format!("a newer version of Snug made {step}. Use that version or a later one"));
    }
    match steps.pending.len() {
        0 => Finding::ok("schema", "up to date"),
        pending => {
            Finding::warn("schema", format!("steps to take: {pending}. `snug migrate` takes them, and so does the next start"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Verdict, sqlite};

    #[test]
    fn an_sqlite_that_can_damage_the_file_is_warned_of() {
        for (version, verdict) in [
            ("3.9.9", Verdict::Warn),
            ("3.51.2", Verdict::Warn),
            ("3.51.3", Verdict::Ok),
            ("3.52.0", Verdict::Ok),
            ("4.0", Verdict::Ok),
        ] {
            assert_eq!(sqlite(version).verdict, verdict, "{version}");
        }
    }
}
