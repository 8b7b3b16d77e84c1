/** 控制台的全部中文语句:与英文一一对应。 */
import type { Key } from "./en";
import type { Sentence } from "./say";
import { admin } from "./zh-CN/admin";
import { adminHelp } from "./zh-CN/adminHelp";
import { adminSending } from "./zh-CN/adminSending";
import { audited } from "./zh-CN/audited";
import { audience } from "./zh-CN/audience";
import { campaign } from "./zh-CN/campaign";
import { creative } from "./zh-CN/creative";
import { frame } from "./zh-CN/frame";
import { home } from "./zh-CN/home";
import { measure } from "./zh-CN/measure";
import { packages } from "./zh-CN/packages";
import { people } from "./zh-CN/people";
import { plan } from "./zh-CN/plan";
import { plugins } from "./zh-CN/plugins";
import { review } from "./zh-CN/review";
import { rollout } from "./zh-CN/rollout";
import { sales } from "./zh-CN/sales";
import { signIn } from "./zh-CN/signIn";
import { start } from "./zh-CN/start";
import { terms } from "./zh-CN/terms";

export const zhCN: Record<Key, Sentence> = { ...frame, ...signIn, ...home, ...campaign, ...audience, ...people, ...plugins, ...start, ...terms, ...packages, ...rollout, ...admin, ...adminHelp, ...adminSending, ...audited, ...plan, ...sales, ...creative, ...measure, ...review };
