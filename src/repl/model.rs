//! Commands that change what stands: data, files, settings, estimators, undo.

use super::{Repl, Reply, errors};
use crate::data::{self, Cells, File};
use crate::diag;
use crate::session::Session;
use crate::session::standing::{Standing, TYPED, short, without_estimators};
use crate::source::Source;
use crate::syntax::{self, ast};
use std::path::{Path, PathBuf};

impl Repl {
    /// `:data [FILE | NAME=FILE]`
    pub(super) fn data(&mut self, rest: &str, reply: &mut Reply) {
        let given: Vec<String> = match rest {
            "" => self.state.inputs.data.clone(),
            spec => vec![unquoted(spec)],
        };
        if given.is_empty() {
            return reply.say("no data yet: `:data FILE` reads some");
        }
        let (tables, found) = data::read(&given);
        reply.report(&found, &Source::new("elbow", ""));
        for file in &tables.files {
            reply.say(&described(file));
            self.labels.extend(labels(file));
            self.fields
                .extend(file.fields.iter().map(|f| f.key.clone()).chain(file.target.clone()));
        }
        if !rest.is_empty() && !found.has_errors() {
            let before = self.state.clone();
            self.state.inputs.data.retain(|d| *d != given[0]);
            self.state.inputs.data.extend(given);
            self.remember(before, format!(":data {rest}"));
        }
    }

    /// `:load FILE`
    pub(super) fn load(&mut self, rest: &str, reply: &mut Reply) {
        if rest.is_empty() {
            return reply.complain(errors::usage("load", "FILE", "takes the name of a model file"));
        }
        let path = PathBuf::from(unquoted(rest));
        let opened = Session::open(&path);
        let (session, _) = match opened {
            Ok(opened) => opened,
            Err(found) => return reply.report(&found, &Source::new(rest, "")),
        };
        match Standing::of(&session.source) {
            Err(found) => reply.report(&found, &session.source),
            Ok((standing, warnings)) => {
                reply.report(&warnings, &session.source);
                let before = self.state.clone();
                self.state.standing = standing;
                self.remember(before, format!(":load {rest}"));
                let count = session.program.stmts.len();
                let ending = if count == 1 { "" } else { "s" };
                reply.say(&format!("{}: {count} statement{ending}", path.display()));
                self.file = Some(path);
            }
        }
    }

    /// `:save [FILE]`
    pub(super) fn save(&mut self, rest: &str, reply: &mut Reply) {
        self.write(rest, false, reply);
    }

    /// `:save! FILE`
    pub(super) fn save_over(&mut self, rest: &str, reply: &mut Reply) {
        self.write(rest, true, reply);
    }

    fn write(&mut self, rest: &str, over: bool, reply: &mut Reply) {
        let given = (!rest.is_empty()).then(|| PathBuf::from(unquoted(rest)));
        let Some(path) = given.or_else(|| self.file.clone()) else {
            return reply.complain(errors::usage("save", "FILE", "needs a file's name at first"));
        };
        if self.state.standing.is_empty() {
            return reply.complain(errors::no_model());
        }
        let own = self.file.as_ref() == Some(&path);
        if path.exists() && !own && !over {
            return reply.complain(errors::would_overwrite(&path));
        }
        let text = self.saved_text();
        if let Err(error) = std::fs::write(&path, &text) {
            return reply.complain(errors::cannot_write(&path, &error));
        }
        reply.say(&format!("{}: `{}`", path.display(), self.command_line(&path)));
        if self.fit.as_ref().is_some_and(|f| self.is_same(f) && f.fresh.is_none()) {
            reply.say("`:more` is not part of the file: a run of it begins anew");
        }
        self.file = Some(path);
    }

