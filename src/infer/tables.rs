//! Parameters and states with batched dimensions: all their rows live here, and a step has those of its batch.
//!
//! A row that a step does not see stays as it is, and so do its moments: each row counts its own visits. A row that a batch
//! holds several times moves once, along the sum of its gradients.

mod state;

use crate::backend::{self, Moments, Step, Update};
use crate::ir::{Graph, Placing, Rows};
use std::collections::HashMap;
use std::ops::Range;

/// The parameters of a graph as they start, with all rows: one table after the other, in the graph's order. Without batched
/// dimensions it is the flat vector of the graph's steps.
pub fn initial(graph: &Graph) -> Vec<f64> {
    let of = |param: &crate::ir::ParamInfo| match (Placing::new(graph, &param.shape), &param.table)
    {
        (None, _) => param.init.clone(),
        (Some(_), Some(table)) => table.to_vec(),
        (Some(placing), None) => {
            let mut row = vec![0.0; placing.row_len()];
            placing.take(0, &param.init, &mut row);
            row.repeat(placing.rows())
        }
    };
    graph.params.iter().flat_map(of).collect()
}

/// The flat vector of a step with these rows, from all of them.
pub fn gathered(graph: &Graph, all: &[f64], rows: &Rows) -> Vec<f64> {
    let mut rest = all;
    let mut flat = vec![];
    for param in &graph.params {
        let len = table_len(graph, param);
        flat.extend(rows.gather(graph, &param.shape, &rest[..len]));
        rest = &rest[len..];
    }
    flat
}

/// Writes the flat vector of a step with these rows over those of all.
pub fn adopt(graph: &Graph, all: &mut [f64], flat: &[f64], rows: &Rows) {
    let (mut rest, mut flat) = (all, flat);
    for param in &graph.params {
        let (own, others) = rest.split_at_mut(table_len(graph, param));
        let (values, more) = flat.split_at(param.init.len());
        match Placing::new(graph, &param.shape) {
            None => own.copy_from_slice(values),
            Some(placing) => {
                let len = placing.row_len();
                for (slot, at) in placing.chosen(rows).into_iter().enumerate() {
                    placing.take(slot, values, &mut own[at * len..][..len]);
                }
            }
        }
        (rest, flat) = (others, more);
    }
}

/// All parameters of another graph, from those of one that has them by name.
///
/// # Errors
/// The name of one that it lacks, or that has values of its own along a dimension of `rows`.
pub(super) fn carry(
    from: &Graph,
    all: &[f64],
    to: &Graph,
    rows: &[&str],
) -> Result<Vec<f64>, String> {
    let mut rest = all;
    let mut known = HashMap::new();
    for param in &from.params {
        let (own, others) = rest.split_at(table_len(from, param));
        known.insert(param.name.as_str(), own);
        rest = others;
    }
    let is_local = |param: &crate::ir::ParamInfo| {
        param.shape.iter().any(|d| rows.contains(&to.dim_info(d).name.as_str()))
    };
    let mut carried = vec![];
    for param in &to.params {
        let len = table_len(to, param);
        match known.get(param.name.as_str()) {
            Some(own) if own.len() == len && !is_local(param) => carried.extend_from_slice(own),
            _ => return Err(param.name.clone()),
        }
    }
    Ok(carried)
}

/// Where each parameter lies among those of all rows.
pub(super) fn spans(graph: &Graph) -> Vec<Range<usize>> {
    let mut start = 0;
    let span = |param: &crate::ir::ParamInfo| {
        let end = start + table_len(graph, param);
        std::mem::replace(&mut start, end)..end
    };
    graph.params.iter().map(span).collect()
}

/// The parameters of a graph as they start, with those of another one in their place where names and sizes agree and `keeps`
/// says so of their owner; and which these are.
pub(super) fn carried(
    graph: &Graph,
    from: &Graph,
    theirs: &[f64],
    keeps: &dyn Fn(&str) -> bool,
) -> (Vec<f64>, Vec<usize>) {
    let mut params = initial(graph);
    let places = spans(from);
    let mut still = vec![];
    for (span, info) in spans(graph).into_iter().zip(&graph.params) {
        let owner = info.name.split('.').next().unwrap_or_default();
        let same = from.params.iter().position(|p| p.name == info.name);
        let place = same.map(|row| places[row].clone());
        if let Some(place) = place.filter(|p| p.len() == span.len() && keeps(owner)) {
            params[span.clone()].copy_from_slice(&theirs[place]);
            still.extend(span);
        }
    }
    (params, still)
}

