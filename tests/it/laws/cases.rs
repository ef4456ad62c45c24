//! Distributions at parameters: at least two points for each, awkward ones among them, and the graphs that they build.

use elbow::dist::{self, Call, Event, Needs};
use elbow::ir::{Dim, Graph, NodeId, Shape};

/// A distribution at parameters. An argument is one value, a vector along the event dimension, or a square, row by row.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub name: &'static str,
    pub form: usize,
    pub args: Vec<Vec<f64>>,
    /// Of the event dimension; 1 where there is none.
    pub size: usize,
    pub inner: Option<Box<Case>>,
}

pub(super) fn scalar(name: &'static str, args: &[f64]) -> Case {
    let args = args.iter().map(|&x| vec![x]).collect();
    Case { name, form: 0, args, size: 1, inner: None }
}

pub(super) fn vector(name: &'static str, args: &[&[f64]]) -> Case {
    let size = args.iter().map(|a| a.len()).filter(|&n| n > 1).min().unwrap_or(1);
    let args = args.iter().map(|a| a.to_vec()).collect();
    Case { name, form: 0, args, size, inner: None }
}

pub(super) fn wrap(name: &'static str, args: &[&[f64]], inner: Case) -> Case {
    let case = vector(name, args);
    let size = case.size.max(inner.size);
    Case { inner: Some(Box::new(inner)), size, ..case }
}

/// A distribution on the nodes of its arguments.
pub(super) struct Built {
    pub g: Graph,
    pub call: Call,
    /// The arguments, those of what it wraps behind its own.
    pub leaves: Vec<NodeId>,
    /// One element per point or draw.
    pub point: Dim,
    /// The event dimension.
    pub event: Dim,
    prime: Dim,
    /// One shorter than the event dimension.
    cut: Dim,
}

impl Case {
    pub(super) fn form(self, form: usize) -> Case {
        Case { form, ..self }
    }

    pub(super) fn sized(self, size: usize) -> Case {
        Case { size, ..self }
    }

