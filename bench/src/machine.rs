//! The machine that is measured on: what it is, what time processes use of it, and whether others were using it meanwhile.

use std::{
    fs,
    time::{Duration, Instant},
};

use nix::{
    time::{clock_getcpuclockid, clock_gettime},
    unistd::Pid,
};

use crate::Result;

/// What the kernel counts processor time in for `/proc`, on every Linux there is (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// Its processor and kernel.
#[must_use]
pub fn name() -> String {
    let read = |path| fs::read_to_string(path).unwrap_or_default();
    let cpus = read("/proc/cpuinfo");
    let model = cpus.lines().find(|line| line.starts_with("model name")).and_then(|line| line.split_once(": "));
    let model = model.map_or("a processor without a name", |(_, name)| name);
    format!("{model}, Linux {}", read("/proc/sys/kernel/osrelease").trim())
}

/// Processor time of a process, with the threads that have ended. The kernel counts it in nanoseconds.
///
/// # Errors
/// There is no such process.
pub fn cpu_of(process: u32) -> Result<Duration> {
    let clock = clock_getcpuclockid(Pid::from_raw(i32::try_from(process)?))?;
    Ok(clock_gettime(clock)?.into())
}

/// Processor time of this process, in ticks. Of fields 14 to 17 of `stat` the first two are its own, user and system; the others are those of
/// children that have ended, which no clock has.
fn own_ticks(fields: usize) -> Result<Duration> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name may hold blanks.
    let after_name = stat.rsplit_once(')').map_or("", |(_, after)| after);
    ticks(after_name.split_whitespace().skip(11).take(fields))
}

fn ticks<'a>(counts: impl Iterator<Item = &'a str>) -> Result<Duration> {
    let counts: Vec<u64> = counts.map(str::parse).collect::<std::result::Result<_, _>>()?;
    Ok(TICK * u32::try_from(counts.iter().sum::<u64>())?)
}

/// Time of all cores that was not idle: user, nice, system, and after idle and waiting the interrupts and what the host took.
fn busy() -> Result<Duration> {
    let stat = fs::read_to_string("/proc/stat")?;
    let counts = stat.lines().next().unwrap_or_default().split_whitespace().skip(1);
    let counts: Vec<_> = counts.take(8).collect();
    ticks(counts.into_iter().enumerate().filter(|(at, _)| !matches!(at, 3 | 4)).map(|(_, count)| count))
}

/// Watches what others do on the machine.
pub struct Others {
    since: Instant,
    busy: Duration,
    ours: Duration,
}

impl Others {
    /// From now on; the servers that are to be counted as ours start and end in the time that is watched.
    ///
    /// # Errors
    /// There is no `/proc`.
    pub fn watch() -> Result<Self> {
        Ok(Self { since: Instant::now(), busy: busy()?, ours: own_ticks(4)? })
    }

    /// How many cores others have used.
    ///
    /// # Errors
    /// There is no `/proc`.
    pub fn cores(&self) -> Result<f64> {
        let (busy, ours) = (busy()?.saturating_sub(self.busy), own_ticks(4)?.saturating_sub(self.ours));
        Ok(busy.saturating_sub(ours).as_secs_f64() / self.since.elapsed().as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::{process, thread};

    use super::*;

    fn own() -> Duration {
        cpu_of(process::id()).unwrap()
    }

    #[test]
    fn threads_that_have_ended_are_counted_and_the_ticks_agree() {
        let start = own();
        let work = move || while own() < start + 10 * TICK {};
        thread::spawn(work).join().unwrap();
        let (before, clock, after) = (own_ticks(2).unwrap(), own(), own_ticks(2).unwrap());
        assert!(clock >= start + 10 * TICK);
        // User and system time are each rounded down to a tick.
        assert!(before <= clock && clock < after + 3 * TICK, "{before:?} {clock:?} {after:?}");
    }

    #[test]
    fn a_process_that_has_ended_has_no_time() {
        let mut child = process::Command::new("true").spawn().unwrap();
        child.wait().unwrap();
        assert!(cpu_of(child.id()).is_err());
    }

    #[test]
    fn the_machine_is_busy_with_this_process_too() {
        assert!(busy().unwrap() >= own_ticks(2).unwrap());
        assert!(Others::watch().unwrap().cores().unwrap() >= 0.0);
    }
}
