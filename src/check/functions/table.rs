//! The rows. An interval of arguments goes in, the interval of the value comes out; a builder makes the node.

use super::{Domain, Function, Gives};
use crate::check::model::Interval;
use crate::ir::{Graph, NodeId};

type Support = fn(&[Interval]) -> Interval;
type Build = fn(&mut Graph, &[NodeId]) -> NodeId;

const fn unary(name: &'static str, doc: &'static str, support: Support, build: Build) -> Function {
    let (params, domain, gives) = (&["x"], &[Domain::Any], Gives::Real);
    Function { name, params, doc, support, domain, gives, smooth: true, build }
}

const fn binary(name: &'static str, doc: &'static str, support: Support, build: Build) -> Function {
    let (params, domain, gives) = (&["a", "b"], &[Domain::Any, Domain::Any], Gives::Real);
    Function { name, params, doc, support, domain, gives, smooth: true, build }
}

/// A comparison: 1 or 0, without a gradient.
const fn test(name: &'static str, doc: &'static str, build: Build) -> Function {
    binary(name, doc, |_| Interval::UNIT, build).gives(Gives::Binary).jumps()
}

impl Function {
    const fn on(mut self, domain: &'static [Domain]) -> Self {
        self.domain = domain;
        self
    }

    const fn gives(mut self, gives: Gives) -> Self {
        self.gives = gives;
        self
    }

    const fn jumps(mut self) -> Self {
        self.smooth = false;
        self
    }

    const fn named(mut self, params: &'static [&'static str]) -> Self {
        self.params = params;
        self
    }
}

