"""Two visitors at once: what one sets, trains, types and loads is nobody else's."""

import pytest

from tests.browser.visiting import CUT_STREAM, open_tab, press, visit

pytestmark = pytest.mark.browser
TRAINING = "&tab=autoencoder&at=train&train_epochs=500"  # longer than the test
STATUS = ".status:visible p"


def test_two_visitors_do_not_meet(browser, address):
    with (
        visit(browser, address, query=TRAINING, forgiven=CUT_STREAM) as one,
        visit(browser, address, query=TRAINING, forgiven=CUT_STREAM) as other,
    ):
        open_tab(one, "Translation")
        one.locator("textarea").first.fill("The black cat sleeps.")
        press(one, "Translate")
        one.wait_for_function("/chat/.test(document.querySelectorAll('textarea')[1].value)")
        open_tab(one, "Autoencoder")
        for page in (one, other):
            page.locator(STATUS).wait_for()
        seed = one.locator(".link-train_seed:visible input").first
        seed.fill("77")
        press(one, "Train")
        one.locator(STATUS, has_text="Step").wait_for()
        other.wait_for_timeout(1_500)
        # Nothing of all this has reached the other.
        assert "Choose the settings" in other.locator(STATUS).inner_text()
        assert other.locator(".link-train_seed:visible input").first.input_value() != "77"
        press(one, "Stop")
        one.get_by_role("radio", name="My network").wait_for()
        assert not other.get_by_role("radio", name="My network").count()
        open_tab(other, "Translation")
        assert "cat" not in other.locator("textarea").first.input_value()
        # A second training of the other is its own, and leaves the first one's alone.
        open_tab(other, "Autoencoder")
        press(other, "Train")
        other.locator(STATUS, has_text="Step").wait_for()
        assert "Stopped" in one.locator(STATUS).inner_text()
        press(other, "Stop")
        other.get_by_role("radio", name="My network").wait_for()
