"""The frame around the tabs: the page, how it is served, and what all tabs share."""
