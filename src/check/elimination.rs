//! Exact sums as a sequence: which latent is summed after which, beside which others, over how many values.
//!
//! Variable elimination lifted to plates (Obermeyer et al. 2019). A marginalised latent joins the costs that depend on it
//! into one along the dimensions that it keeps. Whatever else this cost depends on has to be one element there: kept, or
//! picked by data. So inner plates go first, and among those that can go, the one with the smallest table.

use super::flow::{Path, Paths};
use super::model::{DimId, Model};
use super::plan::LatentPlan;
use crate::estimator::Bias;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// How a cost depends on latents, by their rows in the plan.
pub type Ways = BTreeMap<usize, Paths>;

/// One sum of the sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct Sum {
    /// Its row in the plan.
    pub latent: usize,
    /// Rows of the other exactly summed latents that the table runs along.
    pub beside: Vec<usize>,
    /// Values of the table per element of the kept dimensions, where the sizes are known.
    pub table: Option<u128>,
}

/// Why there is no such sequence: latents that meet in one cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Obstacle {
    /// Rows, in ascending order.
    pub latents: Vec<usize>,
    /// The statement of the cost.
    pub stmt: usize,
    /// What the table would take; `None` where no order keeps it from running over a whole plate.
    pub table: Option<u128>,
}

/// Marginalised latents first, then the enumerated ones, whose sums are linear in the costs and factor in any order.
///
/// # Errors
/// Where no order factors, or a table has more values than `budget`.
pub fn eliminate(
    model: &Model,
    latents: &[LatentPlan],
    budget: u128,
) -> Result<Vec<Sum>, Obstacle> {
    let costs = costs(model, latents);
    let mut sums = Sums { model, latents, budget, costs, done: vec![] };
    sums.marginalize()?;
    sums.enumerate()?;
    Ok(sums.done)
}

/// How a cost depends on other latents after it was aligned along one whose dimensions `mixed` are summed jointly.
pub fn join<'a>(
    model: &Model,
    row: usize,
    mixed: &[DimId],
    costs: impl IntoIterator<Item = &'a Ways>,
) -> Ways {
    let mut joined = meet(model, costs.into_iter().map(|ways| (ways, along(ways, row, mixed))));
    joined.remove(&row);
    joined
}

/// How latents reach a sum of costs, each of which was aligned along paths of its own.
pub fn meet<'a>(model: &Model, costs: impl IntoIterator<Item = (&'a Ways, Paths)>) -> Ways {
    let mut joined = Ways::new();
    for (ways, own) in costs {
        for (&row, way) in ways {
            merge(&mut joined, row, after(model, way, &own));
        }
    }
    joined
}

/// The paths along which a cost is aligned to a latent.
pub fn along(ways: &Ways, row: usize, mixed: &[DimId]) -> Paths {
    let mut own = ways.get(&row).cloned().unwrap_or_default();
    own.extend(mixed.iter().map(|&dim| (dim, Path::Mixed)));
    own
}

/// How a latent reaches a cost that was aligned along `own`.
fn after(model: &Model, way: &Paths, own: &Paths) -> Paths {
    let kept = |dim: &DimId| own.get(dim) == Some(&Path::Kept);
    let path = |(&dim, path): (&DimId, &Path)| {
        let is_same = own.get(&dim) == Some(path);
        let after = match path {
            Path::Kept | Path::Via(_) if is_same => Path::Kept,
            Path::Via(index) if model.name(*index).ty.dims.iter().all(kept) => path.clone(),
            _ => Path::Mixed,
        };
        (dim, after)
    };
    way.iter().map(path).collect()
}

/// Where two parts of a cost are reached in different ways, the dimension is mixed.
fn merge(all: &mut Ways, row: usize, way: Paths) {
    let Some(known) = all.get_mut(&row) else {
        all.insert(row, way);
        return;
    };
    for (dim, path) in way {
        if known.get(&dim) != Some(&path) {
            known.insert(dim, Path::Mixed);
        }
    }
}

/// A cost that depends on latents not summed yet.
struct Cost {
    /// Of those that were joined into it, the statement that most latents reach.
    stmt: usize,
    ways: Ways,
}

/// The cost of each statement, with the exactly summed latents that it depends on.
fn costs(model: &Model, latents: &[LatentPlan]) -> Vec<Cost> {
    let exact = || latents.iter().enumerate().filter(|(_, l)| l.bias() == Bias::Exact);
    let ways = |stmt: usize| {
        exact().filter_map(|(row, l)| Some((row, l.flows.to(stmt)?.paths.clone()))).collect()
    };
    (0..model.stmts.len()).map(|stmt| Cost { stmt, ways: ways(stmt) }).collect()
}

