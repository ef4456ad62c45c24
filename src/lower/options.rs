//! The options of an estimator as nodes: schedules are knobs, a learnt temperature is a parameter of the fit.

use super::Lowerer;
use crate::check::model::{Adaptive, OptionValue, Schedule};
use crate::check::plan::LatentPlan;
use crate::estimator::{Options, Value};
use crate::ir::NodeId;

impl Lowerer<'_> {
    pub(super) fn options(&mut self, plan: &LatentPlan) -> Options {
        let mut options = Options::default();
        for (option, value) in &plan.options {
            let name = || format!("{}.{option}", self.model.name(plan.name).name);
            let node = match value {
                OptionValue::Word(word) => {
                    options.words.push((option, word.clone()));
                    continue;
                }
                OptionValue::Name(value) => match self.values[value.0 as usize] {
                    Some(Value::Plain(node)) => {
                        options.words.push((option, "net".into()));
                        node
                    }
                    _ => unreachable!("values of options stand above their latent"),
                },
                OptionValue::Schedule(Schedule::Constant(x)) => {
                    options.flags.push((option, *x != 0.0));
                    self.g.number(*x)
                }
                OptionValue::Schedule(schedule) => self.g.add_knob(&name(), *schedule),
                OptionValue::Adaptive(Adaptive::Auto { from, .. }) => {
                    self.g.add_knob(&name(), Schedule::Constant(*from))
                }
                OptionValue::Adaptive(Adaptive::Learnt { from }) => {
                    let latent = &self.model.name(plan.name).name;
                    self.learnt(&format!("{latent}.log_{option}"), *from)
                }
            };
            options.numbers.push((option, node));
        }
        options
    }

    /// In the log domain above the floor.
    fn learnt(&mut self, name: &str, from: f64) -> NodeId {
        let log = self.g.add_param(name, &[], vec![(from - Adaptive::FLOOR).ln()]);
        let above = self.g.exp(log);
        self.g.shift(Adaptive::FLOOR, above)
    }
}
