// @ts-check
/**
 * All that the modules use of Gradio's front end beyond its documentation:
 *
 * - the path `gradio_api/file=` below the page's base address serves files;
 * - a dark page has the class `dark` on its body or on its root element;
 * - the theme's colours are CSS variables, `--body-text-color` and so on;
 * - an update *replaces* the properties of a component that is not on the page, so that all others
 *   are lost until `server.whole` brings them again;
 * - a tab button has the attributes `role`, `aria-selected` and `data-tab-id`; the frame around
 *   inputs has the class `form`. Gradio tells the server about a tab only when it is selected, and
 *   cannot hide a component for one visitor without an event;
 * - the input of a dropdown has the role `combobox` and handles its keys itself. It opens its list
 *   again on the Tab key that leaves it.
 *
 * Written for: Gradio 6.31.0.
 * No longer needed: the parts on tabs, when the selected tabs are inputs of an event; the part on
 * dropdowns, when `test_a_dropdown_closes_when_it_is_left` in tests/browser passes without it.
 * If Gradio changes: charts do not load, widgets have wrong colours or stay empty, links lose their
 * tab and section, `hide=` has no effect. The canary test checks the names.
 */

/**
 * What Gradio gives to the `js_on_load` of a `gr.HTML`.
 *
 * @typedef {object} GradioHtml
 * @property {HTMLElement} element the component's own element
 * @property {Record<string, any>} props its properties; assigning to one updates the component
 * @property {(event: string, data: object) => void} trigger fires an event for Python's handlers
 * @property {(property: string, call: () => void) => void} watch calls after an update from Python
 * @property {Record<string, (argument: any) => Promise<any>>} server its server functions
 */

/**
 * @typedef {object} ThemeColours colours of the page's theme, as CSS values
 * @property {string} text
 * @property {string} soft text of less weight
 * @property {string} line borders and grids
 * @property {string} back the background of a block
 * @property {string} ground the background of the page
 * @property {string} font a list of font families
 */

/** The address at which Gradio serves a file. @param {string} path already quoted for a URL */
export const fileUrl = (path) => new URL(`gradio_api/file=${path}`, document.baseURI).href;

const themedElements = () => [document.body, document.documentElement];

export const isDark = () => themedElements().some((node) => node.classList.contains("dark"));

/**
 * Call back whenever the page turns dark or light. Returns a function that ends it.
 *
 * @param {() => void} call
 */
export const onThemeChange = (call) => {
  let dark = isDark();
  const observer = new MutationObserver(() => {
    if (dark === isDark()) return;
    dark = !dark;
    call();
  });
  for (const node of themedElements()) {
    observer.observe(node, { attributes: true, attributeFilter: ["class"] });
  }
  return () => observer.disconnect();
};

/**
 * The theme's colours where an element stands.
 *
 * @param {HTMLElement} element
 * @returns {ThemeColours}
 */
export const themeColours = (element) => {
  const style = getComputedStyle(element);
  const read = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  return {
    text: read("--body-text-color"),
    soft: read("--body-text-color-subdued"),
    line: read("--border-color-primary"),
    back: read("--block-background-fill"),
    ground: read("--body-background-fill"),
    font: style.fontFamily,
  };
};

/**
 * Ask the server for the properties that Gradio lost, if it lost any.
 *
 * @param {GradioHtml} component
 */
export const restoreProps = async ({ props, server }) => {
  if (props.whole) return;
  const kept = await server.whole(document.documentElement.dataset.language ?? "");
  for (const [name, value] of Object.entries(kept)) if (!(name in props)) props[name] = value;
};

const TAB = "[role=tab]";

/** Whether an element is a tab button, or lies in one. @param {Element} element */
export const isTab = (element) => Boolean(element.closest(TAB));

/** The ids of the open tabs, from the outermost. */
export const openTabs = () =>
  /** @type {HTMLElement[]} */ ([...document.querySelectorAll(`${TAB}[aria-selected=true]`)])
    .filter((tab) => tab.checkVisibility())
    .map((tab) => tab.dataset.tabId ?? "");

/**
 * The selector of what is to be hidden. A frame is hidden with the last control in it.
 *
 * @param {string[]} names of tabs and of `link-` classes
 */
export const hiddenSelector = (names) => {
  const controls = names.map((name) => `.link-${name}`).join();
  const tabs = names.map((name) => `[data-tab-id="${name}"]`).join();
  return `${tabs}, ${controls}, .form:not(:has(> :not(${controls})))`;
};

/** Let the Tab key leave a dropdown without opening its list again. */
export const keepDropdownsClosed = () => {
  const keep = (/** @type {KeyboardEvent} */ event) => {
    const { role } = /** @type {Element} */ (event.target);
    if (event.key === "Tab" && role === "combobox") event.stopPropagation();
  };
  document.addEventListener("keydown", keep, true);
};
