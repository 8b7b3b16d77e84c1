/** The states of jobs and backups, as the API names them, and how they look. */
import type { Schemas } from "@/api/client";
import type { Mood } from "@/parts/StateTag";

export const JOB_STATES = ["pending", "running", "done", "dead", "cancelled"] as const;

/** The kinds of work that the host knows. */
export const JOB_KINDS = [
  "audience.import",
  "audience.import-undo",
  "audience.person",
  "audience.snapshot",
  "campaign.hold",
  "campaign.preflight",
  "campaign.watch",
  "delivery.dispatch",
  "delivery.fan-out",
  "host.backup",
  "identity.retention",
  "measure.attribution",
  "measure.exposures",
  "measure.lift",
  "measure.report",
  "plugins.canary",
  "plugins.conformance",
  "plugins.recordings",
] as const;

const JOB_MOODS: Record<string, Mood> = { pending: "waiting", running: "busy", done: "good", dead: "bad", cancelled: "quiet" };

export const jobMood = (state: string): Mood => JOB_MOODS[state] ?? "quiet";

export const BACKUP_MOODS: Record<Schemas["BackupState"], Mood> = {
  pending: "waiting",
  running: "busy",
  done: "good",
  elsewhere: "warning",
  failed: "bad",
  cancelled: "quiet",
};
