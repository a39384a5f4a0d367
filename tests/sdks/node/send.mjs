// Sends one call of each kind with a Node SDK of which only the host is changed: node send.mjs SDK HOST KEY [WHO]
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const [sdk, host, key, person = "u1"] = process.argv.slice(2);

function client() {
  if (sdk === "segment") {
    const { Analytics } = require("@segment/analytics-node");
    return new Analytics({ writeKey: key, host, flushAt: 3, flushInterval: 100 });
  }
  const RudderAnalytics = require("@rudderstack/rudder-sdk-node");
  return new RudderAnalytics(key, { dataPlaneUrl: host, flushAt: 3, flushInterval: 100 });
}

const analytics = client();
if (analytics.on) analytics.on("error", (error) => { console.error(error); process.exitCode = 1; });
const who = { userId: person, anonymousId: "a1" };
analytics.identify({ ...who, traits: { email: "Ada@Example.org", plan: "pro" } });
analytics.track({ ...who, event: "Order Completed", properties: { total: 12.5, tags: ["b", "a"] } });
analytics.page({ ...who, name: "Pricing", properties: { path: "/pricing" } });
analytics.screen({ ...who, name: "Home" });
analytics.group({ ...who, groupId: "acme", traits: { size: 12 } });
analytics.alias({ previousId: person === "u1" ? "old" : `old-${person}`, userId: person });
if (analytics.closeAndFlush) await analytics.closeAndFlush();
else await new Promise((resolve) => analytics.flush(resolve));
