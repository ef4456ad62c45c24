//! Layers: calls that own weights. They stand in nets, and run along every dimension that the net does not map over.

use super::functions;
use super::literal::constant;
use super::model::{
    DimId, Elem, Entry, Expr, ExprKind, Init, Interval, NameDecl, NameId, NameKind, Stage, Type,
    Weight,
};
use super::{Checker, dims, errors};
use crate::source::Span;
use crate::syntax::ast;

/// A layer as `elbow list functions` shows it.
pub struct Kind {
    pub name: &'static str,
    pub usage: &'static str,
    pub doc: &'static str,
}

/// Every layer.
pub static LAYERS: &[Kind] = &[
    Kind {
        name: "dense",
        usage: "dense(x, out, bias = true, init = fan_in over d)",
        doc: "x times a weight matrix over all dimensions of one example (or d), plus a bias",
    },
    Kind {
        name: "embedding",
        usage: "embedding(k, out, init = normal)",
        doc: "a learnt vector for each position of an index",
    },
    Kind {
        name: "layer_norm",
        usage: "layer_norm(x over d)",
        doc: "x less its mean, over its standard deviation, with a learnt gain and shift",
    },
    Kind {
        name: "dropout",
        usage: "dropout(x, rate)",
        doc: "in a step, each element is 0 with the chance of the rate, else over 1 − rate; reports see all",
    },
];

/// Ways to begin, by the names that `init = …` takes.
const INITS: &[(&str, Init)] = &[
    ("fan_in", Init::FanIn),
    ("glorot", Init::Glorot),
    ("he", Init::He),
    ("lecun", Init::Lecun),
    ("normal", Init::Normal),
    ("zeros", Init::Zeros),
];

/// What a layer was at the first call of its net.
#[derive(Clone)]
pub(super) struct Layer {
    /// What it contracts, normalises or picks along.
    from: Vec<DimId>,
    to: Vec<DimId>,
    /// The axes of the weight that stand for `to`.
    axes: Vec<DimId>,
    pub(super) weight: NameId,
    pub(super) bias: Option<NameId>,
}

/// What the arguments of a layer say beside its input.
pub(super) struct Options {
    pub(super) to: Vec<DimId>,
    pub(super) bias: bool,
    pub(super) init: Init,
}

pub(super) fn is_layer(name: &str) -> bool {
    LAYERS.iter().any(|l| l.name == name)
}

impl Checker {
    pub(super) fn layer(
        &mut self,
        callee: &ast::Ident,
        args: &[ast::Arg],
        over: &[ast::Ident],
        span: Span,
    ) -> Option<Expr> {
        let x = match args.first() {
            Some(first) if first.name.is_none() => self.expr(&first.value),
            _ => return self.fail(errors::layer_of_nothing(callee)),
        };
        if callee.text == "dropout" {
            return self.dropout(callee, x, &args[1..], over, span);
        }
        let place = self.next_layer(callee)?;
        let options = self.layer_options(callee, &args[1..], place.1);
        let over: Option<Vec<DimId>> = over.iter().map(|d| self.dim_named(d)).collect();
        let (x, options, over) = (x?, options?, over?);
        match callee.text.as_str() {
            "dense" => self.dense(x, &options, over, place, span),
            "embedding" => self.embedding(x, &options, place, span),
            _ => self.layer_norm(x, over, place, span),
        }
    }

    /// The net that a layer stands in, and its place there.
    fn next_layer(&mut self, callee: &ast::Ident) -> Option<(String, usize)> {
        let found = self.scope.calls.last_mut().and_then(|frame| {
            let inside = frame.inside.as_mut()?;
            inside.layers += 1;
            Some((frame.function.clone(), inside.layers))
        });
        match found {
            Some(place) => Some(place),
            None => self.fail(errors::layer_outside(callee)),
        }
    }

