"""How the lab looks: one calm theme, light and dark."""

from pathlib import Path

from gradio.themes import Base, Color, Soft, colors, sizes

CSS = Path(__file__).with_suffix(".css")

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
        # Soft draws these edges as pale as the ground.
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
