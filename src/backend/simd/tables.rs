//! f32 and f64 as elements: their bits, and polynomials fitted to each precision (Chebyshev interpolation in 60 digits).

use super::Lane;
use super::elementary::{self, polynomial};

macro_rules! bits {
    ($t:ident, $uint:ident, digits $p:literal, lanes $lanes:literal) => {
        const ZERO: Self = 0.0;
        const ONE: Self = 1.0;
        const HALF: Self = 0.5;
        const INFINITY: Self = $t::INFINITY;
        const NAN: Self = $t::NAN;
        const TINY: Self = $t::MIN_POSITIVE;
        const PRECISION: Self = $p as $t;
        const HUGE: Self = (1u64 << $p) as $t;
        const ROUND: Self = 1.5 * (1u64 << ($p - 1)) as $t;
        const LANES: usize = $lanes;

        #[inline(always)]
        fn of(x: f64) -> Self {
            x as $t
        }
        #[inline(always)]
        fn to_f64(self) -> f64 {
            self as f64
        }
        #[inline(always)]
        fn madd<const F: bool>(self, b: Self, c: Self) -> Self {
            if F { self.mul_add(b, c) } else { self * b + c }
        }
        #[inline(always)]
        fn abs(self) -> Self {
            $t::abs(self)
        }
        #[inline(always)]
        fn sqrt(self) -> Self {
            $t::sqrt(self)
        }
        #[inline(always)]
        fn with_sign(self, of: Self) -> Self {
            self.copysign(of)
        }
        #[inline(always)]
        fn power_of_two(rounded: Self) -> Self {
            $t::from_bits((rounded.to_bits() << ($p - 1)).wrapping_add((1.0 as $t).to_bits()))
        }
        #[inline(always)]
        fn is_odd(rounded: Self) -> bool {
            rounded.to_bits() & 1 != 0
        }
        #[inline(always)]
        fn flip(self, rounded: Self) -> Self {
            let sign = (rounded.to_bits() & 2) << ($uint::BITS - 2);
            $t::from_bits(self.to_bits() ^ sign)
        }
        #[inline(always)]
        fn split_exponent(self) -> (Self, Self) {
            const HALF_BITS: $uint = (std::f64::consts::FRAC_1_SQRT_2 as $t).to_bits();
            const BIAS: $uint = 1 << ($uint::BITS - $p - 1);
            const MAGIC: $t = (1u64 << ($p - 1)) as $t;
            let above = self.to_bits().wrapping_sub(HALF_BITS).wrapping_add(BIAS << ($p - 1));
            let k = above >> ($p - 1);
            let m = self.to_bits().wrapping_sub(k.wrapping_sub(BIAS) << ($p - 1));
            // An integer below 2ᵖ⁻¹ put into the digits of 2ᵖ⁻¹ is a float without a conversion.
            let k = $t::from_bits(k | MAGIC.to_bits()) - (MAGIC + BIAS as $t);
            ($t::from_bits(m), k)
        }
        #[inline(always)]
        fn leading(self) -> Self {
            $t::from_bits(self.to_bits() & ($uint::MAX << ($p / 2 + 1)))
        }
    };
}

impl Lane for f32 {
    bits!(f32, u32, digits 24, lanes 16);

    #[inline(always)]
    fn ln_tail<const F: bool>(f: Self) -> Self {
        const LN: [f32; 9] = [
            6.971612e-2,
            -1.1479734e-1,
            1.168542e-1,
            -1.2425687e-1,
            1.4249058e-1,
            -1.6667803e-1,
            2.0000716e-1,
            -2.4999997e-1,
            3.333333e-1,
        ];
        polynomial::<f32, F>(f, &LN) * f * (f * f)
    }

    #[inline(always)]
    fn quarter_turns<const F: bool>(self) -> (Self, Self) {
        let x = self as f64;
        let n = x.madd::<F>(std::f64::consts::FRAC_2_PI, f64::ROUND) - f64::ROUND;
        let r = n.madd::<F>(-PI_2.0, x);
        let r = n.madd::<F>(-PI_2.1, r);
        // Four quarter turns are none: what is left of n fits the digits of an f32.
        let n = n - 4.0 * elementary::floor(n * 0.25);
        (n as f32 + f32::ROUND, r as f32)
    }

