// Runs the scripts of a widget in one function scope. The page fetches each file once, however many
// widgets are made of it: written into every component, they were two thirds of the whole page.
const { root, api_prefix } = window.gradio_config;
window.netlabFiles ??= new Map();
const fetched = (name) => {
  const text = netlabFiles.get(name) ?? fetch(`${root}${api_prefix}/file=${NETLAB.folder}/${name}?${NETLAB.version}`)
    .then((answer) => {
      if (!answer.ok) throw new Error(`${name} did not load`);
      return answer.text();
    })
    .catch((error) => {
      netlabFiles.delete(name);
      throw error;
    });
  netlabFiles.set(name, text);
  return text;
};
Promise.all(NETLAB.files.map(fetched)).then(([style, ...scripts]) => {
  if (!document.getElementById("netlab-style")) {
    const sheet = document.createElement("style");
    sheet.id = "netlab-style";
    sheet.textContent = style;
    document.head.append(sheet);
  }
  const names = ["element", "trigger", "props", "server", "watch", "NETLAB"];
  new Function(...names, scripts.join("\n"))(element, trigger, props, server, watch, NETLAB);
});
