//! What a distribution can do, asked of a member of it.

use super::{Call, Distribution, Draw, Event, Tails, signature};
use crate::ir::Graph;

/// Whether `Truncated` can wrap the distribution: both its tails and their inverse are closed.
pub fn can_truncate(dist: &'static dyn Distribution) -> bool {
    let mut g = Graph::new();
    let call = sample_call(&mut g, dist);
    let x = g.number(0.5);
    dist.signature().event == Event::Scalar
        && dist.log_cdf(&mut g, x, &call).is_some()
        && dist.log_survival(&mut g, x, &call).is_some()
        && dist.quantile(&mut g, Tails { below: x, above: x }, &call).is_some()
}

/// Whether draws are a location and a scaled draw from a standard member.
pub fn is_location_scale(dist: &'static dyn Distribution) -> bool {
    let mut g = Graph::new();
    let call = sample_call(&mut g, dist);
    dist.standard(&mut g, &call).is_some()
}

/// Whether a written guide can have the distribution: a gradient flows through its draws.
pub fn can_guide(dist: &'static dyn Distribution) -> bool {
    let signature = dist.signature();
    if signature.event != Event::Scalar || signature.support.is_discrete() {
        return ["Dirichlet", "MvNormal"].contains(&signature.name);
    }
    let mut g = Graph::new();
    let params = signature.forms[0].params.iter().filter(|p| signature::is_node(p.needs));
    let count = params.clone().count();
    if count != signature.forms[0].params.len() {
        return false;
    }
    let args = (0..count).map(|_| g.add_param("", &[], vec![0.5])).collect();
    matches!(Call::new(dist, 0, args).draw(&mut g, &[], ""), Draw::Pathwise(_))
}

/// Whether `Hurdle` can wrap the distribution: it draws without 0.
pub(super) fn can_leave_out_zero(dist: &'static dyn Distribution) -> bool {
    let mut g = Graph::new();
    let call = sample_call(&mut g, dist);
    dist.draw_nonzero(&mut g, &call, &[], "").is_some()
}

/// The distribution somewhere, to ask what it can do.
fn sample_call(g: &mut Graph, dist: &'static dyn Distribution) -> Call {
    let x = g.number(0.5);
    Call::new(dist, 0, vec![x; dist.signature().forms[0].params.len()])
}
