//! Posterior draws in CmdStan's CSV format, as `arviz.from_cmdstan` and R's posterior read it: settings as comments, then
//! one column per scalar, `beta.2.3`, and one row per draw.

use crate::infer::Draws;
use std::fmt::Write;

/// The columns that samplers fill; a fit has no trajectories, and CmdStan's own variational fits write 0 for `lp__`.
const LEADING: &str = "lp__";

/// `draws.csv` of one fit.
pub fn draws_csv(draws: &Draws, model: &str, seed: u64) -> String {
    let mut out = comments(draws.count, model, seed);
    out.push_str(LEADING);
    for quantity in &draws.quantities {
        for position in &quantity.positions {
            let indices: String = position.iter().map(|i| format!(".{i}")).collect();
            let _ = write!(out, ",{}{indices}", quantity.name);
        }
    }
    out.push('\n');
    for draw in 0..draws.count {
        out.push('0');
        for values in draws.quantities.iter().flat_map(|q| &q.values) {
            let _ = write!(out, ",{}", values[draw]);
        }
        out.push('\n');
    }
    out
}

fn comments(count: usize, model: &str, seed: u64) -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "# elbow_version = {version}\n\
         # model = {model}\n\
         # method = sample (Default)\n\
         #   sample\n\
         #     num_samples = {count}\n\
         #     num_warmup = 0\n\
         #     save_warmup = 0 (Default)\n\
         #     thin = 1 (Default)\n\
         # id = 1\n\
         # random\n\
         #   seed = {seed}\n"
    )
}
