//! Which iterate a fit ends with: the mean of the later ones, or the last one where the steps were too few for a mean to be any
//! good, as those of networks often are.

use super::{Batched, Fitter};
use crate::backend::{self, Program};
use crate::check::model::Averaging;
use crate::infer::tables::gathered;
use crate::ir::Rows;
use crate::objective::{Objective, true_elbo};

/// The two are compared on the same noise and rows, so many times.
const ROUNDS: u64 = 10;
/// Draws of a round, fewer where rows make up for them.
const DRAWS: usize = 20;
const BATCHED_DRAWS: usize = 4;
const ROUND_STEP: u64 = 1 << 43;
/// The last iterate is taken if its ELBO is higher by so many standard errors of the difference.
const SURE: f64 = 2.0;

impl Fitter {
    /// Ends the fit where it stands.
    pub fn settle(&mut self) {
        self.ends_at_last = false;
        let is_tail = self.config.average == Averaging::Tail;
        if is_tail && self.walker.is_none() && self.average.mean().is_some() {
            let gains = self.gains();
            let count = gains.len() as f64;
            let mean = gains.iter().sum::<f64>() / count;
            let square = gains.iter().map(|gain| (gain - mean).powi(2)).sum::<f64>();
            let se = (square / (count - 1.0) / count).sqrt();
            self.ends_at_last = mean > SURE * se;
        }
    }

    /// Whether the result is the last iterate, not the mean of several.
    pub fn ends_at_last(&self) -> bool {
        self.ends_at_last
    }

    /// By how much the ELBO of the last iterate is above that of the mean, round by round.
    fn gains(&mut self) -> Vec<f64> {
        let draws = if self.batched.is_some() { BATCHED_DRAWS } else { DRAWS };
        let Objective { graph, loss, elbo, .. } = true_elbo(&self.problem, draws);
        let program = Program { graph: graph.clone(), loss, watch: vec![elbo] };
        let mut step = backend::compile(program, self.config.options);
        let mean = self.params();
        self.ends_at_last = true;
        let last = self.params();
        self.ends_at_last = false;
        let round = |round: u64| {
            let rows = match &mut self.batched {
                Some(Batched { batches, .. }) => batches.at(round),
                None => Rows::default(),
            };
            step.set_rows(&rows);
            let mut at = |params: &[f64]| {
                step.set_params(&gathered(&graph, params, &rows));
                step.run(ROUND_STEP + round, &mut self.noise);
                step.watched(0)[0]
            };
            at(&last) - at(&mean)
        };
        (0..ROUNDS).map(round).collect()
    }
}
