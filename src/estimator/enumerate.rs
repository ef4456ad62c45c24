//! Exact expectation under q by summing over the support: no bias, no variance.
//!
//! The value is the position along a fresh dimension; only costs that depend on the latent carry it. The objective sums
//! them with the weights q, because they are linear in it.

use super::exact::Exact;
use super::{Bias, Card};

pub(super) static ENUMERATE: Exact = Exact {
    card: &CARD,
    unweighed: Some("takes the mean of what has to be summed inside the logarithm"),
};

static CARD: Card = Card {
    name: "enumerate",
    doc: "sums over every value, weighted by the variational masses",
    source: "Ranganath, Gerrish & Blei 2014, eq. 2, summed instead of sampled",
    bias: Bias::Exact,
    options: &[],
    needs_smooth: false,
};
