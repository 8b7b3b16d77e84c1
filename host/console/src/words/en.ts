/** Every English sentence of the console: one key, one sentence. */
import { audience } from "./en/audience";
import { campaign } from "./en/campaign";
import { frame } from "./en/frame";
import { home } from "./en/home";
import { plan } from "./en/plan";
import { plugins } from "./en/plugins";
import { sales } from "./en/sales";

export const en = { ...frame, ...home, ...campaign, ...audience, ...plan, ...plugins, ...sales };

export type Key = keyof typeof en;
