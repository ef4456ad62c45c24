//! The weights of nets, as later passes read them: plain data.

use super::model::DimId;

/// How the weights of a layer begin.
#[derive(Clone, Debug)]
pub struct Weight {
    pub init: Init,
    /// The dimensions that the layer sums over, and those that it gives.
    pub from: Vec<DimId>,
    pub to: Vec<DimId>,
    /// Whether it belongs to a baseline.
    pub baseline: bool,
    /// Whether weight decay shrinks it: neither biases nor what normalises.
    pub decays: bool,
}

/// First values of weights, by fan-in n and fan-out m.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Init {
    /// Uniform within ±1/√n.
    FanIn,
    /// Uniform within ±√(6/(n + m)) (Glorot & Bengio 2010).
    Glorot,
    /// Normal with variance 2/n (He et al. 2015).
    He,
    /// Normal with variance 1/n (LeCun et al. 1998).
    Lecun,
    /// Standard normal.
    Normal,
    Zeros,
    Ones,
}
