//! The half on the positive side of a location-scale family around 0, its density doubled.

use super::numeric::{is_nonneg, is_positive, log1mexp, or_impossible, within};
use super::{Call, Distribution, Draw, Signature, Tails};
use crate::ir::{Dim, Graph, NodeId};
use std::f64::consts::LN_2;

pub(super) struct Half {
    pub(super) signature: &'static Signature,
    /// The family. Its parameters are those of the half with a location before the scale, which is last.
    pub(super) whole: &'static dyn Distribution,
}

impl Distribution for Half {
    fn signature(&self) -> &'static Signature {
        self.signature
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let whole = self.whole(g, c);
        let inside = is_nonneg(g, x);
        let log = whole.log_prob(g, x);
        let log = g.shift(LN_2, log);
        or_impossible(g, inside, log)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        match self.whole(g, c).draw(g, dims, name) {
            Draw::Pathwise(z) => Draw::Pathwise(g.abs(z)),
            Draw::Detached(z) => Draw::Detached(g.abs(z)),
        }
    }

    fn log_cdf(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        let inside = is_positive(g, x);
        let x = within(g, inside, x, 1.0);
        let above = self.log_survival(g, x, c)?;
        let below = log1mexp(g, above);
        Some(or_impossible(g, inside, below))
    }

    fn log_survival(&self, g: &mut Graph, x: NodeId, c: &Call) -> Option<NodeId> {
        let whole = self.whole(g, c);
        let zero = g.number(0.0);
        let x = g.max(x, zero);
        let above = whole.dist.log_survival(g, x, &whole)?;
        Some(g.shift(LN_2, above))
    }

    /// Of what lies above, half lies above in the whole.
    fn quantile(&self, g: &mut Graph, at: Tails, c: &Call) -> Option<NodeId> {
        let whole = self.whole(g, c);
        let above = g.shift(-LN_2, at.above);
        let below = log1mexp(g, above);
        whole.dist.quantile(g, Tails { below, above }, &whole)
    }
}

impl Half {
    fn whole(&self, g: &mut Graph, c: &Call) -> Call {
        let mut args = c.args.clone();
        args.insert(args.len() - 1, g.number(0.0));
        Call::new(self.whole, 0, args)
    }
}
