//! Subsets, rankings and matchings: the usual estimator on rows, in batches and under a bound, and guides that the model writes.

use super::batches::{Pair, faults};
use super::plates::{COST, Plate, Y, data};
use super::{Latent, latent};
use crate::common::{arc, mean_gradient_at, problem, refusals, scattered, z_between};
use elbow::backend::Lowering;
use elbow::check::model::FitSettings;
use elbow::dist;
use elbow::estimator::{self, Bias};
use elbow::infer::{Config, Fitter};
use elbow::objective::least_samples;

const VECTORS: [&str; 3] = ["Subset", "PlackettLuce", "Permutation"];

/// log p(y), each row with a latent of its own, or all with one.
fn evidence(latent: &Latent, plate: Plate) -> f64 {
    let of = |y: &str| latent.table_at(COST, y).iter().map(|l| l.exp()).sum::<f64>().ln();
    match plate {
        Plate::Global => of(&format!("{Y:?}")),
        _ => Y.iter().map(|y| of(&y.to_string())).sum(),
    }
}

/// A fit ends below the evidence; nearer to it than it began, where it raises what is reported and no relaxation of that.
fn fits(text: &str, data: &str, evidence: f64) {
    let problem = problem(text, data, &[]);
    let settings =
        FitSettings { seed: Some(1), steps: Some(500), ..problem.bound.model.fit.clone() };
    let is_biased = problem.plan.latents[0].bias() == Bias::Biased;
    let config = Config::new(&problem, &settings, 1, Lowering::Fast);
    let mut fitter = Fitter::new(arc(problem), config);
    let before = fitter.elbo();
    fitter.start();
    fitter.advance(u64::MAX).unwrap();
    let after = fitter.elbo();
    assert!(after.mean < evidence + 5.0 * after.se + 1e-9, "{text}{after:?}, {evidence}");
    let apart = 5.0 * before.se.hypot(after.se);
    assert!(
        is_biased || after.mean > before.mean + apart,
        "{text}{before:?}, {after:?}, {evidence}"
    );
}

#[test]
fn the_usual_estimator_of_a_vector_fits_in_batches_and_under_bounds() {
    for name in VECTORS {
        let latent = latent(dist::find(name).unwrap());
        let data = data(&latent);
        for plate in Plate::ALL {
            let text = plate.text(&latent, true);
            let batched = problem(&text, &data, &[]);
            let card = batched.plan.latents[0].estimator().card();
            let latent = Latent { site: latent.site.clone(), ..latent };
            let log_evidence = evidence(&latent, plate);
            let pair = Pair { plate, dist: name, latent, card, batched };
            for samples in pair.samples(4) {
                assert_eq!(faults(&pair, samples), Vec::<String>::new());
            }
            fits(&text, &data, log_evidence);
        }
    }
}

/// The same with a guide that knows the datum; its parameters are those of q, moved.
fn guided(name: &str, latent: &Latent) -> (String, Vec<f64>) {
    let v = [0.5, -0.3, 0.2];
    let (param, logits) = match name {
        "Permutation" => ("param w: real[k, j] = 0.1 * a * b", "w + 0.5 * y * a * b"),
        _ => ("param w: real[k] = v", "w + 0.5 * y * v"),
    };
    let call = if name == "Subset" { format!("{logits}, 2") } else { logits.into() };
    let list = if name == "Permutation" { "" } else { "v = [0.5, -0.3, 0.2] as k\n" };
    let guide = format!("{list}{param}\nguide {{ x ~ {name}({call}) }}\n");
    let text = format!("{}{guide}", latent.text("", COST));
    let moves = match name {
        "Permutation" => {
            let (a, b) = ([0.8, -0.3, 1.0], [0.3, 0.0, -0.5]);
            a.iter().flat_map(|a| b.map(|b| 0.5 * 1.3 * a * b)).collect()
        }
        _ => v.map(|v| 0.5 * 1.3 * v).to_vec(),
    };
    (text, moves)
}

/// By every estimator that is right on average: the gradient in the guide's own parameters is that of q in its logits.
#[test]
fn guides_by_hand_of_vectors_have_the_exact_mean() {
    for name in VECTORS {
        let latent = latent(dist::find(name).unwrap());
        let (text, moves) = guided(name, &latent);
        let by_default = problem(&text, latent.data, &[]);
        assert!(by_default.plan.latents[0].guided, "{text}");
        let params: Vec<f64> = scattered(moves.len());
        let q: Vec<f64> = params.iter().zip(&moves).map(|(p, m)| p + m).collect();
        let exact = latent.exact_at(COST, "1.3", &q);
        let mut served = vec![];
        for card in estimator::ALL.iter().map(|e| e.card()) {
            if card.bias == Bias::Biased
                || !refusals(&text, latent.data, &[("x", card.name)]).is_empty()
            {
                continue;
            }
            served.push(card.name);
            let p = problem(&text, latent.data, &[("x", card.name)]);
            let runs = if card.bias == Bias::Exact { 1 } else { 1500 };
            let mean = mean_gradient_at(&p, &params, 4.max(least_samples(&p)), runs, 3);
            let wanted: Vec<_> = exact.iter().map(|e| (e.0, 1e-6)).collect();
            let z = z_between(&mean, &wanted);
            assert!(z < 5.0, "{name} by {}: {z}\n{mean:?}\n{exact:?}", card.name);
        }
        assert!(served.contains(&"reinforce") && served.contains(&"enumerate"), "{served:?}");
        assert_eq!(refusals(&text, latent.data, &[("x", "marginalize")]), ["E0255"]);
        let log_evidence = latent.table_at(COST, "1.3").iter().map(|l| l.exp()).sum::<f64>().ln();
        fits(&text, latent.data, log_evidence);
    }
}
