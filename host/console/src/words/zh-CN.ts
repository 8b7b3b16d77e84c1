/** 控制台的全部中文语句:与英文一一对应。 */
import type { Key } from "./en";
import type { Sentence } from "./say";
import { audience } from "./zh-CN/audience";
import { campaign } from "./zh-CN/campaign";
import { frame } from "./zh-CN/frame";
import { home } from "./zh-CN/home";
import { measure } from "./zh-CN/measure";
import { plugins } from "./zh-CN/plugins";
import { review } from "./zh-CN/review";

export const zhCN: Record<Key, Sentence> = { ...frame, ...home, ...campaign, ...audience, ...measure, ...review, ...plugins };
