//! The tree in readable indented form, for `--emit ast`: a node a line, its parts below it.

use super::ast::{self, ExprKind, StmtKind};
use std::fmt::Write;

/// A program as text, without spans and comments.
pub fn dump(program: &ast::Program) -> String {
    let mut dump = Dump { out: String::new(), depth: 0 };
    dump.stmts(&program.stmts);
    dump.out
}

struct Dump {
    out: String,
    depth: usize,
}

impl Dump {
    fn stmts(&mut self, stmts: &[ast::Stmt]) {
        for stmt in stmts {
            for annotation in &stmt.annotations {
                self.args(&format!("annotation {}", annotation.name.text), &annotation.args);
            }
            self.stmt(&stmt.kind);
        }
    }

    fn stmt(&mut self, stmt: &StmtKind) {
        match stmt {
            StmtKind::Data { name, ty, from } => self.node(&format!("data {}", ident(name)), |d| {
                d.ty(ty);
                match from {
                    Some(ast::Columns::Name(column)) => {
                        d.leaf(&format!("from {:?}", column.text));
                    }
                    Some(ast::Columns::Run { first, last }) => {
                        d.leaf(&format!("from {:?} to {:?}", first.text, last.text));
                    }
                    None => {}
                }
            }),
            StmtKind::Dim { name, value } => {
                self.node(&format!("dim {}", ident(name)), |d| d.expr(value));
            }
            StmtKind::Param { name, ty, init } => {
                self.node(&format!("param {}", ident(name)), |d| {
                    d.ty(ty);
                    init.iter().for_each(|init| d.expr(init));
                });
            }
            StmtKind::Let { targets, value } => self.node("let", |d| {
                d.targets(targets);
                d.expr(value);
            }),
            StmtKind::Fn { name, params, body } => {
                let params = params.iter().map(ident).collect::<Vec<_>>().join(", ");
                self.node(&format!("fn {}({params})", ident(name)), |d| d.expr(body));
            }
            StmtKind::Net(net) => self.net(net),
            StmtKind::Tilde { target, dist } => self.node("tilde", |d| {
                d.target(target);
                d.expr(dist);
            }),
            StmtKind::Factor(value) => self.node("factor", |d| d.expr(value)),
            StmtKind::Guide(stmts) => self.node("guide", |d| d.stmts(stmts)),
            StmtKind::Fit(args) => self.args("fit", args),
        }
    }

    fn net(&mut self, net: &ast::Net) {
        self.node(&format!("net {}", ident(&net.name)), |d| {
            d.node("inputs", |d| d.targets(&net.params));
            d.node("results", |d| d.targets(&net.results));
            d.stmts(&net.body);
            d.node("value", |d| d.expr(&net.value));
        });
    }

    fn ty(&mut self, ty: &ast::Type) {
        let mut text = format!("type {}", ident(&ty.element));
        text += &over(&ty.over);
        text += if ty.optional { " optional" } else { "" };
        let dims: Vec<_> = ty.dims.iter().map(dim_ref).collect();
        if !dims.is_empty() {
            text += &format!(" [{}]", dims.join(", "));
        }
        self.args(&text, &ty.args);
    }

    fn targets(&mut self, targets: &[ast::Target]) {
        targets.iter().for_each(|target| self.target(target));
    }

    fn target(&mut self, target: &ast::Target) {
        let name = format!("target {}", ident(&target.name));
        self.node(name.trim_end(), |d| d.entries(&target.entries));
    }

    fn entries(&mut self, entries: &[ast::Entry]) {
        for entry in entries {
            let dim = entry.dim.as_ref().map_or(String::new(), |d| format!(" {} =", ident(d)));
            match &entry.index {
                ast::EntryIndex::Expr(index) => self.node(&format!("at{dim}"), |d| d.expr(index)),
                ast::EntryIndex::Slice { first, last } => {
                    self.leaf(&format!("at{dim} {first}:{last}"));
                }
            }
        }
    }

