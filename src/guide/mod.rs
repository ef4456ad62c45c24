//! Guides. The automatic one is a mean-field distribution for each latent, by the support of its prior.
//!
//! Continuous latents get an independent Normal per element in unconstrained space and a bijector onto the support;
//! discrete ones get free logits. Where the estimator asks for it, a latent's guide is of its own family.

mod bijector;
mod by_hand;
mod discrete;
mod line;
mod own;

pub use bijector::{Bijected, Bijector};
pub use by_hand::by_hand;
pub use line::{OnLine, on_line};

use crate::dist::{self, Call, Distribution, Domain};
use crate::estimator::{Bias, Drawn, Estimator, Options, Site, Value};
use crate::ir::{Dim, Graph, NodeId};

/// ½ log(2πe): the entropy of a standard normal.
const NORMAL_ENTROPY: f64 = 1.418_938_533_204_672_7;
/// Where the scales of the guide start, in unconstrained space.
const INITIAL_LOG_SCALE: f64 = -1.0;

/// How log q enters the objective.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogQ {
    /// As its expectation, where that is known.
    Expected,
    /// Of the draw.
    Sampled,
    /// Of the draw, with the parameters of q held fixed: its gradient flows through the draw alone, without the score.
    Path,
}

/// A latent that wants a guide.
pub struct Request<'a> {
    pub name: &'a str,
    /// Of a guide that the model writes, that guide.
    pub prior: &'a Call,
    /// Of the prior.
    pub domain: Domain,
    /// Of the latent in the model's space, event dimensions included.
    pub dims: &'a [Dim],
    pub draws: Option<Dim>,
    /// The dimension of draws that are weighed against each other.
    pub copies: Option<Dim>,
    pub estimator: &'a dyn Estimator,
    pub options: &'a Options,
    /// What an enumerated latent is instead of a draw.
    pub enumerated: Option<NodeId>,
    /// Draw without relaxation: what is reported, not what is optimised.
    pub hard: bool,
    pub log_q: LogQ,
    /// Draws of other latents, which a guide that the model writes may read.
    pub known: Vec<NodeId>,
}

impl Request<'_> {
    /// Whether the value is a relaxed one.
    fn is_relaxed(&self) -> bool {
        !self.hard && self.estimator.card().bias == Bias::Biased
    }
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
    /// −log q of the value, as `log_q` says: dimensions of the latent, without event dimensions.
    pub entropy: NodeId,
    /// q as a distribution on the model's space, where it is one of the registry: for closed-form KL.
    pub named: Option<Call>,
    pub log_q: LogQ,
    /// Whether the value is a relaxed one.
    pub relaxed: bool,
    /// From unconstrained space, for continuous latents whose guide is there.
    bijector: Option<Bijector>,
    /// Whether the model writes it.
    pub by_hand: bool,
    /// Draws of other latents that its parameters may follow.
    known: Vec<NodeId>,
}

impl Guided {
    /// The node that the latent was drawn as.
    pub fn drawn_node(&self) -> NodeId {
        let (Value::Plain(node) | Value::Soft { simplex: node, .. }) = self.drawn.value;
        node
    }
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
        Domain::Subset { .. } | Domain::Ranking(_) => "free logits, drawn in order",
        Domain::Permutation(..) => "free scores, rows in turn",
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
        Domain::Subset { over, size } => discrete::subset(g, request, over, size),
        Domain::Ranking(over) => discrete::ranking(g, request, over),
        Domain::Permutation(row, column) => discrete::matching(g, request, [row, column]),
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
    let log_q = request.log_q;
    let (value, entropy) = transformed(g, &bijector, &q, drawn.value, log_q);
    let named = named(g, &request.domain, &q);
    let bijector = Some(bijector);
    let (relaxed, by_hand, known) = (false, false, vec![]);
    Guided { q, dims, drawn, value, entropy, named, log_q, relaxed, bijector, by_hand, known }
}

