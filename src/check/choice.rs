//! What an estimator is chosen from: those that can serve a latent, the usual one, and options with their defaults.

use super::flow::Flows;
use super::model::{DistCall, Estimators, Expr, Model, OptionValue, Site, Stage};
use super::plan::BUDGET;
use crate::dist::Support;
use crate::estimator::{self, Aim, Estimator};

/// An estimator with options, and why.
pub(super) struct Chosen {
    pub(super) estimator: &'static dyn Estimator,
    pub(super) options: Vec<(String, OptionValue)>,
    pub(super) reason: String,
}

impl Chosen {
    pub(super) fn new(name: &str, reason: impl Into<String>) -> Option<Self> {
        let estimator = estimator::find(name)?;
        Some(Self { estimator, options: vec![], reason: reason.into() })
    }
}

/// The choice where nothing is summed.
pub(super) fn sampled(
    model: &Model,
    site: &Site,
    flows: &Flows,
    estimators: Estimators,
    aim: Aim,
) -> Option<Chosen> {
    let guide = model.guide_of(site);
    let support = guide.unwrap_or(&site.dist).root().signature().support;
    let jump = flows.jumps.first();
    let relaxes = support.relaxes();
    let own_family = guide.is_some() && candidates(model, site).contains(&"implicit");
    let smooth = if own_family { "implicit" } else { "pathwise" };
    match jump {
        None if !support.is_discrete() => Chosen::new(smooth, "continuous, every use smooth"),
        None if support == Support::Permutation && !estimators.is_unbiased() => {
            Chosen::new("reinforce", "discrete; relaxed matchings are far from whole ones")
        }
        None if relaxes && !estimators.is_unbiased() => {
            let able = able(model, site, aim).contains(&"gumbel_softmax");
            match aim {
                _ if able => {
                    Chosen::new("gumbel_softmax", "discrete, every use smooth when relaxed")
                }
                Aim::Stl => Chosen::new("reinforce", "discrete; relaxed draws have a score"),
                _ => Chosen::new("reinforce", "discrete; relaxed draws have no bounded weight"),
            }
        }
        None if relaxes => Chosen::new("reinforce", "discrete; unbiased asked for"),
        None => Chosen::new("reinforce", "counts do not relax"),
        Some(jump) => Chosen::new("reinforce", format!("used in {}", jump.what)),
    }
}

/// The estimators that can serve a latent. What a written guide draws is not summed out of the model.
pub(super) fn candidates(model: &Model, site: &Site) -> Vec<&'static str> {
    let barred = |e: &dyn Estimator| e.card().name == "marginalize" && site.guide.is_some();
    let serves = |e: &&&dyn Estimator| model.refusal(**e, site).is_none() && !barred(**e);
    estimator::ALL.iter().filter(serves).map(|e| e.card().name).collect()
}

/// Those of them that serve an objective.
pub(super) fn able(model: &Model, site: &Site, aim: Aim) -> Vec<&'static str> {
    let dist = site.dist.root().signature();
    let serves = |name: &&str| estimator::find(name).is_some_and(|e| e.misses(aim, dist).is_none());
    candidates(model, site).into_iter().filter(serves).collect()
}

/// What bounds the counts of a distribution, where the data do not give it.
pub(super) fn moved_bound(call: &DistCall) -> Option<&Expr> {
    let root = call.root_call();
    let moves = |n: &&Expr| n.ty.stage > Stage::Data;
    let is_bounded = root.dist.0.signature().support.most().is_some();
    root.counts().find(moves).filter(|_| is_bounded)
}

pub(super) fn affordable(model: &Model, site: &Site, joint: Option<u128>) -> bool {
    let finite = candidates(model, site).contains(&"enumerate");
    finite && joint.is_some_and(|joint| joint <= BUDGET)
}
