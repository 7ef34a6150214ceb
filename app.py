"""Open the lab: python app.py"""

import argparse
import os
import sys


def main() -> None:
    """Parse the command line, build the page and serve it."""
    parser = argparse.ArgumentParser(prog="python app.py", description="Open the lab in a browser.")
    parser.add_argument("--device", help="auto, cpu, cuda or mps (default: NETLAB_DEVICE or auto)")
    parser.add_argument("--host", help="address to listen on (default: this machine alone)")
    parser.add_argument("--port", type=int, help="port (default: the first free one from 7860)")
    parser.add_argument("--no-browser", action="store_true", help="open no browser window")
    options = parser.parse_args()

    # Nothing is sent to anyone, and what gradio records of its own events stays small.
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000")
    os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "500")

    # Only here: a training's process runs this file again, and must not load gradio.
    from core.errors import Problem
    from pages import autoencoder, digits, shell

    try:
        shell.run(
            [digits, autoencoder],
            options.device,
            server_name=options.host,
            server_port=options.port,
            inbrowser=not options.no_browser and "SPACE_ID" not in os.environ,
        )
    except Problem as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
