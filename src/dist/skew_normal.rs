//! SkewNormal(loc, scale, shape): a Normal of which one side is favoured (Azzalini 1985).

use super::location_scale::{place, standard, standardize};
use super::normal::Normal;
use super::{Call, Distribution, Draw, Event, Form, Needs, Param, Signature, Support};
use crate::ir::{Dim, Graph, NodeId, Noise};
use std::f64::consts::LN_2;

pub(super) struct SkewNormal;

static SIGNATURE: Signature = Signature {
    name: "SkewNormal",
    forms: &[Form {
        params: &[
            Param { name: "loc", needs: Needs::Real, doc: "centre before it is skewed" },
            Param { name: "scale", needs: Needs::Positive, doc: "spread before it is skewed" },
            Param { name: "shape", needs: Needs::Real, doc: "above 0 the right tail is longer" },
        ],
    }],
    support: Support::Real,
    event: Event::Scalar,
    doc: "A bell curve with one side favoured.",
    density: "2 phi(z) Phi(shape z) / scale with z = (x - loc) / scale",
    example: "x ~ SkewNormal(0, 1, 2)",
};

impl Distribution for SkewNormal {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn log_prob(&self, g: &mut Graph, x: NodeId, c: &Call) -> NodeId {
        let [loc, scale, shape] = c.args();
        let normal = Call::new(&Normal, 0, vec![loc, scale]).log_prob(g, x);
        let z = standardize(g, x, loc, scale);
        let turned = g.mul(shape, z);
        let favour = g.log_ndtr(turned);
        let log = g.add(normal, favour);
        g.shift(LN_2, log)
    }

    /// (shape·|u| + v) / √(1 + shape²) of two standard normals.
    fn draw(&self, g: &mut Graph, c: &Call, dims: &[Dim], name: &str) -> Draw {
        let [loc, scale, shape] = c.args();
        let u = g.add_noise(name, dims, Noise::Normal);
        let v = g.add_noise(&format!("{name}.rest"), dims, Noise::Normal);
        let size = g.abs(u);
        let favoured = place(g, size, v, shape);
        let square = g.square(shape);
        let square = g.shift(1.0, square);
        let length = g.sqrt(square);
        let z = g.div(favoured, length);
        Draw::Pathwise(place(g, z, loc, scale))
    }

    fn standard(&self, g: &mut Graph, c: &Call) -> Option<(NodeId, NodeId, Call)> {
        Some(standard(g, c))
    }
}
