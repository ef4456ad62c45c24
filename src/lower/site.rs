//! `~` statements: an observed datum gives a likelihood term; a latent gets its guide, its prior and its entropy.

use super::Lowerer;
use crate::check::elimination::Ways;
use crate::check::model::{DistCall, NameId, Site};
use crate::dist::{Call, Domain, Event};
use crate::estimator::{Estimator, Options, Value};
use crate::guide::{Guided, LogQ, automatic, revalued};
use crate::ir::{Dim, NodeId};
use std::collections::BTreeMap;

/// One latent of the assembly.
pub struct Latent {
    pub name: NameId,
    pub plan: usize,
    pub estimator: &'static dyn Estimator,
    pub options: Options,
    /// Of the latent, in the graph, in the user's order.
    pub dims: Vec<Dim>,
    /// `None` for marginalised latents.
    pub guided: Option<Guided>,
    /// The dimensions along which it is summed: one, or one per element of its mixed dimensions.
    pub summed: Vec<Dim>,
    /// Its dimensions that some cost mixes; they are summed jointly, or credited as one. Not those along which a
    /// discrete draw is a vector.
    pub mixed: Vec<Dim>,
    /// Those.
    pub whole: Vec<Dim>,
    /// Of summed latents: the positions of their elements' values.
    pub positions: Option<NodeId>,
    /// Of discrete vectors that are summed: each value, by its position along the dimension.
    pub table: Option<(Dim, NodeId)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TermKind {
    Likelihood,
    Factor,
    /// log p of a latent.
    Prior,
    /// −log q of a latent.
    Entropy,
    /// −KL(q‖p) of a latent in closed form.
    Kl,
    /// log of a sum over marginalised latents.
    Marginal,
    /// The log of the mean weight over copies of the draws.
    Bound,
    /// Zero in value: only its gradient counts.
    Surrogate,
}

/// One additive term of the ELBO, element by element.
#[derive(Clone, Debug)]
pub struct Term {
    pub kind: TermKind,
    /// The statements it comes from.
    pub stmts: Vec<usize>,
    /// The latent whose prior, entropy or KL it is.
    pub latent: Option<usize>,
    pub node: NodeId,
    /// How each latent (by its place among the latents) that it depends on reaches it.
    pub paths: Ways,
}

impl Lowerer<'_> {
    /// Adds a term; how latents reach it is known when all of them are.
    pub(super) fn term(
        &mut self,
        stmt: usize,
        kind: TermKind,
        latent: Option<usize>,
        node: NodeId,
    ) {
        let mut paths = BTreeMap::new();
        for (row, plan) in self.problem.plan.latents.iter().enumerate() {
            let expected = kind == TermKind::Kl && latent == Some(row);
            if let Some(flow) = plan.flows.to(stmt)
                && !expected
            {
                paths.insert(row, flow.paths.clone());
            }
        }
        self.terms.push(Term { kind, stmts: vec![stmt], latent, node, paths });
    }

    pub(super) fn site(&mut self, stmt: usize, site: &Site) {
        let call = self.call(&site.dist);
        let known = self.latents.iter().position(|l| l.name == site.name);
        match known {
            _ if site.observed => self.observe(stmt, site, &call),
            Some(row) => self.again(stmt, site, row, call),
            None => self.latent(stmt, site, call),
        }
    }

    /// A distribution on nodes. A parameter that is constant along an event dimension is repeated along it.
    pub(super) fn call(&mut self, c: &DistCall) -> Call {
        let args = c.args.iter().map(|a| self.node(a)).collect();
        let event: Vec<Dim> = c.event.iter().map(|&d| self.here(d)).collect();
        let inner = c.inner.as_ref().map(|inner| Box::new(self.call(inner)));
        Call { dist: c.dist.0, form: c.form, args, event, inner }
    }

