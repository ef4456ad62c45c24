//! What a verification found: for people as tables, for programs as JSON.

use super::table::table;
use crate::lab::{
    Element, Estimate, Exact, Member, Oracle, Point, Posterior, Settings, Test, Verification, Worst,
};
use serde_json::{Value, json};

/// Elements of an exact posterior that the screen shows.
const SHOWN: usize = 12;

/// The exact answers and how they were had, then a row for each estimator of each latent. `objective` is what a fit maximises.
pub fn verification_text(
    latents: &[&str],
    found: &Verification,
    posterior: Option<&Posterior>,
    settings: &Settings,
    objective: &str,
) -> String {
    let mut out = exact(latents, &found.oracles);
    if let Some(posterior) = posterior {
        out += &posterior_text(posterior);
    }
    let header =
        ["latent", "estimator", "bias", Point::ALL[0].words(), Point::ALL[1].words(), "verdict"];
    let rows = found.tests.iter().map(row).collect();
    out += &format!("\n{}", table(&header, rows, header.len()));
    let (count, draws, seed) = (settings.gradients, settings.draws, settings.seed);
    out += &format!(
        "\nlargest |z| over the parameters: {count} gradients of {draws} draws each, seed {seed}; \
         an unbiased one passes below {:.2},\nwhich chance exceeds in one of 1000 verifications \
         ({} comparisons, Bonferroni); * is what the plan has\n",
        found.bound, found.comparisons,
    );
    out + &not_of_the_fit(objective)
}

/// The gradients of the laboratory, in the words of an objective.
pub(super) const MEASURED: &str = "elbo";

/// A line that says that a fit maximises something else than what is measured; nothing where it does not.
pub(super) fn not_of_the_fit(objective: &str) -> String {
    match objective {
        MEASURED => String::new(),
        other => format!(
            "these are gradients of the ELBO; a fit maximises `{other}`, whose gradients differ\n"
        ),
    }
}

fn exact(latents: &[&str], oracles: &[Oracle]) -> String {
    let elbo = |o: &Oracle| {
        let Estimate { value, error } = o.elbo;
        let uncertain = if error > 0.0 { format!(" ± {error:.1e}") } else { String::new() };
        format!("{value:.6}{uncertain} at the {} parameters", o.point.words())
    };
    let elbos: Vec<String> = oracles.iter().map(elbo).collect();
    let how = oracles.first().map(|o| o.how.as_slice()).unwrap_or_default();
    let rows = latents.iter().zip(how).map(|(name, how)| vec![(*name).to_string(), how.words()]);
    let table = table(&["latent", "oracle"], rows.collect(), 2);
    format!("ELBO {}\n\n{table}", elbos.join(",\n     "))
}

fn posterior_text(posterior: &Posterior) -> String {
    let mass = |(value, mass): &(String, f64)| format!("{value}: {mass:.4}");
    let words = |e: &Element| match &e.exact {
        Exact::Masses(masses) => masses.iter().map(mass).collect::<Vec<_>>().join("  "),
        Exact::Member(member) => member_text(member),
    };
    let shown = posterior.elements.iter().take(SHOWN);
    let mut rows: Vec<Vec<String>> = shown.map(|e| vec![e.name.clone(), words(e)]).collect();
    if let Some(more @ 1..) = posterior.elements.len().checked_sub(SHOWN) {
        rows.push(vec![format!("… {more} more with --json")]);
    }
    let table = table(&["", "exact posterior"], rows, 2);
    format!("\nlog evidence {:.6}\n\n{table}", posterior.log_evidence)
}

/// `Gamma(11, 4): mean 2.75, sd 0.8292`; a Normal's parameters are these already.
fn member_text(member: &Member) -> String {
    let list =
        |numbers: &[f64], by: &str| numbers.iter().map(|&x| number(x)).collect::<Vec<_>>().join(by);
    let name = format!("{}({})", member.family, list(&member.args, ", "));
    if member.args == [member.mean[0], member.sd[0]] {
        return name;
    }
    format!("{name}: mean {}, sd {}", list(&member.mean, " "), list(&member.sd, " "))
}

/// Six digits, without zeros behind.
fn number(x: f64) -> String {
    let rounded: f64 = format!("{x:.5e}").parse().unwrap_or(x);
    rounded.to_string()
}

fn row(test: &Test) -> Vec<String> {
    let star = if test.planned { " *" } else { "" };
    let own = [test.latent.clone(), test.estimator.clone() + star, test.bias.describe().into()];
    let z = Point::ALL.map(|point| {
        let worst = test.worst.iter().find(|w| w.point == point);
        worst.map_or("none".into(), |w| format!("{:.2}", w.z.abs()))
    });
    own.into_iter().chain(z).chain([test.verdict.words().to_string()]).collect()
}

/// One object; numbers that are not finite are null.
pub fn verification_json(
    latents: &[&str],
    found: &Verification,
    posterior: Option<&Posterior>,
    settings: &Settings,
    objective: &str,
) -> Value {
    json!({
        "measured": MEASURED,
        "objective": objective,
        "seed": settings.seed,
        "gradients": settings.gradients,
        "draws": settings.draws,
        "bound": found.bound,
        "comparisons": found.comparisons,
        "exact": found.oracles.iter().map(|o| oracle_json(latents, o)).collect::<Vec<_>>(),
        "posterior": posterior.map(posterior_json),
        "tests": found.tests.iter().map(test_json).collect::<Vec<_>>(),
    })
}

pub(super) fn oracle_json(latents: &[&str], oracle: &Oracle) -> Value {
    let parameters = oracle.labels.iter().zip(&oracle.gradient);
    let gradient: serde_json::Map<String, Value> =
        parameters.map(|(name, g)| (name.clone(), estimate(*g))).collect();
    let how: serde_json::Map<String, Value> = latents
        .iter()
        .zip(&oracle.how)
        .map(|(l, h)| ((*l).to_string(), json!(h.words())))
        .collect();
    json!({
        "point": oracle.point.words(),
        "oracle": how,
        "elbo": estimate(oracle.elbo),
        "gradient": gradient,
    })
}

fn posterior_json(posterior: &Posterior) -> Value {
    let mut masses = serde_json::Map::new();
    let mut members = serde_json::Map::new();
    for Element { name, exact } in &posterior.elements {
        match exact {
            Exact::Masses(of) => {
                let of: serde_json::Map<String, Value> =
                    of.iter().map(|(value, mass)| (value.clone(), json!(mass))).collect();
                masses.insert(name.clone(), json!(of));
            }
            Exact::Member(Member { family, args, mean, sd }) => {
                let member = json!({ "family": family, "args": args, "mean": mean, "sd": sd });
                members.insert(name.clone(), member);
            }
        }
    }
    json!({ "log_evidence": posterior.log_evidence, "masses": masses, "members": members })
}

fn test_json(test: &Test) -> Value {
    json!({
        "latent": test.latent,
        "estimator": test.estimator,
        "bias": test.bias.describe(),
        "planned": test.planned,
        "verdict": test.verdict.words(),
        "worst": test.worst.iter().map(worst_json).collect::<Vec<_>>(),
    })
}

fn worst_json(worst: &Worst) -> Value {
    json!({
        "point": worst.point.words(),
        "parameter": worst.parameter,
        "z": worst.z,
        "mean": estimate(worst.mean),
        "exact": estimate(worst.exact),
    })
}

pub(super) fn estimate(Estimate { value, error }: Estimate) -> Value {
    json!({ "value": value, "error": error })
}
