//! Event dimensions: what a distribution takes from its parameters or gives to its draws as a whole, and which further
//! dimensions its parameters may have.

use super::Checker;
use super::call::Parts;
use super::model::{DimId, DimSize, DistCall, Elem, Expr, ExprKind, Mark, Type};
use super::site_errors::event as errors;
use crate::dist::{Event, Needs, Signature, Support};
use crate::source::Span;

/// The left side of a `~`, as the distribution sees it.
#[derive(Clone, Copy)]
pub(super) struct Left<'a> {
    pub name: &'a str,
    pub span: Span,
    /// Dimensions along which draws are independent, and those of the draw itself where the left side lists them.
    pub dims: &'a [DimId],
    /// Of an observed datum.
    pub datum: Option<&'a Type>,
    /// A dimension that the wrapper around gives to the draws: along it parameters have to be constant.
    pub constant_along: Option<DimId>,
}

impl Left<'_> {
    /// The dimensions that the left side has for what a wrapper wraps, and the one that its parameters must not have.
    pub(super) fn inside(
        &self,
        wrapper: &Signature,
        event: &[DimId],
    ) -> (Vec<DimId>, Option<DimId>) {
        let own = self.dims.iter().copied();
        match wrapper.event {
            Event::Components => (own.chain(event.iter().copied()).collect(), self.constant_along),
            _ if wrapper.support == Support::Ordered => {
                (own.filter(|d| !event.contains(d)).collect(), event.first().copied())
            }
            _ => (own.collect(), self.constant_along),
        }
    }
}

/// The dimensions that draws have as vectors: of the distribution itself or of what it wraps.
pub(super) fn vector_dims(call: &DistCall) -> Vec<DimId> {
    let own = match call.dist.0.signature().event {
        Event::Vector => &call.event[..1],
        Event::Matrix | Event::Pair => &call.event,
        Event::Scalar | Event::Classes | Event::Components => &[],
    };
    let inner = call.inner.as_deref().map(vector_dims).unwrap_or_default();
    own.iter().copied().chain(inner).collect()
}

impl Checker {
    /// The event dimensions, by the first of these that gives one: `over`, a parameter that is a dimension, the declared
    /// type of the datum, the arguments.
    pub(super) fn event_dims(
        &mut self,
        parts: &Parts,
        over: Option<DimId>,
        left: Left,
        span: Span,
    ) -> Option<Vec<DimId>> {
        let signature = parts.signature;
        if signature.event == Event::Scalar {
            return Some(vec![]);
        }
        if signature.event == Event::Pair {
            return self.pair(parts, left, span);
        }
        let said = over.or(parts.dimension).or_else(|| declared(signature, left));
        let dim = match said.map_or_else(|| self.event_of_arguments(parts, left), Ok) {
            Ok(dim) => dim,
            Err(candidates) => {
                let candidates: Vec<_> = candidates.iter().map(|&d| self.dim_name(d)).collect();
                self.diags.push(errors::no_single_event(signature, &candidates, span));
                return None;
            }
        };
        if !self.check_side(signature, dim, left, span) {
            return None;
        }
        let needs = |needs| signature.forms[parts.form].params.iter().any(|p| p.needs == needs);
        let is_matrix = signature.event == Event::Matrix;
        let second = match (is_matrix || needs(Needs::Cholesky), needs(Needs::Cutpoints)) {
            (true, _) => Some(self.prime_of(dim, span)),
            (_, true) => Some(self.cut_dim(parts, dim, span)?),
            _ => None,
        };
        let column = second.filter(|_| is_matrix);
        if !column.is_none_or(|column| self.check_side(signature, column, left, span)) {
            return None;
        }
        Some([dim].into_iter().chain(second).collect())
    }

