//! Every distribution with every estimator: the mean gradient against an exact one that uses neither.
//!
//! Discrete latents: the latent is observed at each of its values in turn, and the gradient of E_q summed here. Continuous
//! ones: the expectation over the guide's noise by the trapezoidal rule, differentiated by central differences. Seeds are
//! fixed; |z| < 5 over all parameters of a model.

use crate::common::{
    F64, log_joint, mean_gradient_at, problem, refusals, scattered, step, z_between,
};
use crate::lowerings::Given;
use elbow::backend::{CounterNoise, Program, compile};
use elbow::dist::{self, Distribution, Support};
use elbow::estimator::{self, Aim, Bias, Card, Value};
use elbow::ir::special;
use elbow::lower::{Mode, lower};
use elbow::objective::{differs, objective, true_elbo};

/// A latent `x` and the number of it that costs are made of.
struct Latent {
    /// Statements before it, with a newline each.
    head: &'static str,
    site: String,
    scalar: &'static str,
    data: &'static str,
    /// What declares it as a datum, and how many values are summed; `None` for continuous ones.
    values: Option<(&'static str, usize)>,
}

const COSTS: [&str; 3] = ["factor 0.7 * C", "y ~ Normal(C, 1)", "factor -2 * abs(C - 1)"];

/// The example of each distribution, with parameters that are no latents.
fn latent(dist: &dyn Distribution) -> Latent {
    let s = dist.signature();
    let example = s.example.lines().last().unwrap().to_string();
    let plain = |head, site: String, scalar, values| Latent {
        head,
        site,
        scalar,
        data: r#"{"y": 1.3}"#,
        values,
    };
    let two = "dim k = 2\n";
    match (s.name, s.support) {
        ("MvNormal", _) => Latent {
            head: "data l: cholesky[d, d']\n",
            site: "x ~ MvNormal([0.3, -1] as d, l)".into(),
            scalar: "x[2]",
            data: r#"{"y": 1.3, "l": [[1, 0], [0.5, 0.8]]}"#,
            values: None,
        },
        ("WishartCholesky" | "InvWishartCholesky", _) => Latent {
            head: "data l: cholesky[d, d']\n",
            site: format!("x ~ {}(5, l)", s.name),
            scalar: "x[d = 2, d' = 1]",
            data: r#"{"y": 1.3, "l": [[1, 0], [0.5, 0.8]]}"#,
            values: None,
        },
        (_, Support::CorrCholesky) => plain("dim d = 2\n", example, "x[d = 2, d' = 1]", None),
        ("MvStudentT", _) => Latent {
            head: "data l: cholesky[d, d']\n",
            site: "x ~ MvStudentT(4, [0.3, -1] as d, l)".into(),
            scalar: "x[2]",
            data: r#"{"y": 1.3, "l": [[1, 0], [0.5, 0.8]]}"#,
            values: None,
        },
        ("GaussianRandomWalk", _) => plain("dim t = 2\n", example, "x[2]", None),
        ("ZeroInflated" | "Hurdle", _) => plain("", example, "x", Some(("count", 60))),
        ("BetaBinomial", _) => {
            plain("", "x ~ BetaBinomial(3, 2, 1)".into(), "x", Some(("count", 4)))
        }
        ("Hypergeometric", _) => plain("", example, "x", Some(("count", 4))),
        ("Mixture", _) => {
            let head = "dim k = 2\nl = [0.3, 0.7] as k\nw = softmax(l over k)\nm = [-1, 2] as k\n";
            plain(head, example, "x", None)
        }
        (_, Support::Simplex | Support::Ordered) => plain(two, example, "x[2]", None),
        ("OrderedLogistic" | "OrderedProbit", _) => {
            let head = "dim k = 3\ndim cut = k - 1\nv = [0, 1, 2] as k\n";
            plain(head, example, "v[x]", Some(("index(k)", 3)))
        }
        (_, Support::Index) => {
            let head = "dim k = 3\nv = [0, 1, 2] as k\n";
            plain(
                head,
                "x ~ Categorical([0.3, 0, -0.5] as k)".into(),
                "v[x]",
                Some(("index(k)", 3)),
            )
        }
        (_, Support::Binary) => plain("", "x ~ Bernoulli(0.3)".into(), "x", Some(("binary", 2))),
        (_, Support::CountTo(_)) => {
            plain("", "x ~ Binomial(3, 0.4)".into(), "x", Some(("count", 4)))
        }
        (_, Support::CountBetween(..)) => plain("", example, "x", Some(("count", 7))),
        (_, Support::Count) => plain("", example, "x", Some(("count", 60))),
        (_, Support::Int) => plain("", example, "x", Some(("int", 0))),
        (_, Support::Subset(_)) => {
            let site = "x ~ Subset([0.3, 0, -0.5] as k, 2)".into();
            plain("dim k = 3\n", site, "(2 * x[1] - x[3])", Some(("binary[k]", 3)))
        }
        (_, Support::Ranking) => {
            let site = "x ~ PlackettLuce([0.3, 0, -0.5] as k)".into();
            plain("dim k = 3\n", site, "(x[1] - 0.5 * x[3])", Some(("count[k]", 6)))
        }
        (_, Support::Permutation) => {
            let head = "dim k = 3\ndim j = 3\na = [0.8, -0.3, 1] as k\nb = [0.3, 0, -0.5] as j\n";
            let scalar = "(x[k = 1, j = 1] - 0.5 * x[k = 3, j = 2] + 2 * x[k = 2, j = 3])";
            let site = "x[k, j] ~ Permutation(a * b)".into();
            plain(head, site, scalar, Some(("binary[k, j]", 6)))
        }
        (_, Support::Composition(_) | Support::OneHot) => {
            plain("dim k = 3\n", example, "x[1]", Some(("count", 0)))
        }
        _ => plain("", example, "x", None),
    }
}

impl Latent {
    fn text(&self, annotation: &str, cost: &str) -> String {
        let cost = cost.replace('C', self.scalar);
        format!("data y: real\n{}{annotation}\n{}\n{cost}\nfactor 0 * y\n", self.head, self.site)
    }

