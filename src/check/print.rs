//! A model as text, one line per dimension, name and statement: what `--emit model` shows.

use super::model::{
    Along, DimId, DimSize, DistCall, Elem, Entry, Expr, ExprKind, Mark, Model, NameDecl, NameKind,
    Reduction, Stage, StmtKind, Type,
};
use std::fmt::Write;

/// The dump. Indices are shown from 1, as users write them.
pub fn dump(model: &Model) -> String {
    let mut out = String::new();
    for dim in &model.dims {
        let _ = writeln!(out, "dim {}: {}", dim.name, size(model, &dim.size));
    }
    for name in &model.names {
        let _ = writeln!(out, "{} {}: {}", kind(name), name.name, ty(model, &name.ty));
    }
    for stmt in &model.stmts {
        let line = match &stmt.kind {
            StmtKind::Let { name, value } => {
                format!("let {} = {}", model.name(*name).name, expr(model, value))
            }
            StmtKind::Tilde(site) => {
                let verb = if site.observed { "observe" } else { "draw" };
                let (name, dims) = (&model.name(site.name).name, dims(model, &site.dims));
                format!("{verb} {name}{dims} ~ {}", dist(model, &site.dist))
            }
            StmtKind::Guide(guide) => {
                format!("guide {} ~ {}", model.name(guide.name).name, dist(model, &guide.dist))
            }
            StmtKind::Factor(value) => format!("factor {}", expr(model, value)),
        };
        let windows: String = stmt
            .windows
            .iter()
            .map(|w| format!("  [{}: {} back, {} ahead]", model.dim(w.dim).name, w.back, w.ahead))
            .collect();
        let _ = writeln!(out, "{line}{windows}");
    }
    out
}

fn size(model: &Model, size: &DimSize) -> String {
    match size {
        DimSize::FromData => "from data".into(),
        DimSize::Fixed(n) => n.to_string(),
        DimSize::Labels(labels) => format!("{labels:?}"),
        DimSize::Offset { of, by } => format!("{} {by:+}", model.dim(*of).name),
        DimSize::Prime { of } => format!("as {}", model.dim(*of).name),
        DimSize::Literal(n) => format!("{n}, unnamed"),
    }
}

fn kind(name: &NameDecl) -> &'static str {
    match name.kind {
        NameKind::Data(_) => "data",
        NameKind::Param { .. } => "param",
        NameKind::Weight(_) => "weight",
        NameKind::Mask { .. } => "mask",
        NameKind::Let { .. } => "value",
        NameKind::Latent { .. } => "latent",
    }
}

fn ty(model: &Model, ty: &Type) -> String {
    let elem = match ty.elem {
        Elem::Real => format!("real {}", ty.support),
        Elem::Int => format!("int {}", ty.support),
        Elem::Binary => "binary".into(),
        Elem::Index(d) => format!("index({})", model.dim(d).name),
    };
    let mark = ty.mark.map_or(String::new(), |m| {
        let word = match m {
            Mark::Simplex(_) => "simplex",
            Mark::Ordered(_) => "ordered",
            Mark::Cholesky(..) => "cholesky",
            Mark::Cov(..) => "cov",
            Mark::Corr(..) => "corr",
        };
        format!("{word} over {}", dims(model, &m.dims()))
    });
    let stage = match ty.stage {
        Stage::Constant => "constant",
        Stage::Data => "data",
        Stage::Param => "param",
        Stage::Latent => "latent",
    };
    let mut parts = vec![elem, mark, dims(model, &ty.dims), stage.to_string()];
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

fn dims(model: &Model, dims: &[DimId]) -> String {
    if dims.is_empty() {
        return String::new();
    }
    format!("[{}]", join(dims.iter().map(|d| model.dim(*d).name.clone())))
}

fn join(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

fn dist(model: &Model, d: &DistCall) -> String {
    let inner = d.inner.iter().map(|inner| dist(model, inner));
    let args = join(inner.chain(d.args.iter().map(|a| expr(model, a))));
    let event = match d.event.as_slice() {
        [] => String::new(),
        event => format!(" over {}", dims(model, event)),
    };
    format!("{}({args}{event})", d.dist.0.signature().name)
}

fn expr(model: &Model, e: &Expr) -> String {
    let sub = |e: &Expr| expr(model, e);
    match &e.kind {
        ExprKind::Number(x) => x.to_string(),
        ExprKind::Name(name) => model.name(*name).name.clone(),
        ExprKind::Position(d) => format!("position({})", model.dim(*d).name),
        ExprKind::Size(d) => format!("size({})", model.dim(*d).name),
        ExprKind::Call { function, args } => {
            format!("{}({})", function.name, join(args.iter().map(sub)))
        }
        ExprKind::Literal(values) => {
            format!("[{}]{}", join(values.iter().map(f64::to_string)), dims(model, &e.ty.dims))
        }
        ExprKind::Stack(items) => {
            format!("[{}]{}", join(items.iter().map(sub)), dims(model, &e.ty.dims))
        }
        ExprKind::Reduce { how, arg, over } => {
            format!("{}({} over {})", reduction(*how), sub(arg), dims(model, over))
        }
        ExprKind::SumBy { arg, index } => format!("sum({} by {})", sub(arg), sub(index)),
        ExprKind::Along { how, arg, over } => {
            format!("{}({} over {})", along(*how), sub(arg), model.dim(*over).name)
        }
        ExprKind::Assignment { arg, over } => {
            format!("assignment({} over {})", sub(arg), dims(model, over))
        }
        ExprKind::Contract { left, right, over } => {
            format!("({} @ {} over {})", sub(left), sub(right), dims(model, over))
        }
        ExprKind::Index { base, entries } => {
            format!("{}[{}]", sub(base), join(entries.iter().map(|(d, e)| entry(model, *d, e))))
        }
        ExprKind::OneHot { arg, over } => {
            format!("onehot({} over {})", sub(arg), model.dim(*over).name)
        }
    }
}

fn entry(model: &Model, dim: DimId, e: &Entry) -> String {
    let dim = &model.dim(dim).name;
    match e {
        Entry::Position(p) => format!("{dim} = {}", p + 1),
        Entry::Label { text, .. } => format!("{dim} = {text:?}"),
        Entry::Run { to, first } => format!("{dim} = {} from {}", model.dim(*to).name, first + 1),
        Entry::Shift(by) => format!("{dim} = {dim} {by:+}"),
        Entry::By(index) => format!("{dim} = {}", expr(model, index)),
    }
}

fn reduction(how: Reduction) -> &'static str {
    match how {
        Reduction::Sum => "sum",
        Reduction::Prod => "prod",
        Reduction::Mean => "mean",
        Reduction::Max => "max",
        Reduction::Min => "min",
        Reduction::LogSumExp => "logsumexp",
        Reduction::All => "all",
        Reduction::Any => "any",
        Reduction::ArgMax => "argmax",
    }
}

fn along(how: Along) -> &'static str {
    match how {
        Along::Softmax => "softmax",
        Along::LogSoftmax => "log_softmax",
        Along::Cumsum => "cumsum",
    }
}