    /// The two dimensions of a matching: those that the parameters have and the left side lacks, else the last two of the left
    /// side. Where both sizes are known, they are one.
    fn pair(&mut self, parts: &Parts, left: Left, span: Span) -> Option<Vec<DimId>> {
        let signature = parts.signature;
        let further = self.argument_dims(parts);
        let further: Vec<_> = further.into_iter().filter(|d| !left.dims.contains(d)).collect();
        let (row, column) = match (further.as_slice(), left.dims) {
            (&[row, column], _) | ([], &[.., row, column]) => (row, column),
            _ => {
                let names = |dims: &[DimId]| dims.iter().map(|&d| self.dim_name(d)).collect();
                let (listed, further): (Vec<_>, Vec<_>) = (names(left.dims), names(&further));
                let site = (left.name, left.span);
                self.diags.push(errors::no_pair(signature, site, &listed, &further, span));
                return None;
            }
        };
        for dim in [row, column] {
            if !self.check_side(signature, dim, left, span) {
                return None;
            }
        }
        let size = |dim| Some((self.dim_name(dim), self.fixed_size(dim)?));
        match (size(row), size(column)) {
            (Some(row), Some(column)) if row.1 != column.1 => {
                self.diags.push(errors::unequal_pair(signature, &row, &column, span));
                None
            }
            _ => Some(vec![row, column]),
        }
    }

    /// The dimension of the cutpoints between classes: of a size known to be one less.
    fn cut_dim(&mut self, parts: &Parts, classes: DimId, span: Span) -> Option<DimId> {
        let cutpoints = cutpoints(parts)?;
        let one_less = |&&cut: &&DimId| match self.model.dim(cut).size {
            DimSize::Offset { of, by } => of == classes && by == -1,
            _ => self.fixed_size(classes).is_some_and(|n| self.fixed_size(cut) == Some(n - 1)),
        };
        let found = cutpoints.ty.dims.iter().find(one_less).copied();
        if found.is_none() {
            let classes = self.dim_name(classes);
            self.diags.push(errors::no_cut_dim(parts.signature, &classes, cutpoints.span, span));
        }
        found
    }

    /// A vector's dimension is one of an observed datum; classes and components are none of the left side's.
    fn check_side(&mut self, s: &'static Signature, dim: DimId, left: Left, span: Span) -> bool {
        let listed = left.dims.contains(&dim);
        let name = self.dim_name(dim);
        let error = match s.event {
            Event::Vector | Event::Matrix | Event::Pair if left.datum.is_some() && !listed => {
                errors::datum_lacks_event(s, left.name, left.span, &name, span)
            }
            Event::Classes | Event::Components if listed => {
                errors::event_on_the_left(s, left.name, left.span, &name, span)
            }
            _ => return true,
        };
        self.diags.push(error);
        false
    }

    /// The dimension of a simplex or square among the vector parameters, else the one that the left side lacks, else the
    /// only one; or those between which the text does not choose.
    fn event_of_arguments(&self, parts: &Parts, left: Left) -> Result<DimId, Vec<DimId>> {
        let params = parts.signature.forms[parts.form].params;
        let vectors = parts.values.iter().filter(|(i, _)| is_vector(params[*i].needs));
        let types: Vec<&Type> = vectors.map(|(_, arg)| &arg.ty).collect();
        if let Some(classes) = self.classes_of_cutpoints(parts) {
            return Ok(classes);
        }
        if let Some(dim) = types.iter().find_map(|ty| self.whole_dim(ty)) {
            return Ok(dim);
        }
        let all = self.argument_dims(parts);
        let further: Vec<_> = all.iter().copied().filter(|d| !left.dims.contains(d)).collect();
        match (further.as_slice(), all.as_slice()) {
            ([one], _) | ([], [one]) => Ok(*one),
            ([], _) => Err(all),
            _ => Err(further),
        }
    }

    /// The dimensions of the vector parameters, each once.
    fn argument_dims(&self, parts: &Parts) -> Vec<DimId> {
        let params = parts.signature.forms[parts.form].params;
        let mut all: Vec<DimId> = vec![];
        let vectors = parts.values.iter().filter(|(i, _)| is_vector(params[*i].needs));
        for &dim in vectors.flat_map(|(_, arg)| &arg.ty.dims) {
            if !all.contains(&dim) {
                all.push(dim);
            }
        }
        all
    }