    pub(super) fn dist(&self) -> &'static dyn dist::Distribution {
        dist::find(self.name).unwrap_or_else(|| panic!("no distribution {}", self.name))
    }

    /// Whether a draw has event dimensions.
    pub(super) fn is_vector(&self) -> bool {
        self.axes() > 0
    }

    /// How many event dimensions a draw has.
    pub(super) fn axes(&self) -> usize {
        match self.dist().signature().event {
            Event::Vector => 1,
            Event::Matrix | Event::Pair => 2,
            _ => 0,
        }
    }

    pub(super) fn is_proper(&self) -> bool {
        self.dist().is_proper()
    }

    /// Where the density has a kink, which quadrature must not step over.
    pub(super) fn kinks(&self) -> Vec<f64> {
        let inner = self.inner.iter().flat_map(|i| i.kinks());
        let place = match self.name {
            "Laplace" | "AsymmetricLaplace" | "GeneralizedNormal" => Some(0),
            "Triangular" => Some(1),
            _ => None,
        };
        let own = place.map(|place: usize| self.args[place][0]);
        own.into_iter().chain(inner).collect()
    }

    /// Values that have a mass of their own.
    pub(super) fn atoms(&self) -> Vec<f64> {
        match self.name {
            "Censored" => self.args.iter().map(|bound| bound[0]).collect(),
            _ => vec![],
        }
    }

    /// How many values a draw has.
    pub(super) fn width(&self) -> usize {
        self.size.pow(self.axes() as u32)
    }

    /// Its arguments and those of what it wraps, with what they need.
    pub(super) fn leaves(&self) -> Vec<(Needs, &[f64])> {
        let params = self.dist().signature().forms[self.form].params.iter().map(|p| p.needs);
        let nodes = params.filter(|n| !matches!(n, Needs::Distribution | Needs::Dimension));
        let own = nodes.zip(self.args.iter().map(Vec::as_slice));
        own.chain(self.inner.iter().flat_map(|i| i.leaves())).collect()
    }

    /// The same with one element of one leaf moved.
    pub(super) fn moved(&self, leaf: usize, element: usize, by: f64) -> Case {
        let mut case = self.clone();
        let mut at = &mut case;
        let mut leaf = leaf;
        while leaf >= at.args.len() {
            leaf -= at.args.len();
            at = at.inner.as_mut().expect("the leaf exists");
        }
        at.args[leaf][element] += by;
        case
    }

    /// Its arguments as parameters, once per point, so that gradients come by the point.
    pub(super) fn build(&self, points: usize) -> Built {
        let mut g = Graph::new();
        let point = g.dim("point", points);
        let event = g.dim("event", self.size);
        let prime = g.dim("event'", self.size);
        let cut = g.dim("cut", (self.size - 1).max(1));
        let mut leaves = vec![];
        let call = self.call(&mut g, [point, event, prime, cut], &mut leaves);
        Built { g, call, leaves, point, event, prime, cut }
    }

    fn call(&self, g: &mut Graph, dims: [Dim; 4], leaves: &mut Vec<NodeId>) -> Call {
        let [point, event, prime, cut] = dims;
        let mut args = vec![];
        let has = |wanted| move |p: &dist::Param| p.needs == wanted;
        let params = self.dist().signature().forms[self.form].params;
        for (place, values) in self.args.iter().enumerate() {
            let along: &[Dim] = match values.len() {
                _ if params.get(place).is_some_and(has(Needs::Cutpoints)) => &[point, cut],
                1 => &[point],
                n if n == self.size || self.size == 1 => &[point, event],
                _ => &[point, event, prime],
            };
            let repeated = values.repeat(g.size(point));
            let values = permute(g, along, None, &repeated);
            args.push(g.add_param("argument", along, values));
        }
        leaves.extend(&args);
        let inner = self.inner.as_ref().map(|c| {
            let inner = Case { size: self.size, ..(**c).clone() };
            Box::new(inner.call(g, dims, leaves))
        });
        let signature = self.dist().signature();
        let event = match signature.event {
            Event::Scalar => vec![],
            Event::Matrix | Event::Pair => vec![event, prime],
            _ if params.iter().any(has(Needs::Cholesky)) => vec![event, prime],
            _ if params.iter().any(has(Needs::Cutpoints)) => vec![event, cut],
            _ => vec![event],
        };
        Call { inner, ..Call::new(self.dist(), self.form, args).over(event) }
    }
}

impl Built {
    /// Another distribution on the same dimensions.
    pub(super) fn add_call(&mut self, case: &Case) -> Call {
        case.call(&mut self.g, [self.point, self.event, self.prime, self.cut], &mut vec![])
    }

    /// Values, point by point, as a parameter of the graph.
    pub(super) fn add_points(&mut self, values: &[f64], axes: usize) -> NodeId {
        let dims = self.draw_dims(axes);
        let values = permute(&self.g, &dims, None, values);
        self.g.add_param("x", &dims, values)
    }

    pub(super) fn draw_dims(&self, axes: usize) -> Vec<Dim> {
        [self.point, self.event, self.prime][..=axes].to_vec()
    }
}

/// Values that are row-major along `from`, row-major along `to`; `None` is the layout of the graph.
pub(super) fn permute(g: &Graph, from: &[Dim], to: Option<&[Dim]>, values: &[f64]) -> Vec<f64> {
    let layout = Shape::new(g, from.iter().copied());
    let to = to.unwrap_or(layout.dims());
    let stride = |dim: &Dim| -> usize {
        let place = from.iter().position(|d| d == dim).expect("the same dimensions");
        from[place + 1..].iter().map(|&d| g.size(d)).product()
    };
    let strides: Vec<usize> = to.iter().map(stride).collect();
    let source = |flat: usize| -> usize {
        let (mut rest, mut at) = (flat, 0);
        for (d, stride) in to.iter().zip(&strides).rev() {
            at += rest % g.size(*d) * stride;
            rest /= g.size(*d);
        }
        at
    };
    (0..values.len()).map(|i| values[source(i)]).collect()
}

/// Values in the layout of the graph, row-major along `dims`.
pub(super) fn in_order(g: &Graph, dims: &[Dim], values: &[f64]) -> Vec<f64> {
    let layout = Shape::new(g, dims.iter().copied());
    permute(g, layout.dims(), Some(dims), values)
}

