//! Ops along dimensions, in f64: broadcasts, reductions, contractions, indexing and triangular solves over whole arrays.

use super::assignment::assignment;
use super::walk::{Strides, Walk, strides_over};
use super::{Dim, Entry, Graph, Node, Reduce, Shape, eval};
use std::borrow::Cow;

type Entries = [(Dim, Entry)];

/// The array repeated along the dimensions of `to` that `from` lacks.
pub(super) fn broadcast<'a>(g: &Graph, x: &'a [f64], from: &Shape, to: &Shape) -> Cow<'a, [f64]> {
    if from == to {
        return Cow::Borrowed(x);
    }
    let mut out = Vec::with_capacity(g.count(to));
    let walk = Walk::new(g, to, [from]);
    let (len, step) = (walk.len(), walk.step(0));
    walk.runs(|[i]| match step {
        0 => out.resize(out.len() + len, x[i]),
        1 => out.extend_from_slice(&x[i..i + len]),
        _ => out.extend((0..len).map(|k| x[i + k * step])),
    });
    Cow::Owned(out)
}

/// Reduces an array of shape `from` to one of shape `to`.
pub(super) fn reduce(g: &Graph, how: Reduce, x: &[f64], from: &Shape, to: &Shape) -> Vec<f64> {
    match how {
        Reduce::Sum => fold(g, x, from, to, 0.0, |a, b| a + b),
        Reduce::Prod => fold(g, x, from, to, 1.0, |a, b| a * b),
        Reduce::Max => fold(g, x, from, to, f64::NEG_INFINITY, eval::max),
        Reduce::Min => fold(g, x, from, to, f64::INFINITY, eval::min),
        Reduce::LogSumExp => log_sum_exp(g, x, from, to),
    }
}

fn log_sum_exp(g: &Graph, x: &[f64], from: &Shape, to: &Shape) -> Vec<f64> {
    let mut shifts = fold(g, x, from, to, f64::NEG_INFINITY, eval::max);
    // An infinite maximum is the result by itself, and as a shift would give ∞ − ∞.
    shifts.iter_mut().filter(|m| m.is_infinite()).for_each(|m| *m = 0.0);
    let shifted = broadcast(g, &shifts, to, from);
    let exps: Vec<f64> = x.iter().zip(shifted.iter()).map(|(x, m)| (x - m).exp()).collect();
    let sums = fold(g, &exps, from, to, 0.0, |a, b| a + b);
    sums.iter().zip(&shifts).map(|(sum, m)| sum.ln() + m).collect()
}

/// Folds x into its places in an array of shape `to`; long runs into one place by halves, so that sums keep their digits.
fn fold(
    g: &Graph,
    x: &[f64],
    from: &Shape,
    to: &Shape,
    start: f64,
    step: impl Fn(f64, f64) -> f64 + Copy,
) -> Vec<f64> {
    let mut out = vec![start; g.count(to)];
    let walk = Walk::new(g, from, [from, to]);
    let (len, stride) = (walk.len(), walk.step(1));
    walk.runs(|[i, o]| {
        let run = &x[i..i + len];
        if stride == 0 {
            out[o] = step(out[o], halves(run, start, step));
        } else {
            let places = out[o..].iter_mut().step_by(stride);
            places.zip(run).for_each(|(out, &x)| *out = step(*out, x));
        }
    });
    out
}

fn halves(x: &[f64], start: f64, step: impl Fn(f64, f64) -> f64 + Copy) -> f64 {
    if x.len() <= 64 {
        return x.iter().fold(start, |a, &b| step(a, b));
    }
    let (low, high) = x.split_at(x.len() / 2);
    step(halves(low, start, step), halves(high, start, step))
}

/// The array as blocks of `size · inner` elements: `size` the dimension's, `inner` the elements after it.
fn blocks(g: &Graph, shape: &Shape, dim: Dim) -> (usize, usize) {
    let inner = shape.dims().iter().rev().take_while(|&&d| d != dim).map(|&d| g.size(d)).product();
    (g.size(dim), inner)
}

