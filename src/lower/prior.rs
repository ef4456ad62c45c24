//! Draws of every latent from its prior: to be looked at, and pulled back to where the guides live, as scattered places for a
//! fit to begin.

use super::{Assembly, Lowerer, Mode, Problem, lower};
use crate::check::model::{DimId, NameId, Site, StmtKind};
use crate::dist::Call;
use crate::estimator::Value;
use crate::guide::Bijector;
use crate::ir::{Dim, Graph, NodeId, Op};

/// A graph of one draw from the prior.
pub struct Prior {
    pub graph: Graph,
    /// A row of `Graph::params` that holds locations of a guide, and a node of the same shape: what they are to be for the
    /// guide to stand at the draw. Not finite where the prior is improper, or a draw lies on an edge.
    pub bases: Vec<(u32, NodeId)>,
}

/// Draws latents in the order of the model, each given those before it.
pub fn prior(problem: &Problem) -> Prior {
    let mut lowerer = Lowerer::resume(problem, Mode::Report, lower(problem, Mode::Report, 1));
    let mut bases = vec![];
    for (index, stmt) in problem.bound.model.stmts.iter().enumerate() {
        match &stmt.kind {
            StmtKind::Let { .. } => lowerer.stmt(index),
            StmtKind::Tilde(site) if !site.observed => bases.extend(lowerer.prior_base(site)),
            StmtKind::Tilde(_) | StmtKind::Factor(_) | StmtKind::Guide(_) => {}
        }
    }
    Prior { graph: lowerer.g, bases }
}

/// The model with `samples` draws from the prior for the values of its latents.
pub fn prior_values(problem: &Problem, samples: usize) -> Assembly {
    redraw(problem, lower(problem, Mode::Report, samples), &|_| true)
}

/// The assembly with draws from the prior for the values of the latents that `anew` names, each given the values before it.
pub fn redraw(problem: &Problem, assembly: Assembly, anew: &dyn Fn(NameId) -> bool) -> Assembly {
    let mut lowerer = Lowerer::resume(problem, Mode::Report, assembly);
    for (index, stmt) in problem.bound.model.stmts.iter().enumerate() {
        match &stmt.kind {
            StmtKind::Let { .. } => lowerer.stmt(index),
            StmtKind::Tilde(site) if site.observed => {}
            StmtKind::Tilde(site) if anew(site.name) => {
                lowerer.prior_draw(site);
            }
            StmtKind::Tilde(site) => lowerer.redo_latent(site),
            StmtKind::Factor(_) | StmtKind::Guide(_) => {}
        }
    }
    lowerer.finish()
}

/// What stands in the place of an observed datum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replica {
    Draw,
    /// The mean of its distribution, or a draw where that has none.
    Mean,
}

/// The assembly with new values for the observed data, each given what its distribution is given.
pub fn replicate(problem: &Problem, assembly: Assembly, how: Replica) -> Assembly {
    let mut lowerer = Lowerer::resume(problem, Mode::Report, assembly);
    for stmt in &problem.bound.model.stmts {
        if let StmtKind::Tilde(site) = &stmt.kind
            && site.observed
        {
            lowerer.enter(stmt);
            lowerer.replica(site, how);
            lowerer.windows.clear();
        }
    }
    lowerer.finish()
}

/// What new data do not say of a model that was fitted before.
#[derive(Clone, Debug, Default)]
pub struct Blanks {
    /// Observed data without values.
    pub lacking: Vec<NameId>,
    /// Latents of rows that the fit did not see, and that no guide knows.
    pub latents: Vec<NameId>,
    /// Observed data that are drawn: those that lack, or all of them.
    pub drawn: Vec<NameId>,
    /// Dimensions with positions that the fit did not see, behind as many as it has.
    pub grown: Vec<(DimId, usize)>,
}

