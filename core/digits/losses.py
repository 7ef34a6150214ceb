"""What each player wants, as a number to be made small.

Scores are the discriminator's outputs (B,) before any logistic function: D(x) = σ(score) where the
loss speaks of a probability, and the critic's value where it does not.

Goodfellow et al. 2014, "Generative adversarial nets" (equation 1, and section 3 for the
non-saturating form); Mao et al. 2017, "Least squares generative adversarial networks"; Lim and Ye
2017, "Geometric GAN" (hinge); Arjovsky et al. 2017, "Wasserstein GAN"; Gulrajani et al. 2017,
"Improved training of Wasserstein GANs"; Mescheder et al. 2018, "Which training methods for GANs do
actually converge?" (R1).
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

Critic = Callable[[Tensor], Tensor]


def discriminator_loss(name: str, real: Tensor, fake: Tensor) -> Tensor:
    """What the discriminator minimises, of its scores (B,) of real and of fake examples."""
    match name:
        case "non-saturating" | "saturating":
            # −log D(x) − log(1 − D(G(z))): equation 1 of Goodfellow et al., its sign turned.
            return F.softplus(-real).mean() + F.softplus(fake).mean()
        case "least-squares":
            # Equation 9 of Mao et al.: fake is 0 and real is 1.
            return ((real - 1).square().mean() + fake.square().mean()) / 2
        case "hinge":
            return F.relu(1 - real).mean() + F.relu(1 + fake).mean()
        case "wgan-gp":
            return fake.mean() - real.mean()
    raise AssertionError(name)


def generator_loss(name: str, fake: Tensor) -> Tensor:
    """What the generator minimises, of the discriminator's scores (B,) of its examples."""
    match name:
        case "non-saturating":
            return F.softplus(-fake).mean()  # −log D(G(z))
        case "saturating":
            return -F.softplus(fake).mean()  # log(1 − D(G(z))), equation 1
        case "least-squares":
            return (fake - 1).square().mean() / 2
        case "hinge" | "wgan-gp":
            return -fake.mean()
    raise AssertionError(name)


def probability(name: str, scores: Tensor) -> Tensor:
    """D's probability of being real for each score, where the loss has one; else the score."""
    return scores.sigmoid() if name in ("non-saturating", "saturating") else scores


def opinion(name: str, scores: Tensor, middle: float = 0.0) -> Tensor:
    """How sure D is that each score's example is real, from 0 to 1, whatever the loss.

    Its probability, where there is one, and where there is none the scale on which the loss itself
    stops caring. A critic has no scale: its scores count from `middle`, where it changes its mind.
    """
    match name:
        case "least-squares":
            return scores.clamp(0, 1)
        case "hinge":
            return ((scores + 1) / 2).clamp(0, 1)
        case "wgan-gp":
            return (scores - middle).sigmoid()
    return scores.sigmoid()


def gradient_penalty(
    critic: Critic, real: Tensor, fake: Tensor, generator: torch.Generator
) -> Tensor:
    """How far the critic's slope is from 1, squared, between real and fake (B, D).

    Gulrajani et al. 2017, equation 3, without its weight.
    """
    share = torch.rand(len(real), 1, generator=generator, device=real.device)
    slopes = _slopes(critic, real.lerp(fake, share))
    return (slopes.norm(dim=1) - 1).square().mean()


def r1(critic: Critic, real: Tensor) -> Tensor:
    """Half the critic's squared slope at real examples (B, D).

    Mescheder et al. 2018, equation 9, without its weight.
    """
    return _slopes(critic, real).square().sum(1).mean() / 2


def _slopes(critic: Critic, where: Tensor) -> Tensor:
    where = where.detach().requires_grad_()
    (slopes,) = torch.autograd.grad(critic(where).sum(), where, create_graph=True)
    return slopes
