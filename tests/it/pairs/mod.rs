//! Every distribution as a latent that has one cost, for laws of all estimators.

mod batches;
mod exact;
mod plates;
mod vectors;

use crate::common::{F64, log_joint, problem, scattered, step};
use elbow::dist::{self, Distribution, Support};
pub(crate) use exact::by_quadrature;

/// A latent `x` and the number of it that costs are made of.
pub(crate) struct Latent {
    /// Statements before it, with a newline each.
    pub(crate) head: &'static str,
    pub(crate) site: String,
    pub(crate) scalar: &'static str,
    pub(crate) data: &'static str,
    /// What declares it as a datum, and how many values are summed; `None` for continuous ones.
    pub(crate) values: Option<(&'static str, usize)>,
}

pub(crate) const COSTS: [&str; 3] =
    ["factor 0.7 * C", "y ~ Normal(C, 1)", "factor -2 * abs(C - 1)"];

/// The example of each distribution, with parameters that are no latents.
pub(crate) fn latent(dist: &dyn Distribution) -> Latent {
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
            scalar: "x[d = 2]",
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
            scalar: "x[d = 2]",
            data: r#"{"y": 1.3, "l": [[1, 0], [0.5, 0.8]]}"#,
            values: None,
        },
        ("GaussianRandomWalk", _) => plain("dim t = 2\n", example, "x[t = 2]", None),
        ("ZeroInflated" | "Hurdle", _) => plain("", example, "x", Some(("count", 60))),
        ("BetaBinomial", _) => {
            plain("", "x ~ BetaBinomial(3, 2, 1)".into(), "x", Some(("count", 4)))
        }
        ("Hypergeometric", _) => plain("", example, "x", Some(("count", 4))),
        ("Mixture", _) => {
            let head = "dim k = 2\nl = [0.3, 0.7] as k\nw = softmax(l over k)\nm = [-1, 2] as k\n";
            plain(head, example, "x", None)
        }
        (_, Support::Simplex | Support::Ordered) => plain(two, example, "x[k = 2]", None),
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
            plain("dim k = 3\n", site, "(2 * x[k = 1] - x[k = 3])", Some(("binary[k]", 3)))
        }
        (_, Support::Ranking) => {
            let site = "x ~ PlackettLuce([0.3, 0, -0.5] as k)".into();
            plain("dim k = 3\n", site, "(x[k = 1] - 0.5 * x[k = 3])", Some(("count[k]", 6)))
        }
        (_, Support::Permutation) => {
            let head = "dim k = 3\ndim j = 3\na = [0.8, -0.3, 1] as k\nb = [0.3, 0, -0.5] as j\n";
            let scalar = "(x[k = 1, j = 1] - 0.5 * x[k = 3, j = 2] + 2 * x[k = 2, j = 3])";
            let site = "x[k, j] ~ Permutation(a * b)".into();
            plain(head, site, scalar, Some(("binary[k, j]", 6)))
        }
        (_, Support::Composition(_) | Support::OneHot) => {
            plain("dim k = 3\n", example, "x[k = 1]", Some(("count", 0)))
        }
        _ => plain("", example, "x", None),
    }
}

impl Latent {
    pub(crate) fn text(&self, annotation: &str, cost: &str) -> String {
        self.observing("real", annotation, cost)
    }

    /// The model whose datum `y` is of a type.
    fn observing(&self, ty: &str, annotation: &str, cost: &str) -> String {
        let cost = cost.replace('C', self.scalar);
        format!("data y: {ty}\n{}{annotation}\n{}\n{cost}\nfactor 0 * y\n", self.head, self.site)
    }

    /// log p(x) + cost at every value.
    pub(crate) fn table(&self, cost: &str) -> Vec<f64> {
        self.table_at(cost, "1.3")
    }

    /// The same at another datum, which may be a list.
    fn table_at(&self, cost: &str, y: &str) -> Vec<f64> {
        let (ty, count) = self.values.unwrap();
        let first = usize::from(ty.starts_with("index"));
        let head = format!("{}data x: {ty}\n", self.head);
        let site = self.site.replace("x[k, j]", "x");
        let observed = Latent { head: "", site: format!("{head}{site}"), ..*self };
        let text = observed.observing(type_of(y), "", cost);
        let value = |x: usize| match self.rows() {
            Some(rows) if rows[x].len() == 9 => {
                format!("{:?}", rows[x].chunks(3).collect::<Vec<_>>())
            }
            Some(rows) => format!("{:?}", rows[x]),
            None => (x + first).to_string(),
        };
        (0..count)
            .map(|x| log_joint(&text, &format!(r#"{{"y": {y}, "x": {}}}"#, value(x))))
            .collect()
    }

    /// The values of a discrete vector.
    pub(crate) fn rows(&self) -> Option<Vec<Vec<f64>>> {
        match self.values?.0 {
            "binary[k]" => Some(dist::subsets(3, 2)),
            "count[k]" => Some(dist::rankings(3)),
            "binary[k, j]" => Some(dist::permutations(3)),
            _ => None,
        }
    }
}

fn type_of(y: &str) -> &'static str {
    if y.starts_with('[') { "real[n]" } else { "real" }
}

/// Parameters at which moments of exp(x) are tame.
pub(crate) fn at(text: &str, data: &str, estimator: &str) -> Vec<f64> {
    let problem = problem(text, data, &[("x", estimator)]);
    let count = step(&problem, 2, F64).params().len();
    scattered(count).into_iter().map(|p| 0.4 * p - 0.3).collect()
}
