//! Rows of one latent, all at once and in batches, at the same parameters and the same noise.

use super::Latent;
use crate::common::scattered;
use crate::lowerings::Given;
use elbow::backend::{CounterNoise, NoiseSource, Options, Program, Step, compile};
use elbow::ir::{Dim, Graph, Rows, Shape};
use elbow::lower::Problem;
use elbow::objective::{Objective, objective};

/// The data of the rows.
pub(super) const Y: [f64; 4] = [1.3, -0.4, 0.2, 2.1];
/// Of each row where the latent has rows; else its second term is no row's.
pub(super) const COST: &str = "y ~ Normal(C, 1)\nfactor 0.3 * C";

/// How a latent meets the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Plate {
    /// One for each of them.
    Local,
    /// One for all.
    Global,
    /// One for each, under a bound of several draws.
    Bound,
}

impl Plate {
    pub(super) const ALL: [Plate; 3] = [Plate::Local, Plate::Global, Plate::Bound];

    /// The model, of all rows or with two of them a step.
    pub(super) fn text(self, latent: &Latent, is_batched: bool) -> String {
        let site = match self {
            Plate::Global => latent.site.clone(),
            _ if latent.site.starts_with("x[") => latent.site.replacen("x[", "x[n, ", 1),
            _ => latent.site.replacen('x', "x[n]", 1),
        };
        let objective = if self == Plate::Bound { "objective = iwae(3 over n)" } else { "" };
        let batch = if is_batched { "batch n = 2" } else { "" };
        let comma = if objective.is_empty() || batch.is_empty() { "" } else { ", " };
        let fit = match (objective, batch) {
            ("", "") => String::new(),
            _ => format!("fit {{ {objective}{comma}{batch} }}\n"),
        };
        let latent = Latent { site, ..*latent };
        format!("{}{fit}", latent.observing("real[n]", "", COST))
    }
}

/// The data of all rows.
pub(super) fn data(latent: &Latent) -> String {
    latent.data.replace("1.3", &format!("{Y:?}"))
}

/// A compiled objective.
pub(super) struct Compiled {
    pub(super) graph: Graph,
    step: Box<dyn Step>,
}

impl Compiled {
    pub(super) fn new(problem: &Problem, samples: usize, options: Options) -> Self {
        let Objective { graph, loss, elbo, .. } = objective(problem, samples);
        let program = Program { graph: graph.clone(), loss, watch: vec![elbo] };
        Self { step: compile(program, options), graph }
    }

    /// Parameters at which moments of exp(x) are tame: scales are small.
    pub(super) fn params(&self) -> Vec<f64> {
        let g = &self.graph;
        let scales: Vec<usize> =
            g.params.iter().filter_map(|p| p.log_scale).map(|r| r as usize).collect();
        let centre = |row: usize| if scales.contains(&row) { -1.2 } else { -0.3 };
        let each = g.params.iter().enumerate();
        let centres: Vec<f64> = each.flat_map(|(row, p)| vec![centre(row); p.init.len()]).collect();
        scattered(centres.len()).into_iter().zip(centres).map(|(p, c)| 0.4 * p + c).collect()
    }

    /// Numbers that f32 has, too: some are seeds of a draw.
    pub(super) fn noises(&self, seed: u64) -> Vec<Vec<f64>> {
        let mut source = CounterNoise::new(seed);
        let fill = |(row, noise): (usize, &elbow::ir::NoiseInfo)| {
            let mut out = vec![0.0; self.graph.count(&noise.shape)];
            source.fill_f64(0, row, noise.kind, &mut out);
            out.into_iter().map(|x| f64::from(x as f32)).collect()
        };
        self.graph.noises.iter().enumerate().map(fill).collect()
    }

    /// The gradient and the ELBO, from states as they are at first.
    pub(super) fn at(&mut self, params: &[f64], noises: &[Vec<f64>]) -> (Vec<f64>, f64) {
        for (row, state) in self.graph.states.iter().enumerate() {
            self.step.set_state(row, &vec![state.init; self.graph.count(&state.shape)]);
        }
        self.step.set_params(params);
        self.step.run(0, &mut Given(noises.to_vec()));
        (self.step.gradient(), self.step.watched(0)[0])
    }

    /// One more step of a run whose states are carried on.
    fn next(&mut self, run: u64, params: &[f64], noise: &mut CounterNoise) -> Vec<f64> {
        self.step.set_params(params);
        self.step.run(run, noise);
        self.step.gradient()
    }

    /// Of each parameter, whether its gradient is one of the objective.
    pub(super) fn is_objective(&self) -> Vec<bool> {
        let of = |p: &elbow::ir::ParamInfo| vec![!p.auxiliary; p.init.len()];
        self.graph.params.iter().flat_map(of).collect()
    }

