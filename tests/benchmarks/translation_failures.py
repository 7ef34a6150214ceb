"""Whether each set-up of Translation's failure lab does as promised, and the healthy one learns:

python -m tests.benchmarks.translation_failures [NAME …] [--seeds 10]
"""

import sys

from core.recipes import find
from core.translation.config import PhrasesConfig
from core.translation.corpus import phrases
from core.translation.failures import FAILURES, HEALTHY, facts_of, outcome_of
from tests.benchmarks.promises import Trained, hold

TOY = find("translation-toy")


def train(config: PhrasesConfig) -> Trained:
    """A training from its beginning to its end."""
    events = TOY.train(TOY.build(config), phrases(), config)
    facts = facts_of([progress.metrics for progress in events])
    figures = {"exact": (facts.exact, ".0%"), "chrF": (facts.chrf, ".0f")}
    return outcome_of(facts), figures | {"loss": (facts.loss, ".2f")}


if __name__ == "__main__":
    promised = {name: (failure.config, failure.outcome) for name, failure in FAILURES.items()}
    sys.exit(hold({"healthy": (HEALTHY, "learns")} | promised, train))
