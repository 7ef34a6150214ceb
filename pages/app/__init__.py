"""The page around the tabs: events, errors, languages, visitors, networks and links."""
