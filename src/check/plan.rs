//! Which estimator serves each latent, and why.
//!
//! The command line wins over an annotation, an annotation over the automatic choice; a biased choice says what is exact
//! instead, where that is affordable.

use super::flow::{Flows, flows};
use super::model::{DimId, Elem, EstimatorChoice, Estimators, Model, NameId, OptionValue, Site};
use super::plan_errors as errors;
use crate::diag::Diagnostics;
use crate::dist::Support;
use crate::estimator::{self, Bias, Default, Estimator};
use crate::ir::Schedule;

/// Joint values per element of the kept dimensions that a sum may take.
pub const BUDGET: u128 = 256;

/// What the command line says about estimators.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Policy {
    pub estimators: Option<Estimators>,
    /// `--estimator z=reinforce`
    pub overrides: Vec<(String, String)>,
}

/// The size of each dimension, as far as it is known.
pub type Sizes = Vec<Option<usize>>;

#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// In sampling order.
    pub latents: Vec<LatentPlan>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct LatentPlan {
    pub name: NameId,
    pub stmt: usize,
    pub estimator: &'static str,
    pub options: Vec<(&'static str, OptionValue)>,
    pub reason: String,
    pub flows: Flows,
    /// Joint values per element of the kept dimensions, for finite supports of known size.
    pub joint: Option<u128>,
    /// What to type for the exact estimator, where that is affordable and not chosen.
    pub exact: Option<String>,
}

impl LatentPlan {
    pub fn estimator(&self) -> &'static dyn Estimator {
        let Some(found) = estimator::find(self.estimator) else {
            unreachable!("plans name rows of the registry");
        };
        found
    }

    pub fn bias(&self) -> Bias {
        self.estimator().card().bias
    }
}

impl Plan {
    pub fn of(&self, name: NameId) -> Option<&LatentPlan> {
        self.latents.iter().find(|l| l.name == name)
    }
}

/// Chooses an estimator for every latent.
pub fn plan(model: &Model, policy: &Policy, sizes: &Sizes) -> (Plan, Diagnostics) {
    let mut diags = Diagnostics::new();
    for (name, _) in &policy.overrides {
        if !model.latents().any(|(_, site)| model.name(site.name).name == *name) {
            diags.push(errors::no_such_latent(model, name));
        }
    }
    let latents = model
        .latents()
        .filter_map(|(stmt, site)| plan_latent(model, policy, sizes, stmt, site, &mut diags))
        .collect();
    let plan = Plan { latents };
    super::coupling::check_coupling(model, &plan, &mut diags);
    (plan, diags)
}

fn plan_latent(
    model: &Model,
    policy: &Policy,
    sizes: &Sizes,
    stmt: usize,
    site: &Site,
    diags: &mut Diagnostics,
) -> Option<LatentPlan> {
    let flows = flows(model, site.name);
    let joint = joint_values(model, sizes, site, &flows);
    if let Support::Composition(_) = site.dist.root().signature().support {
        diags.push(errors::no_guide(model, site));
        return None;
    }
    let chosen = match asked_for(model, policy, site, diags) {
        Some(choice) => {
            let choice = choice?;
            let found = estimator::find(choice.name)?;
            forbid(model, site, &flows, &choice, found, joint, diags)?;
            Chosen { estimator: found, options: choice.options, reason: "as asked for".into() }
        }
        None => automatic(model, policy, site, &flows, joint)?,
    };
    let card = chosen.estimator.card();
    let options = card.options.iter().map(|o| (o.name, option(&chosen.options, o))).collect();
    let exact = (card.bias != Bias::Exact && affordable(site, joint))
        .then(|| format!("@marginalize  # sums over {} values", joint.unwrap_or_default()));
    Some(LatentPlan {
        name: site.name,
        stmt,
        estimator: card.name,
        options,
        reason: chosen.reason,
        flows,
        joint,
        exact,
    })
}

struct Chosen {
    estimator: &'static dyn Estimator,
    options: Vec<(String, OptionValue)>,
    reason: String,
}

impl Chosen {
    fn new(name: &str, reason: impl Into<String>) -> Option<Self> {
        let estimator = estimator::find(name)?;
        Some(Self { estimator, options: vec![], reason: reason.into() })
    }
}

/// The estimator of the command line or the annotation; inside, `None` where that one does not exist.
fn asked_for(
    model: &Model,
    policy: &Policy,
    site: &Site,
    diags: &mut Diagnostics,
) -> Option<Option<EstimatorChoice>> {
    let name = &model.name(site.name).name;
    let Some((_, wanted)) = policy.overrides.iter().rev().find(|(n, _)| n == name) else {
        return site.estimator.clone().map(Some);
    };
    let Some(found) = estimator::find(wanted) else {
        diags.push(errors::no_such_estimator(wanted));
        return Some(None);
    };
    let span = model.name(site.name).span;
    Some(Some(EstimatorChoice { name: found.card().name, options: vec![], span }))
}

