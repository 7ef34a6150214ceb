// @ts-check
/** What happens once, when the page opens. */

import { keepDropdownsClosed } from "../../gradio_compat/js/gradio.js";
import { followTabs, hideNamed } from "./address.js";

/** Fetch modules while the page is idle, for the tabs that are opened later. @param {string[]} names */
const preload = (names) => {
  const load = () =>
    names.forEach((name) => import(new URL(`../../${name}`, import.meta.url).href));
  const whenIdle = window.requestIdleCallback ?? setTimeout; // Safari has no idle callbacks
  whenIdle(load);
};

/**
 * @param {string[]} known what `hide` may name
 * @param {string[]} modules all that the page may need
 */
export const startPage = (known, modules) => {
  hideNamed(known);
  followTabs();
  keepDropdownsClosed();
  preload(modules);
};
