//! E0402, E0403, E0408–E0414, E0441: command lines, the codes that `explain` knows, files that `fmt` cannot write, what cannot be
//! measured and what a measurement finds.

use crate::diag::{Code, Diagnostic, nearest};
use crate::lab::{Point, Test, Worst};
use std::path::Path;

/// E0403. clap's own words, in our form.
pub(super) fn command_line(error: &clap::Error) -> Diagnostic {
    let text = error.to_string();
    let mut lines = text.lines().map(str::trim).filter(|l| !l.is_empty());
    let message = lines.next().unwrap_or("this command line cannot be read");
    let message = message.strip_prefix("error: ").unwrap_or(message);
    let mut diagnostic = Diagnostic::new(Code::E0403, message);
    for line in lines.take_while(|l| !l.starts_with("For more information")) {
        diagnostic = match (line.strip_prefix("tip: "), line.strip_prefix("Usage: ")) {
            (Some(tip), _) => diagnostic.help(tip),
            (_, Some(usage)) => diagnostic.help(usage),
            _ => diagnostic.note(line),
        };
    }
    diagnostic
}

/// E0402.
pub(super) fn no_such_code(name: &str) -> Diagnostic {
    let known = || crate::diag::CODES.iter().map(|c| c.name());
    let upper = name.to_uppercase();
    let diagnostic = Diagnostic::new(Code::E0402, format!("no code is called `{name}`"));
    match nearest(&upper, known()) {
        Some(near) => diagnostic.help(format!("did you mean `elbow explain {near}`?")),
        None => diagnostic.help("`elbow list codes` shows all of them"),
    }
}

/// E0408.
pub(super) fn cannot_write(path: &Path, error: &std::io::Error) -> Diagnostic {
    let path = path.display();
    Diagnostic::new(Code::E0408, format!("cannot write `{path}`: {error}"))
        .help("`--stdout` prints the formatted text instead")
}

/// E0409.
pub(super) fn no_such_latent(name: &str, latents: &[&str]) -> Diagnostic {
    let near = nearest(name, latents.iter().copied());
    let known = if latents.is_empty() { "none".into() } else { latents.join(", ") };
    Diagnostic::new(Code::E0409, format!("`--latent {name}` names no latent of the model"))
        .note(format!("latents: {known}"))
        .help_if(near.is_some(), format!("did you mean `{}`?", near.unwrap_or_default()))
}

/// E0410.
pub(super) fn oracle_not_finite(point: Point) -> Diagnostic {
    let at = point.words();
    Diagnostic::new(Code::E0410, format!("the exact gradient is not finite at the {at} parameters"))
        .help("`elbow run` names the operation that gives the first such number")
}

/// E0411.
pub(super) fn estimator_fails(test: &Test, bound: f64) -> Diagnostic {
    let (estimator, latent) = (&test.estimator, &test.latent);
    let message = format!(
        "the mean gradient of `{estimator}` for `{latent}` must be the exact one, and is not"
    );
    let mut diagnostic = Diagnostic::new(Code::E0411, message);
    let failed = |w: &&Worst| w.z.is_nan() || w.z.abs() >= bound;
    for Worst { point, parameter, z, mean, exact } in test.worst.iter().filter(failed) {
        diagnostic = diagnostic.note(format!(
            "`{parameter}` at the {} parameters: {:.6} ± {:.6}, exact {:.6}, z = {z:.1}",
            point.words(),
            mean.value,
            mean.error,
            exact.value,
        ));
    }
    diagnostic.help(
        "try `--gradients 20000`; if it fails again, use another estimator and report this one",
    )
}

/// E0412.
pub(super) fn no_such_picture(path: &Path) -> Diagnostic {
    let name = path.display();
    let stem = path.with_extension("");
    Diagnostic::new(Code::E0412, format!("a picture must be .svg or .png, and `{name}` is neither"))
        .help(format!("try `--plot {}.svg`", stem.display()))
}

/// E0413.
pub(super) fn exists(path: &Path) -> Diagnostic {
    let path = path.display();
    Diagnostic::new(Code::E0413, format!("`{path}` exists already"))
        .help("choose another name: nothing is written over")
}

/// E0414.
pub(super) fn nothing_called(name: &str, near: Option<&str>) -> Diagnostic {
    let message = format!("no distribution and no estimator is called `{name}`");
    let diagnostic = Diagnostic::new(Code::E0414, message);
    match near {
        Some(near) => diagnostic.help(format!("did you mean `elbow doc {near}`?")),
        None => diagnostic.help("`elbow list distributions` and `elbow list estimators` show all"),
    }
}

/// E0408.
pub(super) fn cannot_draw(path: &Path, error: &std::io::Error) -> Diagnostic {
    let path = path.display();
    Diagnostic::new(Code::E0408, format!("cannot write `{path}`: {error}"))
        .help("name a file in a folder that you may write to")
}

/// E0441.
pub(super) fn other_dims(folder: &Path) -> Diagnostic {
    let message =
        format!("the checkpoint in `{}` is of another model than its text", folder.display());
    Diagnostic::new(Code::E0441, message)
        .help("run the model again; with `--force` into the same folder")
}
