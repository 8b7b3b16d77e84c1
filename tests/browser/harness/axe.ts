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

const source = readFileSync(places.axe, "utf8");

export async function axe(page: Page): Promise<Finding[]> {
  // By the debugger, so that the page's content policy stays as it is.
  await page.evaluate(source);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run: (options: object) => Promise<{ violations: { id: string; impact: string; help: string; nodes: { target: string[] }[] }[] }> } };
    const { violations } = await axe.run({ resultTypes: ["violations"] });
    return violations.map((one) => ({ id: one.id, impact: one.impact, help: one.help, nodes: one.nodes.slice(0, 5).map((node) => node.target.join(" ")) }));
  });
}

export const grave = (finding: Finding) => finding.impact === "serious" || finding.impact === "critical";
