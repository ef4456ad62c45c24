//! What is written down of a fit.

use super::Fitter;
use crate::infer::saved::{Param, param};
use crate::infer::tables::spans;

impl Fitter {
    /// The parameters of the averaged iterate, or those that the fit begins with before its first step.
    pub fn fitted(&self) -> Vec<Param> {
        let all = self.params();
        let spans = spans(&self.graph).into_iter();
        spans.zip(&self.graph.params).map(|(span, p)| param(&self.graph, p, &all[span])).collect()
    }
}
