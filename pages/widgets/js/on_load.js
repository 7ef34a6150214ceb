// The js_on_load of every widget; `widget` holds its constants. All modules are fetched at once.
const folder = `${window.gradio_config.root}${widget.folder}`;
Promise.all(widget.modules.map((name) => import(folder + name))).then(([{ start }, ...modules]) =>
  start(modules.at(-1).mount, widget, { element, props, trigger, watch, server }),
);
