//! From the tree to the model: names, types, symbolic dimensions, supports, estimators. Needs no data.

pub mod flow;
pub mod functions;
pub mod model;
