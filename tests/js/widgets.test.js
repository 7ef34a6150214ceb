import assert from "node:assert/strict";
import { test } from "node:test";

import { greatest, meanWeights, partSize } from "../../pages/widgets/js/attention.js";
import { coloured, fullLayout, merged } from "../../pages/widgets/js/chart.js";
import { HOME, projection, turned } from "../../pages/widgets/js/cloud_camera.js";
import { greatEllipses } from "../../pages/widgets/js/cloud_marks.js";
import { fitting, isCut, parseCut } from "../../pages/widgets/js/heads.js";
import { mapScale } from "../../pages/widgets/js/heatmap.js";
import { cellText, matrixScale } from "../../pages/widgets/js/matrices.js";
import { heatColour, planeProjection } from "../../pages/widgets/js/plane.js";
import { treeLayout } from "../../pages/widgets/js/tree.js";

const COLOURS = {
  digits: ["#000000", "#111111"],
  series: ["#0000ff", "#ff0000"],
  diverging: ["#0000ff", "#ffffff", "#ff8000"],
  text: "#222222",
  soft: "#333333",
  line: "#444444",
  back: "#555555",
  ground: "#666666",
  font: "sans-serif",
  dark: false,
  accent: "#4f46e5",
};
const close = (/** @type {number} */ one, /** @type {number} */ other) =>
  assert.ok(Math.abs(one - other) < 1e-9, `${one} is not ${other}`);

test("the mean attention is taken over the chosen heads", () => {
  // Two layers of two heads, each 1 × 2.
  const weights = [1, 0, 0, 1, 0.5, 0.5, 0, 1];
  /** @type {{layers: number, heads: number, size: [number, number]}} */
  const shape = { layers: 2, heads: 2, size: [1, 2] };
  const mean = (/** @type {number} */ layer, /** @type {number} */ head) => [
    ...meanWeights(weights, { ...shape, layer, head }),
  ];
  assert.deepEqual(mean(-1, -1), [0.375, 0.625]);
  assert.deepEqual(mean(0, -1), [0.5, 0.5]);
  assert.deepEqual(mean(1, 0), [0.5, 0.5]);
  assert.deepEqual(mean(-1, 1), [0, 1]);
});

test("the parts of attention have the sizes of their sentences", () => {
  assert.deepEqual(
    ["cross", "encoder", "decoder"].map((part) => partSize(part, 3, 5)),
    [
      [5, 3],
      [3, 3],
      [5, 5],
    ],
  );
});

test("the greatest shares come with their places", () => {
  assert.deepEqual(greatest([0.1, 0.6, 0.3], 2), [
    { share: 0.6, i: 1 },
    { share: 0.3, i: 2 },
  ]);
});

test("a chart's colours are named, thinned, and left alone in a visitor's words", () => {
  const given = {
    line: { color: "digit:3" },
    fill: "series:0@0.5",
    grid: "theme:line",
    other: "#abcdef",
    title: { text: "digit:1 is a title" },
    text: ["digit:1"],
  };
  assert.deepEqual(coloured(given, COLOURS), {
    line: { color: "#111111" },
    fill: "#0000ff80",
    grid: "#444444",
    other: "#abcdef",
    title: { text: "digit:1 is a title" },
    text: ["digit:1"],
  });
});

test("a chart's own layout overrides the page's", () => {
  assert.deepEqual(merged({ a: { b: 1, c: 2 } }, { a: { c: 3 }, d: [1] }), {
    a: { b: 1, c: 3 },
    d: [1],
  });
  const layout = fullLayout({ width: 300, xaxis: { title: { text: "x" } }, yaxis2: {} }, COLOURS);
  assert.equal(layout.xaxis.title.text, "x");
  assert.equal(layout.xaxis.gridcolor, "#444444");
  assert.equal(layout.yaxis2.gridcolor, "#444444");
  assert.ok(layout.autosize && !("width" in layout));
});

