//! What a question can mention, and how an expression of it is computed: names are declared as data with the types of the
//! model, and the arrays of random ones have the draws as one dimension more, which the lowering carries along.

use super::tree;
use crate::check::check;
use crate::check::model::{DimDecl, DimId, DimSize, Elem, Model, NameDecl, NameKind, Type};
use crate::check::plan::Plan;
use crate::data::{self, Array, Bound, BoundDim};
use crate::diag::{Diagnostic, Diagnostics};
use crate::estimator::Value;
use crate::ir::{self, Dim};
use crate::lower::{Mode, Problem, lower};
use crate::source::Span;
use crate::syntax::ast;
use std::collections::HashMap;
use std::sync::Arc;

/// The name of the dimension of draws.
const DRAW: &str = "draw";

/// Declared names, and the arrays of those that are needed.
#[derive(Clone)]
pub(super) struct World {
    /// Whose types the names have.
    pub(super) model: Arc<Model>,
    /// Of each dimension whose size is known.
    pub(super) dims: Vec<Axis>,
    /// And names that were computed since.
    pub(super) functions: Vec<ast::Stmt>,
    pub(super) arrays: HashMap<String, Plain>,
    /// What parts of a question were computed to, with the model that their types belong to.
    pub(super) parts: Vec<(String, Type, Arc<Model>)>,
    pub(super) draws: usize,
}

#[derive(Clone)]
pub(super) struct Axis {
    pub(super) name: String,
    pub(super) size: usize,
    pub(super) labels: Option<Arc<[String]>>,
}

/// An array without a type: the dimensions in the order of its values, the last ones fastest.
#[derive(Clone)]
pub(super) struct Plain {
    pub(super) dims: Vec<String>,
    pub(super) values: Vec<f64>,
}

/// A computed expression.
pub(super) struct Computed {
    pub(super) ty: Type,
    pub(super) model: Arc<Model>,
    /// Of each dimension of the type, in its order.
    pub(super) axes: Vec<Axis>,
    /// Row-major along the dimensions of the type, and along the draws where there are any.
    pub(super) values: Vec<f64>,
    /// 1 where the value does not depend on the draw.
    pub(super) draws: usize,
    /// Element operations that it took.
    pub(super) work: f64,
    pub(super) warnings: Diagnostics,
}

impl World {
    /// Checks an expression among the names.
    fn checked(&self, expr: &ast::Expr) -> Result<(Model, Diagnostics), Diagnostics> {
        let named = |axis: &&Axis| axis.name.parse::<u64>().is_err() && !axis.name.ends_with('\'');
        let mut stmts: Vec<ast::Stmt> = self
            .dims
            .iter()
            .filter(named)
            .map(|a| tree::dim(&a.name, a.size, a.labels.as_deref()))
            .collect();
        stmts.push(tree::dim(&self.draw(), self.draws.max(1), None));
        let named = |decl: &&NameDecl| match decl.kind {
            NameKind::Weight(_) | NameKind::Mask { .. } | NameKind::Let { hidden: true, .. } => {
                false
            }
            NameKind::Data(_)
            | NameKind::Param { .. }
            | NameKind::Let { .. }
            | NameKind::Latent { .. } => true,
        };
        for decl in self.model.names.iter().filter(named) {
            stmts.push(tree::datum(&self.model, &decl.name, &decl.ty, &[]));
        }
        for (name, ty, model) in &self.parts {
            stmts.push(tree::datum(model, name, ty, &[]));
        }
        stmts.extend(self.functions.iter().cloned());
        stmts.push(tree::answer(expr.clone()));
        let (model, found) = check(&ast::Program { stmts, comments: vec![] });
        let told: Diagnostics = found.iter().filter_map(about_the_question).collect();
        match found.has_errors() {
            true => Err(told),
            false => Ok((model, told)),
        }
    }

    /// What the dimension of draws is called; a model may have one of this name for itself.
    pub(super) fn draw(&self) -> String {
        draw_name(&self.model).into()
    }

    /// The value of an expression.
    pub(super) fn compute(&self, expr: &ast::Expr) -> Result<Computed, Diagnostics> {
        let (model, warnings) = self.checked(expr)?;
        let model = Arc::new(model);
        let Some(answer) = model.find_name(tree::ANSWER) else {
            unreachable!("a checked question has an answer");
        };
        let bound = self.bind(&model)?;
        let axes: Vec<Axis> = model.dims.iter().zip(&bound.dims).map(axis).collect();
        let texts = model.stmts.iter().map(|_| String::new()).collect();
        let plan = Arc::new(Plan {
            latents: vec![],
            sums: vec![],
            batches: Default::default(),
            objective: Default::default(),
            masks: false,
        });
        let problem = Problem { bound: Arc::new(bound), plan, texts, seed: 0 };
        let mut assembly = lower(&problem, Mode::Report, 1);
        let Some(Value::Plain(node)) = assembly.values[answer.0 as usize] else {
            unreachable!("data are not relaxed");
        };
        let ty = model.name(answer).ty.clone();
        let draw = model.find_dim(&self.draw()).map(|d| assembly.dims[d.0 as usize]);
        let listed = ty.dims.iter().any(|d| Some(assembly.dims[d.0 as usize]) == draw);
        let drawn = draw.filter(|&d| !listed && assembly.graph.has_dim(node, d));
        let dims = ty.dims.iter().map(|d| assembly.dims[d.0 as usize]);
        let dims: Vec<Dim> = dims.chain(drawn).collect();
        let node = assembly.graph.expand(node, &dims);
        let values = row_major(&assembly.graph, &ir::constant(&assembly.graph, node), node, &dims);
        Ok(Computed {
            axes: ty.dims.iter().map(|d| axes[d.0 as usize].clone()).collect(),
            draws: drawn.map_or(1, |d| assembly.graph.size(d)),
            work: self.arrays.values().map(|a| a.values.len() as f64).sum::<f64>()
                + assembly.graph.operations(),
            ty,
            values,
            model,
            warnings,
        })
    }

