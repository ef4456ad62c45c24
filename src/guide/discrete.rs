//! Guides of discrete latents: free logits on finite supports, a Poisson with a free mean on the counts.

use super::{Guided, LogQ, Request, draw, entropy_by_draw, minus_log_q, parameter, registered};
use crate::dist::Call;
use crate::estimator::Value;
use crate::ir::{Dim, Graph, NodeId, largest};

pub(super) fn binary(g: &mut Graph, request: &Request) -> Guided {
    let logits = parameter(g, request.name, "logits", request.dims, 0.0);
    let dist = registered("Bernoulli");
    let Some(form) = dist.signature().form_with("logits") else {
        unreachable!("Bernoulli takes logits");
    };
    let q = Call::new(dist, form, vec![logits]);
    let values = g.dim(format!("values of {}", request.name), 2);
    finite(g, request, q, values)
}

pub(super) fn categorical(g: &mut Graph, request: &Request, classes: Dim) -> Guided {
    let dims: Vec<Dim> = request.dims.iter().copied().chain([classes]).collect();
    let logits = parameter(g, request.name, "logits", &dims, 0.0);
    let q = Call::new(registered("Categorical"), 0, vec![logits]).over([classes]);
    finite(g, request, q, classes)
}

/// Free logits over 0 … the largest bound; values beyond an element's own bounds have no mass.
pub(super) fn counts_to(
    g: &mut Graph,
    request: &Request,
    lower: Option<NodeId>,
    upper: NodeId,
) -> Guided {
    let largest = largest(g, upper);
    let values = g.dim(format!("values of {}", request.name), largest as usize + 1);
    let dims: Vec<Dim> = request.dims.iter().copied().chain([values]).collect();
    let free = parameter(g, request.name, "logits", &dims, 0.0);
    let positions = g.iota(values);
    let below = g.le(positions, upper);
    let inside = lower.map_or(below, |lower| {
        let above = g.le(lower, positions);
        g.mul(above, below)
    });
    let never = g.number(f64::NEG_INFINITY);
    let logits = g.select(inside, free, never);
    let q = Call::new(registered("Categorical"), 0, vec![logits]).over([values]);
    finite(g, request, q, values)
}

/// On a finite support the entropy is a sum over the values.
fn finite(g: &mut Graph, request: &Request, q: Call, values: Dim) -> Guided {
    let Some(log) = q.dist.masses(g, &q, values) else {
        unreachable!("guides of finite supports have masses");
    };
    let entropy = entropy(g, log, values);
    done(g, request, q, Some(entropy))
}

/// −Σ p log p; what has no mass counts nothing.
pub(super) fn entropy(g: &mut Graph, log: NodeId, values: Dim) -> NodeId {
    let mass = g.exp(log);
    let zero = g.number(0.0);
    let possible = g.lt(zero, mass);
    let log = g.select(possible, log, zero);
    let entropy = g.contract(mass, log, &[values]);
    g.neg(entropy)
}

pub(super) fn counts(g: &mut Graph, request: &Request) -> Guided {
    let log = parameter(g, request.name, "log_mean", request.dims, 0.0);
    let mean = g.exp(log);
    let q = Call::new(registered("Poisson"), 0, vec![mean]);
    done(g, request, q, None)
}

/// Logits whose largest, with noise, are taken; the size is the prior's.
pub(super) fn subset(g: &mut Graph, request: &Request, over: Dim, size: NodeId) -> Guided {
    let logits = parameter(g, request.name, "logits", request.dims, 0.0);
    let q = Call::new(registered("Subset"), 0, vec![logits, size]).over([over]);
    done(g, request, q, None)
}

pub(super) fn ranking(g: &mut Graph, request: &Request, over: Dim) -> Guided {
    let logits = parameter(g, request.name, "logits", request.dims, 0.0);
    let q = Call::new(registered("PlackettLuce"), 0, vec![logits]).over([over]);
    done(g, request, q, None)
}

pub(super) fn matching(g: &mut Graph, request: &Request, axes: [Dim; 2]) -> Guided {
    let scores = parameter(g, request.name, "scores", request.dims, 0.0);
    let q = Call::new(registered("Permutation"), 0, vec![scores]).over(axes);
    done(g, request, q, None)
}

/// Draws; without a closed form the entropy is that of the draw.
fn done(g: &mut Graph, request: &Request, q: Call, entropy: Option<NodeId>) -> Guided {
    let dims = request.dims.to_vec();
    let drawn = draw(g, request, &q, &dims);
    let (value, log_q, relaxed) = (drawn.value, request.log_q, request.is_relaxed());
    let entropy = match entropy {
        Some(expected) => minus_log_q(g, &q, value, log_q, relaxed).unwrap_or(expected),
        None => drawn_entropy(g, &q, value, log_q, relaxed),
    };
    let named = Some(q.clone());
    let (bijector, by_hand, known) = (None, false, vec![]);
    Guided { named, q, dims, drawn, value, entropy, log_q, relaxed, bijector, by_hand, known }
}

/// −log q, as far in expectation as it is closed.
pub(super) fn drawn_entropy(
    g: &mut Graph,
    q: &Call,
    drawn: Value,
    log_q: LogQ,
    relaxed: bool,
) -> NodeId {
    let sampled = minus_log_q(g, q, drawn, log_q, relaxed);
    sampled.unwrap_or_else(|| entropy_by_draw(g, q, drawn, relaxed))
}
