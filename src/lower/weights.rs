//! First values of the weights of nets: random, from the seed of the fit and the name of the weight, so that another layer
//! or another latent changes no other weight.

use super::{Lowerer, Mode};
use crate::check::model::{DimId, Init, NameId, Weight};
use crate::ir::{Dim, NodeId, Noise};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, StandardNormal};

impl Lowerer<'_> {
    /// What dropout multiplies by: 1/(1 − rate) or, with the chance `rate`, 0. All draws of a step share it.
    pub(super) fn mask(&mut self, name: NameId, rate: f64) -> NodeId {
        if self.mode != Mode::Optimise || !self.problem.plan.masks || rate == 0.0 {
            return self.g.number(1.0);
        }
        let decl = self.model.name(name);
        let dims: Vec<Dim> = decl.ty.dims.iter().map(|&d| self.dim(d)).collect();
        let u = self.g.add_noise(&decl.name, &dims, Noise::Uniform);
        let least = self.g.number(rate);
        let kept = self.g.le(least, u);
        let scale = self.g.number((1.0 - rate).recip());
        self.g.mul(kept, scale)
    }

    pub(super) fn weight(&mut self, name: NameId, weight: &Weight) -> NodeId {
        let decl = self.model.name(name);
        let dims: Vec<Dim> = decl.ty.dims.iter().map(|&d| self.dim(d)).collect();
        let count: usize = dims.iter().map(|&d| self.g.size(d)).product();
        let fan =
            |dims: &[DimId]| dims.iter().map(|&d| self.g.size(self.dim(d)) as f64).product::<f64>();
        let (fan_in, fan_out) = (fan(&weight.from), fan(&weight.to));
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(self.problem.seed ^ hash(&decl.name));
        let mut within = |reach: f64| reach * (2.0 * rng.random::<f64>() - 1.0);
        let values: Vec<f64> = match weight.init {
            Init::Zeros => vec![0.0; count],
            Init::Ones => vec![1.0; count],
            Init::FanIn => (0..count).map(|_| within(fan_in.sqrt().recip())).collect(),
            Init::Glorot => {
                let reach = (6.0 / (fan_in + fan_out)).sqrt();
                (0..count).map(|_| within(reach)).collect()
            }
            Init::He => normal(&mut rng, count, (2.0 / fan_in).sqrt()),
            Init::Lecun => normal(&mut rng, count, fan_in.sqrt().recip()),
            Init::Normal => normal(&mut rng, count, 1.0),
        };
        let node = self.g.add_param(&decl.name, &dims, values);
        let info = self.g.param_info_mut(node);
        (info.auxiliary, info.decays) = (weight.baseline, weight.decays);
        node
    }
}

fn normal(rng: &mut Xoshiro256PlusPlus, count: usize, sd: f64) -> Vec<f64> {
    let draw = |rng: &mut Xoshiro256PlusPlus| -> f64 { StandardNormal.sample(rng) };
    (0..count).map(|_| sd * draw(rng)).collect()
}

/// FNV-1a: the same on every machine.
fn hash(text: &str) -> u64 {
    let step = |h: u64, byte: u8| (h ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, step)
}
