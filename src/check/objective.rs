//! What is maximised: `objective = iwae(8 over n)` as read, and whether its bound factors over its dimension.
//!
//! A bound per element needs weights per element: whatever the draws of a latent with the dimension reach keeps it. Latents
//! without the dimension are drawn once for all bounds; weighed with one element's draws, they would make no bound of the whole.

use super::Checker;
use super::flow::Path;
use super::model::{
    DimId, Model, ObjectiveAsk, ObjectiveChoice, ObjectiveKind, OptionValue, StmtKind,
};
use super::objective_errors as errors;
use super::plan::{LatentPlan, Plan};
use super::schedule::whole;
use super::settings::option;
use crate::diag::Diagnostic;
use crate::estimator::{self, Aim, Bias};
use crate::source::{Source, Spanned};
use crate::syntax::{self, ast};

impl Checker {
    pub(super) fn check_objective(&mut self, value: &ast::Expr) -> Option<ObjectiveAsk> {
        read(value).map_err(|error| self.diags.push(error)).ok()
    }
}

/// Reads what stands behind `--objective`.
///
/// # Errors
/// Where it is no objective.
pub fn parse(text: &str) -> Result<ObjectiveAsk, String> {
    let source = Source::new("--objective", format!("fit {{ objective = {text} }}"));
    let (program, found) = syntax::parse(&source);
    let ask = match &program.stmts[..] {
        [ast::Stmt { kind: ast::StmtKind::Fit(args), .. }]
            if args.len() == 1 && !found.has_errors() =>
        {
            read(&args[0].value).map_err(|error| error.message)?
        }
        _ => return Err("`elbo`, `stl`, `iwae(8)` or `iwae(8 over image)` is needed".into()),
    };
    Ok(ObjectiveAsk { span: None, ..ask })
}

fn read(value: &ast::Expr) -> Result<ObjectiveAsk, Diagnostic> {
    let (name, call) = match &value.kind {
        ast::ExprKind::Name(name) => (name, None),
        ast::ExprKind::Call { callee, args, over, by: None } => (callee, Some((args, over))),
        _ => return Err(errors::not_an_objective(value.span, None)),
    };
    let Some(kind) = ObjectiveKind::ALL.into_iter().find(|kind| kind.word() == name.text) else {
        return Err(errors::not_an_objective(value.span, Some(&name.text)));
    };
    let (draws, over) = match (kind.weighs(), call) {
        (false, None) => (1, None),
        (false, Some(_)) => return Err(errors::takes_nothing(value.span, kind.word())),
        (true, None) => return Err(errors::needs_draws(value.span, kind.word())),
        (true, Some((args, over))) => match (&args[..], &over[..]) {
            ([ast::Arg { name: None, value: draws, .. }], [] | [_]) => {
                let draws = whole(draws, 1);
                let draws = draws.ok_or_else(|| errors::needs_draws(value.span, kind.word()))?;
                (draws, over.first())
            }
            _ => return Err(errors::needs_draws(value.span, kind.word())),
        },
    };
    let over = over.map(|dim| Spanned { value: dim.text.clone(), span: dim.span });
    Ok(ObjectiveAsk { kind, draws, over, span: Some(value.span) })
}

/// The objective with its dimension.
pub(super) fn resolve(model: &Model, ask: &ObjectiveAsk) -> Result<ObjectiveChoice, Diagnostic> {
    let over = match &ask.over {
        None => None,
        Some(name) => {
            let dim = model.find_dim(&name.value);
            Some(dim.ok_or_else(|| errors::no_such_dimension(model, ask, name))?)
        }
    };
    Ok(ObjectiveChoice { kind: ask.kind, draws: ask.draws as usize, over })
}

/// What keeps the latents of a plan from the objective that is asked for.
pub(super) fn obstacle(
    model: &Model,
    objective: ObjectiveChoice,
    ask: &ObjectiveAsk,
    latents: &[LatentPlan],
) -> Option<Diagnostic> {
    objective.copies()?;
    let bound = Bound { model, objective, ask, latents };
    if bound.weighed().next().is_none() {
        return Some(errors::nothing_to_weigh(model, ask));
    }
    bound.pathless().or_else(|| objective.over.and_then(|over| bound.mixes(over)))
}

