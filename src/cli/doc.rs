//! `elbow doc NAME`: what the registries know of a distribution or an estimator, with a picture of the distribution's example.

use super::{Status, errors};
use crate::diag::nearest;
use crate::dist;
use crate::estimator;
use crate::front::Terminal;
use crate::report;
use crate::session::ask::{Answered, Asked, Origin, Question};
use crate::session::{Inputs, Session};
use crate::source::Source;

/// Show a distribution's density, parameters, estimators and shape, or an estimator's bias and options
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Doc {
    /// A distribution or an estimator
    name: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "Examples:
  elbow doc HalfCauchy
  elbow doc reinforce
  elbow doc Gamma --json";

const DRAWS: usize = 20_000;
const SEED: u64 = 20;
const WIDTH: usize = 80;

impl Doc {
    pub(super) fn run(self, terminal: &Terminal) -> Status {
        let name = self.name.trim_start_matches('@');
        let (Some(text), Some(json)) = (report::doc(name), report::doc_json(name)) else {
            let dists = dist::ALL.iter().map(|d| d.signature().name);
            let known = dists.chain(estimator::ALL.iter().map(|e| e.card().name));
            terminal.complain(errors::nothing_called(name, nearest(name, known)));
            return Status::Mistake;
        };
        if self.json {
            terminal.print(&format!("{json:#}\n"));
            return Status::Done;
        }
        terminal.print(&text);
        if let Some(picture) = dist::find(name).and_then(|d| picture(d.signature().example)) {
            terminal.print(&format!("\n{picture}"));
        }
        Status::Done
    }
}

/// Draws of the example's first element; `None` where it is no distribution of latents.
fn picture(example: &str) -> Option<String> {
    let (session, found) = Session::from_source(Source::new("example", example));
    if found.has_errors() {
        return None;
    }
    let (problem, _) = session.problem(&Inputs::default());
    let problem = problem?;
    let (_, site) = session.model.latents().last()?;
    let name = &session.model.name(site.name).name;
    let question = Question::parse("example", name).ok()?;
    let asked = Asked {
        session: &session,
        problem: &problem,
        model: &session.model,
        draws_from: Origin::Prior,
        draws: DRAWS,
        seed: SEED,
        predicts: false,
        later: &[],
    };
    let answer = question.answer(&asked).ok()?;
    match &answer.elements.first()?.value {
        Answered::Draws(values) => Some(report::histogram(values, WIDTH)),
        _ => None,
    }
}
