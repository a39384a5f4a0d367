// The state of the builder: the document, what can be undone, and what the server last said about it.
((B) => {
  "use strict";
  const STEPS = 100;
  const TOGETHER = 1000; // milliseconds: letters typed one after the other are one step back
  const field = document.getElementById("id_definition");
  const live = document.getElementById("b-live");
  const listeners = [];
  let past = [];
  let future = [];
  let lastEdit = { merge: "", at: 0 };
  let sent = null;

  const read = (text) => {
    try {
      const found = JSON.parse(text);
      return found !== null && typeof found === "object" && !Array.isArray(found) && "rule" in found ? found : null;
    } catch {
      return null;
    }
  };

  const store = {
    text: field.value,
    document: read(field.value),
    view: "lines",
    counts: new Map(),
    problems: new Map(),
    errors: {},
    population: 0,
    focus: null,
  };
  if (!store.document) store.view = "json";

  const show = () => listeners.forEach((listener) => listener());
  const state = () => ({ document: store.document, text: store.text });

  const remember = (merge) => {
    const now = performance.now();
    const joins = merge && merge === lastEdit.merge && now - lastEdit.at < TOGETHER;
    lastEdit = { merge: merge ?? "", at: now };
    future = [];
    if (!joins) past = [...past.slice(1 - STEPS), state()];
  };

  const publish = () => {
    if (field.value !== store.text) field.value = store.text;
    field.dispatchEvent(new CustomEvent("input", { bubbles: true, detail: "builder" }));
    show();
  };

  B.store = store;
  B.onChange = (listener) => listeners.push(listener);
  B.show = show;
  B.say = (text) => {
    live.textContent = text;
  };

  /** Replace what stands at a path. `merge` joins edits of one control, `say` is read out, `focus` goes where it says. */
  B.edit = (path, make, { merge, say, focus } = {}) => {
    remember(merge);
    store.document = B.replace(store.document, path, make);
    store.text = JSON.stringify(store.document, null, 2);
    if (focus) store.focus = focus;
    if (say) B.say(say);
    publish();
  };

  /** Take over what somebody typed as JSON, as they typed it; what is no definition stays out of the tree. */
  B.editText = (text) => {
    remember("json");
    const found = read(text);
    if (found && store.document) B.inherit(found, store.document);
    Object.assign(store, { text, document: found });
    show();
  };

  const travel = (from, to, said) => {
    const step = from.pop();
    if (!step) return;
    to.push(state());
    lastEdit = { merge: "", at: 0 };
    Object.assign(store, step);
    B.say(said);
    publish();
  };

  B.undo = () => travel(past, future, B.t("Undone"));
  B.redo = () => travel(future, past, B.t("Done again"));
  B.canUndo = () => past.length > 0;
  B.canRedo = () => future.length > 0;

  /** What is being counted now, so that the answer finds its conditions after they have moved. */
  B.sent = () => {
    sent = store.document;
  };

  /** Take in the server's answer: counts and problems by path; a count that is too small to be told is a text. */
  B.answer = ({ counts, problems, population, said }) => {
    const found = { counts: new Map(), problems: new Map() };
    if (sent) {
      B.walk(sent.rule, ["rule"], (rule, path, below) => {
        if (rule === null || typeof rule !== "object") return;
        const here = B.pathText(path);
        if (here in counts) found.counts.set(B.idOf(rule), counts[here]);
        const own = Object.keys(problems).filter((each) => isOwn(each, here, below && B.pathText(below)));
        if (own.length) found.problems.set(B.idOf(rule), [...new Set(own.map((each) => problems[each]))]);
      });
    }
    Object.assign(store, found, { population, errors: problems });
    if (said) B.say(said);
    show();
  };

  const isBelow = (path, above) => path === above || (path.startsWith(above) && ".[".includes(path[above.length]));
  const isOwn = (path, here, below) => isBelow(path, here) && (!below || path === below || !isBelow(path, below));
})(window.Builder);
