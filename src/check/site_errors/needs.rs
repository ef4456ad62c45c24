//! What can be wrong with the values of a distribution's parameters.

use crate::diag::{Code, Diagnostic};
use crate::dist::{Needs, Param, Signature};
use crate::source::Span;

/// What a parameter has to be, as the rest of "must be".
fn words(needs: Needs) -> &'static str {
    match needs {
        Needs::Real | Needs::RealVector => "a real number",
        Needs::Positive | Needs::PositiveVector => "positive",
        Needs::Nonneg => "0 or larger",
        Needs::Unit => "between 0 and 1",
        Needs::Count => "a count",
        Needs::Simplex => "a simplex: positive, with sum 1",
        Needs::Cutpoints => "ascending",
        Needs::Cholesky => "a Cholesky factor",
        Needs::Distribution => "a distribution",
        Needs::Dimension => "the name of a dimension",
    }
}

fn must_be(s: &Signature, param: &Param) -> String {
    format!("`{}` of {} must be {}", param.name, s.name, words(param.needs))
}

/// E0272. The argument lies outside of what the parameter may be.
pub(in crate::check) fn outside(
    s: &Signature,
    param: &Param,
    what: &str,
    known: bool,
    arg: Span,
) -> Diagnostic {
    let error = Diagnostic::new(Code::E0272, must_be(s, param)).at(arg, what);
    match param.needs {
        _ if known => error,
        Needs::Positive | Needs::Nonneg | Needs::PositiveVector => error.help(
            "give a latent a positive prior, such as `HalfNormal(1)`, or wrap it in `exp(…)`",
        ),
        Needs::Unit => {
            error.help("use a `Beta` or `Uniform(0, 1)` prior, or wrap it in `sigmoid(…)`")
        }
        Needs::Simplex => error.help("use a `Dirichlet` prior, or wrap it in `softmax(…)`"),
        Needs::Cutpoints => error.help("use an `Ordered(Normal(0, 5), cut)` prior"),
        _ => error,
    }
}

/// E0272. A parameter that must be whole is not.
pub(in crate::check) fn not_whole(
    s: &Signature,
    param: &Param,
    known: bool,
    arg: Span,
) -> Diagnostic {
    Diagnostic::new(Code::E0272, must_be(s, param))
        .at(arg, "not a whole number")
        .help_if(!known, "declare data as `count`")
}

/// E0272. A position where a number is needed.
pub(in crate::check) fn index_as_number(
    s: &Signature,
    param: &Param,
    dim: &str,
    arg: Span,
) -> Diagnostic {
    Diagnostic::new(Code::E0272, must_be(s, param))
        .at(arg, format!("an index into `{dim}`, not a number"))
        .help(format!("pick a value with it: `a[…]`, where `a` has dimension `{dim}`"))
}

/// E0272. A scalar where a simplex or a matrix is needed.
pub(in crate::check) fn without_event(
    s: &Signature,
    param: &Param,
    event: &[String],
    arg: Span,
) -> Diagnostic {
    Diagnostic::new(Code::E0272, must_be(s, param))
        .at(arg, format!("does not have the dimensions [{}]", event.join(", ")))
        .help(format!("give it the dimensions [{}]", event.join(", ")))
}

/// W0230. A computed argument that may leave what the parameter needs.
pub(in crate::check) fn may_leave(
    s: &Signature,
    param: &Param,
    fix: &str,
    arg: Span,
) -> Diagnostic {
    let error = Diagnostic::new(Code::W0230, must_be(s, param)).at(arg, "may leave that range");
    match param.needs {
        Needs::Cutpoints => error.help("`cumsum(exp(…) over cut)` always is"),
        _ => error.help(format!("wrap it: `{fix}(…)` always is")),
    }
}

/// E0273. By position it would be one parameter, by its values it is another.
pub(in crate::check) fn meant_by_name(
    s: &Signature,
    param: &str,
    meant: &Param,
    arg: Span,
) -> Diagnostic {
    let shows = match meant.needs {
        Needs::Simplex => "adds up to 1",
        _ => "can be any real number",
    };
    let meant = meant.name;
    Diagnostic::new(Code::E0273, format!("{} takes `{param}` by position", s.name))
        .at(arg, format!("this looks like `{meant}`: it {shows}"))
        .help(format!("name it: `{meant} = …`"))
}
