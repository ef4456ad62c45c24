//! Distributions: one file each, all in `ALL`.
//!
//! A distribution is a signature and two graph builders, its log density and its draw. Gradients come from the ops, shapes
//! from the alignment of names. What else it can do (finite support, a closed-form KL, a CDF …) are facets with a default.

mod ability;
mod asymmetric_laplace;
mod bernoulli;
mod bessel;
mod beta;
mod beta_binomial;
mod beta_negative_binomial;
mod beta_proportion;
mod binomial;
mod call;
mod categorical;
mod cauchy;
mod censored;
mod chi_squared;
mod clocks;
mod dirichlet;
mod dirichlet_multinomial;
mod discrete_laplace;
mod discrete_uniform;
mod domain;
mod exp_mod_normal;
mod exponential;
mod flat;
mod frechet;
mod gamma;
mod gaussian_random_walk;
mod generalized_normal;
mod geometric;
mod gumbel;
mod half;
mod half_cauchy;
mod half_flat;
mod half_normal;
mod half_student_t;
mod hurdle;
mod hypergeometric;
mod image;
mod inv_chi_squared;
mod inv_wishart_cholesky;
mod inverse_gamma;
mod kumaraswamy;
mod laplace;
mod levy;
mod lkj_cholesky;
mod location_scale;
mod log_logistic;
mod log_normal;
mod log_uniform;
mod logistic;
mod logit_normal;
mod mixture;
mod multinomial;
mod mv_normal;
mod mv_student_t;
mod negative_binomial;
mod normal;
mod numeric;
mod one_hot_categorical;
mod order;
mod ordered;
mod ordered_choice;
mod ordered_logistic;
mod ordered_probit;
mod pareto;
mod pareto_type2;
mod permutation;
mod plackett_luce;
mod poisson;
mod rayleigh;
mod relaxed_categorical;
mod renamed;
mod scaled_inv_chi_squared;
mod sides;
mod signature;
mod skellam;
mod skew_normal;
mod student_t;
mod subset;
mod triangle;
mod triangular;
mod truncated;
mod uniform;
mod von_mises;
mod weibull;
mod wishart_cholesky;
mod zero_inflated;

use ability::can_leave_out_zero;
pub use ability::{can_guide, can_truncate, is_location_scale};
pub use bernoulli::Bernoulli;
pub use call::Call;
pub use categorical::Categorical;
pub use clocks::Clocks;
pub use domain::Domain;
pub use normal::Normal;
pub use order::{permutations, places, rankings, subsets};
pub use permutation::in_turn;
pub use signature::{Event, Form, Needs, Param, Signature, Support};

use crate::ir::{Dim, Graph, NodeId};

/// A value drawn in the graph.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Draw {
    /// Differentiable in the parameters: z = g(ε, θ).
    Pathwise(NodeId),
    /// Right in distribution, without a gradient.
    Detached(NodeId),
}

impl Draw {
    pub fn node(self) -> NodeId {
        match self {
            Draw::Pathwise(n) | Draw::Detached(n) => n,
        }
    }
}

/// A point of the real line by how much of a distribution lies below and above it: log F and log(1 − F). Each is exact
/// near 0, where the other one cannot tell points apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tails {
    pub below: NodeId,
    pub above: NodeId,
}

pub trait Distribution: Sync {
    fn signature(&self) -> &'static Signature;

    /// Log density or mass at x, elementwise: dimensions are those of x and the parameters without the event dimensions.
    /// Outside the support it is −∞. An index is a position from 0.
    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId;

    /// A draw of exactly the dimensions `dims` (event dimensions of vectors included).
    /// `name` names the noise nodes that it adds.
    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw;

    /// The mean of the draws, elementwise as `log_prob` but with the event dimensions of vectors; what it lacks of the draw's
    /// dimensions it is constant along.
    fn mean(&self, g: &mut Graph, c: &Call) -> Option<NodeId> {
        let of = self.renames(g, c)?;
        of.dist.mean(g, &of)
    }

    /// Where the values lie; the default follows the signature for supports without parameters.
    fn domain(&self, g: &mut Graph, c: &Call) -> Domain {
        signature::domain(g, self.signature(), c)
    }

    /// For finite supports: unnormalised log masses along `values`, a dimension as long as the support, in ascending
    /// order of value: false then true, positions, counts.
    fn masses(&self, _g: &mut Graph, _c: &Call, _values: Dim) -> Option<NodeId> {
        None
    }

    /// log F(x), for `Truncated` and implicit gradients.
    fn log_cdf(&self, _g: &mut Graph, _x: NodeId, _c: &Call) -> Option<NodeId> {
        None
    }

    /// log(1 − F(x)), for `Truncated` and implicit gradients.
    fn log_survival(&self, _g: &mut Graph, _x: NodeId, _c: &Call) -> Option<NodeId> {
        None
    }

    /// A draw as it is, moving with the parameters so that it stays where it is in the distribution: dz = −dF/p(z) by the tail
    /// that is smaller there (Figurnov, Mohamed & Mnih 2018). On a circle: without regard to the cut.
    fn implicit(&self, g: &mut Graph, z: NodeId, c: &Call) -> Option<NodeId> {
        let z = g.stop(z);
        let (below, above) = (self.log_cdf(g, z, c)?, self.log_survival(g, z, c)?);
        let log_density = self.log_prob(g, z, c);
        let is_lower = g.lt(below, above);
        let tail = g.select(is_lower, below, above);
        let log_size = g.sub(tail, log_density);
        let size = g.exp(log_size);
        let down = g.neg(size);
        let slope = g.select(is_lower, down, size);
        Some(numeric::in_step(g, z, tail, slope))
    }

