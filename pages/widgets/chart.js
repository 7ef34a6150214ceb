const div = element.querySelector(".nl-plot");
const box = element.querySelector(".nl-chart");
div.style.height = `${NETLAB.options.height}px`;
let Plot = null;
let saving = []; // made once: plotly would draw everything anew, its zoom lost, for other buttons

// "digit:7", "series:0", "diverging:2", "theme:soft" name colours of the lab; "series:0@0.2" thins one.
const TOKEN = /^(digit|series|diverging|theme):(\w+)(?:@([\d.]+))?$/;
const coloured = (item, colours) => {
  if (Array.isArray(item)) return item.map((part) => coloured(part, colours));
  if (item && typeof item === "object") {
    // A title is an object with a text of its own; a list of texts may be a visitor's words.
    const kept = (key, part) => (key === "text" && Array.isArray(part) ? part : coloured(part, colours));
    return Object.fromEntries(Object.entries(item).map(([key, part]) => [key, kept(key, part)]));
  }
  const found = typeof item === "string" && TOKEN.exec(item);
  if (!found) return item;
  const [, kind, key, share] = found;
  const list = { digit: colours.digits, series: colours.series, diverging: colours.diverging }[kind];
  const colour = list ? list[Number(key) % list.length] : colours[key];
  if (!share || !/^#\w{6}$/.test(colour || "")) return colour;
  return colour + Math.round(255 * Number(share)).toString(16).padStart(2, "0");
};

const merged = (base, extra) => {
  const result = { ...base };
  for (const [key, value] of Object.entries(extra || {})) {
    const deep = value && typeof value === "object" && !Array.isArray(value);
    result[key] = deep ? merged(base[key] || {}, value) : value;
  }
  return result;
};

const layout = (given, colours) => {
  const axis = {
    gridcolor: colours.line, zerolinecolor: colours.line, linecolor: colours.line,
    tickfont: { color: colours.soft, size: 12 }, automargin: true, zeroline: false,
    title: { font: { color: colours.soft, size: 13 }, standoff: 8 },
  };
  const base = {
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: colours.font, color: colours.text, size: 13 },
    colorway: colours.series, margin: { l: 52, r: 16, t: 28, b: 44 },
    legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom", bgcolor: "rgba(0,0,0,0)" },
    hoverlabel: { bgcolor: colours.back, bordercolor: colours.line, font: { color: colours.text, family: colours.font } },
    hovermode: "closest", uirevision: "keep", xaxis: { ...axis, showgrid: false }, yaxis: axis,
  };
  for (const key of Object.keys(given)) if (/^[xy]axis\d+$/.test(key)) base[key] = axis;
  return { ...merged(base, given), autosize: true, width: undefined, height: undefined };
};

const draw = () => {
  const { traces = [], layout: given = {} } = props.value || {};
  box.setAttribute("aria-label", word("label"));
  box.dataset.empty = traces.length ? "" : word("empty");
  div.style.visibility = traces.length ? "visible" : "hidden";
  if (!Plot || (!traces.length && !div.data)) return;
  const colours = palette();
  // Plotly keeps what it is given and writes into it: hand it copies.
  const data = structuredClone(coloured(traces, colours));
  const config = {
    displaylogo: false, displayModeBar: innerWidth < 700 ? false : "hover", responsive: false,
    modeBarButtons: [["resetScale2d", ...saving]],
  };
  const fresh = !div.data;
  Plot.react(div, data, structuredClone(layout(coloured(given, colours), colours)), config);
  if (!fresh) return Plot.Plots.resize(div);
  div.on("plotly_click", ({ points: [point] }) => {
    trigger("chart_click", { x: point.x, y: point.y, curve: point.curveNumber, index: point.pointNumber ?? null });
  });
};

const ask = painter(draw);
changes({ value: ask, words: ask });
whole(ask);
plotly().then((found) => {
  Plot = found;
  saving = ["png", "svg"].map((format) => ({
    name: format, title: format.toUpperCase(),
    icon: Plot.Icons[format === "png" ? "camera" : "disk"],
    // On the page's own ground, and large enough for a slide. Named after what it shows: several
    // taken from one page must not be mistaken for each other.
    click: ({ data, layout: { width, height, ...rest }, offsetWidth, offsetHeight }) =>
      Plot.downloadImage(
        { data, layout: { ...rest, paper_bgcolor: getComputedStyle(document.body).backgroundColor } },
        { format, scale: format === "png" ? 3 : 1, width: offsetWidth, height: offsetHeight,
          filename: `netlab ${word("label").replace(/[^\p{L}\p{N}, ]/gu, "")}`.slice(0, 80) }),
  }));
  ask();
});
