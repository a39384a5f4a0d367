// The tree is the JSON of the rule language itself, never changed in place. Each object has an id that its successors
// inherit, so that focus, counts and problems stay with a condition while it is edited and moved.
window.Builder = {};
((B) => {
  "use strict";
  const KINDS = ["all", "any", "not", "company", "people", "trait", "event", "sequence", "segment", "everyone"];
  const ids = new WeakMap();
  let last = 0;

  B.idOf = (node) => {
    if (node === null || typeof node !== "object") return "value";
    if (!ids.has(node)) ids.set(node, `n${(last += 1)}`);
    return ids.get(node);
  };

  /** The copy, known by the id of the node that it stands for. */
  B.adopt = (copy, node) => {
    ids.set(copy, B.idOf(node));
    return copy;
  };

  /** The object with these keys set; a key whose value is undefined is taken out. Other keys keep their order. */
  B.change = (node, keys) => {
    const copy = B.adopt({ ...node }, node);
    for (const [key, value] of Object.entries(keys)) {
      if (value === undefined) delete copy[key];
      else copy[key] = value;
    }
    return copy;
  };

  B.at = (document, path) => path.reduce((here, key) => here?.[key], document);

  /** The document with `make(what stood there)` at the path. */
  B.replace = (node, path, make) => {
    if (!path.length) return make(node);
    const [key, ...rest] = path;
    const copy = Array.isArray(node) ? [...node] : B.adopt({ ...node }, node);
    copy[key] = B.replace(node[key], rest, make);
    return copy;
  };

  /** What a rule is: one of the language's kinds, "blank" where nothing is chosen yet, "unknown" for what can't be drawn. */
  B.kindOf = (rule) => {
    if (rule === null || typeof rule !== "object" || Array.isArray(rule)) return "unknown";
    const kinds = KINDS.filter((kind) => Object.hasOwn(rule, kind));
    if (kinds.length !== 1) return Object.keys(rule).length ? "unknown" : "blank";
    const [kind] = kinds;
    if (kind === "all" || kind === "any") return Array.isArray(rule[kind]) ? kind : "unknown";
    if (kind === "people" && !isQuantifier(rule.quantifier)) return "unknown";
    if (kind === "not" || kind === "company" || kind === "people") return isObject(rule[kind]) ? kind : "unknown";
    return isDrawn(kind, rule) ? kind : "unknown";
  };

  const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

  const isQuantifier = (value) => value === undefined || typeof value === "string" || isObject(value);

  const isDrawn = (kind, rule) => {
    if (kind === "trait" || kind === "segment") return typeof rule[kind] === "string";
    if (kind === "event") return isMatch(rule);
    if (kind === "sequence") return Array.isArray(rule.sequence) && rule.sequence.every((step) => isObject(step) && isMatch(step));
    return true;
  };

  const isMatch = (part) =>
    ["string", "undefined"].includes(typeof part.event) || (Array.isArray(part.event) && part.event.every((name) => typeof name === "string"))
      ? part.where === undefined || (Array.isArray(part.where) && part.where.every(isObject))
      : false;

  /** The mode of a group and where its conditions are: "none" is {"not": {"any": [...]}}. Null for what is no group. */
  B.groupOf = (rule) => {
    const kind = B.kindOf(rule);
    if (kind === "all" || kind === "any") return { mode: kind, below: [kind] };
    if (kind === "not" && B.kindOf(rule.not) === "any") return { mode: "none", below: ["not", "any"] };
    return null;
  };

  B.makeGroup = (mode, rules) => (mode === "none" ? { not: { any: rules } } : { [mode]: rules });

  /** A path in the notation of the server's errors: rule.all[0].value. */
  B.pathText = (path) =>
    path.reduce((text, key) => {
      if (typeof key === "number") return `${text}[${key}]`;
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) return `${text}[${JSON.stringify(key)}]`;
      return text ? `${text}.${key}` : key;
    }, "");

  /** Calls back with each rule, its path, and the path below which its rules are (null for a leaf). */
  B.walk = (rule, path, visit) => {
    const kind = B.kindOf(rule);
    const below = ["all", "any", "not", "company", "people"].includes(kind) ? [...path, kind] : null;
    visit(rule, path, below);
    if (kind === "all" || kind === "any") rule[kind].forEach((each, place) => B.walk(each, [...below, place], visit));
    else if (below) B.walk(rule[kind], below, visit);
  };

  /** Gives the nodes of a document that was read anew the ids of those that stood in the same places. */
  B.inherit = (fresh, before) => {
    if (!fresh || !before || typeof fresh !== "object" || typeof before !== "object") return;
    if (Array.isArray(fresh) !== Array.isArray(before)) return;
    if (!Array.isArray(fresh)) B.adopt(fresh, before);
    for (const key of Object.keys(fresh)) B.inherit(fresh[key], before[key]);
  };

  /** A copy with ids of its own. */
  B.duplicate = (node) => JSON.parse(JSON.stringify(node));
})(window.Builder);
