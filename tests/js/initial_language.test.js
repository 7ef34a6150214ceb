import assert from "node:assert/strict";
import { test } from "node:test";

import { setLanguage } from "../../pages/gradio_compat/js/initial_language.js";

test("the components of the page get their words before Gradio renders them", () => {
  const root = { dataset: { language: "" }, lang: "" };
  const components = [
    { id: 1, props: { label: "one" } },
    { id: 2, props: { props: { words: {}, marker: {} } } },
    { id: 3, props: { label: "three" } },
  ];
  Object.assign(globalThis, {
    document: { documentElement: root },
    window: { gradio_config: { components } },
  });
  setLanguage("zh", { 1: { label: "一" }, 2: { words: { empty: "空" } } });
  assert.deepEqual([root.lang, root.dataset.language], ["zh", "zh"]);
  assert.deepEqual(components, [
    { id: 1, props: { label: "一" } },
    { id: 2, props: { props: { words: { empty: "空" }, marker: {} } } },
    { id: 3, props: { label: "three" } },
  ]);
  Object.assign(globalThis, { window: {} });
  setLanguage("en", {});
});
