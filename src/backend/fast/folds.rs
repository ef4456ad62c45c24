//! Instructions for ops along dimensions: folds, contractions, positions, running sums.
//!
//! Rows are folded into rows first, lane by lane; the lanes of what is left are folded last.

use super::emit::Target;
use super::instr::{Code, Mode, Position, Reach};
use super::view::{add_stride, stride};
use super::writer::{Over, Temp, Val, Writer};
use crate::backend::simd::Lane;
use crate::ir::{Binary, Dim, Entry, Reduce, Shape, Unary};
use smallvec::SmallVec;

type Dims = SmallVec<[Dim; 6]>;

impl<E: Lane> Writer<'_, E> {
    /// Folds `x`, an array over `shape`, along `dims`.
    pub(super) fn reduce(
        &mut self,
        how: Reduce,
        x: &Val<E>,
        shape: &Shape,
        dims: &[Dim],
        target: &Target<E>,
    ) {
        let rows = self.rows_among(shape, dims);
        if how != Reduce::LogSumExp {
            return self.fold(how, x, shape, dims, target);
        }
        if rows.is_empty() {
            return self.fold_lanes(how, x, shape, target);
        }
        if !target.is_chunked {
            return self.log_sum_exp(x, shape, dims, &target.val);
        }
        let rest = shape.without(&rows);
        let temp = self.take(&rest);
        self.log_sum_exp(x, shape, &rows, &temp.val);
        self.fold_lanes(how, &temp.val, &rest, target);
        self.give_back(temp);
    }

    /// m + log Σ exp(x − m), m the largest element or 0 if that is infinite.
    fn log_sum_exp(&mut self, x: &Val<E>, shape: &Shape, dims: &[Dim], out: &Val<E>) {
        let rest = shape.without(dims);
        let (top, terms) = (self.take(&rest), self.take(shape));
        let to = |val: &Val<E>| Target { val: val.clone(), is_chunked: false };
        self.fold(Reduce::Max, x, shape, dims, &to(&top.val));
        self.unary(Code::Finite, &top.val, &top.val, &rest);
        self.exp_sub(&terms.val, x, &top.val, shape);
        self.fold(Reduce::Sum, &terms.val, shape, dims, &to(out));
        self.unary(Code::Unary(Unary::Ln), out, out, &rest);
        self.binary(|m| Code::Binary(Binary::Add, m), out, [out, &top.val], &rest);
        self.give_back(top);
        self.give_back(terms);
    }

    fn exp_sub(&mut self, out: &Val<E>, x: &Val<E>, top: &Val<E>, shape: &Shape) {
        let lanes = shape.dims().last().copied();
        if self.has_lanes(x, lanes) && self.has_lanes(top, lanes) {
            return self.push(Code::ExpSub, Over::shape(shape), &[out, x, top]);
        }
        self.binary(|m| Code::Binary(Binary::Sub, m), out, [x, top], shape);
        self.unary(Code::Unary(Unary::Exp), out, out, shape);
    }

    fn fold(&mut self, how: Reduce, x: &Val<E>, shape: &Shape, dims: &[Dim], target: &Target<E>) {
        let rows = self.rows_among(shape, dims);
        if rows.is_empty() {
            return self.fold_lanes(how, x, shape, target);
        }
        let step = |w: &mut Self, from: &Val<E>, over: &Shape, dim, to: &Val<E>| {
            w.along_rows(Code::Rows(how), to, from, over, dim);
        };
        self.fold_rows(how, x, shape, dims, target, step);
    }

    /// Folds `x` along rows, the first time by `first`, then its lanes if `dims` has them.
    fn fold_rows(
        &mut self,
        how: Reduce,
        x: &Val<E>,
        shape: &Shape,
        dims: &[Dim],
        target: &Target<E>,
        first: impl Fn(&mut Self, &Val<E>, &Shape, Dim, &Val<E>),
    ) {
        let rows = self.rows_among(shape, dims);
        let folds_lanes = rows.len() < dims.len();
        let mut over = shape.clone();
        let mut held: Option<Temp<E>> = None;
        for (i, &dim) in rows.iter().enumerate() {
            let rest = over.without(&[dim]);
            let is_last = i + 1 == rows.len() && !folds_lanes;
            let temp = (!is_last).then(|| self.take(&rest));
            let to = temp.as_ref().map_or(&target.val, |t| &t.val).clone();
            match &held {
                None => first(self, x, &over, dim, &to),
                Some(from) => {
                    let from = from.val.clone();
                    self.along_rows(Code::Rows(how), &to, &from, &over, dim);
                }
            }
            held.into_iter().for_each(|temp| self.give_back(temp));
            (held, over) = (temp, rest);
        }
        if let Some(from) = held {
            self.fold_lanes(how, &from.val, &over, target);
            self.give_back(from);
        }
    }

    fn fold_lanes(&mut self, how: Reduce, x: &Val<E>, shape: &Shape, target: &Target<E>) {
        self.with_lanes(Code::Lanes(how, target.is_chunked), &target.val, &[x], shape);
    }

    /// An instruction whose rows run along `dim`.
    pub(super) fn along_rows(
        &mut self,
        code: Code,
        out: &Val<E>,
        x: &Val<E>,
        shape: &Shape,
        dim: Dim,
    ) {
        let lanes = shape.dims().last().copied();
        if !self.has_lanes(x, lanes) {
            let temp = self.spread(x, shape);
            self.along_rows(code, out, &temp.val, shape, dim);
            return self.give_back(temp);
        }
        let outer: Dims = shape.iter().filter(|&d| d != dim && Some(d) != lanes).collect();
        self.push(code, Over { outer: &outer, inner: &[dim], lanes }, &[out, x]);
    }

    /// Σ of a·b over `dims`.
    pub(super) fn contract(
        &mut self,
        [a, b]: [&Val<E>; 2],
        shape: &Shape,
        dims: &[Dim],
        target: &Target<E>,
    ) {
        let rows = self.rows_among(shape, dims);
        if rows.is_empty() {
            return self.with_lanes(Code::LanesDot(target.is_chunked), &target.val, &[a, b], shape);
        }
        let first = |w: &mut Self, a: &Val<E>, over: &Shape, dim, to: &Val<E>| {
            w.rows_dot(to, [a, b], over, dim);
        };
        self.fold_rows(Reduce::Sum, a, shape, dims, target, first);
    }

    fn rows_dot(&mut self, out: &Val<E>, [a, b]: [&Val<E>; 2], shape: &Shape, dim: Dim) {
        let lanes = shape.dims().last().copied();
        let outer: Dims = shape.iter().filter(|&d| d != dim && Some(d) != lanes).collect();
        let over = Over { outer: &outer, inner: &[dim], lanes };
        match (self.has_lanes(a, lanes), self.has_lanes(b, lanes)) {
            (true, true) => self.push(Code::RowsDot(Mode::VV), over, &[out, a, b]),
            (true, false) => self.push(Code::RowsDot(Mode::VS), over, &[out, a, b]),
            (false, true) => self.push(Code::RowsDot(Mode::VS), over, &[out, b, a]),
            (false, false) => {
                let temp = self.spread(a, shape);
                self.push(Code::RowsDot(Mode::VS), over, &[out, &temp.val, b]);
                self.give_back(temp);
            }
        }
    }

    /// Running sums along a dimension other than the lanes'.
    pub(super) fn cumsum(
        &mut self,
        out: &Val<E>,
        x: &Val<E>,
        shape: &Shape,
        dim: Dim,
        reverse: bool,
    ) {
        if !reverse {
            return self.along_rows(Code::RowsCumsum, out, x, shape, dim);
        }
        let last = self.graph.size(dim) - 1;
        let backwards = |val: &Val<E>| {
            let mut val = val.clone();
            for (_, step) in val.strides.iter_mut().filter(|(d, _)| *d == dim) {
                val.ptr = val.ptr.wrapping_add(last * *step);
                *step = step.wrapping_neg();
            }
            val
        };
        self.along_rows(Code::RowsCumsum, &backwards(out), &backwards(x), shape, dim);
    }

    /// `[x, positions …]`, as `Op::Index` says.
    pub(super) fn index(
        &mut self,
        out: &Val<E>,
        args: &[Val<E>],
        entries: &[(Dim, Entry)],
        shape: &Shape,
    ) {
        let mut from = args[0].clone();
        let gone = |d: &Dim| entries.iter().any(|(e, _)| e == d);
        from.strides.retain(|(d, _)| !gone(d));
        let mut vals = vec![];
        let lanes = shape.dims().last().copied();
        let mut reach = Reach::default();
        for &(dim, entry) in entries {
            let step = stride(&args[0].strides, dim);
            match entry {
                Entry::At(i) => from.ptr = from.ptr.wrapping_add(i * step),
                Entry::Run { to, start } if args[0].has(dim) => {
                    from.ptr = from.ptr.wrapping_add(start * step);
                    add_stride(&mut from.strides, to, step);
                }
                Entry::Run { .. } => {}
                Entry::By(k) => {
                    let index = &args[k as usize];
                    let lanes = self.has_lanes(index, lanes);
                    let size = self.graph.size(dim);
                    reach.by[vals.len()] = Some(Position { step, size, lanes });
                    vals.push(index);
                }
            }
        }
        reach.stride = lanes.map_or(0, |dim| stride(&from.strides, dim));
        if vals.is_empty() && reach.stride <= 1 {
            return self.unary(Code::Copy, out, &from, shape);
        }
        // The gather itself follows the lanes, so that they may lie apart.
        from.strides.retain(|(d, _)| Some(*d) != lanes);
        let operands: SmallVec<[&Val<E>; 4]> = [out, &from].into_iter().chain(vals).collect();
        self.push_gather(Code::Gather, Over::shape(shape), &operands, reach);
    }

    /// Those of `dims` that are not the lanes of an array over `shape`, the largest first.
    fn rows_among(&self, shape: &Shape, dims: &[Dim]) -> Dims {
        let lanes = shape.dims().last();
        shape.iter().rev().filter(|d| dims.contains(d) && Some(d) != lanes).collect()
    }
}
