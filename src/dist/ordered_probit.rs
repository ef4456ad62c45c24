//! OrderedProbit(predictor, cutpoints): ratings by where the predictor and Normal noise fall among cutpoints.

use super::ordered_choice::{CUTPOINTS, OrderedChoice, PREDICTOR};
use super::{Event, Form, Signature, Support};
use crate::ir::{Dim, Graph, NodeId, Noise};

static SIGNATURE: Signature = Signature {
    name: "OrderedProbit",
    forms: &[Form { params: &[PREDICTOR, CUTPOINTS] }],
    support: Support::Index,
    event: Event::Classes,
    doc: "Ordered classes by where a predictor and Normal noise fall among cutpoints.",
    density: "Phi(cutpoints[x] - predictor) - Phi(cutpoints[x - 1] - predictor)",
    example: "dim k = 3\ndim cut = k - 1\nx ~ OrderedProbit(0.3, [-1, 1] as cut)",
};

pub(super) static ORDERED_PROBIT: OrderedChoice =
    OrderedChoice { signature: &SIGNATURE, log_below: Graph::log_ndtr, noise };

fn noise(g: &mut Graph, dims: &[Dim], name: &str) -> NodeId {
    g.add_noise(name, dims, Noise::Normal)
}
