//! Products on tile registers against products in f64.

use super::{Operand, Product, Tiles};

/// A number of [−1, 1) with 24 digits, from a counter.
fn draw(state: &mut u64) -> f32 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    ((*state >> 40) as f32 / (1 << 23) as f32) - 1.0
}

#[derive(Debug)]
struct Case {
    sides: [usize; 3],
    /// Whether a and b have their neighbours along the sum.
    along: [bool; 2],
    /// Whether the elements of a and b are whole numbers up to 200.
    short: [bool; 2],
    adds: bool,
}

impl Case {
    /// The largest error, in units of 2⁻²⁴ times the sum of the sizes of what is added up.
    fn error(&self, tiles: Tiles) -> f64 {
        let [rows, columns, depth] = self.sides;
        let mut state = (rows * 31 + columns * 7 + depth) as u64;
        let mut matrix = |own: usize, is_short: bool| -> Vec<f32> {
            let draws = (0..(own + 3) * (depth + 3)).map(|_| draw(&mut state));
            draws.map(|x| if is_short { (x * 200.0).round() } else { x }).collect()
        };
        let (a, b) = (matrix(rows, self.short[0]), matrix(columns, self.short[1]));
        let steps = |own: usize, along: bool| if along { (depth + 3, 1) } else { (1, own + 3) };
        let [at_a, at_b] = [steps(rows, self.along[0]), steps(columns, self.along[1])];
        let operand =
            |of: &[f32], (step, depth_step)| Operand { at: of.as_ptr(), step, depth_step };
        let mut out = vec![0.5_f32; rows * (columns + 5)];
        let product = Product {
            rows,
            columns,
            depth,
            out: out.as_mut_ptr(),
            step: columns + 5,
            a: operand(&a, at_a),
            b: operand(&b, at_b),
            adds: self.adds,
        };
        // SAFETY: the arrays are as large as their steps say.
        assert!(unsafe { tiles.multiply(product) });
        let mut worst: f64 = 0.0;
        for (i, row) in out.chunks(columns + 5).enumerate() {
            assert!(row[columns..].iter().all(|&x| x == 0.5), "nothing beyond a row is written");
            for (j, &x) in row[..columns].iter().enumerate() {
                let start = if self.adds { 0.5 } else { 0.0 };
                let terms = (0..depth).map(|k| {
                    f64::from(a[i * at_a.0 + k * at_a.1]) * f64::from(b[j * at_b.0 + k * at_b.1])
                });
                let (sum, size) = terms.fold((start, start), |(s, t), x| (s + x, t + x.abs()));
                worst = worst.max((f64::from(x) - sum).abs() / size);
            }
        }
        worst * f64::from(1 << 24)
    }
}

/// Rounding once per product and addition, six of them per term, and the three products of parts that are left out:
/// 2⁻²³ of a term. Of whole numbers of eight digits nothing is left out or rounded.
#[test]
fn products_are_as_exact_as_f32() {
    let Some(tiles) = Tiles::detect() else {
        eprintln!("skipped: this machine has no tile registers (AMX)");
        return;
    };
    let bools = [false, true];
    let sides = [
        [1, 1, 1],
        [3, 5, 2],
        [16, 32, 33],
        [33, 17, 64],
        [70, 40, 31],
        [9, 48, 1100],
        [300, 2, 800],
    ];
    for (sides, along_a) in sides.into_iter().flat_map(|sides| bools.map(|along| (sides, along))) {
        for (along_b, adds) in bools.into_iter().flat_map(|along| bools.map(|adds| (along, adds))) {
            for short in [[false, false], [false, true], [true, false], [true, true]] {
                let case = Case { sides, along: [along_a, along_b], short, adds };
                let error = case.error(tiles);
                let bound = if short == [true; 2] && sides[2] <= 400 {
                    0.0
                } else {
                    6.0 * sides[2] as f64 + 2.0
                };
                assert!(error <= bound, "{case:?}: {error} > {bound}");
            }
        }
    }
}

/// A sum with an infinite number in it is told from one without.
#[test]
fn infinite_and_undefined_results_are_told() {
    let Some(tiles) = Tiles::detect() else {
        eprintln!("skipped: this machine has no tile registers (AMX)");
        return;
    };
    for odd in [f32::INFINITY, f32::NEG_INFINITY, f32::NAN, f32::MAX] {
        let (mut a, b, mut out) = ([1.0_f32; 40 * 50], [1.0_f32; 50 * 40], [0.0_f32; 40 * 40]);
        a[17 * 50 + 49] = odd;
        let operand = |of: &[f32]| Operand { at: of.as_ptr(), step: 50, depth_step: 1 };
        let (rows, columns, depth, step) = (40, 40, 50, 40);
        let out = out.as_mut_ptr();
        let product =
            |a| Product { rows, columns, depth, out, step, a, b: operand(&b), adds: false };
        // SAFETY: the arrays are as large as their steps say.
        unsafe {
            assert!(!tiles.multiply(product(operand(&a))), "{odd}");
            a[17 * 50 + 49] = 3.0;
            assert!(tiles.multiply(product(operand(&a))));
        }
    }
}
