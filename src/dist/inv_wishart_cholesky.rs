//! InvWishartCholesky(df, scale_tril): the Cholesky factor of the inverse of a Wishart draw, whose scale is the inverse of
//! scale_tril's square.

use super::numeric::or_impossible;
use super::wishart_cholesky::{DF, SCALE_TRIL, bartlett, fall, locate, renamed};
use super::{Call, Distribution, Draw, Event, Form, Signature, Support};
use crate::ir::{Dim, Graph, NodeId, Op};

pub(super) struct InvWishartCholesky;

static SIGNATURE: Signature = Signature {
    name: "InvWishartCholesky",
    forms: &[Form { params: &[DF, SCALE_TRIL] }],
    support: Support::Cholesky,
    event: Event::Matrix,
    doc: "The Cholesky factor of an inverse Wishart matrix: an unknown covariance.",
    density: "2^D prod diag(scale_tril)^df prod_i x[i, i]^(-df - i) exp(-|x^-1 scale_tril|^2 / 2) / (2^(df D / 2) Gamma_D(df / 2))",
    example: "dim d = 2\nparam l: cholesky over [d, d']\nx ~ InvWishartCholesky(4, l)",
};

impl Distribution for InvWishartCholesky {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let ([df, scale], axes) = (c.args(), (c.event[0], c.event[1]));
        let p = locate(g, x, c);
        let power = g.add(df, p.number);
        let drop = g.contract(power, p.log_diagonal, &[axes.0]);
        let fall = fall(g, p.x, scale, axes);
        let volume = g.mul(df, p.log_volume);
        let log = g.add_all([volume, fall, p.log_norm]);
        let log = g.sub(log, drop);
        or_impossible(g, p.inside, log)
    }

    /// With Bartlett's triangle V of degrees of freedom that ascend, x V = scale_tril.
    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let ([df, scale], (row, column)) = (c.args(), (c.event[0], c.event[1]));
        let n = g.size(row);
        let (across, down) = (g.dim("across", n), g.dim("down", n));
        let place = g.iota(across);
        let freedom = g.add(df, place);
        let freedom = g.shift(1.0 - n as f64, freedom);
        let own = renamed(&renamed(dims, row, across), column, down);
        let unit = bartlett(g, freedom, (across, down), &own, name);
        let scale = g.run(scale, column, across, 0);
        let solve = Op::TriSolve { row: across, col: down, transposed: true };
        let x = g.push(solve, [unit, scale]);
        let x = g.run(x, across, column, 0);
        Draw::Detached(g.stop(x))
    }
}
