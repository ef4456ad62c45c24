//! The order in which statements can be computed: text order, except that draws of the guide come before what reads them.

use super::model::{
    DistCall, Expr, ExprKind, Model, NameId, NameKind, OptionValue, Site, Stmt, StmtKind,
};
use std::collections::BTreeSet;

/// Statements in an order in which each stands below what it reads.
///
/// # Errors
/// Two statements of a circle: a draw, and a statement that reads it and that it needs.
pub(super) fn order(model: &Model) -> Result<Vec<usize>, (usize, usize)> {
    let mut walk = Walk { model, state: vec![State::New; model.stmts.len()], order: vec![] };
    for stmt in 0..model.stmts.len() {
        walk.visit(stmt, stmt)?;
    }
    Ok(walk.order)
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    Open,
    Done,
}

struct Walk<'m> {
    model: &'m Model,
    state: Vec<State>,
    order: Vec<usize>,
}

impl Walk<'_> {
    fn visit(&mut self, stmt: usize, reader: usize) -> Result<(), (usize, usize)> {
        match self.state[stmt] {
            State::Done => return Ok(()),
            State::Open => return Err((stmt, reader)),
            State::New => self.state[stmt] = State::Open,
        }
        for needed in needs(self.model, stmt) {
            self.visit(needed, stmt)?;
        }
        self.state[stmt] = State::Done;
        self.order.push(stmt);
        Ok(())
    }
}

/// The statements that give the names that a statement reads.
fn needs(model: &Model, stmt: usize) -> Vec<usize> {
    let mut names = vec![];
    let mut first = None;
    match &model.stmts[stmt].kind {
        StmtKind::Let { value, .. } | StmtKind::Factor(value) => names_in(value, &mut names),
        StmtKind::Guide(guide) => {
            names_of(&guide.dist, &mut names);
            if let Some((_, site)) = model.tilde_of(guide.name) {
                names.extend(option_names(site));
            }
        }
        StmtKind::Tilde(site) => {
            first = site.guide;
            names_of(&site.dist, &mut names);
            if site.observed {
                names.push(site.name);
            }
            names.extend(option_names(site));
        }
    }
    let of = |name: NameId| match model.name(name).kind {
        NameKind::Let { stmt, .. } => Some(stmt),
        NameKind::Latent { stmt } => match &model.stmts[stmt].kind {
            StmtKind::Tilde(site) => Some(site.guide.unwrap_or(stmt)),
            _ => Some(stmt),
        },
        _ => None,
    };
    first.into_iter().chain(names.into_iter().filter_map(of)).collect()
}

/// What the options of a latent's estimator read.
fn option_names(site: &Site) -> impl Iterator<Item = NameId> {
    let options = site.estimator.iter().flat_map(|e| &e.options);
    options.filter_map(|(_, value)| match value {
        OptionValue::Name(name) => Some(*name),
        _ => None,
    })
}

impl Model {
    /// Params and weights that the guide of a latent reads, by whatever way; none where the model writes none.
    pub fn guide_reads(&self, latent: NameId) -> Vec<NameId> {
        let fitted = |name: &NameId| {
            matches!(self.name(*name).kind, NameKind::Param { .. } | NameKind::Weight(_))
        };
        self.guide_names(latent).into_iter().filter(fitted).collect()
    }

    /// Every name that a statement reads that is no draw of the guide.
    pub fn modelled_reads(&self) -> Vec<NameId> {
        let mut names = vec![];
        for stmt in &self.stmts {
            match &stmt.kind {
                StmtKind::Let { value, .. } | StmtKind::Factor(value) => {
                    names_in(value, &mut names)
                }
                StmtKind::Tilde(site) => names_of(&site.dist, &mut names),
                StmtKind::Guide(_) => {}
            }
        }
        names
    }

    /// Every name that the guide of a latent reads, by whatever way; none where the model writes none.
    pub fn guide_names(&self, latent: NameId) -> Vec<NameId> {
        let mut open = vec![];
        if let Some(dist) = self.tilde_of(latent).and_then(|(_, site)| self.guide_of(site)) {
            names_of(dist, &mut open);
        }
        let (mut seen, mut found) = (BTreeSet::new(), vec![]);
        while let Some(name) = open.pop() {
            if !seen.insert(name) {
                continue;
            }
            found.push(name);
            if let NameKind::Let { stmt, .. } = self.name(name).kind
                && let StmtKind::Let { value, .. } = &self.stmts[stmt].kind
            {
                names_in(value, &mut open);
            }
        }
        found
    }
}

