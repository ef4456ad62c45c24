//! The plain lowering: one node on dfdx's tape per op. Slow; the yardstick for the fast one.
//!
//! Every value is a tensor with one axis, and shapes are ours: dfdx's own shapes are types. Sums, special functions and
//! whatever dfdx lacks or has wrong are nodes of ours on its tape.

mod element;
mod plan;
mod tape;
mod update;

use super::{NoiseSource, Program, Step, Update};
use crate::ir::{self, Graph, NodeId, Op, Rows};
use dfdx::shapes::HasShape;
use dfdx::tensor::Cpu;
use dfdx::tensor_ops::Device;
use element::{Array, Element, array, values};
use plan::{How, Item, Plan};
use std::rc::Rc;

pub(super) struct Reference<E: Element> {
    graph: Rc<Graph>,
    items: Vec<Item>,
    program: Program,
    params: Vec<Array<E>>,
    batches: Vec<Array<E>>,
    noises: Vec<Array<E>>,
    knobs: Vec<f64>,
    states: Vec<Array<E>>,
    /// By node, of the last run.
    values: Vec<Option<Array<E>>>,
    gradient: Vec<f64>,
    moments: update::Moments,
}

impl<E: Element> Reference<E>
where
    Cpu: Device<E>,
{
    pub(super) fn new(program: Program) -> Self {
        let plan = Plan::new(&program);
        let inputs = ir::Inputs::initial(&program.graph);
        let arrays = |all: &[Vec<f64>]| all.iter().map(|x| array(x)).collect();
        let count = inputs.params.len();
        Self {
            values: vec![None; plan.graph.len()],
            graph: Rc::new(plan.graph),
            items: plan.items,
            params: program.graph.params.iter().map(|p| array(&p.init)).collect(),
            batches: arrays(&inputs.batches),
            noises: arrays(&inputs.noises),
            knobs: inputs.knobs,
            states: arrays(&inputs.states),
            gradient: vec![0.0; count],
            moments: update::Moments::new(count),
            program,
        }
    }

    fn fill_noise(&mut self, step: u64, noise: &mut dyn NoiseSource) {
        for (row, info) in self.program.graph.noises.iter().enumerate() {
            let mut fresh = vec![E::from_wide(0.5); self.program.graph.count(&info.shape)];
            E::fill(noise, step, row, info.kind, &mut fresh);
            let fresh: Vec<f64> = fresh.into_iter().map(E::wide).collect();
            self.noises[row] = array(&fresh);
        }
    }

    fn value(&self, id: NodeId) -> &Array<E> {
        let Some(value) = &self.values[id.0 as usize] else {
            unreachable!("arguments are computed before their users");
        };
        value
    }

    /// The value of one node, on the tape if gradient passes.
    fn compute(&self, item: &Item, tape: &mut tape::Recorder<E>) -> Array<E> {
        let args: Vec<&Array<E>> = item.args.iter().map(|&a| self.value(a)).collect();
        let same = |i: usize, j: usize| item.args[i] == item.args[j];
        match &item.how {
            How::Still | How::Fixed => self.still(item.node, &args),
            How::Param(row) => self.params[*row].clone(),
            How::Unary(op) => tape.unary(*op, args[0]),
            How::Binary(op) => tape.binary(*op, [args[0], args[1]], same(0, 1)),
            How::Select => tape.select([args[0], args[1], args[2]], same(1, 2)),
            How::Repeat => tape.repeat(args[0], self.graph.count(self.graph.shape(item.node))),
            How::Product(p) => tape.product(p, [args[0], args[1]], same(0, 1)),
            How::Own(rule) => tape.own(&self.graph, rule, item.node, &args),
        }
    }

    /// A node that passes no gradient.
    fn still(&self, node: NodeId, args: &[&Array<E>]) -> Array<E> {
        match *self.graph.op(node) {
            Op::Data(row) => array(&self.graph.data[row as usize].values),
            Op::Batch(row) => self.batches[row as usize].clone(),
            Op::Noise(row) => self.noises[row as usize].clone(),
            Op::Knob(row) => array(&[self.knobs[row as usize]]),
            Op::State(row) => self.states[row as usize].clone(),
            _ => {
                let wide: Vec<Vec<f64>> = args.iter().map(|a| values(a)).collect();
                let wide: Vec<&[f64]> = wide.iter().map(Vec::as_slice).collect();
                array(&ir::apply(&self.graph, node, &wide))
            }
        }
    }
}