    fn layer_options(
        &mut self,
        callee: &ast::Ident,
        args: &[ast::Arg],
        place: usize,
    ) -> Option<Options> {
        let known = self.scope.calls.last().map(|f| (f.function.clone(), place));
        let known = known.and_then(|place| self.nets.layers.get(&place)).map(|l| l.to.clone());
        let init = if callee.text == "embedding" { Init::Normal } else { Init::FanIn };
        let mut options = Options { to: vec![], bias: true, init };
        let mut sound = true;
        for (i, arg) in args.iter().enumerate() {
            let name = arg.name.as_ref().map(|n| n.text.as_str());
            match (callee.text.as_str(), name) {
                ("dense" | "embedding", None) if i == 0 => match &known {
                    Some(to) => options.to.clone_from(to),
                    None => match self.outputs(&arg.value) {
                        Some(to) => options.to = to,
                        None => sound = false,
                    },
                },
                ("dense", Some("bias")) => match &arg.value.kind {
                    ast::ExprKind::Number { text, .. } if text == "true" || text == "false" => {
                        options.bias = text == "true";
                    }
                    _ => return self.fail(errors::layer_option(callee, arg, &["true", "false"])),
                },
                ("dense" | "embedding", Some("init")) => {
                    let word = match &arg.value.kind {
                        ast::ExprKind::Name(word) => word.text.as_str(),
                        _ => "",
                    };
                    let Some((_, init)) = INITS.iter().find(|(n, _)| *n == word) else {
                        let names: Vec<&str> = INITS.iter().map(|(n, _)| *n).collect();
                        return self.fail(errors::layer_option(callee, arg, &names));
                    };
                    options.init = *init;
                }
                _ => return self.fail(errors::layer_argument(callee, arg)),
            }
        }
        sound.then_some(options)
    }

    /// `hidden`, `[variable, class]`, `3`
    fn outputs(&mut self, e: &ast::Expr) -> Option<Vec<DimId>> {
        match &e.kind {
            ast::ExprKind::Paren(inner) => self.outputs(inner),
            ast::ExprKind::List(items) => {
                let dims: Vec<Option<DimId>> = items.iter().map(|i| self.output(i)).collect();
                let dims: Vec<DimId> = dims.into_iter().collect::<Option<_>>()?;
                let spans: Vec<Span> = items.iter().map(|i| i.span).collect();
                self.expect_distinct(&dims, &spans)?;
                Some(dims)
            }
            _ => self.output(e).map(|d| vec![d]),
        }
    }

    fn output(&mut self, e: &ast::Expr) -> Option<DimId> {
        if let ast::ExprKind::Name(name) = &e.kind {
            return self.dim_named(name);
        }
        match constant(e) {
            Some(n) if n >= 1.0 && n.fract() == 0.0 && n <= f64::from(u32::MAX) => {
                Some(self.literal_dim(n as u64, e.span))
            }
            _ => self.fail(errors::not_a_dimension(e.span)),
        }
    }

    /// The layer at a place: as its first call made it, which later calls have to agree with.
    pub(super) fn layer_at(
        &mut self,
        place: (String, usize),
        kind: &'static str,
        from: Vec<DimId>,
        options: &Options,
        span: Span,
    ) -> Option<Layer> {
        let mapped = self.inside().map(|i| i.mapped.clone()).unwrap_or_default();
        if let Some(&taken) = options.to.iter().find(|d| mapped.contains(d)) {
            return self.fail(errors::layer_along_mapped(span, &self.dim_name(taken)));
        }
        if let Some(layer) = self.nets.layers.get(&place).cloned() {
            if layer.from != from {
                let (first, now) = (self.dim_list(&layer.from), self.dim_list(&from));
                return self.fail(errors::other_weights(&place.0, span, &first, &now));
            }
            return Some(layer);
        }
        let mut axes: Vec<DimId> = vec![];
        for &dim in &options.to {
            let taken: Vec<DimId> =
                from.iter().chain(&axes).chain(&mapped).chain(&options.to).copied().collect();
            let own = from.contains(&dim);
            axes.push(if own { self.free_axis(dim, &taken, span) } else { dim });
        }
        let name = |part: &str| format!("{}.{kind}{}.{part}", place.0, place.1);
        let both: Vec<DimId> = from.iter().chain(&axes).copied().collect();
        let (shape, init, shift) = match kind {
            "layer_norm" => (from.clone(), Init::Ones, Init::Zeros),
            _ => (both, options.init, Init::bias_of(options.init)),
        };
        let fan = |dims: &[DimId]| dims.to_vec();
        let baseline = self.nets.in_baseline;
        let decays = kind != "layer_norm";
        let weight = Weight { init, from: fan(&from), to: fan(&axes), baseline, decays };
        let bias = Weight { init: shift, decays: false, ..weight.clone() };
        let weight = self.add_weight(name("weight"), shape, weight, span);
        let along = if kind == "layer_norm" { &from } else { &options.to };
        let has_bias = kind != "embedding" && options.bias;
        let bias = has_bias.then(|| self.add_weight(name("bias"), along.clone(), bias, span));
        let layer = Layer { from, to: options.to.clone(), axes, weight, bias };
        self.nets.layers.insert(place, layer.clone());
        Some(layer)
    }

