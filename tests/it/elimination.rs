//! Exact sums against brute force: every joint value of the latents observed in turn, its log densities added up here.

use crate::common::{log_joint, loss, problem, refusals};
use elbow::infer::draws;

/// A model with `@` lines in front of its summed latents, and what these are declared as when they are observed.
struct Case {
    name: &'static str,
    text: &'static str,
    /// Fields of a JSON object, without its braces.
    data: &'static str,
    /// Name, declaration, elements (rows, columns; 0 is none) and values of one.
    latents: &'static [(&'static str, &'static str, [usize; 2], usize)],
}

const CASES: &[Case] = &[
    Case {
        name: "a mixture",
        text: "data x: real[n]\ndim k = 3\nl = [0.2, 1, 0.5] as k\nw = softmax(l over k)\nmu = [-1, 0, 2] as k\n@marginalize\n\
               z[n] ~ Categorical(probs = w)\nx ~ Normal(mu[z], 0.7)\n",
        data: r#""x": [0.3, -1.2, 2.2]"#,
        latents: &[("z", "index(k)[n]", [3, 0], 3)],
    },
    Case {
        name: "a plate in a plate",
        text: "data y: real[a, b]\n@marginalize\nz[a] ~ Bernoulli(0.3)\n@marginalize\n\
               w[a, b] ~ Bernoulli(0.2 + 0.6 * z)\ny ~ Normal(z + 2 * w, 1)\n",
        data: r#""y": [[0.5, 1.5], [-2.0, 3.0]]"#,
        latents: &[("z", "binary[a]", [2, 0], 2), ("w", "binary[a, b]", [2, 2], 2)],
    },
    Case {
        name: "one for all rows",
        text: "data y: real[n]\n@marginalize\nm ~ Bernoulli(0.3)\n@marginalize\nz[n] ~ Bernoulli(0.2 + 0.6 * m)\n\
               y ~ Normal(m + 2 * z, 1)\n",
        data: r#""y": [0.5, 1.5, 3.0]"#,
        latents: &[("m", "binary", [0, 0], 2), ("z", "binary[n]", [3, 0], 2)],
    },
    Case {
        name: "jointly, where a sum mixes",
        text: "data y: real\ndim n = 4\n@marginalize\nz[n] ~ Bernoulli(0.3)\ny ~ Normal(sum(z over n), 0.5)\n",
        data: r#""y": 2.3"#,
        latents: &[("z", "binary[n]", [4, 0], 2)],
    },
    Case {
        name: "jointly, and one by one below it",
        text: "data y: real[n]\n@marginalize\nb[n] ~ Bernoulli(0.3)\n@marginalize\na[n] ~ Bernoulli(0.6)\n\
               y ~ Normal(a + sum(b over n), 0.5)\n",
        data: r#""y": [1.3, 2.1, 0.4]"#,
        latents: &[("b", "binary[n]", [3, 0], 2), ("a", "binary[n]", [3, 0], 2)],
    },
    Case {
        name: "picked by data",
        text: "data y: real[home]\ndata county: index(county)[home]\n@marginalize\nz[county] ~ Bernoulli(0.3)\n\
               y ~ Normal(2 * z[county], 1)\n",
        data: r#""y": [1.3, 2.1, 0.4], "county": [1, 2, 1]"#,
        latents: &[("z", "binary[county]", [2, 0], 2)],
    },
    Case {
        name: "counts up to a bound",
        text: "data y: real[n]\n@marginalize\nz[n] ~ Binomial(3, 0.4)\ny ~ Normal(z, 1)\n",
        data: r#""y": [1.3, 2.1]"#,
        latents: &[("z", "count[n]", [2, 0], 4)],
    },
];

