//! Closed forms of conjugate models, found by what conjugacy is: the log joint density is linear in the statistics of an
//! exponential family. Its coefficients are solved for at more points than there are, and hold only if all agree.
//!
//! Once on a rough scale, then in the bulk of the posterior found: what is left over there would be seen.

use super::family::Family;
use super::moments::element;
use super::{Element, Exact, Member, Posterior};
use crate::dist::Domain;
use crate::ir::{self, Inputs, Rounding, Shape};
use crate::lower::{Joint, Problem, joint};
use nalgebra::{DMatrix, DVector};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use std::f64::consts::TAU;

/// Coefficients beyond which they are not solved for.
const MOST: usize = 250;
/// Element operations of all evaluations.
const BUDGET: f64 = 3e8;
/// What may be left over, as a share of what the log density varies by, and of its size.
const LEFT_OVER: f64 = 1e-9;
const ROUNDING: f64 = 1e-12;

/// Elements that belong together: a simplex, or all Normal ones.
struct Group {
    family: Family,
    /// Their places in the flat vector of parameters.
    places: Vec<usize>,
    name: String,
}

/// A posterior in closed form: for each group, what it is.
struct Solved {
    log_evidence: f64,
    members: Vec<Vec<Member>>,
}

pub(super) fn conjugate(problem: &Problem) -> Option<Posterior> {
    let joint = joint(problem).filter(|j| !j.latents.is_empty())?;
    let groups = groups(problem, &joint)?;
    let width = |g: &Group| g.family.statistics(&vec![0.1; g.places.len()]).len();
    let count = 1 + groups.iter().map(width).sum::<usize>();
    let points = 2 * count + 10;
    if count > MOST || points as f64 * joint.graph.operations() > BUDGET {
        return None;
    }
    let anywhere: Vec<Vec<(f64, f64)>> =
        groups.iter().map(|g| vec![(0.0, 1.0); g.places.len()]).collect();
    let rough = solve(&joint, &groups, points, &anywhere)?;
    let bulk: Vec<Vec<(f64, f64)>> = groups
        .iter()
        .zip(&rough.members)
        .map(|(g, members)| members.iter().flat_map(|m| g.family.bulk(&m.args)).collect())
        .collect();
    let Solved { log_evidence, members } = solve(&joint, &groups, points, &bulk)?;
    Some(Posterior { log_evidence, elements: elements(&joint, groups, members) })
}

/// One group for all Normal elements, one for each element or simplex of others.
fn groups(problem: &Problem, joint: &Joint) -> Option<Vec<Group>> {
    let g = &joint.graph;
    let mut normal = Group { family: Family::Normal, places: vec![], name: String::new() };
    let mut groups = vec![];
    for ((given, span), param) in joint.latents.iter().zip(g.param_spans()).zip(&g.params) {
        let family = Family::of(g, given)?;
        let name = &problem.bound.model.name(given.name).name;
        match (family, &given.domain) {
            (Family::Normal, _) => normal.places.extend(span),
            (Family::Dirichlet, &Domain::Simplex(over)) => {
                let outer = param.shape.without(&[over]);
                for place in 0..g.count(&outer) {
                    let places = along(joint, &param.shape, &outer, place);
                    let places = places.into_iter().map(|p| span.start + p).collect();
                    groups.push(Group { family, places, name: element(g, name, &outer, place) });
                }
            }
            _ => groups.extend(span.enumerate().map(|(i, place)| Group {
                family,
                places: vec![place],
                name: element(g, name, &param.shape, i),
            })),
        }
    }
    groups.extend((!normal.places.is_empty()).then_some(normal));
    Some(groups)
}

/// The places of the vector at one position of the other dimensions.
fn along(joint: &Joint, shape: &Shape, outer: &Shape, place: usize) -> Vec<usize> {
    let g = &joint.graph;
    let position = outer.coordinates(g, place);
    let is_here = |p: &usize| {
        let at = shape.coordinates(g, *p);
        position.iter().all(|here| at.contains(here))
    };
    let all = 0..g.count(shape);
    all.filter(is_here).collect()
}

