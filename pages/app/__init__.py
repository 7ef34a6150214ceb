"""The page around the tabs, how it is served, and what all tabs share."""
