"""What to look for in a network: its observations as sentences."""

from core import mnist
from core.autoencoder.atlas import Atlas
from core.autoencoder.observe import observe
from pages.autoencoder.stage import pca_error
from pages.lab import Network
from pages.text import text


def sentences(network: Network, atlas: Atlas, language: str) -> str:
    """A list in Markdown, each line computed from this network."""
    found = network.keep(
        f"observations {mnist.at_hand().source}", lambda: observe(atlas, pca_error(network))
    )
    lines = [text(f"autoencoder.{item.key}", language, **item.values) for item in found]
    return "\n".join(f"- {line}" for line in lines)
