//! Binomial(trials, probs) or Binomial(trials, logits = l): successes among so many trials.

use super::numeric::{
    first_within, is_count_to, log_choose, log_complement, or_impossible, times_log,
    times_log_complement, within,
};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId, Noise, Op, Sampler};

pub(super) struct Binomial;

const TRIALS: Param = Param { name: "trials", needs: Needs::Count, doc: "how many trials" };

static SIGNATURE: Signature = Signature {
    name: "Binomial",
    forms: &[
        Form {
            params: &[
                TRIALS,
                Param { name: "probs", needs: Needs::Unit, doc: "probability of a success" },
            ],
        },
        Form {
            params: &[
                TRIALS,
                Param { name: "logits", needs: Needs::Real, doc: "log odds of a success" },
            ],
        },
    ],
    support: Support::CountTo("trials"),
    event: Event::Scalar,
    doc: "Successes among a known number of trials.",
    density: "choose(trials, x) probs^x (1 - probs)^(trials - x)",
    example: "x ~ Binomial(10, 0.5)",
};

pub(super) const LOGITS: usize = 1;

impl Distribution for Binomial {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let [trials, p] = c.args();
        let inside = is_count_to(g, x, trials);
        let x = within(g, inside, x, 0.0);
        let ways = log_choose(g, trials, x);
        let log = if c.form == LOGITS {
            let (rise, norm) = (g.mul(x, p), g.softplus(p));
            let fall = g.mul(trials, norm);
            g.sub(rise, fall)
        } else {
            let failures = g.sub(trials, x);
            let (yes, no) = (times_log(g, x, p), times_log_complement(g, failures, p));
            g.add(yes, no)
        };
        let log = g.add(ways, log);
        or_impossible(g, inside, log)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let [trials, p] = c.args();
        let probs = if c.form == LOGITS { g.sigmoid(p) } else { p };
        let noise = g.add_noise(name, dims, Noise::Uniform);
        let (trials, probs) = (g.expand(trials, dims), g.expand(probs, dims));
        Draw::Detached(g.push(Op::Draw(Sampler::Binomial), [noise, trials, probs]))
    }

    fn mean(&self, g: &mut Graph, c: &Call) -> Option<NodeId> {
        let [trials, p] = c.args();
        let p = if c.form == LOGITS { g.sigmoid(p) } else { p };
        Some(g.mul(trials, p))
    }

    /// The first success comes within the trials; the others are among those behind it.
    fn draw_nonzero(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Option<NodeId> {
        let [trials, p] = c.args();
        let log_failure = if c.form == LOGITS {
            let norm = g.softplus(p);
            g.neg(norm)
        } else {
            log_complement(g, p)
        };
        let hazard = g.neg(log_failure);
        let end = g.mul(trials, hazard);
        let time = first_within(g, end, dims, &format!("{name}.first"));
        let failures = g.div(time, hazard);
        let failures = g.floor(failures);
        let left = g.sub(trials, failures);
        let (left, zero) = (g.shift(-1.0, left), g.number(0.0));
        let left = g.max(left, zero);
        let others = Call::new(&Binomial, c.form, vec![left, p]).draw(g, dims, name).node();
        Some(g.shift(1.0, others))
    }

    /// Where the number of trials is a constant.
    fn masses(&self, g: &mut Graph, c: &Call, values: Dim) -> Option<NodeId> {
        g.as_number(c.args[0])?;
        let x = g.iota(values);
        Some(self.log_prob(g, x, c))
    }
}
