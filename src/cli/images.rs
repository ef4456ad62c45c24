//! `--images pixel=28x28`: a dimension whose positions are the pixels of pictures.

use super::errors;
use crate::check::model::{DimId, Elem, Model, NameId, NameKind};
use crate::diag::Diagnostic;
use crate::infer::{Draws, Param, Scene, Tile, mean_tiles, param_tiles, reconstructions, samples};
use crate::lower::Problem;
use crate::report::{Frame, image_grid, pair_grid};

#[derive(clap::Args, Clone, Debug)]
pub(super) struct ImageArgs {
    /// Draw what the model makes of data with this dimension, its positions as rows of pixels
    #[arg(long = "images", value_name = "DIM=ROWSxCOLUMNS", value_parser = ask)]
    asks: Vec<Ask>,
}

/// `pixel=28x28`
#[derive(Clone, Debug)]
struct Ask {
    dim: String,
    frame: Frame,
}

/// A dimension as pictures, and the observed data that have it.
#[derive(Clone, Debug)]
pub(super) struct Images {
    along: DimId,
    frame: Frame,
    data: Vec<Datum>,
}

#[derive(Clone, Debug)]
struct Datum {
    name: NameId,
    /// `x`, or `x_pixel` where several of its dimensions are pictures.
    file: String,
    range: Option<(f64, f64)>,
}

fn ask(text: &str) -> Result<Ask, String> {
    let words = "a dimension, `=`, and its rows and columns are needed, as in `pixel=28x28`";
    let (dim, size) = text.split_once('=').ok_or(words)?;
    let (rows, columns) = size.split_once(['x', '×']).ok_or(words)?;
    let count = |text: &str| text.trim().parse::<usize>().ok().filter(|n| *n > 0);
    match (dim.trim(), count(rows), count(columns)) {
        (dim, Some(rows), Some(columns)) if !dim.is_empty() => {
            Ok(Ask { dim: dim.into(), frame: Frame { rows, columns } })
        }
        _ => Err(words.into()),
    }
}

impl ImageArgs {
    /// As they were typed, for a checkpoint.
    pub(super) fn words(&self) -> Vec<String> {
        let word = |a: &Ask| format!("{}={}x{}", a.dim, a.frame.rows, a.frame.columns);
        self.asks.iter().map(word).collect()
    }

    /// From a checkpoint.
    pub(super) fn of_words(words: &[String]) -> Self {
        Self { asks: words.iter().filter_map(|word| ask(word).ok()).collect() }
    }

    /// # Errors
    /// E0430 where the model has no such dimension, E0431 where its size is another, E0432 where no observed datum has it.
    pub(super) fn find(&self, problem: &Problem) -> Result<Vec<Images>, Diagnostic> {
        let model = &problem.bound.model;
        let mut found: Vec<Images> = vec![];
        for Ask { dim, frame } in &self.asks {
            let along =
                model.find_dim(dim).ok_or_else(|| errors::no_such_picture_dim(dim, model))?;
            let size = problem.bound.dims[along.0 as usize].size;
            if frame.rows.checked_mul(frame.columns) != Some(size) {
                return Err(errors::pictures_do_not_fit(dim, size, *frame));
            }
            let data = data(model, along);
            if data.is_empty() {
                return Err(errors::nothing_to_picture(dim, model));
            }
            found.retain(|images| images.along != along);
            found.push(Images { along, frame: *frame, data });
        }
        let dims: Vec<DimId> = found.iter().map(|i| i.along).collect();
        for images in &mut found {
            let along = images.along;
            for datum in &mut images.data {
                let own = &model.name(datum.name).ty.dims;
                if own.iter().filter(|d| dims.contains(d)).count() > 1 {
                    datum.file = format!("{}_{}", datum.file, model.dim(along).name);
                }
            }
        }
        Ok(found)
    }
}

/// The observed data that have a dimension.
fn data(model: &Model, along: DimId) -> Vec<Datum> {
    let datum = |name: NameId| {
        let decl = model.name(name);
        let support = decl.ty.support;
        let range = match decl.ty.elem {
            Elem::Binary => Some((0.0, 1.0)),
            _ => Some((support.low, support.high)),
        };
        let range = range.filter(|(low, high)| low.is_finite() && high.is_finite());
        decl.ty.dims.contains(&along).then(|| Datum { name, file: decl.name.clone(), range })
    };
    model.observed().filter_map(datum).collect()
}

/// A fit whose pictures are drawn.
pub(super) struct Pictured<'a> {
    pub(super) problem: &'a Problem,
    pub(super) params: &'a [Param],
    /// Reconstructions are of these data, as far as the guide knows new rows.
    pub(super) held_out: Option<&'a Problem>,
    pub(super) draws: &'a Draws,
    pub(super) seed: u64,
}

/// The files of a fit's pictures.
pub(super) fn files(images: &[Images], fit: &Pictured) -> Vec<(String, Vec<u8>)> {
    let Pictured { problem, params, held_out, draws, seed } = *fit;
    let model = &problem.bound.model;
    let mut files = vec![];
    for Images { along, frame, data } in images {
        let mut add = |kind: &str, name: &str, bytes| {
            files.push((format!("images/{kind}_{name}.png"), bytes));
        };
        let (along, frame) = (*along, *frame);
        for Datum { name, file, range } in data {
            let scene = |most| Scene { datum: *name, along, most };
            let tiles = samples(problem, Some(params), scene(frame.most()), seed);
            add("samples", file, image_grid(&tiles, frame, *range));
            let shown = scene(frame.most_pairs());
            let pairs = reconstructions(problem, held_out, params, shown, seed).pairs;
            add("reconstructions", file, pair_grid(&pairs, frame, *range));
        }
        for q in draws.quantities.iter().filter(|q| q.dims.contains(&along)) {
            add("mean", &q.name, plain(&mean_tiles(q, along, frame.most()), frame));
        }
        let weights = params.iter().filter(|p| {
            let decl = model.find_name(&p.name).map(|id| model.name(id));
            decl.is_some_and(|d| {
                matches!(d.kind, NameKind::Weight(_)) && d.ty.dims.contains(&along)
            })
        });
        for weight in weights {
            let tiles = param_tiles(weight, &model.dim(along).name, frame.most());
            add("weights", &weight.name, plain(&tiles, frame));
        }
    }
    files
}

/// The pictures of data that a model draws, before a fit or with its parameters.
pub(super) fn samples_alone(
    images: &[Images],
    problem: &Problem,
    fitted: Option<&[Param]>,
    seed: u64,
) -> Vec<(String, Vec<u8>)> {
    let mut files = vec![];
    for Images { along, frame, data } in images {
        for Datum { name, file, range } in data {
            let scene = Scene { datum: *name, along: *along, most: frame.most() };
            let tiles = samples(problem, fitted, scene, seed);
            files.push((format!("{file}.png"), image_grid(&tiles, *frame, *range)));
        }
    }
    files
}

fn plain(tiles: &[Tile], frame: Frame) -> Vec<u8> {
    image_grid(tiles, frame, None)
}
