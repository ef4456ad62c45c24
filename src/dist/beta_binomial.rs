//! BetaBinomial(trials, concentration1, concentration0): a Binomial whose probability is itself drawn, from a Beta.

use super::beta;
use super::binomial::{self, Binomial};
use super::numeric::{is_count_to, log_choose, log_rising, or_impossible, within};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId};

pub(super) struct BetaBinomial;

static SIGNATURE: Signature = Signature {
    name: "BetaBinomial",
    forms: &[Form {
        params: &[
            Param { name: "trials", needs: Needs::Count, doc: "how many trials" },
            Param { name: "concentration1", needs: Needs::Positive, doc: "weight of success" },
            Param { name: "concentration0", needs: Needs::Positive, doc: "weight of failure" },
        ],
    }],
    support: Support::CountTo("trials"),
    event: Event::Scalar,
    doc: "Successes that vary more than a Binomial's.",
    density: "choose(trials, x) B(x + a, trials - x + b) / B(a, b) with a = concentration1, b = concentration0",
    example: "x ~ BetaBinomial(10, 2, 3)",
};

impl Distribution for BetaBinomial {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let [trials, a, b] = c.args();
        let inside = is_count_to(g, x, trials);
        let x = within(g, inside, x, 0.0);
        let (failures, sum) = (g.sub(trials, x), g.add(a, b));
        let ways = log_choose(g, trials, x);
        let (yes, no) = (log_rising(g, a, x), log_rising(g, b, failures));
        let all = log_rising(g, sum, trials);
        let log = g.add_all([ways, yes, no]);
        let log = g.sub(log, all);
        or_impossible(g, inside, log)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let [trials, a, b] = c.args();
        let odds = beta::log_odds_draw(g, [a, b], dims, &format!("{name}.odds"));
        Call::new(&Binomial, binomial::LOGITS, vec![trials, odds]).draw(g, dims, name)
    }

    fn mean(&self, g: &mut Graph, c: &Call) -> Option<NodeId> {
        let [trials, a, b] = c.args();
        let sum = g.add(a, b);
        let share = g.div(a, sum);
        Some(g.mul(trials, share))
    }

    /// Where the number of trials is a constant.
    fn masses(&self, g: &mut Graph, c: &Call, values: Dim) -> Option<NodeId> {
        g.as_number(c.args[0])?;
        let x = g.iota(values);
        Some(self.log_prob(g, x, c))
    }
}
