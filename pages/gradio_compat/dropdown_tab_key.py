"""Lets the Tab key leave a dropdown.

Uses: the role `combobox` of the input of `gr.Dropdown`, and that Gradio listens to its keys on the
input itself.
Why: Gradio opens the list again on the Tab key that leaves the dropdown.
Written for: Gradio 6.31.0.
No longer needed: when `test_a_dropdown_closes_when_it_is_left` in tests/browser passes without it.
If Gradio changes: the listener does nothing, or keeps a new key handler from seeing the Tab key.
"""

LISTEN_JS = """() => document.addEventListener("keydown", (event) => {
  if (event.key === "Tab" && event.target.role === "combobox") event.stopPropagation();
}, true)"""
