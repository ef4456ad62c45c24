//! The matching of rows and columns with the largest sum of entries: the Hungarian method by shortest augmenting paths (Kuhn 1955;
//! Jonker & Volgenant 1987), in O(n³).
//!
//! An infinite entry counts as a number beyond every sum of finite ones, so that −∞ is a pair to be matched only where all else
//! would leave somebody alone. Prices and distances are pairs, compared by their infinities first; so every loop below ends, whatever
//! the entries are.

use std::ops::{Add, Sub};

/// What a pair costs: minus its entry.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
struct Cost {
    infinities: f64,
    rest: f64,
}

impl Cost {
    const NONE: Self = Self { infinities: 0.0, rest: 0.0 };
    const BEYOND: Self = Self { infinities: f64::INFINITY, rest: 0.0 };

    fn of(entry: f64, scale: f64) -> Self {
        match entry.is_infinite() {
            true => Self { infinities: -entry.signum(), rest: 0.0 },
            false => Self { infinities: 0.0, rest: -entry * scale },
        }
    }
}

impl Add for Cost {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { infinities: self.infinities + other.infinities, rest: self.rest + other.rest }
    }
}

impl Sub for Cost {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self { infinities: self.infinities - other.infinities, rest: self.rest - other.rest }
    }
}

/// The column of each row, from the entries of a square matrix row by row. `None` where an entry is NaN.
pub fn assignment(n: usize, entries: &[f64]) -> Option<Vec<usize>> {
    if entries.iter().any(|x| x.is_nan()) {
        return None;
    }
    let largest = entries.iter().filter(|x| x.is_finite()).fold(0.0, |m: f64, x| m.max(x.abs()));
    // No sum of so many overflows; a power of two rounds nothing.
    let scale = if largest > 1e280 { 0.5_f64.powi(80) } else { 1.0 };
    let costs = entries.iter().map(|&x| Cost::of(x, scale)).collect();
    let mut search = Search {
        n,
        costs,
        row_prices: vec![Cost::NONE; n],
        column_prices: vec![Cost::NONE; n],
        columns: vec![None; n],
        owners: vec![None; n],
    };
    (0..n).for_each(|row| search.place(row));
    search.columns.into_iter().collect()
}

/// A matching of the first rows whose cost is the least, and prices that show it: no pair costs less than its row's and its column's
/// price together, and those of the matching cost just that.
struct Search {
    n: usize,
    costs: Vec<Cost>,
    row_prices: Vec<Cost>,
    column_prices: Vec<Cost>,
    /// Of each row.
    columns: Vec<Option<usize>>,
    /// The row of each column.
    owners: Vec<Option<usize>>,
}

/// Shortest paths from one row, by columns.
struct Paths {
    lengths: Vec<Cost>,
    /// The row before each column.
    from: Vec<usize>,
    reached: Vec<bool>,
}

impl Search {
    /// Finds a column for one more row, along the shortest path on which others change theirs.
    fn place(&mut self, first: usize) {
        let mut paths = Paths {
            lengths: vec![Cost::BEYOND; self.n],
            from: vec![first; self.n],
            reached: vec![false; self.n],
        };
        let (mut row, mut length) = (first, Cost::NONE);
        let last = loop {
            self.lengthen(&mut paths, row, length);
            let Some(column) = paths.nearest(&self.owners) else {
                unreachable!("a column is free as long as a row is");
            };
            length = paths.lengths[column];
            paths.reached[column] = true;
            match self.owners[column] {
                None => break column,
                Some(owner) => row = owner,
            }
        };
        self.reprice(&paths, first, length);
        self.swap(&paths, first, last);
    }

    fn lengthen(&self, paths: &mut Paths, row: usize, length: Cost) {
        let costs = &self.costs[row * self.n..][..self.n];
        for (column, &cost) in costs.iter().enumerate() {
            let step = cost - self.row_prices[row] - self.column_prices[column];
            let through = length + step;
            if !paths.reached[column] && through < paths.lengths[column] {
                (paths.lengths[column], paths.from[column]) = (through, row);
            }
        }
    }

    /// Prices under which the path costs nothing more.
    fn reprice(&mut self, paths: &Paths, first: usize, length: Cost) {
        self.row_prices[first] = self.row_prices[first] + length;
        for column in (0..self.n).filter(|&c| paths.reached[c]) {
            let spared = length - paths.lengths[column];
            self.column_prices[column] = self.column_prices[column] - spared;
            if let Some(owner) = self.owners[column] {
                self.row_prices[owner] = self.row_prices[owner] + spared;
            }
        }
    }

