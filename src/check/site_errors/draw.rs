//! What can be wrong between an observed datum and its distribution.

use crate::check::model::{DistCall, Expr};
use crate::diag::{Code, Diagnostic};
use crate::source::Span;

/// An observed datum.
pub(in crate::check) struct Datum<'a> {
    pub name: &'a str,
    /// On the left of the `~`.
    pub used: Span,
    /// Where a `data` statement declares it; `None` for what is computed from data.
    pub declared: Option<Span>,
    pub dims: Vec<String>,
    /// Its type without dimensions, as a `data` statement has it.
    pub word: String,
}

impl Datum<'_> {
    fn declare(&self, as_what: &str) -> String {
        let dims = self.dims.join(", ");
        let dims = if dims.is_empty() { dims } else { format!("[{dims}]") };
        format!("declare it so: `data {}: {as_what}{dims}`", self.name)
    }
}

/// E0274. No value of the datum's type is a draw of the distribution.
pub(in crate::check) fn not_a_draw(datum: &Datum, wanted: &str, call: &DistCall) -> Diagnostic {
    let dist = call.dist.0.signature().name;
    let name = datum.name;
    let error = Diagnostic::new(Code::E0274, format!("{dist} needs a datum of type `{wanted}`"))
        .at(datum.used, format!("`{name}` is `{}`", datum.word))
        .also(call.span, format!("draws are `{wanted}`"));
    match datum.declared {
        Some(span) => error.also(span, "declared here").help(datum.declare(wanted)),
        None => error,
    }
}

/// E0275. A latent moves the bounds of an observed distribution.
pub(in crate::check) fn bound_moves(datum: &Datum, bound: &Expr, call: &DistCall) -> Diagnostic {
    let dist = call.dist.0.signature().name;
    let name = datum.name;
    Diagnostic::new(
        Code::E0275,
        format!("the bounds of an observed {dist} must be known before the fit"),
    )
    .at(bound.span, "this bound moves")
    .also(
        datum.used,
        format!("`{name}` may fall outside: its density would be 0, without a gradient"),
    )
    .help("a smooth distribution has no edge to fall off, for example `Normal` or `Gamma`")
    .help("or restrict the latent so that all data stay inside")
}

/// W0234. The declared type allows values that the distribution does not.
pub(in crate::check) fn wider_than_draw(
    datum: &Datum,
    wanted: &str,
    call: &DistCall,
) -> Diagnostic {
    let dist = call.dist.0.signature().name;
    let error = Diagnostic::new(Code::W0234, format!("{dist} needs a datum of type `{wanted}`"))
        .at(
            datum.used,
            format!("`{}` is `{}`: other values have density 0", datum.name, datum.word),
        )
        .also(call.span, format!("draws are `{wanted}`"));
    match datum.declared {
        Some(span) => error.also(span, "declared here").help(datum.declare(wanted)),
        None => error,
    }
}
