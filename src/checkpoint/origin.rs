//! From a checkpoint back to its problem: the same text, the same data, wherever the program is started now.

use super::{Checkpoint, errors};
use crate::data;
use crate::diag::Diagnostics;
use crate::lower::Problem;
use crate::session::{Inputs, Session};
use crate::source::Source;
use std::path::Path;

impl Checkpoint {
    /// The model that was fitted. Its text is that of the checkpoint, which lasts longer than the file.
    ///
    /// # Errors
    /// E0442 where another version of Elbow may read it otherwise, E0443 where the file has another text by now.
    pub fn session(&self, folder: &Path) -> Result<Session, Diagnostics> {
        let about = &self.about;
        if about.elbow != env!("CARGO_PKG_VERSION") {
            return Err(one(errors::other_version(folder, &about.elbow)));
        }
        let file = self.seen_from_here(&about.model.name);
        if let Ok((now, _)) = Session::open(Path::new(&file))
            && now.source.text != about.model.text
        {
            return Err(one(errors::model_changed(folder, about, &now.source.text)));
        }
        let source = Source::new(about.model.name.clone(), about.model.text.clone());
        let (session, found) = Session::from_source(source);
        if found.has_errors() {
            return Err(one(errors::damaged(
                &folder.join(super::FILE),
                "the model in it is no model",
            )));
        }
        Ok(session)
    }

    /// The inputs that were fitted, as they are named from the directory that the program is in.
    pub fn inputs(&self) -> Inputs {
        let data = self.specs_from_here(&self.about.inputs.data);
        Inputs { data, ..self.about.inputs.clone() }
    }

    /// Arguments of `--data` or `--test`, as they are named from here.
    pub fn specs_from_here(&self, specs: &[String]) -> Vec<String> {
        specs.iter().map(|spec| self.spec_from_here(spec)).collect()
    }

    fn spec_from_here(&self, spec: &str) -> String {
        let is_name = |name: &str| name.chars().all(|c| c.is_alphanumeric() || c == '_');
        match spec.split_once('=') {
            Some((name, path))
                if is_name(name) && !Path::new(&self.seen_from_here(spec)).exists() =>
            {
                format!("{name}={}", self.seen_from_here(path))
            }
            _ => self.seen_from_here(spec),
        }
    }

    fn seen_from_here(&self, path: &str) -> String {
        let there = Path::new(&self.about.directory);
        match std::env::current_dir().is_ok_and(|here| here == there) {
            true => path.to_string(),
            false => there.join(path).display().to_string(),
        }
    }

    /// The problem that was fitted, and the warnings of its data.
    ///
    /// # Errors
    /// E0444 where a file holds other data than the fit saw; whatever reading the data finds.
    pub fn problem(
        &self,
        folder: &Path,
        session: &Session,
        inputs: &Inputs,
    ) -> Result<(Problem, Diagnostics), Diagnostics> {
        let (problem, found) = session.problem(inputs);
        let Some(problem) = problem else {
            // Other data may fail in many ways, of which their being others is the cause.
            let (tables, unread) = data::read(&inputs.data);
            let now = tables.files.iter().map(|f| (f.path.as_str(), f.sha256.as_str()));
            return match self.changed(now) {
                Some(path) if !unread.has_errors() => {
                    Err(one(errors::data_changed(folder, &self.about, &path)))
                }
                _ => Err(found),
            };
        };
        let files = problem.bound.files.iter();
        match self.changed(files.map(|f| (f.path.as_str(), f.sha256.as_str()))) {
            Some(path) => Err(one(errors::data_changed(folder, &self.about, &path))),
            None => Ok((problem, found)),
        }
    }

    /// A file that is not among those of the fit.
    fn changed<'a>(&self, now: impl Iterator<Item = (&'a str, &'a str)>) -> Option<String> {
        let known = |hash: &str| self.about.files.iter().any(|f| f.sha256 == hash);
        let mut now = now.filter(|(_, hash)| !known(hash));
        now.next().map(|(path, _)| path.to_string())
    }
}

fn one(diagnostic: crate::diag::Diagnostic) -> Diagnostics {
    Diagnostics::from_iter([diagnostic])
}
