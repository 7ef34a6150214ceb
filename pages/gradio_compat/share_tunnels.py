"""Closes the tunnels that `launch(share=True)` opens.

Uses: `gradio.tunneling.CURRENT_TUNNELS`.
Why: a tunnel is a process of its own. Gradio kills it only on KeyboardInterrupt or at the normal
end of the interpreter; the lab also ends on SIGTERM, by `os._exit`.
Written for: Gradio 6.31.0.
No longer needed: when `Blocks.close()` closes the tunnels.
If Gradio changes: importing this module raises an error.
"""

from gradio.tunneling import CURRENT_TUNNELS


def close_tunnels() -> None:
    """Kill the process of each tunnel."""
    for tunnel in CURRENT_TUNNELS:
        tunnel.kill()
