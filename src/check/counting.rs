//! How many values a latent has, for each element by itself and for those that are summed jointly.

use super::event::vector_dims;
use super::flow::Flows;
use super::model::{DimId, DistCall, Elem, Model, Site};
use super::plan::Sizes;
use crate::dist::Support;

/// Values per element, to the power of the elements that are mixed. `None` where a size is not known or there is no end.
pub(super) fn joint_values(
    model: &Model,
    sizes: &Sizes,
    site: &Site,
    flows: &Flows,
) -> Option<u128> {
    let values = values(model, sizes, site)?;
    let whole = vector_dims(&site.dist);
    let mut mixed = flows.mixed().into_iter().filter(|d| !whole.contains(d));
    let elements = mixed.try_fold(1_usize, |n, d| n.checked_mul(size(sizes, d)?))?;
    Some(values.checked_pow(u32::try_from(elements).ok()?).unwrap_or(u128::MAX))
}

/// How many values one element has; a vector is one element.
pub(super) fn values(model: &Model, sizes: &Sizes, site: &Site) -> Option<u128> {
    let ty = &model.name(site.name).ty;
    let from_data = sizes.supports.iter().find(|(name, _)| *name == site.name);
    let root = site.dist.root_call();
    match (root.dist.0.signature().support, ty.elem) {
        (Support::Subset(_), _) => {
            let (items, taken) = (size(sizes, root.event[0])?, subset_size(root)?);
            Some(choose(items as u128, u128::from(taken)))
        }
        (Support::Ranking, _) => size(sizes, root.event[0]).map(|items| factorial(items as u128)),
        (Support::Permutation, _) => {
            let rows = size(sizes, root.event[0])? as u128;
            (size(sizes, root.event[1])? as u128 == rows).then_some(factorial(rows))
        }
        (_, Elem::Binary) => Some(2),
        (_, Elem::Index(dim)) => size(sizes, dim).map(|n| n as u128),
        (_, Elem::Int) if ty.support.high.is_finite() => Some(ty.support.high as u128 + 1),
        _ => from_data.map(|(_, count)| *count),
    }
}

/// How many items a subset has, where that is written as a number.
pub(super) fn subset_size(call: &DistCall) -> Option<u64> {
    let Support::Subset(size) = call.dist.0.signature().support else { return None };
    let ty = &call.arg(size)?.ty;
    let is_number = ty.dims.is_empty() && ty.support.low == ty.support.high;
    is_number.then_some(ty.support.low as u64)
}

fn factorial(n: u128) -> u128 {
    (1..=n).try_fold(1_u128, |product, i| product.checked_mul(i)).unwrap_or(u128::MAX)
}

/// The number of ways to take so many of them; 0 where there are fewer.
fn choose(items: u128, taken: u128) -> u128 {
    if taken > items {
        return 0;
    }
    let step = |ways: u128, i: u128| ways.checked_mul(items - i).map(|ways| ways / (i + 1));
    (0..taken.min(items - taken)).try_fold(1, step).unwrap_or(u128::MAX)
}

fn size(sizes: &Sizes, dim: DimId) -> Option<usize> {
    sizes.dims.get(dim.0 as usize).copied().flatten()
}
