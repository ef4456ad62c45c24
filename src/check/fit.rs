//! The `fit` block: the settings of the optimisation that the model asks for; flags of the command line win over them.

use super::Checker;
use super::batch::{Said, faults};
use super::literal::constant;
use super::model::{
    Averaging, Batch, ElboRows, Estimators, FitSettings, OptimizerChoice, Precision, Sampling,
    Schedule,
};
use super::schedule::whole;
use super::site_errors::{batch as batch_errors, fit as errors};
use crate::source::Span;
use crate::syntax::ast;

/// Every setting, with an example of its value.
pub const SETTINGS: [(&str, &str); 16] = [
    ("steps", "5000"),
    ("seed", "1"),
    ("samples", "4"),
    ("draws", "1000"),
    ("optimizer", "adam(0.01)"),
    ("lr", "cosine(0.1 -> 0.001, over = 5000)"),
    ("precision", "f32"),
    ("estimators", "exact"),
    ("starts", "50"),
    ("objective", "iwae(8 over n)"),
    ("clip", "10"),
    ("weight_decay", "1e-4"),
    ("average", "ema(0.999)"),
    ("batch n", "128"),
    ("sampling", "replacement"),
    ("elbo_rows", "100_000"),
];

/// What a later version gives a meaning to.
const LATER: [(&str, &str); 1] = [("guide", "automatic guides other than mean-field")];

/// Words of the command line that are not the model's to set.
const FLAGS: [(&str, &str); 5] = [
    ("threads", "--threads 2"),
    ("out", "--out my.fit"),
    ("quiet", "--quiet"),
    ("json", "--json"),
    ("force", "--force"),
];

impl Checker {
    pub(super) fn check_fit(&mut self, args: &[ast::Arg], span: Span) {
        if let Some(first) = self.notes.fit_block {
            self.diags.push(errors::second_block(span, first));
            return;
        }
        self.notes.fit_block = Some(span);
        for (i, arg) in args.iter().enumerate() {
            let Some(name) = &arg.name else {
                self.diags.push(errors::setting_without_name(arg.span));
                continue;
            };
            let same = |a: &&ast::Arg| {
                a.name.as_ref().is_some_and(|n| n.text == name.text) && along(a) == along(arg)
            };
            match args[..i].iter().find(same) {
                Some(first) => self.diags.push(errors::setting_twice(name, first.span)),
                None => self.check_setting(name, arg),
            }
        }
        self.check_one_rate(args);
    }

    fn check_setting(&mut self, name: &ast::Ident, arg: &ast::Arg) {
        let mut fit = std::mem::take(&mut self.model.fit);
        match name.text.as_str() {
            "steps" => fit.steps = self.expect_whole(arg, 1),
            "seed" => fit.seed = self.expect_whole(arg, 0),
            "samples" => {
                fit.samples = self.expect_whole(arg, 1);
                self.notes.single_draw = (fit.samples == Some(1)).then_some(arg.span);
            }
            "draws" => fit.draws = self.expect_whole(arg, 1),
            "optimizer" => fit.optimizer = self.check_optimizer(&arg.value),
            "lr" => fit.learning_rate = self.check_rate(&arg.value),
            "starts" => fit.starts = self.expect_whole(arg, 1),
            "clip" => fit.clip = self.check_clip(&arg.value),
            "weight_decay" => {
                fit.weight_decay = self.check_decay(&arg.value);
                self.notes.weight_decay = Some(arg.span);
            }
            "average" => fit.average = self.check_average(&arg.value),
            "objective" => fit.objective = self.check_objective(&arg.value),
            "precision" => fit.precision = self.expect_word(arg, &PRECISIONS),
            "batch" => fit.batches.extend(self.check_batch(arg)),
            "elbo_rows" => fit.elbo_rows = self.check_elbo_rows(arg),
            "sampling" => fit.sampling = self.expect_word(arg, &SAMPLINGS),
            "estimators" => fit.estimators = self.check_policy(arg),
            other => self.diags.push(unknown(other, name)),
        }
        self.model.fit = fit;
    }

