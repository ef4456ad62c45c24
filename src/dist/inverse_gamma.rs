//! InverseGamma(concentration, rate): 1/x of a Gamma, whose parameters it shares.

use super::gamma::Gamma;
use super::numeric::{is_positive, log_gamma_draw, or_impossible, within};
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

    /// The Gamma's at 1/x, with the Jacobian 1/x².
    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let inside = is_positive(g, x);
        let x = within(g, inside, x, 1.0);
        let [a, rate] = c.args();
        let (log_x, log_rate, log_gamma) = (g.ln(x), g.ln(rate), g.lgamma(a));
        let log_ratio = g.sub(log_rate, log_x);
        let rise = g.mul(a, log_ratio);
        let fall = g.div(rate, x);
        let log = g.sub(rise, fall);
        let log = g.sub(log, log_gamma);
        let log = g.sub(log, log_x);
        or_impossible(g, inside, log)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let [a, rate] = c.args();
        let log = log_gamma_draw(g, a, dims, name);
        let log_rate = g.ln(rate);
        let log = g.sub(log_rate, log);
        let x = g.exp(log);
        Draw::Detached(g.stop(x))
    }

    fn kl(&self, g: &mut Graph, q: &Call, p: &Call) -> Option<NodeId> {
        Gamma.kl(g, q, p)
    }
}
