// The contract's types, as componentize-qjs hands them to JavaScript. Made from the WIT; never edited.

export type Result<T, E> = { tag: "ok"; val: T } | { tag: "err"; val: E };

export type Options = [string, string][];

export interface Fault {
  code: string;
  message: string;
  retryAfterMs: number | null;
  details: Options;
}

export interface Signing {
  scheme: string;
  secret: string;
  options: Options;
}

export interface Request {
  method: string;
  url: string;
  headers: [string, string][];
  body: Uint8Array;
  delivery: string | null;
  signing: Signing | null;
  timeoutMs: number | null;
  options: Options;
}

export interface Response {
  status: number;
  headers: [string, string][];
  body: Uint8Array;
  options: Options;
}

export interface Content {
  subject: string;
  html: string | null;
  text: string;
  headers: [string, string][];
  options: Options;
}

export interface Metric {
  name: string;
  title: string;
  definition: string;
  unit: string;
  dimensions: string[];
}

export interface Question {
  metric: string;
  by: string[];
  where: [string, string][];
  start: number | null;
  end: number | null;
  options: Options;
}

export interface Answer {
  unit: string;
  keys: string[];
  values: number[];
  hidden: boolean[];
  options: Options;
}

export interface Description {
  channels: string[];
  parts: string[];
  batch: number;
  options: Options;
}

export interface Batch {
  channel: string;
  topic: string;
  ids: string[];
  partNames: string[];
  parts: string[];
  columnNames: string[];
  columns: string[];
  options: Options;
}

export interface Outcome {
  delivery: number;
  status: string;
  providerId: string | null;
  fault: Fault | null;
  options: Options;
}

export interface Observation {
  key: string;
  at: number;
  kind: string;
  fields: Options;
}

export interface Page {
  observations: Observation[];
  cursor: string | null;
  more: boolean;
}

export interface Inbound {
  method: string;
  path: string;
  headers: [string, string][];
  body: Uint8Array;
  options: Options;
}

export interface Event {
  kind: string;
  at: number;
  delivery: string | null;
  key: string;
  fields: Options;
}

export interface Received {
  status: number;
  headers: [string, string][];
  body: Uint8Array;
  events: Event[];
}

export interface Paths {
  offset: number[];
  channel: number[];
  at: number[];
  end: number[];
  conversions: number[];
  nulls: number[];
  value: number[];
  extra: [string, number[]][];
}

export interface Credits {
  conversions: number[];
  value: number[];
  options: Options;
}

export interface Brief {
  objective: string;
  locale: string;
  at: number;
  facts: Options;
}

export interface TextColumn {
  name: string;
  values: string[];
}

export interface NumberColumn {
  name: string;
  values: number[];
}

export interface Candidates {
  kind: string;
  ids: string[];
  texts: TextColumn[];
  numbers: NumberColumn[];
}

export interface Reason {
  code: string;
  text: string;
  weight: number;
}

export interface Ranked {
  candidate: number;
  score: number;
  reasons: Reason[];
  changes: Options;
}

export interface Outcomes {
  brief: Brief;
  candidates: Candidates;
  tried: number[];
  reached: number[];
}

export interface Written {
  parts: [string, string][];
  options: Options;
}

export interface ReportDescription {
  title: string;
  parameters: string;
  options: Options;
}

export interface Column {
  name: string;
  title: string;
  unit: string;
  texts: string[];
  numbers: number[];
}

export interface Block {
  kind: string;
  text: string;
  columns: Column[];
  options: Options;
}

export interface Document {
  title: string;
  blocks: Block[];
  options: Options;
}

export interface Fit {
  observe(paths: Paths): void;
  credit(): Credits;
}

export interface Model {
  Fit: {
    start(settings: string, channels: string[]): Fit;
  };
}

export interface Split {
  split(fit: Fit, paths: Paths): number[];
}

export interface Check {
  check(settings: string): Options;
}

export interface Collect {
  collect(settings: string, source: string, cursor: string | null): Page;
}

export interface Connector {
  describe(): Description;
}

export interface Deliver {
  deliver(settings: string, batch: Batch): Outcome[];
}

export interface Receive {
  receive(settings: string, inbound: Inbound): Received;
}

export interface Draft {
  draft(settings: string, brief: Brief, material: Options): Written[];
}

export interface Learn {
  learn(settings: string, outcomes: Outcomes[]): void;
}

export interface Recommend {
  recommend(settings: string, brief: Brief, candidates: Candidates): Ranked[];
}

export interface Report {
  describe(locale: string): ReportDescription;
  build(settings: string, locale: string, parameters: string): Document;
}

declare module "rialto:http/http@0.1.0" {
  import type { Fault, Request, Response } from "./rialto";
  const host: {
    sendAll(requests: Request[]): Result<Response, Fault>[];
  };
  export default host;
}

declare module "rialto:log/log@0.1.0" {
  import type { Options } from "./rialto";
  const host: {
    write(level: string, message: string, fields: Options): void;
  };
  export default host;
}

declare module "rialto:mail/mail@0.1.0" {
  import type { Content } from "./rialto";
  const host: {
    submit(delivery: string, content: Content): void;
  };
  export default host;
}

declare module "rialto:query/query@0.1.0" {
  import type { Answer, Fault, Metric, Question } from "./rialto";
  const host: {
    metrics(): Metric[];
    ask(questions: Question[]): Result<Answer, Fault>[];
  };
  export default host;
}

declare module "rialto:state/state@0.1.0" {
  const host: {
    get(key: string): Uint8Array | null;
    keys(prefix: string, after: string | null, limit: number): string[];
    put(key: string, value: Uint8Array): void;
    delete(key: string): void;
    putNow(key: string, value: Uint8Array): void;
  };
  export default host;
}
