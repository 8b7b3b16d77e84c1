/** Every English sentence of the console: one key, one sentence. */
import { admin } from "./en/admin";
import { adminHelp } from "./en/adminHelp";
import { adminSending } from "./en/adminSending";
import { audited } from "./en/audited";
import { audience } from "./en/audience";
import { campaign } from "./en/campaign";
import { creative } from "./en/creative";
import { frame } from "./en/frame";
import { home } from "./en/home";
import { measure } from "./en/measure";
import { packages } from "./en/packages";
import { people } from "./en/people";
import { plan } from "./en/plan";
import { plugins } from "./en/plugins";
import { review } from "./en/review";
import { rollout } from "./en/rollout";
import { sales } from "./en/sales";
import { signIn } from "./en/signIn";
import { start } from "./en/start";
import { terms } from "./en/terms";

export const en = { ...frame, ...signIn, ...home, ...campaign, ...audience, ...people, ...plugins, ...start, ...terms, ...packages, ...rollout, ...admin, ...adminHelp, ...adminSending, ...audited, ...plan, ...sales, ...creative, ...measure, ...review };

export type Key = keyof typeof en;
