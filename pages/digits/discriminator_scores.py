"""The discriminator's scores of generated digits, of real ones, and of a drawing."""

from typing import Any

import gradio as gr
import numpy as np

from core.digits.real_or_fake import AssessedImages, RealAndFake, area_under_roc
from core.digits.sample import Assessment, discriminate
from core.drawing import centre
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.networks import Network
from pages.app.request import Request
from pages.digits.real_and_fake import (
    current_image,
    data_name,
    displayed_scores,
    histograms,
    joined,
    real_and_fake_of,
    score_kind,
)
from pages.digits.shared import Shared, classifier_of, requested_network
from pages.text import text
from pages.widgets.chart import chart
from pages.widgets.digits import decode_drawing, digits, tile
from pages.widgets.pad import pad

ROW, COLUMNS = 12, 6  # images of each kind, sorted by score
SIZE, LARGE = 88, 120  # pixels a side
# The area under the ROC curve from which on the discriminator is said to …
WORDS = ((0.9, "sees"), (0.65, "leads"), (0.55, "doubts"), (0.45, "even"), (0.0, "misled"))


def assess_all(
    request: Request, *, network: str, latent: list[float], digit: int, drawing: str
) -> dict[str, Any]:
    """The scores of all digits that the section shows."""
    chosen = requested_network(request, network)
    compared = real_and_fake_of(request.lab, chosen)
    return {
        **assess(request, network=network, latent=latent, digit=digit, drawing=drawing),
        "verdict": verdict(request.lab, chosen, request.language),
        "real": row(request, chosen, compared.real),
        "fake": row(request, chosen, compared.fake),
    }


def assess(
    request: Request, *, network: str, latent: list[float], digit: int, drawing: str | None
) -> dict[str, Any]:
    """The two distributions, with the current digit and the drawing; the scores of both."""
    drawing, chosen = drawing or "", requested_network(request, network)
    given: dict[str, tuple[np.ndarray, int | None]] = {}
    if latent:
        given["hand"] = current_image(chosen, latent, digit), digit
    if drawing:
        given["drawing"] = centre(decode_drawing(drawing)), None
    marks: dict[str, float] = {}
    shown: dict[str, Any] = {"drawing": drawing}
    for key in ("hand", "drawing"):
        shown[f"{key}_image"], shown[f"{key}_text"] = {"tiles": []}, ""
    for key, (image, label) in given.items():
        classifier = classifier_of(request.lab).model
        found = discriminate(chosen.model, classifier, image[None], label)
        name = request.text(f"digits_ask.opinion.{key}")
        marks[name] = float(displayed_scores(chosen, found.scores)[0])
        shown[f"{key}_image"] = {"size": LARGE, "tiles": [tile(image)]}
        shown[f"{key}_text"] = describe(request, chosen, found)
    compared = real_and_fake_of(request.lab, chosen)
    real, fake = (
        displayed_scores(chosen, group.assessment.scores)
        for group in (compared.real, compared.fake)
    )
    axis = request.text(f"digits_ask.opinion.axis.{score_kind(chosen)}")
    return {"histograms": histograms(request, real, fake, marks, axis), **shown}


def shown_indices(group: AssessedImages) -> np.ndarray:
    """The digits that are shown: evenly spaced by rank, the highest score first."""
    order = np.argsort(-group.assessment.scores, kind="stable")
    return order[np.linspace(0, len(order) - 1, ROW).round().astype(int)]


def row(request: Request, network: Network, group: AssessedImages) -> dict[str, Any]:
    """Those digits, with the score above and the classifier's answer below each."""
    scores, assessment = displayed_scores(network, group.assessment.scores), group.assessment
    tiles = []
    for index in shown_indices(group):
        name, score = int(assessment.classes[index]), number(scores[index])
        sure = f"{assessment.confidences[index]:.0%}"
        label = request.text("digits_ask.opinion.spoken", score=score, name=name, sure=sure)
        caption = f"{name}\u00a0·\u00a0{sure}"  # unbroken on a phone
        tiles.append(
            tile(group.images[index], title=score, caption=caption, digit=name, label=label)
        )
    return {"size": SIZE, "columns": COLUMNS, "tiles": tiles}


