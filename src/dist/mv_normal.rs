//! MvNormal(loc, scale_tril): x = loc + L·z with z standard normal and L the Cholesky factor of the covariance.

use super::numeric::HALF_LOG_2PI;
use super::triangle::diagonal;
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId, Noise, Op};

pub(super) struct MvNormal;

static SIGNATURE: Signature = Signature {
    name: "MvNormal",
    forms: &[Form {
        params: &[
            Param { name: "loc", needs: Needs::RealVector, doc: "mean" },
            Param {
                name: "scale_tril",
                needs: Needs::Cholesky,
                doc: "Cholesky factor of the covariance",
            },
        ],
    }],
    support: Support::Real,
    event: Event::Vector,
    doc: "A correlated bell curve, by the Cholesky factor of its covariance.",
    density: "exp(-|z|^2 / 2) / ((2 pi)^(D / 2) prod diag(scale_tril)) with scale_tril @ z = x - loc",
    example: "dim d = 2\nparam l: cholesky over [d, d']\nx ~ MvNormal(zeros(d), l)",
};

/// D and D' of the factor.
fn axes(c: &Call) -> (Dim, Dim) {
    (c.event[0], c.event[1])
}

/// L⁻¹ b, b over D.
pub(super) fn solve(g: &mut Graph, c: &Call, b: NodeId) -> NodeId {
    let (row, col) = axes(c);
    let b = g.expand(b, &[row]);
    g.push(Op::TriSolve { row, col, transposed: false }, [c.args[1], b])
}

/// Σ log of the diagonal of L: half the log determinant of the covariance.
pub(super) fn log_volume(g: &mut Graph, c: &Call) -> NodeId {
    let diagonal = diagonal(g, c.args[1], axes(c));
    let log = g.ln(diagonal);
    g.sum(log, &[axes(c).0])
}

impl Distribution for MvNormal {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let (row, _) = axes(c);
        let distance = g.sub(x, c.args[0]);
        let z = solve(g, c, distance);
        let square = g.square(z);
        let square = g.sum(square, &[row]);
        let fall = g.scale(-0.5, square);
        let volume = log_volume(g, c);
        let width = g.shift(g.size(row) as f64 * HALF_LOG_2PI, volume);
        g.sub(fall, width)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let (row, col) = axes(c);
        let [loc, factor] = c.args();
        let noise = g.add_noise(name, dims, Noise::Normal);
        let noise = g.run(noise, row, col, 0);
        let spread = g.contract(factor, noise, &[col]);
        Draw::Pathwise(g.add(loc, spread))
    }

    fn mean(&self, _: &mut Graph, c: &Call) -> Option<NodeId> {
        Some(c.args[0])
    }

    /// ½ (|M⁻¹L|² + |M⁻¹(μ − m)|² − D) + Σ log diag M − Σ log diag L for q = MvNormal(μ, L), p = MvNormal(m, M).
    fn kl(&self, g: &mut Graph, q: &Call, p: &Call) -> Option<NodeId> {
        let p = &onto_axes(g, p, axes(q));
        let (row, col) = axes(q);
        let count = g.size(row) as f64;
        let apart = g.dim("column", g.size(col));
        let factor = g.run(q.args[1], col, apart, 0);
        let spread = solve(g, p, factor);
        let spread = g.square(spread);
        let spread = g.sum(spread, &[row, apart]);
        let distance = g.sub(q.args[0], p.args[0]);
        let distance = solve(g, p, distance);
        let distance = g.square(distance);
        let distance = g.sum(distance, &[row]);
        let squares = g.add(spread, distance);
        let squares = g.shift(-count, squares);
        let squares = g.scale(0.5, squares);
        let (volume_q, volume_p) = (log_volume(g, q), log_volume(g, p));
        let volume = g.sub(volume_p, volume_q);
        Some(g.add(squares, volume))
    }
}

/// The same distribution along other names of its two axes.
fn onto_axes(g: &mut Graph, c: &Call, (row, col): (Dim, Dim)) -> Call {
    let (old_row, old_col) = axes(c);
    let args = c.args.iter().map(|&x| {
        let x = g.run(x, old_row, row, 0);
        g.run(x, old_col, col, 0)
    });
    Call::new(&MvNormal, 0, args.collect()).over([row, col])
}
