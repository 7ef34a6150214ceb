// @ts-check
/**
 * The latent cloud, see cloud.py. The points are a plotly scatter3d with a trace for each digit. The
 * marks (sliders, drawing, picked points, path, posterior) are drawn on a canvas above it through the
 * scene's own projection: moving a marker costs well under a millisecond, and no point can hide it.
 */

import { fitCanvas } from "./canvas.js";
import { ABOVE, HOME, projection, turned } from "./cloud_camera.js";
import { drawMarks } from "./cloud_marks.js";
import { hasModifier, label, make, makeButton, setPressed } from "./dom.js";
import { numbers } from "./packing.js";
import { loadPlotly } from "./plotly.js";

/** @typedef {import("./cloud_camera.js").Camera} Camera */

const DRAG = 6; // pixels: a pointer that travels further turns the cloud and picks nothing

/** @param {import("./widget.js").Widget} widget */
export const mount = (widget) => {
  const { element, props, trigger, root, options, word, palette, isVisible } = widget;
  const { height, follows } = options;
  const chips = make("div", "nl-chips", root, { role: "group" });
  const stage = make("div", "nl-stage", root, { tabindex: 0, role: "group" });
  stage.style.setProperty("--nl-height", `${height}px`);
  /** @type {any} a div of plotly's */
  const div = make("div", "nl-plot", stage);
  const overlay = make("canvas", "nl-overlay", stage, { "aria-hidden": true });
  const tools = make("div", "nl-tools", stage);

  /** @type {any} */
  let Plot = null;
  /** @type {Record<string, import("./packing.js").Numbers>} */
  let points = { x: [], y: [], z: [], digit: [], error: [] };
  /** @type {number[][]} */
  let members = []; // by digit: which points of the given arrays its trace holds
  let flat = false;
  /** @type {Set<number>} */
  let hidden = new Set(); // digits
  let followed = -1; // which point of the trail the player stands at
  let spinning = false;
  let hovered = -1;
  let colours = palette();

  // Absent before the first drawing, and where the browser has no WebGL.
  const scene = () => {
    const found = div._fullLayout?.scene?._scene;
    return found?.glplot ? found : undefined;
  };
  /** @returns {Camera | undefined} */
  const camera = () => scene()?.getCamera();
  const look = (/** @type {Camera} */ to) => Plot.relayout(div, { "scene.camera": to });

  // Points

  const read = () => {
    const given = props.cloud || {};
    points = Object.fromEntries(
      ["x", "y", "z", "digit", "error"].map((name) => [name, numbers(given[name])]),
    );
    const count = points.x.length;
    if (points.z.length !== count) points.z = new Float32Array(count);
    members = Array.from({ length: 10 }, () => /** @type {number[]} */ ([]));
    for (let i = 0; i < count; i++) members[points.digit[i]]?.push(i);
    flat = count > 0 && points.z.every((z) => z === 0);
  };

  const traces = () => {
    const size = innerWidth < 700 ? 2.6 : 3.2;
    return members.map((indices, digit) => {
      const along = (/** @type {string} */ axis) =>
        Float32Array.from(indices, (i) => points[axis][i]);
      const error = points.error.length ? ` · ${word("error")} %{customdata[1]:.3f}` : "";
      return {
        type: "scatter3d",
        mode: "markers",
        name: String(digit),
        showlegend: false,
        visible: !hidden.has(digit),
        x: along("x"),
        y: along("y"),
        z: along("z"),
        customdata: indices.map((i) => [i, points.error[i]]),
        hovertemplate: `${word("digit")} ${digit}${error} · #%{customdata[0]}<extra></extra>`,
        marker: { size, color: colours.digits[digit], opacity: 0.9, line: { width: 0 } },
        hoverlabel: {
          bgcolor: colours.back,
          bordercolor: colours.digits[digit],
          font: { color: colours.text, family: colours.font, size: 13 },
        },
      };
    });
  };

  const layout = () => {
    const titles = (props.cloud || {}).axes || ["x", "y", "z"];
    const axis = (/** @type {number} */ i) => ({
      title: { text: titles[i] || "", font: { color: colours.soft, size: 12 } },
      tickfont: { color: colours.soft, size: 10 },
      nticks: 5,
      color: colours.soft,
      gridcolor: colours.line,
      zerolinecolor: colours.line,
      linecolor: colours.line,
      showbackground: false,
      showspikes: false,
      visible: !(flat && i === 2),
    });
    return {
      margin: { l: 0, r: 0, t: 0, b: 0 },
      paper_bgcolor: "rgba(0,0,0,0)",
      showlegend: false,
      font: { family: colours.font },
      autosize: true,
      uirevision: "keep",
      hovermode: "closest",
      scene: {
        xaxis: axis(0),
        yaxis: axis(1),
        zaxis: axis(2),
        aspectmode: "cube",
        dragmode: flat ? "orbit" : "turntable",
        camera: camera() || (flat ? ABOVE : HOME),
        bgcolor: "rgba(0,0,0,0)",
        uirevision: "keep",
      },
    };
  };

  const draw = async () => {
    say();
    if (!Plot) return;
    if (!points.x.length && !div.data) return;
    const fresh = !div.data;
    const wasFlat = div.netlabFlat;
    div.netlabFlat = flat;
    const shape = layout();
    if (wasFlat !== undefined && wasFlat !== flat) shape.scene.camera = flat ? ABOVE : HOME;
    await Plot.react(div, traces(), shape, { displayModeBar: false, responsive: false });
    if (fresh) {
      div.on(
        "plotly_hover",
        (/** @type {any} */ { points: [point] }) => (hovered = point.customdata?.[0] ?? -1),
      );
      div.on("plotly_unhover", () => (hovered = -1));
    } else Plot.Plots.resize(div);
    mark();
  };
  const ask = widget.painter(draw);

  // Where a place of the cloud stands on the screen

  const projector = () => {
    const { glplot, dataScale } = scene();
    return projection(glplot.cameraParams, dataScale, stage.clientWidth, stage.clientHeight);
  };

  const nearest = (
    /** @type {number} */ left,
    /** @type {number} */ top,
    /** @type {number} */ reach,
  ) => {
    const place = projector();
    let best = -1;
    let least = Infinity;
    for (let i = 0; i < points.x.length; i++) {
      if (hidden.has(points.digit[i])) continue;
      const [x, y, depth] = place(points.x[i], points.y[i], points.z[i]);
      const distance = Math.hypot(x - left, y - top);
      // Of points that overlap, the one in front.
      if (distance <= reach && distance + 4 * depth < least) {
        least = distance + 4 * depth;
        best = i;
      }
    }
    return best;
  };

  /** @type {{x: number, y: number} | null} */
  let press = null;
  stage.addEventListener(
    "pointerdown",
    (event) => {
      if (/** @type {Element} */ (event.target).closest(".nl-tools")) return;
      spin(false);
      press = event.isPrimary && event.button === 0 ? { x: event.clientX, y: event.clientY } : null;
    },
    true,
  );
  stage.addEventListener(
    "pointermove",
    (event) => {
      if (press && Math.hypot(event.clientX - press.x, event.clientY - press.y) > DRAG)
        press = null;
    },
    true,
  );
  stage.addEventListener(
    "pointerup",
    (event) => {
      if (!press || !scene()) return;
      press = null;
      const frame = stage.getBoundingClientRect();
      const touch = event.pointerType !== "mouse";
      // The point whose label the mouse shows is the one that is picked.
      const seen = touch || hidden.has(points.digit[hovered]) ? -1 : hovered;
      const index =
        seen >= 0
          ? seen
          : nearest(event.clientX - frame.left, event.clientY - frame.top, touch ? 24 : 9);
      if (index >= 0) trigger("point_click", { index });
    },
    true,
  );

  // Marks

  const mark = () => {
    const width = stage.clientWidth;
    const pen = fitCanvas(overlay, width, stage.clientHeight, {
      ratio: window.devicePixelRatio || 1,
    });
    if (!scene() || !points.x.length) return;
    drawMarks(pen, props, { place: projector(), colours, width, followed, word });
  };

  // Plotly turns the scene in frames of its own: the marks follow its matrices while the widget is visible.
  let seen = "";
  const follow = () => {
    if (!element.isConnected) return;
    if (isVisible() && scene()) {
      if (spinning) turn(0.004, 0);
      const { model, view, projection } = scene().glplot.cameraParams;
      const now = [model.join(), view.join(), projection.join(), stage.clientWidth].join();
      if (now !== seen) {
        seen = now;
        mark();
      }
    }
    requestAnimationFrame(follow);
  };

  // Turning without a mouse

  const turn = (/** @type {number} */ sideways, /** @type {number} */ upwards) => {
    const now = camera();
    if (!now) return;
    look(turned(now, sideways, upwards));
  };
  const zoom = (/** @type {number} */ share) => {
    const now = camera();
    if (!now) return;
    const { x, y, z } = now.eye;
    look({ ...now, eye: { x: x * share, y: y * share, z: z * share } });
  };
  const home = () => {
    spin(false);
    if (scene()) look(structuredClone(flat ? ABOVE : HOME));
  };
  const spin = (/** @type {boolean} */ wanted) => {
    spinning = wanted;
    setPressed(spinButton, wanted);
  };

  const tool = (/** @type {string} */ sign, /** @type {() => void} */ act) => {
    const button = makeButton("nl-tool", tools, act);
    button.textContent = sign;
    return button;
  };
  const nearButton = tool("+", () => zoom(0.85));
  const farButton = tool("−", () => zoom(1.18));
  const spinButton = tool("⟳", () => spin(!spinning));
  const homeButton = tool("⌂", home);

  stage.addEventListener("keydown", (event) => {
    if (event.target !== stage || hasModifier(event)) return;
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowLeft: () => turn(-0.09, 0),
      ArrowRight: () => turn(0.09, 0),
      ArrowUp: () => turn(0, 0.07),
      ArrowDown: () => turn(0, -0.07),
      "+": () => zoom(0.9),
      "=": () => zoom(0.9),
      "-": () => zoom(1.1),
      0: home,
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    spin(false);
    keys[event.key]();
  });

  // The wheel scrolls the page until the cloud has been clicked.
  stage.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !stage.contains(document.activeElement)) event.stopPropagation();
    },
    true,
  );
  stage.addEventListener("pointerdown", () => stage.focus({ preventScroll: true }));

  // Two fingers zoom.
  /** @type {Map<number, PointerEvent>} */
  const fingers = new Map();
  stage.addEventListener("pointerdown", (event) => fingers.set(event.pointerId, event), true);
  for (const end of ["pointerup", "pointercancel"])
    window.addEventListener(end, (/** @type {any} a PointerEvent */ event) =>
      fingers.delete(event.pointerId),
    );
  stage.addEventListener(
    "pointermove",
    (event) => {
      if (!fingers.has(event.pointerId)) return;
      const span = () => {
        const [a, b] = [...fingers.values()];
        return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
      };
      const before = fingers.size === 2 && span();
      fingers.set(event.pointerId, event);
      if (before) zoom(before / Math.max(1, span()));
    },
    true,
  );

  // Digits on and off

  const filter = () => {
    if (div.data) Plot.restyle(div, { visible: members.map((_, digit) => !hidden.has(digit)) });
    say();
  };
  const digitChips = Array.from({ length: 10 }, (_, digit) => {
    const chip = makeButton("nl-chip", chips, () => {
      if (!hidden.delete(digit)) hidden.add(digit);
      filter();
    });
    make("i", "", chip);
    chip.append(String(digit));
    // Twice: this digit alone, or all of them again.
    chip.addEventListener("dblclick", () => {
      const others = [...Array(10).keys()].filter((other) => other !== digit);
      hidden = new Set(others.every((other) => hidden.has(other)) ? [] : others);
      filter();
    });
    return chip;
  });

  const say = () => {
    colours = palette();
    widget.setEmpty(!points.x.length);
    root.classList.toggle("nl-none", !points.x.length);
    stage.setAttribute("aria-label", word("label"));
    chips.setAttribute("aria-label", word("digit"));
    digitChips.forEach((chip, digit) => {
      chip.style.setProperty("--nl-colour", colours.digits[digit]);
      setPressed(chip, !hidden.has(digit));
      label(chip, `${word("digit")} ${digit}`);
    });
    label(nearButton, word("zoom_in"));
    label(farButton, word("zoom_out"));
    label(spinButton, word("spin"));
    label(homeButton, word("reset"));
  };

  window.addEventListener("netlab:frame", (event) => {
    const { detail } = /** @type {CustomEvent} */ (event);
    if (!element.isConnected || detail.name !== follows) return;
    followed = detail.index;
    if (isVisible() && scene()) mark();
  });

  const begin = () => {
    read();
    ask();
  };
  const again = () => isVisible() && mark();
  widget.onChange({
    cloud: begin,
    words: ask,
    marker: again,
    landed: again,
    picked: again,
    trail: again,
    ellipsoid: again,
  });
  widget.whenComplete(begin);
  requestAnimationFrame(follow);
  loadPlotly(widget.plotly).then((found) => {
    Plot = found;
    ask();
  });
};
