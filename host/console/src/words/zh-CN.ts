/** 控制台的全部中文语句:与英文一一对应。 */
import type { Key } from "./en";
import type { Sentence } from "./say";
import { audience } from "./zh-CN/audience";
import { campaign } from "./zh-CN/campaign";
import { creative } from "./zh-CN/creative";
import { frame } from "./zh-CN/frame";
import { home } from "./zh-CN/home";
import { plugins } from "./zh-CN/plugins";

export const zhCN: Record<Key, Sentence> = { ...frame, ...home, ...campaign, ...audience, ...creative, ...plugins };
