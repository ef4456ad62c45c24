//! The intermediate representation: a graph of array ops over named dimensions.
//!
//! A shape is a set of dimensions. Elementwise ops align by name and carry the union, so a Monte Carlo draw, an enumerated
//! latent or a plate is one more dimension and no op needs to know. Sizes are known here; nothing is symbolic any more.
//! Nodes are shared: pushing the same op on the same arguments twice gives the same node.

mod arrays;
mod assignment;
mod beta_slope;
mod blame;
mod eval;
mod gamma_slope;
mod grad;
mod held;
mod op;
mod placing;
mod print;
mod rules;
mod sampler;
mod schedule;
mod shape;
mod slope;
pub mod special;
mod sugar;
mod von_mises_slope;
mod walk;

pub use assignment::assignment;
pub use blame::{NotFinite, first_not_finite};
pub use eval::{Inputs, Rounding, apply, constant, eval, eval_given, largest};
pub use gamma_slope::gamma_slope;
pub use grad::{active, grad, guarded, is_unbounded, passes, pull_back, vjp, vjp_past};
pub use op::{Binary, Entry, Noise, Op, Real, Reduce, Sampler, Unary};
pub use placing::{Held, Placing, Rows, Table, read_rounded, table_of};
pub use print::{dump, line, op as op_words};
pub use sampler::draw;
pub use schedule::Schedule;
pub use shape::Shape;
pub use slope::slope;

use crate::source::Span;
use smallvec::SmallVec;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A dimension of one graph: a row of `Graph::dims`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Dim(pub u32);

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct NodeId(pub u32);

pub type Args = SmallVec<[NodeId; 3]>;

#[derive(Clone, Debug)]
pub struct DimInfo {
    pub name: String,
    pub size: usize,
    /// How many rows there are, where only `size` of them are present at a time: the dimension is batched.
    pub whole: Option<usize>,
}

/// The statement that a node came from: what a NaN report and `--emit graph` name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Origin(pub u32);

#[derive(Clone, Debug, PartialEq)]
pub struct OriginInfo {
    /// As shown: `theta ~ Normal(mu, tau)`, or `guide of theta`.
    pub name: String,
    pub span: Option<Span>,
}

#[derive(Clone, Debug)]
pub struct Node {
    pub op: Op,
    pub args: Args,
    pub shape: Shape,
    /// The statement, and the part of it, that first made this node.
    pub origin: Origin,
    pub span: Option<Span>,
}

#[derive(Clone, Debug)]
pub struct DataInfo {
    pub name: String,
    pub shape: Shape,
    /// In the layout of `shape`: row-major over its dimensions in their order.
    pub values: Arc<[f64]>,
}

/// An array with batched dimensions, of which a step sees some rows.
#[derive(Clone, Debug)]
pub struct BatchInfo {
    pub name: String,
    pub shape: Shape,
    pub table: Arc<dyn Table>,
}

#[derive(Clone, Debug)]
pub struct ParamInfo {
    pub name: String,
    pub shape: Shape,
    /// In the layout of `shape`. The flat parameter vector is all of these, end to end.
    pub init: Vec<f64>,
    /// With batched dimensions: the first values of all rows, in the order of a table, where they differ.
    pub table: Option<Arc<[f64]>>,
    /// For locations of the guide: the row of their log scales, which have the same shape.
    pub log_scale: Option<u32>,
    /// Whether it serves an estimator alone: its gradient is no part of the objective's.
    pub auxiliary: bool,
    /// Whether it is a weight that weight decay shrinks.
    pub decays: bool,
}

#[derive(Clone, Debug)]
pub struct NoiseInfo {
    pub name: String,
    pub shape: Shape,
    pub kind: Noise,
}

#[derive(Clone, Debug)]
pub struct KnobInfo {
    pub name: String,
    pub schedule: Schedule,
}

#[derive(Clone, Debug)]
pub struct StateInfo {
    pub name: String,
    pub shape: Shape,
    pub init: f64,
    /// The node whose value is carried to the next step; set after the state node exists.
    pub next: Option<NodeId>,
}

#[derive(Clone, Debug, Default)]
pub struct Graph {
    nodes: Vec<Node>,
    dims: Vec<DimInfo>,
    shared: HashMap<(Op, Args), NodeId>,
    pub data: Vec<DataInfo>,
    pub batches: Vec<BatchInfo>,
    pub params: Vec<ParamInfo>,
    pub noises: Vec<NoiseInfo>,
    pub knobs: Vec<KnobInfo>,
    pub states: Vec<StateInfo>,
    pub origins: Vec<OriginInfo>,
    /// Given to nodes as they are made.
    current: (Origin, Option<Span>),
}