    pub(super) fn observe(&mut self, stmt: usize, site: &Site, call: &Call) {
        let name = crate::check::model::Expr {
            kind: crate::check::model::ExprKind::Name(site.name),
            ty: self.model.name(site.name).ty.clone(),
            span: self.model.name(site.name).span,
        };
        let x = self.node(&name);
        let node = call.log_prob(&mut self.g, x);
        let node = self.spread(site, call, node);
        self.term(stmt, TermKind::Likelihood, None, node);
    }

    /// A term has every dimension of its site but the event's, so that sums over it count each element.
    fn spread(&mut self, site: &Site, call: &Call, node: NodeId) -> NodeId {
        let event = call.dist.signature().event;
        let vector = matches!(event, Event::Vector | Event::Matrix | Event::Pair);
        let dims = site.dims.iter().map(|&d| self.here(d));
        let dims: Vec<Dim> = dims.filter(|d| !(vector && call.event.contains(d))).collect();
        self.g.expand(node, &dims)
    }

    fn latent(&mut self, stmt: usize, site: &Site, call: Call) {
        let row = self.latents.len();
        let plan = &self.problem.plan.latents[row];
        let mut latent = self.fresh(site.name, &site.dims);
        let (offset, prior) = self.shifted(site, call);
        let domain = prior.domain(&mut self.g);
        let sums = !latent.estimator.samples();
        let enumerated = sums.then(|| self.support(&mut latent, &domain));
        let drawn = match (plan.estimator, enumerated) {
            ("marginalize", Some(value)) => Value::Plain(value),
            _ => {
                let request = self.request(&latent, &prior, domain, enumerated);
                let guided = automatic(&mut self.g, &request);
                let value = guided.value;
                latent.guided = Some(guided);
                value
            }
        };
        let entropy = latent.guided.as_ref().map(|q| q.entropy);
        self.latents.push(latent);
        self.own_terms(stmt, site, row, &prior, drawn, entropy);
        self.values[site.name.0 as usize] = Some(self.moved(offset, drawn));
    }

    /// A latent that has its guide: its terms and its value, at its own draw or at the one it has instead.
    fn again(&mut self, stmt: usize, site: &Site, row: usize, call: Call) {
        let (offset, prior) = self.shifted(site, call);
        let drawn = match &self.latents[row].guided {
            None => self.values[site.name.0 as usize],
            Some(guided) => {
                let other = self.redrawn.iter().find(|(at, _)| *at == row);
                let own = other.map_or(guided.drawn.value, |r| r.1);
                let domain = prior.domain(&mut self.g);
                let (value, entropy) = revalued(&mut self.g, &domain, guided, own);
                self.own_terms(stmt, site, row, &prior, value, Some(entropy));
                self.values[site.name.0 as usize] = Some(self.moved(offset, value));
                return;
            }
        };
        let Some(value) = drawn else { unreachable!("summed latents keep their values") };
        self.own_terms(stmt, site, row, &prior, value, None);
    }

    /// The value of a continuous latent again, from its draw and the values that its parents have now.
    pub(super) fn redo_latent(&mut self, site: &Site) {
        let Some(latent) = self.latents.iter().find(|l| l.name == site.name) else { return };
        let Some(guided) = latent.guided.clone() else { return };
        if !guided.q.dist.signature().support.is_discrete() {
            let call = self.call(&site.dist);
            let (offset, prior) = self.shifted(site, call);
            let domain = prior.domain(&mut self.g);
            let (value, _) = revalued(&mut self.g, &domain, &guided, guided.drawn.value);
            self.values[site.name.0 as usize] = Some(self.moved(offset, value));
        }
    }

    /// A noncentered latent is a draw from the standard member, moved by a location and a scale.
    pub(super) fn shifted(&mut self, site: &Site, call: Call) -> (Option<(NodeId, NodeId)>, Call) {
        let shifted = site.noncentered.and_then(|_| call.dist.standard(&mut self.g, &call));
        match shifted {
            Some((loc, scale, standard)) => (Some((loc, scale)), standard),
            None => (None, call),
        }
    }

    pub(super) fn moved(&mut self, offset: Option<(NodeId, NodeId)>, drawn: Value) -> Value {
        match (offset, drawn) {
            (Some((loc, scale)), Value::Plain(raw)) => {
                let spread = self.g.mul(scale, raw);
                Value::Plain(self.g.add(loc, spread))
            }
            _ => drawn,
        }
    }

