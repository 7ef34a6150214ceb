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
# Best of 0.6, 1, 1.4 and 2 by the mean BLEU on validation sentences of both networks.
ALPHA = 2.0
QUICK = 200  # sentences of each test in a quick measurement


def score(translations: Sequence[str], references: Sequence[Sequence[str]]) -> dict[str, float]:
    """Corpus BLEU and chrF (0 to 100), exact match (0 to 1), against each first reference.

    BLEU: cased, tokenisation 13a (sacreBLEU's defaults, see `signature`).
    """
    from sacrebleu import corpus_bleu, corpus_chrf  # a third of a second to import

    first = [options[0] for options in references]
    same = [found == wanted for found, wanted in zip(translations, first, strict=True)]
    return {
        "bleu": corpus_bleu(list(translations), [first]).score,
        "chrf": corpus_chrf(list(translations), [first]).score,
        "exact_match": sum(same) / len(same),
    }


def score_sentence(translation: str, reference: str) -> dict[str, float]:
    """BLEU and chrF (0 to 100) of one sentence against one reference.

    BLEU leaves out orders of n-grams that a short sentence lacks (`use_effective_order`).
    """
    from sacrebleu import sentence_bleu, sentence_chrf

    return {
        "bleu": sentence_bleu(translation, [reference]).score,
        "chrf": sentence_chrf(translation, [reference]).score,
    }


def evaluate(
    model: Transformer, data: Corpus, config: TranslationConfig, quick: bool = False
) -> Metrics:
    """Score the test sets of a corpus, translated with a beam of five.

    Generated phrases: "exact_match". Others: "bleu_NAME" and "chrf_NAME" against the first
    reference, "bleu_NAME_all" against all if a sentence has several. quick: the first 200
    sentences. Raises `Problem` ("data.no_test") without a test set.
    """
    data.require_test()
    vocabulary = Vocabulary(model.merges.cpu().numpy())
    metrics = Metrics()
    for name, test in data.tests.items():
        count = QUICK if quick else len(test.sources)
        sources, references = test.sources[:count], test.references[:count]
        translations = translate_batch(model, vocabulary, sources, BEAMS, ALPHA)
        figures, count = score(translations, references), len(translations)
        if data.source == "phrases":
            metrics.add("exact_match", figures["exact_match"], count)
            continue
        metrics.add(f"bleu_{name}", figures["bleu"], count)
        metrics.add(f"chrf_{name}", figures["chrf"], count)
        metrics.notes[f"bleu_{name}"] = signature(1)
        most = max(map(len, references))
        if most > 1:
            metrics.add(f"bleu_{name}_all", bleu_of_all(translations, references), count)
            metrics.notes[f"bleu_{name}_all"] = signature(most)
    return metrics


def bleu_of_all(translations: Sequence[str], references: Sequence[Sequence[str]]) -> float:
    """Corpus BLEU (0 to 100) against one reference or more for each translation."""
    from sacrebleu import corpus_bleu

    most = max(map(len, references))
    streams: Any = [  # None where a sentence has fewer, missing in the types of sacreBLEU
        [options[number] if number < len(options) else None for options in references]
        for number in range(most)
    ]
    return corpus_bleu(list(translations), streams).score


def signature(references: int) -> str:
    """The signature by which sacreBLEU identifies how a score was computed."""
    from sacrebleu.metrics.bleu import BLEU

    bleu = BLEU()
    bleu.corpus_score(["."], [["."]] * references)
    return str(bleu.get_signature())
