//! HalfNormal(scale): |x| of a Normal around 0.

use super::half;
use super::normal::Normal;
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support, Tails};
use crate::ir::{Dim, Graph, NodeId};

pub(super) struct HalfNormal;

static SIGNATURE: Signature = Signature {
    name: "HalfNormal",
    forms: &[Form {
        params: &[Param {
            name: "scale",
            needs: Needs::Positive,
            doc: "standard deviation of the whole",
        }],
    }],
    support: Support::Positive,
    event: Event::Scalar,
    doc: "The positive half of a bell curve: scales with a light tail.",
    density: "2 exp(-(x / scale)^2 / 2) / (scale sqrt(2 pi))",
    example: "x ~ HalfNormal(1)",
};

fn whole(g: &mut Graph, c: &Call) -> Call {
    let [scale] = c.args();
    let zero = g.number(0.0);
    Call::new(&Normal, 0, vec![zero, scale])
}

impl Distribution for HalfNormal {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let whole = whole(g, c);
        half::log_prob(g, x, &whole)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let whole = whole(g, c);
        half::draw(g, &whole, dims, name)
    }

    fn log_cdf(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        let whole = whole(g, c);
        half::log_cdf(g, x, &whole)
    }

    fn log_survival(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        let whole = whole(g, c);
        half::log_survival(g, x, &whole)
    }

    fn quantile(&self, g: &mut Graph, at: Tails, c: &Call) -> Option<NodeId> {
        let whole = whole(g, c);
        half::quantile(g, at, &whole)
    }
}
