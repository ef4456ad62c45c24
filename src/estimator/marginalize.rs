//! Summing a latent out of the model: log Σ_z p(z) p(x | z). It has no q; its values are drawn back after the fit.

use super::exact::Exact;
use super::{Bias, Card};

pub(super) static MARGINALIZE: Exact = Exact { card: &CARD, unweighed: None };

static CARD: Card = Card {
    name: "marginalize",
    doc: "sums the latent out of the model, and draws it back after the fit",
    source: "variable elimination; the bound is the tighter one without the latent",
    bias: Bias::Exact,
    options: &[],
    needs_smooth: false,
};
