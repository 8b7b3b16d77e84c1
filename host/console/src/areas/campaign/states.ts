/** The states of campaigns and of ledger rows, as the API names them, and how they look. */
import type { Schemas } from "@/api/client";
import type { Mood } from "@/parts/StateTag";

export const TABS = ["brief", "budget", "plan", "comments", "preflight", "monitor", "people", "review"] as const;
export type Tab = (typeof TABS)[number];

type CampaignState = Schemas["CampaignState"];
type SendState = Schemas["SendState"];
type Reason = Schemas["Reason"];

// Objects, so that the compiler finds a state that is missing here.
const CAMPAIGN_MOODS: Record<CampaignState, Mood> = {
  draft: "draft",
  running: "busy",
  paused: "paused",
  finished: "good",
  cancelled: "quiet",
  past: "quiet",
};

const SEND_MOODS: Record<SendState, Mood> = {
  pending: "waiting",
  leased: "busy",
  dispatching: "busy",
  deferred: "waiting",
  accepted: "good",
  rejected: "bad",
  uncertain: "warning",
  not_sent: "quiet",
};

const REASONS: Record<Reason, true> = {
  held_out: true,
  suppressed: true,
  no_consent: true,
  no_address: true,
  capped: true,
  expired: true,
  duplicate_person: true,
  over_budget: true,
  policy: true,
  cancelled: true,
};

export const CAMPAIGN_STATES = Object.keys(CAMPAIGN_MOODS) as CampaignState[];
export const SEND_STATES = Object.keys(SEND_MOODS) as SendState[];
export const SEND_REASONS = Object.keys(REASONS) as Reason[];

export const campaignMood = (state: CampaignState): Mood => CAMPAIGN_MOODS[state];
export const sendMood = (state: SendState): Mood => SEND_MOODS[state];
