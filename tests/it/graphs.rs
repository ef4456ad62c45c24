//! Random programs over every op and kind of entry, for whatever computes graphs; and the gradient checked on them.
//!
//! Values are scaled as they arise, so that they stay near 1, and kinks closer than a finite difference are left out.

use elbow::backend::Program;
use elbow::ir::{
    Binary, Dim, Entry, Graph, Inputs, NodeId, Noise, Op, Reduce, Rounding, Sampler, Schedule,
    Unary, eval, grad,
};
use rand::rngs::Xoshiro256PlusPlus;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

/// Programs for seeds 0 … : small and large dimensions, every op; parameters, data and noise exact in f32.
pub(crate) fn random_program(seed: u64) -> Program {
    Maker::new(seed).program()
}

/// The same over arrays of some tens of rows and some hundreds of lanes.
pub(crate) fn random_tall_program(seed: u64) -> Program {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut size = |sizes: [usize; 3]| sizes[rng.random_range(0..3)];
    let sizes = [size([16, 17, 40]), size([1, 2, 3]), size([2, 20, 33]), size([260, 450, 500])];
    Maker::sized(rng, sizes, seed).program()
}

/// Parameters as they start, states, and noise of the right kinds, all exact in f32.
pub(crate) fn random_inputs(graph: &Graph, seed: u64) -> Inputs {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed ^ 0x5eed);
    let mut inputs = Inputs::initial(graph);
    for (noise, values) in graph.noises.iter().zip(&mut inputs.noises) {
        values.iter_mut().for_each(|x| {
            let u: f64 = rng.random_range(0.02..0.98);
            let x0 = match noise.kind {
                Noise::Uniform => u,
                Noise::Normal => 2.0 * u - 1.0,
                Noise::Gumbel => -(-u.ln()).ln(),
            };
            *x = f64::from(x0 as f32);
        });
    }
    inputs
}

/// A node to build on; `moves` where it depends on a parameter.
#[derive(Clone, Copy)]
struct Term {
    node: NodeId,
    moves: bool,
}

struct Maker {
    rng: Xoshiro256PlusPlus,
    g: Graph,
    dims: Vec<Dim>,
    /// The second axis of the first dimension.
    twin: Dim,
    /// Shorter than the first dimension by at most `slack`.
    short: Dim,
    slack: usize,
    pool: Vec<Term>,
    seed: u64,
}

const MOST: usize = 20_000;

impl Maker {
    fn new(seed: u64) -> Self {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let n = rng.random_range(2..=7);
        let long = [5, 37, 64, 1100][rng.random_range(0..4)];
        let sizes = [n, rng.random_range(1..=7), rng.random_range(1..=7), long];
        Self::sized(rng, sizes, seed)
    }

    fn sized(mut rng: Xoshiro256PlusPlus, sizes: [usize; 4], seed: u64) -> Self {
        let (mut g, n) = (Graph::new(), sizes[0]);
        let dims = sizes.iter().enumerate().map(|(i, &n)| g.dim(format!("d{i}"), n)).collect();
        let twin = g.dim("d0'", n);
        let slack = rng.random_range(0..n);
        let short = g.dim("short", n - slack);
        Self { rng, g, dims, twin, short, slack, pool: vec![], seed }
    }

    fn program(mut self) -> Program {
        self.leaves();
        for _ in 0..self.rng.random_range(6..30) {
            self.step();
        }
        self.finish()
    }

    fn leaves(&mut self) {
        for i in 0..self.rng.random_range(2..5) {
            let dims = self.some_dims();
            let init = self.values(&dims, -1.0..1.0);
            let node = self.g.add_param(&format!("p{i}"), &dims, init);
            self.pool.push(Term { node, moves: true });
        }
        for i in 0..2 {
            let dims = self.some_dims();
            let values = self.values(&dims, -1.0..1.0);
            let node = self.g.add_data(&format!("x{i}"), &dims, values.into());
            self.pool.push(Term { node, moves: false });
        }
        for kind in [Noise::Normal, Noise::Uniform, Noise::Gumbel] {
            let dims = self.some_dims();
            let node = self.g.add_noise("noise", &dims, kind);
            self.pool.push(Term { node, moves: false });
        }
        let knob = self.g.add_knob("knob", Schedule::Constant(0.75));
        let dims = self.some_dims();
        let state = self.g.add_state("state", &dims, 0.5);
        let dim = self.dim();
        let iota = self.g.iota(dim);
        let iota = self.g.scale(1.0 / self.g.size(dim) as f64, iota);
        self.pool.extend([knob, state, iota].map(|node| Term { node, moves: false }));
    }

