"""What to look for in the attention of a translation, in words."""

from core.translation.decode import Translation
from core.translation.observe import observe
from pages.text import text


def observations(translation: Translation, language: str) -> str:
    """The most telling heads of a translation, as a list in Markdown.

    A correlation is written as a number, a share of the attention as a percentage.
    """
    lines = []
    for each in observe(translation):
        values = dict(each.values)
        if "value" in values:
            form = ".2f" if each.key.endswith("diagonal") else ".0%"
            values["value"] = format(values["value"], form)
        lines.append(f"- {text(f'translation.{each.key}', language, **values)}")
    return "\n".join(lines) or text("translation.observe.nothing", language)
