"""The look of the lab: one theme, light and dark, its style sheets and its icon."""

from pathlib import Path

from gradio.themes import Base, Color, Soft, colors, sizes

# The second holds what relies on Gradio's DOM.
CSS = [
    Path(__file__).with_suffix(".css"),
    Path(__file__).parents[1] / "gradio_compat" / "gradio.css",
]
# Without an icon in the page, a browser requests one from the root of the host, which behind a
# reverse proxy is not the lab.
ICON = b"""<link rel="icon" href="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'
viewBox='0 0 32 32'><g stroke='%234f46e5' stroke-width='2'><path d='M7 9L25 16M7 23L25 16M7 9L16
16M7 23L16 16'/></g><g fill='%234f46e5'><circle cx='7' cy='9' r='4'/><circle cx='7' cy='23' r='4'/>
<circle cx='16' cy='16' r='4'/><circle cx='25' cy='16' r='5'/></g></svg>">"""

_INK = Color(
    name="ink", c50="#f8fafc", c100="#f1f5f9", c200="#e2e8f0", c300="#cbd5e1", c400="#94a3b8",
    c500="#64748b", c600="#475569", c700="#334155", c800="#1e293b", c900="#0f172a", c950="#0b1120",
)  # fmt: skip
_SANS = ["system-ui", "-apple-system", "Segoe UI", "Noto Sans", "Noto Sans CJK SC", "sans-serif"]
_MONO = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"]


def theme() -> Base:
    """Slate greys, one indigo accent, generous space, system fonts (nothing is fetched)."""
    return Soft(
        primary_hue=colors.indigo,
        secondary_hue=colors.indigo,
        neutral_hue=_INK,
        radius_size=sizes.radius_lg,
        font=_SANS,
        font_mono=_MONO,
    ).set(
        body_background_fill="*neutral_50",
        body_background_fill_dark="*neutral_950",
        block_background_fill="white",
        block_background_fill_dark="*neutral_900",
        block_border_width="1px",
        block_border_color="*neutral_200",
        block_border_color_dark="*neutral_800",
        block_shadow="none",
        block_shadow_dark="none",
        block_label_background_fill="transparent",
        block_label_background_fill_dark="transparent",
        block_label_text_color="*neutral_600",
        block_label_text_color_dark="*neutral_300",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_400",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_400",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_background_fill_dark="*primary_600",
        button_primary_text_color="white",
        block_title_text_color="*primary_600",
        checkbox_label_background_fill_selected="*primary_600",
        # In Soft these borders have hardly any contrast with the background.
        checkbox_border_color="*neutral_500",
        checkbox_border_color_dark="*neutral_400",
        input_border_width="1px",
        input_border_color="*neutral_300",
        input_border_color_dark="*neutral_600",
        input_shadow="none",
        input_placeholder_color_dark="*neutral_300",
        link_text_color="*primary_600",
        slider_color="*primary_600",
        slider_color_dark="*primary_400",
    )
