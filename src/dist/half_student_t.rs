//! HalfStudentT(df, scale): |x| of a StudentT around 0.

use super::half::Half;
use super::student_t::StudentT;
use super::{Event, Form, Needs, Param, Signature, Support};

static SIGNATURE: Signature = Signature {
    name: "HalfStudentT",
    forms: &[Form {
        params: &[
            Param { name: "df", needs: Needs::Positive, doc: "degrees of freedom" },
            Param { name: "scale", needs: Needs::Positive, doc: "spread" },
        ],
    }],
    support: Support::Positive,
    event: Event::Scalar,
    doc: "The positive half of a Student t: scales with a tail of chosen weight.",
    density: "2 Gamma((df + 1) / 2) / (Gamma(df / 2) sqrt(df pi) scale) (1 + (x / scale)^2 / df)^(-(df + 1) / 2)",
    example: "x ~ HalfStudentT(3, 2.5)",
};

pub(super) static HALF_STUDENT_T: Half = Half { signature: &SIGNATURE, whole: &StudentT };
