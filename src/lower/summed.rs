//! The values of a summed latent along fresh dimensions.

use super::{Latent, Lowerer};
use crate::dist::{Domain, permutations, rankings, subsets};
use crate::ir::{Dim, NodeId};

impl Lowerer<'_> {
    /// All values of a finite support along fresh dimensions: one, or one per element of the mixed dimensions, put
    /// together into the latent's array.
    pub(super) fn support(&mut self, latent: &mut Latent, domain: &Domain) -> NodeId {
        let count = match domain {
            Domain::Binary => 2,
            Domain::Index(classes) => self.g.size(*classes),
            Domain::Count { upper: Some(upper), .. } => {
                super::support::largest(&self.g, *upper) as usize + 1
            }
            Domain::Subset { over, size } => {
                let size = super::support::largest(&self.g, *size) as usize;
                self.table(latent, &[*over], subsets(self.g.size(*over), size))
            }
            Domain::Ranking(over) => self.table(latent, &[*over], rankings(self.g.size(*over))),
            Domain::Permutation(row, column) => {
                self.table(latent, &[*row, *column], permutations(self.g.size(*row)))
            }
            _ => unreachable!("only finite supports are summed"),
        };
        let positions = self.positions(latent, count);
        latent.positions = Some(positions);
        match latent.table {
            Some((dim, table)) => self.g.pick(table, dim, positions),
            None => positions,
        }
    }

    fn positions(&mut self, latent: &mut Latent, count: usize) -> NodeId {
        let name = self.model.name(latent.name).name.clone();
        if latent.mixed.is_empty() {
            let dim = self.g.dim(name, count);
            latent.summed.push(dim);
            return self.g.iota(dim);
        }
        let sizes: Vec<usize> = latent.mixed.iter().map(|&d| self.g.size(d)).collect();
        let elements: usize = sizes.iter().product();
        let mut parts = vec![];
        for element in 0..elements {
            let dim = self.g.dim(format!("{name}#{}", element + 1), count);
            latent.summed.push(dim);
            let here = self.indicator(&latent.mixed, element);
            let value = self.g.iota(dim);
            parts.push(self.g.mul(here, value));
        }
        self.g.add_all(parts)
    }

    /// The values of a discrete vector, a row each over the dimensions; how many there are.
    fn table(&mut self, latent: &mut Latent, over: &[Dim], rows: Vec<Vec<f64>>) -> usize {
        let dim = self.g.dim("values", rows.len());
        let dims = [&[dim], over].concat();
        let laid = super::values::to_layout(&self.g, &dims, &rows.concat());
        latent.table = Some((dim, self.g.add_data("values", &dims, laid.into())));
        rows.len()
    }

    /// 1 at one element of an array along `dims` (row-major), else 0.
    fn indicator(&mut self, dims: &[Dim], element: usize) -> NodeId {
        let mut rest = element;
        let mut here = self.g.number(1.0);
        for &dim in dims.iter().rev() {
            let size = self.g.size(dim);
            let positions = self.g.iota(dim);
            let wanted = self.g.number((rest % size) as f64);
            let hit = self.g.eq(positions, wanted);
            here = self.g.mul(here, hit);
            rest /= size;
        }
        here
    }
}
