//! What Stan, PyMC, Pyro and R call by another name, for "did you mean" where no spelling is near.

/// Names in lower case without `_`, so that `inv_gamma` and `InvGamma` are one row.
type Rows = &'static [(&'static str, &'static str)];

const DISTRIBUTIONS: Rows = &[
    ("dbern", "Bernoulli"),
    ("dbeta", "Beta"),
    ("dbin", "Binomial"),
    ("dcat", "Categorical"),
    ("dexp", "Exponential"),
    ("dgamma", "Gamma"),
    ("dnorm", "Normal"),
    ("doubleexponential", "Laplace"),
    ("dpois", "Poisson"),
    ("dunif", "Uniform"),
    ("gaussian", "Normal"),
    ("improperuniform", "Flat"),
    ("invgamma", "InverseGamma"),
    ("mixturesamefamily", "Mixture"),
    ("multinormal", "MvNormal"),
    ("multinormalcholesky", "MvNormal"),
    ("multivariatenormal", "MvNormal"),
    ("negbinomial2", "NegativeBinomial"),
    ("negbinomial", "NegativeBinomial"),
    ("normalmixture", "Mixture"),
    ("poissonlog", "Poisson"),
    ("t", "StudentT"),
    ("truncatednormal", "Truncated"),
];

const ELEMENTS: Rows = &[
    ("array", "real"),
    ("bool", "binary"),
    ("boolean", "binary"),
    ("categorical", "index"),
    ("category", "index"),
    ("choleskyfactorcorr", "cholesky"),
    ("choleskyfactorcov", "cholesky"),
    ("corrmatrix", "corr"),
    ("covmatrix", "cov"),
    ("double", "real"),
    ("factor", "index"),
    ("float", "real"),
    ("integer", "int"),
    ("logical", "binary"),
    ("matrix", "real"),
    ("number", "real"),
    ("numeric", "real"),
    ("proportion", "unit"),
    ("rowvector", "real"),
    ("string", "index"),
    ("vector", "real"),
];

/// With what to type.
const FUNCTIONS: Rows = &[
    ("average", "mean(x)"),
    ("cond", "where(condition, a, b)"),
    ("dot", "a @ b"),
    ("dotproduct", "a @ b"),
    ("fabs", "abs(x)"),
    ("if", "where(condition, a, b)"),
    ("ifelse", "where(condition, a, b)"),
    ("len", "size(D)"),
    ("length", "size(D)"),
    ("matmul", "a @ b"),
    ("ndtr", "Phi(x)"),
    ("normalcdf", "Phi(x)"),
    ("sd", "sqrt(mean((x - mean(x))^2))"),
    ("std", "sqrt(mean((x - mean(x))^2))"),
    ("transpose", "x'"),
    ("var", "mean((x - mean(x))^2)"),
    ("variance", "mean((x - mean(x))^2)"),
];

const SETTINGS: Rows = &[
    ("dtype", "precision"),
    ("epochs", "steps"),
    ("iter", "steps"),
    ("iterations", "steps"),
    ("iters", "steps"),
    ("learningrate", "lr"),
    ("niter", "steps"),
    ("numparticles", "samples"),
    ("numsamples", "draws"),
    ("numsteps", "steps"),
    ("particles", "samples"),
    ("randomseed", "seed"),
];

pub(super) fn distribution(name: &str) -> Option<&'static str> {
    look_up(DISTRIBUTIONS, name)
}

pub(super) fn element(name: &str) -> Option<&'static str> {
    look_up(ELEMENTS, name)
}

pub(super) fn function(name: &str) -> Option<&'static str> {
    look_up(FUNCTIONS, name)
}

pub(super) fn setting(name: &str) -> Option<&'static str> {
    look_up(SETTINGS, name)
}

fn look_up(rows: Rows, name: &str) -> Option<&'static str> {
    let folded = name.replace('_', "").to_lowercase();
    rows.iter().find(|(other, _)| *other == folded).map(|(_, ours)| *ours)
}
