// What the server told: traits, events, segments, operators, measures. Nothing of it is written here a second time.
((B) => {
  "use strict";
  const told = JSON.parse(document.getElementById("builder-vocabulary").textContent);
  const language = document.documentElement.lang;
  const whole = new Intl.NumberFormat(language);
  const icons = { text: "abc", number: "hash", boolean: "toggle-left", datetime: "calendar", list: "list" };
  const events = new Map(told.events.map((event) => [event.name, event]));
  const measures = new Map(told.measures.map((measure) => [measure.name, measure]));

  B.t = window.gettext;
  B.fill = (text, values) => window.interpolate(text, values, true);
  B.number = (value) => whole.format(value);
  B.periods = told.periods;
  B.quantifiers = told.quantifiers;
  B.measures = told.measures;
  B.measure = (name) => measures.get(name ?? "count");
  B.iconOf = (type) => icons[type] ?? "info-circle";
  const offered = (each) => !each.hidden;
  B.eventNames = () => told.events.filter(offered);
  B.segmentsOf = (unit) => told.segments.filter((segment) => segment.unit === unit);
  const traitsOf = (unit) => told.traits[unit] ?? [];
  B.traitsOf = (unit) => traitsOf(unit).filter(offered);
  B.labelOfEvent = (name) => (name === "*" ? B.t("any event") : events.get(name)?.label ?? name);
  B.labelOfSegment = (key) => told.segments.find((segment) => segment.key === key)?.label ?? key;

  /** The trait that a rule of this unit names, `company.X` included; undefined where the catalogue has none. */
  B.trait = (unit, key) => {
    const prefix = "company.";
    if (unit === "profile" && key.startsWith(prefix)) return traitsOf("company").find((trait) => prefix + trait.key === key);
    return traitsOf(unit).find((trait) => trait.key === key);
  };

  const asked = new Map();

  /** Values that many have of a text trait, asked for once; none until the answer is there. Beside them, `synonyms`. */
  B.valuesOf = (unit, key, type) => {
    if (type !== "text") return [];
    const isCompanys = unit === "profile" && key.startsWith("company.");
    const query = new URLSearchParams({ unit: isCompanys ? "company" : unit, trait: isCompanys ? key.slice("company.".length) : key });
    const address = `${document.getElementById("builder").dataset.values}?${query}`;
    if (!asked.has(address)) {
      asked.set(address, []);
      fetch(address)
        .then((answer) => answer.json())
        .then(({ values, synonyms }) => {
          asked.set(address, Object.assign(values, { synonyms }));
          if (values.length || Object.keys(synonyms).length) B.show();
        })
        .catch(() => asked.delete(address));
    }
    return asked.get(address);
  };

  B.operators = (type, isTrait) => (told.operators[type] ?? []).filter((operator) => isTrait || !operator.trait_only);
  B.operator = (type, name) => (told.operators[type] ?? []).find((operator) => operator.name === name);

  /** The properties that these events share under one type; of a list, those that at least one has. */
  B.properties = (names) => {
    const chosen = names === "*" ? told.events : [names ?? []].flat().map((name) => events.get(name) ?? {});
    const found = new Map();
    for (const property of chosen.flatMap((event) => event.properties ?? [])) {
      const before = found.get(property.key);
      found.set(property.key, before && before.type !== property.type ? { ...property, type: null } : property);
    }
    return [...found.values()].filter((property) => property.type);
  };
})(window.Builder);