struct Sums<'a> {
    model: &'a Model,
    latents: &'a [LatentPlan],
    budget: u128,
    costs: Vec<Cost>,
    done: Vec<Sum>,
}

impl Sums<'_> {
    fn marginalize(&mut self) -> Result<(), Obstacle> {
        let mut open = self.rows("marginalize");
        open.sort_by_key(|&row| Reverse(self.kept(row).len()));
        while let Some(&first) = open.first() {
            let can: Vec<usize> =
                open.iter().copied().filter(|&row| self.factors(row).is_ok()).collect();
            let size = |row: &usize| {
                let on = self.beside(*row);
                (self.table(*row, &on).unwrap_or(u128::MAX), on.len())
            };
            let Some(next) = can.into_iter().min_by_key(size) else {
                return self.factors(first);
            };
            open.retain(|&row| row != next);
            self.sum_out(next)?;
        }
        Ok(())
    }

    fn enumerate(&mut self) -> Result<(), Obstacle> {
        for row in self.rows("enumerate") {
            let mut largest = Sum { latent: row, beside: vec![], table: self.latents[row].joint };
            for cost in self.costs.iter().filter(|c| c.ways.contains_key(&row)) {
                let beside: Vec<usize> = cost.ways.keys().copied().filter(|&r| r != row).collect();
                let table = self.table(row, &beside);
                if (table, beside.len()) > (largest.table, largest.beside.len()) {
                    largest = Sum { latent: row, beside, table };
                }
            }
            self.afford(&largest)?;
            self.costs.iter_mut().for_each(|c| drop(c.ways.remove(&row)));
            self.done.push(largest);
        }
        Ok(())
    }

    /// Replaces the costs that depend on a latent by what is left after its sum.
    fn sum_out(&mut self, row: usize) -> Result<(), Obstacle> {
        let beside = self.beside(row);
        let sum = Sum { latent: row, table: self.table(row, &beside), beside };
        self.afford(&sum)?;
        let (stmt, ways) = (self.meet(row), self.joined(row));
        self.costs.retain(|c| !c.ways.contains_key(&row));
        self.costs.push(Cost { stmt, ways });
        self.done.push(sum);
        Ok(())
    }

    /// Whether what is left after summing a latent depends on one element of every other.
    fn factors(&self, row: usize) -> Result<(), Obstacle> {
        for (other, way) in self.joined(row) {
            if self.kept(other).iter().any(|d| way.get(d) == Some(&Path::Mixed)) {
                let latents = vec![row.min(other), row.max(other)];
                return Err(Obstacle { latents, stmt: self.meet(row), table: None });
            }
        }
        Ok(())
    }

    fn afford(&self, sum: &Sum) -> Result<(), Obstacle> {
        match sum.table {
            Some(table) if table > self.budget => {
                let latents: BTreeSet<usize> =
                    sum.beside.iter().copied().chain([sum.latent]).collect();
                let stmt = self.meet(sum.latent);
                Err(Obstacle { latents: latents.into_iter().collect(), stmt, table: Some(table) })
            }
            _ => Ok(()),
        }
    }

    fn joined(&self, row: usize) -> Ways {
        let mixed = self.latents[row].flows.mixed();
        let costs = self.costs.iter().map(|c| &c.ways).filter(|ways| ways.contains_key(&row));
        join(self.model, row, &mixed, costs)
    }

    /// The other latents in the costs that depend on one.
    fn beside(&self, row: usize) -> Vec<usize> {
        self.joined(row).into_keys().collect()
    }

    /// The statement where most latents meet one.
    fn meet(&self, row: usize) -> usize {
        let costs = self.costs.iter().filter(|c| c.ways.contains_key(&row));
        costs.max_by_key(|c| c.ways.len()).map_or(self.latents[row].stmt, |c| c.stmt)
    }

    fn table(&self, row: usize, beside: &[usize]) -> Option<u128> {
        let mut joint = beside.iter().chain([&row]).map(|&r| self.latents[r].joint);
        joint.try_fold(1_u128, |n, joint| Some(n.saturating_mul(joint?)))
    }

    fn rows(&self, estimator: &str) -> Vec<usize> {
        (0..self.latents.len()).filter(|&row| self.latents[row].estimator == estimator).collect()
    }

    fn kept(&self, row: usize) -> Vec<DimId> {
        self.latents[row].kept(self.model)
    }
}
