//! E0330–E0336: values that are missing, no numbers, or not what the declaration admits.

use super::count;
use crate::check::model::{Elem, NameDecl, Type};
use crate::diag::{Code, Diagnostic};

pub(in crate::data) fn missing(
    decl: &NameDecl,
    place: &str,
    missing: usize,
    all: usize,
) -> Diagnostic {
    Diagnostic::new(
        Code::E0330,
        format!("`{}` needs a value in every cell, found none at {place}", decl.name),
    )
    .at(decl.span, format!("{missing} of {} missing", count(all, "cell")))
    .help("leave these rows out of the file, or fill the cells in")
    .note("missing are empty cells, NA, NaN and null")
}

pub(in crate::data) fn not_a_number(
    decl: &NameDecl,
    text: &str,
    place: &str,
    found: usize,
) -> Diagnostic {
    let comma = text.contains(',') && text.replace(',', "").parse::<f64>().is_ok();
    Diagnostic::new(
        Code::E0331,
        format!("`{}` needs {}, found \"{text}\" at {place}", decl.name, needs(&decl.ty)),
    )
    .at(decl.span, format!("{} here", count(found, "text")))
    .help_if(
        comma,
        format!("write it with a point and without groups: `{}`", text.replace(',', ".")),
    )
    .help_if(
        !comma && found > 1,
        format!("if these are names of groups: `data {}: index(group)[…]`", decl.name),
    )
    .help_if(!comma && found == 1, "correct the cell, or leave it empty if it is missing")
}

pub(in crate::data) fn not_whole(
    decl: &NameDecl,
    value: f64,
    place: &str,
    found: usize,
) -> Diagnostic {
    let real = !matches!(decl.ty.elem, Elem::Index(_));
    Diagnostic::new(
        Code::E0332,
        format!("`{}` needs {}, found {value} at {place}", decl.name, needs(&decl.ty)),
    )
    .at(decl.span, format!("{} not whole", count(found, "value")))
    .help_if(real, format!("if fractions are meant: `data {}: real[…]`", decl.name))
    .help_if(!real, "number the groups 1, 2, 3, …, or name them by texts")
}

pub(in crate::data) fn inexact(decl: &NameDecl, value: f64, place: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0332,
        format!("`{}` needs whole numbers below 2^53, found {value} at {place}", decl.name),
    )
    .at(decl.span, "larger ones are not exact")
    .help("write identifiers as texts, in quotes and with a letter: `\"id9007199254740993\"`")
}

pub(in crate::data) fn infinite(
    decl: &NameDecl,
    value: f64,
    place: &str,
    found: usize,
) -> Diagnostic {
    Diagnostic::new(
        Code::E0333,
        format!("`{}` needs finite values, found {value} at {place}", decl.name),
    )
    .at(decl.span, format!("{} not finite", count(found, "value")))
    .help(
        "leave these rows out, or look for a division by 0 or a log of 0 where they were computed",
    )
}

pub(in crate::data) fn outside(
    decl: &NameDecl,
    value: f64,
    place: &str,
    found: usize,
) -> Diagnostic {
    let ty = &decl.ty;
    let byte = ty.support.high == 1.0 && value > 1.0 && value <= 255.0;
    Diagnostic::new(
        Code::E0333,
        format!("`{}` needs {}, found {value} at {place}", decl.name, needs(ty)),
    )
    .at(decl.span, format!("{} outside", count(found, "value")))
    .help_if(
        byte && ty.elem == Elem::Real,
        format!("if these are bytes: `data {}: real(0, 255)[…]`, and divide by 255", decl.name),
    )
    .help_if(ty.elem == Elem::Binary, "recode the groups as 0 and 1")
    .help_if(
        !byte && ty.elem == Elem::Real,
        format!("if it may be anything: `data {}: real[…]`", decl.name),
    )
    .help_if(
        ty.elem == Elem::Int && value < 0.0,
        format!("if it may be negative: `data {}: int[…]`", decl.name),
    )
}

pub(in crate::data) fn not_simplex(decl: &NameDecl, sum: f64, place: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0334,
        format!("`{}` needs values that sum to 1, found the sum {sum} from {place} on", decl.name),
    )
    .at(decl.span, "a simplex")
    .help("write more digits, or declare `nonneg` and divide by the sum in the model")
}

pub(in crate::data) fn not_ascending(
    decl: &NameDecl,
    low: f64,
    high: f64,
    place: &str,
) -> Diagnostic {
    Diagnostic::new(
        Code::E0335,
        format!("`{}` needs ascending values, found {high} after {low} at {place}", decl.name),
    )
    .at(decl.span, "declared ordered")
    .help(format!("sort the file, or declare `data {}: real[…]`", decl.name))
}

pub(in crate::data) fn not_matrix(
    decl: &NameDecl,
    needs: &str,
    value: f64,
    place: &str,
) -> Diagnostic {
    Diagnostic::new(Code::E0336, format!("`{}` needs {needs}, found {value} at {place}", decl.name))
        .at(decl.span, "a matrix of this kind")
        .help("see what each kind of matrix asks for: `elbow explain E0336`")
}

/// `place` is a row or a column that has `sum` ones.
pub(in crate::data) fn not_permutation(decl: &NameDecl, sum: f64, place: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0336,
        format!("`{}` needs a single 1 in each row and column, found {sum} at {place}", decl.name),
    )
    .at(decl.span, "observed as a permutation matrix")
    .help("add rows or columns that stand for `none`, so that each has a partner")
}

/// The element of a type in words.
fn needs(ty: &Type) -> String {
    let support = &ty.support;
    let bounds = (support.low, support.high);
    match ty.elem {
        Elem::Index(_) => "a label or a whole number".into(),
        Elem::Binary => "0 or 1".into(),
        Elem::Int if bounds == (0.0, f64::INFINITY) => "a count (0, 1, 2, …)".into(),
        Elem::Int if bounds == (f64::NEG_INFINITY, f64::INFINITY) => "a whole number".into(),
        Elem::Int => format!("a whole number from {} to {}", support.low, support.high),
        Elem::Real if bounds == (f64::NEG_INFINITY, f64::INFINITY) => "a number".into(),
        Elem::Real if bounds == (0.0, f64::INFINITY) && support.low_open => {
            "a number above 0".into()
        }
        Elem::Real if bounds == (0.0, f64::INFINITY) => "a number from 0 on".into(),
        Elem::Real => {
            let low = if support.low_open { "above" } else { "from" };
            let high = if support.high_open { "and below" } else { "to" };
            format!("a number {low} {} {high} {}", support.low, support.high)
        }
    }
}
