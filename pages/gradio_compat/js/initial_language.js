// @ts-check
/**
 * Set the language of the document and properties of the components that Gradio is to render.
 * Runs inside the page, see `initial_language.py`.
 *
 * @param {string} language
 * @param {Record<string, Record<string, any>>} changed by the number of the component; `words` are a
 *   property of a `gr.HTML`
 */
export const setLanguage = (language, changed) => {
  document.documentElement.dataset.language = document.documentElement.lang = language;
  const { components = [] } = /** @type {any} */ (window).gradio_config ?? {};
  for (const { id, props } of components) {
    if (!(id in changed)) continue;
    const { words, ...rest } = changed[id];
    Object.assign(props, rest);
    if (words) props.props.words = words;
  }
};
