//! InverseGamma(concentration, rate): 1/x of a Gamma, whose parameters it shares.

use super::gamma::{Gamma, draw_log, log_prob_of_log};
use super::numeric::{is_positive, or_impossible, within};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId};

pub(super) struct InverseGamma;

static SIGNATURE: Signature = Signature {
    name: "InverseGamma",
    forms: &[Form {
        params: &[
            Param { name: "concentration", needs: Needs::Positive, doc: "shape" },
            Param { name: "rate", needs: Needs::Positive, doc: "rate of 1/x" },
        ],
    }],
    support: Support::Positive,
    event: Event::Scalar,
    doc: "1/x of a Gamma: variances.",
    density: "rate^concentration x^(-concentration - 1) exp(-rate / x) / Gamma(concentration)",
    example: "x ~ InverseGamma(3, 2)",
};

impl Distribution for InverseGamma {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    /// That of −log x, with the Jacobian 1/x.
    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let inside = is_positive(g, x);
        let x = within(g, inside, x, 1.0);
        let [a, rate] = c.args();
        let (log_x, fall) = (g.ln(x), g.div(rate, x));
        let log_y = g.neg(log_x);
        let log = log_prob_of_log(g, [a, rate], log_y, fall);
        let log = g.sub(log, log_x);
        or_impossible(g, inside, log)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let log_y = draw_log(g, c, dims, name);
        let log = g.neg(log_y);
        Draw::Pathwise(g.exp(log))
    }

    fn kl(&self, g: &mut Graph, q: &Call, p: &Call) -> Option<NodeId> {
        Gamma.kl(g, q, p)
    }
}