    fn args(&mut self, text: &str, args: &[ast::Arg]) {
        self.node(text, |d| {
            for arg in args {
                match &arg.name {
                    Some(name) => d.node(&format!("{} =", ident(name)), |d| d.expr(&arg.value)),
                    None => d.expr(&arg.value),
                }
            }
        });
    }

    fn expr(&mut self, expr: &ast::Expr) {
        match &expr.kind {
            ExprKind::Number { text, .. } => self.leaf(text),
            ExprKind::Text(text) => self.leaf(&format!("{text:?}")),
            ExprKind::Name(name) => self.leaf(&ident(name)),
            ExprKind::Call { callee, args, over: dims, by } => {
                let by = by.as_ref().map_or(String::new(), |b| format!(" by {}", ident(b)));
                self.args(&format!("call {}{}{by}", ident(callee), over(dims)), args);
            }
            ExprKind::Index { base, entries } => self.node("index", |d| {
                d.expr(base);
                d.entries(entries);
            }),
            ExprKind::Prime(base) => self.node("prime", |d| d.expr(base)),
            ExprKind::As { base, name } => {
                self.node(&format!("as {}", ident(name)), |d| d.expr(base));
            }
            ExprKind::Unary { op, operand } => self.node(unary(*op), |d| d.expr(operand)),
            ExprKind::Binary { op, left, right, over: dims, .. } => {
                self.pair(&format!("{}{}", binary(*op), over(dims)), left, right);
            }
            ExprKind::List(items) => self.node("list", |d| items.iter().for_each(|i| d.expr(i))),
            ExprKind::Tuple(items) => self.node("tuple", |d| items.iter().for_each(|i| d.expr(i))),
            ExprKind::Arrow { from, to } => self.pair("->", from, to),
            ExprKind::Setting { name, value } => {
                self.node(&format!("{} =", ident(name)), |d| d.expr(value));
            }
            ExprKind::Paren(inner) => self.node("( )", |d| d.expr(inner)),
        }
    }

    fn pair(&mut self, text: &str, left: &ast::Expr, right: &ast::Expr) {
        self.node(text, |d| {
            d.expr(left);
            d.expr(right);
        });
    }

    fn node(&mut self, text: &str, parts: impl FnOnce(&mut Self)) {
        self.leaf(text);
        self.depth += 1;
        parts(self);
        self.depth -= 1;
    }

    fn leaf(&mut self, text: &str) {
        let indent = 2 * self.depth;
        writeln!(self.out, "{:indent$}{text}", "").expect("writing to a String cannot fail");
    }
}

fn ident(ident: &ast::Ident) -> String {
    ident.text.clone() + &"'".repeat(ident.primes.into())
}

fn dim_ref(dim: &ast::DimRef) -> String {
    match dim {
        ast::DimRef::Named(name) => ident(name),
        ast::DimRef::Size { size, .. } => size.to_string(),
    }
}

fn over(dims: &[ast::Ident]) -> String {
    if dims.is_empty() {
        return String::new();
    }
    format!(" over [{}]", dims.iter().map(ident).collect::<Vec<_>>().join(", "))
}

fn unary(op: ast::UnaryOp) -> &'static str {
    match op {
        ast::UnaryOp::Neg => "negate",
        ast::UnaryOp::Not => "not",
    }
}

fn binary(op: ast::BinaryOp) -> &'static str {
    use ast::BinaryOp as B;
    match op {
        B::Add => "+",
        B::Sub => "-",
        B::Mul => "*",
        B::Div => "/",
        B::Pow => "^",
        B::Contract => "@",
        B::Lt => "<",
        B::Le => "<=",
        B::Gt => ">",
        B::Ge => ">=",
        B::Eq => "==",
        B::Ne => "!=",
        B::And => "and",
        B::Or => "or",
    }
}
