//! E0315–E0317: sizes that disagree, dimensions without positions, and those with too many.

use super::count;
use crate::check::model::{DimDecl, NameDecl};
use crate::diag::{Code, Diagnostic};
use crate::source::Span;

/// A datum that has a dimension as its axis number `axis`.
pub(in crate::data) struct Carrier<'a> {
    pub(in crate::data) decl: &'a NameDecl,
    /// ``column `y` of schools.csv``
    pub(in crate::data) origin: String,
    pub(in crate::data) shape: &'a [usize],
    pub(in crate::data) axis: usize,
}

impl Carrier<'_> {
    fn size(&self) -> usize {
        self.shape[self.axis]
    }

    /// Whether a matrix would fit the other way round.
    fn is_transposed(&self, size: usize) -> bool {
        self.shape.len() == 2 && self.shape[1 - self.axis] == size && self.size() != size
    }
}

pub(in crate::data) fn sizes_differ(
    dim: &DimDecl,
    first: &Carrier<'_>,
    second: &Carrier<'_>,
) -> Diagnostic {
    let (one, two) = (first.size(), second.size());
    let turned = [(first, two), (second, one)].into_iter().find(|(c, size)| c.is_transposed(*size));
    Diagnostic::new(
        Code::E0315,
        format!(
            "`{}` and `{}` must have the same size along `{}`, found {one} in {} and {two} in {}",
            first.decl.name, second.decl.name, dim.name, first.origin, second.origin
        ),
    )
    .at(second.decl.span, format!("`{}` has size {two} here", dim.name))
    .also(first.decl.span, format!("`{}` has size {one} here", dim.name))
    .help_if(turned.is_some(), transposed(turned.map(|(c, _)| c)))
    .help_if(
        turned.is_none(),
        format!("give one of them a dimension of its own: `[{}_2]`", dim.name),
    )
}

pub(in crate::data) fn differs_from_declared(
    dim: &DimDecl,
    size: usize,
    carrier: &Carrier<'_>,
) -> Diagnostic {
    let (name, found) = (&carrier.decl.name, carrier.size());
    let literal = dim.name.parse::<usize>().is_ok();
    let along = if literal { String::new() } else { format!(" along `{}`", dim.name) };
    let turned = carrier.is_transposed(size);
    let diagnostic = Diagnostic::new(
        Code::E0315,
        format!("`{name}` needs size {size}{along}, found {found} in {}", carrier.origin),
    )
    .at(carrier.decl.span, format!("the file holds {found}"))
    .help_if(turned, transposed(Some(carrier)))
    .help_if(!turned && literal, format!("write the size that the file has: `[{found}]`"))
    .help_if(!turned && !literal, "let the data decide: leave the `dim` statement out");
    if literal {
        diagnostic
    } else {
        diagnostic.also(dim.span, format!("`{}` has size {size}", dim.name))
    }
}

/// Rows and columns that a distribution at `site` matches one by one.
pub(in crate::data) fn unequal_pair(
    row: &DimDecl,
    column: &DimDecl,
    (rows, columns): (usize, usize),
    site: Span,
) -> Diagnostic {
    let (row, column) = (&row.name, &column.name);
    Diagnostic::new(
        Code::E0315,
        format!("`{row}` and `{column}` must have the same size, found {rows} and {columns}"),
    )
    .at(site, format!("matches each `{row}` with a `{column}`"))
    .help("add rows or columns that stand for `none`, so that each has a partner")
}

fn transposed(carrier: Option<&Carrier<'_>>) -> String {
    carrier.map_or(String::new(), |c| {
        format!("the file holds it transposed: swap the two dimensions of `{}`", c.decl.name)
    })
}

pub(in crate::data) fn empty(dim: &DimDecl, carrier: Option<&Carrier<'_>>) -> Diagnostic {
    let name = &dim.name;
    match carrier {
        Some(Carrier { decl, origin, .. }) => Diagnostic::new(
            Code::E0316,
            format!("`{name}` needs at least one position, {origin} is empty"),
        )
        .at(decl.span, format!("`{name}` has no positions here"))
        .help("look whether the file was cut or filtered to nothing"),
        None => Diagnostic::new(
            Code::E0316,
            format!("`{name}` needs at least one position, found size 0"),
        )
        .at(dim.span, "declared here")
        .help(format!("`dim {name} = 1` is the smallest")),
    }
}

pub(in crate::data) fn too_long(dim: &DimDecl, size: usize, most: usize) -> Diagnostic {
    let name = &dim.name;
    Diagnostic::new(
        Code::E0317,
        format!("`{name}` may have {most} positions, its size comes to {size}"),
    )
    .at(dim.span, "too long for any memory")
    .help("look at the largest number in the file; identifiers with gaps are labels without `from`")
}

pub(in crate::data) fn offset_empty(dim: &DimDecl, size: i64) -> Diagnostic {
    Diagnostic::new(
        Code::E0316,
        format!("`{}` needs at least one position, its size comes to {size}", dim.name),
    )
    .at(dim.span, "computed from another dimension")
    .help(format!(
        "the dimension that it is computed from needs {} more",
        count((1 - size) as usize, "position")
    ))
}

pub(in crate::data) fn nothing_sizes(dim: &DimDecl) -> Diagnostic {
    let name = &dim.name;
    Diagnostic::new(
        Code::E0316,
        format!("the dimension `{name}` needs a size, nothing in the data gives one"),
    )
    .at(dim.span, "used here")
    .help(format!("fix it: `dim {name} = 3`"))
}