    /// Up to three dimensions.
    fn some_dims(&mut self) -> Vec<Dim> {
        let keep = self.rng.random_range(0.2..0.8);
        let mut dims: Vec<Dim> = self.dims.clone();
        dims.retain(|_| self.rng.random_bool(keep));
        dims
    }

    fn dim(&mut self) -> Dim {
        self.dims[self.rng.random_range(0..self.dims.len())]
    }

    fn values(&mut self, dims: &[Dim], range: std::ops::Range<f64>) -> Vec<f64> {
        let count = dims.iter().map(|&d| self.g.size(d)).product();
        let mut value = || f64::from(self.rng.random_range(range.clone()) as f32);
        std::iter::repeat_with(&mut value).take(count).collect()
    }

    fn pick(&mut self) -> Term {
        self.pool[self.rng.random_range(0..self.pool.len())]
    }

    /// A node with a dimension.
    fn with(&mut self, dim: Dim) -> Term {
        let t = self.pick();
        Term { node: self.g.expand(t.node, &[dim]), ..t }
    }

    fn passive(&mut self) -> NodeId {
        let still: Vec<NodeId> = self.pool.iter().filter(|t| !t.moves).map(|t| t.node).collect();
        still[self.rng.random_range(0..still.len())]
    }

    /// Positions along a dimension as data of other dimensions.
    fn positions(&mut self, along: Dim) -> NodeId {
        let dims = self.some_dims();
        let size = self.g.size(along) as f64;
        let values = self.values(&dims, 0.0..1.0);
        let values: Vec<f64> = values.iter().map(|u| (u * size).floor().min(size - 1.0)).collect();
        self.g.add_data("positions", &dims, values.into())
    }

    fn now(&self, node: NodeId) -> Vec<f64> {
        let inputs = random_inputs(&self.g, self.seed);
        eval(&self.g, &inputs, &[node], Rounding::F64).remove(0)
    }

    /// Adds one more op's node to the pool, where it is small enough and smooth where it stands.
    fn step(&mut self) {
        let (a, b) = (self.pick(), self.pick());
        let both = self.g.shape(a.node).union(self.g.shape(b.node), &self.g);
        if self.g.count(&both) > MOST {
            return;
        }
        let made = match self.rng.random_range(0..12) {
            0..=2 => self.unary(a),
            3..=4 => self.binary(a, b),
            5 => self.select(a, b),
            6 => self.reduce(),
            7 => self.along(),
            8 => self.contract(a, b),
            9 => self.index(),
            10 => self.scatter(),
            _ => self.rare(),
        };
        let Some(Term { node, moves }) = made else { return };
        if self.g.count(self.g.shape(node)) > MOST {
            return;
        }
        let largest = self.now(node).iter().fold(0.0, |m: f64, x| m.max(x.abs()));
        assert!(largest.is_finite(), "seed {}: {:?}", self.seed, self.g.op(node));
        let node = if largest > 3.0 { self.g.scale(2.0 / largest, node) } else { node };
        self.pool.push(Term { node, moves });
    }

    fn positive(&mut self, x: NodeId) -> NodeId {
        let x = self.g.softplus(x);
        self.g.shift(0.25, x)
    }

