//! E0402, E0403, E0408–E0414, E0421, E0430–E0434, E0441: command lines, the codes that `explain` knows, files that `fmt` cannot
//! write, what cannot be measured, what a measurement finds, and what makes no pictures or tables.

use crate::check::model::{Model, NameDecl};
use crate::diag::{Code, Diagnostic, nearest};
use crate::lab::{Point, Test, Worst};
use crate::report::Frame;
use crate::session::Session;
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

/// E0430.
pub(super) fn no_such_picture_dim(name: &str, model: &Model) -> Diagnostic {
    let dims = || model.dims.iter().map(|d| d.name.as_str());
    let near = nearest(name, dims());
    let known: Vec<&str> = dims().collect();
    Diagnostic::new(Code::E0430, format!("`--images {name}=…` names no dimension of the model"))
        .note(format!("dimensions: {}", known.join(", ")))
        .help_if(near.is_some(), format!("did you mean `{}`?", near.unwrap_or_default()))
}

/// E0431.
pub(super) fn pictures_do_not_fit(dim: &str, size: usize, frame: Frame) -> Diagnostic {
    let Frame { rows, columns } = frame;
    let message = match rows.checked_mul(columns) {
        Some(product) => {
            format!("`{dim}` has {size} positions, and {rows} × {columns} are {product}")
        }
        None => format!("`{dim}` has {size} positions, and {rows} × {columns} are many more"),
    };
    let side = (1..=size.isqrt()).rev().find(|rows| size.is_multiple_of(*rows)).unwrap_or(1);
    let diagnostic = Diagnostic::new(Code::E0431, message);
    let diagnostic = match side {
        1 => diagnostic.note(format!("{size} positions make no rectangle of several rows")),
        _ => diagnostic,
    };
    diagnostic.help(format!("`--images {dim}={side}x{}` fits", size / side))
}

/// E0432.
pub(super) fn nothing_to_picture(dim: &str, model: &Model) -> Diagnostic {
    let observed = model.observed().map(|name| model.name(name));
    let words = |decl: &NameDecl| {
        let dims: Vec<&str> = decl.ty.dims.iter().map(|&d| model.dim(d).name.as_str()).collect();
        format!("`{}[{}]`", decl.name, dims.join(", "))
    };
    let observed: Vec<String> = observed.map(words).collect();
    let known = if observed.is_empty() { "none".into() } else { observed.join(", ") };
    Diagnostic::new(Code::E0432, format!("no observed datum has the dimension `{dim}`"))
        .note(format!("observed data: {known}"))
        .help("name a dimension of a datum that stands to the left of a `~`")
}

/// E0421.
pub(super) fn improper_prior(session: &Session, name: &str) -> Diagnostic {
    let message = format!("the prior of `{name}` cannot be drawn from");
    let diagnostic = Diagnostic::new(Code::E0421, message)
        .note("a prior without a total mass says nothing before the data do")
        .help(format!(
            "give `{name}`, or what it is made from, a prior with a total mass, as Normal(0, 10)"
        ));
    match session.model.find_name(name) {
        Some(id) => diagnostic.at(session.model.name(id).span, "no draw of this is a number"),
        None => diagnostic,
    }
}

/// E0433.
pub(super) fn no_such_table(path: &Path) -> Diagnostic {
    let name = path.display();
    let stem = path.with_extension("");
    let message = format!("draws are written as .csv or .npz, and `{name}` is neither");
    Diagnostic::new(Code::E0433, message).help(format!("try `--out {}.csv`", stem.display()))
}

/// E0434.
pub(super) fn too_many_numbers(name: &str, size: usize, draws: usize, fits: usize) -> Diagnostic {
    let message =
        format!("{draws} draws of `{name}`, which has {size} elements, are too many to hold");
    let diagnostic = Diagnostic::new(Code::E0434, message);
    match fits {
        0 => diagnostic.help("shorten a dimension: `--dim NAME=SIZE` in the place of its data"),
        _ => diagnostic.help(format!("take fewer: `--draws {fits}`")),
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
