"""The networks of this tab."""

from core.translation.vocabulary import Vocabulary
from pages.app.network_choice import NetworkChoice
from pages.app.networks import Network

NAME = "translation"  # of the tab
SHIPPED = ("translation", "translation-multi30k", "translation-toy")
FIRST = "translation"

NETWORKS = NetworkChoice(NAME, SHIPPED, FIRST)
available, first_of, network_of = NETWORKS.available, NETWORKS.first_of, NETWORKS.network_of


def vocabulary_of(network: Network) -> Vocabulary:
    """The subwords of a network."""
    return network.keep("vocabulary", lambda: Vocabulary(network.model.merges.cpu().numpy()))
