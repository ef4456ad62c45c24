//! The plan, latent by latent: how each is guided and estimated, why, and what would be exact.

use super::table::table;
use crate::check::elimination::Sum;
use crate::check::model::{
    DimId, DistCall, Elem, Mark, Model, ObjectiveChoice, OptionValue, Schedule, Site, StmtKind,
    Type,
};
use crate::check::plan::{LatentPlan, Plan};
use crate::estimator::{Aim, OptionValues};
use crate::lower::{Kl, sketch};
use serde::Serialize;

/// One latent of a plan, in words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LatentRow {
    pub latent: String,
    pub dims: Vec<String>,
    pub distribution: String,
    pub support: String,
    /// Dimensions that every path to every cost keeps.
    pub keeps: Vec<String>,
    pub mixes: Vec<String>,
    /// Joint values per element of the kept dimensions, where finite and known.
    pub joint_values: Option<String>,
    pub guide: &'static str,
    pub kl: &'static str,
    pub estimator: &'static str,
    pub options: Vec<(&'static str, String)>,
    pub bias: &'static str,
    pub why: String,
    /// The line to type for the exact estimator.
    pub exact: Option<String>,
}

/// One exact sum of a plan, in words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SumRow {
    pub latent: String,
    /// Its table has a value per element of these dimensions.
    pub per: Vec<String>,
    /// Other summed latents that the table runs along.
    pub beside: Vec<String>,
    /// Values per element, where known.
    pub table: Option<String>,
}

/// The exact sums of a plan, in the order in which they are taken.
pub fn sum_rows(model: &Model, plan: &Plan) -> Vec<SumRow> {
    let name = |row: usize| model.name(plan.latents[row].name).name.clone();
    let row = |sum: &Sum| SumRow {
        latent: name(sum.latent),
        per: names(model, &plan.latents[sum.latent].kept(model)),
        beside: sum.beside.iter().map(|&row| name(row)).collect(),
        table: sum.table.map(|t| t.to_string()),
    };
    plan.sums.iter().map(row).collect()
}

/// The rows of a plan, in sampling order. Needs no data.
pub fn latent_rows(model: &Model, plan: &Plan) -> Vec<LatentRow> {
    plan.latents.iter().map(|l| latent_row(model, plan.objective, l)).collect()
}

fn latent_row(model: &Model, objective: ObjectiveChoice, plan: &LatentPlan) -> LatentRow {
    let StmtKind::Tilde(site) = &model.stmts[plan.stmt].kind else {
        unreachable!("plans are of `~` statements");
    };
    let aim = objective.aim(&site.dims);
    let sketch = sketch(site, plan, aim);
    LatentRow {
        latent: model.name(plan.name).name.clone(),
        dims: names(model, &site.dims),
        distribution: distribution(&site.dist),
        support: support(model, &model.name(plan.name).ty),
        keeps: names(model, &plan.kept(model)),
        mixes: names(model, &plan.flows.mixed()),
        joint_values: plan.joint.map(|j| j.to_string()),
        guide: sketch.guide,
        kl: kl(sketch.kl),
        estimator: plan.estimator,
        options: plan
            .options
            .iter()
            .map(|(name, value)| (*name, option(plan, name, value)))
            .collect(),
        bias: plan.bias().describe(),
        why: plan.reason.clone() + noncentered(site) + shared(objective, aim),
        exact: plan.exact.clone(),
    }
}

fn noncentered(site: &Site) -> &'static str {
    if site.noncentered.is_some() { "; drawn in standard units" } else { "" }
}

fn shared(objective: ObjectiveChoice, aim: Aim) -> &'static str {
    match aim {
        Aim::Elbo if objective.kind.weighs() => "; one draw for all copies of a bound",
        _ => "",
    }
}

fn kl(kl: Kl) -> &'static str {
    match kl {
        Kl::ClosedForm => "closed form",
        Kl::MonteCarlo => "Monte Carlo",
        Kl::None => "none: summed out",
    }
}

/// Flags are kept as 1 and 0.
fn option(plan: &LatentPlan, name: &str, value: &OptionValue) -> String {
    let mut cards = plan.estimator().card().options.iter();
    let flag = cards.any(|o| o.name == name && o.values == OptionValues::Flag);
    match value {
        OptionValue::Schedule(Schedule::Constant(x)) if flag => (*x != 0.0).to_string(),
        OptionValue::Schedule(schedule) => schedule.to_string(),
        OptionValue::Adaptive(adaptive) => adaptive.to_string(),
        OptionValue::Word(word) => word.clone(),
        OptionValue::Name(_) => "net".into(),
    }
}