    #[inline(always)]
    fn in_f64(self, f: impl Fn(f64) -> f64) -> Self {
        f(self as f64) as f32
    }

    const EXP: &'static [Self] =
        &[1.989108e-4, 1.3933731e-3, 8.3333105e-3, 4.1666463e-2, 1.6666667e-1, 0.5];
    const SIN: &'static [Self] = &[2.724962e-6, -1.9840084e-4, 8.333332e-3, -1.6666667e-1];
    const COS: &'static [Self] = &[-2.7300703e-7, 2.4800598e-5, -1.3888888e-3, 4.1666668e-2];
    const ATAN: &'static [Self] =
        &[-6.449835e-2, 1.07430995e-1, -1.4263897e-1, 1.9999538e-1, -3.333333e-1];
    const LN_2: (Self, Self) = (0.693359375, -2.1219444e-4);
    const QUARTER_PI: (Self, Self) = (std::f32::consts::FRAC_PI_4, -2.1855694e-8);
    const EXP_RANGE: (Self, Self) = (-105.0, 89.0);
}

/// π/2 in three parts, the first two of 33 digits.
const PI_2: (f64, f64, f64) =
    (1.570_796_326_734_125_6, 6.077_100_506_303_966e-11, 2.022_266_248_795_950_6e-21);

impl Lane for f64 {
    bits!(f64, u64, digits 53, lanes 8);

    #[inline(always)]
    fn ln_tail<const F: bool>(f: Self) -> Self {
        const LN: [f64; 7] = [
            0.14617807153417325,
            0.15331611722055008,
            0.1818289243253687,
            0.22222211089379496,
            0.28571428626253836,
            0.3999999999989889,
            0.666666666666667,
        ];
        // With s = f / (2 + f), ln(1 + f) = 2 atanh s, an odd series.
        let s = f / (2.0 + f);
        let z = s * s;
        s * polynomial::<f64, F>(z, &LN).madd::<F>(z, 0.5 * f * f)
    }

    #[inline(always)]
    fn quarter_turns<const F: bool>(self) -> (Self, Self) {
        let rounded = self.madd::<F>(std::f64::consts::FRAC_2_PI, f64::ROUND);
        let n = rounded - f64::ROUND;
        let r = n.madd::<F>(-PI_2.0, self);
        let r = n.madd::<F>(-PI_2.1, r);
        (rounded, n.madd::<F>(-PI_2.2, r))
    }

    #[inline(always)]
    fn in_f64(self, f: impl Fn(f64) -> f64) -> Self {
        f(self)
    }

    const EXP: &'static [Self] = &[
        2.09147553258932e-09,
        2.5105312729622103e-08,
        2.755727347871858e-07,
        2.755725517000089e-06,
        2.480158732567746e-05,
        0.0001984126987500228,
        0.0013888888888883711,
        0.008333333333326084,
        0.04166666666666667,
        0.1666666666666667,
        0.5,
    ];
    const SIN: &'static [Self] = &[
        1.5917988979397435e-10,
        -2.5051129896450185e-08,
        2.7557316093198404e-06,
        -0.00019841269836740532,
        0.008333333333330936,
        -0.16666666666666666,
    ];
    const COS: &'static [Self] = &[
        -1.138254464534925e-11,
        2.087614504941318e-09,
        -2.755731726587808e-07,
        2.48015872987544e-05,
        -0.0013888888888887389,
        0.041666666666666664,
    ];
    const ATAN: &'static [Self] = &[
        -0.019162068915902573,
        0.03921955253255129,
        -0.05085030492810941,
        0.058580687568615106,
        -0.06664502215671447,
        0.07692182535116648,
        -0.09090904549884611,
        0.11111111014561013,
        -0.14285714284657894,
        0.1999999999999548,
        -0.3333333333333333,
    ];
    const LN_2: (Self, Self) = (0.693_147_180_369_123_8, 1.908_214_929_270_587_7e-10);
    const QUARTER_PI: (Self, Self) = (std::f64::consts::FRAC_PI_4, 3.061_616_997_868_383e-17);
    const EXP_RANGE: (Self, Self) = (-746.0, 710.0);
}
