//! What is written down of a fit: its parameters for others, its state to go on from.

use super::{Batched, Fitter};
use crate::infer::coordinates::Walker;
use crate::infer::saved::{Param, Saved, Unfit, param};
use crate::infer::tables::spans;

impl Fitter {
    /// The parameters that the fit ended with, else those of the averaged iterate, or those that the fit begins with before its first step.
    pub fn fitted(&self) -> Vec<Param> {
        let all = self.params();
        let spans = spans(&self.graph).into_iter();
        spans.zip(&self.graph.params).map(|(span, p)| param(&self.graph, p, &all[span])).collect()
    }

    /// Everything that the next step depends on, apart from the problem and the configuration: noise and the rows of batches
    /// are functions of the seed and the step.
    pub fn state(&self) -> Saved {
        let mut to = Saved::default();
        let len = self.step.param_count();
        to.put_counts("fit/done", &[1], vec![self.done]);
        to.put_all("fit/params", self.step.params());
        let (mut first, mut second) = (vec![0.0; len], vec![0.0; len]);
        self.step.read_moments(&mut first, &mut second);
        to.put_all("fit/first", first);
        to.put_all("fit/second", second);
        for state in self.own_states() {
            let mut values = vec![0.0; self.graph.count(&self.graph.states[state].shape)];
            self.step.read_state(state, &mut values);
            to.put_all(&format!("fit/state/{state}"), values);
        }
        if let Some(Batched { locals, .. }) = &self.batched {
            locals.save(&self.graph, &mut to);
        }
        if let Some(walker) = &self.walker {
            walker.save(&mut to);
        }
        self.average.save(&mut to);
        self.tempering.save(&mut to);
        let shape = [self.history.rows.len(), self.history.columns.len()];
        to.put("fit/history", &shape, self.history.rows.concat());
        to
    }

    /// Goes on where a fit of the same problem and configuration stood.
    ///
    /// # Errors
    /// An array that does not fit; the fit is then of no use.
    pub fn restore(&mut self, from: &Saved) -> Result<(), Unfit> {
        let len = self.step.param_count();
        self.done = from.counts("fit/done", 1)?[0];
        self.step.set_params(from.get("fit/params", len)?);
        self.step.set_moments(from.get("fit/first", len)?, from.get("fit/second", len)?);
        for state in self.own_states() {
            let count = self.graph.count(&self.graph.states[state].shape);
            self.step.set_state(state, from.get(&format!("fit/state/{state}"), count)?);
        }
        if let Some(Batched { locals, .. }) = &mut self.batched {
            locals.load_saved(&self.graph, from)?;
        }
        self.walker = Walker::saved(from, len)?;
        self.average.load(from)?;
        self.tempering.load(&self.problem, from)?;
        let rows = from.any("fit/history")?.chunks(self.history.columns.len());
        if rows.clone().any(|row| row.len() != self.history.columns.len()) {
            return Err(Unfit("fit/history".into()));
        }
        self.history.rows = rows.map(<[f64]>::to_vec).collect();
        self.recent = self.history.rows.last().map(|row| row[1]);
        Ok(())
    }

    /// The states that lie in the step.
    fn own_states(&self) -> Vec<usize> {
        let elsewhere = |state| self.batched.as_ref().is_some_and(|b| b.locals.has_state(state));
        (0..self.graph.states.len()).filter(|&state| !elsewhere(state)).collect()
    }
}
