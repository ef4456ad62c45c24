//! StudentT(df, loc, scale): a Normal whose variance is itself drawn, from an inverse Gamma; df = 1 is the Cauchy.

use super::beta::log_odds_draw;
use super::location_scale::{place, standard, standardize};
use super::numeric::log_rising;
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId, Noise};
use std::f64::consts::PI;

pub(super) struct StudentT;

static SIGNATURE: Signature = Signature {
    name: "StudentT",
    forms: &[Form {
        params: &[
            Param { name: "df", needs: Needs::Positive, doc: "degrees of freedom" },
            Param { name: "loc", needs: Needs::Real, doc: "centre" },
            Param { name: "scale", needs: Needs::Positive, doc: "spread" },
        ],
    }],
    support: Support::Real,
    event: Event::Scalar,
    doc: "A bell curve with heavy tails: robust against outliers.",
    density: "Gamma((df + 1) / 2) / (Gamma(df / 2) sqrt(df pi) scale) (1 + ((x - loc) / scale)^2 / df)^(-(df + 1) / 2)",
    example: "x ~ StudentT(4, 0, 1)",
};

impl Distribution for StudentT {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let [df, loc, scale] = c.args();
        let z = standardize(g, x, loc, scale);
        let square = g.square(z);
        let far = g.div(square, df);
        let far = g.log1p(far);
        let power = g.shift(1.0, df);
        let power = g.scale(0.5, power);
        let fall = g.mul(power, far);
        let log_norm = log_norm(g, df);
        let width = g.ln(scale);
        let peak = g.sub(log_norm, width);
        g.sub(peak, fall)
    }

    /// z²/df is the odds of a Beta(½, df/2), on either side alike: |z| moves with df as its distribution function says.
    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let [df, loc, scale] = c.args();
        let side = g.add_noise(name, dims, Noise::Normal);
        let side = g.sign(side);
        let (half, rest) = (g.number(0.5), g.scale(0.5, df));
        let log_odds = log_odds_draw(g, [half, rest], dims, &format!("{name}.size"));
        let log_df = g.ln(df);
        let log_square = g.add(log_odds, log_df);
        let log_size = g.scale(0.5, log_square);
        let size = g.exp(log_size);
        let z = g.mul(side, size);
        Draw::Pathwise(place(g, z, loc, scale))
    }

    fn standard(&self, g: &mut Graph, c: &Call) -> Option<(NodeId, NodeId, Call)> {
        Some(standard(g, c))
    }
}

/// log Γ((df+1)/2) − log Γ(df/2) − ½ log(π df)
fn log_norm(g: &mut Graph, df: NodeId) -> NodeId {
    let (half, step) = (g.scale(0.5, df), g.number(0.5));
    let ratio = log_rising(g, half, step);
    let root = g.scale(PI, df);
    let root = g.ln(root);
    let root = g.scale(0.5, root);
    g.sub(ratio, root)
}
