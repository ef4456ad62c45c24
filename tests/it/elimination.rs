//! Exact sums against brute force: every joint value of the latents observed in turn, its log densities added up here.

use crate::common::{F64, problem, refusals, scattered, step};
use elbow::backend::CounterNoise;
use elbow::infer::draws;
use elbow::lower::Problem;

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
    Case {
        name: "plates by a data index",
        text: "data y: real[home]\ndata county: index(county)[home]\ndim k = 3\nparam l: real[county, k]\nparam p: unit[k]\n\
               param mu: real\n@marginalize\nz[county] ~ Categorical(l)\n@marginalize\n\
               m[home] ~ Bernoulli(p[z[county]])\ny ~ Normal(mu * m, 0.8)\n",
        data: r#""y": [1.3, 2.1, 0.4, -0.2], "county": [1, 2, 1, 2]"#,
        latents: &[("z", "index(k)[county]", [2, 0], 3), ("m", "binary[home]", [4, 0], 2)],
    },
    Case {
        name: "three plates by two indices, and one for all",
        text: "data y: real[home]\ndata county: index(county)[home]\ndata region: index(region)[county]\nparam a: real\n\
               param b: positive\n@marginalize\nu ~ Bernoulli(sigmoid(a))\n@marginalize\n\
               r[region] ~ Bernoulli(0.2 + 0.5 * u)\n@marginalize\nz[county] ~ Bernoulli(0.1 + 0.7 * r[region])\n\
               @marginalize\nm[home] ~ Bernoulli(0.3 + 0.4 * z[county])\ny ~ Normal(b * m + a * u, 0.8)\n",
        data: r#""y": [1.3, 2.1, 0.4, -0.2], "county": [1, 2, 1, 3], "region": [1, 2, 1]"#,
        latents: &[
            ("u", "binary", [0, 0], 2),
            ("r", "binary[region]", [2, 0], 2),
            ("z", "binary[county]", [3, 0], 2),
            ("m", "binary[home]", [4, 0], 2),
        ],
    },
    Case {
        name: "both plates in the likelihood",
        text: "data y: real[home]\ndata x: real[county]\ndata county: index(county)[home]\nparam a: real\nparam b: real\n\
               @marginalize\nz[county] ~ Bernoulli(0.4)\n@marginalize\nm[home] ~ Bernoulli(0.3)\n\
               x ~ Normal(b * z, 1)\ny ~ Normal(a * m * z[county] + b * z[county], 0.8)\n",
        data: r#""y": [1.3, 2.1, 0.4, -0.2], "x": [0.2, 1.5], "county": [2, 2, 1, 2]"#,
        latents: &[("z", "binary[county]", [2, 0], 2), ("m", "binary[home]", [4, 0], 2)],
    },
    Case {
        name: "a chain within a plate",
        text: "data y: real[n]\nparam a: real\nparam p: unit\n@marginalize\nu[n] ~ Bernoulli(p)\n@marginalize\n\
               v[n] ~ Bernoulli(0.2 + 0.5 * u)\n@marginalize\nw[n] ~ Bernoulli(0.1 + 0.6 * v)\n\
               y ~ Normal(a * w + v, 0.8)\n",
        data: r#""y": [1.3, -0.4]"#,
        latents: &[
            ("u", "binary[n]", [2, 0], 2),
            ("v", "binary[n]", [2, 0], 2),
            ("w", "binary[n]", [2, 0], 2),
        ],
    },
    Case {
        name: "two picks by one index, and one beside them",
        text: "data y: real[home, floor]\ndata county: index(county)[home]\nparam a: real\nparam b: real\n@marginalize\n\
               z[county] ~ Bernoulli(0.4)\n@marginalize\nw[county] ~ Bernoulli(0.3)\n@marginalize\n\
               m[home] ~ Bernoulli(0.2 + 0.3 * z[county] + 0.4 * w[county])\ny ~ Normal(a * m + b * w[county], 0.8)\n",
        data: r#""y": [[1.3, 0.7], [2.1, 2.0], [0.4, 0.0]], "county": [2, 2, 1]"#,
        latents: &[
            ("z", "binary[county]", [2, 0], 2),
            ("w", "binary[county]", [2, 0], 2),
            ("m", "binary[home]", [3, 0], 2),
        ],
    },
    Case {
        name: "an index inside the plate that it picks from",
        text: "data y: real[n]\ndata next: index(n)[n]\nparam a: real\n@marginalize\nz[n] ~ Bernoulli(0.4)\n@marginalize\n\
               m[n] ~ Bernoulli(0.2 + 0.6 * z[next])\ny ~ Normal(a * m, 0.8)\n",
        data: r#""y": [1.3, 2.1, 0.4], "next": [2, 3, 1]"#,
        latents: &[("z", "binary[n]", [3, 0], 2), ("m", "binary[n]", [3, 0], 2)],
    },
    Case {
        name: "jointly above a plate by index",
        text: "data y: real[home]\ndata x: real\ndata county: index(county)[home]\nparam a: real\n@marginalize\n\
               z[county] ~ Bernoulli(0.4)\n@marginalize\nm[home] ~ Bernoulli(0.2 + 0.6 * z[county])\n\
               x ~ Normal(sum(z over county), 0.5)\ny ~ Normal(a * m, 0.8)\n",
        data: r#""y": [1.3, 2.1, 0.4], "x": 0.8, "county": [2, 2, 1]"#,
        latents: &[("z", "binary[county]", [2, 0], 2), ("m", "binary[home]", [3, 0], 2)],
    },
    Case {
        name: "picked for a table that has the dimension too",
        text: "data y: real[home, floor]\ndata kind: index(floor)[home]\ndata x: real[floor]\nparam a: real\n@marginalize\n\
               z[floor] ~ Bernoulli(0.4)\ny ~ Normal(a * z[kind] + x, 0.8)\n",
        data: r#""y": [[1.3, 0.7], [2.1, 2.0], [0.4, 0.0]], "kind": [2, 2, 1], "x": [0.3, -0.8]"#,
        latents: &[("z", "binary[floor]", [2, 0], 2)],
    },
    Case {
        name: "counts whose bound is data",
        text: "data y: real[n]\ndata size: count[n]\nparam p: unit\n@marginalize\nz[n] ~ Binomial(size, p)\ny ~ Normal(z, 1)\n",
        data: r#""y": [1.3, 2.1], "size": [2, 2]"#,
        latents: &[("z", "count[n]", [2, 0], 3)],
    },
];