    /// The quantile function, for drawing from `Truncated`.
    fn quantile(&self, _g: &mut Graph, _at: Tails, _c: &Call) -> Option<NodeId> {
        None
    }

    /// A draw given that it is not 0, for `Hurdle`.
    fn draw_nonzero(
        &self,
        _g: &mut Graph,
        _c: &Call,
        _dims: &[Dim],
        _name: &str,
    ) -> Option<NodeId> {
        None
    }

    /// Of a wrapper: what it needs of the distributions that it wraps and this one is not. `root` is the signature of the
    /// distribution whose support the draws of `inner` have.
    fn refuses(&self, inner: &'static dyn Distribution, _root: &Signature) -> Option<&'static str> {
        (!inner.is_proper()).then_some("a density that integrates to 1")
    }

    /// For location-scale families: (location, scale, the standard member), which `@noncentered` draws instead.
    fn standard(&self, _g: &mut Graph, _c: &Call) -> Option<(NodeId, NodeId, Call)> {
        None
    }

    /// Σ_k z_k log p_k along `over`: what a point of the simplex counts in place of a position.
    fn soft_log_prob(
        &self,
        _g: &mut Graph,
        _soft: NodeId,
        _over: Dim,
        _c: &Call,
    ) -> Option<NodeId> {
        None
    }

    /// The log mass of a relaxed value: what the mass is on the support, and smooth between.
    fn relaxed_log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        self.log_prob(g, x, c)
    }

    /// Of draws made in turns, the sum of the entropies of the turns, each given those before it: in the mean over draws that of
    /// the whole. It is right at relaxed values, too.
    fn entropy_in_turn(&self, _g: &mut Graph, _x: NodeId, _c: &Call) -> Option<NodeId> {
        None
    }

    /// Whether the density integrates to 1. What does not cannot be drawn from: its draws are NaN.
    fn is_proper(&self) -> bool {
        true
    }

    /// The distribution that it is under another name.
    fn renames(&self, _g: &mut Graph, _c: &Call) -> Option<Call> {
        None
    }

    /// KL(q‖p) in closed form, elementwise as `log_prob`, for two members of this distribution, of any form.
    fn kl(&self, _g: &mut Graph, _q: &Call, _p: &Call) -> Option<NodeId> {
        None
    }
}

/// Every distribution, in the order that lists show them.
pub static ALL: &[&dyn Distribution] = &[
    &Normal,
    &half_normal::HALF_NORMAL,
    &log_normal::LogNormal,
    &student_t::StudentT,
    &half_student_t::HALF_STUDENT_T,
    &cauchy::CAUCHY,
    &half_cauchy::HALF_CAUCHY,
    &laplace::LAPLACE,
    &logistic::LOGISTIC,
    &gumbel::Gumbel,
    &exponential::Exponential,
    &uniform::Uniform,
    &gamma::Gamma,
    &inverse_gamma::InverseGamma,
    &beta::Beta,
    &weibull::Weibull,
    &skew_normal::SkewNormal,
    &asymmetric_laplace::AsymmetricLaplace,
    &generalized_normal::GeneralizedNormal,
    &exp_mod_normal::ExpModNormal,
    &triangular::Triangular,
    &von_mises::VonMises,
    &log_uniform::LOG_UNIFORM,
    &chi_squared::CHI_SQUARED,
    &inv_chi_squared::INV_CHI_SQUARED,
    &scaled_inv_chi_squared::SCALED_INV_CHI_SQUARED,
    &rayleigh::RAYLEIGH,
    &log_logistic::LOG_LOGISTIC,
    &frechet::FRECHET,
    &pareto::PARETO,
    &pareto_type2::PARETO_TYPE2,
    &levy::LEVY,
    &beta_proportion::BETA_PROPORTION,
    &logit_normal::LOGIT_NORMAL,
    &kumaraswamy::KUMARASWAMY,
    &Bernoulli,
    &binomial::Binomial,
    &beta_binomial::BetaBinomial,
    &hypergeometric::Hypergeometric,
    &discrete_uniform::DiscreteUniform,
    &poisson::Poisson,
    &negative_binomial::NegativeBinomial,
    &beta_negative_binomial::BetaNegativeBinomial,
    &geometric::Geometric,
    &skellam::Skellam,
    &discrete_laplace::DiscreteLaplace,
    &Categorical,
    &ordered_logistic::ORDERED_LOGISTIC,
    &ordered_probit::ORDERED_PROBIT,
    &one_hot_categorical::OneHotCategorical,
    &subset::Subset,
    &plackett_luce::PlackettLuce,
    &permutation::Permutation,
    &multinomial::Multinomial,
    &dirichlet_multinomial::DirichletMultinomial,
    &dirichlet::Dirichlet,
    &relaxed_categorical::RelaxedCategorical,
    &mv_normal::MvNormal,
    &mv_student_t::MvStudentT,
    &lkj_cholesky::LkjCholesky,
    &wishart_cholesky::WishartCholesky,
    &inv_wishart_cholesky::InvWishartCholesky,
    &gaussian_random_walk::GaussianRandomWalk,
    &flat::Flat,
    &half_flat::HalfFlat,
    &truncated::Truncated,
    &censored::Censored,
    &ordered::Ordered,
    &mixture::Mixture,
    &zero_inflated::ZeroInflated,
    &hurdle::Hurdle,
];

pub fn find(name: &str) -> Option<&'static dyn Distribution> {
    ALL.iter().copied().find(|d| d.signature().name == name)
}
