// @ts-check
/** Elements of the page. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} className
 * @param {Element | null} [parent]
 * @param {Record<string, any>} [attributes]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export const make = (tag, className, parent, attributes = {}) => {
  const node = document.createElement(tag);
  node.className = className;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  parent?.append(node);
  return node;
};

/**
 * A button that calls back when it is clicked.
 *
 * @param {string} className
 * @param {Element | null} parent
 * @param {(() => void) | null} [click]
 * @param {Record<string, any>} [attributes]
 */
export const makeButton = (className, parent, click = null, attributes = {}) => {
  const node = make("button", className, parent, { type: "button", ...attributes });
  if (click) node.addEventListener("click", click);
  return node;
};

/** Write an attribute that is true or false, such as "aria-pressed". */
export const setPressed = (/** @type {Element} */ node, /** @type {boolean} */ pressed) =>
  node.setAttribute("aria-pressed", String(pressed));

/**
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Element} parent
 * @param {Record<string, any>} attributes
 */
export const svg = (tag, parent, attributes) => {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  parent.append(node);
  return node;
};

/** Name an element, for the pointer and for screen readers. @param {HTMLElement} node @param {string} text */
export const label = (node, text) => {
  node.title = text;
  node.setAttribute("aria-label", text);
};

/**
 * At most one call in `pause` milliseconds; the last one always comes through.
 *
 * @template {any[]} Arguments
 * @param {(...args: Arguments) => void} call
 * @param {number} pause
 */
export const throttled = (call, pause) => {
  /** @type {any} */
  let timer;
  let last = 0;
  return (/** @type {Arguments} */ ...args) => {
    clearTimeout(timer);
    const wait = Math.max(0, last + pause - performance.now());
    timer = setTimeout(() => {
      last = performance.now();
      call(...args);
    }, wait);
  };
};

/** Whether a key is pressed together with one that makes it the browser's own. */
export const hasModifier = (/** @type {KeyboardEvent} */ event) =>
  event.ctrlKey || event.metaKey || event.altKey;

/**
 * Strokes of the main pointer on an element: where it goes down, through all that it passes, to
 * where it is lifted. One at a time.
 *
 * @param {HTMLElement} element
 * @param {object} calls
 * @param {(event: PointerEvent) => boolean} calls.begin tells whether a stroke begins here
 * @param {(event: PointerEvent) => void} calls.pass
 * @param {() => void} calls.end
 */
export const onStroke = (element, { begin, pass, end }) => {
  element.addEventListener("pointerdown", (event) => {
    if (event.button || !begin(event)) return;
    event.preventDefault();
    element.setPointerCapture(event.pointerId);
  });
  element.addEventListener("pointermove", (event) => {
    if (!element.hasPointerCapture(event.pointerId)) return;
    const passed = event.getCoalescedEvents?.() || [];
    for (const point of passed.length ? passed : [event]) pass(point);
  });
  element.addEventListener("pointerup", end);
  element.addEventListener("pointercancel", end);
};
