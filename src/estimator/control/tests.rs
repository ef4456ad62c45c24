//! One Bernoulli with cost (b − 0.45)²: the exact slope in its logit is σ(1 − σ)(1 − 2 · 0.45).

use super::super::Options;
use super::*;
use crate::dist::{self, Call};
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};

const LOGIT: f64 = 0.7;

struct Costs(Graph);

impl Rest for Costs {
    fn graph(&mut self) -> &mut Graph {
        &mut self.0
    }

    fn costs(&mut self, value: Value, _fresh: &[Dim]) -> Vec<NodeId> {
        let Value::Plain(b) = value else { unreachable!("two values") };
        let off = self.0.shift(-0.45, b);
        vec![self.0.square(off)]
    }
}

/// Mean and standard error of the slope; `blind` takes away z̃'s part of the gradient, the fault of the published code.
fn slope_of(with_net: bool, blind: bool) -> (f64, f64) {
    let mut rest = Costs(Graph::new());
    let g = &mut rest.0;
    let draw = g.dim("draw", 1000);
    let logit = g.add_param("logit", &[], vec![LOGIT]);
    let bernoulli = dist::find("Bernoulli").unwrap();
    let form = bernoulli.signature().form_with("logits").unwrap();
    let q = Call::new(bernoulli, form, vec![logit]);
    let options = Options::default();
    let site = Site {
        name: "b",
        q: &q,
        dims: &[],
        mixed: &[],
        draws: Some(draw),
        copies: None,
        options: &options,
    };
    let drawn = relaxed::draw(g, &site);
    let start = g.number(0.5_f64.ln());
    let log_tau = Learned::new(g, "log tau".into(), &[], start);
    let net = with_net.then(|| Net::new(g, &site, None, 3));
    let variate = Variate { log_tau, eta: None, net };
    let Relaxed { free, given_draw, classes } = relaxed(g, &site, drawn);
    let given_draw = if blind { g.stop(given_draw) } else { given_draw };
    let cost = credit(&mut rest, drawn.value);
    let at_free = variate.value(&mut rest, free, classes);
    let at_given = variate.value(&mut rest, given_draw, classes);
    let slope = slope(&mut rest.0, &site, drawn.value, &variate, cost, &[&at_free, &at_given]);
    let mut inputs = ir::Inputs::initial(&rest.0);
    // The output of the net, which starts at 0, as if it had been learnt.
    inputs.states.iter_mut().filter(|s| s.len() == 3).for_each(|s| s.fill(0.4));
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(11);
    let slopes = (0..60).map(|_| {
        inputs.noises.iter_mut().flatten().for_each(|u| *u = rng.random());
        ir::eval(&rest.0, &inputs, &[slope], ir::Rounding::F64)[0][0]
    });
    let slopes: Vec<f64> = slopes.collect();
    let mean = slopes.iter().sum::<f64>() / 60.0;
    let spread = slopes.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / 59.0;
    (mean, (spread / 60.0).sqrt())
}

#[test]
fn both_parts_of_the_relaxed_gradient_are_needed() {
    let mass = 1.0 / (1.0 + (-LOGIT).exp());
    let exact = mass * (1.0 - mass) * (1.0 - 2.0 * 0.45);
    for with_net in [false, true] {
        let (mean, se) = slope_of(with_net, false);
        assert!((mean - exact).abs() < 5.0 * se, "net {with_net}: {mean} ± {se}, {exact}");
        let (mean, se) = slope_of(with_net, true);
        assert!((mean - exact).abs() > 20.0 * se, "net {with_net}, blind: {mean} ± {se}, {exact}");
    }
}
