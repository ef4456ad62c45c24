//! From a bound model to graph pieces: the latents under their guides and the additive terms of the ELBO.
//!
//! Total: whatever a user can get wrong was found before. Dimensions carry everything: Monte Carlo draws and enumerated
//! latents are dimensions of their values, and whatever depends on them has them too.

mod batch;
mod expr;
mod guide;
mod joint;
mod options;
mod prior;
mod site;
mod sketch;
mod summed;
mod support;
mod values;
mod weights;

pub use joint::{Given, Joint, joint};
pub use prior::{Blanks, Prior, Replica, fill, prior, prior_values, redraw, replicate};
pub use site::{Latent, Term, TermKind};
pub use sketch::{Kl, Sketch, sketch};
pub use support::supports;
pub use values::{first_values, of_data};

use crate::check::model::{DimId, Expr, Model, NameId, NameKind, Stage, Stmt, StmtKind, Window};
use crate::check::plan::Plan;
use crate::data::Bound;
use crate::estimator::Value;
use crate::guide::Bijector;
use crate::ir::{Dim, Graph, NodeId, Origin};
use std::collections::HashMap;
use std::sync::Arc;

/// A model with its data and its plan: what can be fitted.
#[derive(Clone, Debug)]
pub struct Problem {
    pub bound: Arc<Bound>,
    pub plan: Arc<Plan>,
    /// The text of each statement, for reports: `theta ~ Normal(mu, tau)`.
    pub texts: Arc<[String]>,
    /// Of the first values of weights.
    pub seed: u64,
}

impl Problem {
    /// The same under the ELBO: where fits begin, and what the laboratory measures.
    #[must_use]
    pub fn on_elbo(&self) -> Problem {
        Problem { plan: Arc::new(self.plan.on_elbo()), ..self.clone() }
    }
}

/// How latents are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// As their estimators say: what is optimised.
    Optimise,
    /// Without relaxation, each draw by itself: the ELBO that is reported.
    Report,
    /// Without relaxation, weighed as in what is optimised: the bound that is reported.
    Bound,
}

/// The pieces of one graph.
#[derive(Default)]
pub struct Assembly {
    pub graph: Graph,
    /// Of each dimension of the model.
    pub dims: Vec<Dim>,
    /// The Monte Carlo dimension; `None` for a single draw.
    pub draws: Option<Dim>,
    /// The dimension of draws that are weighed against each other; `None` where every draw counts by itself.
    pub copies: Option<Dim>,
    /// Of every copy, once the terms that have copies are gathered.
    pub log_weights: Option<NodeId>,
    pub latents: Vec<Latent>,
    pub terms: Vec<Term>,
    /// Of each name of the model; `None` for those that later statements would have defined.
    pub values: Vec<Option<Value>>,
    /// Dimensions that an estimator adds, of values beside the draw.
    pub fresh: Vec<Dim>,
    /// The dimensions that stand for windows.
    shortened: HashMap<Window, Dim>,
    /// Where a dimension is batched: what data alone determine.
    side: Option<batch::Side>,
}

/// Lowers the whole model for `samples` Monte Carlo draws.
pub fn lower(problem: &Problem, mode: Mode, samples: usize) -> Assembly {
    let mut lowerer = Lowerer::new(problem, mode, samples);
    for stmt in 0..problem.bound.model.stmts.len() {
        lowerer.stmt(stmt);
    }
    lowerer.finish()
}

/// The terms if some latents had other draws, in the order of the terms as they were lowered; what does not depend on the
/// latents is shared with those.
pub fn terms_at(problem: &Problem, a: &mut Assembly, redrawn: &[(usize, Value)]) -> Vec<Term> {
    let (values, fresh) = (a.values.clone(), a.fresh.clone());
    let standing = std::mem::take(&mut a.terms);
    let mut lowerer = Lowerer::resume(problem, Mode::Optimise, std::mem::take(a));
    lowerer.redrawn = redrawn.to_vec();
    for stmt in 0..problem.bound.model.stmts.len() {
        lowerer.stmt(stmt);
    }
    *a = lowerer.finish();
    (a.values, a.fresh) = (values, fresh);
    std::mem::replace(&mut a.terms, standing)
}

