// @ts-check
import { fileUrl } from "../../gradio_compat/js/gradio.js";

/** @type {Promise<any> | undefined} */
let loading;

/**
 * plotly.js, which is large: fetched once, from this server, by the first widget that needs it.
 * Gradio assigns a copy of its own to `window.Plotly`, which is left as it was.
 *
 * @param {string} path of plotly.min.js, as the server serves it
 * @returns {Promise<any>}
 */
export const loadPlotly = (path) => {
  loading ??= new Promise((resolve, reject) => {
    const page = /** @type {any} */ (window);
    const before = page.Plotly;
    const script = document.createElement("script");
    script.src = fileUrl(path);
    script.onload = () => {
      const { Plotly } = page;
      if (before) page.Plotly = before;
      resolve(Plotly);
    };
    script.onerror = () => {
      loading = undefined;
      script.remove();
      reject(new Error(`plotly.js did not load from ${script.src}`));
    };
    document.head.append(script);
  });
  return loading;
};
