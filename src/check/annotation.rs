//! Annotations of `~` statements: estimators by the registry, `@noncentered`, `@kl`; options by the cards.

use super::model::{
    Adaptive, DistCall, Elem, EstimatorChoice, KlSettings, NameId, OptionValue, Schedule, Stage,
};
use super::plan_errors::estimator_refuses;
use super::schedule::whole;
use super::site_errors::annotation as errors;
use super::{Checker, adaptive};
use crate::dist::is_location_scale;
use crate::estimator::{self, Bias, Card, Default, OptionCard, OptionValues};
use crate::source::{Span, Spanned};
use crate::syntax::ast;

/// What the annotations of one statement say.
#[derive(Default)]
pub(super) struct SiteOptions {
    pub estimator: Option<EstimatorChoice>,
    pub noncentered: Option<Span>,
    pub kl: KlSettings,
}

/// Annotations that are not estimators.
const OTHERS: [&str; 2] = ["noncentered", "kl"];

/// Below this temperature the gradient of a relaxation explodes.
const COLDEST: f64 = Adaptive::FLOOR;
/// Below this one it does with a single draw.
const COLDEST_ALONE: f64 = 0.2;
/// Above this temperature a relaxed draw hardly moves with its logits.
const HOTTEST: f64 = 5.0;

static KL_OPTIONS: [OptionCard; 2] = [
    OptionCard {
        name: "weight",
        doc: "factor of the latent's KL term",
        values: OptionValues::Number { low: 0.0, high: f64::MAX },
        default: Default::Number(Schedule::Constant(1.0)),
    },
    OptionCard {
        name: "free_bits",
        doc: "bits per element below which the KL term is not pressed",
        values: OptionValues::Number { low: 0.0, high: f64::MAX },
        default: Default::Number(Schedule::Constant(0.0)),
    },
];

impl Checker {
    /// Reads the annotations of a latent, before its distribution is known.
    pub(super) fn check_annotations(&mut self, annotations: &[ast::Annotation]) -> SiteOptions {
        let mut options = SiteOptions::default();
        for (i, annotation) in annotations.iter().enumerate() {
            let name = &annotation.name;
            if let Some(first) = annotations[..i].iter().find(|a| a.name.text == name.text) {
                self.diags.push(errors::annotation_twice(name, first.span));
            } else if name.text == "noncentered" {
                self.check_options("noncentered", &[], annotation);
                options.noncentered = Some(annotation.span);
            } else if name.text == "kl" {
                options.kl = self.check_kl(annotation);
            } else if let Some(choice) = self.check_estimator(annotation) {
                match &options.estimator {
                    Some(first) => self.diags.push(errors::two_estimators(first, &choice)),
                    None => options.estimator = Some(choice),
                }
            }
        }
        options
    }

    /// Annotations belong to latents: says so on every other statement; `what` completes "cannot stand before …".
    pub(super) fn refuse_annotations(&mut self, annotations: &[ast::Annotation], what: &str) {
        for annotation in annotations {
            self.diags.push(errors::not_a_latent(annotation, what));
        }
    }

    /// Whether the latent's distribution allows what its annotations ask for.
    pub(super) fn check_options_of(&mut self, name: NameId, call: &DistCall, o: &SiteOptions) {
        let signature = call.root().signature();
        if let Some(choice) = &o.estimator {
            let asked = estimator::find(choice.name);
            let is_guided = self.notes.guided.contains(&self.model.name(name).name);
            let asked = asked.filter(|_| !is_guided);
            if let Some(reason) = asked.and_then(|e| e.refuses(signature)) {
                let able = estimator::ALL.iter().filter(|e| e.refuses(signature).is_none());
                let able: Vec<_> = able.map(|e| e.card().name).collect();
                let name = &self.model.name(name).name;
                self.diags.push(estimator_refuses(choice, name, signature, reason, &able));
            }
        }
        if let Some(span) = o.noncentered {
            self.check_noncentered(name, call, span);
        }
        if let Some(choice) = &o.estimator {
            self.check_baseline_dims(name, choice);
        }
    }

