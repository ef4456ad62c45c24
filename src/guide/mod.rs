//! The automatic guide: a mean-field distribution for each latent, by the support of its prior.
//!
//! Continuous latents get an independent Normal per element in unconstrained space and a bijector onto the support;
//! discrete ones get free logits. Where the estimator asks for it, a latent's guide is of its own family.

mod bijector;
mod discrete;
mod line;
mod own;

pub use bijector::{Bijected, Bijector};
pub use line::{OnLine, on_line};

use crate::dist::{self, Call, Distribution, Domain};
use crate::estimator::{Drawn, Estimator, Options, Site, Value};
use crate::ir::{Dim, Graph, NodeId};

/// ½ log(2πe): the entropy of a standard normal.
const NORMAL_ENTROPY: f64 = 1.418_938_533_204_672_7;
/// Where the scales of the guide start, in unconstrained space.
const INITIAL_LOG_SCALE: f64 = -1.0;

/// A latent that wants a guide.
pub struct Request<'a> {
    pub name: &'a str,
    pub prior: &'a Call,
    /// Of the prior.
    pub domain: Domain,
    /// Of the latent in the model's space, event dimensions included.
    pub dims: &'a [Dim],
    pub draws: Option<Dim>,
    pub estimator: &'a dyn Estimator,
    pub options: &'a Options,
    /// What an enumerated latent is instead of a draw.
    pub enumerated: Option<NodeId>,
    /// Draw without relaxation: what is reported, not what is optimised.
    pub hard: bool,
}

/// A latent under its guide.
#[derive(Clone)]
pub struct Guided {
    /// q: on unconstrained space for continuous latents, unless it is of their own family.
    pub q: Call,
    /// Dimensions of a draw from q, without the Monte Carlo one.
    pub dims: Vec<Dim>,
    /// The draw from q, as the estimator made it.
    pub drawn: Drawn,
    /// The value that the model sees.
    pub value: Value,
    /// −log q of the value, in expectation where that is known: dimensions of the latent, without event dimensions.
    pub entropy: NodeId,
    /// q as a distribution on the model's space, where it is one of the registry: for closed-form KL.
    pub named: Option<Call>,
    /// From unconstrained space, for continuous latents whose guide is there.
    bijector: Option<Bijector>,
}

/// The guide's family, in words: what `plan` prints.
pub fn family(g: &mut Graph, request: &Request) -> &'static str {
    if let Some(family) = own::family(g, request) {
        return family;
    }
    match request.domain {
        Domain::Real | Domain::Interval { lower: None, upper: None } => "Normal",
        Domain::Interval { lower: Some(_), upper: Some(_) } => "Normal through a scaled sigmoid",
        Domain::Interval { .. } => "Normal through exp",
        Domain::Simplex(_) => "Normal through stick-breaking",
        Domain::Ordered(_) => "Normal through ordered steps",
        Domain::Cholesky(..) | Domain::Cov(..) => "Normal through a Cholesky factor",
        Domain::CorrCholesky(..) | Domain::Corr(..) => "Normal through partial correlations",
        Domain::Binary | Domain::Index(_) | Domain::Count { upper: Some(_), .. } => "free logits",
        Domain::Count { upper: None, .. } => "Poisson with a free mean",
        Domain::Int | Domain::Composition { .. } | Domain::OneHot(_) => "none",
    }
}

/// Adds the guide of one latent: its parameters, its draw, its entropy.
pub fn automatic(g: &mut Graph, request: &Request) -> Guided {
    if let Some(family) = own::family(g, request) {
        return own::guided(g, request, family);
    }
    match request.domain {
        Domain::Binary => discrete::binary(g, request),
        Domain::Index(classes) => discrete::categorical(g, request, classes),
        Domain::Count { lower, upper: Some(upper) } => {
            discrete::counts_to(g, request, lower, upper)
        }
        Domain::Count { lower: None, upper: None } => discrete::counts(g, request),
        Domain::Count { lower: Some(_), upper: None }
        | Domain::Int
        | Domain::Composition { .. }
        | Domain::OneHot(_) => unreachable!("the plan refuses latents that no guide serves"),
        _ => continuous(g, request),
    }
}

