//! The simulated tables of the examples: from a seed to CSV, the same bytes on every machine.
//!
//! Draws come from the program's own counter-based generator; everything else is arithmetic, and exponentials by `libm`.

use elbow::backend::{CounterNoise, NoiseSource};
use elbow::ir::Noise;
use std::fmt::Write;

/// (file name, content) of every table.
pub(crate) fn tables() -> Vec<(&'static str, String)> {
    vec![
        ("linear_regression.csv", linear_regression()),
        ("logistic_regression.csv", logistic_regression()),
        ("mixture.csv", mixture()),
        ("poisson_regression.csv", poisson_regression()),
        ("radon.csv", radon()),
    ]
}

const SEED: u64 = 1763;

/// Standard draws, a fresh stream for each name of a table.
struct Draws {
    noise: CounterNoise,
    next: u64,
}

impl Draws {
    fn of_table(table: u64) -> Self {
        Self { noise: CounterNoise::new(SEED + table), next: 0 }
    }

    fn many(&mut self, kind: Noise, count: usize) -> Vec<f64> {
        let mut out = vec![0.0; count];
        self.noise.fill_f64(self.next, 0, kind, &mut out);
        self.next += 1;
        out
    }

    fn normals(&mut self, count: usize) -> Vec<f64> {
        self.many(Noise::Normal, count)
    }

    /// On (0, 1).
    fn uniforms(&mut self, count: usize) -> Vec<f64> {
        self.many(Noise::Uniform, count)
    }
}

/// sales = 120 + 8.5 temperature − 0.9 humidity + 55 weekend + 30 ε
fn linear_regression() -> String {
    let days = 60;
    let mut draws = Draws::of_table(0);
    let (warm, wet, noise) = (draws.normals(days), draws.normals(days), draws.normals(days));
    let mut out = "sales,temperature,humidity,weekend\n".to_string();
    for day in 0..days {
        let temperature = round(18.0 + 6.0 * warm[day], 1);
        let humidity = round(65.0 - 3.0 * warm[day] + 9.0 * wet[day], 0);
        let weekend = u8::from(day % 7 >= 5);
        let mean = 120.0 + 8.5 * temperature - 0.9 * humidity + 55.0 * f64::from(weekend);
        let sales = round(mean + 30.0 * noise[day], 0);
        line(&mut out, format_args!("{sales},{temperature},{humidity},{weekend}"));
    }
    out
}

/// logit P(passed) = −3 + 0.8 hours
fn logistic_regression() -> String {
    let students = 80;
    let mut draws = Draws::of_table(1);
    let (spent, luck) = (draws.uniforms(students), draws.uniforms(students));
    let mut out = "hours,passed\n".to_string();
    for (spent, luck) in spent.iter().zip(&luck) {
        let hours = round(8.0 * spent, 1);
        let chance = 1.0 / (1.0 + libm::exp(3.0 - 0.8 * hours));
        let passed = u8::from(*luck < chance);
        line(&mut out, format_args!("{hours},{passed}"));
    }
    out
}

/// 30 % at −4 ± 1, 45 % at 1 ± 0.7, 25 % at 6 ± 0.8
fn mixture() -> String {
    let count = 200;
    let mut draws = Draws::of_table(2);
    let (which, noise) = (draws.uniforms(count), draws.normals(count));
    let mut out = "x\n".to_string();
    for (&which, noise) in which.iter().zip(&noise) {
        let (mean, sd) = match which {
            ..0.3 => (-4.0, 1.0),
            0.3..0.75 => (1.0, 0.7),
            _ => (6.0, 0.8),
        };
        line(&mut out, format_args!("{}", round(mean + sd * noise, 3)));
    }
    out
}

/// claims ~ Poisson(years · exp(−1.2 − 0.25 (age − 40) / 10))
fn poisson_regression() -> String {
    let contracts = 120;
    let mut draws = Draws::of_table(3);
    let (term, old, luck) =
        (draws.uniforms(contracts), draws.uniforms(contracts), draws.uniforms(contracts));
    let mut out = "claims,years,age\n".to_string();
    for i in 0..contracts {
        let years = round(0.5 + 5.5 * term[i], 1);
        let age = round(18.0 + 60.0 * old[i], 0);
        let rate = years * libm::exp(-1.2 - 0.25 * (age - 40.0) / 10.0);
        line(&mut out, format_args!("{},{years},{age}", poisson(rate, luck[i])));
    }
    out
}

/// The count at which the distribution function of a Poisson passes `u`.
fn poisson(rate: f64, u: f64) -> u32 {
    let mut count = 0;
    let mut mass = libm::exp(-rate);
    let mut below = mass;
    while below < u {
        count += 1;
        mass *= rate / f64::from(count);
        below += mass;
    }
    count
}

/// Counties of Minnesota, and how many of the simulated homes lie in each.
const COUNTIES: &[(&str, usize)] = &[
    ("Aitkin", 4),
    ("Anoka", 20),
    ("Becker", 3),
    ("Blue Earth", 12),
    ("Carlton", 8),
    ("Clay", 14),
    ("Dakota", 25),
    ("Hennepin", 30),
    ("Lac qui Parle", 2),
    ("Olmsted", 15),
    ("Ramsey", 18),
    ("St. Louis", 9),
];

/// log_radon = a[county] − 0.7 floor + 0.7 ε, a = 1.4 + 0.4 ε
fn radon() -> String {
    let homes = COUNTIES.iter().map(|(_, homes)| homes).sum();
    let mut draws = Draws::of_table(4);
    let level = draws.normals(COUNTIES.len());
    let (floors, noise) = (draws.uniforms(homes), draws.normals(homes));
    let mut out = "county,floor,log_radon\n".to_string();
    let mut home = 0;
    for ((county, count), level) in COUNTIES.iter().zip(&level) {
        for _ in 0..*count {
            let floor = u8::from(floors[home] < 0.25);
            let mean = 1.4 + 0.4 * level - 0.7 * f64::from(floor);
            let log_radon = round(mean + 0.7 * noise[home], 2);
            line(&mut out, format_args!("{county},{floor},{log_radon}"));
            home += 1;
        }
    }
    out
}

fn round(x: f64, digits: i32) -> f64 {
    let unit = 10_f64.powi(digits);
    (x * unit).round() / unit
}

fn line(out: &mut String, row: std::fmt::Arguments) {
    writeln!(out, "{row}").expect("a string takes every line");
}
