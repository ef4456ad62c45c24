//! f32 and f64 as elements: their bits, and polynomials fitted to each precision (Chebyshev interpolation in 60 digits).

use super::Lane;
use super::elementary::{self, polynomial, select};
use super::special::erf_single;

macro_rules! bits {
    ($t:ident, $uint:ident, digits $p:literal, lanes $lanes:literal) => {
        type Word = $uint;

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
        fn word(random: u64) -> $uint {
            (random >> (64 - $uint::BITS)) as $uint
        }
        #[inline(always)]
        fn first_bit(word: $uint) -> bool {
            word >> ($uint::BITS - 1) != 0
        }
        #[inline(always)]
        fn unit(word: $uint) -> Self {
            // The digits of a number in [1, 2), and half a step up from 0.
            const HALF_STEP: $t = $t::EPSILON / 2.0;
            let digits = word >> ($uint::BITS - ($p - 1)) | (1.0 as $t).to_bits();
            ($t::from_bits(digits) - 1.0) + HALF_STEP
        }
        #[inline(always)]
        fn with_sign_bit(self, word: $uint) -> Self {
            let sign = word & (1 << ($uint::BITS - 1));
            $t::from_bits(self.to_bits() | sign)
        }
        #[inline(always)]
        fn leading(self) -> Self {
            $t::from_bits(self.to_bits() & ($uint::MAX << ($p / 2 + 1)))
        }
        #[inline(always)]
        fn position(self, size: u32) -> u32 {
            const MOST: $t = (1u32 << 30) as $t;
            let x = select(self > 0.0, self, 0.0);
            let x = select(x < MOST, x, MOST);
            // SAFETY: a number from 0 to MOST fits.
            let whole = unsafe { x.to_int_unchecked::<i32>() } as u32;
            whole.min(size - 1)
        }
    };
}

impl Lane for f32 {
    bits!(f32, u32, digits 24, lanes 16);

    #[inline(always)]
    fn erf<const F: bool>(self) -> Self {
        erf_single::<F>(self)
    }

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
    fn half_unit(word: u32) -> Self {
        const STEP: f32 = 1.0 / (1u64 << 32) as f32;
        ((word & 0x7fff_ffff) as i32 as f32 + 0.5) * STEP
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

    const EXP: &'static [Self] =
        &[1.989108e-4, 1.3933731e-3, 8.3333105e-3, 4.1666463e-2, 1.6666667e-1, 0.5];
    const SIN: &'static [Self] = &[2.724962e-6, -1.9840084e-4, 8.333332e-3, -1.6666667e-1];
    const COS: &'static [Self] = &[-2.7300703e-7, 2.4800598e-5, -1.3888888e-3, 4.1666668e-2];
    const ATAN: &'static [Self] =
        &[-6.449835e-2, 1.07430995e-1, -1.4263897e-1, 1.9999538e-1, -3.333333e-1];
    const TWICE_ATANH: &'static [Self] =
        &[2.3224922e-1, 2.170646e-1, 2.8592366e-1, 3.9999706e-1, 6.666667e-1];
    const QUANTILE: &'static [(Self, Self)] = &[
        (3.196968e-08, 1.4274711e-05),
        (-1.5541478e-07, -3.0636514e-04),
        (-7.760731e-06, 1.7162818e-03),
        (1.02640945e-04, -4.715501e-03),
        (-2.491267e-04, 8.105831e-03),
        (-3.2339992e-03, -1.0930758e-02),
        (1.6299421e-02, 1.33637665e-02),
        (3.2812327e-01, 1.4165937e+00),
        (1.2533139e+00, 4.006434e+00),
    ];
    const QUANTILE_SPLIT: f64 = 5.0;
    const QUANTILE_CENTRE: f64 = 3.0;
    const LN_2: (Self, Self) = (355.0 / 512.0, -2.1219444e-4);
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
    fn half_unit(word: u64) -> Self {
        0.5 * f64::unit(word << 1)
    }

    #[inline(always)]
    fn quarter_turns<const F: bool>(self) -> (Self, Self) {
        let rounded = self.madd::<F>(std::f64::consts::FRAC_2_PI, f64::ROUND);
        let n = rounded - f64::ROUND;
        let r = n.madd::<F>(-PI_2.0, self);
        let r = n.madd::<F>(-PI_2.1, r);
        (rounded, n.madd::<F>(-PI_2.2, r))
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
    const TWICE_ATANH: &'static [Self] = &[
        0.15631534707431224,
        0.07491639460673266,
        0.10845291032779812,
        0.11734265179376593,
        0.13335179661515711,
        0.15384543917753166,
        0.1818181989926796,
        0.22222222198216113,
        0.28571428571600266,
        0.3999999999999952,
        0.6666666666666666,
    ];
    const QUANTILE: &'static [(Self, Self)] = &[
        (-2.1008013721e-11, -3.2751533815e-07),
        (7.8820189944e-10, 1.5071432047e-06),
        (-1.2009845086e-08, 9.2993161859e-07),
        (8.6453074771e-08, -1.6804748564e-05),
        (-1.7258492949e-07, 3.7539303146e-05),
        (-1.3423136568e-06, -4.3098694905e-05),
        (3.0816963890e-06, 6.3368946595e-05),
        (6.5200182614e-05, -1.6619425047e-04),
        (-1.8018816828e-04, 4.6333189752e-04),
        (-3.3028953192e-03, -1.2299895736e-03),
        (1.6333406359e-02, 1.7795616427e-03),
        (3.2811685467e-01, 1.4276392323e+00),
        (1.2533141377e+00, 5.4302744020e+00),
    ];
    const QUANTILE_SPLIT: f64 = 6.0;
    const QUANTILE_CENTRE: f64 = 4.0;
    const LN_2: (Self, Self) = (0.693_147_180_369_123_8, 1.908_214_929_270_587_7e-10);
    const QUARTER_PI: (Self, Self) = (std::f64::consts::FRAC_PI_4, 3.061_616_997_868_383e-17);
    const EXP_RANGE: (Self, Self) = (-746.0, 710.0);
}
