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
        let whole = self.vector_dims(name);
        let mixed = plan.flows.mixed().into_iter().map(|d| self.dim(d));
        let mixed = mixed.filter(|d| !whole.contains(d)).collect();
        Latent {
            name,
            plan: row,
            estimator: plan.estimator(),
            options: self.options(plan),
            dims: dims.iter().map(|&d| self.dim(d)).collect(),
            guided: None,
            summed: vec![],
            mixed,
            whole,
            positions: None,
            table: None,
        }
    }

    /// The dimensions along which a discrete latent is a vector.
    fn vector_dims(&self, name: NameId) -> Vec<Dim> {
        let site = self.model.latents().map(|(_, site)| site).find(|site| site.name == name);
        let vector = site.filter(|s| s.dist.root().signature().support.is_vector());
        let event = vector.map(|s| &s.dist.root_call().event);
        event.into_iter().flatten().map(|&d| self.dim(d)).collect()
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
            known: self
                .latents
                .iter()
                .filter_map(|l| Some(l.guided.as_ref()?.drawn_node()))
                .collect(),
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
                let redrawn =
                    self.redrawn.iter().find(|(at, _)| *at == row).map(|(_, value)| *value);
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
}