fn table_len(graph: &Graph, param: &crate::ir::ParamInfo) -> usize {
    let placing = Placing::new(graph, &param.shape);
    placing.map_or(param.init.len(), |p| p.rows() * p.row_len())
}

/// The tables of a fit.
pub(super) struct Locals {
    params: Vec<Local>,
    states: Vec<State>,
}

/// One parameter with batched dimensions.
struct Local {
    param: usize,
    placing: Placing,
    /// All that is known of a row lies together, since each step visits rows from everywhere.
    records: Vec<f64>,
    counts: Vec<Counts>,
    /// The rows at hand, and the places of the batch in their order.
    chosen: Vec<usize>,
    order: Vec<usize>,
    /// Room for an array of the batch, and for the gradient of a row.
    array: Vec<f64>,
    row: Vec<f64>,
    sum: Vec<f64>,
}

/// The numbers of one row, as long as the row each.
struct Record<'a> {
    values: &'a mut [f64],
    moments: [&'a mut [f64]; 2],
    /// Sums of later values: the one under way, and the last full one.
    running: &'a mut [f64],
    last: &'a mut [f64],
}

/// Arrays of a record.
const PARTS: usize = 5;

/// How often a row was moved, and how many values its sums have.
#[derive(Clone, Copy, Default)]
struct Counts {
    visits: u32,
    running: u32,
    last: u32,
}

/// One state with batched dimensions.
struct State {
    state: usize,
    placing: Placing,
    values: Vec<f64>,
    array: Vec<f64>,
}

impl Locals {
    pub(super) fn new(graph: &Graph) -> Self {
        let params = graph.params.iter().enumerate();
        let local = |(row, p): (usize, &crate::ir::ParamInfo)| {
            Some(Local::new(row, Placing::new(graph, &p.shape)?))
        };
        let params = params.filter_map(local);
        let state = |(row, info): (usize, &crate::ir::StateInfo)| {
            let placing = Placing::new(graph, &info.shape)?;
            let values = vec![info.init; placing.rows() * placing.row_len()];
            let array = vec![0.0; graph.count(&info.shape)];
            Some(State { state: row, placing, values, array })
        };
        let states = graph.states.iter().enumerate().filter_map(state).collect();
        let mut locals = Self { params: params.collect(), states };
        locals.set(graph, &initial(graph));
        locals
    }

    /// Takes over all rows of a vector of all parameters.
    pub(super) fn set(&mut self, graph: &Graph, all: &[f64]) {
        let mut rest = all;
        let mut locals = self.params.iter_mut().peekable();
        for (row, param) in graph.params.iter().enumerate() {
            let (own, others) = rest.split_at(table_len(graph, param));
            if let Some(local) = locals.next_if(|l| l.param == row) {
                local.set(own);
            }
            rest = others;
        }
    }

    /// Gives a step its rows.
    pub(super) fn load(&mut self, step: &mut dyn Step, rows: &Rows) {
        for local in &mut self.params {
            local.load(step, rows);
        }
        for State { state, placing, values, array } in &mut self.states {
            let len = placing.row_len();
            for (slot, at) in placing.chosen(rows).into_iter().enumerate() {
                placing.put(slot, &values[at * len..][..len], array, |x| x);
            }
            step.set_state(*state, array);
        }
    }

    /// Takes the states that a step left.
    pub(super) fn keep_states(&mut self, step: &dyn Step, rows: &Rows) {
        for State { state, placing, values, array } in &mut self.states {
            step.read_state(*state, array);
            let len = placing.row_len();
            for (slot, at) in placing.chosen(rows).into_iter().enumerate() {
                placing.take(slot, array, &mut values[at * len..][..len]);
            }
        }
    }

    /// Moves the rows of the step along its last gradient; `update` is of a row's own visit, from 1.
    pub(super) fn update(&mut self, step: &dyn Step, update: impl Fn(u64) -> Update) {
        for local in &mut self.params {
            step.read_param_gradient(local.param, &mut local.array);
            local.update(&update);
        }
    }

