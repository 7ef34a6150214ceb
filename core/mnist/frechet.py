"""The Fréchet distance between two sets of features.

Heusel et al. 2017, "GANs trained by a two time-scale update rule converge to a local Nash
equilibrium"; here with the features of the digit classifier instead of Inception's.
"""

from torch import Tensor, linalg


def frechet_distance(one: Tensor, other: Tensor) -> float:
    """The Fréchet distance between the Gaussians that fit two sets of features (N, F).

    |m − m'|² + tr(C + C' − 2 (C C')^½): Heusel et al. 2017, equation 6.
    """
    (mean, spread), (other_mean, other_spread) = (
        (features.mean(0), features.T.cov()) for features in (one.double(), other.double())
    )
    values, vectors = linalg.eigh(spread)
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T
    # C C' and C^½ C' C^½ have the same eigenvalues, and the latter is symmetric.
    common = linalg.eigvalsh(root @ other_spread @ root).clamp(min=0).sqrt().sum()
    distance = (mean - other_mean).square().sum() + spread.trace() + other_spread.trace()
    return float(distance - 2 * common)
