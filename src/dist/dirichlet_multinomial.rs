//! DirichletMultinomial(trials, concentration): a Multinomial whose masses are themselves drawn, from a Dirichlet.

use super::dirichlet::{Dirichlet, weights};
use super::multinomial::{self, Multinomial};
use super::numeric::{log_factorial, log_rising, or_impossible, within};
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId};

pub(super) struct DirichletMultinomial;

static SIGNATURE: Signature = Signature {
    name: "DirichletMultinomial",
    forms: &[Form {
        params: &[
            Param { name: "trials", needs: Needs::Count, doc: "how many trials" },
            Param {
                name: "concentration",
                needs: Needs::PositiveVector,
                doc: "weights of the classes",
            },
        ],
    }],
    support: Support::Composition("trials"),
    event: Event::Vector,
    doc: "Counts by class that vary more than a Multinomial's.",
    density: "trials! / (A)_trials prod_k (a[k])_x[k] / x[k]! with a = concentration, A = sum a, (a)_n = a (a + 1) ... (a + n - 1)",
    example: "dim k = 3\nx ~ DirichletMultinomial(10, ones(k))",
};

impl Distribution for DirichletMultinomial {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let (classes, trials) = (c.event[0], c.args[0]);
        let inside = multinomial::is_composition(g, x, trials, classes);
        let x = within(g, inside, x, 0.0);
        let a = weights(g, c.args[1], classes);
        let (rise, orders) = (log_rising(g, a, x), log_factorial(g, x));
        let terms = g.sub(rise, orders);
        let terms = g.sum(terms, &[classes]);
        let total = g.sum(a, &[classes]);
        let (ways, all) = (log_factorial(g, trials), log_rising(g, total, trials));
        let norm = g.sub(ways, all);
        let log = g.add(norm, terms);
        or_impossible(g, inside, log)
    }

    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let (trials, over) = (c.args[0], c.event[0]);
        let prior = Call::new(&Dirichlet, 0, vec![c.args[1]]).over([over]);
        let probs = prior.draw(g, dims, &format!("{name}.probs")).node();
        Call::new(&Multinomial, 0, vec![trials, probs]).over([over]).draw(g, dims, name)
    }
}
