// Groups, what stands around a rule (not, company, people), and what is done with a condition among its neighbours.
((B) => {
  "use strict";
  const { html } = B;
  const MODES = [["all", B.t("all")], ["any", B.t("any")], ["none", B.t("none")]];
  const JOINS = { all: B.t("and"), any: B.t("or"), none: B.t("or") };

  const insert = (list, place, ...nodes) => [...list.slice(0, place), ...nodes, ...list.slice(place)];

  /** What can be done with one rule of a list that stands at `path`. */
  const placeOf = (list, path, index) => {
    const node = list[index];
    const id = B.idOf(node);
    const name = B.fill(B.t("condition %(number)s of %(count)s"), { number: index + 1, count: list.length });
    const move = (step) => {
      const to = index + step;
      if (to < 0 || to >= list.length) return;
      const say = B.fill(B.t("Moved to position %(number)s of %(count)s"), { number: to + 1, count: list.length });
      B.edit(path, (all) => insert(all.filter((each) => each !== node), to, node), { say });
    };
    const remove = () => {
      const neighbour = list[index + 1] ?? list[index - 1];
      const focus = neighbour ? { id: B.idOf(neighbour), part: "first" } : { id: B.pathText(path), part: "add" };
      B.edit(path, (all) => all.filter((each) => each !== node), { say: B.t("Removed. Press Ctrl Z to undo."), focus });
    };
    const onKey = (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step || !event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      move(step);
    };
    const entries = [
      { label: B.t("Move up"), icon: "arrow-up", run: index > 0 && (() => move(-1)) },
      { label: B.t("Move down"), icon: "arrow-down", run: index < list.length - 1 && (() => move(1)) },
      { label: B.t("Duplicate"), icon: "copy", run: () => B.edit(path, (all) => insert(all, index + 1, B.duplicate(node))) },
      ...B.wrapEntries(node, [...path, index]),
    ];
    return { name, remove, onKey, entries, id };
  };

  /** What can be put around a rule, or taken away from around it. */
  B.wrapEntries = (node, path) => {
    const put = (make, say) => () => B.edit(path, make, { say });
    const group = B.groupOf(node);
    const inner = group && B.at(node, group.below);
    return [
      { label: B.t("Put into a group"), icon: "folder-plus", run: put((it) => ({ any: [it] }), B.t("Now in a group")) },
      { label: B.t("Take out of the group"), icon: "folder-plus", run: inner?.length === 1 && group.mode !== "none" && put(() => inner[0], B.t("Group removed")) },
      { label: B.t("Turn into its opposite"), icon: "ban", run: B.kindOf(node) !== "not" && put((it) => ({ not: it }), B.t("Now the opposite")) },
      { label: B.t("Take away the “not”"), icon: "ban", run: B.kindOf(node) === "not" && !group && put((it) => it.not, B.t("No longer the opposite")) },
    ];
  };

  const Add = ({ path }) => {
    const add = (node, part) => B.edit(path, (all) => [...all, node], { focus: { id: B.idOf(node.any ? node.any[0] : node), part } });
    return html`<div class="group-add" data-node=${B.pathText(path)}>
      <button type="button" class="link-button" data-part="add" onClick=${() => add({}, "open")}><${B.Icon} name="plus" />${B.t("Add condition")}</button>
      <button type="button" class="link-button link-quiet" onClick=${() => add({ any: [{}] }, "open")}><${B.Icon} name="folder-plus" />${B.t("Add group")}</button>
    </div>`;
  };

  const Side = ({ node, path, place }) => html`<div class="line-side">
    <${B.Count} node=${node} />
    <${B.Menu} label=${B.fill(B.t("More for %(name)s"), { name: place?.name ?? B.t("the whole rule") })} entries=${place?.entries ?? B.wrapEntries(node, path)} />
    ${place ? html`<button type="button" class="icon-button" aria-label=${B.fill(B.t("Remove %(name)s"), { name: place.name })} onClick=${place.remove}><${B.Icon} name="trash" /></button>` : html`<span class="icon-space"></span>`}
  </div>`;

  const heading = (unit, isRoot) => {
    if (!isRoot) return B.t("Match");
    return unit === "profile" ? B.t("People who match") : B.t("Companies that match");
  };

  const Group = ({ node, path, unit, place, group, isRoot }) => {
    const below = [...path, ...group.below];
    const list = B.at(node, group.below);
    const turn = (mode) => B.edit(path, (it) => B.adopt(B.makeGroup(mode, B.at(it, group.below)), it), { say: MODES.find(([each]) => each === mode)[1] });
    return html`<div class=${isRoot ? "group-root" : "group"} data-node=${B.idOf(node)} onKeyDown=${place?.onKey} role="group" aria-label=${place?.name ?? B.t("Rule")}>
      <div class="group-head">
        <span class="group-words">${heading(unit, isRoot)} <${B.Segmented} part="first" label=${B.t("How many of these")} value=${group.mode} options=${MODES} onChange=${turn} /> ${B.t("of these")}</span>
        <${Side} node=${node} path=${path} place=${place} />
      </div>
      ${isRoot && !list.length ? null : html`<${B.Problems} node=${node} />`}
      ${isRoot && !list.length ? html`<p class="group-empty">${B.t("No conditions yet, so this would match everyone. Start with who they are or what they did.")}</p>` : null}
      ${list.flatMap((rule, index) => [
        index ? html`<div class="join" key=${`join-${B.idOf(rule)}`}>${JOINS[group.mode]}</div>` : null,
        html`<${B.Rule} key=${B.idOf(rule)} node=${rule} path=${[...below, index]} unit=${unit} place=${placeOf(list, below, index)} />`,
      ])}
      <${Add} path=${below} />
    </div>`;
  };

  const Quantity = ({ node, path }) => {
    const value = typeof node.quantifier === "object" ? "at_least" : node.quantifier ?? "any";
    const names = { any: B.t("at least one"), all: B.t("all"), none: B.t("none") };
    const options = [...B.quantifiers.map((each) => [each, names[each] ?? each]), ["at_least", B.t("at least")]];
    const set = (quantifier, merge) => B.edit(path, (it) => B.change(it, { quantifier }), { merge });
    return html`<${B.Choice} part="first" label=${B.t("How many of their people")} value=${value} options=${options} onChange=${(chosen) => set(chosen === "at_least" ? { at_least: 2 } : chosen)} />
      ${value === "at_least" && html`<${B.NumberInput} label=${B.t("Number of people")} whole value=${node.quantifier.at_least} onInput=${(number) => set({ at_least: number }, `${B.idOf(node)}at_least`)} />`}
      <span class="line-word">${B.t("of their people")}</span>`;
  };

  /** A rule inside another kind of rule: its opposite, about the company, or about the people. */
  const Around = ({ node, path, unit, place, kind }) => {
    const words = { not: B.t("Not those who match this"), company: B.t("Belongs to a company that matches"), people: null };
    const inside = { not: unit, company: "company", people: "profile" };
    return html`<div class=${`group group-${kind}`} data-node=${B.idOf(node)} onKeyDown=${place?.onKey} role="group" aria-label=${place?.name ?? words[kind] ?? B.t("Their people")}>
      <div class="group-head"><span class="group-words">
        ${kind === "people" ? html`<${Quantity} node=${node} path=${path} />` : words[kind]}</span>
        <${Side} node=${node} path=${path} place=${place} /></div>
      <${B.Problems} node=${node} />
      <${B.Rule} node=${node[kind]} path=${[...path, kind]} unit=${inside[kind]} place=${null} />
    </div>`;
  };

  /** A rule whose drawing fails, since something in it has a form that nobody thought of, stays there as JSON. */
  class Kept extends window.preact.Component {
    componentDidCatch() {
      this.setState({ failed: this.props.node });
    }

    render({ node, path, unit, place, children }, { failed }) {
      return failed === node && failed !== undefined ? html`<${B.Line} node=${node} path=${path} unit=${unit} place=${place} kind="unknown" />` : children;
    }
  }

  /** A rule of any kind, with all that is below it. */
  B.Rule = (given) => html`<${Kept} ...${given}><${Drawn} ...${given} /></>`;

  const Drawn = ({ node, path, unit, place, isRoot }) => {
    const group = B.groupOf(node);
    if (group) return html`<${Group} node=${node} path=${path} unit=${unit} place=${place} group=${group} isRoot=${isRoot} />`;
    const kind = B.kindOf(node);
    if (kind === "not" || kind === "company" || kind === "people") return html`<${Around} node=${node} path=${path} unit=${unit} place=${place} kind=${kind} />`;
    return html`<${B.Line} node=${node} path=${path} unit=${unit} place=${place} />`;
  };

  /** The whole rule; one that is no group gets one around it with the next condition. */
  B.Root = ({ document }) => {
    const { rule, unit } = document;
    const add = () => {
      const blank = {};
      B.edit(["rule"], (it) => ({ all: [it, blank] }), { focus: { id: B.idOf(blank), part: "open" } });
    };
    if (B.groupOf(rule)) return html`<${B.Rule} node=${rule} path=${["rule"]} unit=${unit} place=${null} isRoot />`;
    return html`<div class="group-root"><div class="group-head"><span class="group-words">${heading(unit, true)}</span></div>
      <${B.Rule} node=${rule} path=${["rule"]} unit=${unit} place=${null} />
      <div class="group-add"><button type="button" class="link-button" data-part="add" onClick=${add}><${B.Icon} name="plus" />${B.t("Add condition")}</button></div></div>`;
  };
})(window.Builder);
