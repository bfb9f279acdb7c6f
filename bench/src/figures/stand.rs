//! What the groups share: the servers under load, and samples of them.

use std::time::Duration;

use crate::{
    Result,
    kind::Kind,
    report::Report,
    server::{Programs, Server},
    swarm::{Outcome, Pace, Swarm},
};

/// Everything that a measurement needs.
pub struct Bench {
    /// The servers.
    pub programs: Programs,
    /// Where figures go.
    pub report: Report,
    /// Samples of each figure.
    pub repetitions: usize,
    /// How long a sample takes.
    pub time: Duration,
    /// Only the figures that budgets are about.
    pub quick: bool,
}

/// A server with its sockets, ready to be measured.
pub(super) struct Stand {
    pub(super) server: Server,
    pub(super) swarm: Swarm,
    pub(super) senders: usize,
}

/// One sample.
pub(super) struct Sample {
    pub(super) outcome: Outcome,
    pub(super) cpu: Duration,
}

impl Stand {
    /// One room, in which the first sockets write.
    pub(super) fn one_room(kind: Kind, programs: &Programs, subscribers: usize) -> Result<Self> {
        let (server, mut swarm) = (Server::start(kind, programs)?, Swarm::new()?);
        swarm.join(&server, "lobby", subscribers)?;
        Ok(Self { server, swarm, senders: subscribers.min(4) })
    }

    /// Many rooms, in each of which one socket writes.
    pub(super) fn many_rooms(kind: Kind, programs: &Programs, rooms: usize, subscribers: usize) -> Result<Self> {
        let (server, mut swarm) = (Server::start(kind, programs)?, Swarm::new()?);
        for room in 0..rooms {
            let name = format!("bench-{room}");
            server.make_room(&name)?;
            swarm.join(&server, &name, subscribers)?;
        }
        Ok(Self { server, swarm, senders: 1 })
    }

    pub(super) fn sample(&mut self, time: Duration, pace: Pace) -> Result<Sample> {
        let before = self.server.cpu()?;
        let outcome = self.swarm.drive(time, self.senders, pace)?;
        Ok(Sample { outcome, cpu: self.server.cpu()?.saturating_sub(before) })
    }
}

/// Takes samples of all servers in turn, so that a busy minute of the machine is in the figures of each; the first round is to warm up.
pub(super) fn in_turn(stands: &mut [Stand], bench: &Bench, pace: impl Fn(Kind) -> Pace) -> Result<Vec<Vec<Sample>>> {
    let mut samples: Vec<_> = stands.iter().map(|_| Vec::new()).collect();
    for round in 0..=bench.repetitions {
        for (stand, samples) in stands.iter_mut().zip(&mut samples) {
            let time = if round == 0 { bench.time / 4 } else { bench.time };
            let sample = stand.sample(time, pace(stand.server.kind))?;
            if round > 0 {
                samples.push(sample);
            }
        }
    }
    Ok(samples)
}

pub(super) fn each(samples: &[Sample], figure: impl Fn(&Sample) -> f64) -> Vec<f64> {
    samples.iter().map(figure).collect()
}

impl Sample {
    pub(super) fn cpu_per_delivery(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.outcome.deliveries as f64
    }

    pub(super) fn deliveries_per_second(&self) -> f64 {
        self.outcome.deliveries as f64 / self.outcome.time.as_secs_f64()
    }

    pub(super) fn sends(&self) -> f64 {
        self.outcome.acknowledged.len() as f64
    }
}
