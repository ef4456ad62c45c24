//! What the language has and this version does not run: said once, with what to write until then.

use crate::diag::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast;

pub(in crate::check) fn recurrence(base: Span, entry: Span) -> Diagnostic {
    Diagnostic::new(Code::E0252, "recurrences over latents are not supported yet")
        .at(entry, "looks back along a value that is computed or drawn")
        .also(base, "not data")
        .help("look back along data, `y[t-1]`, or accumulate: `x = cumsum(step over t)`")
}

pub(in crate::check) fn start_of_recurrence(target: &ast::Target, dim: &ast::Ident) -> Diagnostic {
    let (name, dim_name) = (&target.name.text, &dim.text);
    Diagnostic::new(Code::E0252, "recurrences over latents are not supported yet")
        .at(target.span, "the start of a recurrence")
        .help(format!("draw all steps and accumulate them: `step[{dim_name}] ~ Normal(0, 1)`, then `{name} = cumsum(step over {dim_name})`"))
}

pub(in crate::check) fn missing_cells_refused(name: &ast::Ident, ty: Span) -> Diagnostic {
    let text = &name.text;
    Diagnostic::new(Code::E0253, "missing cells are not supported yet")
        .at(ty, "`?` allows missing cells")
        .help(format!("remove the `?` and the rows of `{text}` without a value"))
}
