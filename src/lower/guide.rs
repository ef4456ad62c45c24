//! Draws of latents: what their guides are asked for, the guides that the model writes, and the values of exact sums.

use super::{Latent, Lowerer, Mode};
use crate::check::model::{DimId, GuideSite, NameId};
use crate::dist::{Call, Domain};
use crate::estimator::{Aim, Bias, Value};
use crate::guide::{LogQ, Request, by_hand};
use crate::ir::{Dim, NodeId};

impl<'a> Lowerer<'a> {
    /// The next latent of the plan, without a guide.
    pub(super) fn fresh(&mut self, name: NameId, dims: &[DimId]) -> Latent {
        let row = self.latents.len();
        let plan = &self.problem.plan.latents[row];
        let mixed: Vec<Dim> = plan.flows.mixed().into_iter().map(|d| self.dim(d)).collect();
        Latent {
            name,
            plan: row,
            estimator: plan.estimator(),
            options: self.options(plan),
            dims: dims.iter().map(|&d| self.dim(d)).collect(),
            guided: None,
            summed: vec![],
            mixed,
        }
    }

    /// `prior` is the guide itself where the model writes it.
    pub(super) fn request<'r>(
        &self,
        latent: &'r Latent,
        prior: &'r Call,
        domain: Domain,
        enumerated: Option<NodeId>,
    ) -> Request<'r>
    where
        'a: 'r,
    {
        let relaxed = latent.estimator.card().bias == Bias::Biased;
        let aim = self.aim(latent);
        Request {
            name: &self.model.name(latent.name).name,
            prior,
            domain,
            dims: &latent.dims,
            draws: self.draws,
            copies: self.copies.filter(|_| aim == Aim::Weighed),
            estimator: latent.estimator,
            options: &latent.options,
            enumerated,
            hard: self.mode != Mode::Optimise && relaxed,
            log_q: self.log_q(latent, aim),
        }
    }

    fn aim(&self, latent: &Latent) -> Aim {
        let site = self.problem.plan.latents[latent.plan].name;
        self.problem.plan.objective.aim(&self.model.name(site).ty.dims)
    }

    fn log_q(&self, latent: &Latent, aim: Aim) -> LogQ {
        let is_sampled = latent.estimator.samples();
        match aim {
            _ if self.mode == Mode::Report || !is_sampled => LogQ::Expected,
            Aim::Elbo => LogQ::Expected,
            Aim::Stl => LogQ::Path,
            Aim::Weighed if self.problem.plan.takes_path_twice(latent.plan) => LogQ::Path,
            Aim::Weighed => LogQ::Sampled,
        }
    }

    /// A draw from the guide that the model writes; its terms come with the model's statement.
    pub(super) fn guide_draw(&mut self, guide: &GuideSite) {
        let known = self.latents.iter().position(|l| l.name == guide.name);
        let value = match known {
            Some(row) => {
                let redrawn = self.redrawn.filter(|(at, _)| *at == row).map(|(_, value)| value);
                let own = self.latents[row].guided.as_ref().map(|q| q.drawn.value);
                redrawn.or(own)
            }
            None => Some(self.first_draw(guide)),
        };
        self.values[guide.name.0 as usize] = value;
    }

    fn first_draw(&mut self, guide: &GuideSite) -> Value {
        let call = self.call(&guide.dist);
        let dims = self.model.name(guide.name).ty.dims.clone();
        let mut latent = self.fresh(guide.name, &dims);
        let domain = call.domain(&mut self.g);
        let sums = !latent.estimator.samples();
        let enumerated = sums.then(|| self.support(&mut latent, &domain));
        let request = self.request(&latent, &call, domain, enumerated);
        let guided = by_hand(&mut self.g, &request);
        let value = guided.value;
        latent.guided = Some(guided);
        self.latents.push(latent);
        value
    }

    /// All values of a finite support along fresh dimensions: one, or one per element of the mixed dimensions, put
    /// together into the latent's array.
    pub(super) fn support(&mut self, latent: &mut Latent, domain: &Domain) -> NodeId {
        let count = match domain {
            Domain::Binary => 2,
            Domain::Index(classes) => self.g.size(*classes),
            Domain::Count { upper: Some(upper), .. } => {
                super::support::largest(&self.g, *upper) as usize + 1
            }
            _ => unreachable!("only finite supports are summed"),
        };
        let name = self.model.name(latent.name).name.clone();
        if latent.mixed.is_empty() {
            let dim = self.g.dim(name, count);
            latent.summed.push(dim);
            return self.g.iota(dim);
        }
        let sizes: Vec<usize> = latent.mixed.iter().map(|&d| self.g.size(d)).collect();
        let elements: usize = sizes.iter().product();
        let mut parts = vec![];
        for element in 0..elements {
            let dim = self.g.dim(format!("{name}#{}", element + 1), count);
            latent.summed.push(dim);
            let here = self.indicator(&latent.mixed, element);
            let value = self.g.iota(dim);
            parts.push(self.g.mul(here, value));
        }
        self.g.add_all(parts)
    }

    /// 1 at one element of an array along `dims` (row-major), else 0.
    fn indicator(&mut self, dims: &[Dim], element: usize) -> NodeId {
        let mut rest = element;
        let mut here = self.g.number(1.0);
        for &dim in dims.iter().rev() {
            let size = self.g.size(dim);
            let positions = self.g.iota(dim);
            let wanted = self.g.number((rest % size) as f64);
            let hit = self.g.eq(positions, wanted);
            here = self.g.mul(here, hit);
            rest /= size;
        }
        here
    }
}