/// Where values and gradients are compared.
fn params(case: &Case) -> Vec<f64> {
    scattered(step(&observed(case, 0), 1, F64).params().len())
}

/// The model with its latents declared as data, at one of their joint values.
fn observed(case: &Case, code: usize) -> Problem {
    let lines = case.text.lines().filter(|l| !l.starts_with('@'));
    let mut declared: Vec<String> = vec![];
    for (name, ty, ..) in case.latents {
        declared.push(format!("data {name}: {ty}"));
    }
    let text: Vec<String> = lines.map(String::from).collect();
    let split =
        text.iter().rposition(|l| l.starts_with("data ") || l.starts_with("dim ")).unwrap() + 1;
    let text = [&text[..split], &declared, &text[split..]].concat().join("\n") + "\n";
    problem(&text, &format!("{{{}{}}}", case.data, fields(case, &values(case, code))), &[])
}

/// How many values each element has.
fn radix(case: &Case) -> Vec<usize> {
    let count = |shape: [usize; 2]| shape[0].max(1) * shape[1].max(1);
    case.latents.iter().flat_map(|l| vec![l.3; count(l.2)]).collect()
}

fn values(case: &Case, code: usize) -> Vec<usize> {
    let mut rest = code;
    let digit = |base: usize| {
        let digit = rest % base;
        rest /= base;
        digit
    };
    radix(case).into_iter().map(digit).collect()
}

/// One joint value: its log joint density, and the gradient of that.
struct Row {
    values: Vec<usize>,
    log: f64,
    gradient: Vec<f64>,
}

fn table(case: &Case, params: &[f64]) -> Vec<Row> {
    let row = |code: usize| {
        let (loss, gradient) = descend(&observed(case, code), params);
        let gradient = gradient.into_iter().map(|g| -g).collect();
        Row { values: values(case, code), log: -loss, gradient }
    };
    (0..radix(case).into_iter().product()).map(row).collect()
}

/// The loss of one draw and its gradient.
fn descend(problem: &Problem, params: &[f64]) -> (f64, Vec<f64>) {
    let mut step = step(problem, 1, F64);
    step.set_params(params);
    let loss = step.run(0, &mut CounterNoise::new(0));
    (loss, step.gradient())
}