    /// The model with the number of steps that its fit was asked for, so that a run of the file gives the same posterior.
    fn saved_text(&self) -> String {
        let fit = self.fit.as_ref().filter(|f| self.is_same(f));
        let steps = fit.and_then(|f| f.fresh.filter(|n| *n != self.usual_steps(f)));
        let mut standing = self.state.standing.clone();
        if let Some(steps) = steps {
            standing.enter(&self.fit_block("steps", &steps.to_string()));
        }
        let mut text = standing.whole_text();
        if self.state.inputs.dims.is_empty() {
            return text;
        }
        for (name, size) in &self.state.inputs.dims {
            text.push_str(&format!("# --dim {name}={size}\n"));
        }
        text
    }

    /// Steps of a run without a flag.
    fn usual_steps(&self, fit: &super::Fitted) -> u64 {
        let settings = fit.session.settings(&Default::default());
        let lowering = crate::backend::Lowering::Fast;
        crate::infer::Config::new(&fit.run.problem, &settings, 1, lowering).steps
    }

    /// What runs a saved file.
    fn command_line(&self, path: &Path) -> String {
        let mut line = format!("elbow run {}", path.display());
        for spec in &self.state.inputs.data {
            line.push_str(&format!(" --data {spec}"));
        }
        for (name, size) in &self.state.inputs.dims {
            line.push_str(&format!(" --dim {name}={size}"));
        }
        for (name, estimator) in &self.state.inputs.policy.overrides {
            let quote = if estimator.contains('(') { "'" } else { "" };
            line.push_str(&format!(" --estimator {quote}{name}={estimator}{quote}"));
        }
        line
    }

    /// `:model`
    pub(super) fn model(&mut self, _: &str, reply: &mut Reply) {
        match self.state.standing.is_empty() {
            true => reply.complain(errors::no_model()),
            false => reply.say(&self.state.standing.whole_text()),
        }
    }

    /// `:set SETTING = VALUE`
    pub(super) fn set(&mut self, rest: &str, reply: &mut Reply) {
        if rest.is_empty() {
            return match self.state.standing.fit_block() {
                Some(block) => reply.say(&short(block)),
                None => reply.say("no settings: `:set steps = 2000`, `:set seed = 7` …"),
            };
        }
        let Some((name, value)) = rest.split_once('=') else {
            let what = "takes a setting and its value";
            return reply.complain(errors::usage("set", "SETTING = VALUE", what));
        };
        let block = self.fit_block(name.trim(), value.trim());
        let before = self.state.clone();
        let change = self.state.standing.enter(&block);
        reply.report(&change.diagnostics, &Source::new(TYPED, &block));
        if !change.diagnostics.has_errors() {
            self.remember(before, format!(":set {rest}"));
            reply.say(&block);
        }
    }

    /// The `fit` block with one setting as it is to be.
    fn fit_block(&self, name: &str, value: &str) -> String {
        let text = self.state.standing.fit_block().unwrap_or("");
        let source = Source::new(TYPED, text);
        let (program, _) = syntax::parse(&source);
        let mut settings: Vec<(String, String)> = vec![];
        for stmt in &program.stmts {
            let ast::StmtKind::Fit(args) = &stmt.kind else { continue };
            for arg in args {
                let text = source.slice(arg.span);
                let own = text.split('=').next().unwrap_or("").trim();
                settings.push((own.into(), text.to_string()));
            }
        }
        let new = format!("{name} = {value}");
        match settings.iter_mut().find(|(own, _)| own == name) {
            Some((_, text)) => *text = new,
            None => settings.push((name.into(), new)),
        }
        let settings: Vec<String> = settings.into_iter().map(|(_, text)| text).collect();
        format!("fit {{ {} }}", settings.join(", "))
    }

