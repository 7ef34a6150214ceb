"""The app in a process of its own, asked through gradio_client."""

import asyncio

import httpx
import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from core import mnist, recipes
from core.autoencoder import explore
from core.autoencoder.model import Autoencoder
from tests.visitors import Page, Visitor


@pytest.fixture(scope="module")
def client(address):
    lab = Client(address, verbose=False)
    yield lab
    lab.close()


def ask(client, name, *args, **named):
    return client.predict(*args, api_name=f"/{name}", **named)


def test_a_digit_goes_in_and_out_as_in_core(client):
    digit = ask(client, "digit", 5)
    model, _ = recipes.find("autoencoder-vae").load()
    assert isinstance(model, Autoencoder)
    pixels = np.array([digit["pixels"]])
    code = ask(client, "encode", digit["pixels"], "autoencoder-vae")
    assert np.allclose(code, explore.encode(model, pixels).codes[0], atol=1e-4)
    shown = ask(client, "decode", code, "autoencoder-vae")
    assert np.allclose(shown, explore.decode(model, np.array([code]))[0], atol=1e-4)
    assert digit["label"] == int(mnist.at_hand().shown[1][5])


def test_every_verb_answers(client):
    pixels = ask(client, "digit", 0)["pixels"]
    code = ask(client, "encode", pixels)
    assert ask(client, "reconstruct", pixels)["error"] >= 0
    assert 0 <= ask(client, "land", pixels)["strangeness"] <= 1
    assert len(ask(client, "centre", [[0.0] * 40 + [1.0] * 20] * 50)) == 784
    assert len(ask(client, "interpolate", code, [0.0] * len(code), 5)) == 5
    assert ask(client, "walk", 0, 1, 6)["stops"][0] == 0
    assert len(ask(client, "slice_plane", 1, 3, 0.0, 4)["pixels"]) == 16
    assert len(ask(client, "compare", pixels, 0.3)) >= 1
    assert len(ask(client, "posterior", pixels)["kl"]) == 3
    assert len(ask(client, "sample_prior", 3, 1)) == 3
    assert ask(client, "observe", "autoencoder", "zh")


@pytest.mark.parametrize(
    ("name", "args", "said"),
    [
        ("encode", ([0.5] * 783,), "784"),
        ("encode", ([2.0] * 784,), "between 0 and 1"),
        ("encode", ([0.0] * 784, "autoencoder-depe"), "autoencoder-deep"),
        ("encode", ([0.0] * 784, "../../etc/passwd"), "no recipe"),
        ("encode", ([0.0] * 784, "mine"), "Train"),
        ("decode", ([0.0, 0.0],), "3 numbers"),
        ("decode", ([1e30, 0.0, 0.0],), "10000"),
        ("digit", (10**9,), "no digit number"),
        ("centre", ([[0.0] * 28] * 28,), "empty"),
        ("sample_prior", (10**9,), "between"),
        ("posterior", ([0.0] * 784, "autoencoder"), "variational"),
    ],
)
def test_bad_input_gets_one_clear_sentence(client, name, args, said):
    with pytest.raises(AppError) as told:
        ask(client, name, *args)
    assert said in str(told.value) and "Traceback" not in str(told.value)


def test_the_page_answers_whoever_speaks_as_a_browser_does(client):
    """The class of `tests.benchmarks.classroom` in small: one visitor, without a browser."""
    wrong: list[str] = []

    async def visit() -> str:
        async with httpx.AsyncClient(timeout=60) as web:
            page = Page((await web.get(f"{client.src}config")).json())
            visitor = Visitor(page, web, client.src, lambda *note: wrong.append(note[2]))
            await visitor.load()
            tab = page.tab("Translation")
            english, french = (page.find(tab, "textbox", name) for name in ("English", "French"))
            visitor.values[english] = "The black cat is on the table."
            await visitor.fire("translate", page.find(tab, "button", "Translate"), "click")
            visitor.leave()
            return visitor.values[french]

    assert "chat" in asyncio.run(visit()) and not any(wrong), wrong
