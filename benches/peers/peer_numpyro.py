"""NumPyro: `python peer_numpyro.py MODEL` prints the least and the median µs per step of a jitted loop."""

import sys
import time

import jax
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from jax import lax, random
from numpyro.infer import SVI, Trace_ELBO
from numpyro.infer.autoguide import AutoNormal
from simulate import MODELS


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


STEPS = {"schools": 20_000, "logistic": 500, "decay": 50, "mixture": 2_000}


def main(name):
    data = {k: jnp.asarray(v, jnp.int32 if v.dtype.kind == "i" else jnp.float32)
            for k, v in MODELS[name]().items()}
    model = {"schools": schools, "logistic": logistic, "decay": decay, "mixture": mixture}[name]
    svi = SVI(model, AutoNormal(model), numpyro.optim.Adam(0.01), Trace_ELBO())
    state = svi.init(random.PRNGKey(0), **data)
    steps = STEPS[name]
    loop = jax.jit(lambda s: lax.fori_loop(0, steps, lambda _, s: svi.update(s, **data)[0], s))
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
