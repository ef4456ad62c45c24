//! What a fit leaves behind of its way: a table of at most about a thousand rows.

/// Rows of numbers under named columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<f64>>,
}

/// Rows that a history has at most, give or take one.
const MOST_ROWS: u64 = 1000;

impl History {
    pub(super) fn new(columns: Vec<String>) -> Self {
        Self { columns, rows: vec![] }
    }

    /// Whether a step of a fit of `steps` is written down.
    pub(super) fn wants(step: u64, steps: u64) -> bool {
        step.is_multiple_of(steps.div_ceil(MOST_ROWS).max(1))
    }

    /// What was optimised: the ELBO, or `optimised_elbo` where a relaxation or a weight makes it another quantity.
    pub fn objective(&self) -> Vec<f64> {
        self.rows.iter().map(|r| r[1]).collect()
    }

    /// The values of a column, if there is one of this name.
    pub fn column(&self, name: &str) -> Option<Vec<f64>> {
        let place = self.columns.iter().position(|c| c == name)?;
        Some(self.rows.iter().map(|r| r[place]).collect())
    }
}
