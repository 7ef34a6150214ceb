// What every widget shares. Runs before the widget's own script, in the same function scope:
// `element`, `props`, `trigger`, `watch` and `server` are gradio's, NETLAB holds our constants.
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)").matches;
const isDark = () =>
  document.body.classList.contains("dark") || document.documentElement.classList.contains("dark");
const isVisible = () => element.isConnected && element.offsetParent !== null;

// Words come from Python and may change at any time; a missing one leaves its place empty.
const word = (key) => (props.words || {})[key] || "";

const palette = () => {
  const style = getComputedStyle(element);
  const read = (name) => style.getPropertyValue(name).trim();
  const dark = isDark();
  return {
    ...NETLAB.colours[dark ? "dark" : "light"],
    dark,
    text: read("--body-text-color"),
    soft: read("--body-text-color-subdued"),
    line: read("--border-color-primary"),
    back: read("--block-background-fill"),
    accent: dark ? "#818cf8" : "#4f46e5",
    font: style.fontFamily,
  };
};

// Calls draw() in the next frame, whenever asked, resized, shown again or the theme changes;
// never while the widget is hidden.
const painter = (draw) => {
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
    if (element.clientWidth !== width) {
      width = element.clientWidth;
      ask();
    }
  }).observe(element);
  let dark = isDark();
  const themes = new MutationObserver(() => {
    if (!element.isConnected) themes.disconnect();
    else if (dark !== isDark()) {
      dark = isDark();
      ask();
    }
  });
  for (const root of [document.body, document.documentElement]) {
    themes.observe(root, { attributes: true, attributeFilter: ["class"] });
  }
  return ask;
};

// An update sends only the properties it changes, and gradio forgets the others of a widget that
// is not on the page at that moment. Such a widget asks for the rest when it appears.
const whole = (start) => {
  if (props.whole) return start();
  return server.whole(document.documentElement.dataset.language ?? "").then((kept) => {
    for (const [name, value] of Object.entries(kept)) if (!(name in props)) props[name] = value;
    start();
  });
};

// Calls back when Python changed a property. Names stand unquoted in the scripts: gradio takes any
// quoted word for an event of the component, and an event and a property cannot share a name.
const changes = (calls) => {
  for (const [name, call] of Object.entries(calls)) watch(name, call);
};

const make = (tag, className, parent, attributes = {}) => {
  const node = document.createElement(tag);
  node.className = className;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (parent) parent.append(node);
  return node;
};

const label = (node, text) => {
  node.title = text;
  node.setAttribute("aria-label", text);
};

const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
// Numbers arrive as a list, or packed by Python as base64 of little-endian float32.
const numbers = (given) =>
  typeof given === "string" ? new Float32Array(bytes(given).buffer) : given || [];

// At most one call in `pause` milliseconds; the last one always comes through.
const throttled = (call, pause) => {
  let timer = null;
  let last = 0;
  return (...args) => {
    clearTimeout(timer);
    const wait = Math.max(0, last + pause - performance.now());
    timer = setTimeout(() => {
      last = performance.now();
      call(...args);
    }, wait);
  };
};

// Grey digits, and signed ones, whose 128 is zero; colours as 256 RGB triples.
const ramp = (scale, colours) => {
  const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  const [low, middle, high] = colours.diverging.map(rgb);
  return Array.from({ length: 256 }, (_, level) => {
    if (scale !== "signed") return [level, level, level];
    const share = Math.min(1, Math.abs(level - 128) / 127);
    const end = level < 128 ? low : high;
    return middle.map((value, channel) => Math.round(value + (end[channel] - value) * share));
  });
};

const paint = (canvas, pixels, table) => {
  // In the processor's memory: 784 points sent to a graphics card, above all an emulated one, cost more.
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const image = context.createImageData(28, 28);
  const levels = bytes(pixels);
  for (let i = 0; i < 784; i++) {
    const [red, green, blue] = table[levels[i]];
    image.data.set([red, green, blue, 255], 4 * i);
  }
  context.putImageData(image, 0, 0);
};

// plotly.js is large: fetched once, from this server, by the first widget that needs it. Gradio's
// own copy may come to stand in window.Plotly as well, hence a place of our own.
const plotly = () => {
  window.netlabPlotly ??= new Promise((resolve, reject) => {
    const before = window.Plotly;
    const script = document.createElement("script");
    const { root, api_prefix } = window.gradio_config;
    script.src = root + api_prefix + "/file=" + NETLAB.plotly;
    script.onload = () => {
      const ours = window.Plotly;
      if (before) window.Plotly = before;
      resolve(ours);
    };
    script.onerror = () => {
      window.netlabPlotly = undefined;
      reject(new Error("plotly.js did not load"));
    };
    document.head.append(script);
  });
  return window.netlabPlotly;
};
