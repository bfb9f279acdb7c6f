//! A node whose clock is wrong, and jumps (G10).

use std::{fs, path::Path, time::Duration};

use tokio::time::sleep;

use crate::{
    crowd::{Crowd, Plan, audit},
    load_time,
    services::{Services, start},
};

/// Changes what the other clock says while the process runs.
fn set_clock(file: &Path, offset: &str) {
    let next = file.with_extension("next");
    fs::write(&next, offset).unwrap();
    fs::rename(next, file).unwrap();
}

/// Debian puts it in the folder of the architecture.
fn libfaketime() -> String {
    let lib = Path::new("/usr/lib");
    let folders = fs::read_dir(lib).unwrap().map(|entry| entry.unwrap().path());
    let candidates = folders.chain([lib.to_owned()]).map(|folder| folder.join("faketime/libfaketimeMT.so.1"));
    let found = candidates.into_iter().find(|file| file.exists());
    found.expect("libfaketime is missing. Install it: apt-get install faketime (Debian)").display().to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn order_does_not_hear_the_clock() {
    let services = Services::start().await;
    let folder = tempfile::tempdir().unwrap();
    let clock = folder.path().join("clock");
    set_clock(&clock, "-10m");
    let wrong = services
        .node("two")
        .set("LD_PRELOAD", &libfaketime())
        .set("FAKETIME_TIMESTAMP_FILE", &clock.display().to_string())
        .set("FAKETIME_CACHE_DURATION", "1")
        // Timers go by the other clock, which is never wrong.
        .set("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    let mut nodes = [services.node("one"), wrong];
    start(&mut nodes).await;
    let crowd = Crowd::gather(&[nodes[0].addr(), nodes[1].addr()], Plan { sends_per_second: 150, ..Plan::default() }).await;
    for offset in ["+10m", "-5m", "+1m", "-10m"] {
        crowd.work(load_time() / 4, 50).await;
        set_clock(&clock, offset);
        // libfaketime looks at the file once a second. What is resumed then was written by both clocks.
        sleep(Duration::from_secs(2)).await;
        nodes[0].kill();
        nodes[0].start().await;
    }
    let tally = crowd.settle("a clock that is wrong by up to ten minutes and jumps", &services.database_url).await;
    assert!(tally.resumes > 0, "nobody resumed");
    // Messages stand in another order than their times, or nothing was tested.
    for room in audit(&services.database_url).await {
        assert!(room.log.windows(2).any(|pair| pair[1].at + 300_000 < pair[0].at), "the clock was not wrong");
    }
}
