"""The shipped checkpoints: made by the plain command, as good as promised, and their cards true."""

import pytest

from core.recipes import RECIPES

# The translators' trainings take hours; they are shipped together with their tab.
SHIPPED = [name for name in RECIPES if not name.startswith("translation")]
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
}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_checkpoint_is_what_its_command_makes(name):
    recipe = RECIPES[name]
    _, card = recipe.load()
    command = f"python -m core train {name}"
    assert card.commands[0] == command
    assert set(card.commands[1:]) <= {f"{command} --resume"}
    assert recipe.Config.from_dict(card.config) == recipe.Config()
    assert card.steps == card.total
    assert card.data == ("plane" if name == "digits-toy" else "mnist")
    assert set(card.samples.values()) == {10_000}


@pytest.mark.parametrize("name", BARS)
def test_a_checkpoint_is_as_good_as_promised(name):
    _, card = RECIPES[name].load()
    for figure, (low, high) in BARS[name].items():
        assert low is None or card.metrics[figure] >= low
        assert high is None or card.metrics[figure] <= high


@pytest.mark.data
@pytest.mark.parametrize("name", SHIPPED)
def test_measuring_again_gives_the_cards_figures(name):
    recipe = RECIPES[name]
    model, card = recipe.load()
    # The whole of it takes minutes for some; the plain one is measured whole.
    again = recipe.evaluate(model, recipe.data(), model.config, quick=name != "autoencoder")
    same = [figure for figure, count in again.samples.items() if count == card.samples[figure]]
    always = {"test_mse", "denoised_mse"} if name.startswith("autoencoder") else {recipe.headline}
    assert always <= set(same)
    assert again.notes == card.notes
    for figure in same:
        assert again.values[figure] == pytest.approx(card.metrics[figure], rel=1e-3), figure