/// Computes whatever is made from other names again, now that summed latents have draws for values: deterministic names,
/// and latents that their parents move.
pub fn redo_values(problem: &Problem, assembly: Assembly) -> Assembly {
    let mut lowerer = Lowerer::resume(problem, Mode::Report, assembly);
    for (index, stmt) in problem.bound.model.stmts.iter().enumerate() {
        match &stmt.kind {
            StmtKind::Let { .. } => lowerer.stmt(index),
            StmtKind::Tilde(site) if !site.observed => lowerer.redo_latent(site),
            StmtKind::Tilde(_) | StmtKind::Factor(_) | StmtKind::Guide(_) => {}
        }
    }
    lowerer.finish()
}

struct Lowerer<'a> {
    problem: &'a Problem,
    model: &'a Model,
    mode: Mode,
    g: Graph,
    dims: Vec<Dim>,
    draws: Option<Dim>,
    copies: Option<Dim>,
    log_weights: Option<NodeId>,
    values: Vec<Option<Value>>,
    latents: Vec<Latent>,
    terms: Vec<Term>,
    /// The windows of the statement at hand, with the shorter dimension that stands for each.
    windows: Vec<(Window, Dim)>,
    /// Shorter dimensions made so far.
    shortened: HashMap<Window, Dim>,
    /// Inside an expression of data alone, which is computed at once.
    folding: bool,
    /// Latents, by their places, that have another draw than their own.
    redrawn: Vec<(usize, Value)>,
    /// Where a dimension is batched: what data alone determine.
    side: Option<batch::Side>,
    /// Names of data alone are computed when they are read.
    is_lazy: bool,
}

impl<'a> Lowerer<'a> {
    fn new(problem: &'a Problem, mode: Mode, samples: usize) -> Self {
        let model: &Model = &problem.bound.model;
        let mut g = Graph::new();
        let sized = model.dims.iter().zip(&problem.bound.dims).enumerate();
        let dims = sized.map(|(i, (d, b))| match problem.plan.batch_of(DimId(i as u32)) {
            Some(rows) => g.batched_dim(&d.name, rows, b.size),
            None => g.dim(&d.name, b.size),
        });
        let dims = dims.collect();
        let draws = (samples > 1).then(|| g.dim("draw", samples));
        let copies = problem.plan.objective.copies().filter(|_| mode != Mode::Report);
        let copies = copies.map(|count| g.dim("copy", count));
        let mut lowerer = Self {
            problem,
            model,
            mode,
            g,
            dims,
            draws,
            copies,
            log_weights: None,
            values: vec![None; model.names.len()],
            latents: vec![],
            terms: vec![],
            windows: vec![],
            shortened: HashMap::new(),
            folding: false,
            redrawn: vec![],
            side: (!problem.plan.batches.is_empty()).then(batch::Side::default),
            is_lazy: false,
        };
        lowerer.declared();
        lowerer
    }

    fn resume(problem: &'a Problem, mode: Mode, assembly: Assembly) -> Self {
        Self {
            problem,
            model: &problem.bound.model,
            mode,
            g: assembly.graph,
            dims: assembly.dims,
            draws: assembly.draws,
            copies: assembly.copies,
            log_weights: assembly.log_weights,
            values: assembly.values,
            latents: assembly.latents,
            terms: assembly.terms,
            windows: vec![],
            shortened: assembly.shortened,
            folding: false,
            redrawn: vec![],
            side: assembly.side,
            is_lazy: false,
        }
    }

    fn finish(self) -> Assembly {
        Assembly {
            graph: self.g,
            dims: self.dims,
            draws: self.draws,
            copies: self.copies,
            log_weights: self.log_weights,
            latents: self.latents,
            terms: self.terms,
            values: self.values,
            fresh: vec![],
            shortened: self.shortened,
            side: self.side,
        }
    }

    fn dim(&self, id: DimId) -> Dim {
        self.dims[id.0 as usize]
    }

    /// Data and params, which no statement defines.
    fn declared(&mut self) {
        for (index, decl) in self.model.names.iter().enumerate() {
            let name = NameId(index as u32);
            let node = match &decl.kind {
                NameKind::Data(_) => {
                    self.datum(name);
                    continue;
                }
                NameKind::Param { init } => self.param(name, init.as_ref()),
                NameKind::Weight(weight) => self.weight(name, weight),
                NameKind::Mask { rate } => self.mask(name, *rate),
                NameKind::Let { .. } | NameKind::Latent { .. } => continue,
            };
            self.values[index] = Some(Value::Plain(node));
        }
    }

