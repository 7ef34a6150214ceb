// @ts-check
/** A two-dimensional plotly chart, see chart.py. */

import { loadPlotly } from "./plotly.js";

/** @typedef {import("./widget.js").Palette} Palette */

// "digit:7", "series:0", "diverging:2", "theme:soft" name colours of the lab, and "series:0@0.2" the
// same with that opacity.
const TOKEN = /^(digit|series|diverging|theme):(\w+)(?:@([\d.]+))?$/;
/**
 * Plain data of plotly's with the lab's colours in place of their names.
 *
 * @param {any} item
 * @param {Palette} colours
 * @returns {any}
 */
export const coloured = (item, colours) => {
  if (Array.isArray(item)) return item.map((part) => coloured(part, colours));
  if (item && typeof item === "object") {
    // A title is an object with a text of its own; a list of texts may be a visitor's words.
    const kept = (/** @type {string} */ key, /** @type {any} */ part) =>
      key === "text" && Array.isArray(part) ? part : coloured(part, colours);
    return Object.fromEntries(Object.entries(item).map(([key, part]) => [key, kept(key, part)]));
  }
  const found = typeof item === "string" && TOKEN.exec(item);
  if (!found) return item;
  const [, kind, key, share] = found;
  /** @type {Record<string, string[]>} */
  const { [kind]: list } = {
    digit: colours.digits,
    series: colours.series,
    diverging: colours.diverging,
  };
  const colour = list ? list[Number(key) % list.length] : Reflect.get(colours, key);
  if (!share || !/^#\w{6}$/.test(colour || "")) return colour;
  const opacity = Math.round(255 * Number(share));
  return colour + opacity.toString(16).padStart(2, "0");
};

/**
 * Two nested objects as one; where both have a value, the second's is taken.
 *
 * @param {Record<string, any>} base
 * @param {Record<string, any>} extra
 * @returns {Record<string, any>}
 */
export const merged = (base, extra) => {
  const result = { ...base };
  for (const [key, value] of Object.entries(extra || {})) {
    const deep = value && typeof value === "object" && !Array.isArray(value);
    result[key] = deep ? merged(base[key] || {}, value) : value;
  }
  return result;
};

/** A layout without a size of its own. @param {Record<string, any>} layout */
const unsized = (layout) => {
  delete layout.width;
  delete layout.height;
  return layout;
};

/**
 * A layout in the page's fonts and colours, which what is given overrides.
 *
 * @param {Record<string, any>} given
 * @param {Palette} colours
 */
export const fullLayout = (given, colours) => {
  const axis = {
    gridcolor: colours.line,
    zerolinecolor: colours.line,
    linecolor: colours.line,
    tickfont: { color: colours.soft, size: 12 },
    automargin: true,
    zeroline: false,
    title: { font: { color: colours.soft, size: 13 }, standoff: 8 },
  };
  /** @type {Record<string, any>} */
  const base = {
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: colours.font, color: colours.text, size: 13 },
    colorway: colours.series,
    margin: { l: 52, r: 16, t: 28, b: 44 },
    legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom", bgcolor: "rgba(0,0,0,0)" },
    hoverlabel: {
      bgcolor: colours.back,
      bordercolor: colours.line,
      font: { color: colours.text, family: colours.font },
    },
    hovermode: "closest",
    uirevision: "keep",
    xaxis: { ...axis, showgrid: false },
    yaxis: axis,
  };
  for (const key of Object.keys(given)) if (/^[xy]axis\d+$/.test(key)) base[key] = axis;
  return unsized({ ...merged(base, given), autosize: true });
};

const pageColour = () => getComputedStyle(document.body).backgroundColor;

/** @param {import("./widget.js").Widget} widget */
export const mount = (widget) => {
  const { props, trigger, root, options, plotly, word, palette, drawValue, setEmpty } = widget;
  /** @type {any} a div of plotly's */
  const div = root.querySelector(".nl-plot");
  div.style.height = `${options.height}px`;
  /** @type {any} */
  let Plot = null;
  /** @type {object[]} */
  let saving = []; // made once: plotly would draw everything anew, its zoom lost, for other buttons

  const draw = () => {
    const { traces = [], layout: given = {} } = props.value || {};
    root.setAttribute("aria-label", word("label"));
    setEmpty(!traces.length);
    div.style.visibility = traces.length ? "visible" : "hidden";
    if (!Plot || (!traces.length && !div.data)) return;
    const colours = palette();
    // Plotly keeps what it is given and writes into it: hand it copies.
    const data = structuredClone(coloured(traces, colours));
    const config = {
      displaylogo: false,
      displayModeBar: innerWidth < 700 ? false : "hover",
      responsive: false,
      modeBarButtons: [["resetScale2d", ...saving]],
    };
    const fresh = !div.data;
    Plot.react(div, data, structuredClone(fullLayout(coloured(given, colours), colours)), config);
    if (!fresh) return Plot.Plots.resize(div);
    div.on("plotly_click", (/** @type {any} */ { points: [point] }) => {
      trigger("chart_click", {
        x: point.x,
        y: point.y,
        curve: point.curveNumber,
        index: point.pointNumber ?? null,
      });
    });
  };

  const ask = drawValue(draw);
  loadPlotly(plotly).then((found) => {
    Plot = found;
    saving = ["png", "svg"].map((format) => ({
      name: format,
      title: format.toUpperCase(),
      icon: Plot.Icons[format === "png" ? "camera" : "disk"],
      // With the page's background, large enough for a slide, and named after what it shows.
      click: (/** @type {any} */ { data, layout, offsetWidth, offsetHeight }) =>
        Plot.downloadImage(
          { data, layout: unsized({ ...layout, paper_bgcolor: pageColour() }) },
          {
            format,
            scale: format === "png" ? 3 : 1,
            width: offsetWidth,
            height: offsetHeight,
            filename: `netlab ${word("label").replace(/[^\p{L}\p{N}, ]/gu, "")}`.slice(0, 80),
          },
        ),
    }));
    ask();
  });
};
