/** Every English sentence of the console: one key, one sentence. */
import { audience } from "./en/audience";
import { campaign } from "./en/campaign";
import { creative } from "./en/creative";
import { frame } from "./en/frame";
import { home } from "./en/home";
import { plugins } from "./en/plugins";

export const en = { ...frame, ...home, ...campaign, ...audience, ...creative, ...plugins };

export type Key = keyof typeof en;
