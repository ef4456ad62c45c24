//! E0101 to E0131: one constructor per mistake in the text, and the grammar's rules in users' words.

pub(super) mod foreign;

use super::ast;
use super::build::Rule;
use crate::diag::{Code, Diagnostic};
use crate::source::{Source, Span};

/// What the grammar would have taken where it stopped; `None` is not worth naming.
pub(super) fn words(rule: Rule) -> Option<&'static str> {
    use Rule as R;
    match rule {
        R::line | R::tilde | R::assign | R::data | R::dim | R::param => Some("a statement"),
        R::function | R::factor => Some("a statement"),
        R::head | R::net | R::guide | R::fit => Some("`net`, `guide` or `fit`"),
        R::settings | R::setting => Some("a setting such as `steps = 2000`"),
        R::value | R::expr | R::schedule | R::arg | R::primary | R::operand => {
            Some("an expression")
        }
        R::asked => Some("an estimator such as `reinforce(baseline = none)`"),
        R::text | R::inner => Some("a quoted text"),
        R::constant | R::number | R::list | R::paren => Some("an expression"),
        R::call | R::neg | R::not => Some("an expression"),
        R::targets | R::target | R::ident | R::name | R::label => Some("a name"),
        R::inputs | R::params => Some("a name"),
        R::kind => Some("a type such as `real[n]`"),
        R::dims | R::dim_ref => Some("a dimension"),
        R::entry | R::slice => Some("an index"),
        R::integer | R::digits => Some("a whole number"),
        R::results | R::result => Some("a result such as `[n]`"),
        R::infix | R::or | R::and | R::eq | R::ne | R::le | R::lt | R::ge | R::gt | R::add => {
            Some("an operator")
        }
        R::sub | R::mul | R::div | R::contract | R::pow => Some("an operator"),
        R::sim => Some("`~`"),
        R::equals => Some("`=`"),
        R::colon => Some("`:`"),
        R::arrow => Some("`->`"),
        R::EOI => Some("the end of the line"),
        R::from | R::over | R::by | R::rename | R::prime | R::index | R::optional => None,
        R::args | R::options | R::annotation | R::statement | R::reserved => None,
        R::kw_data | R::kw_dim | R::kw_param | R::kw_fn | R::kw_net | R::kw_factor => None,
        R::kw_guide | R::kw_fit | R::kw_from | R::kw_over | R::kw_by | R::kw_as => None,
        R::WHITESPACE | R::COMMENT => None,
    }
}

/// E0101. `found` is `None` at the end of a line.
pub(super) fn unexpected(expected: &[&str], found: Option<&str>, span: Span) -> Diagnostic {
    let found = found.map_or("the line ends".to_owned(), |f| format!("found `{f}`"));
    let (message, label) = match list(expected) {
        Some(wanted) => (format!("expected {wanted}, {found}"), format!("expected {wanted}")),
        None => (format!("expected nothing here, {found}"), "this cannot stand here".to_owned()),
    };
    Diagnostic::new(Code::E0101, message).at(span, label)
}

/// E0101.
pub(super) fn text_after_block(next: Span, brace: Span) -> Diagnostic {
    Diagnostic::new(Code::E0101, "a new line is needed after the `}` of a block")
        .at(next, "this statement needs a line of its own")
        .also(brace, "the block ends here")
}

/// E0102.
pub(super) fn unclosed(open: Span, wanted: &str) -> Diagnostic {
    let until = if wanted == "}" { "the file ends" } else { "the next statement" };
    Diagnostic::new(Code::E0102, format!("a `{wanted}` is missing"))
        .at(open, format!("opened here, but no `{wanted}` follows before {until}"))
        .help(format!("close it with `{wanted}`"))
}

/// E0103.
pub(super) fn mismatched(open: Span, wanted: &str, close: Span, found: &str) -> Diagnostic {
    Diagnostic::new(Code::E0103, format!("expected `{wanted}`, found `{found}`"))
        .at(close, "this bracket closes another kind")
        .also(open, format!("opened here, needs `{wanted}`"))
        .help(format!("write `{wanted}` here"))
}

/// E0103.
pub(super) fn unopened(close: Span, found: &str) -> Diagnostic {
    let open = match found {
        ")" => "(",
        "]" => "[",
        _ => "{",
    };
    Diagnostic::new(Code::E0103, format!("`{found}` closes nothing"))
        .at(close, format!("no `{open}` is open here"))
        .help(format!("remove it, or open a `{open}` before"))
}

/// E0104. `before` is the statement that the line was perhaps meant to continue.
pub(super) fn starts_with_operator(op: Span, text: &str, before: Option<Span>) -> Diagnostic {
    let diagnostic =
        Diagnostic::new(Code::E0104, format!("a statement cannot start with `{text}`"))
            .at(op, "nothing stands before it");
    let Some(before) = before else { return diagnostic };
    diagnostic
        .also(before, "this statement ended with its line")
        .help(format!("end the line before with `{text}`, or put the whole in `( )`"))
}