/// Refuses what a distribution or a use forbids.
fn forbid(
    model: &Model,
    site: &Site,
    flows: &Flows,
    choice: &EstimatorChoice,
    estimator: &dyn Estimator,
    joint: Option<u128>,
    diags: &mut Diagnostics,
) -> Option<()> {
    let card = estimator.card();
    let signature = site.dist.root().signature();
    let name = &model.name(site.name).name;
    if let Some(why) = estimator.refuses(signature) {
        diags.push(errors::estimator_refuses(choice, name, signature, why, &candidates(site)));
        return None;
    }
    if let (true, Some(jump)) = (card.needs_smooth, flows.jumps.first()) {
        diags.push(errors::use_forbids(choice, name, jump));
        return None;
    }
    if let (Bias::Exact, Some(joint)) = (card.bias, joint)
        && joint > BUDGET
    {
        diags.push(errors::over_budget(choice, name, joint));
        return None;
    }
    Some(())
}

/// The estimators that can serve a latent.
fn candidates(site: &Site) -> Vec<&'static str> {
    let signature = site.dist.root().signature();
    let serves = |e: &&&dyn Estimator| e.refuses(signature).is_none();
    estimator::ALL.iter().filter(serves).map(|e| e.card().name).collect()
}

fn automatic(
    model: &Model,
    policy: &Policy,
    site: &Site,
    flows: &Flows,
    joint: Option<u128>,
) -> Option<Chosen> {
    let support = site.dist.root().signature().support;
    let estimators = policy.estimators.or(model.fit.estimators).unwrap_or(Estimators::Auto);
    let jump = flows.jumps.first();
    if !support.is_discrete() {
        return match jump {
            None => Chosen::new("pathwise", "continuous, every use smooth"),
            Some(jump) => Chosen::new("reinforce", format!("used in {}", jump.what)),
        };
    }
    if estimators == Estimators::Exact && affordable(site, joint) {
        let count = joint.unwrap_or_default();
        return Chosen::new("marginalize", format!("exact: {count} values, within {BUDGET}"));
    }
    let relaxes = matches!(support, Support::Binary | Support::Index);
    match jump {
        None if relaxes && estimators != Estimators::Unbiased => {
            Chosen::new("gumbel_softmax", "discrete, every use smooth when relaxed")
        }
        None if relaxes => Chosen::new("reinforce", "discrete; unbiased asked for"),
        None => Chosen::new("reinforce", "counts do not relax"),
        Some(jump) => Chosen::new("reinforce", format!("used in {}", jump.what)),
    }
}

fn affordable(site: &Site, joint: Option<u128>) -> bool {
    let finite = candidates(site).contains(&"marginalize");
    finite && joint.is_some_and(|joint| joint <= BUDGET)
}

/// Values per element, to the power of the elements that are mixed. `None` where a size is not known or there is no end.
fn joint_values(model: &Model, sizes: &Sizes, site: &Site, flows: &Flows) -> Option<u128> {
    let values = support_size(model, sizes, site)? as u128;
    let size = |d: DimId| sizes.get(d.0 as usize).copied().flatten();
    let mixed = flows.mixed().into_iter().try_fold(1_usize, |n, d| n.checked_mul(size(d)?))?;
    Some(values.checked_pow(u32::try_from(mixed).ok()?).unwrap_or(u128::MAX))
}

/// How many values one element has.
fn support_size(model: &Model, sizes: &Sizes, site: &Site) -> Option<usize> {
    let ty = &model.name(site.name).ty;
    match ty.elem {
        Elem::Binary => Some(2),
        Elem::Index(dim) => sizes.get(dim.0 as usize).copied().flatten(),
        Elem::Int if ty.support.high.is_finite() => Some(ty.support.high as usize + 1),
        _ => None,
    }
}

/// The option as asked for, or its default.
fn option(asked: &[(String, OptionValue)], card: &estimator::OptionCard) -> OptionValue {
    let found = asked.iter().find(|(name, _)| name == card.name);
    found.map_or_else(|| default(card.default), |(_, value)| value.clone())
}

fn default(value: Default) -> OptionValue {
    match value {
        Default::Number(schedule) => OptionValue::Schedule(schedule),
        Default::Flag(flag) => OptionValue::Schedule(Schedule::Constant(f64::from(u8::from(flag)))),
        Default::Word(word) => OptionValue::Word(word.into()),
    }
}