/// Every joint value with its log joint density.
fn table(case: &Case) -> Vec<(Vec<usize>, f64)> {
    let lines = case.text.lines().filter(|l| !l.starts_with('@'));
    let mut declared: Vec<String> = vec![];
    let count = |shape: [usize; 2]| shape[0].max(1) * shape[1].max(1);
    let radix: Vec<usize> = case.latents.iter().flat_map(|l| vec![l.3; count(l.2)]).collect();
    for (name, ty, ..) in case.latents {
        declared.push(format!("data {name}: {ty}"));
    }
    let text: Vec<String> = lines.map(String::from).collect();
    let split =
        text.iter().rposition(|l| l.starts_with("data ") || l.starts_with("dim ")).unwrap() + 1;
    let text = [&text[..split], &declared, &text[split..]].concat().join("\n") + "\n";
    let total: usize = radix.iter().product();
    let joint = |mut code: usize| {
        let mut values = vec![];
        for base in &radix {
            values.push(code % base);
            code /= base;
        }
        let data = format!("{{{}{}}}", case.data, fields(case, &values));
        (values, log_joint(&text, &data))
    };
    (0..total).map(joint).collect()
}

/// The latents' values as fields of the data; positions count from 1 there.
fn fields(case: &Case, values: &[usize]) -> String {
    let mut rest = values;
    let mut out = String::new();
    for (name, ty, [rows, columns], _) in case.latents {
        let first = usize::from(ty.starts_with("index"));
        let (own, others) = rest.split_at(rows.max(&1) * columns.max(&1));
        rest = others;
        let list = |x: &[usize]| {
            let x: Vec<String> = x.iter().map(|v| (v + first).to_string()).collect();
            format!("[{}]", x.join(", "))
        };
        let text = match (rows, columns) {
            (0, _) => own[0].to_string(),
            (_, 0) => list(own),
            _ => format!("[{}]", own.chunks(*columns).map(list).collect::<Vec<_>>().join(", ")),
        };
        out += &format!(r#", "{name}": {text}"#);
    }
    out
}

fn log_sum_exp(x: impl Iterator<Item = f64> + Clone) -> f64 {
    let most = x.clone().fold(f64::NEG_INFINITY, f64::max);
    most + x.map(|x| (x - most).exp()).sum::<f64>().ln()
}

#[test]
fn the_evidence_is_that_of_brute_force() {
    for case in CASES {
        let exact = log_sum_exp(table(case).iter().map(|(_, log)| *log));
        let summed = -loss(&problem(case.text, &format!("{{{}}}", case.data), &[]), &[]);
        assert!((summed - exact).abs() < 1e-9, "{}: {summed} is not {exact}", case.name);
    }
}

/// Draws from p(z | x): the frequency of every element's every value, and of every pair's, within 5 standard errors.
#[test]
fn draws_have_the_posterior_probabilities() {
    const COUNT: usize = 4000;
    for case in CASES {
        let table = table(case);
        let evidence = log_sum_exp(table.iter().map(|(_, log)| *log));
        let problem = problem(case.text, &format!("{{{}}}", case.data), &[]);
        let drawn = draws(&problem, &[], COUNT, 11);
        let mut columns: Vec<Vec<f64>> = vec![];
        for (name, ty, ..) in case.latents {
            let quantity = drawn.quantities.iter().find(|q| q.name == *name).unwrap();
            let first = f64::from(u8::from(ty.starts_with("index")));
            columns.extend(quantity.values.iter().map(|v| v.iter().map(|x| x - first).collect()));
        }
        for i in 0..columns.len() {
            for j in 0..=i {
                let exact: f64 = table
                    .iter()
                    .filter(|(z, _)| z[i] == 1 && z[j] == 1)
                    .map(|(_, log)| (log - evidence).exp())
                    .sum();
                let hits = (0..COUNT).filter(|&d| columns[i][d] == 1.0 && columns[j][d] == 1.0);
                let share = hits.count() as f64 / COUNT as f64;
                let se = (exact * (1.0 - exact) / COUNT as f64).sqrt();
                assert!(
                    (share - exact).abs() < 5.0 * se + 1e-9,
                    "{}: elements {i} and {j}: {share} is not {exact}",
                    case.name
                );
            }
        }
    }
}

/// What is left after the fit is drawn together: the marginalised one given the draw of the enumerated one, and a
/// noncentered child given both.
#[test]
fn children_follow_the_draws_of_their_parents() {
    let text = "data y: real[n]\n@enumerate\ne ~ Bernoulli(0.5)\n@marginalize\nm[n] ~ Bernoulli(0.1 + 0.8 * e)\n\
                @noncentered\nw[n] ~ Normal(100 * m + 1000 * e, 1)\nu ~ Uniform(0, 1 + e)\nd = w - 1000 * e\ny ~ Normal(0 * w, 1)\n";
    let problem = problem(text, r#"{"y": [0.0, 0.0]}"#, &[]);
    let params = crate::common::scattered(
        crate::common::step(&problem, 1, crate::common::F64).params().len(),
    );
    let drawn = draws(&problem, &params, 300, 5);
    let of = |name: &str| &drawn.quantities.iter().find(|q| q.name == name).unwrap().values;
    let (e, m, w, u, d) = (of("e"), of("m"), of("w"), of("u"), of("d"));
    assert!(e[0].contains(&0.0) && e[0].contains(&1.0), "both values are drawn");
    for draw in 0..300 {
        assert!(u[0][draw] < 1.0 + e[0][draw]);
        for row in 0..2 {
            let middle = 100.0 * m[row][draw] + 1000.0 * e[0][draw];
            assert!((w[row][draw] - middle).abs() < 50.0, "{} is not near {middle}", w[row][draw]);
            assert!((d[row][draw] - 100.0 * m[row][draw]).abs() < 50.0);
        }
    }
}

#[test]
fn sums_that_do_not_factor_are_refused() {
    let coupled = [
        "data y: real[r, c]\n@marginalize\na[r] ~ Bernoulli(0.4)\n@marginalize\nb[c] ~ Bernoulli(0.7)\n\
         y ~ Normal(a * b, 1)\n",
        "data y: real[r, c]\n@marginalize\na[r] ~ Bernoulli(0.4)\n@marginalize\nb[c] ~ Bernoulli(0.7)\n\
         @marginalize\nm[r, c] ~ Bernoulli(0.2 + 0.5 * a)\ny ~ Normal(m + b, 1)\n",
        "data y: real[r, c]\n@enumerate\na[r] ~ Bernoulli(0.4)\n@marginalize\nb[c] ~ Bernoulli(0.7)\n\
         y ~ Normal(a * b, 1)\n",
    ];
    for text in coupled {
        assert_eq!(refusals(text, r#"{"y": [[0.5, 1.5], [1, 2]]}"#, &[]), ["E0295"], "{text}");
    }
    let linear = coupled[0].replace("@marginalize", "@enumerate");
    assert!(refusals(&linear, r#"{"y": [[0.5, 1.5], [1, 2]]}"#, &[]).is_empty());
    let large = "data y: real\ndim n = 9\n@marginalize\nz[n] ~ Bernoulli(0.3)\ny ~ Normal(sum(z over n), 1)\n";
    assert_eq!(refusals(large, r#"{"y": 1.0}"#, &[]), ["E0294"]);
}

/// A simplex is drawn with noise of its own for every stick: each share varies as the Dirichlet that the guide comes near.
#[test]
fn draws_of_a_simplex_vary_in_every_share() {
    let problem = problem("dim k = 3\nw ~ Dirichlet([5, 6, 7] as k)\n", "{}", &[]);
    let mut params = vec![0.0; 2];
    params.extend([-1.0; 2]);
    let w = &draws(&problem, &params, 2000, 1).quantities[0];
    let stick = |d: usize| w.values[1][d] / (1.0 - w.values[0][d]);
    let pairs: Vec<(f64, f64)> = (0..2000).map(|d| (w.values[0][d], stick(d))).collect();
    let n = pairs.len() as f64;
    let mean = |f: fn(&(f64, f64)) -> f64| pairs.iter().map(f).sum::<f64>() / n;
    let (a, b) = (mean(|p| p.0), mean(|p| p.1));
    let moment = |f: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(f).sum::<f64>() / n;
    let covariance = moment(&|p| (p.0 - a) * (p.1 - b));
    let spread = (moment(&|p| (p.0 - a).powi(2)) * moment(&|p| (p.1 - b).powi(2))).sqrt();
    let z = covariance / spread * n.sqrt();
    assert!(z.abs() < 5.0, "sticks are independent under the guide: z = {z}");
    let sum = (0..2000).map(|d| w.values.iter().map(|v| v[d]).sum::<f64>() - 1.0);
    assert!(sum.fold(0.0_f64, |m, e| m.max(e.abs())) < 1e-12);
}
