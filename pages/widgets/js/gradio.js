// @ts-check
/**
 * Every place where the widgets rely on Gradio (6.31) beyond what its documentation promises:
 *
 * - `window.gradio_config` holds the address of the server and the prefix of its routes;
 * - a dark page has the class `dark` on its body or on its root element;
 * - the theme's colours are CSS variables, `--body-text-color` and so on;
 * - an update *replaces* the properties of a component that is not on the page, so that all others
 *   are lost until `server.whole` brings them again.
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

/** @returns {{root: string, api_prefix: string}} */
const config = () => /** @type {any} */ (window).gradio_config;

/** The address at which Gradio serves a file. @param {string} path already quoted for a URL */
export const fileUrl = (path) => `${config().root}${config().api_prefix}/file=${path}`;

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
