/** axe-core on the page as it stands. */
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { places } from "./places";

export interface Finding {
  id: string;
  impact: string;
  help: string;
  nodes: string[];
}

interface Inside {
  axe?: { run: (options: object) => Promise<{ violations: { id: string; impact: string; help: string; nodes: { target: string[] }[] }[] }> };
}

const source = readFileSync(places.axe, "utf8");

/** All rules, or only these. */
export async function axe(page: Page, rules?: string[]): Promise<Finding[]> {
  // By the debugger, so that the page's content policy stays as it is; once for as long as the console is not loaded again.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(source);
  return page.evaluate(async (only) => {
    const answer = await (window as unknown as Inside).axe?.run({ resultTypes: ["violations"], ...(only && { runOnly: { type: "rule", values: only } }) });
    if (!answer) throw new Error("axe is not in the page");
    return answer.violations.map((one) => ({ id: one.id, impact: one.impact, help: one.help, nodes: one.nodes.slice(0, 5).map((node) => node.target.join(" ")) }));
  }, rules);
}

export const grave = (finding: Finding) => finding.impact === "serious" || finding.impact === "critical";