    /// A point estimate: a free parameter through the bijector of its support.
    fn param(&mut self, name: NameId, init: Option<&Expr>) -> NodeId {
        let decl = self.model.name(name);
        let dims: Vec<Dim> = decl.ty.dims.iter().map(|&d| self.dim(d)).collect();
        let domain = values::domain(&mut self.g, &decl.ty, &self.dims);
        let bijector = Bijector::new(&mut self.g, &domain);
        let base = bijector.base_dims(&dims);
        if let Some(init) = init.filter(|_| base.iter().any(|&d| self.g.is_batched(d))) {
            let table = self.whole_start(name, init, &base);
            let free = self.g.add_local_param(&decl.name, &base, table.into());
            return bijector.forward(&mut self.g, free).value;
        }
        let start = init.map(|e| {
            // Statements that it reads are data's alone, and come after the params.
            let lazy = std::mem::replace(&mut self.is_lazy, true);
            let node = self.node(e);
            self.is_lazy = lazy;
            self.g.expand(node, &dims)
        });
        let start = values::start(&mut self.g, &bijector, start, &base);
        let free = self.g.add_param(&decl.name, &base, start);
        bijector.forward(&mut self.g, free).value
    }

    fn stmt(&mut self, index: usize) {
        let model = self.model;
        let stmt = &model.stmts[index];
        let origin = self.origin(index);
        self.g.set_origin(origin, Some(stmt.span));
        self.enter(stmt);
        match &stmt.kind {
            StmtKind::Let { name, value } => self.deterministic(*name, value),
            StmtKind::Factor(value) => {
                let value = value.addends(&stmt.windows);
                let node = self.node(value);
                let dims: Vec<Dim> = value.ty.dims.iter().map(|&d| self.here(d)).collect();
                let node = self.g.expand(node, &dims);
                self.term(index, TermKind::Factor, None, node);
            }
            StmtKind::Tilde(site) => self.site(index, site),
            StmtKind::Guide(guide) => self.guide_draw(guide),
        }
        self.windows.clear();
    }

    fn enter(&mut self, stmt: &Stmt) {
        self.windows = stmt.windows.iter().map(|&w| (w, self.shorter(w))).collect();
    }

    /// `name[n] = expr` has all that its left side lists. Where it holds only along windows it is NaN outside of them,
    /// which nothing reads.
    fn deterministic(&mut self, name: NameId, value: &Expr) {
        let is_data = value.ty.stage <= Stage::Data;
        if is_data && self.side.is_some() {
            let node = self.bring_name(name);
            self.values[name.0 as usize] = Some(Value::Plain(node));
            return;
        }
        let dims: Vec<Dim> = self.model.name(name).ty.dims.iter().map(|&d| self.here(d)).collect();
        let value = self.value(value);
        let value = self.map_nodes(value, |l, node| {
            let node = l.g.expand(node, &dims);
            let node = l.uncut(node);
            if is_data { l.fold(node) } else { node }
        });
        self.values[name.0 as usize] = Some(value);
    }

    fn origin(&mut self, stmt: usize) -> Origin {
        let span = self.model.stmts[stmt].span;
        let known = self.g.origins.iter().position(|o| o.span == Some(span));
        match known {
            Some(row) => Origin(row as u32),
            None => self.g.add_origin(self.problem.texts[stmt].clone(), Some(span)),
        }
    }

    /// The dimension that stands for a window: as long as the positions where every lag exists.
    fn shorter(&mut self, window: Window) -> Dim {
        if let Some(&dim) = self.shortened.get(&window) {
            return dim;
        }
        let whole = self.g.dim_info(self.dim(window.dim)).clone();
        let size = whole.size - (window.back + window.ahead) as usize;
        let dim = self.g.dim(format!("{} from {}", whole.name, window.back + 1), size);
        self.shortened.insert(window, dim);
        dim
    }

    /// What a dimension is inside the statement at hand.
    fn here(&self, id: DimId) -> Dim {
        let window = self.windows.iter().find(|(w, _)| w.dim == id);
        window.map_or_else(|| self.dim(id), |&(_, short)| short)
    }
}