    /// Prior and entropy, or minus the KL where the pair has a closed form.
    fn own_terms(
        &mut self,
        stmt: usize,
        site: &Site,
        row: usize,
        prior: &Call,
        drawn: Value,
        entropy: Option<NodeId>,
    ) {
        let guided = self.latents[row].guided.as_ref();
        let guided = guided.filter(|q| q.log_q == LogQ::Expected);
        let named = guided.and_then(|q| q.named.clone());
        let named = named.filter(|_| !self.is_below_marginalized(prior));
        let named = named.filter(|_| !self.reads_own_draw(row, prior));
        let kl = named.as_ref().and_then(|q| closed_kl(&mut self.g, q, prior));
        if let Some(kl) = kl {
            let kl = self.spread(site, prior, kl);
            let node = self.g.neg(kl);
            return self.term(stmt, TermKind::Kl, Some(row), node);
        }
        let relaxed = self.latents[row].guided.as_ref().is_some_and(|q| q.relaxed);
        let log_prob = match drawn {
            Value::Plain(z) if relaxed => prior.dist.relaxed_log_prob(&mut self.g, z, prior),
            Value::Plain(z) => prior.log_prob(&mut self.g, z),
            Value::Soft { simplex, dim } => {
                let soft = prior.dist.soft_log_prob(&mut self.g, simplex, dim, prior);
                let Some(soft) = soft else { unreachable!("relaxed latents are Categorical") };
                soft
            }
        };
        let node = self.spread(site, prior, log_prob);
        self.term(stmt, TermKind::Prior, Some(row), node);
        if let Some(entropy) = entropy {
            let node = self.spread(site, prior, entropy);
            self.term(stmt, TermKind::Entropy, Some(row), node);
        }
    }

    /// Whether a prior depends on the latent's own draw, through the guides of its parents: an expectation over that draw
    /// alone would hold them still.
    fn reads_own_draw(&self, row: usize, prior: &Call) -> bool {
        let Some(guided) = self.latents[row].guided.as_ref().filter(|q| q.by_hand) else {
            return false;
        };
        let (Value::Plain(own) | Value::Soft { simplex: own, .. }) = guided.drawn.value;
        prior.args.iter().any(|&arg| self.g.depends(arg, own))
            || prior.inner.as_deref().is_some_and(|inner| self.reads_own_draw(row, inner))
    }

    /// Whether a prior has a marginalised parent. That one is summed inside the logarithm, draw by draw; an expectation
    /// over this latent's own draw cannot be taken before.
    fn is_below_marginalized(&self, prior: &Call) -> bool {
        let marginalized = |l: &&Latent| l.estimator.card().name == "marginalize";
        let summed: Vec<Dim> =
            self.latents.iter().filter(marginalized).flat_map(|l| l.summed.clone()).collect();
        let inner = prior.inner.as_deref();
        prior.args.iter().any(|&arg| summed.iter().any(|&d| self.g.has_dim(arg, d)))
            || inner.is_some_and(|inner| self.is_below_marginalized(inner))
    }
}

/// KL(q‖p): the registry's closed form, or a sum over a finite support that both have.
pub(super) fn closed_kl(g: &mut crate::ir::Graph, q: &Call, p: &Call) -> Option<NodeId> {
    if let Some(kl) = q.kl(g, p) {
        return Some(kl);
    }
    let values = match q.domain(g) {
        Domain::Index(classes) => classes,
        Domain::Binary => g.dim("values", 2),
        _ => return None,
    };
    let log_p = p.dist.masses(g, p, values)?;
    let log_q = q.dist.masses(g, q, values)?;
    let mass = g.exp(log_q);
    let zero = g.number(0.0);
    let possible = g.lt(zero, mass);
    let ratio = g.sub(log_q, log_p);
    let ratio = g.select(possible, ratio, zero);
    Some(g.contract(mass, ratio, &[values]))
}
