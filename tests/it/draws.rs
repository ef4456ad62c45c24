//! The posterior path as a whole: draws of every support, taken back through the inverse of their bijector, are independent
//! normals with the guide's own locations and scales.

use crate::common::{problem, scattered};
use elbow::dist::Domain;
use elbow::guide::Bijector;
use elbow::infer;
use elbow::ir::{self, Dim, Graph};
use elbow::objective::objective;

struct Case {
    /// The latent `x`, along `k`, or along `k` and its mate.
    site: &'static str,
    sizes: &'static [usize],
    domain: fn(&mut Graph, Dim) -> Domain,
}

const CASES: &[Case] = &[
    Case { site: "x[k] ~ Normal(0, 1)", sizes: &[1, 3], domain: |_, _| Domain::Real },
    Case { site: "x[k] ~ Gamma(2, 1)", sizes: &[3], domain: |g, _| between(g, Some(0.0), None) },
    Case {
        site: "x[k] ~ Beta(2, 3)",
        sizes: &[3],
        domain: |g, _| between(g, Some(0.0), Some(1.0)),
    },
    Case {
        site: "x[k] ~ Uniform(-1, 3)",
        sizes: &[3],
        domain: |g, _| between(g, Some(-1.0), Some(3.0)),
    },
    Case {
        site: "x[k] ~ Truncated(Normal(0, 1), upper = 2)",
        sizes: &[3],
        domain: |g, _| between(g, None, Some(2.0)),
    },
    Case {
        site: "x[k] ~ Truncated(Exponential(1), upper = 2)",
        sizes: &[3],
        domain: |g, _| between(g, Some(0.0), Some(2.0)),
    },
    Case { site: "x ~ Dirichlet(ones(k))", sizes: &[2, 3, 4], domain: |_, k| Domain::Simplex(k) },
    Case {
        site: "x ~ Ordered(Normal(0, 1), k)",
        sizes: &[1, 2, 4],
        domain: |_, k| Domain::Ordered(k),
    },
    Case {
        site: "x ~ LKJCholesky(k, 2)",
        sizes: &[2, 3],
        domain: |g, k| square(g, k, Domain::CorrCholesky),
    },
    Case {
        site: "param l: cholesky over [k, k']\nx ~ WishartCholesky(5, l)",
        sizes: &[1, 3],
        domain: |g, k| square(g, k, Domain::Cholesky),
    },
];

fn square(g: &mut Graph, k: Dim, domain: fn(Dim, Dim) -> Domain) -> Domain {
    let size = g.size(k);
    domain(k, g.dim("k'", size))
}

fn between(g: &mut Graph, lower: Option<f64>, upper: Option<f64>) -> Domain {
    let mut end = |x: Option<f64>| x.map(|x| g.number(x));
    Domain::Interval { lower: end(lower), upper: end(upper) }
}

const COUNT: usize = 4000;

/// The standard noise behind the draws of `x`, element by element, and last that of a latent beside it.
fn noise(case: &Case, size: usize) -> Vec<Vec<f64>> {
    let text = format!(
        "data y: real\ndim k = {size}\n{}\na ~ Normal(0, 1)\ny ~ Normal(a + sum(x), 1)\n",
        case.site
    );
    let problem = problem(&text, r#"{"y": 1}"#, &[]);
    let graph = objective(&problem, 1).graph;
    let spans = graph.param_spans();
    let params = scattered(spans.last().map_or(0, |s| s.end));
    let of = |name: &str| {
        let row = graph.params.iter().position(|p| p.name == name).unwrap();
        params[spans[row].clone()].to_vec()
    };
    let draws = infer::draws(&problem, &params, COUNT, 5);
    let values = |name: &str| &draws.quantities.iter().find(|q| q.name == name).unwrap().values;
    let mut g = Graph::new();
    let k = g.dim("k", size);
    let domain = (case.domain)(&mut g, k);
    let bijector = Bijector::new(&mut g, &domain);
    let dims = match domain {
        Domain::Cholesky(row, column) | Domain::CorrCholesky(row, column) => vec![row, column],
        _ => vec![k],
    };
    let x = g.add_param("x", &dims, vec![0.0; size.pow(dims.len() as u32)]);
    let base = bijector.inverse(&mut g, x).unwrap();
    let mut found = vec![vec![]; of("x.loc").len() + 1];
    for draw in 0..COUNT {
        let own: Vec<f64> = values("x").iter().map(|element| element[draw]).collect();
        let mut u = ir::eval_given(&g, &[(x, &own)], &[base])[0].clone();
        u.push(values("a")[0][draw]);
        let (locs, scales) =
            ([of("x.loc"), of("a.loc")].concat(), [of("x.log_scale"), of("a.log_scale")].concat());
        assert_eq!(u.len(), locs.len());
        for (i, noise) in found.iter_mut().enumerate() {
            noise.push((u[i] - locs[i]) / scales[i].exp());
        }
    }
    found
}

#[test]
fn draws_of_every_support_are_the_guides_own() {
    let n = COUNT as f64;
    let mean = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>() / n;
    for case in CASES {
        for &size in case.sizes {
            let noise = noise(case, size);
            for (i, a) in noise.iter().enumerate() {
                let at = format!("{}, k = {size}, coordinate {}", case.site, i + 1);
                let centre = mean(&mut a.iter().copied());
                assert!((centre * n.sqrt()).abs() < 5.0, "{at}: mean {centre}");
                let square = mean(&mut a.iter().map(|x| x * x));
                assert!(((square - 1.0) * (n / 2.0).sqrt()).abs() < 5.0, "{at}: square {square}");
                for (j, b) in noise.iter().enumerate().skip(i + 1) {
                    let product = mean(&mut a.iter().zip(b).map(|(a, b)| a * b));
                    assert!((product * n.sqrt()).abs() < 5.0, "{at} and {}: {product}", j + 1);
                }
            }
        }
    }
}

/// What no draw changes is computed once, and is in every draw all the same; the others are those of any other count.
#[test]
fn what_is_fixed_is_in_every_draw() {
    const TEXT: &str = "data y: real[n]\nparam a: real[k]\ndim k = 2\nmu ~ Normal(0, 1)\n\
        y ~ Normal(mu + sum(a over k), 1)\nb = 2 * a + mean(y)\nc = b + mu\n";
    let problem = problem(TEXT, r#"{"y": [0.5, 1.5]}"#, &[]);
    let params: Vec<f64> = (0..4).map(|i| 0.25 * f64::from(i)).collect();
    let [few, many] = [60, 250].map(|count| infer::draws(&problem, &params, count, 5));
    let values = |draws: &infer::Draws, name: &str| {
        let found = draws.quantities.iter().find(|q| q.name == name).expect("it is reported");
        (found.is_fixed, found.values.clone())
    };
    for name in ["a", "b"] {
        let (is_fixed, values) = values(&many, name);
        assert!(is_fixed && values.iter().all(|v| v.len() == 250 && v.iter().all(|x| *x == v[0])));
    }
    let ((_, b), (_, mu), (_, c)) = (values(&many, "b"), values(&many, "mu"), values(&many, "c"));
    assert!(!many.quantities.iter().any(|q| q.is_fixed != ["a", "b"].contains(&q.name.as_str())));
    for (b, c) in b.iter().zip(&c) {
        assert!((0..250).all(|i| (c[i] - b[i] - mu[0][i]).abs() < 1e-12));
    }
    assert_eq!(mu[0][..60], values(&few, "mu").1[0]);
    assert!((1..250).all(|i| mu[0][i] != mu[0][i - 1]));
}