    /// log p(x) + cost at every value.
    fn table(&self, cost: &str) -> Vec<f64> {
        let (ty, count) = self.values.unwrap();
        let first = usize::from(ty.starts_with("index"));
        let head = format!("{}data x: {ty}\n", self.head);
        let site = self.site.replace("x[k, j]", "x");
        let observed = Latent { head: "", site: format!("{head}{site}"), ..*self };
        let text = observed.text("", cost);
        let value = |x: usize| match self.rows() {
            Some(rows) if rows[x].len() == 9 => {
                format!("{:?}", rows[x].chunks(3).collect::<Vec<_>>())
            }
            Some(rows) => format!("{:?}", rows[x]),
            None => (x + first).to_string(),
        };
        (0..count)
            .map(|x| log_joint(&text, &format!(r#"{{"y": 1.3, "x": {}}}"#, value(x))))
            .collect()
    }

    /// The values of a discrete vector.
    fn rows(&self) -> Option<Vec<Vec<f64>>> {
        match self.values?.0 {
            "binary[k]" => Some(dist::subsets(3, 2)),
            "count[k]" => Some(dist::rankings(3)),
            "binary[k, j]" => Some(dist::permutations(3)),
            _ => None,
        }
    }

    /// The exact gradient of −ELBO in the guide's parameters, by the score of q.
    fn exact(&self, cost: &str, params: &[f64]) -> Vec<(f64, f64)> {
        let table = self.table(cost);
        let (ty, _) = self.values.unwrap();
        let (mass, scores): (Vec<f64>, Vec<Vec<f64>>) = if let Some(rows) = self.rows() {
            (vector_masses(params, &rows), vector_scores(params, &rows))
        } else if params.len() == table.len() {
            let possible: Vec<bool> = table.iter().map(|log| log.is_finite()).collect();
            categorical(params, &possible)
        } else if ty == "binary" {
            bernoulli(params[0])
        } else {
            poisson(params[0], table.len())
        };
        let gradient = |i: usize| {
            let term = |x: usize| mass[x] * scores[x][i] * (table[x] - mass[x].ln());
            (-(0..table.len()).filter(|&x| mass[x] > 0.0).map(term).sum::<f64>(), 0.0)
        };
        (0..params.len()).map(gradient).collect()
    }
}

/// Masses, and for each value the derivatives of its log mass.
fn categorical(logits: &[f64], possible: &[bool]) -> (Vec<f64>, Vec<Vec<f64>>) {
    let weights = logits.iter().zip(possible).map(|(l, p)| if *p { l.exp() } else { 0.0 });
    let weights: Vec<f64> = weights.collect();
    let total: f64 = weights.iter().sum();
    let mass: Vec<f64> = weights.iter().map(|w| w / total).collect();
    let hit = |x: usize, i: usize| f64::from(u8::from(x == i));
    let score = |x: usize| (0..mass.len()).map(|i| hit(x, i) - mass[i]).collect();
    (mass.clone(), (0..mass.len()).map(score).collect())
}

fn vector_masses(params: &[f64], rows: &[Vec<f64>]) -> Vec<f64> {
    if params.len() == 9 { in_turn(params, rows) } else { in_order(params, rows) }
}

/// Masses of matchings of three with three: the first row chooses, then the second.
fn in_turn(scores: &[f64], rows: &[Vec<f64>]) -> Vec<f64> {
    let rate = |i: usize, j: usize| scores[3 * i + j].exp();
    let column = |row: &[f64], i: usize| (0..3).position(|j| row[3 * i + j] == 1.0).unwrap();
    let mass = |row: &Vec<f64>| {
        let [first, second, last] = [0, 1, 2].map(|i| column(row, i));
        let all: f64 = (0..3).map(|j| rate(0, j)).sum();
        rate(0, first) / all * rate(1, second) / (rate(1, second) + rate(1, last))
    };
    rows.iter().map(mass).collect()
}

/// Masses of subsets, or rankings, of three: the sum over the orders in which they can be drawn.
fn in_order(logits: &[f64], rows: &[Vec<f64>]) -> Vec<f64> {
    let weights: Vec<f64> = logits.iter().map(|l| l.exp()).collect();
    let total: f64 = weights.iter().sum();
    let mut mass = vec![0.0; rows.len()];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let first = weights[order[0]] / total;
        let chance = first * weights[order[1]] / (total - weights[order[0]]);
        let place = |i: usize| order.iter().position(|&o| o == i).unwrap();
        let is_drawn = |row: &&Vec<f64>| {
            (0..3).all(|i| row[i] == place(i) as f64 + 1.0 || row[i] == f64::from(place(i) < 2))
                && (row.iter().sum::<f64>() == 2.0
                    || (0..3).all(|i| row[i] == place(i) as f64 + 1.0))
        };
        let row = rows.iter().position(|row| is_drawn(&row)).unwrap();
        mass[row] += chance;
    }
    mass
}

/// Their scores by central differences.
fn vector_scores(logits: &[f64], rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
    const H: f64 = 1e-5;
    let moved = |i: usize, by: f64| {
        let mut at = logits.to_vec();
        at[i] += by;
        vector_masses(&at, rows)
    };
    let params = 0..logits.len();
    let by: Vec<(Vec<f64>, Vec<f64>)> =
        params.clone().map(|i| (moved(i, H), moved(i, -H))).collect();
    let score = |x: usize, i: usize| (by[i].0[x].ln() - by[i].1[x].ln()) / (2.0 * H);
    (0..rows.len()).map(|x| params.clone().map(|i| score(x, i)).collect()).collect()
}

fn bernoulli(logit: f64) -> (Vec<f64>, Vec<Vec<f64>>) {
    let p = special::sigmoid(logit);
    (vec![1.0 - p, p], vec![vec![-p], vec![1.0 - p]])
}

fn poisson(log_mean: f64, count: usize) -> (Vec<f64>, Vec<Vec<f64>>) {
    let mean = log_mean.exp();
    let log = |x: f64| x * log_mean - mean - special::lgamma(x + 1.0);
    let values = || (0..count).map(|x| x as f64);
    (values().map(|x| log(x).exp()).collect(), values().map(|x| vec![x - mean]).collect())
}

/// Central differences of E over the guide's Normal, at fixed points, whose weights move with the parameters: exact to the
/// rule's error, which is 1e-7 for smooth costs and 1e-4 at a kink.
fn by_quadrature(text: &str, data: &str, params: &[f64]) -> Vec<(f64, f64)> {
    const H: f64 = 1e-4;
    let problem = problem(text, data, &[("x", "pathwise")]);
    let mut step = step(&problem, 1, F64);
    let noises = objective(&problem, 1).graph.noises;
    assert_eq!(noises.len(), 1, "one noise: {text}");
    let elements = params.len() / 2;
    let (nodes, most): (i32, f64) = match elements {
        1 => (200, 9.0),
        2 => (60, 6.5),
        _ => (11, 6.0),
    };
    let width = most / f64::from(nodes);
    let mut grid: Vec<Vec<f64>> = vec![vec![]];
    for _ in 0..elements {
        let further = |at: Vec<f64>| {
            (-nodes..=nodes).map(move |i| [at.clone(), vec![f64::from(i) * width]].concat())
        };
        grid = grid.into_iter().flat_map(further).collect();
    }
    let mut mean = |at: &[f64]| -> f64 {
        step.set_params(at);
        let moved = |(i, e): (usize, &f64)| {
            let (scale, own) = (params[elements + i].exp(), at[elements + i].exp());
            let e = (params[i] + scale * e - at[i]) / own;
            (e, (-0.5 * e * e).exp() / std::f64::consts::TAU.sqrt() * width * scale / own)
        };
        let term = |point: &Vec<f64>| {
            let (e, weights): (Vec<f64>, Vec<f64>) = point.iter().enumerate().map(moved).unzip();
            weights.iter().product::<f64>() * step.run(0, &mut Given(vec![e]))
        };
        grid.iter().map(term).sum()
    };
    let slope = |i: usize| {
        let mut at = params.to_vec();
        at[i] += H;
        let up = mean(&at);
        at[i] -= 2.0 * H;
        ((up - mean(&at)) / (2.0 * H), 0.0)
    };
    (0..params.len()).map(slope).collect()
}

/// Parameters at which moments of exp(x) are tame.
fn at(text: &str, data: &str, estimator: &str) -> Vec<f64> {
    let problem = problem(text, data, &[("x", estimator)]);
    let count = step(&problem, 2, F64).params().len();
    scattered(count).into_iter().map(|p| 0.4 * p - 0.3).collect()
}

#[test]
fn refused_pairs_give_their_code() {
    let mut refused = 0;
    for dist in dist::ALL {
        let latent = latent(*dist);
        let text = latent.text("", COSTS[0]);
        for estimator in estimator::ALL {
            let card = estimator.card();
            let codes = refusals(&text, latent.data, &[("x", card.name)]);
            let root = match dist.signature().name {
                "ZeroInflated" | "Hurdle" => dist::find("Poisson").unwrap().signature(),
                _ => dist.signature(),
            };
            let wraps = root.is_wrapper();
            let expected: &[&str] = match estimator.refuses(root) {
                _ if !root.support.has_guide() => &["E0296"],
                Some(_) if !wraps => &["E0292"],
                Some(_) => continue,
                None if estimator.misses(Aim::Elbo, root).is_some() => &["E0501"],
                None => &[],
            };
            refused += usize::from(!expected.is_empty());
            assert_eq!(codes, expected, "{} by {}", dist.signature().name, card.name);
        }
    }
    assert!(refused > 80, "{refused} pairs");
}

#[test]
fn unbiased_estimators_have_the_exact_mean() {
    let mut faults = vec![];
    for dist in dist::ALL {
        let s = dist.signature();
        if !s.support.has_guide() {
            continue;
        }
        let latent = latent(*dist);
        for cost in COSTS {
            let text = latent.text("", cost);
            let discrete = latent.values.is_some();
            let first = if discrete { "reinforce" } else { "pathwise" };
            let params = at(&text, latent.data, first);
            // In three dimensions the rule is too coarse for a kink.
            if params.len() > 4 && !discrete && cost.contains("abs") {
                continue;
            }
            let exact = match discrete {
                true => latent.exact(cost, &params),
                false => by_quadrature(&text, latent.data, &params),
            };
            for estimator in estimator::ALL {
                let Card { name: estimator, bias, .. } = *estimator.card();
                let has_its_own_guide = estimator::find(estimator).unwrap().keeps_family();
                if bias == Bias::Biased || estimator == "marginalize" || has_its_own_guide {
                    continue;
                }
                if !refusals(&text, latent.data, &[("x", estimator)]).is_empty() {
                    continue;
                }
                let problem = problem(&text, latent.data, &[("x", estimator)]);
                let runs = if estimator == "enumerate" { 1 } else { 100 };
                let samples = if estimator == "enumerate" { 1 } else { 60 };
                let mean = mean_gradient_at(&problem, &params, samples, runs, 3);
                let worst =
                    z_between(&mean, &exact.iter().map(|e| (e.0, 1e-4)).collect::<Vec<_>>());
                if worst.is_nan() || worst >= 5.0 {
                    faults.push(format!(
                        "{} by {estimator}, {cost}: {worst:.1}\n {mean:.4?}\n {exact:.4?}",
                        s.name
                    ));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// log Σ_x exp(log p + cost) has no parameters: its value is exact.
#[test]
fn marginalised_latents_leave_the_evidence() {
    for dist in dist::ALL {
        let latent = latent(*dist);
        let Some((_, count @ 1..=9)) = latent.values else { continue };
        for cost in COSTS {
            let exact = latent.table(cost).iter().map(|l| l.exp()).sum::<f64>().ln();
            let problem = problem(&latent.text("@marginalize", cost), latent.data, &[]);
            let summed = -crate::common::loss(&problem, &[]);
            assert!((summed - exact).abs() < 1e-9, "{count} values, {cost}: {summed}, {exact}");
        }
    }
}

/// Every baseline, in pairs or not, with 1 to 8 draws.
#[test]
fn baselines_leave_the_mean_alone() {
    let cost = COSTS[1];
    let mut faults = vec![];
    for name in
        ["Bernoulli", "Categorical", "Binomial", "Poisson", "Normal", "PlackettLuce", "Permutation"]
    {
        let latent = latent(dist::find(name).unwrap());
        let params = at(&latent.text("", cost), latent.data, "reinforce");
        let exact = match latent.values {
            Some(_) => latent.exact(cost, &params),
            None => by_quadrature(&latent.text("", cost), latent.data, &params),
        };
        for baseline in ["none", "average", "loo"] {
            for antithetic in [false, true] {
                for samples in [1, 2, 4, 8] {
                    let least = if baseline == "loo" { 2 + 2 * usize::from(antithetic) } else { 1 };
                    if samples < least {
                        continue;
                    }
                    let note =
                        format!("@reinforce(baseline = {baseline}, antithetic = {antithetic})");
                    let problem = problem(&latent.text(&note, cost), latent.data, &[]);
                    let mean = mean_gradient_at(&problem, &params, samples, 800, 3);
                    let z = z_between(&mean, &exact);
                    if z.is_nan() || z >= 5.0 {
                        faults.push(format!("{name}, {note}, {samples}: |z| = {z:.1}"));
                    }
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A relaxation's bias is declared, is there, and falls with the temperature.
#[test]
fn biases_shrink_as_the_temperature_falls() {
    for name in ["Bernoulli", "Categorical", "Subset", "PlackettLuce", "Permutation"] {
        let latent = latent(dist::find(name).unwrap());
        let params = at(&latent.text("", COSTS[1]), latent.data, "enumerate");
        let exact = latent.exact(COSTS[1], &params);
        let relaxations =
            ["gumbel_softmax", "straight_through", "hard_concrete", "gumbel_sinkhorn"];
        for estimator in relaxations {
            let option = if estimator == "hard_concrete" { "beta" } else { "tau" };
            if !refusals(&latent.text("", COSTS[1]), latent.data, &[("x", estimator)]).is_empty() {
                let serves = [("hard_concrete", "Bernoulli"), ("gumbel_sinkhorn", "Permutation")];
                assert!(serves.iter().any(|s| s.0 == estimator && s.1 != name));
                continue;
            }
            assert_eq!(estimator::find(estimator).unwrap().card().bias, Bias::Biased);
            let mut biases = vec![];
            for tau in [5.0, 1.0, 0.3, 0.1] {
                let note = format!("@{estimator}({option} = {tau})");
                let problem = problem(&latent.text(&note, COSTS[1]), latent.data, &[]);
                assert!(differs(&problem), "a relaxed objective is not the ELBO");
                let mean = mean_gradient_at(&problem, &params, 200, 100, 3);
                let bias: f64 = mean.iter().zip(&exact).map(|(m, e)| (m.0 - e.0).powi(2)).sum();
                biases.push((bias.sqrt(), z_between(&mean, &exact)));
            }
            assert!(biases[0].1 > 5.0, "{name} by {estimator} at 5: {biases:?}");
            let chooses = ["Bernoulli", "Categorical"].contains(&name);
            if estimator == "gumbel_softmax" && chooses {
                assert!(
                    biases[0].0 > biases[1].0 && biases[1].0 > biases[2].0,
                    "{name}: {biases:?}"
                );
                assert!(biases[3].0 < 0.25 * biases[0].0, "{name}: {biases:?}");
            } else if estimator.starts_with("gumbel") {
                // Hot rankings are all alike, so that the bias may rise at first.
                let falls = biases[1].0 > biases[2].0 && biases[3].0 < 0.4 * biases[1].0;
                assert!(falls, "{name}: {biases:?}");
            }
        }
    }
}

/// A gate is 0 or 1 with positive probability, and not 0 as often as q says: the L0 penalty is q's closed form.
#[test]
fn hard_concrete_gates_are_open_as_often_as_q_says() {
    for beta in [0.3, 2.0 / 3.0, 2.0] {
        let text = format!("@hard_concrete(beta = {beta})\nz[n] ~ Bernoulli(0.3)\nfactor sum(z)\n");
        let problem = problem(
            &format!("data y: real[n]\n{text}factor sum(0 * y)\n"),
            r#"{"y": [0, 0, 0]}"#,
            &[],
        );
        let mut assembly = lower(&problem, Mode::Optimise, 20_000);
        let Some(Value::Plain(gate)) = assembly.values[problem.plan.latents[0].name.0 as usize]
        else {
            panic!("gates are numbers");
        };
        let zero = assembly.graph.number(0.0);
        let open = assembly.graph.lt(zero, gate);
        let logits = [-1.5, 0.2, 2.0];
        let mut step =
            compile(Program { graph: assembly.graph, loss: zero, watch: vec![open, gate] }, F64);
        step.set_params(&logits);
        step.run(0, &mut CounterNoise::new(5));
        let (open, gate) = (step.watched(0), step.watched(1));
        assert!(gate.iter().all(|z| (0.0..=1.0).contains(z)) && gate.contains(&1.0));
        for (element, logit) in logits.into_iter().enumerate() {
            let share = open.iter().skip(element * 20_000).take(20_000).sum::<f64>() / 20_000.0;
            let mass = special::sigmoid(logit);
            let z = (share - mass) / (mass * (1.0 - mass) / 20_000.0).sqrt();
            assert!(z.abs() < 5.0, "beta {beta}, logit {logit}: {share}, {mass}");
        }
    }
}

/// What is reported of a relaxed fit is the ELBO of the model as written.
#[test]
fn the_true_elbo_is_that_of_enumeration() {
    for name in ["Bernoulli", "Categorical", "Subset", "PlackettLuce", "Permutation"] {
        let latent = latent(dist::find(name).unwrap());
        let text = latent.text("", COSTS[1]);
        let params = at(&text, latent.data, "enumerate");
        let exact =
            -crate::common::loss(&problem(&text, latent.data, &[("x", "enumerate")]), &params);
        for estimator in ["gumbel_softmax", "straight_through", "reinforce"] {
            let problem = problem(&text, latent.data, &[("x", estimator)]);
            let draws = values_of_draws(&problem, &params, 4000);
            let (mean, se) = moments(&draws);
            assert!(
                (mean - exact).abs() < 5.0 * se,
                "{name} by {estimator}: {mean} ± {se}, {exact}"
            );
        }
    }
}

fn values_of_draws(problem: &elbow::lower::Problem, params: &[f64], count: usize) -> Vec<f64> {
    let o = true_elbo(problem, count);
    let program = elbow::backend::Program { graph: o.graph, loss: o.loss, watch: vec![o.per_draw] };
    let mut step = elbow::backend::compile(program, F64);
    step.set_params(params);
    step.run(0, &mut elbow::backend::CounterNoise::new(5));
    step.watched(0)
}

fn moments(x: &[f64]) -> (f64, f64) {
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    let var = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, (var / n).sqrt())
}

/// A mixture of two equal parts is its part, and has no closed-form KL.
#[test]
fn closed_form_kl_is_the_mean_of_the_sampled_one() {
    for (name, args) in [("Normal", "0.5, 2"), ("LogNormal", "0.2, 0.7")] {
        let closed = format!("x ~ {name}({args})\nfactor 0.3 * x\n");
        let sampled = format!(
            "dim k = 2\nl = [1, 1] as k\nw = softmax(l over k)\nx ~ Mixture(w, {name}({args}))\nfactor 0.3 * x\n"
        );
        let has_kl = |text: &str| {
            objective(&problem(text, "{}", &[]), 1).terms.iter().any(|(n, _)| n.starts_with("-KL"))
        };
        assert!(has_kl(&closed) && !has_kl(&sampled), "{name}");
        let params = [0.3, -0.5];
        let (a, b) = (problem(&closed, "{}", &[]), problem(&sampled, "{}", &[]));
        let (a, b) = (
            moments(&values_of_draws(&a, &params, 40_000)),
            moments(&values_of_draws(&b, &params, 40_000)),
        );
        assert!((a.0 - b.0).abs() < 5.0 * a.1.hypot(b.1), "{name}: {a:?}, {b:?}");
    }
}

/// mu + tau·raw with q moved alike: the same draws give the same ELBO.
#[test]
fn noncentered_and_centered_are_one_model() {
    let text = "data y: real[n]\nz[n] ~ Normal(0.7, 2)\ny ~ Normal(z, 1)\n";
    let data = r#"{"y": [0.5, 2.5]}"#;
    let raw = [0.3, -0.8, 0.1, -0.4];
    let moved = [0.7 + 2.0 * raw[0], 0.7 + 2.0 * raw[1], raw[2] + 2f64.ln(), raw[3] + 2f64.ln()];
    let centered = crate::common::loss(&problem(text, data, &[]), &moved);
    let text = text.replace("z[n] ~", "@noncentered\nz[n] ~");
    let noncentered = crate::common::loss(&problem(&text, data, &[]), &raw);
    assert!((centered - noncentered).abs() < 1e-9, "{centered}, {noncentered}");
}
