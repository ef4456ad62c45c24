//! Which columns of a file a model can want, so that a reader may leave out the others.

use crate::check::model::{Columns, Model, NameKind};

/// The columns that somebody wants; without a model, all of them.
#[derive(Clone, Copy, Default)]
pub(super) struct Wanted<'m>(pub(super) Option<&'m Model>);

impl Wanted<'_> {
    /// Of the columns of one file, whether each is wanted. `target` is the datum that the file is for.
    pub(super) fn among(&self, target: Option<&str>, columns: &[String]) -> Vec<bool> {
        let Some(model) = self.0 else { return vec![true; columns.len()] };
        let mut wanted = vec![target.is_some() && columns.len() == 1; columns.len()];
        let mut want = |from: &str, to: &str| {
            let place = |name: &str| columns.iter().position(|c| c == name);
            if let Some(first) = place(from) {
                let last = place(to).filter(|last| *last >= first).unwrap_or(first);
                wanted[first..=last].fill(true);
            }
        };
        for dim in &model.dims {
            want(&dim.name, &dim.name);
        }
        for decl in &model.names {
            match &decl.kind {
                NameKind::Data(data) => match &data.columns {
                    None => want(&decl.name, &decl.name),
                    Some(Columns::Name(name)) => want(name, name),
                    Some(Columns::Run { first, last }) => want(first, last),
                },
                _ => continue,
            }
        }
        wanted
    }
}
