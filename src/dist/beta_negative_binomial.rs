//! BetaNegativeBinomial(successes, concentration1, concentration0): failures before so many successes, whose probability
//! is itself drawn, from a Beta.

use super::beta;
use super::negative_binomial::{self, NegativeBinomial};
use super::numeric::{is_count, log_factorial, log_rising, or_impossible, within};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId};

pub(super) struct BetaNegativeBinomial;

static SIGNATURE: Signature = Signature {
    name: "BetaNegativeBinomial",
    forms: &[Form {
        params: &[
            Param { name: "successes", needs: Needs::Positive, doc: "how many to wait for" },
            Param { name: "concentration1", needs: Needs::Positive, doc: "weight of success" },
            Param { name: "concentration0", needs: Needs::Positive, doc: "weight of failure" },
        ],
    }],
    support: Support::Count,
    event: Event::Scalar,
    doc: "Counts that vary more than a NegativeBinomial's.",
    density: "Gamma(x + r) / (x! Gamma(r)) B(r + a, x + b) / B(a, b) with r = successes, a = concentration1, b = concentration0",
    example: "x ~ BetaNegativeBinomial(3, 40, 20)",
};

impl Distribution for BetaNegativeBinomial {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let [r, a, b] = c.args();
        let inside = is_count(g, x);
        let x = within(g, inside, x, 0.0);
        let (sum, trials) = (g.add(a, b), g.add(r, x));
        let (ways, orders) = (log_rising(g, r, x), log_factorial(g, x));
        let (yes, no) = (log_rising(g, a, r), log_rising(g, b, x));
        let all = log_rising(g, sum, trials);
        let gain = g.add_all([ways, yes, no]);
        let loss = g.add(orders, all);
        let log = g.sub(gain, loss);
        or_impossible(g, inside, log)
    }

    /// The odds of a failure are the mean of one wait.
    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let [r, a, b] = c.args();
        let odds = beta::log_odds_draw(g, [b, a], dims, &format!("{name}.odds"));
        let log_successes = g.ln(r);
        let log_mean = g.add(log_successes, odds);
        let form = negative_binomial::LOG_MEAN;
        Call::new(&NegativeBinomial, form, vec![log_mean, r]).draw(g, dims, name)
    }
}
