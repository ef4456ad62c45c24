//! Which words a statement or an expression mentions, of values, functions and dimensions alike.

use super::ast::{
    Arg, DimRef, Entry, EntryIndex, Expr, ExprKind, Ident, Stmt, StmtKind, Target, Type,
};

/// The words of a statement but for those that it declares.
pub fn mentions(stmt: &Stmt) -> Vec<&Ident> {
    let mut found = vec![];
    for annotation in &stmt.annotations {
        args(&annotation.args, &mut found);
    }
    match &stmt.kind {
        StmtKind::Data { ty, .. } => of_type(ty, &mut found),
        StmtKind::Dim { value, .. } | StmtKind::Factor(value) => expr(value, &mut found),
        StmtKind::Param { ty, init, .. } => {
            of_type(ty, &mut found);
            init.iter().for_each(|e| expr(e, &mut found));
        }
        StmtKind::Let { targets, value } => {
            targets.iter().for_each(|t| target(t, &mut found));
            expr(value, &mut found);
        }
        StmtKind::Fn { params, body, .. } => {
            expr(body, &mut found);
            found.retain(|word| params.iter().all(|p| p.text != word.text));
        }
        StmtKind::Net(net) => {
            net.params.iter().chain(&net.results).for_each(|t| target(t, &mut found));
            net.body.iter().for_each(|s| found.extend(mentions(s)));
            expr(&net.value, &mut found);
        }
        StmtKind::Tilde { target: left, dist } => {
            target(left, &mut found);
            expr(dist, &mut found);
        }
        StmtKind::Guide(stmts) => stmts.iter().for_each(|s| found.extend(mentions(s))),
        StmtKind::Fit(settings) => args(settings, &mut found),
    }
    found
}

/// The words of an expression.
pub fn words_of(e: &Expr) -> Vec<&Ident> {
    let mut found = vec![];
    expr(e, &mut found);
    found
}

fn of_type<'a>(ty: &'a Type, found: &mut Vec<&'a Ident>) {
    args(&ty.args, found);
    found.extend(&ty.over);
    found.extend(ty.dims.iter().filter_map(|d| match d {
        DimRef::Named(name) => Some(name),
        DimRef::Size { .. } => None,
    }));
}

fn target<'a>(target: &'a Target, found: &mut Vec<&'a Ident>) {
    entries(&target.entries, found);
}

fn args<'a>(args: &'a [Arg], found: &mut Vec<&'a Ident>) {
    args.iter().for_each(|a| expr(&a.value, found));
}

fn entries<'a>(entries: &'a [Entry], found: &mut Vec<&'a Ident>) {
    for entry in entries {
        found.extend(&entry.dim);
        if let EntryIndex::Expr(index) = &entry.index {
            expr(index, found);
        }
    }
}

fn expr<'a>(e: &'a Expr, found: &mut Vec<&'a Ident>) {
    match &e.kind {
        ExprKind::Number { .. } | ExprKind::Text(_) => {}
        ExprKind::Name(name) => found.push(name),
        ExprKind::Call { callee, args: given, over, by } => {
            found.push(callee);
            args(given, found);
            found.extend(over.iter().chain(by));
        }
        ExprKind::Index { base, entries: inside } => {
            expr(base, found);
            entries(inside, found);
        }
        ExprKind::Prime(base) | ExprKind::Paren(base) | ExprKind::As { base, .. } => {
            expr(base, found);
        }
        ExprKind::Unary { operand, .. } => expr(operand, found),
        ExprKind::Binary { left, right, over, .. } => {
            expr(left, found);
            expr(right, found);
            found.extend(over);
        }
        ExprKind::List(items) | ExprKind::Tuple(items) => {
            items.iter().for_each(|item| expr(item, found));
        }
        ExprKind::Arrow { from, to } => {
            expr(from, found);
            expr(to, found);
        }
        ExprKind::Setting { name, value } => {
            found.push(name);
            expr(value, found);
        }
    }
}
