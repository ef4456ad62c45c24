//! Numbers that an estimator learns while the fit runs: states of the graph that descend by Adam's rule.
//!
//! They are no parameters of the fit: the estimate is unbiased whatever they are, as long as a step uses what earlier steps
//! left behind.

use crate::ir::{Dim, Graph, NodeId};

pub(super) struct Learned {
    pub(super) node: NodeId,
    state: NodeId,
    name: String,
}

const RATE: f64 = 0.01;
const BETA1: f64 = 0.9;
const BETA2: f64 = 0.999;
const EPS: f64 = 1e-12;

impl Learned {
    /// Starts at `start`, which has the dimensions `dims` or fewer.
    pub(super) fn new(g: &mut Graph, name: String, dims: &[Dim], start: NodeId) -> Self {
        let state = g.add_state(&name, dims, 0.0);
        Self { node: g.add(start, state), state, name }
    }

    /// Moves against a slope after each step (Kingma & Ba 2015, algorithm 1).
    pub(super) fn descend(&self, g: &mut Graph, slope: NodeId) {
        let dims: Vec<Dim> = g.shape(self.state).iter().collect();
        let time = g.add_state(&format!("{} time", self.name), &[], 0.0);
        let now = g.shift(1.0, time);
        g.set_next(time, now);
        let square = g.square(slope);
        let first = moment(g, &format!("{} first", self.name), &dims, BETA1, slope, now);
        let second = moment(g, &format!("{} second", self.name), &dims, BETA2, square, now);
        let spread = g.sqrt(second);
        let spread = g.shift(EPS, spread);
        let step = g.div(first, spread);
        let step = g.scale(RATE, step);
        let next = g.sub(self.state, step);
        g.set_next(self.state, next);
    }
}

/// A moving average of x, without the bias of its start.
fn moment(g: &mut Graph, name: &str, dims: &[Dim], beta: f64, x: NodeId, now: NodeId) -> NodeId {
    let state = g.add_state(name, dims, 0.0);
    let (old, new) = (g.scale(beta, state), g.scale(1.0 - beta, x));
    let next = g.add(old, new);
    g.set_next(state, next);
    let power = g.scale(beta.ln(), now);
    let power = g.expm1(power);
    let left = g.neg(power);
    g.div(next, left)
}
