"""Finds the events of a component in a map, which is built once for all components.

Replaces: the search through all events in the script `core-*.js`, made once for each component.
Why: the page has 420 events and 1,000 components.
Written for: Gradio 6.31.0.
No longer needed: when `python -m tests.benchmarks.first_look --without event_lookup` shows no
difference (median to a usable page: 1.72 s without it, 1.51 s with it).
If Gradio changes: the script is served unchanged, see `frontend_scripts`.
"""

from pages.gradio_compat.frontend_scripts import Replacement

REPLACEMENTS = (
    Replacement(
        "core-",
        "let n=t.filter(t=>t.targets.find(([t])=>t===e.id)).map(t=>{let n=t.targets.find("
        "([t])=>t===e.id);return n?n[1]:null}).filter(Boolean);",
        "let all=named.get(t);if(!all){named.set(t,all=new Map);for(const{targets:n}of t)"
        "for(const[e,t]of new Map([...n].reverse()))"
        "all.has(e)?all.get(e).push(t):all.set(e,[t])}"
        "let n=(all.get(e.id)??[]).filter(Boolean);",
    ),
    Replacement("core-", "function q(e,t){", "const named=new WeakMap;function q(e,t){"),
)
