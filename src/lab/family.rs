//! Exponential families of one latent element, or of a simplex: what they count, and what coefficients of it mean.

use super::Member;
use crate::dist::Domain;
use crate::ir::special::{digamma, lgamma, sigmoid, trigamma};
use crate::ir::{Graph, special};
use crate::lower::Given;

/// A family that a posterior may belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// All elements of all such latents together, with their products.
    Normal,
    Gamma,
    InverseGamma,
    Beta,
    Dirichlet,
}

impl Family {
    /// By where the latent lies; an InverseGamma has a tail that a Gamma lacks.
    pub(super) fn of(g: &Graph, given: &Given) -> Option<Self> {
        let at = |bound: Option<_>| bound.and_then(|node| g.as_number(node));
        match given.domain {
            Domain::Real => Some(Family::Normal),
            Domain::Interval { lower: None, upper: None } => Some(Family::Normal),
            Domain::Interval { lower, upper: None } if at(lower) == Some(0.0) => {
                let is_inverse = given.prior == "InverseGamma";
                Some(if is_inverse { Family::InverseGamma } else { Family::Gamma })
            }
            Domain::Interval { lower, upper }
                if [at(lower), at(upper)] == [Some(0.0), Some(1.0)] =>
            {
                Some(Family::Beta)
            }
            Domain::Simplex(_) => Some(Family::Dirichlet),
            _ => None,
        }
    }

    /// The values at free coordinates.
    pub(super) fn values(self, free: &[f64]) -> Vec<f64> {
        match self {
            Family::Normal => free.to_vec(),
            Family::Gamma | Family::InverseGamma => free.iter().map(|u| u.exp()).collect(),
            Family::Beta => free.iter().map(|&u| sigmoid(u)).collect(),
            Family::Dirichlet => {
                let total: f64 = free.iter().map(|u| u.exp()).sum();
                free.iter().map(|u| u.exp() / total).collect()
            }
        }
    }

    /// What the log density is linear in.
    pub(super) fn statistics(self, free: &[f64]) -> Vec<f64> {
        match self {
            Family::Normal => {
                let products =
                    (0..free.len()).flat_map(|i| free[..=i].iter().map(move |x| x * free[i]));
                free.iter().copied().chain(products).collect()
            }
            Family::Gamma => vec![free[0], free[0].exp()],
            Family::InverseGamma => vec![free[0], (-free[0]).exp()],
            Family::Beta => vec![-special::softplus(-free[0]), -special::softplus(free[0])],
            Family::Dirichlet => self.values(free).iter().map(|x| x.ln()).collect(),
        }
    }

    /// The member with these coefficients, and the log of the integral of exp(coefficients · statistics). Of one Normal alone.
    pub(super) fn member(self, c: &[f64]) -> Option<(Member, f64)> {
        let member = |family, args: Vec<f64>, mean, sd| Member { family, args, mean, sd };
        match self {
            Family::Normal => None,
            Family::Gamma | Family::InverseGamma => {
                let is_inverse = self == Family::InverseGamma;
                let (a, r) = (if is_inverse { -c[0] - 1.0 } else { c[0] + 1.0 }, -c[1]);
                let sound = a > 0.0 && r > 0.0;
                let (mean, sd) = match is_inverse {
                    false => (a / r, a.sqrt() / r),
                    true if a > 2.0 => (r / (a - 1.0), r / (a - 1.0) / (a - 2.0).sqrt()),
                    true => (if a > 1.0 { r / (a - 1.0) } else { f64::INFINITY }, f64::INFINITY),
                };
                let family = if is_inverse { "InverseGamma" } else { "Gamma" };
                let log_volume = lgamma(a) - a * r.ln();
                sound.then(|| (member(family, vec![a, r], vec![mean], vec![sd]), log_volume))
            }
            Family::Beta | Family::Dirichlet => {
                let weights: Vec<f64> = c.iter().map(|c| c + 1.0).collect();
                let total: f64 = weights.iter().sum();
                let mean: Vec<f64> = weights.iter().map(|a| a / total).collect();
                let sd: Vec<f64> =
                    mean.iter().map(|m| (m * (1.0 - m) / (total + 1.0)).sqrt()).collect();
                let log_volume = weights.iter().map(|&a| lgamma(a)).sum::<f64>() - lgamma(total);
                let sound = weights.iter().all(|a| *a > 0.0);
                let (family, count) = match self {
                    Family::Beta => ("Beta", 1),
                    _ => ("Dirichlet", weights.len()),
                };
                let (mean, sd) = (mean[..count].to_vec(), sd[..count].to_vec());
                sound.then(|| (member(family, weights, mean, sd), log_volume))
            }
        }
    }

    /// Mean and standard deviation of the free coordinates of a member.
    pub(super) fn bulk(self, args: &[f64]) -> Vec<(f64, f64)> {
        match self {
            Family::Normal => vec![(args[0], args[1])],
            Family::Gamma | Family::InverseGamma => {
                let centre = digamma(args[0]) - args[1].ln();
                let sign = if self == Family::Gamma { 1.0 } else { -1.0 };
                vec![(sign * centre, trigamma(args[0]).sqrt())]
            }
            Family::Beta => {
                let spread = trigamma(args[0]) + trigamma(args[1]);
                vec![(digamma(args[0]) - digamma(args[1]), spread.sqrt())]
            }
            Family::Dirichlet => args.iter().map(|&a| (digamma(a), trigamma(a).sqrt())).collect(),
        }
    }
}