/// The coefficients at points with these means and spreads, and what they mean.
fn solve(
    joint: &Joint,
    groups: &[Group],
    points: usize,
    bulk: &[Vec<(f64, f64)>],
) -> Option<Solved> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
    let mut inputs = Inputs::initial(&joint.graph);
    let (mut rows, mut logs) = (vec![], vec![]);
    for _ in 0..points {
        let mut row = vec![1.0];
        for (group, bulk) in groups.iter().zip(bulk) {
            let near = |&(mean, sd): &(f64, f64)| mean + sd * (4.0 * rng.random::<f64>() - 2.0);
            let free: Vec<f64> = bulk.iter().map(near).collect();
            for (&place, value) in group.places.iter().zip(group.family.values(&free)) {
                inputs.params[place] = value;
            }
            row.extend(group.family.statistics(&free));
        }
        rows.push(row);
        logs.push(ir::eval(&joint.graph, &inputs, &[joint.log_joint], Rounding::F64)[0][0]);
    }
    let coefficients = fitted(&rows, &logs)?;
    let (mut log_evidence, mut rest) = (coefficients[0], &coefficients[1..]);
    let mut members = vec![];
    for group in groups {
        let width = group.family.statistics(&vec![0.1; group.places.len()]).len();
        let (own, others) = rest.split_at(width);
        rest = others;
        let (member, log_volume) = match group.family {
            Family::Normal => normals(own, group.places.len())?,
            family => family.member(own).map(|(member, volume)| (vec![member], volume))?,
        };
        log_evidence += log_volume;
        members.push(member);
    }
    Some(Solved { log_evidence, members })
}

/// Least squares with columns of one size; `None` where something is left over.
fn fitted(rows: &[Vec<f64>], logs: &[f64]) -> Option<Vec<f64>> {
    let mut design = DMatrix::from_fn(rows.len(), rows[0].len(), |i, j| rows[i][j]);
    let target = DVector::from_column_slice(logs);
    let sizes: Vec<f64> = design.column_iter().map(|c| c.norm().max(f64::MIN_POSITIVE)).collect();
    for (mut column, size) in design.column_iter_mut().zip(&sizes) {
        column /= *size;
    }
    if !target.iter().chain(design.iter()).all(|x| x.is_finite()) {
        return None;
    }
    let decomposed = design.clone().svd(true, true);
    let first = decomposed.solve(&target, 1e-15).ok()?;
    let refined = &first + decomposed.solve(&(&target - &design * &first), 1e-15).ok()?;
    let left = (&target - &design * &refined).amax();
    let varies = target.add_scalar(-target.mean()).amax();
    let agrees = left <= LEFT_OVER * (1.0 + varies) + ROUNDING * target.amax();
    agrees.then(|| refined.iter().zip(&sizes).map(|(c, size)| c / size).collect())
}

/// bᵀz − ½ zᵀΛz: each element by itself, and the log of the integral.
fn normals(c: &[f64], count: usize) -> Option<(Vec<Member>, f64)> {
    let slope = DVector::from_column_slice(&c[..count]);
    let product = |i: usize, j: usize| c[count + i * (i + 1) / 2 + j];
    let precision = DMatrix::from_fn(count, count, |i, j| match i == j {
        true => -2.0 * product(i, i),
        false => -product(i.max(j), i.min(j)),
    });
    let factor = precision.cholesky()?;
    let mean = factor.solve(&slope);
    let covariance = factor.inverse();
    let log_det = 2.0 * factor.l_dirty().diagonal().iter().map(|d| d.ln()).sum::<f64>();
    let log_volume = 0.5 * (count as f64 * TAU.ln() - log_det + slope.dot(&mean));
    let member = |i: usize| {
        let (mean, sd) = (mean[i], covariance[(i, i)].sqrt());
        Member { family: "Normal", args: vec![mean, sd], mean: vec![mean], sd: vec![sd] }
    };
    Some(((0..count).map(member).collect(), log_volume))
}

/// In the order of the latents.
fn elements(joint: &Joint, groups: Vec<Group>, members: Vec<Vec<Member>>) -> Vec<Element> {
    let mut found: Vec<(usize, Element)> = vec![];
    for (group, members) in groups.into_iter().zip(members) {
        for (member, &place) in members.into_iter().zip(&group.places) {
            let name = match group.family {
                Family::Normal => label(joint, place),
                _ => group.name.clone(),
            };
            found.push((place, Element { name, exact: Exact::Member(member) }));
        }
    }
    found.sort_by_key(|(place, _)| *place);
    found.into_iter().map(|(_, element)| element).collect()
}

/// The name of one number of the flat vector.
fn label(joint: &Joint, place: usize) -> String {
    let g = &joint.graph;
    let spans = g.param_spans();
    let row = spans.iter().position(|span| span.contains(&place)).unwrap_or_default();
    let param = &g.params[row];
    element(g, &param.name, &param.shape, place - spans[row].start)
}
