//! The machine that is measured on: what it is, what time processes use of it, and whether others were using it meanwhile.

use std::{
    fs,
    time::{Duration, Instant},
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

/// Processor time of a process, `self` for this one, with the threads that have ended.
///
/// # Errors
/// There is no such process.
pub fn cpu_of(process: &str) -> Result<Duration> {
    cpu(process, 2)
}

/// Fields 14 to 17 of `stat`: user and system time, then those of children that have ended.
fn cpu(process: &str, fields: usize) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
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
        Ok(Self { since: Instant::now(), busy: busy()?, ours: cpu("self", 4)? })
    }

    /// How many cores others have used.
    ///
    /// # Errors
    /// There is no `/proc`.
    pub fn cores(&self) -> Result<f64> {
        let (busy, ours) = (busy()?.saturating_sub(self.busy), cpu("self", 4)?.saturating_sub(self.ours));
        Ok(busy.saturating_sub(ours).as_secs_f64() / self.since.elapsed().as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_process_has_a_time() {
        assert!(cpu_of("self").is_ok());
        assert!(cpu_of("none").is_err());
    }

    #[test]
    fn the_machine_is_busy_with_this_process_too() {
        assert!(busy().unwrap() >= cpu_of("self").unwrap());
        assert!(Others::watch().unwrap().cores().unwrap() >= 0.0);
    }
}
