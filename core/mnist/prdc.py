"""Precision, recall, density and coverage of generated examples against real ones.

Kynkäänniemi et al. 2019, "Improved precision and recall metric for assessing generative models";
Naeem et al. 2020, "Reliable fidelity and diversity metrics for generative models".
"""

import torch
from torch import Tensor

NEIGHBOURS = 5
BATCH = 500  # examples whose distances to all others are computed at once


def precision_recall_density_coverage(real: Tensor, fake: Tensor) -> dict[str, float]:
    """Precision, recall, density and coverage of features fake (M, F) against real (N, F), k = 5.

    A ball around each example reaches to its fifth nearest neighbour of the same set. "precision":
    share of fake ones in any real ball; "recall": of real ones in any fake ball; "density": how
    many real balls a fake one lies in, divided by 5; "coverage": share of real balls that hold a
    fake one (Naeem et al. 2020, equations 3 to 6).
    """
    radii, fake_radii = _radii(real), _radii(fake)
    density = torch.zeros(len(fake))
    recalled, covered = [], []
    for part, radius in zip(real.split(BATCH), radii.split(BATCH), strict=True):
        distances = torch.cdist(part, fake)  # (B, M)
        inside = distances < radius[:, None]
        density += inside.sum(0).cpu() / NEIGHBOURS
        covered.append(inside.any(1))
        recalled.append((distances < fake_radii).any(1))
    return {
        "precision": float((density > 0).double().mean()),
        "recall": float(torch.cat(recalled).double().mean()),
        "density": float(density.double().mean()),
        "coverage": float(torch.cat(covered).double().mean()),
    }


def _radii(features: Tensor) -> Tensor:
    """The distance (N,) from each of features (N, F) to its fifth nearest neighbour."""
    # The nearest of all is the example itself.
    parts = [torch.cdist(part, features) for part in features.split(BATCH)]
    return torch.cat([part.kthvalue(NEIGHBOURS + 1, dim=1).values for part in parts])
