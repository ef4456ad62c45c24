//! OrderedLogistic(predictor, cutpoints): ratings whose log odds of being above a class are the predictor less a cutpoint.

use super::numeric::log_sigmoid;
use super::ordered_choice::{CUTPOINTS, OrderedChoice, PREDICTOR};
use super::{Event, Form, Signature, Support, Tails};
use crate::ir::{Dim, Graph, NodeId};

static SIGNATURE: Signature = Signature {
    name: "OrderedLogistic",
    forms: &[Form { params: &[PREDICTOR, CUTPOINTS] }],
    support: Support::Index,
    event: Event::Classes,
    doc: "Ordered classes by where a predictor falls among cutpoints: proportional odds.",
    density: "sigmoid(cutpoints[x] - predictor) - sigmoid(cutpoints[x - 1] - predictor)",
    example: "dim k = 3\ndim cut = k - 1\nx ~ OrderedLogistic(0.3, [-1, 1] as cut)",
};

pub(super) static ORDERED_LOGISTIC: OrderedChoice =
    OrderedChoice { signature: &SIGNATURE, log_below: log_sigmoid, noise };

/// A standard logistic: log u − log(1 − u).
fn noise(g: &mut Graph, dims: &[Dim], name: &str) -> NodeId {
    let at = Tails::uniform(g, dims, name);
    g.sub(at.below, at.above)
}