    /// `:estimator LATENT = NAME`
    pub(super) fn estimator(&mut self, rest: &str, reply: &mut Reply) {
        let Some((latent, choice)) = rest.split_once('=') else {
            return match rest {
                "" => reply.complain(errors::usage(
                    "estimator",
                    "LATENT = NAME",
                    "takes a latent and an estimator",
                )),
                latent => self.why(latent, reply),
            };
        };
        let (latent, choice) = (latent.trim(), choice.trim().trim_start_matches('@'));
        let Some(text) = self.state.standing.of_latent(latent).map(str::to_string) else {
            return reply.complain(self.unknown_latent(latent));
        };
        let plain = without_estimators(text.trim_start());
        let wanted = match choice {
            "auto" => plain,
            choice => format!("@{choice}\n{plain}"),
        };
        let before = self.state.clone();
        let change = self.state.standing.enter(&wanted);
        reply.report(&change.diagnostics, &Source::new(TYPED, &wanted));
        if change.diagnostics.has_errors() {
            return;
        }
        // Whether a use forbids it shows in the plan.
        let (session, _) = self.session();
        let (_, found) = session.plan(&self.state.inputs.policy);
        if found.has_errors() {
            self.state = before;
            return reply.report(&found, &session.source);
        }
        self.remember(before, format!(":estimator {rest}"));
        reply.say(&short(&wanted));
        if self.fit.is_some() {
            reply.say("`:more` goes on with it from where the fit stands");
        }
    }

    pub(super) fn unknown_latent(&self, name: &str) -> diag::Diagnostic {
        let (session, _) = self.session();
        let model = &session.model;
        let latents: Vec<&str> =
            model.latents().map(|(_, site)| model.name(site.name).name.as_str()).collect();
        errors::no_such_latent(name, &latents, diag::nearest(name, latents.iter().copied()))
    }

    /// `:undo`
    pub(super) fn undo(&mut self, _: &str, reply: &mut Reply) {
        match self.past.pop() {
            None => reply.complain(errors::nothing_to_undo()),
            Some((state, what)) => {
                self.state = state;
                reply.say(&format!("undone: {what}"));
            }
        }
    }

    /// `:reset`
    pub(super) fn reset(&mut self, _: &str, reply: &mut Reply) {
        let before = std::mem::take(&mut self.state);
        self.remember(before, ":reset".into());
        (self.fit, self.file, self.took) = (None, None, None);
        self.told.borrow_mut().clear();
        reply.say("nothing stands; `:undo` brings the model and the data back");
    }

    /// `:quit`
    pub(super) fn quit(&mut self, _: &str, _: &mut Reply) {
        self.quits = true;
    }
}

fn unquoted(text: &str) -> String {
    let inside = text.strip_prefix('"').and_then(|t| t.strip_suffix('"'));
    inside.unwrap_or(text).to_string()
}

/// The texts of a file, each once.
fn labels(file: &File) -> std::collections::BTreeSet<String> {
    let texts = file.fields.iter().filter_map(|f| match &f.cells {
        Cells::Texts(texts) => Some(texts),
        _ => None,
    });
    texts.flatten().cloned().collect()
}

/// `schools.csv: school (text), y, sigma; 8 rows`
fn described(file: &File) -> String {
    let field = |f: &data::Field| {
        let kind = match &f.cells {
            Cells::Texts(_) => " (text)",
            Cells::Flawed(_) => " (not a regular array)",
            Cells::Bytes(_) | Cells::Numbers(_) => "",
            Cells::OnDisk(_) => " (on disk)",
        };
        let name = if f.key.is_empty() { "an array" } else { &f.key };
        let shape: Vec<String> = f.shape.iter().map(usize::to_string).collect();
        let shape = match (file.is_table(), shape.is_empty()) {
            (false, false) => format!("[{}]", shape.join(", ")),
            _ => String::new(),
        };
        format!("{name}{shape}{kind}")
    };
    let fields: Vec<String> = file.fields.iter().map(field).collect();
    let rows = file.fields.first().map_or(0, |f| f.cells.len());
    let rows = if file.is_table() { format!("; {rows} rows") } else { String::new() };
    let target = file.target.as_ref().map(|t| format!("{t} = ")).unwrap_or_default();
    format!("{target}{}: {}{rows}", file.path, fields.join(", "))
}