    /// The dimension whose size the cutpoints' one is said to be one less than.
    fn classes_of_cutpoints(&self, parts: &Parts) -> Option<DimId> {
        cutpoints(parts)?.ty.dims.iter().find_map(|&d| match self.model.dim(d).size {
            DimSize::Offset { of, by: -1 } => Some(of),
            _ => None,
        })
    }

    /// The dimension along which a value is a whole: a simplex, or the first of a square.
    fn whole_dim(&self, ty: &Type) -> Option<DimId> {
        match ty.mark {
            Some(Mark::Simplex(d) | Mark::Cholesky(d, _) | Mark::Cov(d, _) | Mark::Corr(d, _)) => {
                Some(d)
            }
            Some(Mark::Ordered(_)) | None => {
                ty.dims.iter().find_map(|&d| match self.model.dim(d).size {
                    DimSize::Prime { of } if ty.dims.contains(&of) => Some(of),
                    _ => None,
                })
            }
        }
    }

    /// Whether the arguments have no dimensions but those of the left side and of the event.
    pub(super) fn check_reach(&mut self, parts: &Parts, event: &[DimId], left: Left) -> bool {
        for (place, arg) in &parts.values {
            let param = parts.signature.forms[parts.form].params[*place].name;
            let further = |d: &&DimId| !left.dims.contains(d) && !event.contains(d);
            let further: Vec<DimId> = arg.ty.dims.iter().filter(further).copied().collect();
            let Some(&first) = further.first() else { continue };
            let name = self.dim_name(first);
            let unnamed = self.is_unnamed(first);
            let twin = left
                .dims
                .iter()
                .any(|&d| self.is_unnamed(d) && self.fixed_size(d) == self.fixed_size(first));
            self.diags.push(if let (true, Some(&dim)) = (unnamed, event.first()) {
                errors::unnamed_event(parts.signature, &self.dim_name(dim), arg.span)
            } else if twin {
                errors::unnamed_twin(parts.signature, param, &name, arg.span)
            } else if left.constant_along == Some(first) {
                errors::not_constant(parts.signature, param, &name, arg.span)
            } else if left.datum.is_some() && unnamed {
                errors::datum_lacks_unnamed((left.name, left.span), param, &name, arg.span)
            } else if left.datum.is_some() {
                let site = (left.name, left.span);
                errors::datum_lacks_dim(site, param, &name, arg.span, multiplies(arg, first))
            } else {
                let wanted = left.dims.iter().chain(&further).map(|&d| self.dim_name(d));
                let wanted: Vec<_> = wanted.collect();
                errors::latent_lacks_dim(left.name, left.span, &name, &wanted, arg.span)
            });
            return false;
        }
        true
    }

    fn is_unnamed(&self, dim: DimId) -> bool {
        matches!(self.model.dim(dim).size, DimSize::Literal(_))
    }
}

/// The event dimension that the declared type of a datum gives.
fn declared(signature: &Signature, left: Left) -> Option<DimId> {
    let ty = left.datum?;
    match (signature.event, ty.elem, ty.mark) {
        (Event::Classes, Elem::Index(dim), _) => Some(dim),
        (Event::Vector, _, Some(Mark::Simplex(dim) | Mark::Ordered(dim))) => Some(dim),
        (Event::Matrix, _, Some(Mark::Cholesky(dim, _))) => Some(dim),
        _ => None,
    }
}

fn cutpoints<'p>(parts: &'p Parts) -> Option<&'p Expr> {
    let params = parts.signature.forms[parts.form].params;
    let found = parts.values.iter().find(|(i, _)| params[*i].needs == Needs::Cutpoints);
    found.map(|(_, arg)| arg)
}

fn is_vector(needs: Needs) -> bool {
    matches!(
        needs,
        Needs::RealVector
            | Needs::PositiveVector
            | Needs::Simplex
            | Needs::Cutpoints
            | Needs::Cholesky
    )
}

/// Whether a value is made by `*` from two that have the dimension, which `@` would sum out.
fn multiplies(e: &Expr, dim: DimId) -> bool {
    let ExprKind::Call { function, args } = &e.kind else { return false };
    let has = |e: &Expr| e.ty.dims.contains(&dim);
    (function.name == "*" && args.iter().all(has)) || args.iter().any(|a| multiplies(a, dim))
}
