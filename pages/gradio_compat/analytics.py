"""Keeps Gradio's statistics about its own events small.

Uses: the environment variables GRADIO_ANALYTICS_CACHE_FREQUENCY and GRADIO_ANALYTICS_MAX_EVENTS,
which are not documented. `gradio.queueing` reads them when a queue is created.
Why: by default Gradio builds a pandas DataFrame of up to 10,000 events after every event (9 ms).
Written for: Gradio 6.31.0.
No longer needed: when Gradio computes these statistics only on request.
If Gradio changes: the variables have no effect and each event costs more time.
"""

import os

SETTINGS = {
    "GRADIO_ANALYTICS_ENABLED": "False",  # documented: nothing is sent to Gradio's servers
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000",
    "GRADIO_ANALYTICS_MAX_EVENTS": "500",
}


def limit_analytics() -> None:
    """Set the variables, unless they are set already. Call this before gradio is imported."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
