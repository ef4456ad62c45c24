//! LogNormal(loc, scale): exp of a Normal, whose parameters it shares. Everything is the Normal's at log x.

use super::normal::Normal;
use super::numeric::{is_positive, or_impossible, within};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support, Tails};
use crate::ir::{Dim, Graph, NodeId};

pub(super) struct LogNormal;

static SIGNATURE: Signature = Signature {
    name: "LogNormal",
    forms: &[Form {
        params: &[
            Param { name: "loc", needs: Needs::Real, doc: "mean of log x" },
            Param { name: "scale", needs: Needs::Positive, doc: "standard deviation of log x" },
        ],
    }],
    support: Support::Positive,
    event: Event::Scalar,
    doc: "What is Normal on the log scale: products of many small factors.",
    density: "exp(-((log x - loc) / scale)^2 / 2) / (x scale sqrt(2 pi))",
    example: "x ~ LogNormal(0, 1)",
};

impl Distribution for LogNormal {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let inside = is_positive(g, x);
        let x = within(g, inside, x, 1.0);
        let log = g.ln(x);
        let at_log = Normal.log_prob(g, log, c);
        let density = g.sub(at_log, log);
        or_impossible(g, inside, density)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let log = Normal.draw(g, c, dims, name).node();
        Draw::Pathwise(g.exp(log))
    }

    /// exp(loc + scale²/2)
    fn mean(&self, g: &mut Graph, c: &Call) -> Option<NodeId> {
        let [loc, scale] = c.args();
        let square = g.square(scale);
        let half = g.scale(0.5, square);
        let log = g.add(loc, half);
        Some(g.exp(log))
    }

    fn log_cdf(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        let inside = is_positive(g, x);
        let x = within(g, inside, x, 1.0);
        let log = g.ln(x);
        let below = Normal.log_cdf(g, log, c)?;
        Some(or_impossible(g, inside, below))
    }

    fn log_survival(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        let inside = is_positive(g, x);
        let x = within(g, inside, x, 1.0);
        let log = g.ln(x);
        let above = Normal.log_survival(g, log, c)?;
        let all = g.number(0.0);
        Some(g.select(inside, above, all))
    }

    fn quantile(&self, g: &mut Graph, at: Tails, c: &Call) -> Option<NodeId> {
        let log = Normal.quantile(g, at, c)?;
        Some(g.exp(log))
    }

    fn kl(&self, g: &mut Graph, q: &Call, p: &Call) -> Option<NodeId> {
        Normal.kl(g, q, p)
    }
}
