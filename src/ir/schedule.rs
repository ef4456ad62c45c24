//! Numbers that change with the step: temperatures, KL weights, learning rates. One construct for all.

/// A number that changes with the step.
#[derive(Clone, Copy, Debug, PartialEq)]
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