/// `Normal`; `Ordered(Normal)` where one wraps another.
fn distribution(call: &DistCall) -> String {
    let name = call.dist.0.signature().name;
    match &call.inner {
        Some(inner) => format!("{name}({})", distribution(inner)),
        None => name.into(),
    }
}

fn support(model: &Model, ty: &Type) -> String {
    let over = |dims: &[DimId]| {
        let names: Vec<&str> = dims.iter().map(|&d| model.dim(d).name.as_str()).collect();
        names.join(", ")
    };
    match (ty.mark, ty.elem) {
        (Some(Mark::Simplex(d)), _) => format!("simplex over {}", over(&[d])),
        (Some(Mark::Ordered(d)), _) => format!("ordered over {}", over(&[d])),
        (Some(Mark::Cholesky(d, e)), _) => format!("cholesky over {}", over(&[d, e])),
        (Some(Mark::Cov(d, e)), _) => format!("cov over {}", over(&[d, e])),
        (Some(Mark::Corr(d, e)), _) => format!("corr over {}", over(&[d, e])),
        (None, Elem::Real) => format!("real {}", ty.support),
        (None, Elem::Int) => format!("whole {}", ty.support),
        (None, Elem::Binary) => "binary".into(),
        (None, Elem::Index(d)) => format!("index({})", model.dim(d).name),
    }
}

/// The table at the head of a run's report.
pub fn estimators(rows: &[LatentRow]) -> String {
    let header = ["latent", "distribution", "estimator", "bias", "why"];
    let cells = rows.iter().map(|r| {
        let cells = [&left(r), &r.distribution, r.estimator, r.bias, &r.why];
        cells.map(str::to_string).into()
    });
    let mut out = table(&header, cells.collect(), header.len());
    for row in rows {
        if let Some(line) = &row.exact {
            out.push_str(&format!(" exact for {}: {line}\n", row.latent));
        }
    }
    out
}

/// The plan as paragraphs: the objective where it is not the ELBO, one per latent and one for the exact sums.
pub fn plan_text(objective: &str, rows: &[LatentRow], sums: &[SumRow]) -> String {
    let mut paragraphs: Vec<String> = vec![];
    paragraphs.extend((objective != "elbo").then(|| format!("objective: {objective}\n")));
    paragraphs.extend(rows.iter().map(paragraph));
    paragraphs.extend((!sums.is_empty()).then(|| order(sums)));
    paragraphs.join("\n")
}

fn order(sums: &[SumRow]) -> String {
    let size = |row: &&SumRow| row.table.as_ref().map_or(0, |t| t.parse().unwrap_or(u128::MAX));
    let largest = sums.iter().max_by_key(size).map(|row| row.latent.as_str());
    let mut out = String::from("exact sums, in this order\n");
    for row in sums {
        let values = row
            .table
            .as_ref()
            .map_or("a size that the data give".into(), |t| format!("{t} values"));
        let beside = if row.beside.is_empty() {
            String::new()
        } else {
            format!(", beside {}", row.beside.join(", "))
        };
        let per =
            if row.per.is_empty() { String::new() } else { format!(" per {}", row.per.join(", ")) };
        let most = if sums.len() > 1 && largest == Some(&row.latent) {
            " (the largest table)"
        } else {
            ""
        };
        out.push_str(&format!("  {:<11}{values}{per}{beside}{most}\n", row.latent));
    }
    out
}

fn paragraph(row: &LatentRow) -> String {
    let joint = row.joint_values.as_ref().map(|j| format!("; {j} joint values"));
    let dims = format!("keeps {}, mixes {}", list(&row.keeps), list(&row.mixes));
    let options: Vec<String> = row.options.iter().map(|(n, v)| format!("{n} = {v}")).collect();
    let options =
        if options.is_empty() { String::new() } else { format!("({})", options.join(", ")) };
    let mut out = format!("{} ~ {}\n", left(row), row.distribution);
    let mut line = |head: &str, text: &str| out.push_str(&format!("  {head:<11}{text}\n"));
    line("support", &row.support);
    line("dimensions", &(dims + &joint.unwrap_or_default()));
    line("guide", row.guide);
    line("KL", row.kl);
    line("estimator", &format!("@{}{options}: {}", row.estimator, row.bias));
    line("why", &row.why);
    if let Some(exact) = &row.exact {
        line("exact", exact);
    }
    out
}

fn left(row: &LatentRow) -> String {
    if row.dims.is_empty() {
        return row.latent.clone();
    }
    format!("{}[{}]", row.latent, row.dims.join(", "))
}

fn names(model: &Model, dims: &[DimId]) -> Vec<String> {
    dims.iter().map(|&d| model.dim(d).name.clone()).collect()
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "none".into() } else { names.join(", ") }
}
