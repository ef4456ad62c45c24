//! Every error code with its title, once. The long story of each is `src/diag/stories/CODE.md`.

/// A row of `CODES`: `E0203` and its kin.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Code(&'static Row);

#[derive(PartialEq, Eq)]
pub(super) struct Row {
    name: &'static str,
    title: &'static str,
    story: &'static str,
}

impl Code {
    pub fn name(self) -> &'static str {
        self.0.name
    }

    pub fn title(self) -> &'static str {
        self.0.title
    }

    /// What `elbow explain` prints, in Markdown.
    pub fn story(self) -> &'static str {
        self.0.story
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.name)
    }
}

/// Looks a code up as a user types it, in either case.
pub fn find(name: &str) -> Option<Code> {
    CODES.iter().copied().find(|c| c.name().eq_ignore_ascii_case(name))
}

macro_rules! codes {
    ($($name:ident $title:literal)*) => {
        impl Code {
            $(
                #[doc = $title]
                pub const $name: Code = Code(&Row {
                    name: stringify!($name),
                    title: $title,
                    story: include_str!(concat!("stories/", stringify!($name), ".md")),
                });
            )*
        }

        /// All codes, in order: syntax E01, names, types and sites E02, data E03, command line and run E04, warnings W.
        pub static CODES: &[Code] = &[$(Code::$name),*];
    };
}

codes! {
    E0101 "the text does not follow the grammar"
    E0201 "a name that nothing declares"
    E0202 "a name used above its statement"
    E0203 "a name declared twice"
    E0210 "a dimension without a size"
    E0211 "a left side that lists no dimensions"
    E0290 "`--estimator` names no latent"
    E0291 "`--estimator` names no estimator"
    E0292 "an estimator that cannot serve the distribution"
    E0293 "an estimator that a use forbids"
    E0294 "a sum over too many joint values"
    E0295 "latents that cannot be summed one after the other"
    E0296 "a latent that no guide serves"
}