impl<E: Element> Step for Reference<E>
where
    Cpu: Device<E>,
{
    fn param_count(&self) -> usize {
        self.gradient.len()
    }

    fn read_params(&self, out: &mut [f64]) {
        let flat = self.params.iter().flat_map(values);
        out.iter_mut().zip(flat).for_each(|(to, x)| *to = x);
    }

    fn set_params(&mut self, mut flat: &[f64]) {
        for param in &mut self.params {
            let (own, rest) = flat.split_at(param.shape().0);
            *param = array(own);
            flat = rest;
        }
    }

    fn set_rows(&mut self, rows: &Rows) {
        let graph = &self.program.graph;
        self.batches = graph.batches.iter().map(|b| array(&rows.read(graph, b))).collect();
    }

    fn read_param(&self, param: usize, out: &mut [f64]) {
        out.copy_from_slice(&values(&self.params[param]));
    }

    fn set_param(&mut self, param: usize, values: &[f64]) {
        self.params[param] = array(values);
    }

    fn read_param_gradient(&self, param: usize, out: &mut [f64]) {
        out.copy_from_slice(&self.gradient[self.program.graph.param_spans()[param].clone()]);
    }

    fn read_state(&self, state: usize, out: &mut [f64]) {
        out.copy_from_slice(&values(&self.states[state]));
    }

    fn set_state(&mut self, state: usize, values: &[f64]) {
        self.states[state] = array(values);
    }

    fn set_knob(&mut self, knob: usize, value: f64) {
        self.knobs[knob] = value;
    }

    fn run(&mut self, step: u64, noise: &mut dyn NoiseSource) -> f64 {
        self.fill_noise(step, noise);
        let mut tape = tape::Recorder::new();
        for item in 0..self.items.len() {
            let Item { node, how, .. } = &self.items[item];
            let row = node.0 as usize;
            if !matches!(how, How::Fixed) || self.values[row].is_none() {
                self.values[row] = Some(self.compute(&self.items[item], &mut tape));
            }
        }
        let loss = self.value(self.program.loss);
        let mut gradients = tape.backward(loss);
        let loss = values(loss)[0];
        let gradient = |p| {
            let Ok(gradient) = E::gradient(&mut gradients, p) else {
                unreachable!("the gradient of a leaf stays after backward");
            };
            gradient
        };
        self.gradient = self.params.iter().flat_map(gradient).collect();
        for (row, info) in self.program.graph.states.iter().enumerate() {
            if let Some(next) = info.next {
                self.states[row] = self.value(next).clone();
            }
        }
        loss
    }

    fn read_gradient(&self, out: &mut [f64]) {
        out.copy_from_slice(&self.gradient);
    }

    fn gradient_norm(&self) -> f64 {
        self.gradient.iter().map(|g| g * g).sum::<f64>().sqrt()
    }

    fn scale_gradient(&mut self, by: f64) {
        self.gradient.iter_mut().for_each(|g| *g *= by);
    }

    fn shrink_weights(&mut self, by: f64) {
        let infos = self.program.graph.params.iter().zip(&mut self.params);
        for (_, param) in infos.filter(|(info, _)| info.decays) {
            let shrunk: Vec<f64> = values(param).into_iter().map(|x| by * x).collect();
            *param = array(&shrunk);
        }
    }

    fn watched(&self, i: usize) -> Vec<f64> {
        values(self.value(self.program.watch[i]))
    }

    fn update(&mut self, update: Update) {
        let mut params = self.params();
        self.moments.update(update, &mut params, &self.gradient);
        self.set_params(&params);
    }

    fn read_moments(&self, first: &mut [f64], second: &mut [f64]) {
        first.copy_from_slice(&self.moments.first);
        second.copy_from_slice(&self.moments.second);
    }

    fn set_moments(&mut self, first: &[f64], second: &[f64]) {
        self.moments.first.copy_from_slice(first);
        self.moments.second.copy_from_slice(second);
    }

    fn describe(&self) -> String {
        let line = |item: &Item| {
            let by = match item.how {
                How::Still | How::Fixed => "value",
                How::Param(_) => "leaf ",
                How::Own(_) => "own  ",
                _ => "dfdx ",
            };
            format!("{by} {}\n", ir::line(&self.graph, item.node))
        };
        self.items.iter().map(line).collect()
    }
}
