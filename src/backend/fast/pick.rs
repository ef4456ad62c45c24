//! Picks by more positions than an instruction has operands for: the walk of a scatter, the other way round.

use super::walk::{Index, Walk};
use super::writer::Val;
use crate::backend::simd::{Isa, Lane};
use crate::ir::{Graph, NodeId, Op};
use std::cell::RefCell;

/// `Op::Index` with where its arguments and its result lie.
#[derive(Debug)]
pub(super) struct Pick<E> {
    walk: Walk<E>,
    from: *const E,
    /// Room for the places of a row.
    offsets: RefCell<Vec<u32>>,
}

impl<E: Lane> Pick<E> {
    pub(super) fn new(graph: &Graph, id: NodeId, args: &[Val<E>], out: &Val<E>) -> Self {
        let node = graph.node(id);
        let Op::Index(entries) = &node.op else {
            unreachable!("only an index picks");
        };
        let index = Index {
            entries,
            args: &node.args,
            vals: args,
            elements: out,
            shape: &node.shape,
            array: &args[0],
        };
        let walk = Walk::new(graph, index);
        let offsets = RefCell::new(vec![0; walk.lanes()]);
        Self { walk, from: args[0].ptr, offsets }
    }

    pub(super) fn run(&self, isa: Isa) {
        let (lanes, step) = (self.walk.lanes(), self.walk.step());
        self.walk.each_row(
            isa,
            0..lanes,
            &mut self.offsets.borrow_mut(),
            |first, place, offsets| {
                for (i, &offset) in offsets.iter().enumerate() {
                    // SAFETY: places lie within the array, elements within the result, which does not overlap it.
                    unsafe { *first.add(i * step) = *self.from.add(place + offset as usize) };
                }
            },
        );
    }
}
