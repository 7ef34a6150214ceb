"""Open the lab: python app.py"""

import argparse
import os
import sys


def main() -> None:
    """Parse the command line, warm the trainings' server, build the page and serve it."""
    parser = argparse.ArgumentParser(prog="python app.py", description="Open the lab in a browser.")
    parser.add_argument("--device", help="auto, cpu, cuda or mps (default: NETLAB_DEVICE or auto)")
    parser.add_argument("--host", default=None, help="address to listen on (default: this machine)")
    parser.add_argument("--port", type=int, default=None, help="port (default: the first from 7860)")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser window")
    options = parser.parse_args()

    from core.runner import Runner

    # A training's process starts from a server that has torch loaded, but neither gradio nor a
    # page: that is why gradio is imported only here, after it.
    runner = Runner()
    runner.warm()

    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000")
    os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "500")

    from core.device import choose
    from core.errors import Problem
    from pages import autoencoder, shell
    from pages.lab import Lab

    try:
        device = choose(options.device)
    except Problem as problem:
        sys.exit(str(problem))
    page = shell.frame(Lab(device, runner), [autoencoder])
    try:
        shell.serve(
            page,
            server_name=options.host,
            server_port=options.port,
            inbrowser=not options.no_browser and "SPACE_ID" not in os.environ,
        )
    finally:
        runner.close()


if __name__ == "__main__":
    main()
