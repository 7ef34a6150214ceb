// @ts-check
/** What the browser does with the values of controls. */

/**
 * Limit the values of sliders. Gradio limits a typed number too, but later and without an event.
 *
 * @param {[number, number, number][]} bounds position among the values, least, most
 * @param {any[]} values
 */
export const clampValues = (bounds, ...values) => {
  for (const [at, least, most] of bounds) values[at] = Math.min(Math.max(values[at], least), most);
  return values;
};

/**
 * Save a file that the server made, and forget it, so that it is not saved again.
 *
 * @param {string} file [name, content] as JSON, "" for none
 */
export const saveFile = (file) => {
  if (!file) return file;
  const [name, content] = JSON.parse(file);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type: "text/plain;charset=utf-8" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  return "";
};