pub(super) fn all() -> Vec<Case> {
    let normal = |loc, scale| scalar("Normal", &[loc, scale]);
    let mut cases = vec![
        normal(0.0, 1.0),
        normal(-1e3, 1e-3),
        normal(2.5, 1e4),
        scalar("HalfNormal", &[1.0]),
        scalar("HalfNormal", &[250.0]),
        scalar("LogNormal", &[0.0, 1.0]),
        scalar("LogNormal", &[3.0, 0.1]),
        scalar("LogNormal", &[-1.0, 2.5]),
        scalar("StudentT", &[1.0, 0.0, 1.0]),
        scalar("StudentT", &[3.5, -2.0, 0.3]),
        scalar("StudentT", &[1e4, 1.0, 2.0]),
        scalar("HalfStudentT", &[2.0, 1.5]),
        scalar("HalfStudentT", &[30.0, 0.2]),
        scalar("Cauchy", &[0.0, 1.0]),
        scalar("Cauchy", &[-3.0, 0.01]),
        scalar("HalfCauchy", &[5.0]),
        scalar("HalfCauchy", &[0.02]),
        scalar("Laplace", &[0.0, 1.0]),
        scalar("Laplace", &[4.0, 0.1]),
        scalar("Logistic", &[0.0, 1.0]),
        scalar("Logistic", &[-7.0, 30.0]),
        scalar("Gumbel", &[0.0, 1.0]),
        scalar("Gumbel", &[10.0, 0.25]),
        scalar("Exponential", &[1.0]),
        scalar("Exponential", &[500.0]),
        scalar("Uniform", &[0.0, 1.0]),
        scalar("Uniform", &[-3.0, 12.0]),
        scalar("Gamma", &[2.0, 1.0]),
        scalar("Gamma", &[0.2, 3.0]),
        scalar("Gamma", &[400.0, 0.1]),
        scalar("InverseGamma", &[3.0, 2.0]),
        scalar("InverseGamma", &[0.8, 10.0]),
        scalar("Beta", &[1.0, 1.0]),
        scalar("Beta", &[0.3, 0.6]),
        scalar("Beta", &[2.0, 50.0]),
        scalar("Weibull", &[1.0, 2.0]),
        scalar("Weibull", &[0.5, 1.0]),
        scalar("Weibull", &[8.0, 0.3]),
    ];
    cases.extend(skewed());
    cases.extend(one_sided());
    cases.extend(discrete());
    cases.extend(vectors());
    cases.extend(wrapped());
    cases
}

fn skewed() -> Vec<Case> {
    vec![
        scalar("SkewNormal", &[0.0, 1.0, 0.0]),
        scalar("SkewNormal", &[2.0, 0.1, -4.0]),
        scalar("SkewNormal", &[-5.0, 3.0, 1.5]),
        scalar("AsymmetricLaplace", &[0.0, 1.0, 1.0]),
        scalar("AsymmetricLaplace", &[4.0, 0.1, 3.0]),
        scalar("AsymmetricLaplace", &[-1.0, 20.0, 0.4]),
        scalar("GeneralizedNormal", &[0.0, 1.0, 2.0]),
        scalar("GeneralizedNormal", &[1.0, 0.2, 0.8]),
        scalar("GeneralizedNormal", &[-3.0, 5.0, 6.0]),
        scalar("ExpModNormal", &[0.0, 1.0, 1.0]),
        scalar("ExpModNormal", &[-2.0, 0.1, 0.3]),
        scalar("ExpModNormal", &[10.0, 3.0, 4.0]),
        scalar("Triangular", &[0.0, 1.0, 3.0]),
        scalar("Triangular", &[-5.0, -1.0, -0.9]),
        scalar("VonMises", &[0.0, 2.0]),
        scalar("VonMises", &[2.5, 0.01]),
        scalar("VonMises", &[-1.0, 300.0]),
        scalar("BetaProportion", &[0.5, 2.0]),
        scalar("BetaProportion", &[0.9, 30.0]),
        scalar("LogitNormal", &[0.0, 1.0]),
        scalar("LogitNormal", &[-2.0, 0.3]),
        scalar("LogitNormal", &[1.0, 3.0]),
        scalar("Kumaraswamy", &[1.0, 1.0]),
        scalar("Kumaraswamy", &[0.4, 2.0]),
        scalar("Kumaraswamy", &[5.0, 0.7]),
    ]
}

