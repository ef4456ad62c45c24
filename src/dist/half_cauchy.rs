//! HalfCauchy(scale): |x| of a Cauchy around 0 (Gelman 2006, for scales of hierarchical models).

use super::cauchy::Cauchy;
use super::half;
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support, Tails};
use crate::ir::{Dim, Graph, NodeId};

pub(super) struct HalfCauchy;

static SIGNATURE: Signature = Signature {
    name: "HalfCauchy",
    forms: &[Form { params: &[Param { name: "scale", needs: Needs::Positive, doc: "median" }] }],
    support: Support::Positive,
    event: Event::Scalar,
    doc: "The positive half of a Cauchy: scales that may be large.",
    density: "2 / (pi scale (1 + (x / scale)^2))",
    example: "x ~ HalfCauchy(5)",
};

fn whole(g: &mut Graph, c: &Call) -> Call {
    let [scale] = c.args();
    let zero = g.number(0.0);
    Call::new(&Cauchy, 0, vec![zero, scale])
}

impl Distribution for HalfCauchy {
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
