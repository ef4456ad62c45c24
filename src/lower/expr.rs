//! Typed expressions to nodes. A relaxed position turns a pick into a weighted mean.

use super::Lowerer;
use crate::check::model::{Along, DimId, Entry, Expr, ExprKind, NameId, Reduction, Stage, Window};
use crate::estimator::Value;
use crate::ir::{self, Dim, NodeId, Op, Reduce};
use smallvec::SmallVec;

impl Lowerer<'_> {
    /// An expression as a number: a relaxed position is its expectation.
    pub(super) fn node(&mut self, e: &Expr) -> NodeId {
        match self.value(e) {
            Value::Plain(node) => node,
            Value::Soft { simplex, dim } => {
                let positions = self.g.iota(dim);
                self.g.contract(simplex, positions, &[dim])
            }
        }
    }

    /// Expressions of data alone are computed once, now.
    pub(super) fn value(&mut self, e: &Expr) -> Value {
        if self.folding || e.ty.stage > Stage::Data {
            return self.build(e);
        }
        if self.needs_all_rows(e) {
            return Value::Plain(self.bring(e));
        }
        if self.side.is_some() {
            return self.build(e);
        }
        self.folding = true;
        let value = self.build(e);
        self.folding = false;
        match value {
            Value::Plain(node) => Value::Plain(self.fold(node)),
            Value::Soft { .. } => unreachable!("data are not relaxed"),
        }
    }

    pub(super) fn fold(&mut self, node: NodeId) -> NodeId {
        if matches!(self.g.op(node), Op::Const(_) | Op::Data(_) | Op::Iota(_)) {
            return node;
        }
        let values = ir::constant(&self.g, node);
        let dims: Vec<Dim> = self.g.shape(node).iter().collect();
        match dims.is_empty() {
            true => self.g.number(values[0]),
            false => self.g.add_data("data", &dims, values.into()),
        }
    }

    /// Nodes remember the smallest expression that made them, for reports of numbers that are not finite.
    fn build(&mut self, e: &Expr) -> Value {
        let (origin, outer) = self.g.origin();
        self.g.set_origin(origin, Some(e.span));
        let value = self.build_inside(e);
        self.g.set_origin(origin, outer);
        value
    }

    fn build_inside(&mut self, e: &Expr) -> Value {
        let node = match &e.kind {
            ExprKind::Name(name) => return self.name(*name),
            ExprKind::Index { base, entries } => return self.index(base, entries),
            ExprKind::Number(x) => self.g.number(*x),
            ExprKind::Position(dim) => self.position(*dim),
            ExprKind::Size(dim) => self.g.number(self.g.whole(self.dim(*dim)) as f64),
            ExprKind::Call { function, args } => {
                let args: Vec<NodeId> = args.iter().map(|a| self.node(a)).collect();
                (function.build)(&mut self.g, &args)
            }
            ExprKind::Literal(values) => self.literal(&e.ty.dims, values),
            ExprKind::Stack(items) => self.stack(items, e.ty.dims[0]),
            ExprKind::Reduce { how, arg, over } => self.reduce(*how, arg, over),
            ExprKind::SumBy { arg, index } => self.sum_by(arg, index),
            ExprKind::Along { how, arg, over } => self.along(*how, arg, *over),
            ExprKind::Assignment { arg, over } => self.assignment(arg, *over),
            ExprKind::Contract { left, right, over } => self.contract(left, right, over),
            ExprKind::OneHot { arg, over } => self.one_hot(arg, *over),
        };
        Value::Plain(node)
    }

    /// The value of a name, cut to the windows of the statement.
    fn name(&mut self, name: NameId) -> Value {
        let value = match self.values[name.0 as usize] {
            Some(value) => value,
            None if self.is_lazy => self.declare(name),
            None => unreachable!("names are used below their statement"),
        };
        self.map_nodes(value, Self::cut)
    }

    /// Whole along its dimensions to what the windows of the statement leave.
    fn cut(&mut self, node: NodeId) -> NodeId {
        let entry = |(window, short): &(Window, Dim)| {
            (self.dim(window.dim), ir::Entry::Run { to: *short, start: window.back as usize })
        };
        let entries: SmallVec<[(Dim, ir::Entry); 2]> = self.windows.iter().map(entry).collect();
        self.read(node, &entries, &[])
    }

    /// The inverse of `cut`: NaN outside the windows.
    pub(super) fn uncut(&mut self, node: NodeId) -> NodeId {
        let mut node = node;
        for (window, short) in self.windows.clone() {
            if !self.g.has_dim(node, short) {
                continue;
            }
            let dim = self.dim(window.dim);
            let shape = self.g.shape(node).iter().filter(|&d| d != short).chain([dim]).collect();
            let entry = ir::Entry::Run { to: short, start: window.back as usize };
            let entries = SmallVec::from_elem((dim, entry), 1);
            let padded = self.g.push(Op::Scatter { entries, shape }, [node]);
            let inside = self.inside(window);
            let nothing = self.g.number(f64::NAN);
            node = self.g.select(inside, padded, nothing);
        }
        node
    }

    /// 1 along a dimension where its window holds.
    fn inside(&mut self, window: Window) -> NodeId {
        let dim = self.dim(window.dim);
        let last = self.g.size(dim) - 1 - window.ahead as usize;
        let positions = self.g.iota(dim);
        let (first, last) = (self.g.number(window.back as f64), self.g.number(last as f64));
        let (after, before) = (self.g.le(first, positions), self.g.le(positions, last));
        self.g.mul(after, before)
    }

    /// `Index` with those entries whose dimension the node has.
    fn read(&mut self, node: NodeId, entries: &[(Dim, ir::Entry)], indices: &[NodeId]) -> NodeId {
        let present: SmallVec<[(Dim, ir::Entry); 2]> =
            entries.iter().copied().filter(|&(d, _)| self.g.has_dim(node, d)).collect();
        if present.is_empty() {
            return node;
        }
        let (entries, args) = renumber(present, indices);
        self.g.push(Op::Index(entries), std::iter::once(node).chain(args))
    }

    pub(super) fn map_nodes(
        &mut self,
        value: Value,
        f: impl Fn(&mut Self, NodeId) -> NodeId,
    ) -> Value {
        match value {
            Value::Plain(node) => Value::Plain(f(self, node)),
            Value::Soft { simplex, dim } => Value::Soft { simplex: f(self, simplex), dim },
        }
    }

    fn position(&mut self, dim: DimId) -> NodeId {
        let positions = self.g.iota(self.here(dim));
        self.g.shift(self.back(dim) as f64, positions)
    }

    /// How many positions the windows of the statement leave out at the start of a dimension.
    fn back(&self, dim: DimId) -> u64 {
        self.windows.iter().find(|(w, _)| w.dim == dim).map_or(0, |(w, _)| w.back)
    }

    fn literal(&mut self, dims: &[DimId], values: &[f64]) -> NodeId {
        if values.len() > 1 {
            let whole = self.data("literal", dims, values);
            return self.cut(whole);
        }
        let number = self.g.number(values[0]);
        let dims: Vec<Dim> = dims.iter().map(|&d| self.here(d)).collect();
        self.g.expand(number, &dims)
    }

    /// Scalars one after the other along a dimension.
    fn stack(&mut self, items: &[Expr], over: DimId) -> NodeId {
        let positions = self.g.iota(self.dim(over));
        let mut node = self.g.number(0.0);
        for (i, item) in items.iter().enumerate() {
            let here = self.g.number(i as f64);
            let here = self.g.eq(positions, here);
            let value = self.node(item);
            node = self.g.select(here, value, node);
        }
        node
    }

    /// An argument with all of `over`, where windows along them do not apply: a reduction sees the whole dimension.
    fn whole(&mut self, arg: &Expr, over: &[DimId]) -> NodeId {
        let all = self.windows.clone();
        self.windows.retain(|(w, _)| !over.contains(&w.dim));
        let node = self.node(arg);
        self.windows = all;
        let dims: Vec<Dim> = over.iter().map(|&d| self.dim(d)).collect();
        self.g.expand(node, &dims)
    }

    fn reduce(&mut self, how: Reduction, arg: &Expr, over: &[DimId]) -> NodeId {
        let x = self.whole(arg, over);
        let dims: Vec<Dim> = over.iter().map(|&d| self.dim(d)).collect();
        let how = match how {
            Reduction::Mean => return self.g.mean(x, &dims),
            Reduction::ArgMax => return self.g.arg_max(x, dims[0]),
            Reduction::All | Reduction::Any => {
                let no = self.g.not(x);
                let how = if how == Reduction::All { Reduce::Max } else { Reduce::Min };
                let none = self.g.reduce(how, no, &dims);
                return self.g.not(none);
            }
            Reduction::Sum => Reduce::Sum,
            Reduction::Prod => Reduce::Prod,
            Reduction::Max => Reduce::Max,
            Reduction::Min => Reduce::Min,
            Reduction::LogSumExp => Reduce::LogSumExp,
        };
        self.g.reduce(how, x, &dims)
    }

    fn sum_by(&mut self, arg: &Expr, index: &Expr) -> NodeId {
        let crate::check::model::Elem::Index(to) = index.ty.elem else {
            unreachable!("`by` takes an index")
        };
        let x = self.whole(arg, &index.ty.dims);
        let by = self.whole(index, &index.ty.dims);
        let sums = self.g.sum_by(x, by, self.dim(to), &[]);
        self.cut(sums)
    }

    fn along(&mut self, how: Along, arg: &Expr, over: DimId) -> NodeId {
        let x = self.whole(arg, &[over]);
        let dim = self.dim(over);
        let y = match how {
            Along::Softmax => self.g.softmax(x, dim),
            Along::LogSoftmax => self.g.log_softmax(x, dim),
            Along::Cumsum => self.g.cumsum(x, dim),
        };
        self.cut(y)
    }

    fn assignment(&mut self, arg: &Expr, over: [DimId; 2]) -> NodeId {
        let x = self.whole(arg, &over);
        let matching = self.g.assign(x, over.map(|d| self.dim(d)));
        self.cut(matching)
    }

    fn contract(&mut self, left: &Expr, right: &Expr, over: &[DimId]) -> NodeId {
        let (a, b) = (self.whole(left, over), self.whole(right, over));
        let dims: Vec<Dim> = over.iter().map(|&d| self.dim(d)).collect();
        self.g.contract(a, b, &dims)
    }

    fn one_hot(&mut self, arg: &Expr, over: DimId) -> NodeId {
        match self.value(arg) {
            Value::Plain(index) => {
                let positions = self.position(over);
                self.g.eq(positions, index)
            }
            Value::Soft { simplex, dim } => {
                let whole = self.g.run(simplex, dim, self.dim(over), 0);
                self.cut(whole)
            }
        }
    }

    fn index(&mut self, base: &Expr, entries: &[(DimId, Entry)]) -> Value {
        let indexed: Vec<DimId> = entries.iter().map(|(d, _)| *d).collect();
        let mut fixed: SmallVec<[(Dim, ir::Entry); 2]> = SmallVec::new();
        let mut indices: Vec<NodeId> = vec![];
        let mut soft: Vec<(Dim, NodeId, Dim)> = vec![];
        for (dim, entry) in entries {
            let at = self.dim(*dim);
            match entry {
                Entry::By(by) => match self.value(by) {
                    Value::Plain(index) => {
                        indices.push(index);
                        fixed.push((at, ir::Entry::By(indices.len() as u8)));
                    }
                    Value::Soft { simplex, dim } => soft.push((at, simplex, dim)),
                },
                other => fixed.push((at, self.entry(*dim, other))),
            }
        }
        let all = self.windows.clone();
        self.windows.retain(|(w, _)| !indexed.contains(&w.dim));
        let value = self.value(base);
        self.windows = all;
        let value = self.map_nodes(value, |l, node| l.read(node, &fixed, &indices));
        self.weigh(value, &soft)
    }

    /// A pick at a relaxed position is the mean weighted by the simplex.
    fn weigh(&mut self, value: Value, soft: &[(Dim, NodeId, Dim)]) -> Value {
        let mut value = value;
        for &(at, simplex, classes) in soft {
            value = self.map_nodes(value, |l, node| {
                let weights =
                    if classes == at { simplex } else { l.g.run(simplex, classes, at, 0) };
                let node = l.g.expand(node, &[at]);
                l.g.contract(weights, node, &[at])
            });
        }
        value
    }

    fn entry(&self, dim: DimId, entry: &Entry) -> ir::Entry {
        match entry {
            Entry::Position(position) => ir::Entry::At(*position as usize),
            Entry::Label { text, .. } => {
                let Some(position) = self.problem.bound.position(dim, text) else {
                    unreachable!("labels are looked up when data are bound");
                };
                ir::Entry::At(position)
            }
            Entry::Run { to, first } => {
                let start = (*first + self.back(*to)) as usize;
                ir::Entry::Run { to: self.here(*to), start }
            }
            Entry::Shift(by) => {
                let window = self.windows.iter().find(|(w, _)| w.dim == dim);
                let Some(&(window, to)) = window else {
                    unreachable!("statements with lags have windows");
                };
                ir::Entry::Run { to, start: (window.back as i64 + by) as usize }
            }
            Entry::By(_) => unreachable!("picks are handled by the caller"),
        }
    }
}

/// Entries of `Index` count their arguments from 1: those that are left are numbered anew.
fn renumber(
    entries: SmallVec<[(Dim, ir::Entry); 2]>,
    indices: &[NodeId],
) -> (SmallVec<[(Dim, ir::Entry); 2]>, Vec<NodeId>) {
    let mut args = vec![];
    let entries = entries
        .into_iter()
        .map(|(dim, entry)| match entry {
            ir::Entry::By(i) => {
                args.push(indices[i as usize - 1]);
                (dim, ir::Entry::By(args.len() as u8))
            }
            other => (dim, other),
        })
        .collect();
    (entries, args)
}
