//! Kept and mixed, smooth and jump: how each latent reaches each cost.
//!
//! A path keeps a dimension while every step on it is elementwise in it. Credit, enumeration, marginalisation and batches
//! factor only over dimensions that every path keeps. A pick by data (`theta[doc]`) is followed: the cost is summed by
//! that index back onto `doc`. In the same pass each use of a latent is smooth or a jump.

use super::model::{
    DimId, DistCall, Elem, Entry, Expr, ExprKind, Model, NameId, NameKind, Reduction, Site, Stage,
    Stmt, StmtKind,
};
use crate::dist::{Event, Needs, Support};
use crate::source::Span;
use std::collections::BTreeMap;

/// What becomes of one dimension of a latent on its way to a cost.
#[derive(Clone, Debug, PartialEq)]
pub enum Path {
    Kept,
    /// Picked by a datum of element `Index`: the cost is summed by it back onto the dimension.
    Via(NameId),
    /// Reduced, normalised, shifted, renamed or picked along.
    Mixed,
}

/// One per dimension of the latent.
pub type Paths = BTreeMap<DimId, Path>;

/// How a latent reaches one cost, along each of its dimensions.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    /// The statement whose `~` or `factor` is the cost.
    pub stmt: usize,
    pub paths: Paths,
}

/// A use that a gradient through the value cannot pass.
#[derive(Clone, Debug, PartialEq)]
pub struct Jump {
    pub span: Span,
    /// `a comparison`, `rounding` …
    pub what: String,
}

/// Everything that the choice of estimators and the objective need to know about one latent.
#[derive(Clone, Debug, PartialEq)]
pub struct Flows {
    pub costs: Vec<Flow>,
    pub jumps: Vec<Jump>,
    /// Latents whose guides read it.
    pub followers: Vec<NameId>,
}

impl Flows {
    /// Dimensions of the latent that some path mixes.
    pub fn mixed(&self) -> Vec<DimId> {
        let mut mixed: Vec<DimId> = self.costs.iter().flat_map(Flow::mixed).collect();
        mixed.sort();
        mixed.dedup();
        mixed
    }

    pub fn to(&self, stmt: usize) -> Option<&Flow> {
        self.costs.iter().find(|f| f.stmt == stmt)
    }
}

impl Flow {
    fn mixed(&self) -> impl Iterator<Item = DimId> + '_ {
        self.paths.iter().filter(|(_, p)| **p == Path::Mixed).map(|(d, _)| *d)
    }
}

/// The flows of one latent to every cost that depends on it, its own density among them.
pub fn flows(model: &Model, latent: NameId) -> Flows {
    let whole = drawn_whole(model, latent);
    let mut tracer = Tracer {
        model,
        latent,
        whole,
        values: BTreeMap::new(),
        held: BTreeMap::new(),
        jumps: vec![],
        followers: vec![],
    };
    let mut costs = vec![];
    for (index, stmt) in model.stmts.iter().enumerate() {
        if let Some(paths) = tracer.stmt(stmt) {
            costs.push(Flow { stmt: index, paths });
        }
    }
    Flows { costs, jumps: tracer.jumps, followers: tracer.followers }
}

/// Dimensions along which a latent's elements are made together, from all draws along them: a simplex, ascending values.
fn drawn_whole(model: &Model, latent: NameId) -> Vec<DimId> {
    let site = model.latents().map(|(_, site)| site).find(|site| site.name == latent);
    let whole = site.filter(|site| {
        let support = site.dist.dist.0.signature().support;
        matches!(
            support,
            Support::Simplex
                | Support::Ordered
                | Support::Cholesky
                | Support::CorrCholesky
                | Support::Subset(_)
                | Support::Ranking
                | Support::Permutation
        )
    });
    whole.map(|site| site.dist.event.clone()).unwrap_or_default()
}

/// What an expression carries of the latent: `None` if it does not depend on it.
type Taint = Option<Paths>;

struct Tracer<'m> {
    model: &'m Model,
    latent: NameId,
    /// Its dimensions that are mixed before the model sees it.
    whole: Vec<DimId>,
    /// Names seen so far whose value is made from other names: deterministic ones, and latents that their parents or their
    /// guides move.
    values: BTreeMap<NameId, Taint>,
    /// Jumps inside deterministic names: they count where a cost uses the name, not where it is only reported.
    held: BTreeMap<NameId, Vec<Jump>>,
    jumps: Vec<Jump>,
    followers: Vec<NameId>,
}

