//! HalfCauchy(scale): |x| of a Cauchy around 0 (Gelman 2006, for scales of hierarchical models).

use super::cauchy::CAUCHY;
use super::half::Half;
use super::{Event, Form, Needs, Param, Signature, Support};

static SIGNATURE: Signature = Signature {
    name: "HalfCauchy",
    forms: &[Form { params: &[Param { name: "scale", needs: Needs::Positive, doc: "median" }] }],
    support: Support::Positive,
    event: Event::Scalar,
    doc: "The positive half of a Cauchy: scales that may be large.",
    density: "2 / (pi scale (1 + (x / scale)^2))",
    example: "x ~ HalfCauchy(5)",
};

pub(super) static HALF_CAUCHY: Half = Half { signature: &SIGNATURE, whole: &CAUCHY };
