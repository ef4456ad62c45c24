//! What is maximised, as the estimator of one latent needs to know it.

/// How the draws of a latent enter the objective.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// Each draw has costs of its own, whose mean is the ELBO.
    Elbo,
    /// The same, without the score of log q.
    Stl,
    /// Draws are weighed against each other, inside one logarithm.
    Weighed,
}

/// What stands for the weight of a draw that is left out of a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StandIn {
    /// Nothing: the bound of the other draws, which is that with their mean weight.
    Mean,
    /// The geometric mean of the other weights.
    GeometricMean,
}
