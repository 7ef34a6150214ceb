import assert from "node:assert/strict";
import { test } from "node:test";

import {
  byteColours,
  css,
  divergingScale,
  mix,
  rgb,
  signedRoot,
} from "../../pages/widgets/js/colour.js";
import { clamp, fixed, percent, short } from "../../pages/widgets/js/format.js";
import { bytes, groups, numbers } from "../../pages/widgets/js/packing.js";
import { continuesWord, isMark, tokenText } from "../../pages/widgets/js/tokens.js";

const DIVERGING = ["#0000ff", "#ffffff", "#ff8000"];

test("numbers arrive as a list, packed as float32, or not at all", () => {
  const packed = Buffer.from(Float32Array.of(1, -2.5, 3).buffer).toString("base64");
  assert.deepEqual([...numbers(packed)], [1, -2.5, 3]);
  assert.deepEqual(numbers([4, 5]), [4, 5]);
  assert.deepEqual(numbers(undefined), []);
  assert.deepEqual([...bytes("AP8=")], [0, 255]);
});

test("groups leave out an incomplete one", () => {
  assert.deepEqual(groups([1, 2, 3, 4, 5], 2), [
    [1, 2],
    [3, 4],
  ]);
});

test("colours are read, mixed and written", () => {
  assert.deepEqual(rgb("#4f46e5"), [79, 70, 229]);
  assert.deepEqual(mix([0, 0, 0], [10, 20, 255], 0.5), [5, 10, 128]);
  assert.equal(css([1, 2, 3]), "rgb(1,2,3)");
});

test("a diverging scale is white at zero and ends at its outer colours", () => {
  const scale = divergingScale(DIVERGING);
  assert.deepEqual([-2, -1, 0, 1, 2].map(scale).map(css), [
    "rgb(0,0,255)",
    "rgb(0,0,255)",
    "rgb(255,255,255)",
    "rgb(255,128,0)",
    "rgb(255,128,0)",
  ]);
});

test("the signed root keeps the sign", () => {
  assert.deepEqual([-4, 0, 9].map(signedRoot), [-2, 0, 3]);
});

test("128 is zero among the signed bytes", () => {
  assert.deepEqual(byteColours("grey", DIVERGING)[77], [77, 77, 77]);
  const signed = byteColours("signed", DIVERGING);
  assert.deepEqual([signed[0], signed[128], signed[255]], DIVERGING.map(rgb));
});

test("numbers are written with a minus sign, and zero without one", () => {
  assert.equal(fixed(-1.25, 1), "−1.3");
  assert.equal(fixed(2, 2, "+"), "+2.00");
  assert.equal(fixed(-0.001, 2, "+"), "0.00");
  assert.equal(short(-3.14159), "−3.14");
  assert.equal(short(31.4159), "31.4");
  assert.equal(percent(0.0314), "3.1 %");
  assert.equal(percent(0.314), "31 %");
  assert.deepEqual([clamp(5, 0, 3), clamp(-5, 0, 3), clamp(2, 0, 3)], [3, 0, 2]);
});

test("tokens are read as words", () => {
  const word = (/** @type {string} */ key) => key.toUpperCase();
  assert.equal(tokenText("<s>", word), "⟨START⟩");
  assert.equal(tokenText("</s>", word), "⟨END⟩");
  assert.equal(tokenText("▁cat", word), "cat");
  assert.equal(tokenText("▁", word), "␣");
  assert.ok(continuesWord("s") && !continuesWord("▁cat") && !continuesWord("</s>"));
  assert.ok(isMark("</s>") && !isMark("s"));
});