/// A bound of which some latents are weighed.
struct Bound<'a> {
    model: &'a Model,
    objective: ObjectiveChoice,
    ask: &'a ObjectiveAsk,
    latents: &'a [LatentPlan],
}

impl Bound<'_> {
    fn weighed(&self) -> impl Iterator<Item = &LatentPlan> {
        self.latents.iter().filter(|l| self.aim(l) == Aim::Weighed)
    }

    /// Those of them that are drawn.
    fn drawn(&self) -> impl Iterator<Item = &LatentPlan> {
        self.weighed().filter(|l| l.estimator().samples())
    }

    fn aim(&self, latent: &LatentPlan) -> Aim {
        aim(self.model, self.objective, latent)
    }

    /// A gradient to be taken through draws that have none.
    fn pathless(&self) -> Option<Diagnostic> {
        let is_regraded = |l: &LatentPlan| matches!(l.estimator, "pathwise" | "implicit");
        let none = self.objective.kind == ObjectiveKind::Dreg && !self.drawn().any(is_regraded);
        none.then(|| errors::no_path(self.model, self.ask, self.latents))
    }

    /// A cost whose weights do not belong to one element of the dimension.
    fn mixes(&self, over: DimId) -> Option<Diagnostic> {
        for stmt in 0..self.model.stmts.len() {
            let reaching =
                self.weighed().filter_map(|l| Some((l, l.flows.to(stmt)?.paths.get(&over)?)));
            let reaching: Vec<(&LatentPlan, &Path)> = reaching.collect();
            if let Some((latent, _)) = reaching.iter().find(|(_, path)| **path == Path::Mixed) {
                return Some(errors::mixed(self.model, self.ask, latent, stmt));
            }
            if let Some(two) = reaching.windows(2).find(|two| two[0].1 != two[1].1) {
                return Some(errors::two_ways(self.model, self.ask, [two[0].0, two[1].0], stmt));
            }
            let drawn = self.drawn().find(|l| l.flows.to(stmt).is_some());
            let is_shared = |l: &&LatentPlan| {
                self.aim(l) != Aim::Weighed && l.bias() == Bias::Exact && l.flows.to(stmt).is_some()
            };
            if let (Some(drawn), Some(summed)) = (drawn, self.latents.iter().find(is_shared)) {
                return Some(errors::sum_over_bounds(self.model, self.ask, summed, drawn, stmt));
            }
        }
        None
    }
}

fn aim(model: &Model, objective: ObjectiveChoice, latent: &LatentPlan) -> Aim {
    match &model.stmts[latent.stmt].kind {
        StmtKind::Tilde(site) => objective.aim(&site.dims),
        _ => unreachable!("plans are of `~` statements"),
    }
}

impl Plan {
    /// The same latents under the ELBO, where the draws that VIMCO compares are no more weighed and nothing is dropped.
    #[must_use]
    pub fn on_elbo(&self) -> Plan {
        let mut plan = Plan { objective: ObjectiveChoice::default(), masks: false, ..self.clone() };
        for latent in plan.latents.iter_mut().filter(|l| l.estimator == "vimco") {
            latent.estimator = "reinforce";
            latent.options = defaults("reinforce");
        }
        plan
    }

    /// Whether the path gradient of a latent is taken twice, in place of the score of log q (Tucker et al. 2019).
    pub fn takes_path_twice(&self, row: usize) -> bool {
        self.objective.kind == ObjectiveKind::Dreg
            && matches!(self.latents[row].estimator, "pathwise" | "implicit")
    }
}

/// The options of an estimator where nothing is said of them.
fn defaults(estimator: &str) -> Vec<(&'static str, OptionValue)> {
    let options = estimator::find(estimator).map_or(&[][..], |e| e.card().options);
    options.iter().map(|o| (o.name, option(&[], o))).collect()
}

impl ObjectiveChoice {
    /// As it is written: `iwae(8 over n)`.
    pub fn words(&self, model: &Model) -> String {
        let word = self.kind.word();
        match self.over {
            _ if !self.kind.weighs() => word.into(),
            None => format!("{word}({})", self.draws),
            Some(over) => format!("{word}({} over {})", self.draws, model.dim(over).name),
        }
    }
}
