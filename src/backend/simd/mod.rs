//! Vector kernels without intrinsics: scalar bodies that LLVM vectorises, compiled for three instruction sets.
//!
//! A body is generic over the element (`Lane`) and over `const F: bool`, whether it may use fused multiply-add. `kernel!`
//! compiles it three times, for the baseline, AVX2 with FMA, and AVX-512, and picks one at run time by `Isa`.

pub(super) mod elementary;
pub(crate) mod elementwise;
mod lane;
pub(crate) mod reduce;
mod special;
mod tables;
pub(crate) mod update;

#[cfg(test)]
mod tests;

pub(crate) use lane::Lane;

/// An instruction set that kernels are compiled for. Beyond the baseline a value exists only where the machine was seen to
/// run it, so holding one is the proof that its kernels may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Isa(Level);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub(crate) enum Level {
    Baseline,
    Avx2,
    Avx512,
}

impl Isa {
    /// The widest one that this machine runs. The lookup is cached by the standard library.
    pub(crate) fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            use std::is_x86_feature_detected as has;
            if has!("avx2") && has!("fma") {
                let wide = has!("avx512f") && has!("avx512vl") && has!("avx512dq");
                return Isa(if wide { Level::Avx512 } else { Level::Avx2 });
            }
        }
        Isa(Level::Baseline)
    }

    /// All that this machine runs, narrowest first.
    pub(crate) fn available() -> impl Iterator<Item = Self> {
        let Isa(widest) = Self::detect();
        let levels = [Level::Baseline, Level::Avx2, Level::Avx512];
        levels.into_iter().filter(move |&level| level <= widest).map(Isa)
    }

    pub(crate) fn level(self) -> Level {
        self.0
    }
}

/// `kernel!(/// doc
/// fn name<E, F>(args) -> r { body })` defines `fn name<E: Lane>(isa: Isa, args) -> r`. In the body `E` is the element and
/// `F` whether fused multiply-add is there. What the body calls per element must be `#[inline(always)]`, and loops must be
/// `for` loops: a closure given to an iterator may be compiled apart, for the baseline, where each fused step is a call.
macro_rules! kernel {
    ($(#[$meta:meta])* fn $name:ident<$E:ident, $F:ident>($($arg:ident: $ty:ty),* $(,)?) $(-> $ret:ty)? $body:block) => {
        $(#[$meta])*
        #[allow(clippy::too_many_arguments)]
        pub(crate) fn $name<$E: $crate::backend::simd::Lane>(
            isa: $crate::backend::simd::Isa, $($arg: $ty),*
        ) $(-> $ret)? {
            #[inline(always)]
            fn body<$E: $crate::backend::simd::Lane, const $F: bool>($($arg: $ty),*) $(-> $ret)? $body

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx2,fma")]
            fn avx512<$E: $crate::backend::simd::Lane>($($arg: $ty),*) $(-> $ret)? {
                body::<$E, true>($($arg),*)
            }

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            fn avx2<$E: $crate::backend::simd::Lane>($($arg: $ty),*) $(-> $ret)? {
                body::<$E, true>($($arg),*)
            }

            match isa.level() {
                // SAFETY: an `Isa` of this level proves that the machine has these features.
                #[cfg(target_arch = "x86_64")]
                $crate::backend::simd::Level::Avx512 => unsafe { avx512::<$E>($($arg),*) },
                #[cfg(target_arch = "x86_64")]
                // SAFETY: as above.
                $crate::backend::simd::Level::Avx2 => unsafe { avx2::<$E>($($arg),*) },
                _ => body::<$E, false>($($arg),*),
            }
        }
    };
}
pub(crate) use kernel;
