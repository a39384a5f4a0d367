// The comparison of a trait, a property or a measure: an operator and a value of the kind that it takes.
((B) => {
  "use strict";
  const { html } = B;
  const asText = (text) => (text === "" ? undefined : text);
  const asNumber = (text) => (text !== "" && Number.isFinite(Number(text)) ? Number(text) : undefined);
  const YEAR = ["day", "week", "month", "year"];
  const listOf = (value) => (Array.isArray(value) ? value : value === undefined ? [] : [value]);

  const pair = (value, set, draw) => {
    const [low, high] = listOf(value);
    return html`${draw(low, (given) => set([given, high]), B.t("From"))}<span class="line-word">${B.t("and")}</span>
      ${draw(high, (given) => set([low, given]), B.t("To"))}`;
  };

  const draw = {
    nothing: () => null,
    text: (value, set, label) => html`<${B.TextInput} label=${label} value=${value} onInput=${(text) => set(asText(text))} />`,
    texts: (value, set, label, known) => html`<${B.Tokens} known=${known} label=${label} values=${listOf(value)} read=${asText} onChange=${(list) => set(list.length ? list : undefined)} />`,
    numbers: (value, set, label) => html`<${B.Tokens} label=${label} values=${listOf(value)} read=${asNumber} onChange=${(list) => set(list.length ? list : undefined)} />`,
    number: (value, set, label) => html`<${B.NumberInput} label=${label} value=${value} onInput=${set} />`,
    percent: (value, set, label) => html`<${B.NumberInput} label=${label} value=${value} onInput=${set} /><span class="line-word">%</span>`,
    number_pair: (value, set) => pair(value, set, (each, put, label) => html`<${B.NumberInput} label=${label} value=${each ?? undefined} onInput=${put} />`),
    boolean: (value, set, label) => html`<${B.Choice} label=${label} value=${String(value ?? "")} options=${[["true", B.t("yes")], ["false", B.t("no")]]}
      onChange=${(chosen) => set(chosen === "true")} />`,
    instant: (value, set, label) => html`<${B.Instant} label=${label} value=${value} onChange=${set} />`,
    instant_pair: (value, set) => pair(value, set, (each, put, label) => html`<${B.Instant} label=${label} value=${each ?? undefined} onChange=${put} />`),
    duration: (value, set, label) => html`<${B.Duration} label=${label} value=${value} onChange=${set} />`,
    duration_to_a_year: (value, set, label) => html`<${B.Duration} label=${label} value=${value} onChange=${set} units=${YEAR} />`,
  };
  draw.part = draw.text;
  draw.pattern = draw.text;

  /** The value that stays when another operator is chosen: what it takes is the same, or one becomes a list of one. */
  const carried = (before, after, value) => {
    if (before?.takes === after.takes || value === undefined) return value;
    const single = ["text", "part", "number"];
    const lists = ["texts", "numbers"];
    if (single.includes(before?.takes) && lists.includes(after.takes)) return [value];
    if (lists.includes(before?.takes) && single.includes(after.takes)) return value[0];
    return single.includes(before?.takes) && single.includes(after.takes) ? value : undefined;
  };
  const START = { boolean: true, duration: "30 days", duration_to_a_year: "30 days" };

  /** The keys that go with an operator, as a change of a node: `value` and the flags that it does not take are out. */
  B.withOperator = (node, type, name) => {
    const after = B.operator(type, name);
    const before = B.operator(type, node.op);
    const keys = { op: name, value: carried(before, after, node.value) ?? START[after.takes] };
    if (!after.missing) keys.missing = undefined;
    if (!after.ignore_case) keys.ignore_case = undefined;
    return B.change(node, keys);
  };

  /** What a fresh comparison begins with. */
  B.usualOperator = { text: "in", number: "gte", boolean: "eq", datetime: "in_last", list: "has_any" };

  /** Operator, value and flags. `node` has op, value, missing, ignore_case; `onChange` is given its successor. */
  B.Comparison = ({ node, type, isTrait, isMeasure, name, known, onChange }) => {
    const operators = B.operators(type, isTrait);
    const operator = B.operator(type, node.op);
    const set = (value) => onChange(B.change(node, { value }), "value");
    const options = operators.map((each) => [each.name, isMeasure ? each.measured : each.label]);
    return html`
      <${B.Choice} part="op" label=${B.fill(B.t("%(name)s: comparison"), { name })} value=${node.op} options=${options}
        onChange=${(chosen) => onChange(B.withOperator(node, type, chosen))} />
      ${operator && draw[operator.takes](node.value, set, B.fill(B.t("%(name)s: value"), { name }), known)}
      ${node.missing && html`<button type="button" class="flag" onClick=${() => onChange(B.change(node, { missing: undefined }))}>
        ${B.t("or not known")}<${B.Icon} name="x" /></button>`}
      ${node.ignore_case && html`<button type="button" class="flag" onClick=${() => onChange(B.change(node, { ignore_case: undefined }))}>
        ${B.t("in capitals or not")}<${B.Icon} name="x" /></button>`}`;
  };

  /** The entries of a line's menu for the flags that its operator takes. */
  B.flagEntries = (node, type, canMiss, onChange) => {
    const operator = B.operator(type, node.op);
    const flip = (flag) => () => onChange(B.change(node, { [flag]: node[flag] ? undefined : true }));
    return [
      { label: B.t("Count those where it is not known"), checked: Boolean(node.missing), run: operator?.missing && canMiss && flip("missing") },
      { label: B.t("Capitals make no difference"), checked: Boolean(node.ignore_case), run: operator?.ignore_case && flip("ignore_case") },
    ];
  };
})(window.Builder);