impl Model {
    /// Everything that draws of some names are made from, by whatever way, these names among it; of latents that are `summed`
    /// also what their costs are made from.
    pub fn sources_of(&self, names: &[NameId], summed: &[NameId]) -> BTreeSet<NameId> {
        let (mut open, mut found) = (names.to_vec(), BTreeSet::new());
        while let Some(name) = open.pop() {
            if !found.insert(name) {
                continue;
            }
            open.extend(self.guide_names(name));
            for stmt in &self.stmts {
                let (own, reads) = self.reads(stmt);
                if own == Some(name) || summed.contains(&name) && self.costs(stmt, name) {
                    open.extend(reads.into_iter().chain(own));
                }
            }
        }
        found
    }

    /// What a statement of the model says something of, and what it reads.
    fn reads(&self, stmt: &Stmt) -> (Option<NameId>, Vec<NameId>) {
        let mut reads = vec![];
        let own = match &stmt.kind {
            StmtKind::Let { name, value } => {
                names_in(value, &mut reads);
                Some(*name)
            }
            StmtKind::Factor(value) => {
                names_in(value, &mut reads);
                None
            }
            StmtKind::Tilde(site) => {
                names_of(&site.dist, &mut reads);
                Some(site.name)
            }
            StmtKind::Guide(_) => None,
        };
        (own, reads)
    }

    /// Whether a statement is a cost that some latent reaches.
    fn costs(&self, stmt: &Stmt, latent: NameId) -> bool {
        if !matches!(stmt.kind, StmtKind::Tilde(_) | StmtKind::Factor(_)) {
            return false;
        }
        let (mut open, mut seen) = (self.reads(stmt).1, BTreeSet::new());
        while let Some(name) = open.pop() {
            if let (true, NameKind::Let { stmt, .. }) = (seen.insert(name), &self.name(name).kind) {
                open.extend(self.reads(&self.stmts[*stmt]).1);
            }
        }
        seen.contains(&latent)
    }

    /// The observed data that nothing is made from, guides aside: they can be drawn before there are any.
    pub fn drawn_data(&self) -> Vec<NameId> {
        let mut open = vec![];
        for stmt in &self.stmts {
            match &stmt.kind {
                StmtKind::Tilde(site) => names_of(&site.dist, &mut open),
                StmtKind::Factor(value) => names_in(value, &mut open),
                StmtKind::Let { name, value } if !self.is_hidden(*name) => {
                    names_in(value, &mut open)
                }
                StmtKind::Let { .. } | StmtKind::Guide(_) => {}
            }
        }
        for decl in &self.names {
            if let NameKind::Param { init: Some(init) } = &decl.kind {
                names_in(init, &mut open);
            }
        }
        let mut read = BTreeSet::new();
        while let Some(name) = open.pop() {
            if let (true, NameKind::Let { stmt, .. }) = (read.insert(name), &self.name(name).kind)
                && let StmtKind::Let { value, .. } = &self.stmts[*stmt].kind
            {
                names_in(value, &mut open);
            }
        }
        let names = (0..self.names.len() as u32).map(NameId);
        let is_drawn = |name: &NameId| match &self.name(*name).kind {
            NameKind::Data(data) => data.observed && !read.contains(name),
            _ => false,
        };
        names.filter(is_drawn).collect()
    }

    fn is_hidden(&self, name: NameId) -> bool {
        matches!(self.name(name).kind, NameKind::Let { hidden: true, .. })
    }
}

fn names_of(dist: &DistCall, out: &mut Vec<NameId>) {
    dist.args.iter().for_each(|arg| names_in(arg, out));
    if let Some(inner) = &dist.inner {
        names_of(inner, out);
    }
}

/// Every name that an expression reads.
fn names_in(e: &Expr, out: &mut Vec<NameId>) {
    if let ExprKind::Name(name) = e.kind {
        out.push(name);
    }
    e.parts().into_iter().for_each(|part| names_in(part, out));
}

/// Puts the statements into an order.
pub(super) fn permute(model: &mut Model, order: &[usize]) {
    let mut to = vec![0; order.len()];
    for (now, &before) in order.iter().enumerate() {
        to[before] = now;
    }
    let mut stmts: Vec<_> = std::mem::take(&mut model.stmts).into_iter().map(Some).collect();
    model.stmts = order.iter().filter_map(|&before| stmts[before].take()).collect();
    for name in &mut model.names {
        if let NameKind::Let { stmt, .. } | NameKind::Latent { stmt } = &mut name.kind {
            *stmt = to[*stmt];
        }
    }
    for stmt in &mut model.stmts {
        if let StmtKind::Tilde(site) = &mut stmt.kind {
            site.guide = site.guide.map(|at| to[at]);
        }
    }
}
