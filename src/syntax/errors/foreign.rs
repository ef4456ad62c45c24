//! Mistakes that are right in Stan, R, Python or Julia: what the same is in Elbow.

use crate::diag::{Code, Diagnostic};
use crate::source::Span;

/// E0108.
pub(in crate::syntax) fn single_quotes(span: Span, inner: &str) -> Diagnostic {
    Diagnostic::new(Code::E0108, "a text stands in `\"`, `'` is only the prime of a name")
        .at(span, "in single quotes")
        .help(format!("write `\"{inner}\"`"))
}

/// E0109.
pub(in crate::syntax) fn semicolon(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0109, "a statement ends with its line, not with `;`")
        .at(span, "no `;` is needed")
        .help("remove it; a second statement goes on a line of its own")
}

/// E0110.
pub(in crate::syntax) fn assignment(span: Span, text: &str) -> Diagnostic {
    Diagnostic::new(Code::E0110, format!("a definition is written `=`, found `{text}`"))
        .at(span, "defines nothing in Elbow")
        .help("`name = …` defines a value, `name ~ …` a random one")
}

/// E0111.
pub(in crate::syntax) fn operator(span: Span, text: &str) -> Diagnostic {
    let same = match text {
        "**" | ".^" => "`^`",
        "&&" | "&" => "`and`",
        "||" => "`or`",
        "|" => "`or`; a density has no bar: `y ~ Normal(mu, sigma)`",
        "!" => "`not`",
        ".*" => "`*`, which is elementwise",
        "./" => "`/`, which is elementwise",
        "%*%" => "`@`",
        "+=" => "`factor …`, which adds to the log density",
        "-=" | "*=" | "/=" => "`new = …` with a new name; a name is defined once",
        _ => "no operator; a remainder cannot be taken inside a model, only in the data",
    };
    Diagnostic::new(Code::E0111, format!("`{text}` is an operator of other languages"))
        .at(span, "not part of Elbow")
        .help(format!("in Elbow this is {same}"))
}

/// E0112.
pub(in crate::syntax) fn comment(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0112, "a comment begins with `#`")
        .at(span, "not a comment in Elbow")
        .help("write `# …`")
}

/// E0116. `dims` is what stood in brackets.
pub(in crate::syntax) fn type_first(span: Span, name: &str, ty: &str, dims: &str) -> Diagnostic {
    Diagnostic::new(Code::E0116, format!("the name comes before its type, `{ty}` comes first here"))
        .at(span, "declared as in Stan")
        .help(format!("if it is read from a file, `data {name}: {}{dims}`", element(ty)))
        .help(format!("if it is to be inferred, no declaration: `{name}{dims} ~ Normal(0, 1)`"))
}

/// The element of a Stan type.
fn element(ty: &str) -> &str {
    match ty {
        "int" | "count" | "positive" | "nonneg" | "unit" | "binary" => ty,
        _ => "real",
    }
}

/// E0117.
pub(in crate::syntax) fn control_flow(span: Span, word: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::E0117, format!("there is no `{word}` in a model"))
        .at(span, "statements have no order of execution");
    if matches!(word, "for" | "while" | "repeat") {
        diagnostic
            .help("name the dimension instead: `y[n] ~ Normal(mu[n], sigma)` holds for every `n`")
    } else {
        diagnostic.help("choose by element with `where(condition, a, b)`")
    }
}

/// E0118.
pub(in crate::syntax) fn function(span: Span, word: &str) -> Diagnostic {
    Diagnostic::new(Code::E0118, format!("a function is defined with `fn`, found `{word}`"))
        .at(span, "not part of Elbow")
        .help("write `fn f(a, b) = a + b`")
}

/// E0126.
pub(in crate::syntax) fn block(span: Span, word: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        Code::E0126,
        format!("a block is `guide`, `fit` or a `net`, there is no `{word}` block"),
    )
    .at(span, "not a block of Elbow");
    match word {
        "data" => diagnostic.help("declare each datum on its own line: `data y: real[n]`"),
        "parameters" => diagnostic.help("parameters need no declaration: `mu ~ Normal(0, 1)`"),
        _ => diagnostic.help("write the statements without `{ }`"),
    }
}

/// E0130.
pub(in crate::syntax) fn dotted_name(span: Span, text: &str) -> Diagnostic {
    let last = text.rsplit('.').next().unwrap_or(text);
    Diagnostic::new(Code::E0130, format!("names have no dots, found `{text}`"))
        .at(span, "one name, or a module of another language")
        .help(format!("write `{}`, or for a function just `{last}`", text.replace('.', "_")))
}
