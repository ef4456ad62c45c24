//! The checked model: every name resolved, every expression typed, sizes still symbolic. What every later pass reads.

pub use super::settings::{
    Adaptive, Averaging, Batch, ElboRows, EstimatorChoice, Estimators, FitSettings, KlSettings,
    ObjectiveAsk, ObjectiveChoice, ObjectiveKind, OptimizerChoice, OptionValue, Precision,
    Sampling,
};
pub use super::weight::{Init, Weight};
use crate::dist::Distribution;
pub use crate::ir::Schedule;
use crate::source::Span;

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct DimId(pub u32);

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct NameId(pub u32);

#[derive(Clone, Debug, Default)]
pub struct Model {
    pub dims: Vec<DimDecl>,
    pub names: Vec<NameDecl>,
    /// In text order, which is sampling order.
    pub stmts: Vec<Stmt>,
    pub fit: FitSettings,
}

/// A dimension. Primed ones (`n'`) are rows of their own that share the size of the first.
#[derive(Clone, Debug)]
pub struct DimDecl {
    /// As the user writes it; a literal size is called by its number.
    pub name: String,
    pub size: DimSize,
    /// Where it was declared, or first met.
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum DimSize {
    /// Given by the data that carry it, with their labels if they have some.
    FromData,
    /// `dim K = 3`
    Fixed(u64),
    /// `dim rating = ["low", "high"]`
    Labels(Vec<String>),
    /// `dim cut = rating - 1`
    Offset { of: DimId, by: i64 },
    /// `n'`: the size and the labels of `n`.
    Prime { of: DimId },
    /// An anonymous literal size, `beta[9]`, or the length of a list or slice.
    Literal(u64),
}

#[derive(Clone, Debug)]
pub struct NameDecl {
    pub name: String,
    pub span: Span,
    pub kind: NameKind,
    pub ty: Type,
}

#[derive(Clone, Debug)]
pub enum NameKind {
    /// Read from a file, under `column` if that differs from the name.
    Data(DataDecl),
    /// A point estimate; the initial value is an expression of data.
    Param { init: Option<Expr> },
    /// `name = expr`: the statement's index. Data where `ty.stage` is `Stage::Data`. What stands in a net or a guide is
    /// hidden: no report shows it.
    Let { stmt: usize, hidden: bool },
    /// What a layer of a net learns.
    Weight(Weight),
    /// What dropout multiplies by: drawn anew in every step, 1 wherever something is reported.
    Mask { rate: f64 },
    /// The statement's index.
    Latent { stmt: usize },
}

#[derive(Clone, Debug, Default)]
pub struct DataDecl {
    pub columns: Option<Columns>,
    /// `index(K, from = 0)`: the number that the file gives to the first position.
    pub from: Option<i64>,
    /// Whether some statement observes it with `~`.
    pub observed: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Columns {
    Name(String),
    Run { first: String, last: String },
}

/// Element, support, dimensions, and the time at which the value is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Type {
    pub elem: Elem,
    pub support: Interval,
    pub mark: Option<Mark>,
    /// In the order that the user sees.
    pub dims: Vec<DimId>,
    pub stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Elem {
    Real,
    /// Whole numbers: `int`, `count`, by support.
    Int,
    Binary,
    /// A position along a dimension (from 0 inside the compiler).
    Index(DimId),
}

/// When a value is known. Ordered: an expression has the latest stage of its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// A literal.
    Constant,
    /// From data alone.
    Data,
    /// From params too.
    Param,
    /// From some latent.
    Latent,
}

/// The values that an element can take: an interval with open or closed ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
    pub low_open: bool,
    pub high_open: bool,
}

/// What a whole array along some dimensions is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Simplex(DimId),
    Ordered(DimId),
    Cholesky(DimId, DimId),
    Cov(DimId, DimId),
    Corr(DimId, DimId),
}

impl Mark {
    /// The dimensions along which the array is what the mark says.
    pub fn dims(self) -> Vec<DimId> {
        match self {
            Mark::Simplex(d) | Mark::Ordered(d) => vec![d],
            Mark::Cholesky(d, e) | Mark::Cov(d, e) | Mark::Corr(d, e) => vec![d, e],
        }
    }

    /// The same mark where a dimension has another name.
    #[must_use]
    pub fn renamed(self, from: DimId, to: DimId) -> Self {
        let new = |d| if d == from { to } else { d };
        match self {
            Mark::Simplex(d) => Mark::Simplex(new(d)),
            Mark::Ordered(d) => Mark::Ordered(new(d)),
            Mark::Cholesky(d, e) => Mark::Cholesky(new(d), new(e)),
            Mark::Cov(d, e) => Mark::Cov(new(d), new(e)),
            Mark::Corr(d, e) => Mark::Corr(new(d), new(e)),
        }
    }
}

#[derive(Clone, Debug)]
pub struct Stmt {
    pub kind: StmtKind,
    /// The whole statement without annotations.
    pub span: Span,
    /// Dimensions along which the statement holds only from some position on, because it looks back: with `y[t-1]`,
    /// `back` is 1 and the statement holds for t = 2 …
    pub windows: Vec<Window>,
}

/// A statement with lags along `dim` holds where every lag exists: positions `back` … size − `ahead`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    pub dim: DimId,
    pub back: u64,
    pub ahead: u64,
}