def describe(request: Request, network: Network, found: Assessment) -> str:
    """The assessment of one digit, and its rank among real and generated ones."""
    compared, score = real_and_fake_of(request.lab, network), found.scores[0]
    real, fake = (
        (group.assessment.scores < score).mean() for group in (compared.real, compared.fake)
    )
    parts = [
        request.text(
            f"digits_ask.opinion.one.{score_kind(network)}",
            score=number(displayed_scores(network, score)),
            real=f"{real:.0%}",
            fake=f"{fake:.0%}",
        )
    ]
    if network.model.conditional:
        parts.append(request.text("digits_ask.opinion.told", label=found.labels[0]))
    sure = f"{found.confidences[0]:.1%}"
    judged = request.text("digits_ask.opinion.judged", name=found.classes[0], sure=sure)
    return f"{joined(parts, request.language)}\n\n{judged}"


def verdict(lab: Lab, network: Network, language: str) -> str:
    """How well the discriminator separates real and generated digits, in words."""
    compared = real_and_fake_of(lab, network)
    real, fake = compared.real.assessment, compared.fake.assessment
    share = area_under_roc(real.scores, fake.scores)
    word = next(word for least, word in WORDS if share >= least)
    source = data_name(language)
    parts = (
        text("digits_ask.opinion.pairs", language, share=f"{share:.0%}", source=source),
        text(f"digits_ask.opinion.{word}", language),
        text(f"digits_ask.opinion.scale.{score_kind(network)}", language),
        label_agreement(network, compared, language),
    )
    return joined(parts, language)


def label_agreement(network: Network, compared: RealAndFake, language: str) -> str:
    """How often the classifier finds the requested class, if the network is conditional."""
    if not network.model.conditional:
        return text("digits_ask.opinion.reads", language)
    shares = {
        key: f"{(group.assessment.classes == group.labels).mean():.1%}"
        for key, group in (("real", compared.real), ("fake", compared.fake))
    }
    return text("digits_ask.opinion.agree", language, **shares)


def number(score: Any) -> str:
    """A score as text, with a proper minus."""
    return f"{float(score):.2f}".replace("-", "−")


def take(request: Request, *, index: int, network: str) -> dict[str, Any]:
    """Make a generated digit the current one."""
    compared = real_and_fake_of(request.lab, requested_network(request, network))
    chosen = shown_indices(compared.fake)[int(index) % ROW]
    return {
        "latent": compared.latents[chosen].tolist(),
        "digit": int(compared.fake.labels[chosen]),
    }


def build(lab: Lab, shared: Shared, place: gr.Tab, around: gr.Tab) -> None:
    """The distributions, the current digit and the drawing; the sorted digits below."""
    lab.translate(gr.Markdown(elem_classes="hint"), value="digits_ask.opinion.hint")
    drawing = gr.State("")

    def title(key: str) -> None:
        lab.translate(gr.Markdown(elem_classes="subtitle"), value=f"digits_ask.opinion.{key}")

    with gr.Row():
        with gr.Column(scale=3, min_width=300):
            bars = lab.translate(chart(height=340), words="digits_ask.words.opinions")
            summary = gr.Markdown(elem_classes="verdict")
            title("hand_title")
            with gr.Column(elem_classes="shelf"):
                hand = lab.translate(digits(clickable=False), words="digits_ask.words.hand")
            hand_text = gr.Markdown(elem_classes="verdict")
        with gr.Column(scale=2, min_width=300):
            title("drawing_title")
            sheet = lab.translate(pad(), words="digits_ask.words.pad")
            with gr.Column(elem_classes="shelf"):
                drawn = lab.translate(digits(clickable=False), words="digits_ask.words.drawn")
            drawn_text = gr.Markdown(elem_classes="verdict")
    with gr.Row():
        with gr.Column(min_width=300):
            title("real_title")
            real = lab.translate(digits(clickable=False), words="digits_ask.words.real")
        with gr.Column(min_width=300):
            title("fake_title")
            fake = lab.translate(digits(), words="digits_ask.words.fake")

    on = lab.events.on
    current = {"network": shared.network, "latent": shared.latent, "digit": shared.digit}
    inputs = {**current, "drawing": drawing}
    assessed = {"histograms": bars, "hand_image": hand, "hand_text": hand_text}
    assessed |= {"drawing_image": drawn, "drawing_text": drawn_text, "drawing": drawing}
    events = [around.select, shared.ready.change, *shared.changes(lab)]
    outputs = {**assessed, "verdict": summary, "real": real, "fake": fake}
    on(events, assess_all, inputs, outputs, after=first_visit(place))
    on(sheet.drawn, assess, {**current, "drawing": sheet}, assessed, trigger_mode="always_last")
    replaced = {"latent": shared.latent, "digit": shared.digit}
    taken = on(fake.tile_click, take, {"network": shared.network}, replaced, data=["index"])
    on(taken.success, assess, inputs, assessed)
