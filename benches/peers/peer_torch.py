"""PyTorch: `python peer_torch.py MODEL` prints the least and the median µs per step of a loop with fused Adam, and
`python peer_torch.py peak` the most GFLOP/s of products of large matrices."""

import sys
import time

import torch
from simulate import BATCH, MODELS
from torch import nn
from torch.nn import functional as F

HIDDEN, CODE, VARIABLES, CLASSES, TAU = 400, 20, 10, 20, 0.7


class Vae(nn.Module):
    def __init__(self, pixels):
        super().__init__()
        self.into = nn.Linear(pixels, HIDDEN)
        self.loc, self.scale = nn.Linear(HIDDEN, CODE), nn.Linear(HIDDEN, CODE)
        self.out = nn.Sequential(nn.Linear(CODE, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, pixels))

    def forward(self, x):
        h = F.relu(self.into(x))
        loc, log_var = self.loc(h), self.scale(h)
        z = loc + torch.randn_like(loc) * torch.exp(0.5 * log_var)
        kl = -0.5 * torch.sum(1 + log_var - loc**2 - log_var.exp())
        return kl + F.binary_cross_entropy_with_logits(self.out(z), x, reduction="sum")


class CategoricalVae(nn.Module):
    def __init__(self, pixels):
        super().__init__()
        codes = VARIABLES * CLASSES
        self.encode = nn.Sequential(nn.Linear(pixels, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, codes))
        self.decode = nn.Sequential(nn.Linear(codes, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, pixels))

    def forward(self, x):
        logits = self.encode(x).view(-1, VARIABLES, CLASSES)
        k = F.gumbel_softmax(logits, tau=TAU)
        log_q = F.log_softmax(logits, -1)
        kl = torch.sum(log_q.exp() * (log_q + torch.log(torch.tensor(float(CLASSES)))))
        return kl + F.binary_cross_entropy_with_logits(self.decode(k.flatten(1)), x, reduction="sum")


STEPS = 300


def peak():
    """The best of 20 products of two matrices of 2048 x 2048, in GFLOP/s."""
    a, b = torch.randn(2048, 2048), torch.randn(2048, 2048)
    times = []
    for _ in range(20):
        start = time.perf_counter()
        a @ b
        times.append(time.perf_counter() - start)
    print(2 * 2048**3 / min(times) / 1e9)


def main(name):
    torch.manual_seed(0)
    x = torch.tensor(MODELS[name]()["x"], dtype=torch.float32)
    model = {"vae": Vae, "categorical_vae": CategoricalVae}[name](x.shape[1])
    adam = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    times = []
    for _ in range(8):
        start = time.perf_counter()
        for _ in range(STEPS):
            rows = torch.randint(len(x), (BATCH,))
            adam.zero_grad()
            model(x[rows]).backward()
            adam.step()
        times.append((time.perf_counter() - start) / STEPS * 1e6)
    times = sorted(times[1:])  # the first run sets up
    print(times[0], times[len(times) // 2])


if __name__ == "__main__":
    peak() if sys.argv[1] == "peak" else main(sys.argv[1])