impl Graph {
    pub fn new() -> Self {
        let outside = OriginInfo { name: "objective".into(), span: None };
        Self { origins: vec![outside], ..Self::default() }
    }

    /// A graph over the same dimensions and origins, without nodes.
    pub fn emptied(&self) -> Self {
        Self { dims: self.dims.clone(), origins: self.origins.clone(), ..Self::default() }
    }

    pub fn dim(&mut self, name: impl Into<String>, size: usize) -> Dim {
        assert!(size > 0, "this is a bug in Elbow: a dimension of size 0 reached the IR");
        self.dims.push(DimInfo { name: name.into(), size, whole: None });
        Dim(self.dims.len() as u32 - 1)
    }

    /// A dimension of which `size` of `whole` rows are present at a time.
    pub fn batched_dim(&mut self, name: impl Into<String>, size: usize, whole: usize) -> Dim {
        assert!(size <= whole, "this is a bug in Elbow: a batch of more rows than there are");
        let dim = self.dim(name, size);
        self.dims[dim.0 as usize].whole = Some(whole);
        dim
    }

    /// The batched dimensions, in order.
    pub fn batched_dims(&self) -> Vec<Dim> {
        let all = (0..self.dims.len() as u32).map(Dim);
        all.filter(|&d| self.is_batched(d)).collect()
    }

    pub fn is_batched(&self, dim: Dim) -> bool {
        self.dim_info(dim).whole.is_some()
    }

    /// The size of a dimension with all of its rows.
    pub fn whole(&self, dim: Dim) -> usize {
        self.dim_info(dim).whole.unwrap_or(self.size(dim))
    }

    pub fn dim_info(&self, dim: Dim) -> &DimInfo {
        &self.dims[dim.0 as usize]
    }

    pub fn size(&self, dim: Dim) -> usize {
        self.dims[dim.0 as usize].size
    }

    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    pub fn op(&self, id: NodeId) -> &Op {
        &self.nodes[id.0 as usize].op
    }

    pub fn shape(&self, id: NodeId) -> &Shape {
        &self.nodes[id.0 as usize].shape
    }

    pub fn has_dim(&self, id: NodeId, dim: Dim) -> bool {
        self.shape(id).contains(dim)
    }

