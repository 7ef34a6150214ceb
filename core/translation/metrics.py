"""Measures translations: BLEU, chrF and exact match (sacreBLEU, Post 2018)."""

from collections.abc import Sequence
from typing import Any

from core.training.metrics import Metrics
from core.translation.config import TranslationConfig
from core.translation.corpus import Corpus
from core.translation.decode import translate_batch
from core.translation.model import Transformer
from core.translation.vocabulary import Vocabulary

BEAMS = 5
# Of 0.6, 1, 1.4 and 2 the best for the mean BLEU of both networks' validation sentences.
ALPHA = 2.0
QUICK = 200  # sentences of each test that a quick measurement takes


def score(drafts: Sequence[str], references: Sequence[Sequence[str]]) -> dict[str, float]:
    """Corpus BLEU and chrF (0 to 100), exact match (0 to 1), against each first reference.

    BLEU is cased, tokenised as 13a, of one reference: sacreBLEU's defaults (see `signature`).
    """
    from sacrebleu import corpus_bleu, corpus_chrf  # a third of a second to import

    first = [[options[0] for options in references]]
    same = [draft == options[0] for draft, options in zip(drafts, references, strict=True)]
    return {
        "bleu": corpus_bleu(list(drafts), first).score,
        "chrf": corpus_chrf(list(drafts), first).score,
        "exact_match": sum(same) / len(same),
    }


def score_sentence(draft: str, reference: str) -> dict[str, float]:
    """BLEU and chrF (0 to 100) of one sentence against one reference.

    The BLEU of orders of n-grams that a short sentence lacks is left out of the mean (sacreBLEU's
    `use_effective_order`).
    """
    from sacrebleu import sentence_bleu, sentence_chrf

    return {
        "bleu": sentence_bleu(draft, [reference]).score,
        "chrf": sentence_chrf(draft, [reference]).score,
    }


def evaluate(
    model: Transformer, data: Corpus, config: TranslationConfig, quick: bool = False
) -> Metrics:
    """Score the tests of a corpus, translated with a beam of five.

    Captions and everyday sentences: "bleu_NAME" and "chrf_NAME" against the first reference, and
    "bleu_NAME_all" against all where a sentence has several. Generated phrases: "exact_match".
    quick: with the first sentences only. Raises `Problem` ("data.no_test") where there is no test.
    """
    data.require_test()
    vocabulary = Vocabulary(model.merges.cpu().numpy())
    metrics = Metrics()
    for name, test in data.tests.items():
        count = QUICK if quick else len(test.sources)
        sources, references = test.sources[:count], test.references[:count]
        drafts = translate_batch(model, vocabulary, sources, BEAMS, ALPHA)
        figures = score(drafts, references)
        if data.source == "phrases":
            metrics.add("exact_match", figures["exact_match"], len(drafts))
            continue
        metrics.add(f"bleu_{name}", figures["bleu"], len(drafts))
        metrics.add(f"chrf_{name}", figures["chrf"], len(drafts))
        metrics.notes[f"bleu_{name}"] = signature(1)
        most = max(map(len, references))
        if most > 1:
            metrics.add(f"bleu_{name}_all", bleu_of_all(drafts, references), len(drafts))
            metrics.notes[f"bleu_{name}_all"] = signature(most)
    return metrics


def bleu_of_all(drafts: Sequence[str], references: Sequence[Sequence[str]]) -> float:
    """Corpus BLEU (0 to 100) where each draft has one reference or more."""
    from sacrebleu import corpus_bleu

    most = max(map(len, references))
    streams: Any = [  # None where a sentence has fewer, which sacreBLEU's types do not know of
        [options[number] if number < len(options) else None for options in references]
        for number in range(most)
    ]
    return corpus_bleu(list(drafts), streams).score


def signature(references: int) -> str:
    """How sacreBLEU computed a score, in its own words, for papers to compare."""
    from sacrebleu.metrics.bleu import BLEU

    bleu = BLEU()
    bleu.corpus_score(["."], [["."]] * references)
    return str(bleu.get_signature())