/// E0105.
pub(super) fn unterminated_string(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0105, "a `\"` is missing at the end of this text")
        .at(span, "the line ends inside the text")
        .help("close it with `\"` on the same line; inside a text `\\\"` is a quote")
}

/// E0106.
pub(super) fn bad_number(span: Span, text: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::E0106, format!("`{text}` is not a number"));
    let finite = !text.parse().is_ok_and(f64::is_infinite);
    let repaired = repaired_number(text);
    match repaired {
        _ if !finite => diagnostic.at(span, "larger than any 64-bit float"),
        Some(better) => diagnostic.at(span, "digits are missing").help(format!("write `{better}`")),
        None => diagnostic
            .at(span, "neither a number nor a name")
            .help("numbers look like `2`, `0.5`, `20_000` and `1e-3`; names start with a letter"),
    }
}

/// `.5` and `5.` with their zero.
fn repaired_number(text: &str) -> Option<String> {
    let better = match (text.strip_prefix('.'), text.strip_suffix('.')) {
        (Some(digits), _) => format!("0.{digits}"),
        (_, Some(digits)) => format!("{digits}.0"),
        _ => text.replacen(".e", ".0e", 1).replacen(".E", ".0E", 1),
    };
    (better != text && better.bytes().filter(|b| *b == b'.').count() == 1).then_some(better)
}

/// E0107.
pub(super) fn stray_character(span: Span, first: char) -> Diagnostic {
    let meant = match first {
        '\u{2212}' | '\u{2013}' | '\u{2014}' => Some("-"),
        '\u{d7}' | '\u{b7}' | '\u{22c5}' => Some("*"),
        '\u{f7}' => Some("/"),
        '\u{2264}' => Some("<="),
        '\u{2265}' => Some(">="),
        '\u{2260}' => Some("!="),
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}' | '\u{bb}' => Some("\""),
        '\u{2018}' | '\u{2019}' | '\u{2032}' => Some("'"),
        '\u{223c}' | '\u{ff5e}' => Some("~"),
        '\u{2190}' => Some("="),
        '\u{2192}' => Some("->"),
        '\u{a0}' | '\u{2009}' | '\u{202f}' | '\u{3000}' | '\u{200b}' => Some(" "),
        _ => None,
    };
    let shown = if first.is_control() || first.is_whitespace() || first == '\u{200b}' {
        format!("U+{:04X}", first as u32)
    } else {
        format!("`{first}`")
    };
    let diagnostic = Diagnostic::new(Code::E0107, format!("{shown} has no meaning in a model"))
        .at(span, "this character is not part of the language");
    match meant {
        Some(" ") => diagnostic.help("type a plain space"),
        Some(meant) => diagnostic.help(format!("type `{meant}`")),
        None => diagnostic,
    }
}

/// E0113.
pub(super) fn keyword_as_name(span: Span, word: &str) -> Diagnostic {
    Diagnostic::new(Code::E0113, format!("a name is needed, `{word}` is a word of the language"))
        .at(span, "reserved inside expressions")
        .help(format!("call it `{word}_`, or better by what it stands for"))
}

/// E0114.
pub(super) fn chained_comparison(first: Span, second: Span, middle: Span) -> Diagnostic {
    Diagnostic::new(Code::E0114, "comparisons do not chain")
        .at(second, "compares the truth value to its left")
        .also(first, "this comparison is complete")
        .also(middle, "meant for both")
        .help("write `a < b and b < c`")
}

/// E0115.
pub(super) fn missing_right_side(sign: Span, text: &str, name: &str) -> Diagnostic {
    let (wanted, example) =
        if text == "~" { ("a distribution", "Normal(0, 1)") } else { ("an expression", "1") };
    Diagnostic::new(Code::E0115, format!("{wanted} is needed after `{text}`, the statement ends"))
        .at(sign, "nothing stands to its right")
        .help(format!("for example `{name} {text} {example}`"))
}

/// E0119.
pub(super) fn too_deep(open: Span, limit: usize) -> Diagnostic {
    Diagnostic::new(Code::E0119, format!("brackets may nest {limit} deep, these nest deeper"))
        .at(open, "one too many")
        .help("give an inner part a name of its own: `part = …`")
}

/// E0120.
pub(super) fn too_many_operators(line: Span, limit: usize) -> Diagnostic {
    let start = Span { end: line.start + 1, ..line };
    let message = format!("an expression may hold {limit} operators in a row, this holds more");
    Diagnostic::new(Code::E0120, message)
        .at(start, "this statement")
        .help("give parts names of their own, or write a sum over a dimension: `sum(x over d)`")
}

/// E0121. `stmt` is the statement that follows, if one does.
pub(super) fn annotation_without_site(
    annotation: &ast::Annotation,
    stmt: Option<Span>,
) -> Diagnostic {
    let name = &annotation.name.text;
    let message = format!("a `~` statement is needed after `@{name}`");
    let diagnostic = Diagnostic::new(Code::E0121, message).at(annotation.span, "annotates a `~`");
    match stmt {
        Some(stmt) => diagnostic.also(stmt, "this statement has no `~`"),
        None => diagnostic.note("no statement follows"),
    }
}

