"""The lab's colours, for light and dark pages.

Ten digits need ten colours, and no ten colours of equal lightness stay apart for the one man in
twelve who sees red and green alike. These were therefore searched for (annealing over sRGB) to
differ in lightness as well: under normal sight, deuteranopia and protanopia (Machado et al. 2009)
any two are at least 13 CIEDE2000 apart (2 is just visible side by side), each keeps its hue
family on both pages, and each has the contrast of 3:1 to its page that WCAG 2 asks of graphics.
`tests/unit/test_colours_and_pixels.py` measures all of this.
"""

PAGE = {"light": "#ffffff", "dark": "#0f172a"}

DIGITS = (
    "#145eb7", "#956114", "#1a855a", "#f63d74", "#9480fb",
    "#7e210b", "#3a98a7", "#a09604", "#7c336e", "#4b4944",
)  # fmt: skip
DIGITS_DARK = (
    "#299cfd", "#d88d26", "#6bf8c1", "#e784b0", "#d9d3fe",
    "#935d43", "#107e75", "#f0e35e", "#9b45ad", "#979e79",
)  # fmt: skip

# Curves in a chart: training, validation, then whatever else.
SERIES = ("#4f46e5", "#c2570c", "#0f766e", "#be185d", "#475569", "#a16207")
SERIES_DARK = ("#818cf8", "#fb923c", "#2dd4bf", "#f472b6", "#cbd5e1", "#facc15")

# Below zero, zero, above zero: blue and orange are told apart by everybody.
DIVERGING = ("#1d4ed8", "#f1f5f9", "#c2410c")
DIVERGING_DARK = ("#60a5fa", "#1e293b", "#fb923c")

# As the widgets take them.
THEMES = {
    "light": {"digits": DIGITS, "series": SERIES, "diverging": DIVERGING},
    "dark": {"digits": DIGITS_DARK, "series": SERIES_DARK, "diverging": DIVERGING_DARK},
}
