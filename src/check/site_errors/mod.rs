//! E0260 … E0289, W0230 … W0259: what the checker says of sites, annotations, schedules and the fit block.

pub(super) mod annotation;
pub(super) mod batch;
pub(super) mod call;
pub(super) mod draw;
pub(super) mod event;
pub(super) mod fit;
pub(super) mod guide;
pub(super) mod needs;
pub(super) mod schedule;
pub(super) mod site;

use crate::dist::Signature;

/// `a, b and c`
fn list(words: &[impl AsRef<str>]) -> String {
    match words {
        [] => String::new(),
        [one] => one.as_ref().to_string(),
        [rest @ .., last] => {
            let rest: Vec<_> = rest.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", rest.join(", "), last.as_ref())
        }
    }
}

/// The ways to call a distribution: `Bernoulli(probs)` or `Bernoulli(logits)`, each in backticks.
fn ways(signature: &Signature) -> String {
    let way = |form: &crate::dist::Form| {
        let params: Vec<_> = form.params.iter().map(|p| p.name).collect();
        format!("`{}({})`", signature.name, params.join(", "))
    };
    signature.forms.iter().map(way).collect::<Vec<_>>().join(" or ")
}
