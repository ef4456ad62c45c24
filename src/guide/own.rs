//! Guides of the latent's own family, for implicit gradients: Gamma, InverseGamma, Beta or Dirichlet with free parameters,
//! moved to where the support begins. They contain the posterior of a conjugate model.

use super::{Guided, LogQ, Request, draw, minus_log_q, parameter, registered};
use crate::dist::{Call, Domain};
use crate::estimator::Value;
use crate::ir::{Graph, NodeId, special};

/// A positive guide starts around 1, with the spread e⁻¹ on the log scale that Normal guides start with.
const INITIAL_LOG_CONCENTRATION: f64 = 2.0;
/// The weights of a Beta and of a Dirichlet start at e.
const INITIAL_LOG_WEIGHT: f64 = 1.0;

/// The family for the latent's support; an InverseGamma has its own kind of tail.
pub(super) fn family(g: &mut Graph, request: &Request) -> Option<&'static str> {
    if !request.estimator.keeps_family() {
        return None;
    }
    match request.domain {
        Domain::Interval { lower: Some(_), upper: Some(_) } => Some("Beta"),
        Domain::Interval { lower: Some(_), upper: None } => {
            let prior = request.prior.plain(g).dist.signature().name;
            Some(if prior == "InverseGamma" { "InverseGamma" } else { "Gamma" })
        }
        Domain::Simplex(_) => Some("Dirichlet"),
        _ => None,
    }
}

pub(super) fn guided(g: &mut Graph, request: &Request, family: &'static str) -> Guided {
    let dims = request.dims.to_vec();
    let mut exp = |name: &str, init: f64| {
        let log = parameter(g, request.name, name, &dims, init);
        g.exp(log)
    };
    let args = match family {
        "Beta" => {
            ["log_concentration1", "log_concentration0"].map(|n| exp(n, INITIAL_LOG_WEIGHT)).into()
        }
        "Dirichlet" => vec![exp("log_concentration", INITIAL_LOG_WEIGHT)],
        _ => {
            let concentration = exp("log_concentration", INITIAL_LOG_CONCENTRATION);
            let centre = exp("log_centre", 0.0);
            let rate = match family {
                "InverseGamma" => g.mul(concentration, centre),
                _ => g.div(concentration, centre),
            };
            vec![concentration, rate]
        }
    };
    let event = match request.domain {
        Domain::Simplex(over) => vec![over],
        _ => vec![],
    };
    let q = Call::new(registered(family), 0, args).over(event);
    let drawn = draw(g, request, &q, &dims);
    let log_q = request.log_q;
    let (value, entropy) = placed(g, &request.domain, &q, drawn.value, log_q);
    let named = is_standard(g, &request.domain).then(|| q.clone());
    Guided { q, dims, drawn, value, entropy, named, log_q, bijector: None, by_hand: false }
}

/// The value and the entropy of a draw on a domain that may begin elsewhere and have another width.
pub(super) fn placed(
    g: &mut Graph,
    domain: &Domain,
    q: &Call,
    drawn: Value,
    log_q: LogQ,
) -> (Value, NodeId) {
    let Value::Plain(z) = drawn else { unreachable!("continuous draws are not relaxed") };
    let entropy = minus_log_q(g, q, drawn, log_q).unwrap_or_else(|| entropy(g, q));
    match *domain {
        Domain::Interval { lower: Some(lower), upper: Some(upper) } => {
            let width = g.sub(upper, lower);
            let (rise, log_width) = (g.mul(width, z), g.ln(width));
            (Value::Plain(g.add(lower, rise)), g.add(entropy, log_width))
        }
        Domain::Interval { lower: Some(lower), .. } => (Value::Plain(g.add(lower, z)), entropy),
        _ => (drawn, entropy),
    }
}

/// Whether the guide's own support is the domain.
fn is_standard(g: &Graph, domain: &Domain) -> bool {
    let at = |bound: Option<NodeId>| bound.and_then(|node| g.as_number(node));
    match *domain {
        Domain::Interval { lower, upper: None } => at(lower) == Some(0.0),
        Domain::Interval { lower, upper } => at(lower) == Some(0.0) && at(upper) == Some(1.0),
        _ => true,
    }
}

pub(super) fn entropy(g: &mut Graph, q: &Call) -> NodeId {
    match q.event[..] {
        [over] => {
            let log_volume = -special::lgamma(g.size(over) as f64);
            let below_flat = below_flat(g, q);
            g.shift(log_volume, below_flat)
        }
        _ => match q.dist.signature().name {
            "Beta" => below_flat(g, q),
            name => gamma_entropy(g, q, name == "InverseGamma"),
        },
    }
}

/// −KL to the flat member, whose concentrations are 1.
fn below_flat(g: &mut Graph, q: &Call) -> NodeId {
    let one = g.number(1.0);
    let flat = Call { args: vec![one; q.args.len()], ..q.clone() };
    let Some(kl) = q.kl(g, &flat) else { unreachable!("both are of one family") };
    g.neg(kl)
}

/// a − log r + log Γ(a) + (1 − a) ψ(a); of 1/z it is that plus −2 E log z.
fn gamma_entropy(g: &mut Graph, q: &Call, is_inverse: bool) -> NodeId {
    let [a, rate] = q.args();
    let (log_rate, log_gamma, mean_log) = (g.ln(rate), g.lgamma(a), g.digamma(a));
    let spread = g.add(a, log_gamma);
    let falls = g.mul(a, mean_log);
    let base = g.sub(spread, falls);
    let log_centre = g.sub(mean_log, log_rate);
    match is_inverse {
        false => g.add(base, log_centre),
        true => g.sub(base, log_centre),
    }
}
