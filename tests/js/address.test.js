import assert from "node:assert/strict";
import { test } from "node:test";

import { fullLink, namesToHide, parametersAt } from "../../pages/app/js/address.js";
import { clampValues } from "../../pages/app/js/controls.js";
import { visitorToken } from "../../pages/app/js/visitor.js";
import { hiddenSelector } from "../../pages/gradio_compat/js/gradio.js";

const after = (/** @type {string} */ search, /** @type {string[]} */ ...opened) =>
  String(parametersAt(search, opened));

test("the address follows a tab, and drops what it said of another", () => {
  assert.equal(after("", "digits"), "tab=digits");
  assert.equal(
    after("?tab=digits&at=game&rows=3", "digits", "steer"),
    "tab=digits&at=steer&rows=3",
  );
  assert.equal(after("?tab=digits&lesson=1&rows=3", "cartpole"), "tab=cartpole");
  assert.equal(after("?lang=zh&hide=share", "digits"), "tab=digits&lang=zh&hide=share");
});

test("only known names are hidden", () => {
  assert.deepEqual(namesToHide(["share", "train"], "?hide=train,body,share"), ["train", "share"]);
  assert.deepEqual(namesToHide(["share"], ""), []);
  assert.match(hiddenSelector(["a", "b"]), /^\[data-tab-id="a"\],\[data-tab-id="b"\], \.link-a/);
});

test("a link is whole and keeps what is hidden", () => {
  const page = { origin: "http://lab", pathname: "/netlab/", search: "?hide=share,train" };
  assert.equal(fullLink("?tab=digits", { ...page, search: "" }), "http://lab/netlab/?tab=digits");
  assert.equal(fullLink("?tab=a", page), "http://lab/netlab/?tab=a&hide=share%2Ctrain");
  assert.equal(fullLink("", page), "");
});

test("the values of sliders are limited, all others are left alone", () => {
  assert.deepEqual(clampValues([[1, 0, 10]], "text", 12, -3), ["text", 10, -3]);
  assert.deepEqual(clampValues([[0, 0, 1]], -0.5), [0]);
});

test("a valid token is kept, and a new one is valid", () => {
  const pattern = "[\\w-]{22,64}";
  const made = visitorToken(pattern, "");
  assert.match(made, new RegExp(`^${pattern}$`));
  assert.equal(visitorToken(pattern, made), made);
  assert.notEqual(visitorToken(pattern, "<script>"), "<script>");
});