    /// Each row on the path takes the column after it.
    fn swap(&mut self, paths: &Paths, first: usize, last: usize) {
        let mut column = last;
        loop {
            let row = paths.from[column];
            self.owners[column] = Some(row);
            let before = self.columns[row].replace(column);
            match before {
                Some(before) if row != first => column = before,
                _ => return,
            }
        }
    }
}

impl Paths {
    /// The column at the end of the shortest path so far; of equal ones a free one.
    fn nearest(&self, owners: &[Option<usize>]) -> Option<usize> {
        let mut best: Option<usize> = None;
        for column in (0..owners.len()).filter(|&c| !self.reached[c]) {
            let is_nearer = best.is_none_or(|best| {
                let (own, least) = (self.lengths[column], self.lengths[best]);
                own < least || own == least && owners[column].is_none() && owners[best].is_some()
            });
            if is_nearer {
                best = Some(column);
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::assignment;
    use rand::rngs::Xoshiro256PlusPlus;
    use rand::{RngExt, SeedableRng};

    fn permutations(n: usize) -> Vec<Vec<usize>> {
        let mut all = vec![vec![]];
        for next in 0..n {
            let extended = |p: Vec<usize>| {
                (0..=next).map(move |at| {
                    let mut p = p.clone();
                    p.insert(at, next);
                    p
                })
            };
            all = all.into_iter().flat_map(extended).collect();
        }
        all
    }

    /// Infinities first, then the sum of the rest.
    fn worth(n: usize, entries: &[f64], columns: &[usize]) -> (f64, f64) {
        let each = columns.iter().enumerate().map(|(i, &j)| entries[i * n + j]);
        each.fold((0.0, 0.0), |(infinities, rest), x| match x.is_infinite() {
            true => (infinities + x.signum(), rest),
            false => (infinities, rest + x),
        })
    }

    /// Whole numbers, so that ties are ties and sums are exact.
    #[test]
    fn the_largest_of_all_permutations() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(7);
        for n in 0..=6 {
            let all = permutations(n);
            for kind in 0..400 {
                let spread = [1, 3, 100][kind % 3];
                let entries: Vec<f64> = (0..n * n)
                    .map(|_| match (kind % 4, rng.random_range(0..4)) {
                        (1 | 2, 0) => f64::NEG_INFINITY,
                        (2, 1) => f64::INFINITY,
                        _ => f64::from(rng.random_range(-spread..=spread)),
                    })
                    .collect();
                let found = assignment(n, &entries).unwrap();
                let mut sorted = found.clone();
                sorted.sort_unstable();
                assert!(sorted.iter().copied().eq(0..n), "a permutation: {found:?}");
                let worths = all.iter().map(|columns| worth(n, &entries, columns));
                let best = worths.reduce(|a, b| if b > a { b } else { a }).unwrap();
                assert_eq!(worth(n, &entries, &found), best, "{entries:?}: {found:?}");
            }
        }
    }

    /// Prices round where entries are no whole numbers: what is lost is rounding.
    #[test]
    fn real_entries_at_every_scale() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(8);
        let all = permutations(6);
        for kind in 0..400 {
            let scale = [1e-300, 1e-8, 1.0, 1e8, 1e300, f64::MAX][kind % 6];
            let entries: Vec<f64> =
                (0..36).map(|_| scale * rng.random_range(-1.0..1.0_f64)).collect();
            let found = assignment(6, &entries).unwrap();
            let small: Vec<f64> = entries.iter().map(|x| x / scale).collect();
            let sum = |columns: &[usize]| worth(6, &small, columns).1;
            let best = all.iter().map(|c| sum(c)).fold(f64::NEG_INFINITY, f64::max);
            assert!(sum(&found) > best - 1e-13, "{scale}: {}, {best}", sum(&found));
        }
    }

    #[test]
    fn nothing_is_matched_by_nan() {
        assert_eq!(assignment(2, &[0.0, 1.0, f64::NAN, 2.0]), None);
        assert_eq!(assignment(0, &[]), Some(vec![]));
        assert_eq!(assignment(2, &[f64::NEG_INFINITY; 4]).map(|c| c.len()), Some(2));
    }

    /// Rows in the reverse order of a planted matching, whose pairs alone are worth something.
    #[test]
    fn a_large_matching_is_found() {
        let n = 300;
        let planted = |i: usize| (i * 7 + 3) % n;
        let entry = |c: usize| if planted(c / n) == c % n { 1.0 } else { 0.001 * (c % 17) as f64 };
        let entries: Vec<f64> = (0..n * n).map(entry).collect();
        assert_eq!(assignment(n, &entries), Some((0..n).map(planted).collect()));
    }
}