/// The assembly with draws for the values of what is blank, each given what stands before it.
pub fn fill(problem: &Problem, assembly: Assembly, blanks: &Blanks) -> Assembly {
    let mut lowerer = Lowerer::resume(problem, Mode::Report, assembly);
    for (index, stmt) in problem.bound.model.stmts.iter().enumerate() {
        match &stmt.kind {
            StmtKind::Let { .. } => lowerer.stmt(index),
            StmtKind::Tilde(site) if blanks.drawn.contains(&site.name) => {
                lowerer.enter(stmt);
                lowerer.replica(site, Replica::Draw);
                lowerer.windows.clear();
            }
            StmtKind::Tilde(site) if blanks.latents.contains(&site.name) => {
                lowerer.prior_draw(site);
            }
            StmtKind::Tilde(site) if !site.observed && site.guide.is_none() => {
                lowerer.grow(site, &blanks.grown);
            }
            StmtKind::Tilde(_) | StmtKind::Factor(_) | StmtKind::Guide(_) => {}
        }
    }
    lowerer.finish()
}

impl Lowerer<'_> {
    /// Replaces one datum; with lags, where they exist, given the data before it.
    fn replica(&mut self, site: &Site, how: Replica) {
        let call = self.call(&site.dist);
        let dims = site.dims.iter().map(|&d| self.here(d)).chain(self.draws).collect::<Vec<Dim>>();
        let name = self.model.name(site.name).name.clone();
        let mean = match how {
            Replica::Draw => None,
            Replica::Mean => call.dist.mean(&mut self.g, &call),
        };
        let drawn = match mean {
            Some(mean) => self.g.expand(mean, &dims),
            None => call.draw(&mut self.g, &dims, &format!("{name} anew")).node(),
        };
        self.values[site.name.0 as usize] = Some(Value::Plain(self.uncut(drawn)));
    }

    /// Draws the elements of a latent that the fit did not see.
    fn grow(&mut self, site: &Site, grown: &[(DimId, usize)]) {
        let along: Vec<(DimId, usize)> =
            grown.iter().copied().filter(|(d, _)| site.dims.contains(d)).collect();
        let known = self.values[site.name.0 as usize];
        let (false, Some(Value::Plain(known))) = (along.is_empty(), known) else { return };
        self.prior_draw(site);
        let drawn = self.values[site.name.0 as usize];
        let Some(Value::Plain(drawn)) = drawn else { return };
        let mut both = known;
        for (dim, count) in along {
            let size = self.problem.bound.dims[dim.0 as usize].size;
            let is_new: Vec<f64> = (0..size).map(|i| f64::from(u8::from(i >= count))).collect();
            let is_new = self.data("new", &[dim], &is_new);
            both = self.g.select(is_new, drawn, both);
        }
        self.values[site.name.0 as usize] = Some(Value::Plain(both));
    }

    /// Draws one latent, which later statements then see: its prior in the units that it is drawn in, and the draw.
    fn prior_draw(&mut self, site: &Site) -> (Call, NodeId) {
        let call = self.call(&site.dist);
        let (offset, prior) = self.shifted(site, call);
        let dims = site.dims.iter().map(|&d| self.dim(d)).chain(self.draws).collect::<Vec<Dim>>();
        let name = self.model.name(site.name).name.clone();
        let drawn = prior.draw(&mut self.g, &dims, &format!("{name} from its prior")).node();
        self.values[site.name.0 as usize] = Some(self.moved(offset, Value::Plain(drawn)));
        (prior, drawn)
    }

    /// Draws one latent, and pulls the draw back.
    fn prior_base(&mut self, site: &Site) -> Option<(u32, NodeId)> {
        let (prior, drawn) = self.prior_draw(site);
        let dims: Vec<Dim> = site.dims.iter().map(|&d| self.dim(d)).collect();
        let (row, own_dims) = self.location(site)?;
        let domain = prior.domain(&mut self.g);
        let bijector = Bijector::new(&mut self.g, &domain);
        let mut base = bijector.inverse(&mut self.g, drawn)?;
        for (from, to) in bijector.base_dims(&dims).into_iter().zip(&own_dims) {
            if self.g.has_dim(base, from) {
                base = self.g.run(base, from, *to, 0);
            }
        }
        Some((row, self.g.expand(base, &own_dims)))
    }

    /// The parameter that locates a latent's guide, where that is a Normal, and its dimensions.
    fn location(&self, site: &Site) -> Option<(u32, Vec<Dim>)> {
        let latent = self.latents.iter().find(|l| l.name == site.name)?;
        let guided = latent.guided.as_ref()?;
        let &Op::Param(row) = self.g.op(guided.q.args[0]) else { return None };
        let is_location = self.g.params[row as usize].log_scale.is_some();
        is_location.then(|| (row, guided.dims.clone()))
    }
}
