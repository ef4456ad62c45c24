//! A variational autoencoder, 784-400-20-400-784 with relu, Bernoulli pixels and a batch of 128: 420 MFLOP a step.

use super::scattered;
use elbow::backend::Program;
use elbow::ir::{Dim, Graph, NodeId, Noise};

/// x W + b, W of uniform numbers of variance 1/(3 · inputs).
fn dense(g: &mut Graph, name: &str, x: NodeId, [input, output]: [Dim; 2]) -> NodeId {
    let (inputs, outputs) = (g.size(input), g.size(output));
    let bound = (inputs as f64).sqrt().recip();
    let w = g.add_param(name, &[input, output], scattered(inputs * outputs, -bound, bound));
    let b = g.add_param(name, &[output], scattered(outputs, -bound, bound));
    let product = g.contract(x, w, &[input]);
    g.add(product, b)
}

fn relu(g: &mut Graph, x: NodeId) -> NodeId {
    let zero = g.number(0.0);
    g.max(x, zero)
}

pub(crate) fn vae() -> Program {
    let mut g = Graph::new();
    let (batch, pixel, latent) = (g.dim("batch", 128), g.dim("pixel", 784), g.dim("latent", 20));
    let (inner, outer) = (g.dim("inner", 400), g.dim("outer", 400));
    let x: Vec<f64> = scattered(128 * 784, 0.0, 1.0).iter().map(|&u| f64::from(u < 0.2)).collect();
    let x = g.add_data("x", &[batch, pixel], x.into());
    let hidden = dense(&mut g, "hidden", x, [pixel, inner]);
    let hidden = relu(&mut g, hidden);
    let mean = dense(&mut g, "mean", hidden, [inner, latent]);
    let log_scale = dense(&mut g, "log_scale", hidden, [inner, latent]);
    let noise = g.add_noise("z", &[batch, latent], Noise::Normal);
    let scale = g.exp(log_scale);
    let spread = g.mul(scale, noise);
    let z = g.add(mean, spread);
    let up = dense(&mut g, "up", z, [latent, outer]);
    let up = relu(&mut g, up);
    let logits = dense(&mut g, "logits", up, [outer, pixel]);
    let hit = g.mul(x, logits);
    let norm = g.softplus(logits);
    let log_prob = g.sub(hit, norm);
    // ½ (μ² + σ² − 1) − log σ
    let (square, variance) = (g.square(mean), g.square(scale));
    let width = g.add(square, variance);
    let width = g.shift(-1.0, width);
    let width = g.scale(0.5, width);
    let divergence = g.sub(width, log_scale);
    let (log_prob, divergence) = (g.sum_all(log_prob), g.sum_all(divergence));
    let loss = g.sub(divergence, log_prob);
    let loss = g.scale(1.0 / 128.0, loss);
    Program { graph: g, loss, watch: vec![] }
}
