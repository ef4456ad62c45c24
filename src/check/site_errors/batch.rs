//! What can be wrong with `batch D = b`.

use crate::check::batch::Said;
use crate::check::model::{DimId, DimSize, Model};
use crate::diag::{Code, Diagnostic, nearest};
use crate::source::Span;
use crate::syntax::ast;

/// E0511. `batch imge = 128`; `at` is where the model says it.
pub(in crate::check) fn no_such_dimension(
    name: &str,
    at: Option<Span>,
    model: &Model,
) -> Diagnostic {
    let batchable = model.dims.iter().filter(|d| d.size == DimSize::FromData);
    let known: Vec<&str> = batchable.map(|d| d.name.as_str()).collect();
    let near = nearest(name, known.iter().copied());
    let error = Diagnostic::new(Code::E0511, format!("`batch {name}` names no dimension"));
    let error = match at {
        Some(span) => error.at(span, "not a dimension of the model"),
        None => error,
    };
    error.help_if(near.is_some(), format!("did you mean `{}`?", near.unwrap_or_default())).note(
        match known[..] {
            [] => "no dimension of this model has its size from data".into(),
            _ => format!("dimensions that the data size: {}", known.join(", ")),
        },
    )
}

/// E0511. `dim k = 3 … batch k = 2`
pub(in crate::check) fn not_from_data(model: &Model, dim: DimId, said: Said) -> Diagnostic {
    let decl = model.dim(dim);
    let name = &decl.name;
    let error = Diagnostic::new(
        Code::E0511,
        format!("`{name}` cannot be batched: its size does not come from data"),
    );
    let error = match said {
        Said::In(span) => error
            .at(span, "asks for some of its rows each step")
            .also(decl.span, "sized by the model"),
        Said::Flag => {
            error.at(decl.span, "sized by the model, and `--batch` asks for some of its rows")
        }
    };
    error.help("batch a dimension that data files carry; the others are part of the model")
}

/// E0511. `batch = 128`
pub(in crate::check) fn without_dimension(arg: &ast::Arg, model: &Model) -> Diagnostic {
    let first = model.dims.iter().find(|d| d.size == DimSize::FromData);
    let name = first.map_or("image", |d| d.name.as_str());
    Diagnostic::new(Code::E0511, "`batch` needs the dimension whose rows it draws")
        .at(arg.span, "no dimension")
        .help(format!("`batch {name} = 128`"))
}

/// E0512. `objective = iwae(8), batch n = 10`
pub(in crate::check) fn bound_across(
    model: &Model,
    dim: DimId,
    asked: Option<Span>,
    draws: usize,
) -> Diagnostic {
    let name = &model.dim(dim).name;
    Diagnostic::new(
        Code::E0512,
        format!("the bound takes a logarithm across `{name}`, of which a step sees some rows"),
    )
    .at(asked.unwrap_or(model.dim(dim).span), "some rows of it each step")
    .help(format!("let each row have its own bound: `objective = iwae({draws} over {name})`"))
}

/// E0512. Both spans: the step that mixes rows, and what asks for batches.
pub(in crate::check) fn mixed(
    model: &Model,
    dim: DimId,
    said: Said,
    span: Span,
    what: &str,
) -> Diagnostic {
    let decl = model.dim(dim);
    let name = &decl.name;
    let error = Diagnostic::new(
        Code::E0512,
        format!("`{name}` cannot be batched: {what} along it needs all of its rows"),
    )
    .at(span, format!("{what} along `{name}`"));
    let error = match said {
        Said::In(span) => error.also(span, "each step sees some rows only"),
        Said::Flag => error.also(decl.span, "`--batch` gives each step some of these rows only"),
    };
    error
        .help("keep rows apart: a `~` for each, or a `factor` whose outermost step is the sum")
        .note("what data alone determine is computed on all rows, and may mix them")
}

/// E0512. A latent that is summed inside a logarithm, over costs of all rows.
pub(in crate::check) fn summed_inside(
    model: &Model,
    dim: DimId,
    latent: &str,
    at: Span,
) -> Diagnostic {
    let name = &model.dim(dim).name;
    let batch = model.fit.batches.iter().find(|b| b.dim == dim);
    let error = Diagnostic::new(
        Code::E0512,
        format!("`{name}` cannot be batched: the sum over `{latent}` needs all of its rows"),
    )
    .at(at, format!("summed inside a logarithm, together with its costs along `{name}`"));
    let error = match batch {
        Some(batch) => error.also(batch.span, "each step sees some rows only"),
        None => error,
    };
    error.help("write `@enumerate`, which sums outside of the logarithm, or `@reinforce`")
}
