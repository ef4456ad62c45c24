//! How often a fit is written down while it runs.

use std::str::FromStr;
use std::time::{Duration, Instant};

/// `500` steps, or a time: `30s`, `5m`, `2h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Every {
    Steps(u64),
    Time(Duration),
}

impl FromStr for Every {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || "a number of steps, or of seconds, minutes or hours is needed: 500, 30s, 5m, 2h";
        let digits = text.trim_end_matches(|c: char| c.is_alphabetic());
        let number: u64 = digits.replace('_', "").parse().map_err(|_| wrong())?;
        let seconds = match &text[digits.len()..] {
            "" if number > 0 => return Ok(Every::Steps(number)),
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            _ => return Err(wrong().into()),
        };
        let seconds = number.checked_mul(seconds).filter(|s| *s > 0).ok_or_else(wrong)?;
        Ok(Every::Time(Duration::from_secs(seconds)))
    }
}

/// When a fit is next written down.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rhythm {
    every: Option<Every>,
    last: Instant,
}

impl Rhythm {
    pub(super) fn new(every: Option<Every>) -> Self {
        Self { every, last: Instant::now() }
    }

    /// Steps until it may be due.
    pub(super) fn room(&self, done: u64) -> u64 {
        match self.every {
            Some(Every::Steps(n)) => n - done % n,
            _ => u64::MAX,
        }
    }

    /// Whether it is due; if so, the time is taken from now on.
    pub(super) fn is_due(&mut self, done: u64) -> bool {
        let due = match self.every {
            Some(Every::Steps(n)) => done.is_multiple_of(n),
            Some(Every::Time(time)) => self.last.elapsed() >= time,
            None => false,
        };
        if due {
            self.last = Instant::now();
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_and_times_are_read() {
        let minutes = |m: u64| Ok(Every::Time(Duration::from_secs(60 * m)));
        assert_eq!("1_000".parse(), Ok(Every::Steps(1000)));
        assert_eq!("5m".parse::<Every>(), minutes(5));
        assert_eq!("2h".parse::<Every>(), minutes(120));
        for wrong in ["0", "0s", "m", "5 m", "-3", "2d", "1.5h", "99999999999999999h"] {
            assert!(wrong.parse::<Every>().is_err(), "{wrong}");
        }
    }
}