fn one_sided() -> Vec<Case> {
    vec![
        scalar("LogUniform", &[0.01, 100.0]),
        scalar("LogUniform", &[2.0, 3.0]),
        scalar("ChiSquared", &[3.0]),
        scalar("ChiSquared", &[0.5]),
        scalar("ChiSquared", &[200.0]),
        scalar("InvChiSquared", &[3.0]),
        scalar("InvChiSquared", &[40.0]),
        scalar("ScaledInvChiSquared", &[4.0, 0.3]),
        scalar("ScaledInvChiSquared", &[60.0, 20.0]),
        scalar("Rayleigh", &[1.0]),
        scalar("Rayleigh", &[70.0]),
        scalar("LogLogistic", &[1.0, 1.0]),
        scalar("LogLogistic", &[30.0, 8.0]),
        scalar("Frechet", &[1.0, 1.0]),
        scalar("Frechet", &[6.0, 0.2]),
        scalar("Pareto", &[1.0, 1.0]),
        scalar("Pareto", &[40.0, 6.0]),
        scalar("ParetoType2", &[0.0, 1.0, 1.0]),
        scalar("ParetoType2", &[-3.0, 0.2, 12.0]),
        scalar("Levy", &[0.0, 1.0]),
        scalar("Levy", &[-7.0, 0.05]),
    ]
}

fn discrete() -> Vec<Case> {
    vec![
        scalar("Bernoulli", &[0.3]),
        scalar("Bernoulli", &[0.999]),
        scalar("Bernoulli", &[0.0]).form(1),
        scalar("Bernoulli", &[-3.0]).form(1),
        scalar("Binomial", &[10.0, 0.5]),
        scalar("Binomial", &[1.0, 0.9]),
        scalar("Binomial", &[300.0, 0.02]),
        scalar("Binomial", &[25.0, -1.0]).form(1),
        scalar("Poisson", &[3.0]),
        scalar("Poisson", &[0.05]),
        scalar("Poisson", &[400.0]),
        scalar("Poisson", &[1.5]).form(1),
        scalar("NegativeBinomial", &[3.0, 2.0]),
        scalar("NegativeBinomial", &[8.0, 0.3]),
        scalar("NegativeBinomial", &[5.0, 1e4]),
        scalar("NegativeBinomial", &[0.5, 2.0]).form(1),
        scalar("Geometric", &[0.3]),
        scalar("Geometric", &[0.98]),
        scalar("Geometric", &[-2.0]).form(1),
        scalar("BetaBinomial", &[10.0, 2.0, 3.0]),
        scalar("BetaBinomial", &[4.0, 0.3, 0.2]),
        scalar("BetaBinomial", &[30.0, 1e3, 2e3]),
        scalar("BetaNegativeBinomial", &[3.0, 40.0, 20.0]),
        scalar("BetaNegativeBinomial", &[0.7, 25.0, 2.0]),
        scalar("Hypergeometric", &[5.0, 6.0, 9.0]),
        scalar("Hypergeometric", &[8.0, 5.0, 6.0]),
        scalar("DiscreteUniform", &[1.0, 6.0]),
        scalar("DiscreteUniform", &[0.0, 40.0]),
        scalar("Skellam", &[3.0, 2.0]),
        scalar("Skellam", &[0.2, 60.0]),
        scalar("Skellam", &[900.0, 400.0]),
        scalar("DiscreteLaplace", &[2.0]),
        scalar("DiscreteLaplace", &[0.3]),
        scalar("DiscreteLaplace", &[50.0]),
        vector("Categorical", &[&[0.0, 0.0, 0.0]]),
        vector("Categorical", &[&[3.0, -1.0, 0.5, -6.0]]),
        vector("Categorical", &[&[0.2, 0.7, 0.1]]).form(1),
        vector("Categorical", &[&[0.5, 0.5, 0.0]]).form(1),
        vector("OrderedLogistic", &[&[0.3], &[-1.0, 0.5, 4.0]]).sized(4),
        vector("OrderedLogistic", &[&[-20.0], &[-21.0, -19.5]]).sized(3),
        vector("OrderedLogistic", &[&[2.0], &[1.0]]).sized(2),
        vector("OrderedProbit", &[&[0.3], &[-1.0, 0.5, 2.0]]).sized(4),
        vector("OrderedProbit", &[&[5.0], &[4.9, 5.4]]).sized(3),
    ]
}

