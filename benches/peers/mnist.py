"""Trains `examples/vae.elbow` and the same autoencoder in PyTorch on binarised MNIST, and prints seconds and test ELBOs.

`python mnist.py FOLDER [--elbow PATH] [--steps N ...]`; FOLDER has `binarized_mnist_train.npz` and `…_test.npz`.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

ROOT = pathlib.Path(__file__).parent.parent.parent
HIDDEN, CODE, BATCH = 200, 50, 100


class Vae(nn.Module):
    def __init__(self, rate):
        super().__init__()
        pixels = len(rate)
        self.into = nn.Sequential(nn.Linear(pixels, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, HIDDEN), nn.GELU())
        self.loc, self.scale = nn.Linear(HIDDEN, CODE), nn.Linear(HIDDEN, CODE)
        self.out = nn.Sequential(
            nn.Linear(CODE, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, pixels)
        )
        with torch.no_grad():
            self.out[-1].bias.copy_(torch.logit(rate))

    def forward(self, x):
        """Minus the ELBO of all rows."""
        h = self.into(x)
        loc, log_var = self.loc(h), self.scale(h)
        z = loc + torch.randn_like(loc) * torch.exp(0.5 * log_var)
        kl = -0.5 * torch.sum(1 + log_var - loc**2 - log_var.exp())
        return kl + F.binary_cross_entropy_with_logits(self.out(z), x, reduction="sum")


def pytorch(train, test, steps):
    """Seconds of the fit, and the test ELBO per image."""
    torch.manual_seed(20)
    model = Vae((train.sum(0) + 1) / (len(train) + 2))
    adam = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    start, done = time.perf_counter(), 0
    while done < steps:
        for rows in torch.randperm(len(train)).split(BATCH)[: steps - done]:
            adam.zero_grad()
            (model(train[rows]) / BATCH).backward()
            adam.step()
            done += 1
    seconds = time.perf_counter() - start
    with torch.no_grad():
        return seconds, -model(test).item() / len(test)


def elbow(binary, files, steps):
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "fit"
        command = [binary, "run", ROOT / "examples/vae.elbow", "--data", f"x={files[0]}", "--test", f"x={files[1]}",
                   "--steps", str(steps), "--draws", "2", "--out", out, "--json"]
        subprocess.run(command, capture_output=True, check=True)
        run = json.loads((out / "run.json").read_text())
    elbo = run["test"][0]
    return run["fit_seconds"], elbo["mean"] / elbo["rows"]["count"]


def main():
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument("folder", type=pathlib.Path)
    flags.add_argument("--elbow", default=ROOT / "target/release/elbow")
    flags.add_argument("--steps", type=int, nargs="*", default=[500, 5_000, 15_000, 30_000])
    flags = flags.parse_args()
    files = [flags.folder / f"binarized_mnist_{part}.npz" for part in ("train", "test")]
    train, test = (torch.tensor(np.load(file)["x"], dtype=torch.float32).flatten(1) for file in files)
    print(f"{'steps':>8}{'Elbow':>22}{'PyTorch':>22}")
    for steps in flags.steps:
        row = [elbow(flags.elbow, files, steps), pytorch(train, test, steps)]
        print(f"{steps:>8}" + "".join(f"{seconds:9.1f} s {score:10.2f}" for seconds, score in row), flush=True)


if __name__ == "__main__":
    main()
