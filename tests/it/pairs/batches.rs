//! Minibatches for every distribution with every estimator: at the same noise the mean over an epoch is the gradient of all
//! rows, whatever its bias; and where there is none, it is the exact one.

use super::plates::{Batched, COST, Compiled, Plate, Y, data};
use super::{Latent, latent};
use crate::common::{F64, problem, refusals, z_between};
use elbow::backend::{Float, Lowering, Options};
use elbow::dist;
use elbow::estimator::{self, Bias, Card};
use elbow::ir::Graph;
use elbow::lower::Problem;
use elbow::objective::least_samples;
use std::collections::BTreeMap;

/// A pair that a plan admits, with and without batches.
pub(super) struct Pair {
    pub(super) plate: Plate,
    pub(super) dist: &'static str,
    pub(super) latent: Latent,
    pub(super) card: &'static Card,
    pub(super) batched: Problem,
}

/// Every pair that is admitted on all rows; and those of them that are refused in batches, with their codes.
fn pairs() -> (Vec<Pair>, BTreeMap<String, Vec<&'static str>>) {
    let (mut pairs, mut refused) = (vec![], BTreeMap::new());
    for dist in dist::ALL.iter().filter(|d| d.signature().support.has_guide()) {
        for plate in Plate::ALL {
            for estimator in estimator::ALL {
                let (latent, card) = (latent(*dist), estimator.card());
                let [whole, text] = [false, true].map(|batched| plate.text(&latent, batched));
                let (data, by) = (data(&latent), [("x", card.name)]);
                let name = dist.signature().name;
                let codes = refusals(&text, &data, &by);
                if !refusals(&whole, &data, &by).is_empty() {
                    assert!(!codes.is_empty(), "{plate:?} {name} by {}", card.name);
                } else if codes.is_empty() {
                    let batched = problem(&text, &data, &by);
                    pairs.push(Pair { plate, dist: name, latent, card, batched });
                } else {
                    refused.insert(format!("{plate:?} {name} by {}", card.name), codes);
                }
            }
        }
    }
    (pairs, refused)
}

impl Pair {
    fn name(&self) -> String {
        format!("{:?} {} by {}", self.plate, self.dist, self.card.name)
    }

    pub(super) fn samples(&self, several: usize) -> [usize; 2] {
        let least = least_samples(&self.batched);
        [least, several.max(least)]
    }
}

/// How far apart gradients and ELBOs are, as a share of the largest number among them.
fn apart(got: &(Vec<f64>, f64), wanted: &(Vec<f64>, f64), counts: &[bool]) -> f64 {
    let scale = wanted.0.iter().fold(wanted.1.abs().max(1.0), |m, g| m.max(g.abs()));
    let pairs = got.0.iter().zip(&wanted.0).zip(counts).filter(|(_, counts)| **counts);
    let pairs = pairs.map(|(pair, _)| pair).chain([(&got.1, &wanted.1)]);
    let worst = |m: f64, x: f64| if x.is_nan() { f64::INFINITY } else { m.max(x) };
    pairs.map(|(x, y)| (x - y).abs() / scale).fold(0.0, worst)
}

/// Ops on the longest path to the loss.
fn depth(g: &Graph) -> f64 {
    let mut depths = vec![0_u32; g.len()];
    for id in g.ids() {
        let below = g.node(id).args.iter().map(|a| depths[a.0 as usize] + 1).max();
        depths[id.0 as usize] = below.unwrap_or(0);
    }
    depths.into_iter().max().unwrap_or(0).into()
}

/// What f32 may cost: each op on a path rounds what passes, which moves the result about as
/// much as parameters that are rounded do. Noise is exact in both.
fn rounding(
    whole: &mut Compiled,
    params: &[f64],
    noises: &[Vec<f64>],
    exact: &(Vec<f64>, f64),
    counts: &[bool],
) -> f64 {
    let epsilon = f64::from(f32::EPSILON);
    let moved = |x: f64, i: usize, turn: usize| {
        let up = (i.wrapping_mul(2_654_435_761) >> (7 + turn)) & 1 == 0;
        x * (1.0 + if up { epsilon } else { -epsilon })
    };
    let sways = (0..4).map(|turn| {
        let all = |x: &[f64]| x.iter().enumerate().map(|(i, &x)| moved(x, i, turn)).collect();
        let params: Vec<f64> = all(params);
        apart(&whole.at(&params, noises), exact, counts)
    });
    let sway = sways.fold(0.0, f64::max);
    depth(&whole.graph) * (sway + epsilon)
}

const LOWERINGS: [(Lowering, Float); 4] = [
    (Lowering::Fast, Float::F64),
    (Lowering::Reference, Float::F64),
    (Lowering::Fast, Float::F32),
    (Lowering::Reference, Float::F32),
];

