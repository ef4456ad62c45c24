//! Annotations before a `~` statement: estimators, `@noncentered`, `@kl`.
