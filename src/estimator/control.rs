//! Control variates through a relaxation: REBAR (Tucker et al. 2017, eq. 10) and RELAX (Grathwohl et al. 2018, eq. 8).
//!
//! With z the relaxed variable, b = H(z), z̃ drawn given b, and c a function of relaxed values:
//! ∇E f = E[(f(b) − η c(z̃)) ∇log q(b) + η ∇c(z) − η ∇c(z̃)], where z and z̃ both move with the parameters. What c depends
//! on descends along the gradient of the estimate's square, which is that of its variance.

use super::gumbel_softmax::chooses;
use super::learn::Learned;
use super::relaxed::{self, Relaxed, relaxed, tempered};
use super::{
    Card, Default, Drawn, Estimator, OptionCard, OptionValues, Rest, Site, Value, along, credit,
};
use crate::dist::Signature;
use crate::ir::{self, Dim, Graph, NodeId, Schedule};

/// An estimator with such a control variate.
pub(super) struct Controlled {
    pub(super) card: &'static Card,
    /// Hidden units of the network that is added to the relaxed cost; without one, its share is learnt instead.
    pub(super) units: Option<usize>,
}

pub(super) const START: OptionCard = OptionCard {
    name: "tau",
    doc: "the temperature at first; it is learnt",
    values: OptionValues::Number { low: 1e-2, high: 1e2 },
    default: Default::Number(Schedule::Constant(0.5)),
};

impl Estimator for Controlled {
    fn card(&self) -> &'static Card {
        self.card
    }

    fn refuses(&self, dist: &Signature) -> Option<&'static str> {
        chooses(dist)
    }

    fn compares(&self) -> bool {
        true
    }

    fn draw(&self, g: &mut Graph, site: &Site) -> Drawn {
        relaxed::draw(g, site)
    }

    fn expect(&self, rest: &mut dyn Rest, site: &Site, drawn: Drawn) -> Option<NodeId> {
        let g = rest.graph();
        let tau = site.options.number("tau");
        let start = g.ln(tau);
        let log_tau = Learned::new(g, format!("log tau of {}", site.name), &[], start);
        let net = self.units.map(|units| Net::new(g, site, relaxed::classes(site), units));
        let eta = net.is_none().then(|| {
            let start = site.options.number("eta");
            Learned::new(g, format!("eta of {}", site.name), &[], start)
        });
        surrogate(rest, site, drawn, &Variate { log_tau, eta, net })
    }
}

/// What is learnt of a control variate.
struct Variate {
    log_tau: Learned,
    /// 1 if not learnt.
    eta: Option<Learned>,
    net: Option<Net>,
}

/// One hidden layer of tanh units on the relaxed variables of the elements that share their costs.
struct Net {
    weight: Learned,
    bias: Learned,
    out: Learned,
    over: Vec<Dim>,
    hidden: Dim,
}

impl Net {
    /// The output starts at 0, so that the variate begins as it would be without.
    fn new(g: &mut Graph, site: &Site, classes: Option<Dim>, units: usize) -> Self {
        let hidden = g.dim("hidden", units);
        let over: Vec<Dim> = site.mixed.iter().copied().chain(classes).collect();
        let dims: Vec<Dim> = over.iter().copied().chain([hidden]).collect();
        let count: usize = dims.iter().map(|&d| g.size(d)).product();
        let scale = (units as f64 / count as f64).sqrt();
        let spread = |i: usize| scale * (1.0 + 2.4 * i as f64).sin();
        let start = g.add_data("start of the net", &dims, (0..count).map(spread).collect());
        let zero = g.number(0.0);
        let name = |what: &str| format!("{} of the net of {}", what, site.name);
        Self {
            weight: Learned::new(g, name("weight"), &dims, start),
            bias: Learned::new(g, name("bias"), &[hidden], zero),
            out: Learned::new(g, name("output"), &[hidden], zero),
            over,
            hidden,
        }
    }

    fn value(&self, g: &mut Graph, z: NodeId) -> NodeId {
        let sum = g.contract(z, self.weight.node, &self.over);
        let sum = g.add(sum, self.bias.node);
        let units = g.tanh(sum);
        g.contract(units, self.out.node, &[self.hidden])
    }
}

impl Variate {
    /// c at a relaxed variable, as terms that are to be added.
    fn value(&self, rest: &mut dyn Rest, z: NodeId, classes: Option<Dim>) -> Vec<NodeId> {
        let g = rest.graph();
        let tau = g.exp(self.log_tau.node);
        let soft = tempered(g, z, tau, classes);
        let mut terms = rest.costs(soft, &[]);
        terms.extend(self.net.as_ref().map(|net| net.value(rest.graph(), z)));
        terms
    }

    fn learnt(&self) -> impl Iterator<Item = &Learned> {
        let net = self.net.iter().flat_map(|net| [&net.weight, &net.bias, &net.out]);
        [&self.log_tau].into_iter().chain(&self.eta).chain(net)
    }
}

/// The surrogate of one site.
fn surrogate(rest: &mut dyn Rest, site: &Site, drawn: Drawn, variate: &Variate) -> Option<NodeId> {
    let Relaxed { free, given_draw, classes } = relaxed(rest.graph(), site, drawn);
    let cost = credit(rest, drawn.value);
    let at_free = variate.value(rest, free, classes);
    let at_given = variate.value(rest, given_draw, classes);
    let g = rest.graph();
    let slope = slope(g, site, drawn.value, variate, cost, &[&at_free, &at_given]);
    let square = g.square(slope);
    let square = g.sum_all(square);
    let wrt: Vec<NodeId> = variate.learnt().map(|l| l.node).collect();
    let slopes = ir::grad(g, square, &wrt);
    for (learned, slope) in variate.learnt().zip(slopes) {
        learned.descend(g, slope);
    }
    let [logits] = site.q.args();
    Some(along(g, logits, slope))
}

/// The estimate of the gradient in the logits of q, averaged over the draws.
fn slope(
    g: &mut Graph,
    site: &Site,
    drawn: Value,
    variate: &Variate,
    cost: NodeId,
    [at_free, at_given]: &[&[NodeId]; 2],
) -> NodeId {
    let Value::Plain(b) = drawn else { unreachable!("its draws are hard") };
    let eta = variate.eta.as_ref().map_or_else(|| g.number(1.0), |eta| eta.node);
    let at_given_credit = g.add_all(at_given.iter().copied());
    let taken = g.mul(eta, at_given_credit);
    let advantage = g.sub(cost, taken);
    let score = site.q.log_prob(g, b);
    let minus = g.neg(eta);
    let [logits] = site.q.args();
    let mut outputs = vec![(score, advantage)];
    outputs.extend(at_free.iter().map(|&term| (term, eta)));
    outputs.extend(at_given.iter().map(|&term| (term, minus)));
    let sum = ir::vjp(g, &outputs, &[logits])[0];
    let draws = site.draws.map_or(1, |d| g.size(d));
    g.scale(1.0 / draws as f64, sum)
}

#[cfg(test)]
mod tests;
