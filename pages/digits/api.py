from pages.lab import Lab


def build(lab: Lab) -> None:
    pass