    /// All parameters, the rows that were moved averaged, from the flat vector of a step for the others.
    pub(super) fn all(&self, graph: &Graph, flat: &[f64]) -> Vec<f64> {
        let mut all = vec![];
        let mut locals = self.params.iter().peekable();
        for (row, span) in graph.param_spans().into_iter().enumerate() {
            match locals.next_if(|l| l.param == row) {
                Some(local) => all.extend(local.mean()),
                None => all.extend_from_slice(&flat[span]),
            }
        }
        all
    }
}

impl Local {
    fn new(param: usize, placing: Placing) -> Self {
        let (rows, len) = (placing.rows(), placing.row_len());
        Self {
            param,
            records: vec![0.0; rows * PARTS * len],
            counts: vec![Counts::default(); rows],
            chosen: vec![],
            order: vec![],
            array: vec![0.0; placing.slots() * len],
            row: vec![0.0; len],
            sum: vec![0.0; len],
            placing,
        }
    }

    fn set(&mut self, values: &[f64]) {
        let len = self.placing.row_len();
        let records = self.records.chunks_exact_mut(PARTS * len);
        for (record, row) in records.zip(values.chunks_exact(len)) {
            record[..len].copy_from_slice(row);
        }
    }

    fn load(&mut self, step: &mut dyn Step, rows: &Rows) {
        let Self { placing, records, array, chosen, order, .. } = self;
        let len = placing.row_len();
        *chosen = placing.chosen(rows);
        for (slot, at) in chosen.iter().enumerate() {
            placing.put(slot, &records[at * PARTS * len..][..len], array, |x| x);
        }
        *order = (0..chosen.len()).collect();
        order.sort_by_key(|&slot| (chosen[slot], slot));
        step.set_param(self.param, array);
    }

    fn update(&mut self, update: impl Fn(u64) -> Update) {
        let len = self.placing.row_len();
        for same in self.order.chunk_by(|&a, &b| self.chosen[a] == self.chosen[b]) {
            self.sum.fill(0.0);
            for &slot in same {
                self.placing.take(slot, &self.array, &mut self.row);
                self.sum.iter_mut().zip(&self.row).for_each(|(sum, g)| *sum += g);
            }
            let at = self.chosen[same[0]];
            let mut record = Record::of(&mut self.records[at * PARTS * len..][..PARTS * len]);
            record.advance(&mut self.counts[at], &mut self.sum, &update);
        }
    }

    /// Of every row the mean over its later visits, or its value before the first.
    fn mean(&self) -> Vec<f64> {
        let len = self.placing.row_len();
        let mut all = Vec::with_capacity(self.counts.len() * len);
        for (record, &counts) in self.records.chunks_exact(PARTS * len).zip(&self.counts) {
            let Counts { running, last, .. } = counts;
            let both = 2 * running < last;
            let (running_sum, last_sum) = (&record[3 * len..4 * len], &record[4 * len..]);
            let sums = running_sum.iter().zip(last_sum);
            match running {
                0 => all.extend_from_slice(&record[..len]),
                _ if both => all.extend(sums.map(|(a, b)| (a + b) / f64::from(running + last))),
                _ => all.extend(running_sum.iter().map(|a| a / f64::from(running))),
            }
        }
        all
    }
}

impl<'a> Record<'a> {
    fn of(numbers: &'a mut [f64]) -> Self {
        let len = numbers.len() / PARTS;
        let (values, rest) = numbers.split_at_mut(len);
        let (first, rest) = rest.split_at_mut(len);
        let (second, rest) = rest.split_at_mut(len);
        let (running, last) = rest.split_at_mut(len);
        Self { values, moments: [first, second], running, last }
    }

    /// Moves the values, and counts them in. Sums restart whenever the visits double, so that the mean is over at least a
    /// quarter of them, the latest ones.
    fn advance(&mut self, counts: &mut Counts, grad: &mut [f64], update: impl Fn(u64) -> Update) {
        counts.visits += 1;
        let [first, second] = &mut self.moments;
        let on = Moments { params: self.values, grad, first, second };
        backend::update(update(u64::from(counts.visits)), on);
        if counts.visits.is_power_of_two() {
            self.last.copy_from_slice(self.running);
            self.running.fill(0.0);
            counts.last = std::mem::take(&mut counts.running);
        }
        counts.running += 1;
        self.running.iter_mut().zip(&*self.values).for_each(|(sum, x)| *sum += x);
    }
}
