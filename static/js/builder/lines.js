// One condition: what it is about, how it compares, how many it matches alone, and what can be done with it.
((B) => {
  "use strict";
  const { html } = B;

  const fresh = (row) => {
    if (row.kind === "event") return { event: row.key, op: "gte", value: 1, window: { last: "30 days" } };
    if (row.kind === "segment") return { segment: row.key };
    if (row.kind === "sequence") return { sequence: [{}, {}], window: { last: "30 days" } };
    if (row.kind === "company") return { company: { all: [{}] } };
    if (row.kind === "people") return { people: { all: [{}] }, quantifier: "any" };
    if (row.kind === "everyone") return { everyone: true };
    return B.withOperator({ trait: row.key }, row.type, B.usualOperator[row.type]);
  };

  /** The node after a row of the picker was chosen for it: what still fits of the old one stays. */
  const picked = (node, row, unit) => {
    const kind = B.kindOf(node);
    if (row.kind === "event" && kind === "event") return B.change(node, { event: row.key });
    if (row.kind === "trait" && kind === "trait" && B.trait(unit, node.trait)?.type === row.type) return B.change(node, { trait: row.key });
    return B.adopt(fresh(row), node);
  };

  const Pick = ({ node, unit, text, icon, onChange }) => html`<${B.Picker} text=${text} icon=${icon} label=${B.t("Choose a trait, an event or a segment")}
    groups=${() => B.ruleGroups(unit)} onPick=${(row) => onChange(picked(node, row, unit), undefined, { id: B.idOf(node), part: "after-pick" })} />`;

  const drawn = {
    trait: ({ node, unit, onChange }) => {
      const trait = B.trait(unit, node.trait);
      const label = trait ? (node.trait.startsWith("company.") ? B.fill(B.t("Company: %(label)s"), { label: trait.label }) : trait.label) : node.trait;
      return html`<${Pick} node=${node} unit=${unit} text=${label} icon=${B.iconOf(trait?.type)} onChange=${onChange} />
        ${trait ? html`<${B.Comparison} node=${node} type=${trait.type} isTrait name=${label} known=${B.valuesOf(unit, node.trait, trait.type)} onChange=${onChange} />` : html`<code>${JSON.stringify(node)}</code>`}`;
    },
    event: ({ node, onChange }) => html`<${B.EventLine} node=${node} onChange=${onChange} />`,
    sequence: ({ node, onChange }) => html`<${B.SequenceLine} node=${node} onChange=${onChange} />`,
    segment: ({ node, unit, onChange }) => html`<span class="line-word">${B.t("in the segment")}</span>
      <${Pick} node=${node} unit=${unit} text=${B.labelOfSegment(node.segment)} icon="users-group" onChange=${onChange} />`,
    everyone: ({ node, unit, onChange }) => html`<${Pick} node=${node} unit=${unit} text=${unit === "profile" ? B.t("Everyone") : B.t("Every company")} icon="users-group" onChange=${onChange} />`,
    blank: ({ node, unit, onChange }) => html`<${Pick} node=${node} unit=${unit} icon="search" onChange=${onChange} />`,
    unknown: ({ node }) => html`<code class="line-code">${JSON.stringify(node)}</code>
      <button type="button" class="link-button" onClick=${() => B.showView("json")}><${B.Icon} name="code" />${B.t("Edit as JSON")}</button>`,
  };

  const entriesOf = (kind, { node, unit, onChange }) => {
    if (kind === "event") return B.eventEntries(node, onChange);
    const type = kind === "trait" ? B.trait(unit, node.trait)?.type : undefined;
    return type ? B.flagEntries(node, type, true, onChange) : [];
  };

  /** How many a rule matches alone, as a number and as a bar. */
  B.Count = ({ node }) => {
    const count = B.store.counts.get(B.idOf(node));
    if (count === undefined) return html`<span class="line-count" aria-hidden="true">–</span>`;
    if (typeof count === "string") return html`<span class="line-count" title=${B.t("matched by this alone")}>${count}<span class="visually-hidden"> ${B.t("matched by this alone")}</span></span>`;
    const share = B.store.population ? (100 * count) / B.store.population : 0;
    return html`<span class="line-count" title=${B.t("matched by this alone")}>${B.number(count)}<span class="visually-hidden"> ${B.t("matched by this alone")}</span>
      <svg class="bar" aria-hidden="true" focusable="false"><rect class="bar-track" width="100%" height="4" rx="2" /><rect class="bar-part" width=${`${Math.max(share, count ? 1.5 : 0)}%`} height="4" rx="2" /></svg></span>`;
  };

  B.Problems = ({ node }) => (B.store.problems.get(B.idOf(node)) ?? []).map((text) => html`<p class="line-problem"><${B.Icon} name="alert-triangle" />${text}</p>`);

  /** A condition. `place` has what can be done with it among its neighbours; null where it has none. */
  B.Line = ({ node, path, unit, place, kind = B.kindOf(node) }) => {
    const id = B.idOf(node);
    const onChange = (next, merge, focus) => B.edit(path, () => next, { merge: merge && `${id}${merge}`, focus });
    const part = { node, unit, onChange };
    const hasProblem = B.store.problems.has(id);
    return html`<div class=${`line ${hasProblem ? "has-problem" : ""}`} data-node=${id} onKeyDown=${place?.onKey} role="group" aria-label=${place?.name}>
      <div class="line-controls">${drawn[kind](part)}</div>
      <div class="line-side">
        <${B.Count} node=${node} />
        <${B.Menu} label=${B.fill(B.t("More for %(name)s"), { name: place?.name ?? B.t("this condition") })} entries=${[...entriesOf(kind, part), ...(place?.entries ?? B.wrapEntries(node, path))]} />
        ${place ? html`<button type="button" class="icon-button" aria-label=${B.fill(B.t("Remove %(name)s"), { name: place.name })} onClick=${place.remove}><${B.Icon} name="trash" /></button>` : html`<span class="icon-space"></span>`}
      </div>
      <${B.Problems} node=${node} />
    </div>`;
  };
})(window.Builder);
