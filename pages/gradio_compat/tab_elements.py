"""Finds open tabs in the DOM, and hides tabs and controls.

Uses: the attributes `role`, `aria-selected` and `data-tab-id` of Gradio's tab buttons, and the
class `form` of the frame around inputs.
Why: Gradio tells the server about a tab only when it is selected, and has no way to hide a
component for one visitor without an event.
Written for: Gradio 6.31.0.
No longer needed: when the selected tabs are inputs of an event.
If Gradio changes: links lose their tab and section, and `hide=` has no effect.
"""

TAB_SELECTOR = "[role=tab]"
# The ids of the open tabs, from the outermost.
OPEN_TABS_JS = f"""[...document.querySelectorAll('{TAB_SELECTOR}[aria-selected=true]')]
  .filter((tab) => tab.checkVisibility()).map((tab) => tab.dataset.tabId)"""
# From names of tabs and of `link-` classes, the selector of what is to be hidden. A frame is hidden
# with the last control in it.
HIDDEN_SELECTOR_JS = """(names) => {
  const controls = names.map((name) => `.link-${name}`).join();
  const tabs = names.map((name) => `[data-tab-id="${name}"]`).join();
  return `${tabs}, ${controls}, .form:not(:has(> :not(${controls})))`;
}"""
