/** Every English sentence of the console: one key, one sentence. */
import { audience } from "./en/audience";
import { campaign } from "./en/campaign";
import { frame } from "./en/frame";
import { home } from "./en/home";
import { measure } from "./en/measure";
import { plugins } from "./en/plugins";
import { review } from "./en/review";

export const en = { ...frame, ...home, ...campaign, ...audience, ...measure, ...review, ...plugins };

export type Key = keyof typeof en;
