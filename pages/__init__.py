"""The lab's pages: everything that imports gradio.

The contract that every tab follows:

1. The module's docstring says what the visitor learns.
2. Handlers come first: `handler(request, *, name=value, ...)`, named after what the visitor does,
   testable without a server. They raise `core.errors.Problem`; see `pages.app.events`.
3. `build(lab)` follows: the layout, then the events. Every component with words goes through
   `lab.translate`, every handler through `lab.events.on`.
4. `TAB` is the `Tab` that the page is made of: its name, `build`, and what is computed in the
   background; see `pages.app.tab`.
5. `python -m pages.<tab>` runs that tab alone.

Tabs do not import each other. What two tabs need lies beside them: `app/` (the page around them),
`training/` (the training panel), `widgets/` (views that know no network), `text/` (every visible
string).
"""
