//! E0401, E0447, E0448: model files that cannot be read, and data that a fit cannot predict.

use crate::check::model::{DimId, Model, NameDecl, NameId, NameKind};
use crate::diag::{Code, Diagnostic};
use std::io::ErrorKind;

/// E0401.
pub(super) fn cannot_read(path: &str, error: &std::io::Error) -> Diagnostic {
    let (message, help) = match error.kind() {
        ErrorKind::NotFound => (
            format!("there is no model file `{path}`"),
            (!path.ends_with(".elbow")).then(|| format!("did you mean `{path}.elbow`?")),
        ),
        ErrorKind::IsADirectory => (
            format!("`{path}` is a folder, not a model file"),
            Some(format!(
                "of a fit in it, `elbow resume {path}` goes on, `elbow predict {path}` predicts, \
                 `elbow sample --fit {path}` draws"
            )),
        ),
        _ => (format!("cannot read the model file `{path}`: {error}"), None),
    };
    let diagnostic = Diagnostic::new(Code::E0401, message);
    match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

/// E0447.
pub(super) fn nothing_to_predict(model: &Model) -> Diagnostic {
    let observed: Vec<&NameDecl> = model
        .names
        .iter()
        .filter(|n| matches!(&n.kind, NameKind::Data(data) if data.observed))
        .collect();
    let Some(first) = observed.first() else {
        return Diagnostic::new(
            Code::E0447,
            "there is nothing to predict: the model observes no data",
        )
        .help("write `NAME ~ …` for a datum, fit again, and predict it");
    };
    let names: Vec<String> = observed.iter().map(|n| format!("`{}`", n.name)).collect();
    let message = format!("there is nothing to predict: the new data hold {}", names.join(", "));
    Diagnostic::new(Code::E0447, message)
        .at(first.span, "what the data lack is predicted")
        .help(format!("leave the column `{}` out of the file", first.name))
}

/// E0448.
pub(super) fn not_of_the_fit(model: &Model, param: &str, fresh: &[DimId]) -> Diagnostic {
    let owner = param.split('.').next().unwrap_or(param);
    let message = format!("the fit does not know `{param}` of the new data");
    let diagnostic = Diagnostic::new(Code::E0448, message);
    let Some(decl) = model.find_name(owner).map(|id| model.name(id)) else { return diagnostic };
    let new = decl.ty.dims.iter().find(|d| fresh.contains(d)).map(|&d| &model.dim(d).name);
    match (new, &decl.kind) {
        (Some(dim), NameKind::Param { .. }) => diagnostic
            .at(decl.span, format!("a value for each `{dim}` of the fit, none for others"))
            .help(format!(
                "give it a prior, `{owner}[{dim}] ~ Normal(0, 1)`: new rows are drawn from it"
            )),
        _ => diagnostic
            .at(decl.span, "has other sizes than in the fit")
            .help("predict data with the dimensions of the fit, or fit again"),
    }
}

/// E0448.
pub(super) fn guide_lacks(model: &Model, latent: NameId, datum: NameId) -> Diagnostic {
    let (latent, datum) = (model.name(latent), &model.name(datum).name);
    let message =
        format!("the guide of `{}` reads `{datum}`, which the new data lack", latent.name);
    Diagnostic::new(Code::E0448, message)
        .at(latent.span, "is of all rows, and its guide computes it from data")
        .help(format!("give the new data a column `{datum}`"))
}

/// E0448.
pub(super) fn summed_out(model: &Model, latent: NameId) -> Diagnostic {
    let latent = model.name(latent);
    let name = &latent.name;
    let message = format!("`{name}` was summed out of the fit, which does not know its values");
    Diagnostic::new(Code::E0448, message)
        .at(latent.span, "is of the data that were fitted")
        .help(format!("fit with a guide for it: `--estimator {name}=enumerate`"))
}
