"""Open the lab: python app.py"""

import argparse
import os
import sys

OFF = ("", "0", "false", "no", "off")


def settle_on_zero_gpu() -> None:
    """Do what a ZeroGPU Space asks of an app: name a function that may borrow its GPU.

    It would not start otherwise. It lends the GPU to single calls, and shows torch one that is not
    there in between; these networks are small enough for its CPU.
    """
    import spaces
    import torch

    os.environ.setdefault("NETLAB_DEVICE", "cpu")
    spaces.GPU(torch.cuda.get_device_name)


def main() -> None:
    """Parse the command line, build the page and serve it."""
    if "SPACES_ZERO_GPU" in os.environ:
        settle_on_zero_gpu()
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

    # Nothing is sent to anyone, and what gradio records of its own events stays small.
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000")
    os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "500")

    # Only here: a training's process runs this file again, and must not load gradio.
    from core.errors import Problem
    from pages import autoencoder, cartpole, digits, shell, translation

    try:
        shell.run(
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