    fn check_batch(&mut self, arg: &ast::Arg) -> Option<Batch> {
        let ast::ExprKind::Setting { name, value } = &arg.value.kind else {
            return self.fail(batch_errors::without_dimension(arg, &self.model));
        };
        let Some(dim) = self.model.find_dim(&name.text) else {
            let error = batch_errors::no_such_dimension(&name.text, Some(name.span), &self.model);
            return self.fail(error);
        };
        let Some(size) = whole(value, 1) else {
            let error = errors::no_batch_size(&name.text, value.span);
            return self.fail(error);
        };
        Some(Batch { dim, size, span: arg.span })
    }

    /// Once all statements are known: that every path keeps the dimensions that are batched.
    pub(super) fn check_batches(&mut self) {
        if !self.diags.has_errors() {
            for Batch { dim, span, .. } in self.model.fit.batches.clone() {
                for fault in faults(&self.model, dim, Said::In(span)) {
                    self.diags.push(fault);
                }
            }
        }
    }

    fn expect_whole(&mut self, arg: &ast::Arg, low: u64) -> Option<u64> {
        let value = whole(&arg.value, low);
        if value.is_none() {
            let name = arg.name.as_ref().map_or("", |n| n.text.as_str());
            let example = SETTINGS.iter().find(|(n, _)| *n == name).map_or("1", |(_, e)| e);
            self.diags.push(errors::not_whole(arg, low, example));
        }
        value
    }

    fn expect_word<T: Copy>(&mut self, arg: &ast::Arg, words: &[(&str, T)]) -> Option<T> {
        let found = match &arg.value.kind {
            ast::ExprKind::Name(word) => words.iter().find(|(w, _)| *w == word.text),
            _ => None,
        };
        if found.is_none() {
            let words: Vec<_> = words.iter().map(|(w, _)| *w).collect();
            self.diags.push(errors::not_among(arg, &words));
        }
        found.map(|(_, value)| *value)
    }

    fn check_elbo_rows(&mut self, arg: &ast::Arg) -> Option<ElboRows> {
        if matches!(&arg.value.kind, ast::ExprKind::Name(word) if word.text == "all") {
            return Some(ElboRows::All);
        }
        let rows = whole(&arg.value, ElboRows::LEAST);
        if rows.is_none() {
            self.diags.push(errors::not_elbo_rows(arg.value.span, ElboRows::LEAST));
        }
        rows.map(ElboRows::Most)
    }

    fn check_clip(&mut self, value: &ast::Expr) -> Option<f64> {
        let clip = constant(value).filter(|clip| *clip > 0.0 && clip.is_finite());
        if clip.is_none() {
            self.diags.push(errors::clip_out_of_range(value.span));
        }
        clip
    }

    fn check_decay(&mut self, value: &ast::Expr) -> Option<f64> {
        let decay = constant(value).filter(|decay| *decay >= 0.0 && decay.is_finite());
        if decay.is_none() {
            self.diags.push(errors::decay_out_of_range(value.span));
        }
        decay
    }

    /// Only the weights of nets decay.
    pub(super) fn expect_weights_to_decay(&mut self) {
        let span = self.notes.weight_decay.filter(|_| !self.model.has_weights());
        if let Some(span) = span.filter(|_| !self.diags.has_errors()) {
            self.diags.push(errors::nothing_decays(span));
        }
    }

    fn check_average(&mut self, value: &ast::Expr) -> Option<Averaging> {
        let average = match &value.kind {
            ast::ExprKind::Name(name) if name.text == "tail" => Some(Averaging::Tail),
            ast::ExprKind::Call { callee, args, .. } if callee.text == "ema" && args.len() == 1 => {
                let decay = constant(&args[0].value).filter(|decay| (0.0..1.0).contains(decay));
                decay.map(Averaging::Exponential)
            }
            _ => None,
        };
        if average.is_none() {
            self.diags.push(errors::not_an_average(value.span));
        }
        average
    }

    fn check_policy(&mut self, arg: &ast::Arg) -> Option<Estimators> {
        if let ast::ExprKind::Name(word) = &arg.value.kind
            && word.text == "measured"
        {
            self.diags.push(errors::later_setting(word, "estimators chosen by a pilot run"));
            return None;
        }
        self.expect_word(arg, &POLICIES)
    }