pub(super) fn arg_max(g: &Graph, x: &[f64], shape: &Shape, dim: Dim) -> Vec<f64> {
    let (size, inner) = blocks(g, shape, dim);
    let largest = |block: &[f64], i: usize| {
        let at = |k: usize| block[k * inner + i];
        (1..size).fold(0, |best, k| if at(k) > at(best) { k } else { best }) as f64
    };
    x.chunks(size * inner).flat_map(|b| (0..inner).map(move |i| largest(b, i))).collect()
}

pub(super) fn cumsum(g: &Graph, x: &[f64], shape: &Shape, dim: Dim, reverse: bool) -> Vec<f64> {
    let (size, inner) = blocks(g, shape, dim);
    let mut out = x.to_vec();
    for block in out.chunks_mut(size * inner) {
        for i in 0..(size - 1) * inner {
            let (to, from) = if reverse {
                ((size - 1) * inner - 1 - i, size * inner - 1 - i)
            } else {
                (i + inner, i)
            };
            block[to] += block[from];
        }
    }
    out
}

/// The product of two arrays summed into the shape of the node.
pub(super) fn contract(g: &Graph, node: &Node, args: &[&[f64]]) -> Vec<f64> {
    let (a, b) = (g.shape(node.args[0]), g.shape(node.args[1]));
    let mut out = vec![0.0; g.count(&node.shape)];
    let walk = Walk::new(g, &a.union(b, g), [a, b, &node.shape]);
    let (len, steps) = (walk.len(), [walk.step(0), walk.step(1), walk.step(2)]);
    walk.runs(|[a, b, o]| {
        let product = |k: usize| args[0][a + k * steps[0]] * args[1][b + k * steps[1]];
        if steps[2] == 0 {
            out[o] += (0..len).map(product).sum::<f64>();
        } else {
            (0..len).for_each(|k| out[o + k * steps[2]] += product(k));
        }
    });
    out
}

pub(super) fn index(g: &Graph, node: &Node, entries: &Entries, args: &[&[f64]]) -> Vec<f64> {
    let places = Places::new(g, node, entries, args, g.shape(node.args[0]), &node.shape);
    let mut out = Vec::with_capacity(g.count(&node.shape));
    places.each(g, |_, place| out.push(args[0][place]));
    out
}

pub(super) fn scatter(g: &Graph, node: &Node, entries: &Entries, args: &[&[f64]]) -> Vec<f64> {
    let mut out = vec![0.0; g.count(&node.shape)];
    let from = g.shape(node.args[0]);
    let over = read_shape(g, node, entries).union(from, g);
    let x = broadcast(g, args[0], from, &over);
    let places = Places::new(g, node, entries, args, &node.shape, &over);
    places.each(g, |i, place| out[place] += x[i]);
    out
}

/// The shape that `Index` with these entries would read from an array of the scatter's shape.
fn read_shape(g: &Graph, node: &Node, entries: &Entries) -> Shape {
    let gone: Vec<Dim> = entries.iter().map(|e| e.0).collect();
    let mut shape = node.shape.without(&gone);
    for (_, entry) in entries {
        shape = match *entry {
            Entry::At(_) => shape,
            Entry::Run { to, .. } => shape.union(&Shape::new(g, [to]), g),
            Entry::By(arg) => shape.union(g.shape(node.args[arg as usize]), g),
        };
    }
    shape
}

/// Where in an indexed array each element of `over` is read.
struct Places<'a> {
    over: &'a Shape,
    start: usize,
    strides: Strides,
    /// Positions over `over`, each with the stride of the dimension it picks from and the size of that.
    picks: Vec<(Cow<'a, [f64]>, usize, usize)>,
}