fn vectors() -> Vec<Case> {
    vec![
        vector("Multinomial", &[&[9.0], &[0.2, 0.5, 0.3]]),
        vector("Multinomial", &[&[4.0], &[0.6, 0.0, 0.4]]),
        vector("Multinomial", &[&[6.0], &[0.5, -1.0, 1.0]]).form(1),
        vector("OneHotCategorical", &[&[3.0, -1.0, 0.5]]),
        vector("OneHotCategorical", &[&[0.5, 0.5, 0.0]]).form(1),
        vector("Subset", &[&[0.3, -1.0, 0.7], &[2.0]]),
        vector("Subset", &[&[9.0, -8.0, 0.5], &[1.0]]),
        vector("PlackettLuce", &[&[0.3, -1.0, 0.7]]),
        vector("PlackettLuce", &[&[4.0, 0.0, -9.0]]),
        vector("Permutation", &[&[0.3, -1.0, 0.7, 0.0, 2.0, -0.5, 1.0, 0.2, -3.0]]).sized(3),
        vector("Permutation", &[&[9.0, -8.0, 0.5, 30.0, -30.0, 1.0, 0.0, 0.0, 0.0]]).sized(3),
        vector("Permutation", &[&[1.5, -0.5, 0.0, 0.4]]).sized(2),
        vector("DirichletMultinomial", &[&[9.0], &[0.5, 2.0, 7.0]]),
        vector("DirichletMultinomial", &[&[4.0], &[1.5]]).sized(3),
        vector("Dirichlet", &[&[1.0, 1.0, 1.0]]),
        vector("Dirichlet", &[&[0.5, 2.0, 7.0]]),
        vector("Dirichlet", &[&[0.4]]).sized(2),
        vector("RelaxedCategorical", &[&[0.7], &[3.0, -1.0, 0.5]]),
        vector("RelaxedCategorical", &[&[2.0], &[0.0, 0.0]]),
        vector("RelaxedCategorical", &[&[1.0], &[0.2, 0.7, 0.1]]).form(1),
        vector("MvNormal", &[&[0.5, -1.0], &[1.5, 0.0, -0.7, 0.4]]),
        vector("MvNormal", &[&[0.0, 0.0], &[1.0, 0.0, 0.8, 0.6]]),
        vector("MvStudentT", &[&[3.0], &[0.5, -1.0], &[1.5, 0.0, -0.7, 0.4]]),
        vector("MvStudentT", &[&[20.0], &[0.0, 0.0], &[1.0, 0.0, 0.8, 0.6]]),
        vector("LKJCholesky", &[&[1.0]]).sized(2),
        vector("LKJCholesky", &[&[3.5]]).sized(2),
        vector("LKJCholesky", &[&[1.5]]).sized(3),
        vector("WishartCholesky", &[&[2.5], &[1.5, 0.0, -0.4, 0.9]]).sized(2),
        vector("WishartCholesky", &[&[9.0], &[0.6, 0.0, 0.2, 0.8]]).sized(2),
        vector("InvWishartCholesky", &[&[4.5], &[1.5, 0.0, -0.4, 0.9]]).sized(2),
        vector("InvWishartCholesky", &[&[9.0], &[0.6, 0.0, 0.2, 0.8]]).sized(2),
        vector("GaussianRandomWalk", &[&[0.7]]).sized(2),
        vector("GaussianRandomWalk", &[&[0.5, 2.0]]),
        scalar("Flat", &[]),
        scalar("HalfFlat", &[]),
    ]
}

