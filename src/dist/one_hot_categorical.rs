//! OneHotCategorical(logits) or OneHotCategorical(probs = p): a Categorical's position as a vector that is 1 there.

use super::categorical::{self, Categorical};
use super::multinomial::is_composition;
use super::numeric::{or_impossible, weigh, within};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId};

pub(super) struct OneHotCategorical;

static SIGNATURE: Signature = Signature {
    name: "OneHotCategorical",
    forms: &[
        Form {
            params: &[Param {
                name: "logits",
                needs: Needs::RealVector,
                doc: "log masses up to a constant",
            }],
        },
        Form { params: &[Param { name: "probs", needs: Needs::Simplex, doc: "masses" }] },
    ],
    support: Support::OneHot,
    event: Event::Vector,
    doc: "One of the classes of a dimension, as a vector that is 1 there and 0 elsewhere.",
    density: "prod_k softmax(logits)[k]^x[k]",
    example: "dim k = 3\nx ~ OneHotCategorical(zeros(k))",
};

/// The distribution of the position, whose forms are the same.
fn position(c: &Call) -> Call {
    Call::new(&Categorical, c.form, c.args.clone()).over(c.event.iter().copied())
}

impl Distribution for OneHotCategorical {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let (classes, one) = (c.event[0], g.number(1.0));
        let inside = is_composition(g, x, one, classes);
        let x = within(g, inside, x, 0.0);
        let log = categorical::log_masses(g, &position(c));
        let terms = weigh(g, x, log);
        let log = g.sum(terms, &[classes]);
        or_impossible(g, inside, log)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let classes = c.event[0];
        let each: Vec<Dim> = dims.iter().copied().filter(|&d| d != classes).collect();
        let drawn = position(c).draw(g, &each, name).node();
        let place = g.iota(classes);
        Draw::Detached(g.eq(place, drawn))
    }

    fn mean(&self, g: &mut Graph, c: &Call) -> Option<NodeId> {
        let log = categorical::log_masses(g, &position(c));
        Some(g.exp(log))
    }
}