impl<'a> Places<'a> {
    fn new(
        g: &Graph,
        node: &Node,
        entries: &Entries,
        args: &[&'a [f64]],
        array: &Shape,
        over: &'a Shape,
    ) -> Self {
        let gone: Vec<Dim> = entries.iter().map(|e| e.0).collect();
        let of = |dim: Dim| strides_over(g, array, &Shape::new(g, [dim]))[0];
        let stay = |d: Dim| if gone.contains(&d) { 0 } else { of(d) };
        let mut places =
            Self { over, start: 0, strides: over.iter().map(stay).collect(), picks: vec![] };
        for &(dim, entry) in entries {
            let stride = of(dim);
            match entry {
                Entry::At(position) => places.start += position * stride,
                Entry::Run { to, start } => {
                    places.start += start * stride;
                    let along = over.iter().position(|d| d == to);
                    along.into_iter().for_each(|i| places.strides[i] += stride);
                }
                Entry::By(arg) => {
                    let from = g.shape(node.args[arg as usize]);
                    let positions = broadcast(g, args[arg as usize], from, over);
                    places.picks.push((positions, stride, g.size(dim)));
                }
            }
        }
        places
    }

    /// Calls `visit` with each element's number and its place in the array. Positions past the end read the last one.
    fn each(&self, g: &Graph, mut visit: impl FnMut(usize, usize)) {
        let mut i = 0;
        let walk = Walk::strided(g, self.over, [self.strides.clone()]);
        walk.each(|[affine]| {
            let pick = |(at, stride, size): &(Cow<[f64]>, usize, usize)| {
                (at[i] as usize).min(size - 1) * stride
            };
            visit(i, self.start + affine + self.picks.iter().map(pick).sum::<usize>());
            i += 1;
        });
    }
}

/// Forward substitution for L x = b, backward for Lᵀ x = b, for each element of the dimensions other than `row`.
pub(super) fn tri_solve(
    g: &Graph,
    node: &Node,
    args: &[&[f64]],
    row: Dim,
    col: Dim,
    transposed: bool,
) -> Vec<f64> {
    let (l, b) = (g.shape(node.args[0]), g.shape(node.args[1]));
    let mut out = broadcast(g, args[1], b, &node.shape).into_owned();
    let stride = |of: &Shape, d: Dim| strides_over(g, of, &Shape::new(g, [d]))[0];
    let (down, right) = (stride(l, row), stride(l, col));
    let (n, x_step) = (g.size(row), stride(&node.shape, row));
    let others = node.shape.without(&[row]);
    Walk::new(g, &others, [l, &node.shape]).each(|[l0, x0]| {
        let place = |i: usize| if transposed { n - 1 - i } else { i };
        for i in (0..n).map(place) {
            let known = if transposed { i + 1..n } else { 0..i };
            let mut rest = out[x0 + i * x_step];
            for j in known {
                let (r, c) = if transposed { (j, i) } else { (i, j) };
                rest -= args[0][l0 + r * down + c * right] * out[x0 + j * x_step];
            }
            out[x0 + i * x_step] = rest / args[0][l0 + i * (down + right)];
        }
    });
    out
}

/// The matching with the largest sum, for each element of the other dimensions.
pub(super) fn assign(g: &Graph, node: &Node, x: &[f64], [row, col]: [Dim; 2]) -> Vec<f64> {
    let n = g.size(row);
    let [down, right] = [row, col].map(|d| strides_over(g, &node.shape, &Shape::new(g, [d]))[0]);
    let mut out = vec![0.0; x.len()];
    Walk::new(g, &node.shape.without(&[row, col]), [&node.shape]).each(|[start]| {
        let cells: Vec<usize> = (0..n * n).map(|c| start + c / n * down + c % n * right).collect();
        let entries: Vec<f64> = cells.iter().map(|&c| x[c]).collect();
        match assignment(n, &entries) {
            Some(columns) => {
                columns.iter().enumerate().for_each(|(i, j)| out[cells[i * n + j]] = 1.0)
            }
            None => cells.iter().for_each(|&c| out[c] = f64::NAN),
        }
    });
    out
}