fn wrapped() -> Vec<Case> {
    let both = |lower: f64, upper: f64, base| wrap("Truncated", &[&[lower], &[upper]], base);
    let lower = |lower: f64, base| wrap("Truncated", &[&[lower]], base).form(1);
    let upper = |upper: f64, base| wrap("Truncated", &[&[upper]], base).form(2);
    vec![
        lower(0.0, scalar("Normal", &[0.0, 1.0])),
        both(8.0, 9.0, scalar("Normal", &[0.0, 1.0])),
        both(-1.0, 30.0, scalar("Normal", &[0.5, 1.0])),
        upper(-12.0, scalar("Normal", &[0.0, 1.0])),
        upper(1.5, scalar("HalfNormal", &[1.0])),
        both(-1.0, 0.5, scalar("HalfNormal", &[1.0])),
        lower(2.0, scalar("LogNormal", &[0.0, 1.0])),
        both(3.0, 50.0, scalar("Cauchy", &[0.0, 1.0])),
        upper(10.0, scalar("HalfCauchy", &[5.0])),
        lower(20.0, scalar("Laplace", &[0.0, 1.0])),
        both(-40.0, -35.0, scalar("Logistic", &[0.0, 1.0])),
        lower(50.0, scalar("Gumbel", &[0.0, 1.0])),
        upper(-1.0, scalar("Gumbel", &[0.0, 1.0])),
        both(1e-7, 1e-6, scalar("Exponential", &[1.0])),
        both(0.3, 2.0, scalar("Uniform", &[0.0, 1.0])),
        lower(3.0, scalar("Weibull", &[2.0, 1.0])),
        both(-1.0, 3.0, scalar("AsymmetricLaplace", &[0.0, 1.0, 2.0])),
        lower(25.0, scalar("AsymmetricLaplace", &[0.0, 1.0, 0.5])),
        both(0.5, 9.0, scalar("Triangular", &[0.0, 1.0, 3.0])),
        both(0.2, 0.3, scalar("LogitNormal", &[0.0, 1.0])),
        upper(5.0, scalar("Pareto", &[1.0, 0.5])),
        both(-2.0, 4.0, scalar("Levy", &[0.0, 1.0])),
        wrap("Censored", &[&[-0.5], &[1.0]], scalar("Normal", &[0.0, 1.0])),
        wrap("Censored", &[&[0.3]], scalar("Gumbel", &[0.0, 1.0])).form(1),
        wrap("Censored", &[&[2.0]], scalar("Weibull", &[1.5, 1.0])).form(2),
        wrap("Ordered", &[], scalar("Normal", &[0.5, 4.0])).sized(2),
        wrap("Ordered", &[], scalar("Logistic", &[-1.0, 0.2])).sized(2),
        wrap("Ordered", &[], scalar("Normal", &[0.0, 1.0])).sized(3),
        wrap("Mixture", &[&[0.3, 0.7]], vector("Normal", &[&[-2.0, 3.0], &[1.0]])),
        wrap("Mixture", &[&[1.0, -1.0]], vector("Gamma", &[&[2.0, 9.0], &[1.0]])).form(1),
        wrap("Mixture", &[&[0.9, 0.1]], vector("Poisson", &[&[1.0, 20.0]])),
        wrap("ZeroInflated", &[&[0.2]], scalar("Poisson", &[3.0])),
        wrap("ZeroInflated", &[&[0.0]], scalar("NegativeBinomial", &[3.0, 2.0])),
        wrap("ZeroInflated", &[&[-1.0]], scalar("Binomial", &[10.0, 0.2])).form(1),
        wrap("Hurdle", &[&[0.2]], scalar("Poisson", &[0.05])),
        wrap("Hurdle", &[&[0.6]], scalar("Poisson", &[6.0])),
        wrap("Hurdle", &[&[2.0]], scalar("NegativeBinomial", &[8.0, 0.3])).form(1),
        wrap("Hurdle", &[&[0.1]], scalar("NegativeBinomial", &[2.0, 7.0])),
        wrap("Hurdle", &[&[0.3]], scalar("Geometric", &[0.4])),
        wrap("Hurdle", &[&[0.3]], scalar("Binomial", &[10.0, 0.1])),
        wrap("Hurdle", &[&[0.3]], scalar("Binomial", &[4.0, 0.0]).form(1)),
        wrap("Mixture", &[&[0.4, 0.6]], lower(0.0, vector("Normal", &[&[-1.0, 2.0], &[0.5]]))),
    ]
}