    fn bind(&self, model: &Arc<Model>) -> Result<Bound, Diagnostics> {
        let sizes = model.sizes();
        let axis = |name: &str| self.dims.iter().find(|a| a.name == name);
        let dims: Vec<BoundDim> = model
            .dims
            .iter()
            .zip(sizes)
            .map(|(decl, size)| {
                let known = axis(&decl.name);
                let labels = match &decl.size {
                    DimSize::Labels(labels) => Some(labels.as_slice().into()),
                    _ => known.and_then(|a| a.labels.clone()),
                };
                let size = known.map(|a| a.size).or(size).unwrap_or(1);
                BoundDim { size, labels }
            })
            .collect();
        let wrong = data::check_entries(model, &dims);
        if wrong.has_errors() {
            return Err(wrong);
        }
        let array = |plain: &Plain| {
            let id = |name: &String| model.find_dim(name);
            let dims: Option<Vec<DimId>> = plain.dims.iter().map(id).collect();
            Some(Array::new(dims?, plain.values.clone()))
        };
        let values = model.names.iter().map(|n| self.arrays.get(&n.name).and_then(array)).collect();
        Ok(Bound::new(model.clone(), dims, values, vec![]))
    }

    /// Keeps a computed part under a name that cannot be typed, its draws as a dimension that can be named where `listed`.
    pub(super) fn keep(&mut self, computed: Computed, listed: bool) -> String {
        let name = format!("part {}", self.parts.len() + 1);
        let mut ty = computed.ty;
        let mut model = (*computed.model).clone();
        let mut dims: Vec<String> = computed.axes.iter().map(|a| a.name.clone()).collect();
        if computed.draws > 1 {
            dims.push(self.draw());
            if listed {
                let draw = model.find_dim(&self.draw()).unwrap_or_else(|| {
                    model.dims.push(DimDecl {
                        name: self.draw(),
                        size: DimSize::Fixed(self.draws as u64),
                        span: Span::default(),
                    });
                    DimId(model.dims.len() as u32 - 1)
                });
                ty.dims.push(draw);
                ty.mark = None;
            }
        }
        for axis in &computed.axes {
            if self.dims.iter().all(|a| a.name != axis.name) {
                self.dims.push(axis.clone());
            }
        }
        self.arrays.insert(name.clone(), Plain { dims, values: computed.values });
        self.parts.push((name.clone(), ty, Arc::new(model)));
        name
    }

    /// The same with some of the draws.
    pub(super) fn with_draws(&self, keep: &dyn Fn(usize) -> bool) -> World {
        let mut world = self.clone();
        let draw = self.draw();
        world.draws = (0..self.draws).filter(|&i| keep(i)).count();
        for array in world.arrays.values_mut() {
            if array.dims.last() == Some(&draw) {
                let all = array.values.iter().enumerate();
                let kept = all.filter(|(i, _)| keep(i % self.draws)).map(|(_, x)| *x);
                array.values = kept.collect();
            }
        }
        world
    }
}

/// The name of the dimension of draws beside those of a model.
pub(super) fn draw_name(model: &Model) -> &'static str {
    if model.find_dim(DRAW).is_some() { "draw of the posterior" } else { DRAW }
}

fn axis((decl, bound): (&DimDecl, &BoundDim)) -> Axis {
    Axis { name: decl.name.clone(), size: bound.size, labels: bound.labels.clone() }
}

/// From the layout of a node to row-major along `dims`.
pub(super) fn row_major(g: &ir::Graph, laid: &[f64], node: ir::NodeId, dims: &[Dim]) -> Vec<f64> {
    let shape = g.shape(node);
    let strides = shape.strides(g);
    let stride = |d: Dim| shape.iter().position(|s| s == d).map_or(0, |i| strides[i]);
    let axes: Vec<(usize, usize)> = dims.iter().map(|&d| (g.size(d), stride(d))).collect();
    let count: usize = axes.iter().map(|(size, _)| size).product();
    let place = |flat: usize| {
        let (mut rest, mut place) = (flat, 0);
        for &(size, stride) in axes.iter().rev() {
            place += rest % size * stride;
            rest /= size;
        }
        laid[place]
    };
    (0..count).map(place).collect()
}

/// A message about what was typed; labels of declarations that nobody typed are left out. `None` for warnings about those.
fn about_the_question(diagnostic: &Diagnostic) -> Option<Diagnostic> {
    let typed = |span: Span| span != Span::default();
    let at = diagnostic.primary.as_ref().is_some_and(|l| typed(l.span));
    let mut told = diagnostic.clone();
    told.others.retain(|l| typed(l.span));
    at.then_some(told)
}

/// Whether values of this kind are positions, which count from 0 inside.
pub(super) fn is_position(ty: &Type) -> bool {
    matches!(ty.elem, Elem::Index(_))
}