test("a camera turns around its centre at its distance", () => {
  /** @param {import("../../pages/widgets/js/cloud_camera.js").Camera} camera */
  const distance = ({ eye: { x, y, z } }) => Math.hypot(x, y, z);
  const quarter = turned(HOME, Math.PI / 2, 0);
  close(quarter.eye.x, -HOME.eye.y);
  close(quarter.eye.y, HOME.eye.x);
  close(distance(turned(HOME, 0.3, 5)), distance(HOME));
  assert.equal(HOME.eye.x, 1.35, "the camera given is left as it was");
});

test("a place is projected into the stage", () => {
  const unit = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  const place = projection({ model: unit, view: unit, projection: unit }, [1, 2, 1], 200, 100);
  assert.deepEqual(place(0, 0, 0), [100, 50, 1]);
  assert.deepEqual(place(1, 0.5, 0), [200, 0, 1]);
});

test("the great ellipses go through the ends of the half-axes", () => {
  const ellipses = greatEllipses(
    [1, 0, 0],
    [
      [2, 0, 0],
      [0, 3, 0],
      [0, 0, 4],
    ],
  );
  assert.equal(ellipses.length, 3);
  assert.deepEqual(ellipses[0][0], [3, 0, 0]);
  close(ellipses[0][15][1], 3);
});

test("heads are cut one by one or with their layer", () => {
  const cut = parseCut("cross-1-2,decoder-1,nonsense,cross-1,encoder-0-3");
  assert.deepEqual([...cut], ["cross-1-2", "decoder-1", "encoder-0-3"]);
  assert.ok(isCut(cut, "cross", 1, 0), "cross-attention belongs to the decoder's layer");
  assert.ok(isCut(cut, "encoder", 0, 3) && !isCut(cut, "encoder", 0, 2));
  assert.deepEqual([...fitting(cut, 1, 4)], ["encoder-0-3"]);
});

test("a map's ends are its extremes, and symmetric where values are signed", () => {
  const plain = mapScale([2, 4], false, COLOURS);
  assert.deepEqual(plain.ends, [2, 4]);
  assert.deepEqual(
    [plain.colourOf(2), plain.colourOf(4)],
    [
      [255, 255, 255],
      [79, 70, 229],
    ],
  );
  const signed = mapScale([-1, 4], true, COLOURS);
  assert.deepEqual(signed.ends, [-4, 4]);
  assert.deepEqual(signed.colourOf(0), [255, 255, 255]);
  assert.deepEqual(signed.colourOf(-4), [0, 0, 255]);
});

test("masked scores are infinite and do not stretch a matrix's colours", () => {
  assert.equal(cellText(-1e9), "−∞");
  assert.equal(cellText(-Infinity), "−∞");
  assert.equal(cellText(-0.5), "−0.50");
  const { reach, colourOf } = matrixScale([-1e9, 2, -1], "signed", COLOURS);
  assert.equal(reach, 2);
  assert.deepEqual(colourOf(2), [255, 128, 0]);
});

test("the plane's middle is the square's, and up is up", () => {
  const place = planeProjection(2, 400);
  assert.deepEqual(place(0, 0), [200, 200]);
  assert.deepEqual(place(1, 1), [300, 100]);
});

test("what the discriminator is undecided on is transparent", () => {
  assert.deepEqual(heatColour(1, COLOURS.series), [0, 0, 255, 150]);
  assert.deepEqual(heatColour(0, COLOURS.series), [255, 0, 0, 150]);
  assert.equal(heatColour(0.5, COLOURS.series)[3], 0);
});

test("a tree has a column for each step and a row for each rank", () => {
  const nodes = [
    { number: 0, step: 0 },
    { number: 1, step: 0 },
    { number: 2, step: 1 },
  ];
  const { placeOf, width, height } = treeLayout(nodes);
  assert.ok(placeOf(0).x < placeOf(2).x && placeOf(0).y === placeOf(2).y);
  assert.ok(placeOf(1).y > placeOf(0).y);
  assert.ok(placeOf(-1).x < placeOf(0).x);
  assert.ok(width > placeOf(2).x && height > placeOf(1).y);
});
