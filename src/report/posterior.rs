//! Summaries and histories: the posterior table on the screen, `summary.csv` and `history.csv` in the folder.

use super::batch::sample_words;
use super::table::{short, table};
use super::{Elbos, HeldOutElbo, Rows};
use crate::infer::{History, MOST_NUMBERS, Summary};

/// Rows of one name that the screen shows.
const SHOWN: usize = 12;

/// The table on the screen. Long names are cut, with a line that says so and where the rest is.
pub fn posterior_table(summary: &[Summary], rest_in: &str) -> String {
    let mut rows = vec![];
    for group in summary.chunk_by(|a, b| base(&a.name) == base(&b.name)) {
        let shown = if group.len() > SHOWN + 1 { SHOWN } else { group.len() };
        rows.extend(group[..shown].iter().map(row));
        if shown < group.len() {
            rows.push(vec![format!("… {} more{rest_in}", group.len() - shown)]);
        }
    }
    table(&["", "mean", "sd", "5%", "50%", "95%"], rows, 1)
}

/// A line for each unknown that has too many elements to be reported, with how many they are.
pub fn left_out_lines(left_out: &[(&str, usize)], fit: &str) -> String {
    let line = |(name, count): &(&str, usize)| match *count <= MOST_NUMBERS / 2 {
        true => format!(
            "… {name} has {count} elements; `elbow sample --fit {fit} --out draws.npz` writes them\n"
        ),
        false => format!("… {name} has {count} elements, too many to be drawn\n"),
    };
    left_out.iter().map(line).collect()
}

/// The ELBO and the bound with their standard errors, and what was optimised instead where that is another quantity.
pub fn elbo_lines(elbos: &Elbos) -> String {
    let mut out = format!("ELBO {:.2} ± {:.2}\n", elbos.elbo.mean, elbos.elbo.se);
    if let Some((name, bound)) = &elbos.bound {
        out.push_str(&format!("{name} {:.2} ± {:.2}\n", bound.mean, bound.se));
    }
    if let Some(sample) = sample_words(&elbos.sampled) {
        out.push_str(&format!("from {sample}; `elbo_rows = all` takes all\n"));
    }
    if let Some(optimised) = elbos.optimised {
        out.push_str(&format!(
            "optimised {optimised:.2}: relaxed or weighted, not the ELBO of the model\n"
        ));
    }
    out
}

/// Figures of held-out data, for each row where rows are counted.
pub fn held_out_lines(held_out: &[HeldOutElbo]) -> String {
    let line = |h: &HeldOutElbo| {
        let sample = match &h.sampled[..] {
            [one] => format!(", from a random sample of {}", one.rows),
            several => {
                sample_words(several).map_or(String::new(), |words| format!(", from {words}"))
            }
        };
        match (&h.elbo, &h.rows) {
            (Ok(elbo), Some(Rows { name, count })) => {
                let each = |x: f64| x / *count as f64;
                let (mean, se) = (each(elbo.mean), each(elbo.se));
                format!("test {} {mean:.3} ± {se:.3} per {name} of {count}{sample}\n", h.name)
            }
            (Ok(elbo), None) => format!("test {} {:.2} ± {:.2}\n", h.name, elbo.mean, elbo.se),
            (Err(param), _) => format!(
                "test {}: none, `{param}` belongs to the rows of the fit; let a `guide` compute it from data\n",
                h.name
            ),
        }
    };
    held_out.iter().map(line).collect()
}

fn row(s: &Summary) -> Vec<String> {
    let numbers = [s.mean, s.sd, s.q05, s.q50, s.q95].map(short);
    std::iter::once(s.name.clone()).chain(numbers).collect()
}

/// `theta` of `theta[3]`.
fn base(name: &str) -> &str {
    name.split('[').next().unwrap_or(name)
}

/// `name,mean,sd,q05,q50,q95`
pub fn summary_csv(summary: &[Summary]) -> Vec<u8> {
    let rows = summary.iter().map(|s| {
        let numbers = [s.mean, s.sd, s.q05, s.q50, s.q95].map(|x| x.to_string());
        std::iter::once(s.name.clone()).chain(numbers).collect()
    });
    csv(["name", "mean", "sd", "q05", "q50", "q95"].map(String::from).into(), rows)
}

/// The columns of a history.
pub fn history_csv(history: &History) -> Vec<u8> {
    let rows = history.rows.iter().map(|row| row.iter().map(f64::to_string).collect());
    csv(history.columns.clone(), rows)
}

fn csv(header: Vec<String>, rows: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(vec![]);
    let written = std::iter::once(header).chain(rows).try_for_each(|row| writer.write_record(row));
    match written.map(|()| writer.into_inner()) {
        Ok(Ok(bytes)) => bytes,
        _ => unreachable!("rows are as long as the header, and memory takes them all"),
    }
}
