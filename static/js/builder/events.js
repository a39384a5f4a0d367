// Lines about what happened: an event with its measure, and steps in order.
((B) => {
  "use strict";
  const { html } = B;
  const MONTH = { last: "30 days" };
  const WITHIN = ["minute", "hour", "day", "week"];
  const namesOf = (part) => (part.event === "*" ? "*" : [part.event ?? []].flat());
  const eventGroups = () => [
    { label: B.t("Events"), options: B.eventRows() },
    { label: B.t("More"), options: [{ kind: "event", key: "*", label: B.t("any event"), icon: "bolt", hint: "" }] },
  ];

  /** The events of a line or of a step: one picker for each. `onChange` is given the successor of the part. */
  const Names = ({ part, onChange }) => {
    const names = namesOf(part);
    if (names === "*") return html`<${B.Picker} text=${B.labelOfEvent("*")} icon="bolt" label=${B.t("Event")} groups=${eventGroups} onPick=${(row) => onChange(B.change(part, { event: row.key }))} />`;
    const put = (list) => onChange(B.change(part, { event: list.length === 1 ? list[0] : list }));
    const shown = names.length ? names : [undefined];
    return shown.map((name, place) => html`
      ${place ? html`<span class="line-word">${B.t("or")}</span>` : null}
      <${B.Picker} text=${name && B.labelOfEvent(name)} icon="bolt" label=${B.t("Event")} groups=${eventGroups} part=${place ? undefined : "pick"}
        onPick=${(row) => (row.key === "*" ? onChange(B.change(part, { event: "*" })) : put(shown.map((each, index) => (index === place ? row.key : each))))} />
      ${shown.length > 1 ? html`<button type="button" class="token-remove" aria-label=${B.fill(B.t("Remove %(value)s"), { value: B.labelOfEvent(name) })}
        onClick=${() => put(shown.filter((_, index) => index !== place))}><${B.Icon} name="x" /></button>` : null}`);
  };

  /** What may be chosen where `key` is: a hidden property only where it is chosen already. */
  const offeredBeside = (key) => (property) => !property.hidden || property.key === key;

  /** The conditions on properties of an event, each on a row of its own. */
  const Where = ({ part, onChange }) => {
    const known = B.properties(namesOf(part));
    const put = (list) => onChange(B.change(part, { where: list.length ? list : undefined }));
    return (part.where ?? []).map((condition, place) => {
      const property = known.find((each) => each.key === condition.property);
      const set = (next, merge) => onChange(B.change(part, { where: part.where.map((each, index) => (index === place ? next : each)) }), merge && `where${place}`);
      const choose = (key) => {
        const type = known.find((each) => each.key === key).type;
        set(B.withOperator(B.change(condition, { property: key, value: undefined }), type, property?.type === type ? condition.op : B.usualOperator[type]));
      };
      const entries = property ? B.flagEntries(condition, property.type, true, set) : [];
      return html`<div class="where" key=${B.idOf(condition)}>
        <span class="line-word">${place ? B.t("and") : B.t("where")}</span>
        <${B.Choice} label=${B.t("Property")} value=${condition.property} options=${known.filter(offeredBeside(condition.property)).map((each) => [each.key, each.label])} onChange=${choose} />
        ${property ? html`<${B.Comparison} node=${condition} type=${property.type} name=${property.label} onChange=${set} />`
          : condition.property !== undefined && html`<code>${JSON.stringify(condition)}</code>`}
        <span class="where-side"><${B.Menu} label=${B.t("More for this property")} entries=${entries} />
        <button type="button" class="icon-button" aria-label=${B.t("Remove this property condition")} onClick=${() => put(part.where.filter((_, index) => index !== place))}><${B.Icon} name="x" /></button></span>
      </div>`;
    });
  };

  const addWhere = (part) => B.change(part, { where: [...(part.where ?? []), {}] });
  const canFilter = (part) => B.properties(namesOf(part)).length > 0;

  /** Entries of the menu for the events of a line or a step. */
  const matchEntries = (part, onChange) => [
    { label: B.t("Only with a certain property"), icon: "plus", run: canFilter(part) && (() => onChange(addWhere(part))) },
    { label: B.t("Or another event"), icon: "plus", run: part.event !== "*" && part.event !== undefined && (() => onChange(B.change(part, { event: [...namesOf(part), undefined] }))) },
  ];

  const isNever = (node) => (node.measure ?? "count") === "count" && node.op === "eq" && node.value === 0;
  const isCount = (node) => (node.measure ?? "count") === "count";

  const measured = (node, name) => {
    if (name === "none") return B.change(node, { measure: undefined, of: undefined, missing: undefined, op: "eq", value: 0 });
    const before = B.measure(node.measure);
    const after = B.measure(name);
    const same = before.result === after.result && !isNever(node) && node.op;
    const first = B.properties(namesOf(node)).find((property) => after.of.includes(property.type));
    const keys = { measure: name === "count" ? undefined : name, of: after.of_required ? first?.key : undefined };
    if (!same) Object.assign(keys, { op: undefined, value: undefined });
    if (!after.missing) keys.missing = undefined;
    if (name === "change" && !("last" in (node.window ?? {}))) keys.window = MONTH;
    const next = B.change(node, keys);
    if (name === "count" && !same) return B.change(next, { op: "gte", value: 1 });
    return same ? next : B.withOperator(next, after.result, B.usualOperator[after.result]);
  };

  const Of = ({ node, measure, onChange }) => {
    const fits = B.properties(namesOf(node)).filter(offeredBeside(node.of)).filter((property) => measure.of.includes(property.type));
    const options = fits.map((property) => [property.key, property.label]);
    if (!measure.of_required) options.unshift(["", B.t("how often")]);
    return html`<${B.Choice} label=${B.t("Measured property")} value=${node.of ?? (measure.of_required ? undefined : "")} options=${options}
      onChange=${(key) => onChange(B.change(node, { of: key || undefined }))} /><span class="line-word">${B.t("of")}</span>`;
  };

  const unitOf = (node) => {
    if (node.measure === "days") return B.t("days");
    if (!isCount(node)) return "";
    return node.op === "between" || node.value !== 1 ? B.t("times") : B.t("time");
  };

  /** What a line about events shows; `onChange` is given its successor. */
  B.EventLine = ({ node, onChange }) => {
    const measure = B.measure(node.measure);
    const options = [["count", measures().count], ["none", B.t("has not done")], ...B.measures.filter((each) => each.name !== "count").map((each) => [each.name, each.label])];
    const full = isCount(node) && node.op === undefined ? { ...node, op: "gte", value: 1 } : node;
    const compared = (next, merge) => onChange(B.change(node, { op: next.op, value: next.value, missing: next.missing }), merge);
    const name = B.labelOfEvent(namesOf(node)[0] ?? "");
    return html`
      <${B.Choice} label=${B.t("What is measured")} value=${isNever(node) ? "none" : node.measure ?? "count"} options=${options} onChange=${(chosen) => onChange(measured(node, chosen))} />
      ${measure?.of.length ? html`<${Of} node=${node} measure=${measure} onChange=${onChange} />` : null}
      <${Names} part=${node} onChange=${onChange} />
      ${measure && !isNever(node) && html`<span class="line-part"><${B.Comparison} node=${B.adopt(full, node)} type=${measure.result} isMeasure name=${name} onChange=${compared} />
        ${unitOf(full) && html`<span class="line-word">${unitOf(full)}</span>`}</span>`}
      <${B.Window} value=${node.window} only=${node.measure === "change" ? "last" : undefined} onChange=${(window) => onChange(B.change(node, { window }), "window")} />
      <${Where} part=${node} onChange=${onChange} />`;
  };
  const measures = () => Object.fromEntries(B.measures.map((each) => [each.name, each.label]));

  B.eventEntries = (node, onChange) => [
    ...matchEntries(node, onChange),
    ...(isNever(node) ? [] : B.flagEntries(node, B.measure(node.measure)?.result, B.measure(node.measure)?.missing, onChange)),
  ];

  const Step = ({ step, place, steps, onChange, onRemove }) => {
    const isLast = place === steps.length - 1;
    const verbs = [["then", B.t("then")], ["not", B.t("and then not")]];
    const turn = (verb) => onChange(verb === "not" ? B.change(step, { absent: true, within: step.within ?? "1 day" }) : B.change(step, { absent: undefined }));
    const limit = (on) => () => onChange(B.change(step, { within: on ? "1 day" : undefined }));
    return html`<li class="sequence-step" key=${B.idOf(step)}>
      <span class="sequence-number" aria-hidden="true">${place + 1}</span>
      <span class="line-controls">
      ${place && (isLast || step.absent) ? html`<${B.Choice} label=${B.t("Whether it happens")} value=${step.absent ? "not" : "then"} options=${verbs} onChange=${turn} />`
        : html`<span class="line-word">${place ? B.t("then") : B.t("first")}</span>`}
      <${Names} part=${step} onChange=${onChange} />
      ${step.within !== undefined && html`<span class="line-part"><span class="line-word">${B.t("within")}</span>
        <${B.Duration} label=${B.t("Within")} value=${step.within} units=${WITHIN} onChange=${(within) => onChange(B.change(step, { within }), "within")} /></span>`}
      <${Where} part=${step} onChange=${onChange} />
      </span>
      <${B.Menu} label=${B.fill(B.t("More for step %(number)s"), { number: place + 1 })} entries=${[
        ...matchEntries(step, onChange),
        { label: B.t("Within a time after the step before"), icon: "clock", run: place > 0 && step.within === undefined && limit(true) },
        { label: B.t("However long after the step before"), icon: "clock", run: step.within !== undefined && !step.absent && limit(false) },
        { label: B.t("Remove this step"), icon: "trash", run: steps.length > 2 && onRemove },
      ]} />
    </li>`;
  };

  /** Steps in order, within one window. */
  B.SequenceLine = ({ node, onChange }) => {
    const put = (steps, merge) => onChange(B.change(node, { sequence: steps }), merge);
    const steps = node.sequence;
    const add = () => {
      const end = steps.at(-1)?.absent ? steps.length - 1 : steps.length;
      put([...steps.slice(0, end), {}, ...steps.slice(end)]);
    };
    return html`<span class="line-word">${B.t("In this order")}</span>
      <${B.Window} value=${node.window} onChange=${(window) => onChange(B.change(node, { window }), "window")} />
      <ol class="sequence-steps">
        ${steps.map((step, place) => html`<${Step} key=${B.idOf(step)} step=${step} place=${place} steps=${steps}
          onChange=${(next, merge) => put(steps.map((each, index) => (index === place ? next : each)), merge && `${merge}${place}`)}
          onRemove=${() => put(steps.filter((_, index) => index !== place))} />`)}
      </ol>
      ${steps.length < 10 && html`<button type="button" class="link-button" onClick=${add}><${B.Icon} name="plus" />${B.t("Add step")}</button>`}`;
  };
})(window.Builder);
