//! Rows as they are written down: values, moments, sums and visits of each, and states.

use super::{Counts, Local, Locals, PARTS, State};
use crate::infer::saved::{Saved, Unfit};
use crate::ir::Graph;

impl Locals {
    pub(in crate::infer) fn save(&self, graph: &Graph, to: &mut Saved) {
        for local in &self.params {
            let (name, rows) = (local.name(graph), local.counts.len());
            let width = PARTS * local.placing.row_len();
            to.put(&format!("fit/rows/{name}"), &[rows, width], local.records.clone());
            let counts = local.counts.iter();
            let counts = counts.flat_map(|c| [c.visits, c.running, c.last].map(u64::from));
            to.put_counts(&format!("fit/visits/{name}"), &[rows, 3], counts.collect());
        }
        for State { state, placing, values, .. } in &self.states {
            let shape = [placing.rows(), placing.row_len()];
            to.put(&format!("fit/state/{state}"), &shape, values.clone());
        }
    }

    pub(in crate::infer) fn load_saved(
        &mut self,
        graph: &Graph,
        from: &Saved,
    ) -> Result<(), Unfit> {
        for local in &mut self.params {
            let name = local.name(graph);
            let records = from.get(&format!("fit/rows/{name}"), local.records.len())?;
            local.records.copy_from_slice(records);
            let counts = from.counts(&format!("fit/visits/{name}"), 3 * local.counts.len())?;
            for (own, &[visits, running, last]) in local.counts.iter_mut().zip(counts.as_chunks().0)
            {
                let [visits, running, last] = [visits, running, last].map(|c| c as u32);
                *own = Counts { visits, running, last };
            }
        }
        for State { state, values, .. } in &mut self.states {
            let len = values.len();
            values.copy_from_slice(from.get(&format!("fit/state/{state}"), len)?);
        }
        Ok(())
    }

    /// Whether the rows of a state lie here.
    pub(in crate::infer) fn has_state(&self, state: usize) -> bool {
        self.states.iter().any(|s| s.state == state)
    }
}

impl Local {
    fn name<'a>(&self, graph: &'a Graph) -> &'a str {
        &graph.params[self.param].name
    }
}