    fn check_rate(&mut self, value: &ast::Expr) -> Option<Schedule> {
        let rate = self.schedule(value)?;
        let (from, to) = rate.ends();
        if from <= 0.0 || to < 0.0 || !from.is_finite() || !to.is_finite() {
            self.diags.push(errors::rate_out_of_range(value.span));
            return None;
        }
        Some(rate)
    }

    fn check_optimizer(&mut self, value: &ast::Expr) -> Option<OptimizerChoice> {
        let (name, args) = match &value.kind {
            ast::ExprKind::Name(name) => (name, [].as_slice()),
            ast::ExprKind::Call { callee, args, .. } => (callee, args.as_slice()),
            _ => {
                self.diags.push(errors::not_an_optimizer(value.span, None));
                return None;
            }
        };
        let known: &[&str] = match name.text.as_str() {
            "adam" => &["lr"],
            "sgd" => &["lr", "momentum"],
            _ => {
                self.diags.push(errors::not_an_optimizer(value.span, Some(&name.text)));
                return None;
            }
        };
        let (mut lr, mut momentum) = (None, None);
        for arg in args {
            match optimizer_option(arg, args, known) {
                Some("lr") if lr.is_none() => lr = Some(self.check_rate(&arg.value)?),
                Some("momentum") if momentum.is_none() => {
                    momentum = Some(self.check_momentum(&arg.value)?);
                }
                _ => self.diags.push(errors::bad_optimizer_option(name, arg, known)),
            }
        }
        Some(match name.text.as_str() {
            "adam" => OptimizerChoice::Adam { lr },
            _ => OptimizerChoice::Sgd { lr, momentum: momentum.unwrap_or(0.9) },
        })
    }

    fn check_momentum(&mut self, value: &ast::Expr) -> Option<f64> {
        let momentum = constant(value).filter(|m| (0.0..1.0).contains(m));
        if momentum.is_none() {
            self.diags.push(errors::momentum_out_of_range(value.span));
        }
        momentum
    }

    /// `optimizer = adam(1e-3), lr = 1e-2` says two things.
    fn check_one_rate(&mut self, args: &[ast::Arg]) {
        let inside = match self.model.fit {
            FitSettings { optimizer: Some(OptimizerChoice::Adam { lr }), .. } => lr.is_some(),
            FitSettings { optimizer: Some(OptimizerChoice::Sgd { lr, .. }), .. } => lr.is_some(),
            _ => false,
        };
        let setting =
            |name: &str| args.iter().find(|a| a.name.as_ref().is_some_and(|n| n.text == name));
        if let (true, Some(optimizer), Some(lr)) = (inside, setting("optimizer"), setting("lr")) {
            self.diags.push(errors::two_rates(optimizer.value.span, lr.span));
        }
    }
}

/// The dimension of a setting that has one.
fn along(arg: &ast::Arg) -> Option<&str> {
    match &arg.value.kind {
        ast::ExprKind::Setting { name, .. } => Some(&name.text),
        _ => None,
    }
}

const SAMPLINGS: [(&str, Sampling); 2] =
    [("shuffled", Sampling::Shuffled), ("replacement", Sampling::Replacement)];

const PRECISIONS: [(&str, Precision); 2] = [("f32", Precision::F32), ("f64", Precision::F64)];

const POLICIES: [(&str, Estimators); 4] = [
    ("auto", Estimators::Auto),
    ("exact", Estimators::Exact),
    ("unbiased", Estimators::Unbiased),
    ("measured", Estimators::Measured),
];

/// The option that an argument sets: by name, or the learning rate by standing first.
fn optimizer_option<'k>(arg: &ast::Arg, all: &[ast::Arg], known: &[&'k str]) -> Option<&'k str> {
    match &arg.name {
        Some(name) => known.iter().copied().find(|k| *k == name.text),
        None => std::ptr::eq(arg, &all[0]).then_some(known[0]),
    }
}

fn unknown(text: &str, name: &ast::Ident) -> crate::diag::Diagnostic {
    let row = |rows: &'static [(&str, &str)]| rows.iter().find(|(n, _)| *n == text);
    if let Some((_, what)) = row(&LATER) {
        return errors::later_setting(name, what);
    }
    match row(&FLAGS) {
        Some((_, flag)) => errors::flag_as_setting(name, flag),
        None => errors::unknown_setting(name, &SETTINGS),
    }
}
