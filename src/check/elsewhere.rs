//! What Stan, PyMC, Pyro and R call by another name, for "did you mean" where no spelling is near.

use crate::dist::Signature;

/// Names in lower case without `_`, so that `inv_gamma` and `InvGamma` are one row.
type Rows = &'static [(&'static str, &'static str)];

const DISTRIBUTIONS: Rows = &[
    ("chi2", "ChiSquared"),
    ("chisquare", "ChiSquared"),
    ("dbern", "Bernoulli"),
    ("dbeta", "Beta"),
    ("dbin", "Binomial"),
    ("dcat", "Categorical"),
    ("dchisq", "ChiSquared"),
    ("dexp", "Exponential"),
    ("dgamma", "Gamma"),
    ("dhyper", "Hypergeometric"),
    ("discreterange", "DiscreteUniform"),
    ("dnorm", "Normal"),
    ("doubleexponential", "Laplace"),
    ("dpois", "Poisson"),
    ("dunif", "Uniform"),
    ("dweib", "Weibull"),
    ("exgaussian", "ExpModNormal"),
    ("exponnorm", "ExpModNormal"),
    ("fisk", "LogLogistic"),
    ("gaussian", "Normal"),
    ("gennorm", "GeneralizedNormal"),
    ("hurdlenegativebinomial", "Hurdle"),
    ("hurdlepoisson", "Hurdle"),
    ("improperuniform", "Flat"),
    ("invchisquare", "InvChiSquared"),
    ("inversechisquared", "InvChiSquared"),
    ("inversewishart", "InvWishartCholesky"),
    ("invgamma", "InverseGamma"),
    ("invwishart", "InvWishartCholesky"),
    ("lkj", "LKJCholesky"),
    ("lkjcholeskycov", "LKJCholesky"),
    ("lkjcorr", "LKJCholesky"),
    ("lkjcorrcholesky", "LKJCholesky"),
    ("lomax", "ParetoType2"),
    ("mixturesamefamily", "Mixture"),
    ("multinormal", "MvNormal"),
    ("multinormalcholesky", "MvNormal"),
    ("multistudentt", "MvStudentT"),
    ("multivariatenormal", "MvNormal"),
    ("multivariatestudentt", "MvStudentT"),
    ("negbinomial", "NegativeBinomial"),
    ("negbinomial2", "NegativeBinomial"),
    ("normalmixture", "Mixture"),
    ("orderedmodel", "OrderedLogistic"),
    ("poissonlog", "Poisson"),
    ("reciprocal", "LogUniform"),
    ("scaledinvchisquare", "ScaledInvChiSquared"),
    ("skewdoubleexponential", "AsymmetricLaplace"),
    ("subbotin", "GeneralizedNormal"),
    ("t", "StudentT"),
    ("truncatednormal", "Truncated"),
    ("wishart", "WishartCholesky"),
    ("zeroinflatedbinomial", "ZeroInflated"),
    ("zeroinflateddistribution", "ZeroInflated"),
    ("zeroinflatednegativebinomial", "ZeroInflated"),
    ("zeroinflatednegativebinomial2", "ZeroInflated"),
    ("zeroinflatedpoisson", "ZeroInflated"),
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

/// What others call a parameter: of which distribution (of any that has ours, where empty), their name, ours, and how ours
/// is made from theirs where it is another number.
const PARAMETERS: &[(&str, &str, &str, &str)] = &[
    ("Cauchy", "alpha", "loc", ""),
    ("Exponential", "mean", "rate", "1 / "),
    ("Exponential", "scale", "rate", "1 / "),
    ("Gamma", "scale", "rate", "1 / "),
    ("InverseGamma", "scale", "rate", ""),
    ("InverseGamma", "beta", "rate", ""),
    ("Laplace", "b", "scale", ""),
    ("Normal", "mean", "loc", ""),
    ("Normal", "precision", "scale", "1 / sqrt"),
    ("Normal", "sd", "scale", ""),
    ("Normal", "std", "scale", ""),
    ("Normal", "stddev", "scale", ""),
    ("Normal", "tau", "scale", "1 / sqrt"),
    ("Normal", "var", "scale", "sqrt"),
    ("Normal", "variance", "scale", "sqrt"),
    ("Poisson", "mean", "rate", ""),
    ("Poisson", "mu", "rate", ""),
    ("", "a", "low", ""),
    ("", "a", "lower", ""),
    ("", "a", "concentration", ""),
    ("", "a", "concentration1", ""),
    ("", "alpha", "concentration", ""),
    ("", "alpha", "concentration1", ""),
    ("", "alpha", "shape", ""),
    ("", "b", "high", ""),
    ("", "b", "upper", ""),
    ("", "b", "rate", ""),
    ("", "b", "concentration0", ""),
    ("", "basedist", "base", ""),
    ("", "beta", "rate", ""),
    ("", "beta", "concentration0", ""),
    ("", "beta", "scale", ""),
    ("", "c", "shape", ""),
    ("", "chol", "scale_tril", ""),
    ("", "cholesky", "scale_tril", ""),
    ("", "component", "base", ""),
    ("", "componentdistribution", "base", ""),
    ("", "components", "base", ""),
    ("", "compdists", "base", ""),
    ("", "concentration", "shape", ""),
    ("", "dist", "base", ""),
    ("", "distribution", "base", ""),
    ("", "eta", "log_mean", ""),
    ("", "eta", "log_rate", ""),
    ("", "high", "upper", ""),
    ("", "k", "shape", ""),
    ("", "kappa", "concentration", ""),
    ("", "lam", "rate", ""),
    ("", "lambda", "rate", ""),
    ("", "location", "loc", ""),
    ("", "logit", "logits", ""),
    ("", "logitp", "logits", ""),
    ("", "low", "lower", ""),
    ("", "lower", "low", ""),
    ("", "m", "loc", ""),
    ("", "max", "high", ""),
    ("", "max", "upper", ""),
    ("", "min", "low", ""),
    ("", "min", "lower", ""),
    ("", "mixingdistribution", "probs", ""),
    ("", "mu", "loc", ""),
    ("", "mu", "mean", ""),
    ("", "n", "trials", ""),
    ("", "nu", "df", ""),
    ("", "p", "probs", ""),
    ("", "phi", "concentration", ""),
    ("", "prob", "probs", ""),
    ("", "pvals", "probs", ""),
    ("", "s", "scale", ""),
    ("", "shape", "concentration", ""),
    ("", "sigma", "scale", ""),
    ("", "size", "trials", ""),
    ("", "theta", "probs", ""),
    ("", "totalcount", "trials", ""),
    ("", "totalcount", "concentration", ""),
    ("", "upper", "high", ""),
    ("", "w", "probs", ""),
    ("", "weights", "probs", ""),
];

/// The help for a parameter that a distribution calls by another name: `scale` of Normal for `sigma`.
pub(super) fn parameter(signature: &Signature, name: &str) -> Option<String> {
    let folded = fold(name);
    let fits = |row: &&(&str, &str, &str, &str)| {
        (row.0.is_empty() || row.0 == signature.name)
            && row.1 == folded
            && signature.form_with(row.2).is_some()
    };
    let &(_, _, ours, how) = PARAMETERS.iter().find(fits)?;
    Some(match how {
        "" => format!("did you mean `{ours}`?"),
        "sqrt" | "1 / sqrt" => format!("write `{ours} = {how}({name})` with its value"),
        _ => format!("write `{ours} = {how}{name}` with its value"),
    })
}

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
    let folded = fold(name);
    rows.iter().find(|(other, _)| *other == folded).map(|(_, ours)| *ours)
}

fn fold(name: &str) -> String {
    name.replace('_', "").to_lowercase()
}
