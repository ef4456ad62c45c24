"""NumPyro: `python peer_numpyro.py MODEL` prints the least and the median µs per step of a jitted loop."""

import sys
import time

import jax
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from jax import lax, random
from jax.example_libraries import stax
from numpyro.infer import SVI, Trace_ELBO
from numpyro.infer.autoguide import AutoNormal
from simulate import BATCH, MODELS


def schools(y, sigma):
    mu = numpyro.sample("mu", dist.Normal(0, 5))
    tau = numpyro.sample("tau", dist.HalfCauchy(5))
    with numpyro.plate("school", len(y)):
        z = numpyro.sample("z", dist.Normal(0, 1))
        numpyro.sample("y", dist.Normal(mu + tau * z, sigma), obs=y)


def logistic(x, y):
    b = numpyro.sample("b", dist.Normal(0, 1).expand([x.shape[1]]).to_event(1))
    a = numpyro.sample("a", dist.Normal(0, 1))
    with numpyro.plate("n", len(y)):
        numpyro.sample("y", dist.Bernoulli(logits=x @ b + a), obs=y)


def decay(t, y):
    a = numpyro.sample("a", dist.Normal(0, 5))
    b = numpyro.sample("b", dist.HalfNormal(2))
    c = numpyro.sample("c", dist.Normal(0, 5))
    s = numpyro.sample("s", dist.HalfNormal(2))
    with numpyro.plate("n", len(y)):
        numpyro.sample("y", dist.Normal(a * jnp.exp(-b * t) + c, s), obs=y)


def mixture(x):
    w = numpyro.sample("w", dist.Dirichlet(jnp.ones(5)))
    with numpyro.plate("k", 5):
        mu = numpyro.sample("mu", dist.Normal(0, 10))
        s = numpyro.sample("s", dist.HalfNormal(2))
    with numpyro.plate("n", len(x)):
        numpyro.sample("x", dist.MixtureSameFamily(dist.Categorical(w), dist.Normal(mu, s)), obs=x)


HIDDEN, CODE, VARIABLES, CLASSES, TAU = 400, 20, 10, 20, 0.7


def perceptron(outputs, inputs, name, x):
    """A dense layer, relu, and as many dense layers as there are outputs."""
    heads = [stax.Dense(size) for size in outputs]
    layers = stax.serial(stax.Dense(HIDDEN), stax.Relu, stax.FanOut(len(heads)), stax.parallel(*heads))
    return numpyro.module(name, layers, (BATCH, inputs))(x)


def vae(x):
    with numpyro.plate("image", BATCH):
        z = numpyro.sample("z", dist.Normal(0, 1).expand([CODE]).to_event(1))
        logits = perceptron([x.shape[1]], CODE, "decode", z)[0]
        numpyro.sample("x", dist.Bernoulli(logits=logits).to_event(1), obs=x)


def vae_guide(x):
    loc, log_var = perceptron([CODE, CODE], x.shape[1], "encode", x)
    with numpyro.plate("image", BATCH):
        numpyro.sample("z", dist.Normal(loc, jnp.exp(0.5 * log_var)).to_event(1))


def categorical_vae(x):
    """NumPyro relaxes no draw of a Categorical by itself: the relaxed code and its divergence are written by hand."""
    codes = VARIABLES * CLASSES
    logits = perceptron([codes], x.shape[1], "encode", x)[0].reshape(BATCH, VARIABLES, CLASSES)
    k = jax.nn.softmax((logits + random.gumbel(numpyro.prng_key(), logits.shape)) / TAU)
    log_q = jax.nn.log_softmax(logits)
    numpyro.factor("kl", -jnp.sum(jnp.exp(log_q) * (log_q + jnp.log(CLASSES))))
    pixels = perceptron([x.shape[1]], codes, "decode", k.reshape(BATCH, codes))[0]
    with numpyro.plate("image", BATCH):
        numpyro.sample("x", dist.Bernoulli(logits=pixels).to_event(1), obs=x)


FULL = {"schools": schools, "logistic": logistic, "decay": decay, "mixture": mixture}
BATCHED = {"vae": (vae, vae_guide), "categorical_vae": (categorical_vae, lambda x: None)}
STEPS = {"schools": 20_000, "logistic": 500, "decay": 50, "mixture": 2_000, "vae": 300, "categorical_vae": 300}


def step_of(name, data):
    """The state of a fit at its start, and one step of it."""
    if name in FULL:
        svi = SVI(FULL[name], AutoNormal(FULL[name]), numpyro.optim.Adam(0.01), Trace_ELBO())
        return svi.init(random.PRNGKey(0), **data), lambda state: svi.update(state, **data)[0]
    svi = SVI(*BATCHED[name], numpyro.optim.Adam(1e-3), Trace_ELBO())
    x = data["x"]

    def step(state):
        rows = random.randint(random.fold_in(state.rng_key, 1), (BATCH,), 0, len(x))
        return svi.update(state, x[rows])[0]

    return svi.init(random.PRNGKey(0), x[:BATCH]), step


def main(name):
    data = {k: jnp.asarray(v, jnp.int32 if v.dtype == int else jnp.float32)
            for k, v in MODELS[name]().items()}
    state, step = step_of(name, data)
    steps = STEPS[name]
    loop = jax.jit(lambda s: lax.fori_loop(0, steps, lambda _, s: step(s), s))
    state = jax.block_until_ready(loop(state))
    times = []
    for _ in range(9):
        start = time.perf_counter()
        state = jax.block_until_ready(loop(state))
        times.append((time.perf_counter() - start) / steps * 1e6)
    times.sort()
    print(times[0], times[len(times) // 2])


if __name__ == "__main__":
    main(sys.argv[1])