#[derive(Clone, Debug)]
pub enum StmtKind {
    /// `name = expr`
    Let {
        name: NameId,
        value: Expr,
    },
    /// `name ~ dist`: a latent, or an observed datum.
    Tilde(Site),
    Factor(Expr),
    /// `name ~ dist` of the guide.
    Guide(GuideSite),
}

/// How the guide draws a latent.
#[derive(Clone, Debug)]
pub struct GuideSite {
    pub name: NameId,
    pub dist: DistCall,
}

#[derive(Clone, Debug)]
pub struct Site {
    pub name: NameId,
    pub observed: bool,
    /// Of the left side, event dimensions of vector draws included, in the order that the user sees.
    pub dims: Vec<DimId>,
    pub dist: DistCall,
    /// The estimator that an annotation asks for.
    pub estimator: Option<EstimatorChoice>,
    pub noncentered: Option<Span>,
    pub kl: KlSettings,
    /// The statement of the guide that draws it, where the model writes one.
    pub guide: Option<usize>,
}

/// A distribution applied to expressions; wrappers hold what they wrap.
#[derive(Clone, Debug)]
pub struct DistCall {
    pub dist: DistRef,
    pub form: usize,
    /// In the order of the form; parameters that are distributions or dimensions are not among them.
    pub args: Vec<Expr>,
    pub event: Vec<DimId>,
    pub inner: Option<Box<DistCall>>,
    pub span: Span,
}

impl DistCall {
    /// The distribution whose support the draws have: that of a wrapper is what it wraps, unless it changes it.
    pub fn root(&self) -> &'static dyn Distribution {
        self.root_call().dist.0
    }

    /// Whether its classes are stretches between cutpoints, so that their order means something.
    pub fn cuts_classes(&self) -> bool {
        let params = self.dist.0.signature().forms[self.form].params;
        params.iter().any(|p| p.needs == crate::dist::Needs::Cutpoints)
    }

    pub fn root_call(&self) -> &DistCall {
        match (&self.inner, self.dist.0.signature().support) {
            (Some(inner), crate::dist::Support::Inner) => inner.root_call(),
            _ => self,
        }
    }
}

/// A row of the registry of distributions.
#[derive(Clone, Copy)]
pub struct DistRef(pub &'static dyn Distribution);

impl std::fmt::Debug for DistRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.signature().name)
    }
}

#[derive(Clone, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub ty: Type,
    pub span: Span,
}

impl Expr {
    /// What a factor adds up: without its outermost sums, since its elements are summed anyway. Sums across a window stay.
    pub fn addends(&self, windows: &[Window]) -> &Expr {
        match &self.kind {
            ExprKind::Reduce { how: Reduction::Sum, arg, over }
                if over
                    .iter()
                    .all(|d| arg.ty.dims.contains(d) && !windows.iter().any(|w| w.dim == *d)) =>
            {
                arg.addends(windows)
            }
            _ => self,
        }
    }
}

#[derive(Clone, Debug)]
pub enum ExprKind {
    Number(f64),
    Name(NameId),
    /// The position along a dimension, from 0.
    Position(DimId),
    /// `size(D)`
    Size(DimId),
    /// A row of the table of functions, elementwise over its arguments.
    Call {
        function: &'static super::functions::Function,
        args: Vec<Expr>,
    },
    /// `zeros(K)`, `ones(K)`, `[1, 2, 3]`: literal values along the dimensions of the type, row-major in their order;
    /// one value stands for all.
    Literal(Vec<f64>),
    /// `[theta, 1 - theta]`: scalars along the one dimension of the type.
    Stack(Vec<Expr>),
    /// `sum(x over D)`
    Reduce {
        how: Reduction,
        arg: Box<Expr>,
        over: Vec<DimId>,
    },
    /// `sum(x by county)`: `index` has element `Index(D)`.
    SumBy {
        arg: Box<Expr>,
        index: Box<Expr>,
    },
    /// `softmax(x over D)`, `cumsum(x over D)`
    Along {
        how: Along,
        arg: Box<Expr>,
        over: DimId,
    },
    /// `assignment(x over [row, column])`
    Assignment {
        arg: Box<Expr>,
        over: [DimId; 2],
    },
    /// `a @ b`, over dimensions that both have after the entries of primes.
    Contract {
        left: Box<Expr>,
        right: Box<Expr>,
        over: Vec<DimId>,
    },
    /// Brackets. Each entry replaces one dimension of `base`.
    Index {
        base: Box<Expr>,
        entries: Vec<(DimId, Entry)>,
    },
    /// `onehot(k)`: 1 where the position along `over` is the index, else 0.
    OneHot {
        arg: Box<Expr>,
        over: DimId,
    },
}

#[derive(Clone, Debug)]
pub enum Entry {
    /// From 0.
    Position(u64),
    /// `"Choate"`, looked up when the data are bound.
    Label { text: String, span: Span },
    /// Positions `first` … along `to`, both from 0: slices, renames (`first` 0), primes, diagonals.
    Run { to: DimId, first: u64 },
    /// `t - 1` is −1: stays the same dimension, inside a statement whose windows leave room.
    Shift(i64),
    /// By the value of an expression of element `Index`.
    By(Box<Expr>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reduction {
    Sum,
    Prod,
    Mean,
    Max,
    Min,
    LogSumExp,
    All,
    Any,
    ArgMax,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Along {
    Softmax,
    LogSoftmax,
    Cumsum,
}
