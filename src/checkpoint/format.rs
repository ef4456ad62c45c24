//! Checkpoints as bytes, and back.

use super::Checkpoint;
use super::about::{About, FORMAT, Standing};
use crate::infer::{Numbers, Param, Saved};
use safetensors::tensor::{Dtype, TensorView, View};
use safetensors::{SafeTensors, serialize};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::HashMap;

/// Why bytes are no checkpoint.
pub(super) enum Fault {
    Damaged(String),
    /// Of another layout, by another version.
    Format {
        written: u64,
        by: String,
    },
}

/// The one key of the metadata: with several their order, and so the bytes, would be left to chance.
const KEY: &str = "elbow";
/// What names of the state have, and names of parameters cannot.
const STATE: char = '/';

/// What the metadata say.
#[derive(Serialize, Deserialize)]
struct Header {
    #[serde(flatten)]
    about: About,
    standing: Standing,
    /// The dimensions of each parameter, in the order of the model.
    params: Vec<(String, Vec<String>)>,
}

struct Tensor<'a> {
    shape: &'a [usize],
    dtype: Dtype,
    bytes: Vec<u8>,
}

impl View for Tensor<'_> {
    fn dtype(&self) -> Dtype {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        self.bytes.as_slice().into()
    }

    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}

pub(super) fn bytes(checkpoint: &Checkpoint) -> Vec<u8> {
    let Checkpoint { about, standing, params, state } = checkpoint;
    let dims = params.iter().map(|p| (p.name.clone(), p.dims.clone())).collect();
    let header = Header { about: about.clone(), standing: standing.clone(), params: dims };
    let Ok(text) = serde_json::to_string(&header) else {
        unreachable!("settings, texts and sizes have a JSON form");
    };
    let wide = |values: &[f64]| values.iter().flat_map(|x| x.to_le_bytes()).collect();
    let own = params.iter().map(|p| {
        let bytes = wide(&p.values);
        (p.name.as_str(), Tensor { shape: &p.sizes, dtype: Dtype::F64, bytes })
    });
    let states = state.0.iter().map(|(name, (shape, numbers))| {
        let (dtype, bytes) = match numbers {
            Numbers::F64(x) => (Dtype::F64, wide(x)),
            Numbers::U64(x) => (Dtype::U64, x.iter().flat_map(|x| x.to_le_bytes()).collect()),
        };
        (name.as_str(), Tensor { shape, dtype, bytes })
    });
    let metadata = HashMap::from([(KEY.to_string(), text)]);
    let Ok(bytes) = serialize(own.chain(states), Some(metadata)) else {
        unreachable!("shapes are those of the numbers");
    };
    bytes
}

pub(super) fn read(bytes: &[u8]) -> Result<Checkpoint, Fault> {
    let damaged = |why: &dyn std::fmt::Display| Fault::Damaged(why.to_string());
    let tensors = SafeTensors::deserialize(bytes).map_err(|e| damaged(&e))?;
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(|e| damaged(&e))?;
    let text = metadata.metadata().as_ref().and_then(|m| m.get(KEY));
    let text = text.ok_or_else(|| damaged(&"Elbow did not write it"))?;
    let value: Value = serde_json::from_str(text).map_err(|e| damaged(&e))?;
    if value["format"] != FORMAT {
        let by = value["elbow"].as_str().unwrap_or("another version").to_string();
        return Err(Fault::Format { written: value["format"].as_u64().unwrap_or(0), by });
    }
    let Header { about, standing, params } =
        serde_json::from_value(value).map_err(|e| damaged(&e))?;
    let param = |(name, dims): (String, Vec<String>)| {
        let view = tensors.tensor(&name).map_err(|e| damaged(&e))?;
        let (sizes, numbers) = numbers(&view)?;
        match numbers {
            Numbers::F64(values) if sizes.len() == dims.len() => {
                Ok(Param { name, dims, sizes, values })
            }
            _ => Err(damaged(&format!("`{name}` is another array"))),
        }
    };
    let params = params.into_iter().map(param).collect::<Result<_, _>>()?;
    let states = tensors.iter().filter(|(name, _)| name.contains(STATE));
    let state = states.map(|(name, view)| Ok((name.to_string(), numbers(&view)?)));
    let state = Saved(state.collect::<Result<_, Fault>>()?);
    Ok(Checkpoint { about, standing, params, state })
}

fn numbers(view: &TensorView) -> Result<(Vec<usize>, Numbers), Fault> {
    let data = view.data();
    let words = || data.as_chunks::<8>().0.iter().copied();
    let numbers = match view.dtype() {
        Dtype::F64 => Numbers::F64(words().map(f64::from_le_bytes).collect()),
        Dtype::U64 => Numbers::U64(words().map(u64::from_le_bytes).collect()),
        other => return Err(Fault::Damaged(format!("numbers of type {other:?}"))),
    };
    Ok((view.shape().to_vec(), numbers))
}
