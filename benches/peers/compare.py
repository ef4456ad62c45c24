"""Runs every model in Elbow and its peers and prints one table: µs per step, and the ratios to Elbow.

`python compare.py [--elbow PATH] [--skip-pyro] [MODEL ...]`
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from simulate import BATCH, MODELS

HERE = pathlib.Path(__file__).parent
STEPS = {"schools": 200_000, "logistic": 5_000, "decay": 500, "mixture": 20_000, "vae": 6_000, "categorical_vae": 6_000}
#: Autoencoders are written in plain PyTorch: Pyro adds its overhead to the same kernels.
TORCH = {"vae": "peer_torch.py", "categorical_vae": "peer_torch.py"}
#: Sizes of the dense layers of an autoencoder.
LAYERS = {
    "vae": [(784, 400), (400, 20), (400, 20), (20, 400), (400, 784)],
    "categorical_vae": [(784, 400), (400, 200), (200, 400), (400, 784)],
}


def elbow(binary, name):
    """The median of three runs, in µs per step; None where the run fails."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        flags = []
        for key, values in MODELS[name]().items():
            np.save(folder / f"{key}.npy", values)
            flags += ["--data", f"{key}={folder / key}.npy"]
        times = []
        for run in range(3):
            out = folder / f"fit{run}"
            command = [binary, "run", HERE / f"{name}.elbow", *flags, "--precision", "f32", "--samples", "1",
                       "--steps", str(STEPS[name]), "--out", out, "--json"]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode != 0:
                print(f"elbow run {name}.elbow failed:\n{done.stderr}", file=sys.stderr)
                return None
            times.append(json.loads((out / "run.json").read_text())["us_per_step"])
        return sorted(times)[1]


def peer(script, name):
    """The median that a peer's script prints; None where it fails."""
    done = subprocess.run([sys.executable, HERE / script, name], capture_output=True, text=True, cwd=HERE)
    if done.returncode != 0:
        print(f"{script} {name} failed:\n{done.stderr[-2000:]}", file=sys.stderr)
        return None
    return float(done.stdout.split()[-1])


def flops(name):
    """Of one step: a product forward and two backward per layer, but for the gradient of the pixels."""
    layers = [2 * BATCH * inside * outside for inside, outside in LAYERS[name]]
    return 3 * sum(layers) - layers[0]


def cell(time, base):
    if time is None:
        return f"{'failed':>20}"
    ratio = f"{time / base:8.1f}x" if base else " " * 9
    return f"{time:11.2f}{ratio}"


def main():
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument("--elbow", default=HERE.parent.parent / "target/release/elbow")
    flags.add_argument("--skip-pyro", action="store_true")
    flags.add_argument("models", nargs="*", default=list(MODELS))
    flags = flags.parse_args()
    print("µs per step, f32, 1 sample, all cores (ratio to Elbow)")
    print(f"{'model':<16}{'Elbow':>20}{'NumPyro':>20}{'Pyro or PyTorch':>20}")
    times = {}
    for name in flags.models:
        times[name] = own = elbow(flags.elbow, name)
        row = [cell(own, own), cell(peer("peer_numpyro.py", name), own)]
        if not flags.skip_pyro:
            row.append(cell(peer(TORCH.get(name, "peer_pyro.py"), name), own))
        print(f"{name:<16}" + "".join(row), flush=True)
    nets = [name for name in LAYERS if times.get(name)]
    if nets and not flags.skip_pyro and (peak := peer("peer_torch.py", "peak")):
        print(f"Products of 2048 x 2048 matrices in PyTorch: {peak:.0f} GFLOP/s; whole steps of Elbow:")
        for name in nets:
            rate = flops(name) / times[name] / 1e3
            print(f"{name:<16}{flops(name) / 1e6:6.0f} MFLOP {rate:8.0f} GFLOP/s {100 * rate / peak:5.0f} %")


if __name__ == "__main__":
    main()
