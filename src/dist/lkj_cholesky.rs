//! LKJCholesky(D, concentration): the Cholesky factor of a correlation matrix R with density det(R)^(concentration − 1)
//! (Lewandowski, Kurowicka & Joe 2009).

use super::beta;
use super::numeric::{all, log_sigmoid, or_impossible};
use super::triangle::{Axes, diagonal, is_triangle, or_identity};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId};
use std::f64::consts::PI;

pub(super) struct LkjCholesky;

static SIGNATURE: Signature = Signature {
    name: "LKJCholesky",
    forms: &[Form {
        params: &[
            Param { name: "dim", needs: Needs::Dimension, doc: "what is correlated" },
            Param {
                name: "concentration",
                needs: Needs::Positive,
                doc: "1 is flat on correlation matrices; above 1 favours weak correlations",
            },
        ],
    }],
    support: Support::CorrCholesky,
    event: Event::Matrix,
    doc: "The Cholesky factor of an unknown correlation matrix.",
    density: "prod_i x[i, i]^(D - i + 2 concentration - 2) / c for i = 2 … D",
    example: "dim d = 2\nx ~ LKJCholesky(d, 2)",
};

/// How far from 1 the length of a row may be, squared: single precision.
const TOLERANCE: f64 = 1e-4;

fn axes(c: &Call) -> Axes {
    (c.event[0], c.event[1])
}

fn has_unit_rows(g: &mut Graph, x: NodeId, (row, column): Axes) -> NodeId {
    let square = g.square(x);
    let length = g.sum(square, &[column]);
    let miss = g.shift(-1.0, length);
    let miss = g.abs(miss);
    let tolerance = g.number(TOLERANCE);
    let fits = g.le(miss, tolerance);
    all(g, fits, row)
}

/// What each row adds to minus the log of the norm: log Γ(a) − log Γ(a − i/2) with a = concentration + (D − 1)/2.
fn log_norms(g: &mut Graph, concentration: NodeId, row: Dim) -> NodeId {
    let half = 0.5 * (g.size(row) as f64 - 1.0);
    let a = g.shift(half, concentration);
    let place = g.iota(row);
    let less = g.scale(-0.5, place);
    let each = g.add(a, less);
    let (top, bottom) = (g.lgamma(a), g.lgamma(each));
    g.sub(top, bottom)
}

impl Distribution for LkjCholesky {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    /// Each row but the first, i from 1: (D − i − 3 + 2 concentration) log x_ii and its norm.
    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let ([concentration], axes) = (c.args(), axes(c));
        let n = g.size(axes.0) as f64;
        let (triangle, rows) = (is_triangle(g, x, axes), has_unit_rows(g, x, axes));
        let inside = g.mul(triangle, rows);
        let x = or_identity(g, inside, x, axes);
        let (place, zero) = (g.iota(axes.0), g.number(0.0));
        let twice = g.scale(2.0, concentration);
        let power = g.sub(twice, place);
        let power = g.shift(n - 3.0, power);
        let diagonal = diagonal(g, x, axes);
        let log = g.ln(diagonal);
        let (rise, norm) = (g.mul(power, log), log_norms(g, concentration, axes.0));
        let each = g.add(rise, norm);
        let each = g.select(place, each, zero);
        let log = g.sum(each, &[axes.0]);
        let log = g.shift(-0.25 * n * (n - 1.0) * PI.ln(), log);
        or_impossible(g, inside, log)
    }

    /// By partial correlations z, row by row: x_ij = z_ij √∏_{k<j} (1 − z_ik²), and the root alone on the diagonal. With
    /// o the log odds of a Beta draw z is tanh(o/2).
    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let (row, column) = axes(c);
        let (i, j, zero) = (g.iota(row), g.iota(column), g.number(0.0));
        let (is_below, is_diagonal) = (g.lt(j, i), g.eq(i, j));
        let less = g.scale(-0.5, j);
        let weight = g.add(c.args[0], less);
        let weight = g.shift(0.5 * (g.size(row) as f64 - 2.0), weight);
        let one = g.number(1.0);
        let weight = g.select(is_below, weight, one);
        let odds = beta::log_odds_draw(g, [weight, weight], dims, name);
        let half = g.scale(0.5, odds);
        let partial = g.tanh(half);
        let minus = g.neg(odds);
        let (yes, no) = (log_sigmoid(g, odds), log_sigmoid(g, minus));
        let log_rest = g.add(yes, no);
        let log_rest = g.shift(4_f64.ln(), log_rest);
        let log_rest = g.select(is_below, log_rest, zero);
        let through = g.cumsum(log_rest, column);
        let before = g.sub(through, log_rest);
        let log_root = g.scale(0.5, before);
        let root = g.exp(log_root);
        let share = g.mul(partial, root);
        let lower = g.select(is_below, share, zero);
        let x = g.select(is_diagonal, root, lower);
        Draw::Detached(g.stop(x))
    }
}
