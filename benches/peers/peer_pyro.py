"""Pyro: `python peer_pyro.py MODEL` prints the least and the median µs per step."""

import sys
import time

import pyro
import pyro.distributions as dist
import torch
from pyro.infer import SVI, Trace_ELBO, TraceEnum_ELBO
from pyro.infer.autoguide import AutoNormal
from simulate import MODELS


def schools(y, sigma):
    mu = pyro.sample("mu", dist.Normal(0.0, 5.0))
    tau = pyro.sample("tau", dist.HalfCauchy(torch.tensor(5.0)))
    with pyro.plate("school", len(y)):
        z = pyro.sample("z", dist.Normal(0.0, 1.0))
        pyro.sample("y", dist.Normal(mu + tau * z, sigma), obs=y)


def logistic(x, y):
    b = pyro.sample("b", dist.Normal(0.0, 1.0).expand([x.shape[1]]).to_event(1))
    a = pyro.sample("a", dist.Normal(0.0, 1.0))
    with pyro.plate("n", len(y)):
        pyro.sample("y", dist.Bernoulli(logits=x @ b + a), obs=y)


def decay(t, y):
    a = pyro.sample("a", dist.Normal(0.0, 5.0))
    b = pyro.sample("b", dist.HalfNormal(torch.tensor(2.0)))
    c = pyro.sample("c", dist.Normal(0.0, 5.0))
    s = pyro.sample("s", dist.HalfNormal(torch.tensor(2.0)))
    with pyro.plate("n", len(y)):
        pyro.sample("y", dist.Normal(a * torch.exp(-b * t) + c, s), obs=y)


def mixture(x):
    w = pyro.sample("w", dist.Dirichlet(torch.ones(5)))
    with pyro.plate("k", 5):
        mu = pyro.sample("mu", dist.Normal(0.0, 10.0))
        s = pyro.sample("s", dist.HalfNormal(torch.tensor(2.0)))
    with pyro.plate("n", len(x)):
        z = pyro.sample("z", dist.Categorical(w), infer={"enumerate": "parallel"})
        pyro.sample("x", dist.Normal(mu[z], s[z]), obs=x)


STEPS = {"schools": 100, "logistic": 100, "decay": 10, "mixture": 50}


def main(name):
    data = {k: torch.tensor(v, dtype=torch.float32) for k, v in MODELS[name]().items()}
    model = {"schools": schools, "logistic": logistic, "decay": decay, "mixture": mixture}[name]
    enumerated = name == "mixture"
    guide = AutoNormal(pyro.poutine.block(model, hide=["z"]) if enumerated else model)
    loss = TraceEnum_ELBO(max_plate_nesting=1) if enumerated else Trace_ELBO()
    svi = SVI(model, guide, pyro.optim.Adam({"lr": 0.01}), loss)
    times = []
    for _ in range(8):
        start = time.perf_counter()
        for _ in range(STEPS[name]):
            svi.step(**data)
        times.append((time.perf_counter() - start) / STEPS[name] * 1e6)
    times = sorted(times[1:])  # the first run sets up
    print(times[0], times[len(times) // 2])


if __name__ == "__main__":
    main(sys.argv[1])
