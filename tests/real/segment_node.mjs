// Segment's own Node library, unchanged, sending to a host.
//
// Usage: segment_node.mjs HOST WRITE_KEY FOLDER COUNT, where FOLDER/node_modules
// holds the library. Ends with status 1 when it reports a failure.
import { createRequire } from "node:module";
import { join } from "node:path";

const [host, writeKey, folder, count] = process.argv.slice(2);
const { Analytics } = createRequire(join(folder, "package.json"))("@segment/analytics-node");

const analytics = new Analytics({ host, writeKey, flushAt: 20, maxRetries: 2 });
let failures = 0;
analytics.on("error", (error) => {
  failures += 1;
  console.error(error);
});

const userId = "node";
analytics.identify({ userId, traits: { name: "Bob", email: "node@example.com" } });
for (let number = 0; number < Number(count); number += 1) {
  analytics.track({ userId, event: "Item Seen", properties: { number } });
}
analytics.page({ anonymousId: "node-visitor", name: "Home" });
analytics.alias({ userId, previousId: "node-visitor" });
await analytics.closeAndFlush();
process.exit(failures === 0 ? 0 : 1);