/// Every operator and elementwise function, in the order that lists show them.
pub static ALL: &[Function] = &[
    // Operators.
    binary("+", "sum", |a| a[0] + a[1], |g, a| g.add(a[0], a[1])).gives(Gives::AsArguments),
    binary("-", "difference", |a| a[0] - a[1], |g, a| g.sub(a[0], a[1])).gives(Gives::AsArguments),
    binary("*", "product", |a| a[0] * a[1], |g, a| g.mul(a[0], a[1])).gives(Gives::AsArguments),
    binary("/", "quotient", |a| a[0] / a[1], |g, a| g.div(a[0], a[1])),
    binary("^", "power", |a| a[0].power(a[1]), power),
    unary("neg", "minus", |a| -a[0], |g, a| g.neg(a[0])).gives(Gives::AsArguments),
    test("<", "less", |g, a| g.lt(a[0], a[1])),
    test("<=", "less or equal", |g, a| g.le(a[0], a[1])),
    test(">", "greater", |g, a| g.lt(a[1], a[0])),
    test(">=", "greater or equal", |g, a| g.le(a[1], a[0])),
    test("==", "equal", |g, a| g.eq(a[0], a[1])),
    test("!=", "not equal", |g, a| {
        let equal = g.eq(a[0], a[1]);
        g.not(equal)
    }),
    unary("not", "the opposite", |_| Interval::UNIT, |g, a| g.not(a[0]))
        .on(&[Domain::Binary])
        .gives(Gives::Binary)
        .jumps(),
    test("and", "both", |g, a| g.mul(a[0], a[1])).on(&[Domain::Binary, Domain::Binary]),
    test("or", "at least one", |g, a| g.max(a[0], a[1])).on(&[Domain::Binary, Domain::Binary]),
    // Choice.
    Function {
        name: "where",
        params: &["condition", "yes", "no"],
        doc: "yes where the condition holds, else no",
        support: |a| a[1].hull(a[2]),
        domain: &[Domain::Binary, Domain::Any, Domain::Any],
        gives: Gives::AsBranches,
        smooth: true,
        build: |g, a| g.select(a[0], a[1], a[2]),
    },
    binary("min", "the smaller", |a| a[0].lesser(a[1]), |g, a| g.min(a[0], a[1]))
        .gives(Gives::AsArguments),
    binary("max", "the larger", |a| -(-a[0]).lesser(-a[1]), |g, a| g.max(a[0], a[1]))
        .gives(Gives::AsArguments),
    // Exponentials.
    unary("exp", "e to the x", |a| a[0].rising(f64::exp), |g, a| g.exp(a[0])),
    unary("expm1", "exp(x) − 1, exact near 0", |a| a[0].rising(f64::exp_m1), |g, a| g.expm1(a[0])),
    unary("log", "natural logarithm", |a| a[0].rising(f64::ln), |g, a| g.ln(a[0]))
        .on(&[Domain::Positive]),
    unary("log1p", "log(1 + x), exact near 0", |a| a[0].rising(f64::ln_1p), |g, a| g.log1p(a[0]))
        .on(&[Domain::AboveMinusOne]),
    unary("sigmoid", "1 / (1 + exp(−x))", |a| a[0].rising(sigmoid), |g, a| g.sigmoid(a[0])),
    unary("logit", "log(x / (1 − x))", |a| a[0].rising(|x| (x / (1.0 - x)).ln()), logit)
        .on(&[Domain::Unit]),
    unary("softplus", "log(1 + exp(x))", |a| a[0].rising(softplus), |g, a| g.softplus(a[0])),
    // Powers.
    unary("sqrt", "square root", |a| a[0].rising(f64::sqrt), |g, a| g.sqrt(a[0]))
        .on(&[Domain::Nonneg]),
    unary("square", "x times x", |a| a[0].magnitude().rising(|x| x * x), |g, a| g.square(a[0]))
        .gives(Gives::AsArguments),
    binary("pow", "x to the power y", |a| a[0].power(a[1]), power).named(&["x", "y"]),
    // Steps.
    unary("abs", "magnitude", |a| a[0].magnitude(), |g, a| g.abs(a[0])).gives(Gives::AsArguments),
    unary("sign", "−1, 0 or 1", |a| a[0].rising(sign).closure(), |g, a| g.sign(a[0]))
        .gives(Gives::Whole)
        .jumps(),
    unary(
        "floor",
        "largest whole number not above x",
        |a| a[0].rising(f64::floor).closure(),
        |g, a| g.floor(a[0]),
    )
    .gives(Gives::Whole)
    .jumps(),
    unary(
        "ceil",
        "smallest whole number not below x",
        |a| a[0].rising(f64::ceil).closure(),
        |g, a| {
            let minus = g.neg(a[0]);
            let floor = g.floor(minus);
            g.neg(floor)
        },
    )
    .gives(Gives::Whole)
    .jumps(),
    unary(
        "round",
        "nearest whole number, halves up",
        |a| a[0].rising(half_up).closure(),
        |g, a| {
            let above = g.shift(0.5, a[0]);
            g.floor(above)
        },
    )
    .gives(Gives::Whole)
    .jumps(),
    unary(
        "relu",
        "x where positive, else 0",
        |a| -(-a[0]).lesser(Interval::closed(0.0, 0.0)),
        |g, a| {
            let zero = g.number(0.0);
            g.max(a[0], zero)
        },
    ),
    unary(
        "leaky_relu",
        "x where positive, else x / 100",
        |a| a[0].rising(leaky),
        |g, a| {
            let small = g.scale(LEAK, a[0]);
            g.max(a[0], small)
        },
    ),
    unary(
        "elu",
        "x where positive, else exp(x) − 1",
        |a| a[0].rising(elu),
        |g, a| {
            let zero = g.number(0.0);
            let below = g.min(a[0], zero);
            let (low, high) = (g.expm1(below), g.max(a[0], zero));
            g.add(low, high)
        },
    ),
    unary(
        "silu",
        "x times sigmoid(x)",
        |_| Interval::open(-0.28, f64::INFINITY),
        |g, a| {
            let gate = g.sigmoid(a[0]);
            g.mul(a[0], gate)
        },
    ),
    unary(
        "gelu",
        "x times Phi(x)",
        |_| Interval::open(-0.17, f64::INFINITY),
        |g, a| {
            let bent = g.scale(std::f64::consts::FRAC_1_SQRT_2, a[0]);
            let bent = g.erf(bent);
            let half = g.scale(0.5, a[0]);
            let turned = g.mul(half, bent);
            g.add(half, turned)
        },
    ),
    // Circles.
    unary("tanh", "hyperbolic tangent", |a| a[0].rising(f64::tanh), |g, a| g.tanh(a[0])),
    unary("sin", "sine", |_| Interval::closed(-1.0, 1.0), |g, a| g.sin(a[0])),
    unary("cos", "cosine", |_| Interval::closed(-1.0, 1.0), |g, a| g.cos(a[0])),
    unary("atan", "inverse tangent", |a| a[0].rising(f64::atan), |g, a| g.atan(a[0])),
    // Special functions.
    unary("lgamma", "log of the gamma function", |_| Interval::REAL, |g, a| g.lgamma(a[0]))
        .on(&[Domain::Positive]),
    unary("digamma", "derivative of lgamma", |_| Interval::REAL, |g, a| g.digamma(a[0]))
        .on(&[Domain::Positive]),
    unary("erf", "error function", |a| a[0].squashed(-1.0, 1.0), |g, a| g.erf(a[0])),
    unary(
        "Phi",
        "standard normal distribution function",
        |a| a[0].squashed(0.0, 1.0),
        |g, a| {
            let log = g.log_ndtr(a[0]);
            g.exp(log)
        },
    ),
];

/// The slope of `leaky_relu` below 0.
const LEAK: f64 = 0.01;

fn leaky(x: f64) -> f64 {
    if x > 0.0 { x } else { LEAK * x }
}

fn elu(x: f64) -> f64 {
    if x > 0.0 { x } else { x.exp_m1() }
}

fn power(g: &mut Graph, a: &[NodeId]) -> NodeId {
    match g.as_number(a[1]) {
        Some(1.0) => a[0],
        Some(2.0) => g.square(a[0]),
        Some(0.5) => g.sqrt(a[0]),
        Some(-1.0) => g.recip(a[0]),
        _ => g.pow(a[0], a[1]),
    }
}

/// log x − log(1 − x)
fn logit(g: &mut Graph, a: &[NodeId]) -> NodeId {
    let log = g.ln(a[0]);
    let minus = g.neg(a[0]);
    let rest = g.log1p(minus);
    g.sub(log, rest)
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn softplus(x: f64) -> f64 {
    if x > 30.0 { x } else { x.exp().ln_1p() }
}

fn sign(x: f64) -> f64 {
    if x == 0.0 { 0.0 } else { x.signum() }
}

fn half_up(x: f64) -> f64 {
    (x + 0.5).floor()
}
