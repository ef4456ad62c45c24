//! WishartCholesky(df, scale_tril): the Cholesky factor of a Wishart draw, which is a sum of df squares of
//! MvNormal(0, scale_tril) for whole df.

use super::mv_normal::{MvNormal, solve};
use super::numeric::{log_gamma_draw, or_impossible};
use super::triangle::{Axes, diagonal, is_triangle, log_gamma, or_identity};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId, Noise};
use std::f64::consts::LN_2;

pub(super) struct WishartCholesky;

static SIGNATURE: Signature = Signature {
    name: "WishartCholesky",
    forms: &[Form { params: &[DF, SCALE_TRIL] }],
    support: Support::Cholesky,
    event: Event::Matrix,
    doc: "The Cholesky factor of a Wishart matrix: an unknown precision.",
    density: "2^D prod_i x[i, i]^(df - i) exp(-|scale_tril^-1 x|^2 / 2) / (2^(df D / 2) Gamma_D(df / 2) prod diag(scale_tril)^df)",
    example: "dim d = 2\nparam l: cholesky over [d, d']\nx ~ WishartCholesky(4, l)",
};

pub(super) const DF: Param =
    Param { name: "df", needs: Needs::Positive, doc: "degrees of freedom, above D - 1" };
pub(super) const SCALE_TRIL: Param = Param {
    name: "scale_tril",
    needs: Needs::Cholesky,
    doc: "Cholesky factor of the scale matrix",
};

/// The factors, the rows of the drawn one numbered from 1, and what the densities of both families share.
pub(super) struct Place {
    pub(super) inside: NodeId,
    pub(super) x: NodeId,
    /// 1, 2 … along the rows.
    pub(super) number: NodeId,
    pub(super) log_diagonal: NodeId,
    /// Σ log of the diagonal of scale_tril.
    pub(super) log_volume: NodeId,
    /// D log 2 − df D/2 log 2 − log Γ_D(df/2)
    pub(super) log_norm: NodeId,
}

pub(super) fn locate(g: &mut Graph, x: NodeId, c: &Call) -> Place {
    let ([df, scale], axes) = (c.args(), (c.event[0], c.event[1]));
    let n = g.size(axes.0) as f64;
    let (least, triangle) = (g.number(n - 1.0), is_triangle(g, x, axes));
    let is_proper = g.lt(least, df);
    let inside = g.mul(triangle, is_proper);
    let x = or_identity(g, inside, x, axes);
    let df = g.select(is_proper, df, least);
    let (place, half) = (g.iota(axes.0), g.scale(0.5, df));
    let (diagonal_x, diagonal_scale) = (diagonal(g, x, axes), diagonal(g, scale, axes));
    let log_scale = g.ln(diagonal_scale);
    let powers = g.scale(-n * LN_2, half);
    let gamma = log_gamma(g, half, axes.0);
    let norm = g.sub(powers, gamma);
    Place {
        inside,
        x,
        number: g.shift(1.0, place),
        log_diagonal: g.ln(diagonal_x),
        log_volume: g.sum(log_scale, &[axes.0]),
        log_norm: g.shift(n * LN_2, norm),
    }
}

/// −½ |L⁻¹ m|², L and m over the same axes.
pub(super) fn fall(g: &mut Graph, factor: NodeId, m: NodeId, (row, column): Axes) -> NodeId {
    let apart = g.dim("column", g.size(column));
    let zero = g.number(0.0);
    let m = g.run(m, column, apart, 0);
    let centred = Call::new(&MvNormal, 0, vec![zero, factor]).over([row, column]);
    let ratio = solve(g, &centred, m);
    let square = g.square(ratio);
    let sum = g.sum(square, &[row, apart]);
    g.scale(-0.5, sum)
}

/// A lower triangle over two dimensions whose square is a Wishart of the unit scale (Bartlett 1933): normals below the
/// diagonal, and on it roots of chi-squares of `freedom` along the rows.
pub(super) fn bartlett(
    g: &mut Graph,
    freedom: NodeId,
    (row, column): Axes,
    dims: &[Dim],
    name: &str,
) -> NodeId {
    let along_rows: Vec<Dim> = dims.iter().copied().filter(|&d| d != column).collect();
    let below = g.add_noise(name, dims, Noise::Normal);
    let half = g.scale(0.5, freedom);
    let log_gamma = log_gamma_draw(g, half, &along_rows, &format!("{name}.gamma"));
    let log_square = g.shift(LN_2, log_gamma);
    let log_root = g.scale(0.5, log_square);
    let root = g.exp(log_root);
    let (i, j, zero) = (g.iota(row), g.iota(column), g.number(0.0));
    let (is_below, is_diagonal) = (g.lt(j, i), g.eq(i, j));
    let lower = g.select(is_below, below, zero);
    g.select(is_diagonal, root, lower)
}

/// The dimensions of a draw with its rows under another name.
pub(super) fn renamed(dims: &[Dim], from: Dim, to: Dim) -> Vec<Dim> {
    dims.iter().map(|&d| if d == from { to } else { d }).collect()
}

impl Distribution for WishartCholesky {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let ([df, scale], axes) = (c.args(), (c.event[0], c.event[1]));
        let p = locate(g, x, c);
        let power = g.sub(df, p.number);
        let rise = g.contract(power, p.log_diagonal, &[axes.0]);
        let fall = fall(g, scale, p.x, axes);
        let volume = g.mul(df, p.log_volume);
        let log = g.add_all([rise, fall, p.log_norm]);
        let log = g.sub(log, volume);
        or_impossible(g, p.inside, log)
    }

    /// scale_tril times Bartlett's triangle.
    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let ([df, scale], (row, column)) = (c.args(), (c.event[0], c.event[1]));
        let middle = g.dim("middle", g.size(row));
        let place = g.iota(middle);
        let freedom = g.sub(df, place);
        let own = renamed(dims, row, middle);
        let unit = bartlett(g, freedom, (middle, column), &own, name);
        let scale = g.run(scale, column, middle, 0);
        let x = g.contract(scale, unit, &[middle]);
        Draw::Detached(g.stop(x))
    }
}
