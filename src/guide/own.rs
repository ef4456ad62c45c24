//! Guides of the latent's own family, for implicit gradients, with free parameters: Gamma, InverseGamma, Beta and Dirichlet,
//! moved to where the support begins, which contain the posterior of a conjugate model; and families, or mixtures of one, that
//! can be narrow about any place of a support that stays.

use super::{Guided, LogQ, Request, draw, minus_log_q, parameter, registered};
use crate::dist::{Call, Domain, Needs};
use crate::estimator::Value;
use crate::ir::{Dim, Graph, NodeId, special};

/// A positive guide starts around 1, with the spread e⁻¹ on the log scale that Normal guides start with.
const INITIAL_LOG_CONCENTRATION: f64 = 2.0;
/// The weights of a Beta and of a Dirichlet start at e.
const INITIAL_LOG_WEIGHT: f64 = 1.0;

/// Families that keep their form, with the member to start from, about as wide as the Normal that other guides start with.
/// Those of one parameter are not among them: a Gamma holds or replaces them. Nor are those that are a Normal through a map,
/// which other guides are already.
const KEPT: [(&str, &[f64]); 12] = [
    ("StudentT", &[10.0, 0.0, 0.35]),
    ("Laplace", &[0.0, 0.25]),
    ("Logistic", &[0.0, 0.2]),
    ("Gumbel", &[0.0, 0.3]),
    ("SkewNormal", &[0.0, 0.35, 0.0]),
    ("AsymmetricLaplace", &[0.0, 0.25, 1.0]),
    ("GeneralizedNormal", &[0.0, 0.5, 2.0]),
    ("Weibull", &[3.0, 1.0]),
    ("LogLogistic", &[1.0, 5.0]),
    ("Frechet", &[3.0, 1.0]),
    ("Kumaraswamy", &[2.0, 2.0]),
    ("VonMises", &[0.0, 8.0]),
];

/// The name of the latent's family if a guide keeps it, else of the one for the support: an InverseGamma has its own kind of
/// tail. `None` where that is a Normal through a map.
pub(super) fn family(g: &mut Graph, request: &Request) -> Option<&'static str> {
    if !request.estimator.keeps_family() {
        return None;
    }
    let prior = request.prior.plain(g);
    let name = prior.dist.signature().name;
    if start(&prior).is_some() || components(g, &prior).is_some() {
        return Some(name);
    }
    match request.domain {
        _ if matches!(name, "LogNormal" | "LogitNormal") => None,
        Domain::Interval { lower: Some(_), upper: Some(_) } => Some("Beta"),
        Domain::Interval { lower: Some(_), upper: None } => {
            Some(if name == "InverseGamma" { "InverseGamma" } else { "Gamma" })
        }
        Domain::Simplex(_) => Some("Dirichlet"),
        _ => None,
    }
}

/// The parameters of the member that a guide of this family starts from.
fn start(prior: &Call) -> Option<&'static [f64]> {
    let name = prior.dist.signature().name;
    KEPT.iter().find(|(kept, _)| *kept == name).map(|(_, start)| *start)
}

/// What a mixture mixes, if its draws move with its parameters.
fn components<'a>(g: &mut Graph, prior: &'a Call) -> Option<&'a Call> {
    let inner = prior.inner.as_deref().filter(|_| prior.dist.signature().name == "Mixture")?;
    let sample = g.number(0.5);
    prior.dist.log_cdf(g, sample, prior)?;
    (inner.dist.signature().name == "Normal" || start(inner).is_some()).then_some(inner)
}

pub(super) fn guided(g: &mut Graph, request: &Request, family: &'static str) -> Guided {
    let dims = request.dims.to_vec();
    let prior = request.prior.plain(g);
    let q = match (components(g, &prior), start(&prior)) {
        (Some(inner), _) => mixture(g, request.name, &dims, &prior, inner),
        (None, Some(at)) => member(g, request.name, &dims, &prior, at),
        (None, None) => conjugate(g, request, family),
    };
    let drawn = draw(g, request, &q, &dims);
    let log_q = request.log_q;
    let (value, entropy) = placed(g, &request.domain, &q, drawn.value, log_q);
    let named = (keeps(&q) || is_standard(g, &request.domain)).then(|| q.clone());
    Guided {
        q,
        dims,
        drawn,
        value,
        entropy,
        named,
        log_q,
        relaxed: false,
        bijector: None,
        by_hand: false,
        known: vec![],
    }
}

