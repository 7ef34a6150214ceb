"""Figures of a game: what its samples look like to the judge, beside real digits.

Heusel et al. 2017, "GANs trained by a two time-scale update rule" (Fréchet distance, here in the
judge's features); Naeem et al. 2020, "Reliable fidelity and diversity metrics for generative
models" (density and coverage, and precision and recall after Kynkäänniemi et al. 2019); Ravuri and
Vinyals 2019, "Classification accuracy score for conditional generative models".
"""

import torch
from torch import Tensor

NEIGHBOURS = 5
BATCH = 1_000


def frechet(one: Tensor, other: Tensor) -> float:
    """The Fréchet distance between the Gaussians that fit two sets of features (N, F).

    |m − m'|² + tr(C + C' − 2 (C C')^½): Heusel et al. 2017, equation 6.
    """
    (mean, spread), (other_mean, other_spread) = (
        (features.mean(0), features.T.cov()) for features in (one.double(), other.double())
    )
    values, vectors = torch.linalg.eigh(spread)
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T
    # C C' and C^½ C' C^½ have the same eigenvalues, and the latter is symmetric.
    common = torch.linalg.eigvalsh(root @ other_spread @ root).clamp(min=0).sqrt().sum()
    distance = (mean - other_mean).square().sum() + spread.trace() + other_spread.trace()
    return float(distance - 2 * common)


def fidelity_and_diversity(real: Tensor, fake: Tensor) -> dict[str, float]:
    """Precision, recall, density and coverage of features fake (M, F) against real (N, F), k = 5.

    A ball around each example reaches to its fifth nearest neighbour of the same set. "precision":
    share of fake ones in any real ball; "recall": of real ones in any fake ball; "density": how
    many real balls a fake one lies in, divided by 5; "coverage": share of real balls that hold a
    fake one (Naeem et al. 2020, equations 3 to 6).
    """
    reach, fake_reach = _reach(real), _reach(fake)
    density = torch.zeros(len(fake))
    recalled, covered = [], []
    for part, radius in zip(real.split(BATCH), reach.split(BATCH), strict=True):
        distances = torch.cdist(part, fake)  # (B, M)
        inside = distances < radius[:, None]
        density += inside.sum(0).cpu() / NEIGHBOURS
        covered.append(inside.any(1))
        recalled.append((distances < fake_reach).any(1))
    return {
        "precision": float((density > 0).double().mean()),
        "recall": float(torch.cat(recalled).double().mean()),
        "density": float(density.double().mean()),
        "coverage": float(torch.cat(covered).double().mean()),
    }


def _reach(features: Tensor) -> Tensor:
    """The distance (N,) from each of features (N, F) to its fifth nearest neighbour."""
    # The nearest of all is the example itself.
    parts = [torch.cdist(part, features) for part in features.split(BATCH)]
    return torch.cat([part.kthvalue(NEIGHBOURS + 1, dim=1).values for part in parts])