    fn unary(&mut self, a: Term) -> Option<Term> {
        use Unary::*;
        let all = [
            Neg, Abs, Sign, Floor, Exp, Expm1, Ln, Log1p, Sqrt, Square, Recip, Sigmoid, Softplus,
            Tanh, Sin, Cos, Atan, Lgamma, Digamma, Trigamma, Erf, LogNdtr, Not,
        ];
        let op = all[self.rng.random_range(0..all.len())];
        let x = match op {
            Ln | Log1p | Sqrt | Recip | Lgamma | Digamma => self.positive(a.node),
            Trigamma => {
                let x = self.passive();
                let x = self.positive(x);
                return Some(Term { node: self.g.push(Op::Unary(op), [x]), moves: false });
            }
            Floor | Sign | Abs => {
                let x = self.g.scale(2.0, a.node);
                let kink = |x: &f64| (x - x.round()).abs() < 1e-4;
                if self.now(x).iter().any(kink) {
                    return None;
                }
                x
            }
            LogNdtr => self.g.scale(10.0, a.node),
            Not => self.g.floor(a.node),
            _ => a.node,
        };
        if op == Not && self.now(a.node).iter().any(|x| (x - x.round()).abs() < 1e-4) {
            return None;
        }
        Some(Term { node: self.g.push(Op::Unary(op), [x]), moves: a.moves })
    }

    fn binary(&mut self, a: Term, b: Term) -> Option<Term> {
        use Binary::*;
        let all = [Add, Sub, Mul, Div, Pow, Max, Min, Lt, Le, Eq];
        let op = all[self.rng.random_range(0..all.len())];
        let (mut x, mut y) = (a.node, b.node);
        match op {
            Div => y = self.positive(y),
            Pow => x = self.positive(x),
            Max | Min | Lt | Le if x != y => {
                let distance = self.g.sub(x, y);
                if self.now(distance).iter().any(|x| x.abs() < 1e-4) {
                    return None;
                }
            }
            Eq => y = x,
            _ => {}
        }
        Some(Term { node: self.g.push(Op::Binary(op), [x, y]), moves: a.moves || b.moves })
    }

    /// A value that is not a number in the branch not taken.
    fn select(&mut self, a: Term, b: Term) -> Option<Term> {
        let c = self.passive();
        let half = self.g.number(0.1);
        let c = self.g.lt(c, half);
        let edge = self.g.number(0.0);
        let inside = self.g.lt(edge, a.node);
        if self.now(a.node).iter().any(|x| x.abs() < 1e-4) {
            return None;
        }
        let log = self.g.ln(a.node);
        let shifted = self.g.shift(0.5, b.node);
        let safe = self.g.select(inside, log, shifted);
        let node = self.g.select(c, safe, b.node);
        Some(Term { node, moves: a.moves || b.moves })
    }

    fn reduce(&mut self) -> Option<Term> {
        use Reduce::*;
        let how = [Sum, Prod, Max, Min, LogSumExp][self.rng.random_range(0..5)];
        let dim = self.dim();
        let Term { node, moves } = self.with(dim);
        let mut over = self.some_dims();
        over.push(dim);
        let x = if how == Prod {
            let count: usize = over.iter().map(|&d| self.g.size(d)).product();
            let x = self.g.scale(1.0 / count as f64, node);
            self.g.shift(1.0, x)
        } else {
            node
        };
        Some(Term { node: self.g.reduce(how, x, &over), moves })
    }

    fn along(&mut self) -> Option<Term> {
        let dim = self.dim();
        let Term { node, moves } = self.with(dim);
        let reverse = self.rng.random_bool(0.5);
        let node = match self.rng.random_range(0..3) {
            0 => self.g.push(Op::Cumsum { dim, reverse }, [node]),
            1 => {
                let best = self.g.arg_max(node, dim);
                self.g.pick(node, dim, best)
            }
            _ => {
                let more = self.some_dims();
                self.g.expand(node, &more)
            }
        };
        Some(Term { node, moves })
    }

    fn contract(&mut self, a: Term, b: Term) -> Option<Term> {
        let dim = self.dim();
        let (x, y) = (self.g.expand(a.node, &[dim]), self.g.expand(b.node, &[dim]));
        let mut over = self.some_dims();
        over.push(dim);
        let both = self.g.shape(x).union(self.g.shape(y), &self.g);
        if self.g.count(&both) > MOST {
            return None;
        }
        Some(Term { node: self.g.contract(x, y, &over), moves: a.moves || b.moves })
    }