/// The value and the entropy that a draw from a Normal in unconstrained space gives.
fn transformed(
    g: &mut Graph,
    bijector: &Bijector,
    q: &Call,
    drawn: Value,
    log_q: LogQ,
) -> (Value, NodeId) {
    let Value::Plain(base) = drawn else { unreachable!("continuous draws are not relaxed") };
    let Bijected { value, log_det } = bijector.forward(g, base);
    let entropy = minus_log_q(g, q, drawn, log_q, false).unwrap_or_else(|| {
        let [_, scale] = q.args();
        let log_scale = g.ln(scale);
        g.shift(NORMAL_ENTROPY, log_scale)
    });
    let entropy = g.sum(entropy, bijector.event());
    let entropy = match log_det {
        Some(log_det) => g.add(entropy, log_det),
        None => entropy,
    };
    (Value::Plain(value), entropy)
}

/// −log q of a draw; `None` where its expectation is wanted.
fn minus_log_q(
    g: &mut Graph,
    q: &Call,
    drawn: Value,
    log_q: LogQ,
    relaxed: bool,
) -> Option<NodeId> {
    match log_q {
        LogQ::Expected => None,
        LogQ::Sampled => Some(sampled_entropy(g, q, drawn, relaxed)),
        LogQ::Path => {
            let fixed = own::stopped(g, q);
            Some(sampled_entropy(g, &fixed, drawn, relaxed))
        }
    }
}

/// What a draw says of the entropy: −log q, or where the family is drawn in turns, their entropies.
fn entropy_by_draw(g: &mut Graph, q: &Call, drawn: Value, relaxed: bool) -> NodeId {
    let in_turn = match drawn {
        Value::Plain(z) => q.dist.entropy_in_turn(g, z, q),
        Value::Soft { .. } => None,
    };
    in_turn.unwrap_or_else(|| sampled_entropy(g, q, drawn, relaxed))
}

fn sampled_entropy(g: &mut Graph, q: &Call, drawn: Value, relaxed: bool) -> NodeId {
    let log_q = match drawn {
        Value::Plain(z) if relaxed => q.dist.relaxed_log_prob(g, z, q),
        Value::Plain(z) => q.log_prob(g, z),
        Value::Soft { simplex, dim } => {
            let soft = q.dist.soft_log_prob(g, simplex, dim, q);
            let Some(soft) = soft else { unreachable!("relaxed latents are Categorical") };
            soft
        }
    };
    g.neg(log_q)
}

/// The value and the entropy that another draw from q gives, on the domain as it is now: bounds may have moved, other supports
/// keep the free dimension that their draws have.
pub fn revalued(g: &mut Graph, domain: &Domain, guided: &Guided, drawn: Value) -> (Value, NodeId) {
    if guided.by_hand {
        let own = drawn == guided.drawn.value;
        let again =
            |g| by_hand::entropy(g, &guided.q, drawn, guided.log_q, guided.relaxed, &guided.known);
        return (drawn, if own { guided.entropy } else { again(g) });
    }
    match (domain, &guided.bijector) {
        (Domain::Real | Domain::Interval { .. } | Domain::Simplex(_), None) => {
            own::placed(g, domain, &guided.q, drawn, guided.log_q)
        }
        (Domain::Real | Domain::Interval { .. }, _) => {
            let bijector = Bijector::new(g, domain);
            transformed(g, &bijector, &guided.q, drawn, guided.log_q)
        }
        (_, Some(bijector)) => transformed(g, bijector, &guided.q, drawn, guided.log_q),
        (
            Domain::Count { upper: None, .. }
            | Domain::Subset { .. }
            | Domain::Ranking(_)
            | Domain::Permutation(..),
            None,
        ) => {
            let (log_q, relaxed) = (guided.log_q, guided.relaxed);
            (drawn, discrete::drawn_entropy(g, &guided.q, drawn, log_q, relaxed))
        }
        (_, None) => {
            let sampled = minus_log_q(g, &guided.q, drawn, guided.log_q, guided.relaxed);
            (drawn, sampled.unwrap_or(guided.entropy))
        }
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
    let Request { name, draws, copies, options, .. } = *request;
    let site = Site { name, q, dims, mixed: &[], draws, copies, options };
    if request.hard {
        return Value::Plain(q.draw(g, &site.all_dims(), request.name).node()).into();
    }
    request.estimator.draw(g, &site)
}

/// A distribution that the guides are made of.
fn registered(name: &str) -> &'static dyn Distribution {
    let Some(dist) = dist::find(name) else { unreachable!("{name} is in the registry") };
    dist
}