    /// A baseline is an expression of data whose weights serve nothing else.
    fn check_baseline(&mut self, card: &OptionCard, value: &ast::Expr) -> Option<OptionValue> {
        if matches!(&value.kind, ast::ExprKind::Call { callee, .. } if callee.text == "net") {
            self.diags.push(errors::unnamed_net(card.name, value.span));
            return None;
        }
        let e = self.baseline_value(value)?;
        let number = matches!(e.ty.elem, Elem::Real | Elem::Int);
        if !number || e.ty.stage == Stage::Latent || self.reads_params(&e) {
            self.diags.push(errors::baseline_of_what(card.name, value.span));
            return None;
        }
        let held = self.hold_always("baseline", e, value.span);
        Some(OptionValue::Name(held))
    }

    /// A baseline has dimensions of its latent alone.
    fn check_baseline_dims(&mut self, name: NameId, choice: &EstimatorChoice) {
        let dims = self.model.name(name).ty.dims.clone();
        for (option, value) in &choice.options {
            let OptionValue::Name(value) = value else { continue };
            let extra = self.model.name(*value).ty.dims.iter().find(|d| !dims.contains(d));
            if let Some(&extra) = extra {
                let (extra, has) = (self.dim_name(extra), self.dim_list(&dims));
                let name = self.model.name(name).name.clone();
                let error = errors::baseline_dims(option, choice.span, &name, &extra, &has);
                self.diags.push(error);
            }
        }
    }

    fn check_noncentered(&mut self, name: NameId, call: &DistCall, span: Span) {
        let (Some(loc), Some(scale), true) =
            (call.arg("loc"), call.arg("scale"), is_location_scale(call.dist.0))
        else {
            self.diags.push(errors::no_standard_member(span, call));
            return;
        };
        if loc.ty.stage.max(scale.ty.stage) < Stage::Param {
            let name = self.model.name(name).name.clone();
            self.diags.push(errors::nothing_to_center(span, &name, call));
        }
    }

    fn check_kl(&mut self, annotation: &ast::Annotation) -> KlSettings {
        let mut kl = KlSettings::default();
        if annotation.args.is_empty() {
            self.diags.push(errors::empty_kl(annotation.span));
        }
        for (name, value) in self.check_options("kl", &KL_OPTIONS, annotation) {
            let OptionValue::Schedule(schedule) = value else { continue };
            match name.as_str() {
                "weight" => kl.weight = schedule,
                _ => kl.free_bits = schedule,
            }
        }
        kl
    }

    pub(super) fn check_estimator(
        &mut self,
        annotation: &ast::Annotation,
    ) -> Option<EstimatorChoice> {
        let name = &annotation.name;
        let Some(found) = estimator::find(&name.text) else {
            let known = estimator::ALL.iter().map(|e| e.card().name).chain(OTHERS);
            self.diags.push(errors::unknown_annotation(name, &known.collect::<Vec<_>>()));
            return None;
        };
        let Card { name, options, .. } = found.card();
        let options = self.check_options(name, options, annotation);
        Some(EstimatorChoice { name, options, span: annotation.span })
    }

    /// The options that can be used; the others are reported.
    fn check_options(
        &mut self,
        owner: &str,
        cards: &[OptionCard],
        annotation: &ast::Annotation,
    ) -> Vec<(String, OptionValue)> {
        let mut options: Vec<(String, OptionValue)> = vec![];
        let mut seen: Vec<Spanned<&str>> = vec![];
        for arg in &annotation.args {
            let Some((card, value)) = self.find_option(owner, cards, arg) else { continue };
            if let Some(first) = seen.iter().find(|s| s.value == card.name) {
                self.diags.push(errors::option_twice(card.name, arg.span, first.span));
                continue;
            }
            seen.push(Spanned { value: card.name, span: arg.span });
            let value = match value {
                Some(value) => self.check_option(owner, card, value),
                None => Some(OptionValue::Schedule(Schedule::Constant(1.0))),
            };
            options.extend(value.map(|v| (card.name.to_string(), v)));
        }
        options
    }