    fn add_weight(&mut self, name: String, dims: Vec<DimId>, weight: Weight, span: Span) -> NameId {
        let (elem, support) = (Elem::Real, Interval::REAL);
        let ty = Type { elem, support, mark: None, dims, stage: Stage::Param };
        self.add_name(NameDecl { name, span, kind: NameKind::Weight(weight), ty })
    }

    pub(super) fn weight_of(&self, name: NameId, span: Span) -> Expr {
        Expr { kind: ExprKind::Name(name), ty: self.model.name(name).ty.clone(), span }
    }

    fn dense(
        &mut self,
        x: Expr,
        options: &Options,
        over: Vec<DimId>,
        place: (String, usize),
        span: Span,
    ) -> Option<Expr> {
        let x = self.expect_number(x)?;
        let mut from = if over.is_empty() { self.own_dims(&x) } else { over };
        if let Some(&missing) = from.iter().find(|d| !x.ty.dims.contains(d)) {
            let (dim, has) = (self.dim_name(missing), self.dim_list(&x.ty.dims));
            return self.fail(errors::layer_over_missing(x.span, &dim, &has));
        }
        from.sort();
        let layer = self.layer_at(place, "dense", from, options, span)?;
        let weight = self.weight_of(layer.weight, span);
        let mut product = self.weighed(x, weight, &layer.from, span)?;
        for (&axis, &to) in layer.axes.iter().zip(&layer.to) {
            if axis != to {
                dims::rename(&mut product, axis, to);
            }
        }
        let Some(bias) = layer.bias else { return Some(product) };
        let bias = self.weight_of(bias, span);
        self.apply(functions::operator("+"), vec![product, bias], span)
    }

    pub(super) fn expect_number(&mut self, x: Expr) -> Option<Expr> {
        match x.ty.elem {
            Elem::Index(dim) => {
                let dim = self.dim_name(dim);
                self.fail(errors::index_as_input(x.span, &dim))
            }
            _ => Some(x),
        }
    }

    /// x @ w over `from`; of a single number, x times w.
    fn weighed(&mut self, x: Expr, w: Expr, from: &[DimId], span: Span) -> Option<Expr> {
        if from.is_empty() {
            return self.apply(functions::operator("*"), vec![x, w], span);
        }
        let all = super::apply::union([x.ty.dims.as_slice(), &w.ty.dims]);
        let ty = Type {
            elem: Elem::Real,
            support: Interval::REAL,
            mark: None,
            dims: all.into_iter().filter(|d| !from.contains(d)).collect(),
            stage: x.ty.stage.max(w.ty.stage),
        };
        let (left, right) = (Box::new(x), Box::new(w));
        Some(Expr { kind: ExprKind::Contract { left, right, over: from.to_vec() }, ty, span })
    }

    fn embedding(
        &mut self,
        k: Expr,
        options: &Options,
        place: (String, usize),
        span: Span,
    ) -> Option<Expr> {
        let Elem::Index(of) = k.ty.elem else {
            return self.fail(errors::embedding_of_what(k.span));
        };
        let layer = self.layer_at(place, "embedding", vec![of], options, span)?;
        let base = Box::new(self.weight_of(layer.weight, span));
        let dims = k.ty.dims.iter().chain(&layer.axes).copied().collect();
        let ty = Type { dims, stage: k.ty.stage.max(Stage::Param), ..base.ty.clone() };
        let entries = vec![(of, Entry::By(Box::new(k)))];
        let mut picked = Expr { kind: ExprKind::Index { base, entries }, ty, span };
        for (&axis, &to) in layer.axes.iter().zip(&layer.to) {
            if axis != to {
                dims::rename(&mut picked, axis, to);
            }
        }
        Some(picked)
    }
}

impl Init {
    /// Biases begin like PyTorch's where weights do, else at 0.
    fn bias_of(init: Init) -> Init {
        if init == Init::FanIn { Init::FanIn } else { Init::Zeros }
    }
}
