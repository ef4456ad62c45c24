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

        /// All codes, in order: syntax E01, names, types and sites E02, data E03, command line and run E04, objectives and batches E05, warnings W.
        pub static CODES: &[Code] = &[$(Code::$name),*];
    };
}

codes! {
    E0101 "the grammar does not allow this here"
    E0102 "a bracket is never closed"
    E0103 "a bracket closes nothing, or another kind"
    E0104 "a statement starts with an operator"
    E0105 "a text is not closed"
    E0106 "not a number"
    E0107 "a character without meaning"
    E0108 "single quotes"
    E0109 "a semicolon"
    E0110 "a definition with the sign of another language"
    E0111 "an operator of another language"
    E0112 "a comment of another language"
    E0113 "a word of the language as a name"
    E0114 "chained comparisons"
    E0115 "nothing to the right of `=` or `~`"
    E0116 "a type before its name"
    E0117 "control flow"
    E0118 "a function without `fn`"
    E0119 "brackets nest too deeply"
    E0120 "too many operators in one expression"
    E0121 "an annotation without a `~` statement"
    E0122 "a statement or block where none can be"
    E0123 "a net without a value"
    E0124 "an `over` that belongs to nothing, or to two things"
    E0125 "an expression as a statement"
    E0126 "a block of another language"
    E0127 "an expression to the left of `=` or `~`"
    E0128 "a declaration without type or keyword"
    E0129 "a slice without literal ends"
    E0130 "a name with dots"
    E0131 "not UTF-8"
    E0201 "no value has this name"
    E0202 "a name used above its statement"
    E0203 "a name declared twice"
    E0204 "no function has this name"
    E0205 "the wrong arguments of a function"
    E0206 "a function that calls itself"
    E0207 "a function, distribution or dimension where a value is needed"
    E0208 "a value called like a function"
    E0209 "a built-in function defined again"
    E0210 "a dimension that nothing sizes"
    E0211 "a left side that lists no dimensions"
    E0212 "a dimension listed twice"
    E0213 "a dimension or label declared twice"
    E0214 "not a size of a dimension"
    E0215 "a size that depends on itself"
    E0216 "dimensions without names that would have to align"
    E0217 "lengths that differ"
    E0218 "`over` a dimension that is not there"
    E0219 "no dimension, or too many, to run along"
    E0220 "`@` without a shared dimension"
    E0221 "`@` with several shared dimensions"
    E0222 "`as` where no dimension is unnamed"
    E0223 "a prime on what is neither vector nor square"
    E0224 "a prime in a new name"
    E0225 "a sum `by` what is no index of its argument"
    E0226 "a left side that lacks a dimension of its value"
    E0227 "not a dimension"
    E0228 "no type has this name"
    E0229 "the wrong arguments of a type"
    E0230 "the wrong dimensions of a simplex, an ordered vector or a matrix"
    E0231 "a param that cannot move"
    E0232 "the first value of a param"
    E0233 "an index where a number is needed"
    E0234 "a number where a condition is needed"
    E0235 "a value outside the domain of a function"
    E0236 "not a value"
    E0237 "a list of what is no number"
    E0238 "an index compared with what it never equals"
    E0239 "a number where an index is needed"
    E0240 "a factor that is no number"
    E0241 "brackets on a single number"
    E0242 "an index of another dimension"
    E0243 "a bracket that names a dimension the value lacks"
    E0244 "a position that does not say along which dimension"
    E0245 "a number as an index"
    E0246 "not a position"
    E0247 "a position beyond the end"
    E0248 "no such label"
    E0249 "a lag along a dimension that does not run"
    E0250 "a whole dimension needed where a lag leaves a part"
    E0251 "a latent without a distribution for its first elements"
    E0252 "recurrences are not supported yet"
    E0253 "missing cells are not supported yet"
    E0254 "values that a net does not take or give"
    E0255 "a guide that does not fit its latent"
    E0256 "what no net can hold or see"
    E0257 "a layer that does not fit"
    E0258 "what no guide can hold"
    E0259 "a guide that runs in a circle"
    E0260 "a right side of `~` that is no distribution"
    E0261 "a left side of `~` that cannot have a distribution"
    E0262 "a second `~` on one name"
    E0263 "brackets that disagree with the declaration of a datum"
    E0264 "a parameter that the distribution does not have"
    E0265 "a parameter that is missing"
    E0266 "a parameter given twice"
    E0267 "too many parameters"
    E0268 "parameters of different forms"
    E0269 "a parameter with a dimension that the left side lacks"
    E0270 "no single dimension for classes, components or vectors"
    E0271 "`over` or `by` in a distribution that takes none"
    E0272 "a value that a parameter cannot have"
    E0273 "a parameter by position that is meant as another"
    E0274 "a datum that is no draw of its distribution"
    E0275 "an observed distribution with moving bounds"
    E0276 "something else where a dimension is named"
    E0277 "an unknown annotation"
    E0278 "an annotation without a latent"
    E0279 "two estimators, or an annotation twice"
    E0281 "an unknown option of an annotation"
    E0282 "an option with a value that it cannot have"
    E0283 "`@noncentered` without a location and a scale"
    E0284 "an unknown setting of `fit`"
    E0285 "a setting with a value that it cannot have"
    E0286 "a setting given twice"
    E0287 "a setting of a later version"
    E0288 "something else where a schedule is needed"
    E0289 "parts that make no schedule"
    E0290 "`--estimator` names no latent"
    E0291 "`--estimator` names no estimator"
    E0292 "an estimator that cannot serve the distribution"
    E0293 "an estimator that a use forbids"
    E0294 "a sum over too many joint values"
    E0295 "latents that cannot be summed one after the other"
    E0296 "a latent that no guide serves"
    E0297 "a distribution that a wrapper cannot wrap"
    E0298 "an estimator for a latent that other guides read"
    E0299 "a baseline that is not of data alone"
    E0301 "a data file that cannot be read"
    E0302 "a kind of data that is not known"
    E0303 "a data file that is damaged"
    E0304 "a table without a line of names"
    E0305 "a row with more or fewer cells than the header"
    E0306 "JSON in another layout"
    E0307 "a data or size argument that fits nothing in the model"
    E0308 "rows that a file does not have"
    E0310 "a datum that no file holds"
    E0311 "a datum that several places hold"
    E0312 "a run of columns that does not fit"
    E0313 "data with another number of dimensions"
    E0314 "a ragged or mixed list"
    E0315 "sizes that disagree"
    E0316 "a dimension without positions"
    E0317 "a dimension that is too long"
    E0320 "a label that the dimension does not have"
    E0321 "an index outside the dimension"
    E0322 "labels of different sorts"
    E0323 "data without keys along a labelled dimension"
    E0324 "keys that do not name every position once"
    E0325 "ordered classes whose order nobody says"
    E0330 "a missing value"
    E0331 "a text where a number is needed"
    E0332 "a number that is not whole, or too large to be exact"
    E0333 "a value outside the declared range"
    E0334 "a simplex that does not sum to 1"
    E0335 "ordered values that do not ascend"
    E0336 "a matrix of another kind"
    E0340 "a label in the model that the data do not have"
    E0341 "a position beyond the data"
    E0342 "a lag longer than the data"
    E0401 "a model file that cannot be read"
    E0402 "no code of this name"
    E0403 "a command line that cannot be read"
    E0404 "an output folder that holds another run's results"
    E0405 "an output folder that belongs to something else"
    E0406 "an output folder that cannot be written"
    E0407 "a number that is not finite"
    E0408 "a file that cannot be written"
    E0409 "a latent to measure that the model does not have"
    E0410 "an exact gradient that is not finite"
    E0411 "an unbiased estimator with a bias"
    E0412 "a picture that is neither SVG nor PNG"
    E0413 "a file that exists already"
    E0414 "a name that no registry has"
    E0420 "a question of no known form"
    E0421 "a prior that cannot be drawn from"
    E0422 "a condition that never holds"
    E0423 "no command of this name"
    E0424 "a command without what it needs"
    E0425 "nothing to go on with"
    E0426 "a model that is not whole"
    E0427 "a file of another session"
    E0430 "pictures along a dimension that the model does not have"
    E0431 "rows and columns that do not make the size of a dimension"
    E0432 "pictures of no datum"
    E0433 "a table of draws that is neither CSV nor NPZ"
    E0434 "more draws than can be held"
    E0440 "a folder without a fit"
    E0441 "a checkpoint that is damaged"
    E0442 "a checkpoint of another version"
    E0443 "a model that has changed since its fit"
    E0444 "data that have changed since their fit"
    E0445 "a fit with no step left"
    E0446 "a fit that broke off"
    E0447 "new data that leave nothing to predict"
    E0448 "what a fit does not know of new data"
    E0501 "an estimator that the objective forbids"
    E0502 "a bound that has no weights of its own"
    E0511 "a dimension that cannot be batched"
    E0512 "a step that mixes the rows of a batch"
    W0201 "data that nothing uses"
    W0202 "a latent that reaches no data"
    W0203 "a computed value that may leave the domain of a function"
    W0204 "a dimension that nothing has"
    W0205 "a param that nothing uses"
    W0206 "a net that nothing calls"
    W0230 "a computed parameter that may leave its range"
    W0231 "`@noncentered` without effect"
    W0232 "a temperature that is too cold"
    W0233 "a schedule that the fit does not finish"
    W0234 "a datum declared wider than its distribution"
    W0235 "a cold relaxation of one draw per step"
    W0236 "a temperature that is too hot"
    W0237 "a score function without a baseline"
    W0301 "a file that nothing uses"
    W0401 "a schedule that this run does not finish"
    W0402 "a posterior that collapsed onto its prior"
    W0403 "a discrete latent without structure"
    W0404 "a relaxation that stays biased"
    W0405 "a learnt temperature that ran away"
    W0406 "labels that the fit does not know"
}
