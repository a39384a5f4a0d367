// Durations, instants and windows of time.
((B) => {
  "use strict";
  const { html } = B;
  const UNITS = ["minute", "hour", "day", "week", "month", "year"];
  const NAMES = {
    minute: B.t("minutes"), hour: B.t("hours"), day: B.t("days"), week: B.t("weeks"), month: B.t("months"), year: B.t("years"),
  };
  const PERIODS = { day: B.t("day"), week: B.t("week"), month: B.t("month"), quarter: B.t("quarter"), year: B.t("year") };

  const write = (count, unit) => `${count} ${unit}${count === 1 ? "" : "s"}`;
  const readDuration = (text) => /^([1-9]\d*) (minute|hour|day|week|month|year)s?$/.exec(text ?? "");

  /** A duration like "30 days". While its number is missing, only its unit is kept: " days". */
  B.Duration = ({ label, value, onChange, units = UNITS }) => {
    const found = readDuration(value);
    const count = found ? Number(found[1]) : undefined;
    const unit = found?.[2] ?? UNITS.find((each) => (value ?? "").includes(each)) ?? "day";
    const set = (number, chosen) => onChange(number > 0 ? write(number, chosen) : ` ${chosen}s`);
    return html`<${B.NumberInput} label=${label} whole value=${count} onInput=${(number) => set(number, unit)} />
      <${B.Choice} label=${B.fill(B.t("%(label)s, unit"), { label })} value=${unit} options=${units.map((each) => [each, NAMES[each]])}
        onChange=${(chosen) => set(count, chosen)} />`;
  };

  const modeOf = (value) => {
    if (value === undefined) return "open";
    if (typeof value === "object") return "ago" in value ? "ago" : "ahead";
    return /^\d{4}-\d\d-\d\d$/.test(value) || value === "" ? "date" : "exact";
  };
  const today = () => new Date().toISOString().slice(0, 10);
  const INSTANTS = {
    date: () => today(),
    exact: () => `${today()}T00:00:00Z`,
    ago: () => ({ ago: "30 days" }),
    ahead: () => ({ ahead: "30 days" }),
    open: () => undefined,
  };

  /** A date, an exact time, or a time from now; `open` names what leaving it out means, where that is allowed. */
  B.Instant = ({ label, value, onChange, open }) => {
    const mode = value === undefined && !open ? "date" : modeOf(value);
    const modes = [["date", B.t("date")], ["exact", B.t("exact time")], ["ago", B.t("ago")], ["ahead", B.t("from now")]];
    if (open) modes.push(["open", open]);
    const name = B.fill(B.t("%(label)s, kind"), { label });
    return html`
      ${mode === "date" && html`<input class="form-control line-input line-date" type="date" aria-label=${label} value=${value ?? ""}
        onInput=${(event) => onChange(event.target.value || undefined)} />`}
      ${mode === "exact" && html`<${B.TextInput} label=${label} value=${value} onInput=${onChange} placeholder="2026-01-31T09:00:00Z" wide />`}
      ${mode === "ago" && html`<${B.Duration} label=${label} value=${value.ago} onChange=${(text) => onChange({ ago: text })} />`}
      ${mode === "ahead" && html`<${B.Duration} label=${label} value=${value.ahead} onChange=${(text) => onChange({ ahead: text })} />`}
      <${B.Choice} label=${name} value=${mode} options=${modes} onChange=${(chosen) => onChange(INSTANTS[chosen]())} />`;
  };

  const kindOf = (window) => {
    if (window === undefined) return "any";
    if ("days" in window) return window.until === "now" ? "days_now" : "days_today";
    return ["last", "this", "previous"].find((kind) => kind in window) ?? "between";
  };
  const WINDOWS = {
    any: () => undefined,
    last: () => ({ last: "30 days" }),
    days_today: () => ({ days: 30, until: "today" }),
    days_now: () => ({ days: 30, until: "now" }),
    this: () => ({ this: "month" }),
    previous: () => ({ previous: "month" }),
    between: () => ({ from: today() }),
  };
  const LABELS = [
    ["any", B.t("at any time")],
    ["last", B.t("in the last")],
    ["days_today", B.t("on the whole days before today:")],
    ["days_now", B.t("on the days before today and today:")],
    ["this", B.t("in this")],
    ["previous", B.t("in the previous")],
    ["between", B.t("between")],
  ];

  /** When events count. `only` names the one kind that a measure allows. */
  B.Window = ({ value, onChange, only }) => {
    const kind = kindOf(value);
    const options = LABELS.filter(([each]) => !only || each === only || each === kind);
    const label = B.t("When");
    const set = (keys) => onChange(B.change(value, keys));
    const period = (key) => html`<${B.Choice} label=${B.t("Period")} value=${value[key]}
      options=${B.periods.map((each) => [each, PERIODS[each] ?? each])} onChange=${(chosen) => set({ [key]: chosen })} />`;
    return html`<span class="line-part">
      <${B.Choice} label=${label} value=${kind} options=${options} onChange=${(chosen) => onChange(WINDOWS[chosen]())} />
      ${kind === "last" && html`<${B.Duration} label=${B.t("How long")} value=${value.last} onChange=${(last) => set({ last })} />`}
      ${kind.startsWith("days_") && html`<${B.NumberInput} label=${B.t("Days")} whole value=${value.days} onInput=${(days) => set({ days })} />`}
      ${kind === "this" && period("this")}
      ${kind === "previous" && period("previous")}
      ${kind === "between" && html`<${B.Instant} label=${B.t("From")} value=${value.from} onChange=${(from) => set({ from })} open=${B.t("no beginning")} />
        <span class="line-word">${B.t("and")}</span>
        <${B.Instant} label=${B.t("To")} value=${value.to} onChange=${(to) => set({ to })} open=${B.t("no end")} />`}
    </span>`;
  };
})(window.Builder);
