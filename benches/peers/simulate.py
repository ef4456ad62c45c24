"""Data of the models, from a fixed seed: a dictionary of arrays for each."""

import numpy as np

SIZES = {"logistic": (10_000, 50), "decay": 1_000_000, "mixture": 2_000, "images": (10_000, 784)}
BATCH = 128


def schools():
    return {
        "y": np.array([28.0, 8, -3, 7, -1, 1, 18, 12]),
        "sigma": np.array([15.0, 10, 16, 11, 9, 11, 10, 18]),
    }


def logistic():
    rng = np.random.default_rng(1)
    x = rng.normal(size=SIZES["logistic"])
    chance = 1 / (1 + np.exp(-x @ rng.normal(size=x.shape[1]) / 4))
    return {"x": x, "y": (rng.uniform(size=len(x)) < chance).astype(int)}


def decay():
    rng = np.random.default_rng(2)
    t = np.linspace(0, 5, SIZES["decay"])
    return {"t": t, "y": 2 * np.exp(-0.7 * t) + 0.5 + rng.normal(size=len(t)) * 0.1}


def mixture():
    rng = np.random.default_rng(3)
    return {"x": 4.0 * rng.integers(-2, 3, SIZES["mixture"]) + rng.normal(size=SIZES["mixture"])}


def images():
    """Binary images of which, as of handwritten digits, the middle is mostly on and the border mostly off."""
    rng = np.random.default_rng(4)
    row = np.abs(np.linspace(-1, 1, 28))
    chance = 0.5 * np.clip(1 - np.hypot(row[:, None], row[None, :]), 0, 1).ravel()
    return {"x": (rng.uniform(size=SIZES["images"]) < chance).astype(np.uint8)}


MODELS = {"schools": schools, "logistic": logistic, "decay": decay, "mixture": mixture,
          "vae": images, "categorical_vae": images}
