"""The losses of generator and discriminator, and the penalties on the discriminator's gradient.

Scores are the discriminator's outputs (B,) before any logistic function: a logit with
D(x) = σ(score) where the loss defines a probability, else the critic's value.

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
    """The discriminator's loss, from its scores (B,) of real and of fake examples."""
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
    """The generator's loss, from the discriminator's scores (B,) of its examples."""
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


def reported_scores(name: str, scores: Tensor) -> Tensor:
    """The probability D(x) of each score where the loss defines one, else the score itself."""
    return scores.sigmoid() if name in ("non-saturating", "saturating") else scores


def probability_real(name: str, scores: Tensor, midpoint: float = 0.0) -> Tensor:
    """Each score mapped to [0, 1], 1 for real.

    Only the first two losses define a probability. For least squares and hinge the value is the
    score between the loss's targets. For WGAN-GP it is only a squashed score, σ(score − midpoint),
    because a critic's scores have no scale and no zero.
    """
    match name:
        case "least-squares":
            return scores.clamp(0, 1)
        case "hinge":
            return ((scores + 1) / 2).clamp(0, 1)
        case "wgan-gp":
            return (scores - midpoint).sigmoid()
    return scores.sigmoid()


def gradient_penalty(
    critic: Critic, real: Tensor, fake: Tensor, generator: torch.Generator
) -> Tensor:
    """(‖∇D‖ − 1)² at random points between real and fake (B, D), averaged.

    Gulrajani et al. 2017, equation 3, without its weight.
    """
    share = torch.rand(len(real), 1, generator=generator, device=real.device)
    gradients = _gradients(critic, real.lerp(fake, share))
    return (gradients.norm(dim=1) - 1).square().mean()


def r1(critic: Critic, real: Tensor) -> Tensor:
    """Half the squared gradient norm of the critic at real examples (B, D), averaged.

    Mescheder et al. 2018, equation 9, without its weight.
    """
    return _gradients(critic, real).square().sum(1).mean() / 2


def _gradients(critic: Critic, examples: Tensor) -> Tensor:
    examples = examples.detach().requires_grad_()
    (gradients,) = torch.autograd.grad(critic(examples).sum(), examples, create_graph=True)
    return gradients
