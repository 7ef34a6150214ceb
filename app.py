"""Open the lab: python app.py"""

import argparse
import os
import sys

OFF = ("", "0", "false", "no", "off")


def register_zero_gpu() -> None:
    """Name a function that may use the GPU, without which a ZeroGPU Space does not start.

    The Space lends its GPU to single calls, and between them reports to torch one that does not
    exist. These networks are small enough for its CPU.
    """
    import spaces
    import torch

    os.environ.setdefault("NETLAB_DEVICE", "cpu")
    spaces.GPU(torch.cuda.get_device_name)


def main() -> None:
    """Parse the command line, build the page and serve it."""
    if "SPACES_ZERO_GPU" in os.environ:
        register_zero_gpu()
    parser = argparse.ArgumentParser(
        prog="python app.py",
        description="Open the lab in a browser.",
        epilog="Each option but --no-browser may also be set as NETLAB_DEVICE, NETLAB_HOST, "
        "NETLAB_ROOT_PATH and so on; the command line goes first.",
    )

    def option(name: str, help: str, **settings) -> None:
        variable = "NETLAB_" + name.upper().replace("-", "_")
        given = os.environ.get(variable)
        if settings.get("action") == "store_true":
            settings["default"] = (given or "").strip().lower() not in OFF
        elif given:
            settings["default"] = given
        parser.add_argument(f"--{name}", help=help, **settings)

    option("device", "auto, cpu, cuda or mps (default: auto)")
    option("host", "address to listen on; 0.0.0.0 for a whole class (default: this machine alone)")
    option("port", "port (default: the first free one from 7860)", type=int)
    option("root-path", "where a reverse proxy puts the lab, e.g. /netlab", metavar="PATH")
    option("password", "let in only those who know it, under any name")
    option("teacher-key", "opens the page of the class at ?teacher=KEY", metavar="KEY")
    option("share", "give it a public address through gradio's servers", action="store_true")
    option("log", "print the name and the duration of whatever is asked for", action="store_true")
    parser.add_argument("--no-browser", action="store_true", help="open no browser window")
    options = parser.parse_args()

    # Imported here: the process of a training runs this file again, and must not import gradio.
    from pages.gradio_compat.analytics import limit_analytics

    limit_analytics()  # before gradio is imported

    from core.errors import Problem
    from pages import autoencoder, cartpole, digits, translation
    from pages.app import server

    try:
        server.run(
            [tab.TAB for tab in (translation, digits, autoencoder, cartpole)],
            options.device,
            password=options.password,
            teacher_key=options.teacher_key,
            log=options.log,
            server_name=options.host,
            server_port=options.port,
            root_path=options.root_path,
            share=options.share,
            inbrowser=not options.no_browser and "SPACE_ID" not in os.environ,
        )
    except Problem as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
