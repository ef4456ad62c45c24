//! The tree that the parser builds, one-to-one with the grammar. Nothing is resolved here: whether `f(x)` is a function,
//! a distribution or a net is the checker's to say.

use crate::source::Span;

#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    pub stmts: Vec<Stmt>,
    /// Every comment with its place, text from `#` on; the formatter puts them back.
    pub comments: Vec<Ident>,
}

/// A name as written, with its primes counted apart: `n''` is `text: "n"`, `primes: 2`.
#[derive(Clone, Debug, PartialEq)]
pub struct Ident {
    pub text: String,
    pub primes: u8,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Stmt {
    pub annotations: Vec<Annotation>,
    pub kind: StmtKind,
    /// Without the annotations.
    pub span: Span,
}

/// `@gumbel_softmax(tau = 0.5)`
#[derive(Clone, Debug, PartialEq)]
pub struct Annotation {
    pub name: Ident,
    pub args: Vec<Arg>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum StmtKind {
    /// `data y: real[school] from "Score"`
    Data {
        name: Ident,
        ty: Type,
        from: Option<Columns>,
    },
    /// `dim K = 3`, `dim rating = ["low", "high"]`, `dim cut = rating - 1`
    Dim {
        name: Ident,
        value: Expr,
    },
    /// `param w: positive[D] = 1.0`
    Param {
        name: Ident,
        ty: Type,
        init: Option<Expr>,
    },
    /// `eta = X @ beta`, `s[t] = …`, `(m, s) = encode(x)`
    Let {
        targets: Vec<Target>,
        value: Expr,
    },
    /// `fn f(a, b) = a + b`
    Fn {
        name: Ident,
        params: Vec<Ident>,
        body: Expr,
    },
    Net(Net),
    /// `z[n] ~ Normal(0, 1)`
    Tilde {
        target: Target,
        dist: Expr,
    },
    Factor(Expr),
    Guide(Vec<Stmt>),
    /// `fit { steps = 2000 }`: the settings, as named arguments.
    Fit(Vec<Arg>),
}

/// `net decode(z[code]) -> [pixel] { … }`; the last statement of the body is its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Net {
    pub name: Ident,
    pub params: Vec<Target>,
    pub results: Vec<Target>,
    pub body: Vec<Stmt>,
    pub value: Expr,
}

/// What stands left of `~` or `=`: a name and its dimensions, or starts such as `[t = 1]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Empty for a net's unnamed result.
    pub name: Ident,
    pub entries: Vec<Entry>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Columns {
    Name(Ident),
    Run { first: Ident, last: Ident },
}

/// `real(0, 1)?[school]`, `index(K, from = 0)[n]`, `simplex over K[n]`
#[derive(Clone, Debug, PartialEq)]
pub struct Type {
    pub element: Ident,
    pub args: Vec<Arg>,
    pub over: Vec<Ident>,
    pub optional: bool,
    pub dims: Vec<DimRef>,
    pub span: Span,
}

/// A dimension in a type or on a left side: a name, or an anonymous literal size.
#[derive(Clone, Debug, PartialEq)]
pub enum DimRef {
    Named(Ident),
    Size { size: u64, span: Span },
}

/// An argument, by position (`name` empty) or by name.
#[derive(Clone, Debug, PartialEq)]
pub struct Arg {
    pub name: Option<Ident>,
    pub value: Expr,
    pub span: Span,
}

/// An entry of a bracket.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// `d` of `x[d = 3]`.
    pub dim: Option<Ident>,
    pub index: EntryIndex,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum EntryIndex {
    Expr(Expr),
    /// `2:5`, both ends included.
    Slice {
        first: u64,
        last: u64,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// The value, and the text, which the formatter keeps (`1e-3`, `20_000`); `true` is 1 and `false` 0.
    Number {
        value: f64,
        text: String,
    },
    /// A quoted label or column name, without its quotes.
    Text(String),
    Name(Ident),
    /// `f(args over D)`, `f(args by d)`; the callee is resolved by the checker.
    Call {
        callee: Ident,
        args: Vec<Arg>,
        over: Vec<Ident>,
        by: Option<Ident>,
    },
    Index {
        base: Box<Expr>,
        entries: Vec<Entry>,
    },
    /// `x'` where `x` is not a bare name.
    Prime(Box<Expr>),
    /// `beta as k`
    As {
        base: Box<Expr>,
        name: Ident,
    },
    Unary {
        op: UnaryOp,
        operand: Box<Expr>,
    },
    Binary {
        op: BinaryOp,
        op_span: Span,
        left: Box<Expr>,
        right: Box<Expr>,
        over: Vec<Ident>,
    },
    /// `["low", "high"]`, `[1, 2]`
    List(Vec<Expr>),
    /// `(loc, scale)` as a net's value.
    Tuple(Vec<Expr>),
    /// `a -> b` in a schedule.
    Arrow {
        from: Box<Expr>,
        to: Box<Expr>,
    },
    /// `image = 128` inside a setting such as `batch image = 128`, whose argument is named `batch`.
    Setting {
        name: Ident,
        value: Box<Expr>,
    },
    /// `(expr)`: kept so that the formatter keeps it.
    Paren(Box<Expr>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    Neg,
    Not,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    Div,
    Pow,
    /// `@`
    Contract,
    Lt,
    Le,
    Gt,
    Ge,
    Eq,
    Ne,
    And,
    Or,
}
