//! What a fit shows of its own failures: schedules that it does not finish, continuous latents that fell back on their
//! prior, discrete ones that tell nothing apart. Values; their words are the report's.
//!
//! A posterior that is rightly its prior is no failure. A latent is suspected where what is learnt decides how the data
//! depend on it: a param for collapse, since nothing but the fit moves it, any unknown for structure.

use super::chunks::larger;
use super::config::Config;
use super::tables::{gathered, initial};
use crate::backend::{self, CounterNoise, Program, Step};
use crate::check::coupling::couples;
use crate::check::model::{
    DistCall, Elem, Model, NameId, NameKind, OptionValue, Schedule, Site, Stage,
};
use crate::check::plan::LatentPlan;
use crate::estimator::Default;
use crate::ir::{Dim, Graph, NodeId, Rows};
use crate::lower::{Assembly, Mode, Problem, TermKind, lower};

/// One thing that a reader of the results should know.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// Before the first step. `None` is the learning rate; the option is the latent's otherwise.
    Unfinished { latent: Option<NameId>, option: &'static str, schedule: Schedule, arrival: u64 },
    /// KL(q‖p) in nats per element.
    Collapsed { latent: NameId, kl: f64 },
    /// The entropy of q as a share of its maximum.
    Structureless { latent: NameId, share: f64 },
    /// `tau = auto` ended at its floor; the bias as a share of the gradient is still above the one asked for.
    StillBiased { latent: NameId, bias: f64, share: f64 },
    /// `tau = learnt` went where a relaxed draw hardly depends on its latent.
    RanAway { latent: NameId, tau: f64 },
}

/// Above this temperature a relaxed draw hardly moves with its logits.
const HOTTEST: f64 = 5.0;
/// In nats per element: a latent below says nothing.
const LEAST_KL: f64 = 0.01;
/// Of the greatest entropy: a latent above tells no values apart.
const MOST_ENTROPY: f64 = 0.99;
const DRAWS: usize = 8;
/// Noise of its own.
const STEP: u64 = 1 << 42;

/// The schedules that are written in the model and end after the last step. Those of the model's own `steps` are the
/// checker's.
pub fn unfinished(problem: &Problem, config: &Config) -> Vec<Finding> {
    let model = &problem.bound.model;
    if model.fit.steps == Some(config.steps) {
        return vec![];
    }
    let options = problem.plan.latents.iter().flat_map(|l| {
        written(l).into_iter().map(|(option, schedule)| (Some(l.name), option, schedule))
    });
    let weights = model.latents().flat_map(|(_, site)| {
        let kl = site.kl;
        [(Some(site.name), "weight", kl.weight), (Some(site.name), "free_bits", kl.free_bits)]
    });
    let rate = [(None, "lr", config.learning_rate)];
    let late = |(latent, option, schedule): (Option<NameId>, &'static str, Schedule)| {
        let arrival = schedule.arrival().filter(|&arrival| arrival > config.steps)?;
        Some(Finding::Unfinished { latent, option, schedule, arrival })
    };
    options.chain(weights).chain(rate).filter_map(late).collect()
}

/// The options of a latent that follow another schedule than the usual one.
fn written(plan: &LatentPlan) -> Vec<(&'static str, Schedule)> {
    let cards = plan.estimator().card().options;
    let usual = |name: &str, s: &Schedule| {
        cards.iter().any(|c| c.name == name && c.default == Default::Number(*s))
    };
    let schedules = plan.options.iter().filter_map(|(name, value)| match value {
        OptionValue::Schedule(s) if !usual(name, s) => Some((*name, *s)),
        _ => None,
    });
    schedules.collect()
}

/// Learnt temperatures, by the names of their knobs, that are too hot.
pub(super) fn ran_away(problem: &Problem, learnt: &[(String, f64)]) -> Vec<Finding> {
    let model = &problem.bound.model;
    let hot = learnt.iter().filter(|(_, tau)| *tau > HOTTEST);
    let found = hot.filter_map(|&(ref knob, tau)| {
        let (name, _) = knob.rsplit_once('.')?;
        let plan = problem.plan.latents.iter().find(|l| model.name(l.name).name == name)?;
        Some(Finding::RanAway { latent: plan.name, tau })
    });
    found.collect()
}