fn continuous(g: &mut Graph, request: &Request) -> Guided {
    let name = request.name;
    let bijector = Bijector::new(g, &request.domain);
    let dims = bijector.base_dims(request.dims);
    let loc = parameter(g, name, "loc", &dims, 0.0);
    let log_scale = parameter(g, name, "log_scale", &dims, INITIAL_LOG_SCALE);
    g.pair_params(loc, log_scale);
    let scale = g.exp(log_scale);
    let q = Call::new(registered("Normal"), 0, vec![loc, scale]);
    let drawn = draw(g, request, &q, &dims);
    let (value, entropy) = transformed(g, &bijector, &q, drawn.value);
    let named = named(g, &request.domain, &q);
    Guided { q, dims, drawn, value, entropy, named, bijector: Some(bijector) }
}

/// The value and the entropy that a draw from a Normal in unconstrained space gives.
fn transformed(g: &mut Graph, bijector: &Bijector, q: &Call, drawn: Value) -> (Value, NodeId) {
    let Value::Plain(base) = drawn else { unreachable!("continuous draws are not relaxed") };
    let Bijected { value, log_det } = bijector.forward(g, base);
    let [_, scale] = q.args();
    let log_scale = g.ln(scale);
    let entropy = g.shift(NORMAL_ENTROPY, log_scale);
    let entropy = g.sum(entropy, bijector.event());
    let entropy = match log_det {
        Some(log_det) => g.add(entropy, log_det),
        None => entropy,
    };
    (Value::Plain(value), entropy)
}

/// The value and the entropy that another draw from q gives, on the domain as it is now: bounds may have moved, other supports
/// keep the free dimension that their draws have.
pub fn revalued(g: &mut Graph, domain: &Domain, guided: &Guided, drawn: Value) -> (Value, NodeId) {
    match (domain, &guided.bijector) {
        (Domain::Real | Domain::Interval { .. } | Domain::Simplex(_), None) => {
            own::placed(g, domain, &guided.q, drawn)
        }
        (Domain::Real | Domain::Interval { .. }, _) => {
            let bijector = Bijector::new(g, domain);
            transformed(g, &bijector, &guided.q, drawn)
        }
        (_, Some(bijector)) => transformed(g, bijector, &guided.q, drawn),
        (Domain::Count { upper: None, .. }, None) => {
            (drawn, discrete::sampled_entropy(g, &guided.q, drawn))
        }
        (_, None) => (drawn, guided.entropy),
    }
}

/// A Normal on the reals is one; through exp it is a LogNormal.
fn named(g: &Graph, domain: &Domain, q: &Call) -> Option<Call> {
    match domain {
        Domain::Real | Domain::Interval { lower: None, upper: None } => Some(q.clone()),
        Domain::Interval { lower: Some(l), upper: None } if g.as_number(*l) == Some(0.0) => {
            Some(Call::new(registered("LogNormal"), 0, q.args.clone()))
        }
        _ => None,
    }
}

/// A parameter of the guide, the same for all elements at first.
fn parameter(g: &mut Graph, latent: &str, name: &str, dims: &[Dim], init: f64) -> NodeId {
    let count = dims.iter().map(|&d| g.size(d)).product();
    g.add_param(&format!("{latent}.{name}"), dims, vec![init; count])
}

fn draw(g: &mut Graph, request: &Request, q: &Call, dims: &[Dim]) -> Drawn {
    if let Some(value) = request.enumerated {
        return Value::Plain(value).into();
    }
    if request.hard {
        let all: Vec<Dim> = dims.iter().copied().chain(request.draws).collect();
        return Value::Plain(q.draw(g, &all, request.name).node()).into();
    }
    let Request { name, draws, options, .. } = *request;
    let site = Site { name, q, dims, mixed: &[], draws, options };
    request.estimator.draw(g, &site)
}

/// A distribution that the guides are made of.
fn registered(name: &str) -> &'static dyn Distribution {
    let Some(dist) = dist::find(name) else { unreachable!("{name} is in the registry") };
    dist
}
