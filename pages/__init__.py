"""The lab's pages: everything that imports gradio.

The contract that every tab follows, so that whoever knows one knows all:

1. The module's docstring says what the visitor learns.
2. Handlers come first: plain values in and out, named after what the visitor does, testable without
   a server. They take the visitor's token and language last and raise `core.errors.Problem`.
3. `build(lab)` follows: the layout, then the wiring. Every component with words in it goes through
   `lab.say`, every handler through `lab.on`, so that languages and errors are handled once.
4. `warm(lab)` makes ready what the tab shows first; `stock(lab)`, where there is one, what takes
   seconds and is asked for later. Both run behind the first page.
5. `python -m pages.<tab>` runs that tab alone.

Tabs do not import each other. What two tabs need lies beside them: `training/` (the panel),
`widgets/` (views that know no network), `text/` (every visible string).
"""