    /// The card of an option and its value; a flag that stands alone has none.
    fn find_option<'c, 'a>(
        &mut self,
        owner: &str,
        cards: &'c [OptionCard],
        arg: &'a ast::Arg,
    ) -> Option<(&'c OptionCard, Option<&'a ast::Expr>)> {
        let card = |name: &str| cards.iter().find(|c| c.name == name);
        let found = match (&arg.name, &arg.value.kind) {
            (Some(name), _) => card(&name.text).map(|c| (c, Some(&arg.value))),
            (None, ast::ExprKind::Name(name)) => {
                card(&name.text).filter(|c| c.values == OptionValues::Flag).map(|c| (c, None))
            }
            _ => None,
        };
        if found.is_none() {
            self.diags.push(match &arg.name {
                Some(name) => errors::unknown_option(owner, name, cards),
                None => errors::unnamed_option(owner, arg, cards),
            });
        }
        found
    }

    fn check_option(
        &mut self,
        owner: &str,
        card: &OptionCard,
        value: &ast::Expr,
    ) -> Option<OptionValue> {
        match card.values {
            OptionValues::Number { low, high } => {
                self.check_number(owner, card, value, (low, high))
            }
            OptionValues::Temperature { low, high } => match adaptive::read(value, &mut self.diags)
            {
                Some(found) => found.map(OptionValue::Adaptive),
                None => self.check_number(owner, card, value, (low, high)),
            },
            OptionValues::Count { low, high } => {
                let count = whole(value, low).filter(|count| *count <= high);
                if count.is_none() {
                    let (low, high) = (low as f64, high as f64);
                    self.diags.push(errors::option_out_of_range(card, value.span, low, high));
                }
                count.map(|n| OptionValue::Schedule(Schedule::Constant(n as f64)))
            }
            OptionValues::Flag => match flag(value) {
                Some(on) => Some(OptionValue::Schedule(Schedule::Constant(on))),
                None => {
                    self.diags.push(errors::not_a_flag(card, value.span));
                    None
                }
            },
            OptionValues::Words(words) => self.check_word(owner, card, words, value),
            OptionValues::WordsOrNet(words) => match &value.kind {
                ast::ExprKind::Call { .. } => self.check_baseline(card, value),
                _ => self.check_word(owner, card, words, value),
            },
        }
    }

    fn check_number(
        &mut self,
        owner: &str,
        card: &OptionCard,
        value: &ast::Expr,
        (low, high): (f64, f64),
    ) -> Option<OptionValue> {
        let schedule = self.schedule(value)?;
        let (from, to) = schedule.ends();
        if [from, to].iter().any(|end| !(low..=high).contains(end)) {
            self.diags.push(errors::option_out_of_range(card, value.span, low, high));
            return None;
        }
        if card.name == "tau" {
            self.check_temperature(owner, from, Spanned { value: to, span: value.span });
        }
        Some(OptionValue::Schedule(schedule))
    }

    /// A temperature that no gradient survives, at either end.
    fn check_temperature(&mut self, owner: &str, from: f64, to: Spanned<f64>) {
        let biased = estimator::find(owner).is_some_and(|e| e.card().bias == Bias::Biased);
        if from.min(to.value) < COLDEST {
            self.diags.push(errors::too_cold(to.span, from.min(to.value), COLDEST));
        } else if biased && to.value > HOTTEST {
            self.diags.push(errors::too_hot(to.span, to.value, HOTTEST));
        } else if biased && to.value < COLDEST_ALONE {
            self.notes.cold.push(to);
        }
    }

    /// Once the draws per step are known: warns of temperatures that need several.
    pub(super) fn warn_of_single_draws(&mut self) {
        let Some(samples) = self.notes.single_draw else { return };
        for cold in &self.notes.cold {
            self.diags.push(errors::too_cold_alone(cold.span, cold.value, samples));
        }
    }

    fn check_word(
        &mut self,
        owner: &str,
        card: &OptionCard,
        words: &[&str],
        value: &ast::Expr,
    ) -> Option<OptionValue> {
        match &value.kind {
            ast::ExprKind::Name(word) if words.contains(&word.text.as_str()) => {
                if card.name == "baseline" && word.text == "none" {
                    self.diags.push(errors::no_baseline(owner, value.span));
                }
                Some(OptionValue::Word(word.text.clone()))
            }
            _ => {
                self.diags.push(errors::unknown_word(card, words, value));
                None
            }
        }
    }
}

/// `true` and `false` as 1 and 0.
fn flag(value: &ast::Expr) -> Option<f64> {
    match &value.kind {
        ast::ExprKind::Number { value, text } if matches!(text.as_str(), "true" | "false") => {
            Some(*value)
        }
        _ => None,
    }
}