    /// The parameters of one row, in the order that a model of this row alone has them.
    pub(super) fn row(&self, row: usize) -> Vec<usize> {
        let g = &self.graph;
        let is_there = |&(d, at): &(Dim, usize)| g.dim_info(d).name != "n" || at == row;
        let of = |(param, span): (&elbow::ir::ParamInfo, std::ops::Range<usize>)| {
            let places = 0..g.count(&param.shape);
            let here = places.filter(|&p| param.shape.coordinates(g, p).iter().all(is_there));
            here.map(|p| span.start + p).collect::<Vec<_>>()
        };
        g.params.iter().zip(g.param_spans()).flat_map(of).collect()
    }
}

/// A step that sees some rows, held against one that sees all.
pub(super) struct Batched<'a> {
    all: &'a Graph,
    part: Compiled,
}

impl<'a> Batched<'a> {
    pub(super) fn new(all: &'a Graph, part: Compiled) -> Self {
        assert_eq!(all.params.len(), part.graph.params.len());
        assert_eq!(all.noises.len(), part.graph.noises.len());
        Self { all, part }
    }

    /// Where the elements of an array lie in the array of all rows.
    fn places(&self, rows: &Rows, shape: &Shape, whole: &Shape) -> Vec<usize> {
        let (part, all) = (&self.part.graph, self.all);
        let strides = whole.strides(all);
        let along = |(d, at): (Dim, usize)| {
            let same = |o: Dim| all.dim_info(o).name == part.dim_info(d).name;
            let place = whole.iter().position(same).expect("both have the same dimensions");
            strides[place] * if part.is_batched(d) { rows.along(d)[at] } else { at }
        };
        assert_eq!(shape.rank(), whole.rank());
        let all = 0..part.count(shape);
        all.map(|p| shape.coordinates(part, p).into_iter().map(along).sum()).collect()
    }

    /// Where the parameters of a step lie among all.
    fn params(&self, rows: &Rows) -> Vec<usize> {
        let both = self.part.graph.params.iter().zip(&self.all.params).zip(self.all.param_spans());
        let of = |((part, all), span): ((&elbow::ir::ParamInfo, &elbow::ir::ParamInfo), _)| {
            assert_eq!(part.name, all.name);
            let span: std::ops::Range<usize> = span;
            let places = self.places(rows, &part.shape, &all.shape);
            places.into_iter().map(|p| span.start + p).collect::<Vec<_>>()
        };
        both.flat_map(of).collect()
    }

    /// The mean over the batches that together hold every row once.
    fn mean(&mut self, mut of: impl FnMut(&mut Self, &Rows) -> Vec<f64>) -> Vec<f64> {
        let batches: Vec<Rows> = Rows::cover(&self.part.graph).collect();
        assert_eq!(batches.len(), 2, "a step sees half of the rows");
        let count = batches.len() as f64;
        let mut mean = vec![0.0; self.all.params.iter().map(|p| p.init.len()).sum()];
        for rows in &batches {
            let places = self.params(rows);
            let gradient = of(self, rows);
            places.iter().zip(gradient).for_each(|(&p, g)| mean[p] += g / count);
        }
        mean
    }

    /// Mean gradient and ELBO over the batches, each with its rows' share of the noise of all.
    pub(super) fn epoch(&mut self, params: &[f64], noises: &[Vec<f64>]) -> (Vec<f64>, f64) {
        let mut elbos = vec![];
        let mean = self.mean(|this, rows| {
            let own: Vec<f64> = this.params(rows).into_iter().map(|p| params[p]).collect();
            let shapes = this.part.graph.noises.iter().zip(&this.all.noises);
            let places = shapes.map(|(part, all)| this.places(rows, &part.shape, &all.shape));
            let share = places.zip(noises).map(|(p, x)| p.into_iter().map(|p| x[p]).collect());
            let share: Vec<Vec<f64>> = share.collect();
            this.part.step.set_rows(rows);
            let (gradient, elbo) = this.part.at(&own, &share);
            elbos.push(elbo);
            gradient
        });
        (mean, elbos.iter().sum::<f64>() / elbos.len() as f64)
    }

    /// Mean and standard error over epochs of fresh noise.
    pub(super) fn epochs(&mut self, params: &[f64], epochs: u64, seed: u64) -> Vec<(f64, f64)> {
        let mut noise = CounterNoise::new(seed);
        let mut sums = vec![(0.0, 0.0); params.len()];
        let mut run = 0;
        for _ in 0..epochs {
            let mean = self.mean(|this, rows| {
                let own: Vec<f64> = this.params(rows).into_iter().map(|p| params[p]).collect();
                this.part.step.set_rows(rows);
                run += 1;
                this.part.next(run, &own, &mut noise)
            });
            for (sum, g) in sums.iter_mut().zip(mean) {
                *sum = (sum.0 + g, sum.1 + g * g);
            }
        }
        let n = epochs as f64;
        let finish = |(sum, square): (f64, f64)| {
            let mean = sum / n;
            (mean, ((square / n - mean * mean).max(0.0) / n).sqrt())
        };
        sums.into_iter().map(finish).collect()
    }
}