    /// Every node, arguments before users.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = NodeId> + use<> {
        (0..self.nodes.len() as u32).map(NodeId)
    }

    /// `roots` and all that they are computed from, arguments before users.
    pub fn ancestors(&self, roots: impl IntoIterator<Item = NodeId>) -> Vec<NodeId> {
        let mut needed = vec![false; self.len()];
        roots.into_iter().for_each(|root| needed[root.0 as usize] = true);
        for (id, node) in self.nodes.iter().enumerate().rev() {
            if needed[id] {
                node.args.iter().for_each(|a| needed[a.0 as usize] = true);
            }
        }
        self.ids().filter(|id| needed[id.0 as usize]).collect()
    }

    /// Whether a node has another among its ancestors, or is it.
    pub fn depends(&self, node: NodeId, on: NodeId) -> bool {
        let mut seen = HashSet::new();
        let mut open = vec![node];
        while let Some(next) = open.pop() {
            if next == on {
                return true;
            }
            if next > on && seen.insert(next) {
                open.extend(self.node(next).args.iter().copied());
            }
        }
        false
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Elements of a shape.
    pub fn count(&self, shape: &Shape) -> usize {
        shape.iter().map(|d| self.size(d)).product()
    }

    /// Elements of all nodes together: what one evaluation costs, in element operations.
    pub fn operations(&self) -> f64 {
        let elements = |n: &Node| n.shape.iter().map(|d| self.size(d) as f64).product::<f64>();
        self.nodes.iter().map(elements).sum()
    }

    /// Later nodes are said to come from this statement.
    pub fn set_origin(&mut self, origin: Origin, span: Option<Span>) {
        self.current = (origin, span);
    }

    /// The statement that new nodes are said to come from, to be put back after a detour.
    pub fn origin(&self) -> (Origin, Option<Span>) {
        self.current
    }

    pub fn add_origin(&mut self, name: impl Into<String>, span: Option<Span>) -> Origin {
        self.origins.push(OriginInfo { name: name.into(), span });
        Origin(self.origins.len() as u32 - 1)
    }

    /// Adds a node, or finds the one that is the same. Its shape follows from the op and the arguments.
    ///
    /// # Panics
    /// Where arguments do not fit the op: the checker has proved that they do, so this is a bug of ours.
    pub fn push(&mut self, op: Op, args: impl IntoIterator<Item = NodeId>) -> NodeId {
        let args: Args = args.into_iter().collect();
        let key = (op, args);
        if let Some(&id) = self.shared.get(&key) {
            return id;
        }
        let shape = shape::infer(self, &key.0, &key.1);
        let id = NodeId(self.nodes.len() as u32);
        let (origin, span) = self.current;
        let (op, args) = key.clone();
        self.nodes.push(Node { op, args, shape, origin, span });
        self.shared.insert(key, id);
        id
    }

    pub fn add_data(&mut self, name: &str, dims: &[Dim], values: Arc<[f64]>) -> NodeId {
        let shape = Shape::new(self, dims.iter().copied());
        assert_eq!(self.count(&shape), values.len(), "{name}: values do not fill the shape");
        self.data.push(DataInfo { name: name.into(), shape, values });
        self.push(Op::Data(self.data.len() as u32 - 1), [])
    }

    pub fn add_param(&mut self, name: &str, dims: &[Dim], init: Vec<f64>) -> NodeId {
        let shape = Shape::new(self, dims.iter().copied());
        assert_eq!(self.count(&shape), init.len(), "{name}: values do not fill the shape");
        self.params.push(ParamInfo {
            name: name.into(),
            shape,
            init,
            table: None,
            log_scale: None,
            auxiliary: false,
            decays: false,
        });
        self.push(Op::Param(self.params.len() as u32 - 1), [])
    }

    /// A parameter with batched dimensions whose rows start at the rows of a table.
    pub fn add_local_param(&mut self, name: &str, dims: &[Dim], table: Arc<[f64]>) -> NodeId {
        let shape = Shape::new(self, dims.iter().copied());
        let rows = Rows::first(self);
        let init = rows.gather(self, &shape, &table);
        let node = self.add_param(name, dims, init);
        if let Some(last) = self.params.last_mut() {
            last.table = Some(table);
        }
        node
    }

    /// An array with batched dimensions, of which each step is given some rows.
    pub fn add_batch(&mut self, name: &str, dims: &[Dim], table: Arc<dyn Table>) -> NodeId {
        let shape = Shape::new(self, dims.iter().copied());
        self.batches.push(BatchInfo { name: name.into(), shape, table });
        self.push(Op::Batch(self.batches.len() as u32 - 1), [])
    }

    pub fn add_noise(&mut self, name: &str, dims: &[Dim], kind: Noise) -> NodeId {
        let shape = Shape::new(self, dims.iter().copied());
        self.noises.push(NoiseInfo { name: name.into(), shape, kind });
        self.push(Op::Noise(self.noises.len() as u32 - 1), [])
    }

    /// A scalar that follows a schedule; the same name is the same knob.
    pub fn add_knob(&mut self, name: &str, schedule: Schedule) -> NodeId {
        if let Some(row) = self.knobs.iter().position(|k| k.name == name) {
            return self.push(Op::Knob(row as u32), []);
        }
        self.knobs.push(KnobInfo { name: name.into(), schedule });
        self.push(Op::Knob(self.knobs.len() as u32 - 1), [])
    }

    pub fn add_state(&mut self, name: &str, dims: &[Dim], init: f64) -> NodeId {
        let shape = Shape::new(self, dims.iter().copied());
        self.states.push(StateInfo { name: name.into(), shape, init, next: None });
        self.push(Op::State(self.states.len() as u32 - 1), [])
    }

    /// Says that one parameter holds the log scales of another, element by element.
    pub fn pair_params(&mut self, loc: NodeId, log_scale: NodeId) {
        let (&Op::Param(loc), &Op::Param(log_scale)) = (self.op(loc), self.op(log_scale)) else {
            unreachable!("pair_params is called on parameter nodes");
        };
        self.params[loc as usize].log_scale = Some(log_scale);
    }

    /// What is known of a parameter.
    pub fn param_info_mut(&mut self, param: NodeId) -> &mut ParamInfo {
        let &Op::Param(row) = self.op(param) else {
            unreachable!("param_info_mut is called on parameter nodes");
        };
        &mut self.params[row as usize]
    }

    /// Where each parameter begins in the flat vector, and its length.
    pub fn param_spans(&self) -> Vec<std::ops::Range<usize>> {
        let mut start = 0;
        let span = |p: &ParamInfo| {
            let begin = start;
            start += p.init.len();
            begin..start
        };
        self.params.iter().map(span).collect()
    }

    /// Says what a state node holds in the next step.
    pub fn set_next(&mut self, state: NodeId, next: NodeId) {
        let &Op::State(row) = self.op(state) else {
            unreachable!("set_next is called on state nodes");
        };
        assert_eq!(self.states[row as usize].shape, *self.shape(next), "a state keeps its shape");
        self.states[row as usize].next = Some(next);
    }
}
