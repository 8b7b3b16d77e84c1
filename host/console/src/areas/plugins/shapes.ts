/** Shapes that the API's document leaves open (`object`): read with care, shown as text. */

/** An import or export of a package, and how it fits this host. */
export interface Part {
  name: string;
  /** `free`, `granted`, `refused`; imports only. */
  class?: string;
  verdict: string;
  permission?: string | null;
  /** What an export makes it. */
  role?: string;
  /** Where a type differs. */
  at?: string;
  reason?: string;
  detail: string;
}

/** A language or tool that a package says made it. */
export interface Producer {
  field: string;
  name: string;
  version: string;
}

export interface Signed {
  key: string;
  public_key: string;
  intact: boolean;
}

/** A package of interfaces that a component was built with. */
export interface Contract {
  package: string;
  version: string;
  host: string;
  fits: boolean;
}

export interface HostGrant {
  host: string;
  ports?: number[];
  methods?: string[];
  plain_http?: boolean;
  private?: boolean;
  secrets?: string[];
  /** Where in a request a secret may stand. */
  places?: string[];
  /** The fields of a body, where `places` has `field`. */
  fields?: string[];
  /** Whether a delivery's address goes there. */
  address?: boolean;
}

export interface Grants {
  http?: HostGrant[];
  mail?: boolean;
  state_bytes?: number;
  query?: boolean;
  fields?: string[];
  clear_address?: boolean;
}

export interface Costs {
  cpu_us: number;
  memory_peak_bytes: number;
  host_calls: number;
}

export interface FieldDifference {
  field: string;
  recorded?: string;
  now?: string;
}

/** A run made again, held against how it went. */
export interface Comparison {
  verdict: string;
  /** The number of the host call, from 0, at which it diverged. */
  at_call?: number;
  detail?: string;
  differences: FieldDifference[];
}

/** A recorded run on another version. */
export interface Replayed extends Comparison {
  run: string;
  version: string;
  costlier?: boolean;
  cost: unknown;
  recorded_cost: unknown;
}

export interface LogLine {
  level: string;
  message: string;
  fields?: [string, string][];
}

/** One entry or host call as the run log keeps it: by digest and cost. */
export interface RecordedEntry {
  name: string;
  input: string;
  input_bytes: number;
  output?: string | null;
  output_bytes: number;
  cpu_us: number;
  wall_us: number;
  error?: string | null;
}

export interface RecordedCall {
  capability: string;
  call: string;
  answer: string;
  call_bytes: number;
  answer_bytes: number;
  wall_us: number;
}

/** What is kept of every run. */
export interface RunRecord {
  entries?: RecordedEntry[];
  calls?: RecordedCall[];
  bytes_in?: number;
  bytes_out?: number;
  log_bytes?: number;
  log_cut?: boolean;
}

/** A run word for word. */
export interface RunWords {
  seed?: string;
  entries?: { asked?: unknown; answered?: unknown; error?: unknown }[];
  calls?: { call?: unknown; answer?: unknown }[];
}

export interface Breaker {
  state: string;
  /** Until when it rests, UTC microseconds. */
  until_us?: number;
}

export interface Queue {
  running?: number;
  running_max?: number;
  waiting?: number;
  waiting_max?: number;
}

/** A list of the answer as these shapes; what is no list is none. */
export function listOf<T>(value: unknown): T[] {
  return Array.isArray(value) ? (value as T[]) : [];
}

/** An object of the answer as this shape; what is no object is empty. */
export function objectOf<T extends object>(value: unknown): Partial<T> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Partial<T>) : {};
}
