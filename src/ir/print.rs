//! A graph as text, one node per line: number, dimensions, op and arguments, and the statement that it came from.

use super::{Dim, Entry, Graph, NodeId, Op, Real};
use std::fmt::Write;

/// The ancestors of `roots` and these, arguments before users. What `--emit ir` prints.
pub fn dump(graph: &Graph, roots: &[NodeId]) -> String {
    let line = |id| line(graph, id) + "\n";
    graph.ancestors(roots.iter().copied()).into_iter().map(line).collect()
}

/// One node: `%7 [school=8] = mul %3 %5    # theta ~ Normal(mu, tau)`.
pub fn line(graph: &Graph, id: NodeId) -> String {
    let node = graph.node(id);
    let mut text =
        format!("%{} [{}] = {}", id.0, dims(graph, node.shape.dims()), op(graph, &node.op));
    for arg in &node.args {
        let _ = write!(text, " %{}", arg.0);
    }
    let origin = &graph.origins[node.origin.0 as usize].name;
    format!("{text:<60} # {origin}")
}

fn dims(graph: &Graph, dims: &[Dim]) -> String {
    let dim = |&d| {
        let info = graph.dim_info(d);
        match info.whole {
            Some(whole) => format!("{}={} of {whole}", info.name, info.size),
            None => format!("{}={}", info.name, info.size),
        }
    };
    dims.iter().map(dim).collect::<Vec<_>>().join(", ")
}

/// An op in words, without its arguments.
pub fn op(graph: &Graph, op: &Op) -> String {
    let name = |d: &Dim| graph.dim_info(*d).name.clone();
    let over = |dims: &[Dim]| dims.iter().map(name).collect::<Vec<_>>().join(", ");
    match op {
        Op::Const(Real(x)) => format!("{x}"),
        Op::Data(i) => format!("data {}", graph.data[*i as usize].name),
        Op::Batch(i) => format!("batch {}", graph.batches[*i as usize].name),
        Op::Param(i) => format!("param {}", graph.params[*i as usize].name),
        Op::Noise(i) => {
            let noise = &graph.noises[*i as usize];
            format!("noise {} {:?}", noise.name, noise.kind)
        }
        Op::Knob(i) => format!("knob {}", graph.knobs[*i as usize].name),
        Op::State(i) => format!("state {}", graph.states[*i as usize].name),
        Op::Iota(dim) => format!("iota over {}", name(dim)),
        Op::Unary(op) => format!("{op:?}").to_lowercase(),
        Op::Binary(op) => format!("{op:?}").to_lowercase(),
        Op::Select => "select".into(),
        Op::Stop => "stop".into(),
        Op::Expand(dims) => format!("expand to {}", over(dims)),
        Op::Reduce(how, dims) => {
            format!("{} over {}", format!("{how:?}").to_lowercase(), over(dims))
        }
        Op::ArgMax(dim) => format!("argmax over {}", name(dim)),
        Op::Cumsum { dim, reverse: false } => format!("cumsum over {}", name(dim)),
        Op::Cumsum { dim, reverse: true } => format!("cumsum from the end over {}", name(dim)),
        Op::Contract(dims) => format!("contract over {}", over(dims)),
        Op::Index(entries) => format!("index {}", places(graph, entries)),
        Op::Scatter { entries, .. } => format!("scatter {}", places(graph, entries)),
        Op::TriSolve { transposed: false, .. } => "solve triangular".into(),
        Op::TriSolve { transposed: true, .. } => "solve transposed triangular".into(),
        Op::Assign { row, col } => format!("assign {} to {}", name(row), name(col)),
        Op::Draw(sampler) => format!("draw {sampler:?}"),
        Op::Slope(sampler, by) => format!("slope of {sampler:?} by {by}"),
    }
}

/// Entries as in `[school = 3, t = 1 + s, county = %arg 1]`; positions count from 0.
fn places(graph: &Graph, entries: &[(Dim, Entry)]) -> String {
    let name = |d: Dim| &graph.dim_info(d).name;
    let place = |&(dim, entry): &(Dim, Entry)| match entry {
        Entry::At(i) => format!("{} = {i}", name(dim)),
        Entry::Run { to, start: 0 } => format!("{} = {}", name(dim), name(to)),
        Entry::Run { to, start } => format!("{} = {} + {start}", name(dim), name(to)),
        Entry::By(arg) => format!("{} = arg {arg}", name(dim)),
    };
    format!("[{}]", entries.iter().map(place).collect::<Vec<_>>().join(", "))
}
