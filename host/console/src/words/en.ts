/** Every English sentence of the console: one key, one sentence. */
import { admin } from "./en/admin";
import { adminHelp } from "./en/adminHelp";
import { adminSending } from "./en/adminSending";
import { audited } from "./en/audited";
import { audience } from "./en/audience";
import { campaign } from "./en/campaign";
import { frame } from "./en/frame";
import { home } from "./en/home";
import { plugins } from "./en/plugins";

export const en = { ...frame, ...home, ...campaign, ...audience, ...plugins, ...admin, ...adminHelp, ...adminSending, ...audited };

export type Key = keyof typeof en;