/// Gamma, InverseGamma, Beta or Dirichlet.
fn conjugate(g: &mut Graph, request: &Request, family: &'static str) -> Call {
    let mut exp = |name: &str, init: f64| {
        let log = parameter(g, request.name, name, request.dims, init);
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
    Call::new(registered(family), 0, args).over(event)
}

/// The member of a family that starts at these parameters: positive ones are free on the log scale.
fn member(g: &mut Graph, latent: &str, dims: &[Dim], family: &Call, start: &[f64]) -> Call {
    let params = family.dist.signature().forms[0].params.iter().zip(start);
    let args = params.map(|(param, &at)| match param.needs {
        Needs::Positive => {
            let log = parameter(g, latent, &format!("log_{}", param.name), dims, at.ln());
            g.exp(log)
        }
        _ => parameter(g, latent, param.name, dims, at),
    });
    Call::new(family.dist, 0, args.collect())
}

/// As many components as the prior has, of equal weight, one unit apart. Mass moves between them through what lies between them:
/// the deeper that is, the noisier the gradient.
fn mixture(g: &mut Graph, latent: &str, dims: &[Dim], prior: &Call, inner: &Call) -> Call {
    let over = prior.event[0];
    let all: Vec<Dim> = dims.iter().copied().chain([over]).collect();
    let normal = [0.0, (-1.0_f64).exp()];
    let mut base = member(g, latent, &all, inner, start(inner).unwrap_or(&normal));
    let (place, middle) = (g.iota(over), 0.5 * (g.size(over) as f64 - 1.0));
    let offset = g.shift(-middle, place);
    if let Some(loc) = inner.dist.signature().position(0, "loc") {
        base.args[loc] = g.add(base.args[loc], offset);
    }
    let logits = parameter(g, latent, "logits", &all, 0.0);
    Call { inner: Some(Box::new(base)), ..Call::new(prior.dist, 1, vec![logits]).over([over]) }
}

/// Whether a guide is of a family that keeps its form.
fn keeps(q: &Call) -> bool {
    q.inner.is_some() || start(q).is_some()
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
    if let Some(entropy) = minus_log_q(g, q, drawn, log_q, false) {
        return if keeps(q) { (drawn, entropy) } else { on_domain(g, domain, z, entropy) };
    }
    if keeps(q) {
        let fixed = stopped(g, q);
        let log_density = fixed.log_prob(g, z);
        return (drawn, g.neg(log_density));
    }
    let entropy = entropy(g, q);
    on_domain(g, domain, z, entropy)
}

/// A draw moved to where the domain begins, and as wide as it is.
fn on_domain(g: &mut Graph, domain: &Domain, z: NodeId, entropy: NodeId) -> (Value, NodeId) {
    match *domain {
        Domain::Interval { lower: Some(lower), upper: Some(upper) } => {
            let width = g.sub(upper, lower);
            let (rise, log_width) = (g.mul(width, z), g.ln(width));
            (Value::Plain(g.add(lower, rise)), g.add(entropy, log_width))
        }
        Domain::Interval { lower: Some(lower), .. } => (Value::Plain(g.add(lower, z)), entropy),
        _ => (Value::Plain(z), entropy),
    }
}

/// At the same parameters without their gradient: what the density gains by them alone is 0 in the mean (Roeder, Wu & Duvenaud
/// 2017).
pub(super) fn stopped(g: &mut Graph, q: &Call) -> Call {
    let args = q.args.iter().map(|&arg| g.stop(arg)).collect();
    let inner = q.inner.as_ref().map(|inner| Box::new(stopped(g, inner)));
    Call { args, inner, ..q.clone() }
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
