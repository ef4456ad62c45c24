//! MvStudentT(df, loc, scale_tril): an MvNormal whose scale is itself drawn, one for all elements.

use super::mv_normal::{MvNormal, log_volume, solve};
use super::numeric::{log_gamma_draw, log_rising};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId};
use std::f64::consts::PI;

pub(super) struct MvStudentT;

static SIGNATURE: Signature = Signature {
    name: "MvStudentT",
    forms: &[Form {
        params: &[
            Param { name: "df", needs: Needs::Positive, doc: "degrees of freedom" },
            Param { name: "loc", needs: Needs::RealVector, doc: "centre" },
            Param {
                name: "scale_tril",
                needs: Needs::Cholesky,
                doc: "Cholesky factor of the scale matrix",
            },
        ],
    }],
    support: Support::Real,
    event: Event::Vector,
    doc: "A correlated bell curve with heavy tails.",
    density: "Gamma((df + D) / 2) / (Gamma(df / 2) (df pi)^(D / 2) prod diag(scale_tril)) (1 + |z|^2 / df)^(-(df + D) / 2) with scale_tril @ z = x - loc",
    example: "dim d = 2\nparam l: cholesky over [d, d']\nx ~ MvStudentT(4, zeros(d), l)",
};

/// The MvNormal of the same location and scale.
fn normal(c: &Call) -> Call {
    let [_, loc, factor] = c.args();
    Call::new(&MvNormal, 0, vec![loc, factor]).over(c.event.iter().copied())
}

impl Distribution for MvStudentT {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let [df, loc, _] = c.args();
        let (normal, row) = (normal(c), c.event[0]);
        let distance = g.sub(x, loc);
        let z = solve(g, &normal, distance);
        let square = g.square(z);
        let square = g.sum(square, &[row]);
        let far = g.div(square, df);
        let far = g.log1p(far);
        let count = g.size(row) as f64;
        let more = g.shift(count, df);
        let power = g.scale(0.5, more);
        let fall = g.mul(power, far);
        let volume = log_volume(g, &normal);
        let norm = log_norm(g, df, count);
        let loss = g.add(volume, fall);
        g.sub(norm, loss)
    }

    /// loc + L·normal / √(gamma(df/2) / (df/2))
    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let [df, loc, factor] = c.args();
        let zero = g.number(0.0);
        let centred = Call::new(&MvNormal, 0, vec![zero, factor]).over(c.event.iter().copied());
        let spread = centred.draw(g, dims, name).node();
        let each: Vec<Dim> = dims.iter().copied().filter(|&d| d != c.event[0]).collect();
        let half = g.scale(0.5, df);
        let log_gamma = log_gamma_draw(g, half, &each, &format!("{name}.gamma"));
        let log_mean = g.ln(half);
        let log_variance = g.sub(log_mean, log_gamma);
        let log_deviation = g.scale(0.5, log_variance);
        let deviation = g.exp(log_deviation);
        let spread = g.mul(deviation, spread);
        Draw::Pathwise(g.add(loc, spread))
    }
}

/// log Γ((df + D)/2) − log Γ(df/2) − D/2 log(π df)
fn log_norm(g: &mut Graph, df: NodeId, count: f64) -> NodeId {
    let (half, step) = (g.scale(0.5, df), g.number(0.5 * count));
    let ratio = log_rising(g, half, step);
    let width = g.scale(PI, df);
    let log_width = g.ln(width);
    let log_width = g.scale(0.5 * count, log_width);
    g.sub(ratio, log_width)
}
