//! The nodes of the tape in words: what `--emit graph` prints.

use super::partition::Part;
use super::schedule::needed;
use crate::ir::{Graph, Op};

/// A line per node: what it is, the statements it computes, what it reads.
pub(super) fn lines(graph: &Graph, parts: &[Part]) -> String {
    let mut lines = String::new();
    for (k, part) in parts.iter().enumerate().filter(|(_, part)| !part.outputs.is_empty()) {
        let kind = if k == 0 { "guide" } else { "cost" };
        let inputs = part.inputs.iter().filter(|i| matches!(graph.op(i.0), Op::Param(_))).count();
        let shared = part.inputs.len() - inputs;
        let (ops, statements) = (part.nodes.len(), statements(part).join("; "));
        lines += &format!(
            "{kind} {k}: {statements} [{ops} ops; reads {inputs} parameters, {shared} other values]\n"
        );
    }
    if parts.len() > 2 {
        lines += &format!("sum of {} costs\n", parts.len() - 1);
    }
    lines
}

/// The names of the statements that a part's nodes come from, in order, each once.
fn statements(part: &Part) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for id in needed(&part.graph, &part.outputs) {
        let name = part.graph.origins[part.graph.node(id).origin.0 as usize].name.as_str();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
