//! Declared types: `real(0, 1)[school]`, `index(county)[home]`, `simplex over topic[doc]`.

use super::model::{DimId, Elem, Interval, Mark, Stage, Type};
use super::{Checker, constant, errors};
use crate::source::Span;
use crate::syntax::ast;

/// Every element that a type may name.
pub(super) const ELEMENTS: &[&str] = &[
    "real", "positive", "nonneg", "unit", "count", "int", "binary", "index", "simplex", "ordered",
    "cholesky", "cov", "corr",
];

/// An element's type without its dimensions.
type Element = (Elem, Interval);

impl Checker {
    /// The type of a declaration; event dimensions stand behind the others.
    pub(super) fn declared_type(&mut self, ty: &ast::Type, stage: Stage) -> Option<Type> {
        let dims: Vec<Option<DimId>> = ty.dims.iter().map(|d| self.dim_ref(d)).collect();
        let over: Vec<Option<DimId>> = ty.over.iter().map(|d| self.dim_named(d)).collect();
        let element = self.element(ty);
        let dims: Vec<DimId> = dims.into_iter().collect::<Option<_>>()?;
        let over: Vec<DimId> = over.into_iter().collect::<Option<_>>()?;
        let spans: Vec<Span> = ty.dims.iter().map(dim_span).collect();
        self.expect_distinct(&dims, &spans)?;
        let (elem, support) = element?;
        let (dims, mark) = self.event(ty, dims, over)?;
        Some(Type { elem, support, mark, dims, stage })
    }

    fn element(&mut self, ty: &ast::Type) -> Option<Element> {
        let name = ty.element.text.as_str();
        if !matches!(name, "real" | "index") && !ty.args.is_empty() {
            return self.fail(errors::element_takes_no_arguments(ty));
        }
        let whole = |low, high| (Elem::Int, Interval::closed(low, high));
        Some(match name {
            "real" => (Elem::Real, self.bounds(ty)?),
            "positive" => (Elem::Real, Interval::POSITIVE),
            "nonneg" => (Elem::Real, Interval::NONNEG),
            "unit" | "simplex" => (Elem::Real, Interval::UNIT),
            "ordered" | "cholesky" | "cov" => (Elem::Real, Interval::REAL),
            "corr" => (Elem::Real, Interval::closed(-1.0, 1.0)),
            "count" => (Elem::Int, Interval::NONNEG),
            "int" => (Elem::Int, Interval::REAL),
            "binary" => (Elem::Binary, whole(0.0, 1.0).1),
            "index" => (Elem::Index(self.index_dim(ty)?), Interval::NONNEG),
            _ => return self.fail(errors::unknown_element(&ty.element)),
        })
    }

    /// `(a, b)` of `real(a, b)`.
    fn bounds(&mut self, ty: &ast::Type) -> Option<Interval> {
        let ends: Vec<Option<f64>> = ty.args.iter().map(|a| constant(&a.value)).collect();
        match ends.as_slice() {
            [] => Some(Interval::REAL),
            [Some(low), Some(high)] if low < high => Some(Interval::closed(*low, *high)),
            _ => self.fail(errors::bad_bounds(ty)),
        }
    }

    /// `D` of `index(D)`.
    fn index_dim(&mut self, ty: &ast::Type) -> Option<DimId> {
        match index_ident(ty) {
            Some(name) => self.dim_named(name),
            None => self.fail(errors::index_of_what(ty)),
        }
    }

    /// The number that a file gives to the first position: `index(K, from = 0)`.
    pub(super) fn index_origin(&mut self, ty: &ast::Type) -> Option<i64> {
        let arg = ty.args.iter().find(|a| a.name.as_ref().is_some_and(|n| n.text == "from"))?;
        match constant(&arg.value) {
            Some(n) if n.fract() == 0.0 && n.abs() < 1e15 => Some(n as i64),
            _ => self.fail(errors::origin_not_whole(arg.span)),
        }
    }

    /// Adds the event dimensions of simplices, ordered vectors and matrices, said by `over` or the last ones of the type.
    fn event(
        &mut self,
        ty: &ast::Type,
        mut dims: Vec<DimId>,
        over: Vec<DimId>,
    ) -> Option<(Vec<DimId>, Option<Mark>)> {
        let matrix = matches!(ty.element.text.as_str(), "cholesky" | "cov" | "corr");
        let vector = matches!(ty.element.text.as_str(), "simplex" | "ordered");
        if !matrix && !vector {
            return match ty.over.first() {
                None => Some((dims, None)),
                Some(first) => self.fail(errors::no_event_dimensions(ty, first)),
            };
        }
        for dim in over.iter().copied() {
            dims.push(dim);
        }
        if let (true, [only]) = (matrix, over.as_slice()) {
            dims.push(self.prime_of(*only, ty.span));
        }
        let mark = match (dims.as_slice(), ty.element.text.as_str()) {
            ([.., d], "simplex") if over.len() == 1 || dims.len() == 1 => Mark::Simplex(*d),
            ([.., d], "ordered") if over.len() == 1 || dims.len() == 1 => Mark::Ordered(*d),
            ([.., d, e], "cholesky") if self.is_square(*d, *e) => Mark::Cholesky(*d, *e),
            ([.., d, e], "cov") if self.is_square(*d, *e) => Mark::Cov(*d, *e),
            ([.., d, e], "corr") if self.is_square(*d, *e) => Mark::Corr(*d, *e),
            _ => return self.fail(errors::event_dimensions(ty, matrix)),
        };
        Some((dims, Some(mark)))
    }

    /// Whether two dimensions are `D` and `D'`.
    fn is_square(&self, rows: DimId, columns: DimId) -> bool {
        rows != columns && self.root(rows) == self.root(columns)
    }
}

/// The name inside `index(D)`.
pub(super) fn index_ident(ty: &ast::Type) -> Option<&ast::Ident> {
    let first = ty.args.iter().find(|a| a.name.is_none())?;
    match (&first.value.kind, ty.element.text.as_str()) {
        (ast::ExprKind::Name(name), "index") => Some(name),
        _ => None,
    }
}

fn dim_span(dim: &ast::DimRef) -> Span {
    match dim {
        ast::DimRef::Named(name) => name.span,
        ast::DimRef::Size { span, .. } => *span,
    }
}
