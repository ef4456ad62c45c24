//! Numbers that change with the step: temperatures, KL weights, learning rates. One construct for all.

/// A number that changes with the step.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum Schedule {
    Constant(f64),
    /// from·exp(−rate·t) or its mirror upwards, t = step rounded down to a multiple of `every`, never beyond `to`.
    Exponential {
        from: f64,
        to: f64,
        rate: f64,
        every: u64,
    },
    Linear {
        from: f64,
        to: f64,
        over: u64,
    },
    Cosine {
        from: f64,
        to: f64,
        over: u64,
    },
}

impl Schedule {
    /// The value at a step, counted from 0.
    pub fn at(&self, step: u64) -> f64 {
        match *self {
            Schedule::Constant(value) => value,
            Schedule::Exponential { from, to, rate, every } => {
                let t = (step - step % every.max(1)) as f64;
                let decayed = from * (-rate.abs() * t).exp();
                if to <= from { decayed.max(to) } else { (from * (rate.abs() * t).exp()).min(to) }
            }
            Schedule::Linear { from, to, over } => from + (to - from) * share(step, over),
            Schedule::Cosine { from, to, over } => {
                let wave = (1.0 - (std::f64::consts::PI * share(step, over)).cos()) / 2.0;
                from + (to - from) * wave
            }
        }
    }

    /// The values at the first step and in the end.
    pub fn ends(&self) -> (f64, f64) {
        match *self {
            Schedule::Constant(value) => (value, value),
            Schedule::Exponential { from, to, .. }
            | Schedule::Linear { from, to, .. }
            | Schedule::Cosine { from, to, .. } => (from, to),
        }
    }

    /// The step from which on the value stays; `None` if it only comes ever nearer to its end.
    pub fn arrival(&self) -> Option<u64> {
        match *self {
            Schedule::Constant(_) => Some(0),
            Schedule::Exponential { to: 0.0, .. } => None,
            Schedule::Exponential { from, to, rate, every } => {
                let time = (from / to).ln().abs() / rate.abs();
                let every = every.max(1);
                Some((time / every as f64).ceil() as u64 * every)
            }
            Schedule::Linear { over, .. } | Schedule::Cosine { over, .. } => Some(over),
        }
    }
}

/// How much of `over` steps is past, at most 1.
fn share(step: u64, over: u64) -> f64 {
    (step as f64 / over.max(1) as f64).min(1.0)
}

impl std::fmt::Display for Schedule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Schedule::Constant(value) => write!(f, "{value}"),
            Schedule::Exponential { from, to, rate, every } => {
                write!(f, "anneal({from} -> {to}, rate = {rate}, every = {every})")
            }
            Schedule::Linear { from, to, over } => {
                write!(f, "anneal({from} -> {to}, over = {over})")
            }
            Schedule::Cosine { from, to, over } => {
                write!(f, "cosine({from} -> {to}, over = {over})")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_start_move_and_stay() {
        let falling = Schedule::Exponential { from: 1.0, to: 0.5, rate: 1e-3, every: 100 };
        assert_eq!([falling.at(0), falling.at(99), falling.at(10_000)], [1.0, 1.0, 0.5]);
        assert!((falling.at(199) - (-0.1f64).exp()).abs() < 1e-15);
        assert_eq!(falling.arrival(), Some(700));
        assert_eq!((falling.at(699) > 0.5, falling.at(700)), (true, 0.5));
        let rising = Schedule::Exponential { from: 0.1, to: 1.0, rate: 1.0, every: 1 };
        assert_eq!((rising.at(0), rising.at(50)), (0.1, 1.0));
        let linear = Schedule::Linear { from: 0.0, to: 1.0, over: 4 };
        assert_eq!([0, 1, 4, 9].map(|t| linear.at(t)), [0.0, 0.25, 1.0, 1.0]);
        let cosine = Schedule::Cosine { from: 2.0, to: 0.0, over: 10 };
        assert_eq!((cosine.at(0), cosine.at(10), cosine.at(99)), (2.0, 0.0, 0.0));
        assert!((cosine.at(5) - 1.0).abs() < 1e-15);
    }
}