/// Every row has its noise: all at once and batch by batch, in both lowerings, are one sum in another order.
pub(super) fn faults(pair: &Pair, samples: usize) -> Vec<String> {
    let all = pair.batched.whole();
    let mut whole = Compiled::new(&all, samples, F64);
    let (params, noises) = (whole.params(), whole.noises(7));
    let counts = whole.is_objective();
    let exact = whole.at(&params, &noises);
    let rounding = rounding(&mut whole, &params, &noises, &exact, &counts);
    let mut faults = vec![];
    for (lowering, float) in LOWERINGS {
        let options = Options { lowering, float, threads: 1 };
        let bound = if float == Float::F64 { 1e-9 } else { rounding };
        let at_once = Compiled::new(&all, samples, options).at(&params, &noises);
        let part = Compiled::new(&pair.batched, samples, options);
        let epoch = Batched::new(&whole.graph, part).epoch(&params, &noises);
        for (what, got) in [("all rows", at_once), ("an epoch", epoch)] {
            let apart = apart(&got, &exact, &counts);
            if apart.is_nan() || apart > bound {
                let name = pair.name();
                faults.push(format!(
                    "{name}, {samples} draws, {lowering:?} {float:?}, {what}: {apart:e} of {bound:e}\n  {got:.4?}\n  {exact:.4?}"
                ));
            }
        }
    }
    faults
}

#[test]
fn at_the_same_noise_an_epoch_is_all_rows_in_both_lowerings() {
    let (pairs, _) = pairs();
    let mut found = vec![];
    for pair in &pairs {
        for samples in pair.samples(4) {
            found.extend(faults(pair, samples));
        }
    }
    assert!(found.is_empty(), "{}\n{}", found.len(), found.join("\n"));
}

/// Nothing is left out: what one latent admits by itself, rows of it admit in batches, but for a sum inside a logarithm that all
/// rows share.
#[test]
fn batches_admit_what_all_rows_do() {
    let (pairs, refused) = pairs();
    let mut alone = vec![];
    for dist in dist::ALL.iter().filter(|d| d.signature().support.has_guide()) {
        let (latent, name) = (latent(*dist), dist.signature().name);
        let text = latent.text("", COST);
        let by = estimator::ALL.iter().map(|e| e.card().name);
        let admitted = by.filter(|by| refusals(&text, latent.data, &[("x", by)]).is_empty());
        alone.extend(admitted.map(|by| (name, by)));
    }
    let of = |plate: Plate| -> Vec<(&str, &str)> {
        pairs.iter().filter(|p| p.plate == plate).map(|p| (p.dist, p.card.name)).collect()
    };
    assert_eq!(of(Plate::Local), alone);
    let (sums, others): (Vec<_>, Vec<_>) = alone.iter().partition(|(_, by)| *by == "marginalize");
    assert_eq!(of(Plate::Global), others);
    let sums = sums.iter().map(|(name, by)| (format!("Global {name} by {by}"), vec!["E0512"]));
    assert_eq!(refused, sums.collect());
    for card in estimator::ALL.iter().map(|e| e.card()) {
        assert!(pairs.iter().any(|p| p.card.name == card.name), "no pair tests {}", card.name);
    }
    let bounds = of(Plate::Bound);
    assert!(bounds.iter().any(|(_, by)| *by == "vimco"), "{bounds:?}");
}

/// Places among the parameters, and the exact gradient there.
type Known = (Vec<usize>, Vec<(f64, f64)>);

/// The exact gradient of −ELBO in the parameters of some rows, or of all where they share one latent; and their places.
fn exact(pair: &Pair, whole: &Compiled, params: &[f64]) -> Known {
    let rows: Vec<(String, Vec<usize>)> = match pair.plate {
        Plate::Global => vec![(format!("{Y:?}"), (0..params.len()).collect())],
        _ => [0, 3].map(|row| (Y[row].to_string(), whole.row(row))).into(),
    };
    let of = |(y, places): (String, Vec<usize>)| {
        let own: Vec<f64> = places.iter().map(|&p| params[p]).collect();
        let exact = pair.latent.exact_at(COST, &y, &own);
        places.into_iter().zip(exact).collect::<Vec<_>>()
    };
    rows.into_iter().flat_map(of).unzip()
}

/// Of central differences and quadrature of smooth costs.
const EXACT: f64 = 1e-6;

#[test]
fn epochs_have_the_exact_mean() {
    let (pairs, _) = pairs();
    let is_unbiased = |p: &&Pair| {
        let keeps_family = estimator::find(p.card.name).unwrap().keeps_family();
        let has_guide = p.card.name != "marginalize" && !keeps_family;
        p.plate != Plate::Bound && p.card.bias != Bias::Biased && has_guide
    };
    let mut known: BTreeMap<(Plate, &str), Known> = BTreeMap::new();
    let mut faults = vec![];
    for pair in pairs.iter().filter(is_unbiased) {
        for (samples, epochs) in pair.samples(60).into_iter().zip([1000, 60]) {
            let whole = Compiled::new(&pair.batched.whole(), samples, F64);
            let params: Vec<f64> = whole
                .params()
                .into_iter()
                .zip(whole.is_objective())
                .map(|(p, is)| if is { p } else { 0.1 })
                .collect();
            let (places, wanted) = known
                .entry((pair.plate, pair.dist))
                .or_insert_with(|| exact(pair, &whole, &params));
            let epochs = if pair.card.bias == Bias::Exact { 1 } else { epochs };
            let part = Compiled::new(&pair.batched, samples, F64);
            let got = Batched::new(&whole.graph, part).epochs(&params, epochs, 11);
            let got: Vec<_> = places.iter().map(|&p| got[p]).collect();
            let wanted: Vec<_> = wanted.iter().map(|w| (w.0, EXACT)).collect();
            let z = z_between(&got, &wanted);
            if z.is_nan() || z >= 5.0 {
                let name = pair.name();
                faults
                    .push(format!("{name}, {samples} draws: {z:.1}\n  {got:.4?}\n  {wanted:.4?}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}\n{}", faults.len(), faults.join("\n"));
}
