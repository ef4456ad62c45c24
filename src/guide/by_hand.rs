//! Guides that the model writes: any distribution on the latent's own support, whose parameters may be nets of the data or of
//! latents drawn before.

use super::{Guided, LogQ, NORMAL_ENTROPY, Request, draw, minus_log_q, own, sampled_entropy};
use crate::dist::{Call, Domain, Event};
use crate::estimator::Value;
use crate::ir::{Graph, NodeId};

/// Adds the draw and the entropy of a latent whose guide is `request.prior`.
pub fn by_hand(g: &mut Graph, request: &Request) -> Guided {
    let plain = request.prior.plain(g);
    let q = in_logits(g, &plain);
    let dims = request.dims.to_vec();
    let drawn = draw(g, request, &q, &dims);
    let (value, log_q, relaxed) = (drawn.value, request.log_q, request.is_relaxed());
    let (named, known, by_hand) = (Some(q.clone()), request.known.clone(), true);
    let entropy = entropy(g, &q, value, log_q, relaxed, &known);
    let bijector = None;
    Guided { q, dims, drawn, value, entropy, named, log_q, relaxed, bijector, by_hand, known }
}

/// Estimators of discrete latents move logits.
fn in_logits(g: &mut Graph, q: &Call) -> Call {
    let (Some(probs), Some(form)) = (q.arg("probs"), q.dist.signature().form_with("logits")) else {
        return q.clone();
    };
    if q.inner.is_some() {
        return q.clone();
    }
    let log = g.ln(probs);
    let logits = match q.dist.signature().event {
        Event::Classes => log,
        _ => {
            let minus = g.neg(probs);
            let other = g.log1p(minus);
            g.sub(log, other)
        }
    };
    Call { form, args: vec![logits], ..q.clone() }
}

/// −log q in expectation where that is closed, else at the draw.
pub(super) fn entropy(
    g: &mut Graph,
    q: &Call,
    drawn: Value,
    log_q: LogQ,
    relaxed: bool,
    known: &[NodeId],
) -> NodeId {
    if log_q == LogQ::Path {
        let fixed = fixed(g, q, known);
        return sampled_entropy(g, &fixed, drawn, relaxed);
    }
    let sampled = minus_log_q(g, q, drawn, log_q, relaxed);
    sampled.unwrap_or_else(|| expected(g, q, drawn, relaxed))
}

/// With its parameters held fixed, but where they follow other draws: those move on.
fn fixed(g: &mut Graph, q: &Call, known: &[NodeId]) -> Call {
    let args = q.args.iter().map(|&arg| g.fixed_but(arg, known)).collect();
    let inner = q.inner.as_ref().map(|inner| Box::new(fixed(g, inner, known)));
    Call { args, inner, ..q.clone() }
}

fn expected(g: &mut Graph, q: &Call, drawn: Value, relaxed: bool) -> NodeId {
    match q.dist.signature().name {
        "Normal" => {
            let [_, scale] = q.args();
            let log_scale = g.ln(scale);
            return g.shift(NORMAL_ENTROPY, log_scale);
        }
        "Gamma" | "InverseGamma" | "Beta" | "Dirichlet" => return own::entropy(g, q),
        _ => {}
    }
    let values = match q.domain(g) {
        Domain::Index(classes) => Some(classes),
        Domain::Binary => Some(g.dim("values", 2)),
        _ => None,
    };
    if let Some(log) = values.and_then(|values| q.dist.masses(g, q, values))
        && let Some(values) = values
    {
        let total = g.log_sum_exp(log, &[values]);
        let log = g.sub(log, total);
        return super::discrete::entropy(g, log, values);
    }
    super::entropy_by_draw(g, q, drawn, relaxed)
}