    /// The first dimension, and the entry that reads it.
    fn entry(&mut self, args: &mut Vec<NodeId>) -> Entry {
        let n = self.g.size(self.dims[0]);
        match self.rng.random_range(0..4) {
            0 => Entry::At(self.rng.random_range(0..n)),
            1 => Entry::Run { to: self.short, start: self.rng.random_range(0..=self.slack) },
            2 => Entry::Run { to: self.dims[0], start: 0 },
            _ => {
                let positions = self.positions(self.dims[0]);
                args.push(positions);
                Entry::By(args.len() as u8 - 1)
            }
        }
    }

    fn index(&mut self) -> Option<Term> {
        let first = self.dims[0];
        let Term { node, moves } = self.with(first);
        let mut args = vec![node];
        let mut entries: smallvec::SmallVec<[(Dim, Entry); 2]> = Default::default();
        if self.rng.random_bool(0.5) {
            // A second axis, made by renaming, read through an entry of its own.
            let renamed = self.g.run(node, first, self.twin, 0);
            args[0] = self.g.mul(node, renamed);
            entries.push((self.twin, self.entry(&mut args)));
        }
        entries.push((first, self.entry(&mut args)));
        if self.g.count(self.g.shape(args[0])) > MOST {
            return None;
        }
        let node = self.g.push(Op::Index(entries), args);
        Some(Term { node: self.close(node), moves })
    }

    /// Sums over the helper dimensions, which the pool does not have.
    fn close(&mut self, node: NodeId) -> NodeId {
        self.g.sum(node, &[self.twin, self.short])
    }

    fn scatter(&mut self) -> Option<Term> {
        let dim = self.dims[0];
        let Term { node, moves } = self.pick();
        let mut args = vec![node];
        let entry = self.entry(&mut args);
        let mut kept = self.some_dims();
        if let Entry::By(_) = entry {
            return Some(Term { node: self.g.sum_by(node, args[1], dim, &kept), moves });
        }
        if let Entry::Run { to, .. } = entry {
            args[0] = self.g.expand(node, &[to]);
            args[0] = if to == dim { args[0] } else { self.g.sum(args[0], &[dim]) };
        } else {
            args[0] = self.g.sum(node, &[dim]);
        }
        let has = self.g.shape(args[0]).clone();
        kept.retain(|&d| d != dim);
        kept.extend(has.iter().filter(|&d| d != dim && d != self.short));
        kept.sort();
        kept.dedup();
        kept.push(dim);
        let entries = smallvec::smallvec![(dim, entry)];
        let op = Op::Scatter { entries, shape: kept.into_iter().collect() };
        if self.g.count(&has) > MOST {
            return None;
        }
        Some(Term { node: self.g.push(op, args), moves })
    }

    fn rare(&mut self) -> Option<Term> {
        match self.rng.random_range(0..4) {
            0 => self.solve(),
            1 => self.assign(),
            2 => {
                let x = self.passive();
                let node = self.g.push(Op::Stop, [x]);
                Some(Term { node, moves: false })
            }
            _ => Some(Term { node: self.draw(), moves: false }),
        }
    }

    fn solve(&mut self) -> Option<Term> {
        let (row, col) = (self.dims[0], self.twin);
        let (l, b) = (self.with(row), self.with(row));
        let across = self.g.run(l.node, row, col, 0);
        let product = self.g.mul(l.node, across);
        let small = self.g.scale(0.2, product);
        let (r, c) = (self.g.iota(row), self.g.iota(col));
        let diagonal = self.g.eq(r, c);
        let l_node = self.g.add(diagonal, small);
        let shape = self.g.shape(l_node).union(self.g.shape(b.node), &self.g);
        if self.g.count(&shape) > MOST {
            return None;
        }
        let transposed = self.rng.random_bool(0.5);
        let node = self.g.push(Op::TriSolve { row, col, transposed }, [l_node, b.node]);
        Some(Term { node, moves: l.moves || b.moves })
    }

