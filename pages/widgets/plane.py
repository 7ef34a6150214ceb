"""The game in the plane: points, what the discriminator thinks, what the generator does."""

from collections.abc import Awaitable, Callable
from typing import Any

import gradio as gr

from pages.widgets import view

LIMIT = 500  # points that a hand may set


def plane(
    feed: Callable[[Any, Any], Awaitable[dict[str, Any]]],
    size: int = 560,
    reach: float = 1.25,
    **properties: Any,
) -> gr.HTML:
    """A plane from -reach to reach in both directions, in layers that can be switched off.

    size: pixels a side at most. feed(who, since): the next picture after step `since` of what is
    followed, {} if none has come yet, {"over": True} after the last. The browser asks for one when
    it has drawn the one before, beside gradio's own updates, each of which costs it as much as all
    components of the page together.

    Properties, all optional; numbers are lists or `pages.widgets.pack` strings, places one after
    the other as x, y, x, y, …:

    real: places of the real points. picture {step, fake, heat, mesh, arrows, real}: fake, places;
    heat, R × R numbers from 0 (generated) to 1 (real) over the whole plane, row by row from below;
    mesh, M × M places, the generator's image of a grid of latents; arrows, x, y, dx, dy of each, in
    the plane's own units; {} takes all of them away. follow {who, game}: asks the feed for that
    `who` from now on, anew for each game. drawing {on: bool}: whether a hand may set real points.

    Its value, for handlers, is the points set: "x,y x,y …", in [-1, 1]. Words: label, real, fake,
    heat, mesh, arrows, empty, hint, undo, clear, left. Events: drawn, a quarter of a second after
    the last change of the points.
    Keys, while drawing: arrows move the pen (with shift finely), space sets a point, backspace
    undoes, delete clears.
    """

    async def pictures(asked: Any) -> dict[str, Any]:
        """The feed, as the browser calls it: anybody may send anything."""
        return await feed(*asked) if isinstance(asked, list) and len(asked) == 2 else {"over": True}

    options = {"size": size, "reach": reach, "limit": LIMIT}
    markup = '<div class="nl nl-plane"></div>'
    return view("plane", markup, options, serves=[pictures], **properties)
