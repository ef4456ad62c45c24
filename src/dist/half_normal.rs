//! HalfNormal(scale): |x| of a Normal around 0.

use super::half::Half;
use super::normal::Normal;
use super::{Event, Form, Needs, Param, Signature, Support};

static SIGNATURE: Signature = Signature {
    name: "HalfNormal",
    forms: &[Form {
        params: &[Param {
            name: "scale",
            needs: Needs::Positive,
            doc: "standard deviation of the whole",
        }],
    }],
    support: Support::Positive,
    event: Event::Scalar,
    doc: "The positive half of a bell curve: scales with a light tail.",
    density: "2 exp(-(x / scale)^2 / 2) / (scale sqrt(2 pi))",
    example: "x ~ HalfNormal(1)",
};

pub(super) static HALF_NORMAL: Half = Half { signature: &SIGNATURE, whole: &Normal };
