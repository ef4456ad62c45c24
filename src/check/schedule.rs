//! Schedules: `anneal(…)`, `cosine(…)`, a number.