/// E0122.
pub(super) fn not_in_block(stmt: Span, owner: &str, open: Span) -> Diagnostic {
    let held = if owner == "guide" { "`=` and `~`" } else { "`=`" };
    Diagnostic::new(Code::E0122, format!("a {owner} holds only {held} statements"))
        .at(stmt, "cannot stand here")
        .also(open, format!("in this {owner}"))
        .help("move it out of the `{ }`")
}

/// E0122.
pub(super) fn nested_block(brace: Span, outer: Span) -> Diagnostic {
    Diagnostic::new(Code::E0122, "blocks do not nest")
        .at(brace, "opens a block inside a block")
        .also(outer, "this block is still open")
        .help("close the outer block with `}` first")
}

/// E0123. `defined` is the name that the last line defines, if it defines one.
pub(super) fn net_without_value(span: Span, net: &str, defined: Option<&str>) -> Diagnostic {
    let message = format!("the last line of net `{net}` has to be its value");
    let diagnostic = Diagnostic::new(Code::E0123, message);
    match defined {
        Some(name) => diagnostic
            .at(span, "defines a name and returns nothing")
            .help(format!("add a line `{name}`, or leave out `{name} =`")),
        None => diagnostic.at(span, "this block is empty"),
    }
}

/// E0124.
pub(super) fn ambiguous_over(product: Span, call: Span, callee: &str) -> Diagnostic {
    let message = format!("`over` here could belong to `@` or to `{callee}`");
    Diagnostic::new(Code::E0124, message)
        .at(product, "over what does this multiply")
        .also(call, "and over what does this work")
        .help(format!("write `(a @ b over d)` for the product, `(a @ b) over d` for `{callee}`"))
}

/// E0124.
pub(super) fn over_without_product(over: Span) -> Diagnostic {
    Diagnostic::new(Code::E0124, "`over` needs a call or a product `a @ b` before it")
        .at(over, "belongs to neither")
        .help("write `sum(x over d)` or `a @ b over d`")
}

/// E0125.
pub(super) fn bare_expression(source: &Source, expr: Span) -> Diagnostic {
    let text = source.slice(expr);
    let short = if text.len() <= 40 && !text.contains('\n') { text } else { "…" };
    Diagnostic::new(Code::E0125, "a statement is needed, this is only an expression")
        .at(expr, "its value goes nowhere")
        .help(format!("name it: `value = {short}`"))
        .help(format!("or add it to the log density: `factor {short}`"))
}

/// E0127.
pub(super) fn left_side(left: Span, text: &str, sign: &str) -> Diagnostic {
    let message = format!("a name is needed to the left of `{sign}`, found an expression");
    let diagnostic = Diagnostic::new(Code::E0127, message).at(left, "not a name");
    if sign == "=" {
        return diagnostic.help("define a name, `name = …`, or a function, `fn name(x) = …`");
    }
    diagnostic
        .help(format!("for data, `t = {text}` and then `t ~ …`"))
        .note("for a latent the density would need the log Jacobian; add it with `factor`")
}

/// E0128. `dims` is what stands in brackets behind the name.
pub(super) fn missing_type(name: Span, text: &str, keyword: &str, dims: &str) -> Diagnostic {
    Diagnostic::new(Code::E0128, format!("`{keyword} {text}` needs a type"))
        .at(name, "of which type")
        .help(format!("write `{keyword} {text}: real{dims}`"))
}

/// E0128.
pub(super) fn missing_keyword(name: Span, text: &str) -> Diagnostic {
    Diagnostic::new(Code::E0128, format!("a type needs `data` or `param` before `{text}`"))
        .at(name, "declared as what")
        .help(format!("write `data {text}: …` if it is read from a file"))
}

/// E0129.
pub(super) fn bad_slice(colon: Span) -> Diagnostic {
    Diagnostic::new(Code::E0129, "a slice needs a whole number on both sides of `:`")
        .at(colon, "an end is missing or is not a number")
        .help("write both ends, counted from 1 and included: `x[2:5]`")
}

/// E0131.
pub(super) fn not_utf8(name: &str, line: usize, byte: u8) -> Diagnostic {
    let message = format!("{name} has to be UTF-8 text, line {line} holds the byte 0x{byte:02X}");
    Diagnostic::new(Code::E0131, message)
        .help("save the file as UTF-8 in the editor")
        .note("files of older programs are often in Latin-1 or UTF-16")
}

/// `a`, `a or b`, `a, b or c`
fn list(words: &[&str]) -> Option<String> {
    match words {
        [] => None,
        [only] => Some((*only).to_owned()),
        [init @ .., last] => Some(format!("{} or {last}", init.join(", "))),
    }
}