fn summed(case: &Case) -> Problem {
    problem(case.text, &format!("{{{}}}", case.data), &[])
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
fn the_evidence_and_its_gradient_are_those_of_brute_force() {
    for case in CASES {
        let params = params(case);
        let table = table(case, &params);
        let exact = log_sum_exp(table.iter().map(|row| row.log));
        let (loss, gradient) = descend(&summed(case), &params);
        assert!((exact + loss).abs() < 1e-9, "{}: {} is not {exact}", case.name, -loss);
        for (i, g) in gradient.iter().enumerate() {
            let weigh = |row: &Row| (row.log - exact).exp() * row.gradient[i];
            let exact: f64 = table.iter().map(weigh).sum();
            assert!((exact + g).abs() < 1e-9, "{}: slope {i}: {} is not {exact}", case.name, -g);
        }
    }
}

/// Draws from p(z | x): the frequency of every element's every value, and of every pair's, within 5 standard errors.
#[test]
fn draws_have_the_posterior_probabilities() {
    const COUNT: usize = 4000;
    for case in CASES {
        let params = params(case);
        let table = table(case, &params);
        let evidence = log_sum_exp(table.iter().map(|row| row.log));
        let drawn = draws(&summed(case), &params, COUNT, 11);
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
                    .filter(|row| row.values[i] == 1 && row.values[j] == 1)
                    .map(|row| (row.log - evidence).exp())
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
    let params = scattered(step(&problem, 1, F64).params().len());
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
    let crossed = "data y: real[home]\ndata county: index(county)[home]\ndata age: index(age)[home]\n@marginalize\n\
                   z[county] ~ Bernoulli(0.4)\n@marginalize\nw[age] ~ Bernoulli(0.7)\ny ~ Normal(z[county] + w[age], 1)\n";
    let data = r#"{"y": [0.5, 1.5], "county": [1, 2], "age": [2, 1]}"#;
    assert_eq!(refusals(crossed, data, &[]), ["E0295"]);
    let linear = coupled[0].replace("@marginalize", "@enumerate");
    assert!(refusals(&linear, r#"{"y": [[0.5, 1.5], [1, 2]]}"#, &[]).is_empty());
    let large = "data y: real\ndim n = 9\n@marginalize\nz[n] ~ Bernoulli(0.3)\ny ~ Normal(sum(z over n), 1)\n";
    assert_eq!(refusals(large, r#"{"y": 1.0}"#, &[]), ["E0294"]);
}

/// The budget is for the table that a sum makes, not for one latent's values.
#[test]
fn tables_of_several_latents_are_within_the_budget() {
    let text = "data y: real[n]\ndim k = 16\ndim l = 16\n@marginalize\na[n] ~ Categorical(zeros(k))\n@marginalize\n\
                b[n] ~ Categorical(zeros(l))\nva = ones(k)\nvb = ones(l)\ny ~ Normal(va[a] * vb[b], 1)\n";
    let data = r#"{"y": [1.0, 2.0]}"#;
    assert!(refusals(text, data, &[]).is_empty());
    let over = text.replace("dim k = 16", "dim k = 17");
    assert_eq!(refusals(&over, data, &[]), ["E0294"]);
    assert_eq!(refusals(&over, data, &[("a", "enumerate")]), ["E0294"]);
    assert_eq!(refusals(&over, data, &[("a", "enumerate"), ("b", "enumerate")]), ["E0294"]);
    assert!(refusals(&over, data, &[("a", "gumbel_softmax")]).is_empty());
    let chain = "dim n = 2\ndim k = 16\np = ones(k)\n@marginalize\na[n] ~ Categorical(zeros(k))\n@marginalize\n\
                 b[n] ~ Bernoulli(0.5 * p[a])\n@marginalize\nc[n] ~ Categorical(zeros(k))\nfactor p[a] * b\n\
                 factor p[c] * b\n";
    assert!(refusals(chain, "{}", &[]).is_empty(), "the ends go first: 32 values each");
}

/// Counts whose bound is read from data: known when the data are.
#[test]
fn counts_are_within_the_budget_that_the_data_give() {
    let text = "data y: real[n]\ndata size: count[n]\nmost = size + 1\n@marginalize\nz[n] ~ Binomial(most, 0.5)\ny ~ Normal(z, 1)\n";
    let data = |size: u64| format!(r#"{{"y": [1.0, 2.0], "size": [3, {size}]}}"#);
    assert!(refusals(text, &data(254), &[]).is_empty(), "0 … 255");
    assert_eq!(refusals(text, &data(255), &[]), ["E0294"]);
    assert_eq!(refusals(text, &data(1_000_000_000_000_000), &[]), ["E0294"]);
    let moved =
        "data y: real\nk ~ Poisson(3)\n@marginalize\nz ~ Binomial(k, 0.5)\ny ~ Normal(z, 1)\n";
    assert_eq!(refusals(moved, r#"{"y": 1.0}"#, &[]), ["E0296"]);
    let guided = text.replace("@marginalize\n", "");
    assert!(refusals(&guided, &data(99_998), &[]).is_empty());
    assert_eq!(refusals(&guided, &data(99_999), &[]), ["E0296"]);
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
