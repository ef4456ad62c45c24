//! All tests, in one binary: it links once.

mod graphs;
mod lowerings;
mod special;
mod ui;