    /// Matchings that are best by far, so that rounding does not change them: planted ones, with less than their lead on top.
    fn assign(&mut self) -> Option<Term> {
        let (row, col) = (self.dims[0], self.twin);
        let n = self.g.size(row);
        let mut order: Vec<f64> = (0..n).map(|i| i as f64).collect();
        order.shuffle(&mut self.rng);
        let order = self.g.add_data("order", &[row], order.into());
        let turns = self.positions(row);
        let turns = self.g.sum(turns, &[row]);
        let size = self.g.number(n as f64);
        let turned = self.g.add(order, turns);
        let inside = self.g.shift(0.5, turned);
        let rounds = self.g.div(inside, size);
        let rounds = self.g.floor(rounds);
        let less = self.g.mul(rounds, size);
        let partner = self.g.sub(turned, less);
        let place = self.g.iota(col);
        let planted = self.g.eq(place, partner);
        let lead = self.g.scale(3.0, planted);
        let Term { node, .. } = self.with(row);
        let across = self.g.run(node, row, col, 0);
        let tilted = self.g.shift(0.5, across);
        let noise = self.g.mul(node, tilted);
        let noise = self.g.tanh(noise);
        let matrix = self.g.add(lead, noise);
        if self.g.count(self.g.shape(matrix)) > MOST {
            return None;
        }
        let matching = self.g.assign(matrix, [row, col]);
        let prices = self.values(&[col], -1.0..1.0);
        let prices = self.g.add_data("prices", &[col], prices.into());
        let node = self.g.contract(matching, prices, &[col]);
        Some(Term { node, moves: false })
    }

    fn draw(&mut self) -> NodeId {
        let dims = self.some_dims();
        let noise = self.g.add_noise("draw", &dims, Noise::Uniform);
        let number = |g: &mut Graph, x: f64| {
            let x = g.number(x);
            g.expand(x, &dims)
        };
        let (sampler, parameters) = match self.rng.random_range(0..3) {
            0 => (Sampler::Gamma, vec![number(&mut self.g, 1.5)]),
            1 => (Sampler::Poisson, vec![number(&mut self.g, 2.0)]),
            _ => {
                let trials = number(&mut self.g, 5.0);
                (Sampler::Binomial, vec![trials, number(&mut self.g, 0.25)])
            }
        };
        self.g.push(Op::Draw(sampler), std::iter::once(noise).chain(parameters))
    }

    /// The mean of all that was made, each under a weight; states move to a bounded function of themselves.
    fn finish(mut self) -> Program {
        let mut loss = self.g.number(0.0);
        for (i, term) in self.pool.clone().iter().enumerate() {
            let dims = self.g.shape(term.node).clone();
            let mean = self.g.mean(term.node, dims.dims());
            let bent = self.g.sin(mean);
            let weighted = self.g.scale(0.5 + 0.1 * i as f64, bent);
            loss = self.g.add(loss, weighted);
        }
        let state = self.g.ids().find(|&id| matches!(self.g.op(id), Op::State(_)));
        if let Some(state) = state {
            let bounded = self.g.tanh(loss);
            let next = self.g.add(state, bounded);
            self.g.set_next(state, next);
        }
        let watch = self.pool.iter().rev().take(4).map(|t| t.node).collect();
        Program { graph: self.g, loss, watch }
    }
}

/// Every parameter node of a graph, in the order of the flat vector.
pub(crate) fn params(graph: &Graph) -> Vec<NodeId> {
    let mut nodes: Vec<(u32, NodeId)> = graph
        .ids()
        .filter_map(|id| match graph.op(id) {
            Op::Param(row) => Some((*row, id)),
            _ => None,
        })
        .collect();
    nodes.sort();
    nodes.into_iter().map(|(_, id)| id).collect()
}

/// The loss and its gradient as the interpreter has them.
pub(crate) fn oracle(program: &Program, inputs: &Inputs) -> (f64, Vec<f64>) {
    let mut graph = program.graph.clone();
    let params = params(&graph);
    let mut wanted = grad(&mut graph, program.loss, &params);
    wanted.push(program.loss);
    let mut values = eval(&graph, inputs, &wanted, Rounding::F64);
    let loss = values.pop().map_or(f64::NAN, |l| l[0]);
    (loss, values.concat())
}

