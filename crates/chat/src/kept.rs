//! What is kept in memory of what stands in the database (ground floor): the settings of the house, what goes by them, and what has names of
//! people in it. Whoever changes any of it marks that in the same transaction, and every process looks for the mark.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use parking_lot::RwLock;
use sea_orm::DbErr;

use crate::{
    counted::Counted,
    db::Db,
    limits::Limits,
    recent::Recent,
    seats::Seats,
    settings::{self, Settings},
    throttle::{Deeds, Floods, SignIns},
};

/// All of it.
pub(crate) struct Kept {
    /// With the count of changes when they were read.
    settings: RwLock<(i64, Arc<Settings>)>,
    pub(crate) recent: Recent,
    pub(crate) counted: Counted,
    pub(crate) seats: Arc<Seats>,
    pub(crate) limits: Limits,
    pub(crate) deeds: Deeds,
    pub(crate) sign_ins: SignIns,
    /// Raised with each commit, and with each change that is heard of: pages that were made before are true no longer.
    pub(crate) commits: Arc<AtomicU64>,
}

impl Kept {
    /// Nothing yet, with the operator's limits.
    pub(crate) fn new(limits: Limits, floods: Floods, commits: Arc<AtomicU64>, db: Db) -> Self {
        let floods = Arc::new(floods);
        Self {
            settings: RwLock::default(),
            recent: Recent::default(),
            counted: Counted::default(),
            seats: Arc::default(),
            deeds: Deeds::new(|deed| limits.rates(deed), floods.clone()),
            sign_ins: SignIns::new(&limits, db, floods),
            limits,
            commits,
        }
    }

    pub(crate) fn settings(&self) -> Arc<Settings> {
        self.settings.read().1.clone()
    }

    /// Does what [`read`](Self::read) does; where it fails it is done again soon.
    pub(crate) async fn renew(&self, db: &Db) {
        if let Err(error) = self.read(db).await {
            tracing::debug!(%error, "could not look whether settings have changed");
        }
    }

    /// Reads the settings if something has changed since, and forgets what may have been made before.
    pub(crate) async fn read(&self, db: &Db) -> Result<(), DbErr> {
        let known = self.settings.read().0;
        if settings::changes(db.read()).await? == known {
            return Ok(());
        }
        let (changes, settings) = settings::read(db.read()).await?;
        let held = self.limits.held_to(&settings.quotas);
        *self.settings.write() = (changes, Arc::new(settings));
        self.deeds.hold_to(|deed| held.rates(deed));
        self.sign_ins.hold_to(&held);
        self.recent.clear();
        self.seats.clear();
        self.commits.fetch_add(1, Ordering::Release);
        Ok(())
    }
}
