"""The shipped checkpoints: made by the plain command, as good as promised, and their cards true."""

import shlex

import pytest

from core.recipes import RECIPES
from core.translation.decode import translate_batch
from core.translation.metrics import score
from core.translation.model import Transformer
from core.translation.vocabulary import Vocabulary

SHIPPED = list(RECIPES)
CAPTIONS = ("translation", "translation-multi30k")
WHOLE = ("autoencoder", "translation-toy")  # measured again on all their test data
# Data and sample counts of a card, by the first word of its recipe or its whole name.
SOURCES = {
    "autoencoder": ("mnist", {10_000}),
    "digits": ("mnist", {10_000}),
    "digits-toy": ("plane", {10_000}),
    "cartpole": ("CartPole-v1", {1_000}),
    "translation": ("multi30k+tatoeba", {1_000, 2_000}),
    "translation-multi30k": ("multi30k", {1_000}),
    "translation-toy": ("phrases", {1_000}),
}
BARS = {
    "autoencoder": {"test_mse": (None, 0.0305)},
    "autoencoder-deep": {"test_mse": (None, 0.0255), "neighbour_accuracy": (0.92, None)},
    "autoencoder-vae": {"log_likelihood": (-125, None)},
    "autoencoder-denoising": {"denoised_mse": (None, 0.6 * 0.0734)},
    "autoencoder-sparse": {
        "test_mse": (None, 0.010),
        "mean_activation": (None, 0.10),
        "active_units": (58, None),
    },
    "digits": {
        "label_agreement": (0.995, None),
        "frechet_ratio": (None, 4),
        "classifier_accuracy": (0.98, None),
    },
    "digits-toy": {"good": (0.9, None), "modes": (1, None)},
    "digits-judge": {"accuracy": (0.995, None)},
    "translation": {
        "bleu_test_2016_flickr": (59, None),
        "bleu_test_2017_flickr": (50.5, None),
        "bleu_tatoeba": (44, None),
    },
    "translation-multi30k": {
        "bleu_test_2016_flickr": (57, None),
        "bleu_test_2017_flickr": (49, None),
    },
    "translation-toy": {"exact_match": (0.95, None)},
    "cartpole": {"greedy_return": (495, None)},
    "cartpole-double": {"greedy_return": (495, None)},
    "cartpole-dueling": {"greedy_return": (495, None)},
    "cartpole-best": {"greedy_return": (500, None)},
}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_checkpoint_is_what_its_command_makes(name):
    recipe = RECIPES[name]
    _, card = recipe.load()
    command = f"python -m core train {name}"
    again, anew = f"{command} --resume", f"{command} --from checkpoints/{name}"
    assert card.commands[0] == command
    assert all(typed == again or typed.startswith(anew) for typed in card.commands[1:])
    last = [typed for typed in card.commands if typed != again][-1]
    words = shlex.split(last.removeprefix(anew).removeprefix(command))
    flags = {
        flag[2:].replace("-", "_"): value
        for flag, value in zip(words[::2], words[1::2], strict=True)
    }
    assert recipe.Config.from_dict(card.config) == recipe.Config.from_text(flags)
    assert card.steps == card.total
    data, counts = SOURCES.get(name) or SOURCES[name.split("-")[0]]
    assert card.data == data
    assert set(card.samples.values()) == counts


@pytest.mark.parametrize("name", BARS)
def test_a_checkpoint_is_as_good_as_promised(name):
    _, card = RECIPES[name].load()
    for figure, (low, high) in BARS[name].items():
        assert low is None or card.metrics[figure] >= low
        assert high is None or card.metrics[figure] <= high


@pytest.mark.data
@pytest.mark.parametrize("name", [name for name in SHIPPED if name not in CAPTIONS])
def test_measuring_again_gives_the_cards_figures(name):
    recipe = RECIPES[name]
    model, card = recipe.load()
    # The whole of it takes minutes for some.
    again = recipe.evaluate(model, recipe.data(), model.config, quick=name not in WHOLE)
    same = [figure for figure, count in again.samples.items() if count == card.samples[figure]]
    always = {"test_mse", "denoised_mse"} if name.startswith("autoencoder") else {recipe.headline}
    assert always <= set(same)
    assert again.notes == card.notes
    for figure in same:
        assert again.values[figure] == pytest.approx(card.metrics[figure], rel=1e-3), figure


@pytest.mark.texts
@pytest.mark.parametrize("name", CAPTIONS)
def test_a_translator_is_about_as_good_on_its_first_test_sentences_as_its_card_says(name):
    """Measuring all of them with a beam takes minutes."""
    recipe = RECIPES[name]
    model, card = recipe.load()
    assert isinstance(model, Transformer)
    test = recipe.data().tests["test_2016_flickr"]
    drafts = translate_batch(model, Vocabulary(model.merges.numpy()), test.sources[:100])
    found = score(drafts, test.references[:100])["bleu"]
    assert found == pytest.approx(card.metrics["bleu_test_2016_flickr"], abs=8)
