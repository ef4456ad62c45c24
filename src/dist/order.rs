//! Orders along a dimension: who stands before whom.

use crate::ir::{Dim, Graph, NodeId};

/// How many elements along a dimension are larger than each: its place from 0 when the largest comes first. Of equal ones the
/// first comes first.
pub fn places(g: &mut Graph, x: NodeId, over: Dim) -> NodeId {
    let twin = twin(g, over);
    let x = g.expand(x, &[over]);
    let other = g.run(x, over, twin, 0);
    let (here, there) = (g.iota(over), g.iota(twin));
    let (larger, equal, earlier) = (g.lt(x, other), g.eq(x, other), g.lt(there, here));
    let first = g.mul(equal, earlier);
    let before = g.add(larger, first);
    g.sum(before, &[twin])
}

/// A second axis of a dimension.
pub(super) fn twin(g: &mut Graph, of: Dim) -> Dim {
    let size = g.size(of);
    g.dim("twin", size)
}

/// Every subset of `size` of `count` items as a row of zeros and ones.
pub fn subsets(count: usize, size: usize) -> Vec<Vec<f64>> {
    let mut rows = vec![];
    extend_subset(&mut vec![], count, size, &mut rows);
    rows
}

fn extend_subset(row: &mut Vec<f64>, count: usize, size: usize, rows: &mut Vec<Vec<f64>>) {
    let left = count - row.len();
    if size > left {
        return;
    }
    if left == 0 {
        rows.push(row.clone());
        return;
    }
    for (taken, bit) in [(1, 1.0), (0, 0.0)] {
        if taken <= size {
            row.push(bit);
            extend_subset(row, count, size - taken, rows);
            row.pop();
        }
    }
}

/// Every ranking of `count` items as a row of places from 1.
pub fn rankings(count: usize) -> Vec<Vec<f64>> {
    let mut rows: Vec<Vec<f64>> = vec![vec![]];
    for next in 0..count {
        let extended = |row: Vec<f64>| {
            (0..=next).map(move |at| {
                let place = (at + 1) as f64;
                let moved = row.iter().map(|&p| if p >= place { p + 1.0 } else { p });
                moved.chain([place]).collect::<Vec<f64>>()
            })
        };
        rows = rows.into_iter().flat_map(extended).collect();
    }
    rows
}

/// Every permutation matrix of `count` rows, row by row.
pub fn permutations(count: usize) -> Vec<Vec<f64>> {
    let hit = |place: f64, column: usize| f64::from(place == (column + 1) as f64);
    let matrix = |ranking: Vec<f64>| {
        ranking.into_iter().flat_map(|place| (0..count).map(move |c| hit(place, c))).collect()
    };
    rankings(count).into_iter().map(matrix).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_subset_and_ranking_is_there_once() {
        let bits = |rows: &[Vec<f64>]| -> HashSet<Vec<u64>> {
            rows.iter().map(|r| r.iter().map(|x| x.to_bits()).collect()).collect()
        };
        let (chosen, ranked) = (subsets(6, 2), rankings(4));
        assert_eq!((bits(&chosen).len(), chosen.len()), (15, 15));
        assert!(chosen.iter().all(|row| row.iter().sum::<f64>() == 2.0));
        assert_eq!((bits(&ranked).len(), ranked.len()), (24, 24));
        assert!(ranked.iter().all(|row| {
            let mut row = row.clone();
            row.sort_by(f64::total_cmp);
            row == [1.0, 2.0, 3.0, 4.0]
        }));
        assert_eq!((subsets(3, 0), subsets(2, 3).len()), (vec![vec![0.0; 3]], 0));
    }
}
