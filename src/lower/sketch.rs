//! What the lowering makes of one latent, known without data: the guide's family and whether the KL has a closed form.
//!
//! The site is lowered alone, over dimensions of size 2 and with free parameters in place of expressions: neither answer
//! depends on sizes or values, except on literal numbers, which are kept.

use super::site::closed_kl;
use crate::check::model::{DimId, DistCall, Expr, ExprKind, Site};
use crate::check::plan::LatentPlan;
use crate::dist::{Call, Needs};
use crate::estimator::{Aim, Options};
use crate::guide::{LogQ, Request, automatic, family};
use crate::ir::{Dim, Graph, NodeId};
use std::collections::BTreeMap;

/// How a latent is guided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sketch {
    /// In words.
    pub guide: &'static str,
    pub kl: Kl,
}

/// How the divergence of a guide from its prior is had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kl {
    ClosedForm,
    MonteCarlo,
    /// The latent is summed out of the model.
    None,
}

/// Guide and KL of a latent under its plan and what it is drawn for.
pub fn sketch(site: &Site, plan: &LatentPlan, aim: Aim) -> Sketch {
    if plan.estimator == "marginalize" {
        return Sketch { guide: "none", kl: Kl::None };
    }
    let mut sketcher = Sketcher { g: Graph::new(), dims: BTreeMap::new() };
    let call = sketcher.call(&site.dist);
    let standard = site.noncentered.and_then(|_| call.dist.standard(&mut sketcher.g, &call));
    let prior = standard.map_or(call, |(_, _, standard)| standard);
    let dims: Vec<Dim> = site.dims.iter().map(|&d| sketcher.dim(d)).collect();
    let g = &mut sketcher.g;
    let domain = prior.domain(g);
    let request = Request {
        name: "",
        prior: &prior,
        domain,
        dims: &dims,
        draws: None,
        copies: None,
        estimator: plan.estimator(),
        options: &Options::default(),
        enumerated: None,
        hard: true,
        log_q: LogQ::Expected,
        known: vec![],
    };
    let guide = family(g, &request);
    if !site.dist.root().signature().support.has_guide() {
        return Sketch { guide, kl: Kl::MonteCarlo };
    }
    let named = automatic(g, &request).named;
    let samples = aim != Aim::Elbo && plan.estimator().samples();
    let closed = !samples && named.is_some_and(|q| closed_kl(g, &q, &prior).is_some());
    Sketch { guide, kl: if closed { Kl::ClosedForm } else { Kl::MonteCarlo } }
}

struct Sketcher {
    g: Graph,
    dims: BTreeMap<DimId, Dim>,
}

impl Sketcher {
    fn dim(&mut self, id: DimId) -> Dim {
        let g = &mut self.g;
        *self.dims.entry(id).or_insert_with(|| g.dim(format!("d{}", id.0), 2))
    }

    fn call(&mut self, c: &DistCall) -> Call {
        let dist = c.dist.0;
        let event: Vec<Dim> = c.event.iter().map(|&d| self.dim(d)).collect();
        let params = dist.signature().forms[c.form].params.iter().map(|p| p.needs);
        let needs = params.filter(|n| !matches!(n, Needs::Distribution | Needs::Dimension));
        let args = c.args.iter().zip(needs).map(|(a, need)| self.arg(a, need, &event)).collect();
        let inner = c.inner.as_ref().map(|inner| Box::new(self.call(inner)));
        Call { dist, form: c.form, args, event, inner }
    }

    /// A literal as it is; a bound of counts as a constant, since guides build their support from it; else a parameter.
    fn arg(&mut self, arg: &Expr, need: Needs, event: &[Dim]) -> NodeId {
        let dims: &[Dim] = match need {
            Needs::RealVector | Needs::PositiveVector | Needs::Simplex => &event[..1],
            Needs::Cutpoints => &event[1..],
            Needs::Cholesky => event,
            _ => &[],
        };
        match (&arg.kind, need) {
            (ExprKind::Number(x), _) => self.g.number(*x),
            (_, Needs::Count) => self.g.number(2.0),
            _ => {
                let count = 1 << dims.len();
                self.g.add_param("", dims, vec![0.5; count])
            }
        }
    }
}
