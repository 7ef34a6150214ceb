"""Every patch of Gradio and every use of a private part of it, one file each.

Written for Gradio 6.31.0. Nothing outside this package touches an underscore attribute, an
undocumented module, a front-end script or the internal DOM of Gradio; a test in
`tests/contract/test_rules.py` checks this. Each file says what it relies on, why, when it can be
deleted, and what happens if Gradio changes. `tests/app/test_gradio_compat.py` fails with a clear
sentence when it does.

| file | what it is for |
|---|---|
| analytics.py | fewer statistics about events |
| client_updates.py | an update that the browser makes itself |
| component_ids.py | the type of all components, and their numbers |
| file_cache.py | the folder from which Gradio serves files |
| frontend_scripts.py | serves Gradio's scripts with replacements |
| gradio.css | styles that rely on Gradio's DOM |
| js/gradio.js | what the browser's modules use of the front end |
| initial_language.py | the first page in the visitor's language |
| matplotlib_import.py | no import of matplotlib |
| page_cache.py | the page is rendered once and compressed |
| private_endpoints.py | private events cannot be called by name |
| queue_polling.py | the queue polls less often |
| session_properties.py | the properties that a session knows of a component |
| session_state.py | sessions without component descriptions, freed when closed |
| share_tunnels.py | closes the tunnels of --share |
| traceback_logging.py | errors are logged without a visitor's input |
"""
