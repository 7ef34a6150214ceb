"""Keeps Svelte from wrapping the events of the page in proxies.

Uses: the global `window.gradio_config.dependencies`, which the page sets before Gradio's script
runs, and the rule of Svelte 5 that only plain objects and arrays are wrapped. The script gives the
list and its items prototypes of their own.
Why: Gradio reads all events for each component, and again after the first paint. Each read goes
through a proxy that tracks changes, but the events of a page never change.
Written for: Gradio 6.31.0.
No longer needed: when `python -m tests.benchmarks.first_look --without svelte_proxies` shows no
difference.
If Gradio changes: the script does nothing and the page is slower.
"""

SCRIPT = b"""<script>{
class Fixed extends Array {}
const config = window.gradio_config;
if (Array.isArray(config?.dependencies)) config.dependencies = Fixed.from(config.dependencies);
const own = Object.create(Object.prototype);
for (const event of config?.dependencies ?? []) Object.setPrototypeOf(event, own);
}</script>"""