/// What the fitted parameters show; costs nothing where no latent is suspected.
pub(super) fn diagnose(problem: &Problem, params: &[f64], config: &Config) -> Vec<Finding> {
    let model = &problem.bound.model;
    let plans = &problem.plan.latents;
    let rows = |suspected: fn(&Model, &LatentPlan) -> bool| -> Vec<usize> {
        (0..plans.len()).filter(|&row| suspected(model, &plans[row])).collect()
    };
    let (collapsed, flat) = (rows(may_collapse), rows(may_be_flat));
    if collapsed.is_empty() && flat.is_empty() {
        return vec![];
    }
    let mut a = lower(&larger(problem), Mode::Report, DRAWS);
    let rows = Rows::spread(&a.graph);
    let mut watch = vec![data(&mut a)];
    watch.extend(collapsed.iter().map(|&row| minus_kl(&mut a, row)));
    watch.extend(flat.iter().map(|&row| entropy_share(&mut a, row)));
    let loss = a.graph.add_all(watch.iter().copied());
    let [first, params] =
        [&initial(&a.graph)[..], params].map(|all| gathered(&a.graph, all, &rows));
    let program = Program { graph: a.graph, loss, watch };
    let mut step = backend::compile(program, config.options);
    step.set_rows(&rows);
    step.set_params(&first);
    let grown = {
        let first = measure(step.as_mut(), 0, config.seed);
        step.set_params(&params);
        measure(step.as_mut(), 0, config.seed) > first
    };
    let kl = collapsed.iter().enumerate().map(|(i, &row)| {
        let kl = -step.watched(1 + i)[0];
        (grown && kl < LEAST_KL).then_some(Finding::Collapsed { latent: plans[row].name, kl })
    });
    let shares = flat.iter().enumerate().map(|(i, &row)| {
        let share = step.watched(1 + collapsed.len() + i)[0];
        let latent = plans[row].name;
        (share > MOST_ENTROPY).then_some(Finding::Structureless { latent, share })
    });
    kl.chain(shares).flatten().collect()
}

fn measure(step: &mut dyn Step, watch: usize, seed: u64) -> f64 {
    step.run(STEP, &mut CounterNoise::new(seed));
    step.watched(watch)[0]
}

/// A plate of continuous latents with a fixed prior, which params can silence.
fn may_collapse(model: &Model, plan: &LatentPlan) -> bool {
    let Some(site) = sampled(model, plan) else { return false };
    let discrete = site.dist.root().signature().support.is_discrete();
    let param = |kind: &NameKind| matches!(kind, NameKind::Param { .. } | NameKind::Weight(_));
    !discrete && is_fixed(&site.dist) && couples(model, plan.name, param)
}

/// A plate of discrete latents that something unknown tells apart.
fn may_be_flat(model: &Model, plan: &LatentPlan) -> bool {
    let finite = matches!(model.name(plan.name).ty.elem, Elem::Binary | Elem::Index(_));
    let unknown = |kind: &NameKind| {
        matches!(kind, NameKind::Param { .. } | NameKind::Weight(_) | NameKind::Latent { .. })
    };
    let scalar = |site: &Site| !site.dist.root().signature().support.is_vector();
    finite && sampled(model, plan).is_some_and(scalar) && couples(model, plan.name, unknown)
}

fn sampled<'m>(model: &'m Model, plan: &LatentPlan) -> Option<&'m Site> {
    let (_, site) = model.latents().find(|(_, site)| site.name == plan.name)?;
    (plan.estimator().samples() && !site.dims.is_empty()).then_some(site)
}

fn is_fixed(call: &DistCall) -> bool {
    let own = call.args.iter().all(|arg| arg.ty.stage <= Stage::Data);
    own && call.inner.as_ref().is_none_or(|inner| is_fixed(inner))
}

/// All that the data and the factors add to the ELBO.
fn data(a: &mut Assembly) -> NodeId {
    let is_data = |kind| matches!(kind, TermKind::Likelihood | TermKind::Factor);
    let nodes = a.terms.iter().filter(|t| is_data(t.kind)).map(|t| t.node).collect::<Vec<_>>();
    total(&mut a.graph, &nodes, a.draws)
}

/// Minus the KL of a latent, per element.
fn minus_kl(a: &mut Assembly, row: usize) -> NodeId {
    let own = a.terms.iter().filter(|t| t.latent == Some(row)).map(|t| t.node).collect::<Vec<_>>();
    let sum = total(&mut a.graph, &own, a.draws);
    a.graph.scale(1.0 / elements(a, row), sum)
}

/// The entropy of q over its maximum.
fn entropy_share(a: &mut Assembly, row: usize) -> NodeId {
    let Some(guided) = &a.latents[row].guided else {
        unreachable!("sampled latents have guides");
    };
    let values = guided.q.event.first().map_or(2, |&classes| a.graph.size(classes));
    let entropy = guided.entropy;
    let sum = total(&mut a.graph, &[entropy], a.draws);
    let most = elements(a, row) * (values.max(2) as f64).ln();
    a.graph.scale(1.0 / most, sum)
}

fn elements(a: &Assembly, row: usize) -> f64 {
    a.latents[row].dims.iter().map(|&d| a.graph.size(d) as f64).product()
}

/// The sum of all elements, a mean over draws.
fn total(g: &mut Graph, nodes: &[NodeId], draws: Option<Dim>) -> NodeId {
    let sums = nodes.iter().map(|&node| {
        let mean = match draws.filter(|&d| g.has_dim(node, d)) {
            Some(draws) => g.mean(node, &[draws]),
            None => node,
        };
        let dims: Vec<Dim> = g.shape(mean).iter().collect();
        g.sum(mean, &dims)
    });
    let sums: Vec<NodeId> = sums.collect();
    g.add_all(sums)
}
