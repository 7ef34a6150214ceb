"""A malformed tab is refused when the lab starts."""

from typing import Any

import pytest

from pages import digits
from pages.app.tab import Tab, check_tabs


def test_a_malformed_tab_is_refused():
    wrong: Any = lambda: None  # noqa: E731
    with pytest.raises(TypeError, match="warm"):
        Tab("digits", digits.build, warm=wrong)
    with pytest.raises(ValueError, match="nonsense"):
        Tab("nonsense", digits.build)


def test_the_page_is_made_of_different_tabs():
    check_tabs([digits.TAB])
    with pytest.raises(TypeError, match=r"pages\.digits"):
        check_tabs([digits])
    with pytest.raises(ValueError, match="same name"):
        check_tabs([digits.TAB, digits.TAB])
