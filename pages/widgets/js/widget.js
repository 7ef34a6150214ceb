// @ts-check
/** What every widget gets: Gradio's component, its own constants, and what all of them do alike. */

import {
  isDark,
  onThemeChange,
  restoreProps,
  themeColours,
} from "../../gradio_compat/js/gradio.js";

/** @typedef {import("../../gradio_compat/js/gradio.js").GradioHtml} GradioHtml */

/**
 * @typedef {object} LabColours the lab's own colours, as hex, see `pages/widgets/colours.py`
 * @property {string[]} digits
 * @property {string[]} series
 * @property {string[]} diverging below zero, zero, above zero
 */

/**
 * @typedef {object} Constants what Python writes into the page once
 * @property {string[]} modules the module that mounts the widget, after all that it imports
 * @property {Record<string, any>} options
 * @property {{light: LabColours, dark: LabColours}} colours
 * @property {string} plotly the path of plotly.js, "" for a widget that draws without it
 */

/** @typedef {LabColours & import("../../gradio_compat/js/gradio.js").ThemeColours & {dark: boolean, accent: string}} Palette */

/**
 * @typedef {object} WidgetHelpers
 * @property {HTMLElement} root the element that Python's markup begins with
 * @property {Record<string, any>} options
 * @property {string} plotly
 * @property {(key: string) => string} word a visible word; "" while there is none
 * @property {() => Palette} palette the colours of the page as it is
 * @property {() => boolean} isVisible
 * @property {(draw: () => void) => () => void} painter see `createPainter`
 * @property {(calls: Record<string, () => void>) => void} onChange calls after Python changed a property
 * @property {(call: () => void) => Promise<void>} whenComplete calls once all properties are there
 * @property {(draw: () => void) => () => void} drawValue draws at first and whenever the value or the
 *   words change; returns the painter
 * @property {(empty: boolean) => void} setEmpty writes on an empty view what it waits for
 */

/** @typedef {GradioHtml & WidgetHelpers} Widget */

export const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/**
 * A function that asks for draw() in the next frame. It is also asked for when the width or the
 * theme changes and when the widget is shown again; never while the widget is hidden.
 *
 * @param {HTMLElement} element
 * @param {() => boolean} isVisible
 * @param {() => void} draw
 */
const createPainter = (element, isVisible, draw) => {
  let waiting = false;
  const ask = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      if (isVisible()) draw();
    });
  };
  let width = -1;
  new ResizeObserver(() => {
    if (element.clientWidth === width) return;
    width = element.clientWidth;
    ask();
  }).observe(element);
  const stop = onThemeChange(() => (element.isConnected ? ask() : stop()));
  return ask;
};

/**
 * @param {Constants} constants
 * @param {GradioHtml} component
 * @returns {Widget}
 */
const createWidget = ({ options, colours, plotly }, component) => {
  const { element, props, watch } = component;
  const isVisible = () =>
    element.isConnected && /** @type {HTMLElement} */ (element).offsetParent !== null;
  const root = /** @type {HTMLElement} */ (element.querySelector(".nl"));
  const word = (/** @type {string} */ key) => (props.words || {})[key] || "";
  const painter = (/** @type {() => void} */ draw) => createPainter(element, isVisible, draw);
  /** @type {Widget["onChange"]} */
  const onChange = (calls) => {
    for (const [name, call] of Object.entries(calls)) watch(name, call);
  };
  /** @type {Widget["whenComplete"]} */
  const whenComplete = (call) => restoreProps(component).then(call);
  return {
    ...component,
    root,
    options,
    plotly,
    word,
    palette: () => {
      const dark = isDark();
      const accent = dark ? "#818cf8" : "#4f46e5";
      return { ...colours[dark ? "dark" : "light"], ...themeColours(element), dark, accent };
    },
    isVisible,
    painter,
    onChange,
    whenComplete,
    drawValue: (draw) => {
      const ask = painter(draw);
      whenComplete(ask);
      onChange({ value: ask, words: ask });
      return ask;
    },
    setEmpty: (empty) => {
      root.dataset.empty = empty ? word("empty") : "";
    },
  };
};

/** @type {Promise<void> | undefined} */
let styled;

/** Load the style sheet of all widgets, once. */
const loadStyle = () => {
  styled ??= new Promise((resolve, reject) => {
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = new URL("./widgets.css", import.meta.url).href;
    sheet.onload = () => resolve();
    sheet.onerror = () => {
      styled = undefined;
      sheet.remove();
      reject(new Error(`The style sheet did not load from ${sheet.href}`));
    };
    document.head.append(sheet);
  });
  return styled;
};

/**
 * Start a widget. All modules are fetched at once. What Python updates meanwhile is in `props` already.
 *
 * @param {Constants} constants
 * @param {GradioHtml} component
 */
export const start = async (constants, component) => {
  const load = (/** @type {string} */ name) =>
    import(new URL(`../../${name}`, import.meta.url).href);
  const [modules] = await Promise.all([Promise.all(constants.modules.map(load)), loadStyle()]);
  modules.at(-1).mount(createWidget(constants, component));
};
