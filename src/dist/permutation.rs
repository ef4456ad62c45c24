//! Permutation(scores): a matching of rows and columns. The rows choose in their order, each by a softmax of its scores over the
//! columns that are left.
//!
//! So a log mass is a sum of log-softmaxes, a draw is exact, and any size will do. The other distribution with such scores,
//! exp(Σ x·scores) over its sum, which is a permanent, has neither; with scores of 0 both are uniform. The order of the rows
//! means something: a row can only take what those before it left.

use super::multinomial::is_composition;
use super::numeric::{all, entropy_of, in_part, or_impossible, weigh, within};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId, Noise, Op};

pub(super) struct Permutation;

static SIGNATURE: Signature = Signature {
    name: "Permutation",
    forms: &[Form {
        params: &[Param {
            name: "scores",
            needs: Needs::RealVector,
            doc: "log rates at which a row takes each column, up to a constant per row",
        }],
    }],
    support: Support::Permutation,
    event: Event::Pair,
    doc: "A matching of two dimensions of one size: 1 where a row has a column, one in each row and column.",
    density: "prod_i exp(scores[i, j]) / (sum of exp(scores[i, k]) over columns k not taken before row i), j the column of row i",
    example: "dim person = 3\ndim seat = 3\nx[person, seat] ~ Permutation(0)",
};

impl Distribution for Permutation {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let ([row, column], [scores]) = (axes(c), c.args());
        let x = g.expand(x, &[row, column]);
        let inside = is_permutation(g, x, [row, column]);
        let x = within(g, inside, x, 1.0);
        let scores = g.expand(scores, &[row, column]);
        let never = g.number(f64::NEG_INFINITY);
        let left = left(g, x, row);
        let rest = g.select(left, scores, never);
        let total = g.log_sum_exp(rest, &[column]);
        let own = weigh(g, x, scores);
        let own = g.sum(own, &[column]);
        let each = g.sub(own, total);
        let log = g.sum(each, &[row]);
        or_impossible(g, inside, log)
    }

    /// Where a column is left in part, so much of its rate counts. Above 0 it never is.
    fn relaxed_log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let ([row, column], [scores]) = (axes(c), c.args());
        let scores = g.expand(scores, &[row, column]);
        let open = open(g, x, scores, row);
        let total = g.log_sum_exp(open, &[column]);
        let own = g.contract(x, scores, &[column]);
        let each = g.sub(own, total);
        g.sum(each, &[row])
    }

    /// Each row's, over the columns that are left: log Σ exp(s) − Σ w s, w their softmax. Unlike a relaxed log mass, which a
    /// score far below those of columns that are hardly left makes as small as one likes, it has an upper bound.
    fn entropy_in_turn(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        let ([row, column], [scores]) = (axes(c), c.args());
        let scores = g.expand(scores, &[row, column]);
        let open = open(g, x, scores, row);
        let each = entropy_of(g, open, scores, column);
        Some(g.sum(each, &[row]))
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let (axes, [scores]) = (axes(c), c.args());
        let noise = g.add_noise(name, dims, Noise::Gumbel);
        let scores = g.stop(scores);
        let keys = g.add(scores, noise);
        Draw::Detached(in_turn(g, keys, axes))
    }
}

fn axes(c: &Call) -> [Dim; 2] {
    [c.event[0], c.event[1]]
}

/// How much of each column the rows before have left: what it and those after it take.
fn left(g: &mut Graph, x: NodeId, row: Dim) -> NodeId {
    g.push(Op::Cumsum { dim: row, reverse: true }, [x])
}

/// The scores of the columns, each less by the log of how much of it is left.
fn open(g: &mut Graph, x: NodeId, scores: NodeId, row: Dim) -> NodeId {
    let left = left(g, x, row);
    in_part(g, left, scores)
}

fn is_permutation(g: &mut Graph, x: NodeId, [row, column]: [Dim; 2]) -> NodeId {
    let one = g.number(1.0);
    let (rows, columns) = (is_composition(g, x, one, column), is_composition(g, x, one, row));
    let (rows, columns) = (all(g, rows, row), all(g, columns, column));
    g.mul(rows, columns)
}

/// Each row, in turn, takes the column with its largest key among those that are left. With Gumbel noise in the keys that is a
/// draw by the softmax.
pub fn in_turn(g: &mut Graph, keys: NodeId, [row, column]: [Dim; 2]) -> NodeId {
    let (never, place) = (g.number(f64::NEG_INFINITY), g.iota(column));
    let one = g.number(1.0);
    let (mut left, mut owner) = (g.expand(one, &[column]), g.number(0.0));
    for i in 0..g.size(row) {
        let own = g.at(keys, row, i);
        let open = g.select(left, own, never);
        let winner = g.arg_max(open, column);
        let taken = g.eq(place, winner);
        left = g.sub(left, taken);
        let number = g.scale(i as f64, taken);
        owner = g.add(owner, number);
    }
    let row = g.iota(row);
    g.eq(row, owner)
}