#[test]
fn gradients_are_those_of_central_differences() {
    for seed in 0..400 {
        let program = random_program(seed);
        let inputs = random_inputs(&program.graph, seed);
        let (_, gradient) = oracle(&program, &inputs);
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        for _ in 0..3 {
            let way: Vec<f64> = gradient.iter().map(|_| rng.random_range(-1.0..1.0)).collect();
            let slope: f64 = gradient.iter().zip(&way).map(|(g, w)| g * w).sum();
            let at = |h: f64| {
                let mut moved = inputs.clone();
                moved.params.iter_mut().zip(&way).for_each(|(p, w)| *p += h * w);
                eval(&program.graph, &moved, &[program.loss], Rounding::F64)[0][0]
            };
            // Fourth order. One step is too long for a sharp bend or a near tie, another too short for the digits.
            let difference =
                |h: f64| (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h);
            let error = |h: f64| (slope - difference(h)).abs() / (1.0 + slope.abs());
            let least = [1e-4, 1e-5, 1e-6].map(error).into_iter().fold(f64::INFINITY, f64::min);
            assert!(least < 1e-7, "seed {seed}: {slope} but {}", difference(1e-6));
        }
    }
}

#[test]
fn random_programs_reach_every_op() {
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..400 {
        let graph = random_program(seed).graph;
        for id in graph.ids() {
            let name = format!("{:?}", graph.op(id));
            let keeps = ["Unary", "Binary", "Reduce", "Draw", "Index", "Scatter", "TriSolve"];
            let full = keeps.iter().any(|k| name.starts_with(k));
            seen.insert(if full { kind(&name) } else { word(&name) });
        }
    }
    for op in ALL {
        assert!(seen.contains(*op), "{op} is never made; made are {seen:?}");
    }
}

fn word(name: &str) -> String {
    name.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().into()
}

/// The op without dimensions and positions: `Reduce Sum`, `Index At`.
fn kind(name: &str) -> String {
    let skip = ["Dim", "to", "start", "entries", "shape", "dim", "row", "col", "transposed"];
    let words = name.split(|c: char| !c.is_alphanumeric());
    let kept = words.filter(|w| !w.is_empty() && !skip.contains(w) && w.parse::<u64>().is_err());
    kept.take(2).collect::<Vec<_>>().join(" ")
}

const ALL: &[&str] = &[
    "Const",
    "Data",
    "Param",
    "Noise",
    "Knob",
    "State",
    "Iota",
    "Unary Neg",
    "Unary Abs",
    "Unary Sign",
    "Unary Floor",
    "Unary Exp",
    "Unary Expm1",
    "Unary Ln",
    "Unary Log1p",
    "Unary Sqrt",
    "Unary Square",
    "Unary Recip",
    "Unary Sigmoid",
    "Unary Softplus",
    "Unary Tanh",
    "Unary Sin",
    "Unary Cos",
    "Unary Atan",
    "Unary Lgamma",
    "Unary Digamma",
    "Unary Trigamma",
    "Unary Erf",
    "Unary LogNdtr",
    "Unary Not",
    "Binary Add",
    "Binary Sub",
    "Binary Mul",
    "Binary Div",
    "Binary Pow",
    "Binary Max",
    "Binary Min",
    "Binary Lt",
    "Binary Le",
    "Binary Eq",
    "Select",
    "Stop",
    "Expand",
    "Reduce Sum",
    "Reduce Prod",
    "Reduce Max",
    "Reduce Min",
    "Reduce LogSumExp",
    "ArgMax",
    "Assign",
    "Cumsum",
    "Contract",
    "Index At",
    "Index Run",
    "Index By",
    "Scatter At",
    "Scatter Run",
    "Scatter By",
    "TriSolve false",
    "TriSolve true",
    "Draw Gamma",
    "Draw Poisson",
    "Draw Binomial",
];