impl Tracer<'_> {
    /// What a cost carries of the latent; a statement that holds only along a window shifts, and so mixes.
    fn stmt(&mut self, stmt: &Stmt) -> Taint {
        let windows: Vec<DimId> = stmt.windows.iter().map(|w| w.dim).collect();
        match &stmt.kind {
            StmtKind::Let { name, value } => {
                let before = self.jumps.len();
                let taint = self.expr(value).map(|p| self.mix(p, &windows));
                self.values.insert(*name, taint);
                let own = self.jumps.split_off(before);
                self.held.insert(*name, own);
                None
            }
            StmtKind::Factor(value) => {
                self.expr(value.addends(&stmt.windows)).map(|p| self.mix(p, &windows))
            }
            StmtKind::Guide(guide) => {
                let taint = self.dist(&guide.dist);
                if taint.is_some() && guide.name != self.latent {
                    self.followers.push(guide.name);
                }
                self.values.insert(guide.name, taint);
                None
            }
            StmtKind::Tilde(site) => {
                let guided = site.guide.is_some();
                let own = if site.observed || guided || site.name == self.latent {
                    self.name(site.name)
                } else {
                    None
                };
                let (moving, parents) = self.parents(site);
                if !guided {
                    self.values.insert(site.name, moving);
                }
                merge([own, parents]).map(|p| self.mix(p, &windows))
            }
        }
    }

    /// What moves the value of a site, and what its density depends on. The value of a noncentered latent is made from
    /// its location and scale, and the density that is left is that of the standard member; other latents are guided
    /// through the bounds that their parents give.
    fn parents(&mut self, site: &Site) -> (Taint, Taint) {
        let call = &site.dist;
        if site.noncentered.is_none() {
            let bounds: Vec<Taint> = bounds(call).into_iter().map(|b| self.expr(b)).collect();
            return (merge(bounds), self.dist(call));
        }
        let ends: Vec<&Expr> = ["loc", "scale"].iter().filter_map(|n| call.arg(n)).collect();
        let moves = |arg: &&Expr| ends.iter().any(|end| std::ptr::eq(*end, *arg));
        let (ends, rest): (Vec<&Expr>, Vec<&Expr>) = call.args.iter().partition(moves);
        let mut taint =
            |args: Vec<&Expr>| merge(args.into_iter().map(|a| self.expr(a)).collect::<Vec<_>>());
        (taint(ends), taint(rest))
    }

    fn dist(&mut self, call: &DistCall) -> Taint {
        let signature = call.dist.0.signature();
        let nodes = |n: &Needs| !matches!(n, Needs::Distribution | Needs::Dimension);
        let needs = signature.forms[call.form].params.iter().map(|p| p.needs).filter(nodes);
        let mut parts: Vec<Taint> = vec![];
        for (arg, needs) in call.args.iter().zip(needs) {
            let taint = self.expr(arg);
            if taint.is_some() && needs == Needs::Count {
                self.jump(arg.span, "a whole-number parameter");
            }
            parts.push(taint);
        }
        parts.extend(call.inner.iter().map(|inner| self.dist(inner)));
        let taint = merge(parts);
        match signature.event {
            Event::Scalar => taint,
            _ => taint.map(|p| self.mix(p, &call.event)),
        }
    }

    fn name(&mut self, name: NameId) -> Taint {
        if name == self.latent {
            let dims = &self.model.name(name).ty.dims;
            let paths = dims.iter().map(|&d| (d, Path::Kept)).collect();
            return Some(self.mix(paths, &self.whole));
        }
        match self.model.name(name).kind {
            NameKind::Let { .. } | NameKind::Latent { .. } => {
                for jump in self.held.get(&name).cloned().unwrap_or_default() {
                    self.note(jump);
                }
                self.values.get(&name).cloned().flatten()
            }
            _ => None,
        }
    }

    fn expr(&mut self, e: &Expr) -> Taint {
        match &e.kind {
            ExprKind::Number(_)
            | ExprKind::Position(_)
            | ExprKind::Size(_)
            | ExprKind::Literal(_) => None,
            ExprKind::Name(name) => self.name(*name),
            ExprKind::Call { function, args } => {
                let taints: Vec<Taint> = args.iter().map(|a| self.expr(a)).collect();
                let tainted = taints.iter().any(Option::is_some);
                if function.name == "where" && taints[0].is_some() {
                    self.jump(e.span, "a branch");
                } else if function.name != "where" && !function.smooth && tainted {
                    self.jump(e.span, format!("`{}`", function.name));
                } else if tainted && matches!(e.ty.elem, Elem::Index(_)) {
                    self.jump(e.span, "a computed position");
                }
                merge(taints)
            }
            ExprKind::Stack(items) => {
                merge(items.iter().map(|item| self.expr(item)).collect::<Vec<Taint>>())
            }
            ExprKind::Reduce { how, arg, over } => {
                let taint = self.expr(arg);
                let chooses = matches!(how, Reduction::All | Reduction::Any | Reduction::ArgMax);
                if taint.is_some() && chooses {
                    self.jump(e.span, "a choice between elements");
                }
                taint.map(|p| self.mix(p, over))
            }
            ExprKind::SumBy { arg, index } => {
                let taint = merge([self.expr(arg), self.expr(index)]);
                taint.map(|p| self.mix(p, &index.ty.dims))
            }
            ExprKind::Along { arg, over, .. } => self.expr(arg).map(|p| self.mix(p, &[*over])),
            ExprKind::Assignment { arg, over } => {
                let taint = self.expr(arg);
                if taint.is_some() {
                    self.jump(e.span, "a choice of a matching");
                }
                taint.map(|p| self.mix(p, over))
            }
            ExprKind::Contract { left, right, over } => {
                let taint = merge([self.expr(left), self.expr(right)]);
                taint.map(|p| self.mix(p, over))
            }
            ExprKind::Index { base, entries } => self.index(base, entries),
            ExprKind::OneHot { arg, .. } => self.expr(arg),
        }
    }

    fn index(&mut self, base: &Expr, entries: &[(DimId, Entry)]) -> Taint {
        let mut taint = self.expr(base);
        let mut indices = vec![];
        for (dim, entry) in entries {
            match entry {
                Entry::By(by) => {
                    indices.push(self.expr(by));
                    taint = taint.map(|paths| self.follow(paths, *dim, by));
                }
                _ => taint = taint.map(|p| self.mix(p, &[*dim])),
            }
        }
        indices.push(taint);
        merge(indices)
    }

    /// A pick by a datum is followed; any other mixes.
    fn follow(&self, paths: Paths, dim: DimId, by: &Expr) -> Paths {
        let kept = paths.get(&dim) == Some(&Path::Kept);
        let mut paths = self.mix(paths, &[dim]);
        if let ExprKind::Name(name) = by.kind
            && kept
            && by.ty.stage <= Stage::Data
        {
            paths.insert(dim, Path::Via(name));
        }
        paths
    }

    /// What is left after a step that is not elementwise in `dims`.
    fn mix(&self, mut paths: Paths, dims: &[DimId]) -> Paths {
        for (dim, path) in &mut paths {
            let touched = match path {
                Path::Kept => dims.contains(dim),
                Path::Via(index) => {
                    self.model.name(*index).ty.dims.iter().any(|d| dims.contains(d))
                }
                Path::Mixed => false,
            };
            if touched {
                *path = Path::Mixed;
            }
        }
        paths
    }

    fn jump(&mut self, span: Span, what: impl Into<String>) {
        self.note(Jump { span, what: what.into() });
    }

    fn note(&mut self, jump: Jump) {
        if !self.jumps.contains(&jump) {
            self.jumps.push(jump);
        }
    }
}

/// The ends of what a distribution, or what it wraps, is cut to.
fn bounds(call: &DistCall) -> Vec<&Expr> {
    let inner = call.inner.as_deref().map(bounds).unwrap_or_default();
    call.bounds().into_iter().flatten().chain(inner).collect()
}

/// Paths that differ between the parts of an expression are mixed.
fn merge(parts: impl IntoIterator<Item = Taint>) -> Taint {
    parts.into_iter().flatten().reduce(|mut all, part| {
        for (dim, path) in part {
            if let Some(other) = all.get_mut(&dim)
                && *other != path
            {
                *other = Path::Mixed;
            }
        }
        all
    })
}
