"""Finds a component in the tree of the page by the path at which it was found before.

Replaces: the recursive search of the script `core-*.js`, which walks through all components from
the root.
Why: Gradio searches for every input and output of every event. With 1,000 components behind
Svelte's proxies one search takes 2 ms.
Written for: Gradio 6.31.0.
No longer needed: when Gradio keeps a map of its components. The first page alone does not need it:
`python -m tests.benchmarks.first_look --without component_lookup` shows no difference (1.46 s,
1.51 s with it). It shortens the events after that.
If Gradio changes: the script is served unchanged, see `frontend_scripts`.
"""

from pages.gradio_compat.frontend_scripts import Replacement

REPLACEMENTS = (
    Replacement(
        "core-",
        "function Z(e,t){if(e.id===t)return e;if(e.children)for(let n of e.children)"
        "{let e=Z(n,t);if(e)return e}return null}",
        # paths: by the id, the positions among the children from the root on. A path that leads to
        # another component is searched for again.
        "const paths=new Map;function Z(e,t){"
        "let n=e;for(const i of paths.get(t)??[])n=n?.children?.[i];if(n?.id===t)return n;"
        "const path=[],walk=(e)=>{if(e.id===t)return e;let i=0;for(const n of e.children??[])"
        "{path.push(i++);const found=walk(n);if(found)return found;path.pop()}return null},"
        "found=walk(e);if(found)paths.set(t,path);return found}",
    ),
)
