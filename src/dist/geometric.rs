//! Geometric(probs) or Geometric(logits = l): failures before the first success.

use super::numeric::{
    is_count, log_complement, log_sigmoid, or_impossible, times_log_complement, within,
};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId, Noise};

pub(super) struct Geometric;

static SIGNATURE: Signature = Signature {
    name: "Geometric",
    forms: &[
        Form {
            params: &[Param { name: "probs", needs: Needs::Unit, doc: "probability of a success" }],
        },
        Form {
            params: &[Param { name: "logits", needs: Needs::Real, doc: "log odds of a success" }],
        },
    ],
    support: Support::Count,
    event: Event::Scalar,
    doc: "Failures before the first success.",
    density: "probs (1 - probs)^x",
    example: "x ~ Geometric(0.3)",
};

const LOGITS: usize = 1;

impl Distribution for Geometric {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let [p] = c.args();
        let inside = is_count(g, x);
        let x = within(g, inside, x, 0.0);
        let log = if c.form == LOGITS {
            let success = log_sigmoid(g, p);
            let failure = g.softplus(p);
            let failures = g.mul(x, failure);
            g.sub(success, failures)
        } else {
            let success = g.ln(p);
            let failures = times_log_complement(g, x, p);
            g.add(success, failures)
        };
        or_impossible(g, inside, log)
    }

    /// ⌊log u / log(1 − p)⌋
    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let [p] = c.args();
        let noise = g.add_noise(name, dims, Noise::Uniform);
        let log_noise = g.ln(noise);
        let log_failure = if c.form == LOGITS {
            let minus = g.neg(p);
            log_sigmoid(g, minus)
        } else {
            log_complement(g, p)
        };
        let wait = g.div(log_noise, log_failure);
        Draw::Detached(g.floor(wait))
    }

    /// After a failure it begins anew.
    fn draw_nonzero(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Option<NodeId> {
        let others = self.draw(g, c, dims, name).node();
        Some(g.shift(1.0, others))
    }
}
