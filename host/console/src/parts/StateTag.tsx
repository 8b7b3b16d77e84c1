/** A state as a word with a sign before it: never by colour alone. */
import {
  CheckCircleOutlined,
  ClockCircleOutlined,
  CloseCircleOutlined,
  EditOutlined,
  ExclamationCircleOutlined,
  MinusCircleOutlined,
  PauseCircleOutlined,
  SyncOutlined,
} from "@ant-design/icons";
import { Tag } from "antd";
import type { ReactNode } from "react";

export type Mood = "good" | "bad" | "busy" | "waiting" | "quiet" | "draft" | "paused" | "warning";

const LOOK: Record<Mood, [string, ReactNode]> = {
  good: ["success", <CheckCircleOutlined key="i" />],
  bad: ["error", <CloseCircleOutlined key="i" />],
  busy: ["processing", <SyncOutlined key="i" />],
  waiting: ["default", <ClockCircleOutlined key="i" />],
  quiet: ["default", <MinusCircleOutlined key="i" />],
  draft: ["default", <EditOutlined key="i" />],
  paused: ["warning", <PauseCircleOutlined key="i" />],
  warning: ["warning", <ExclamationCircleOutlined key="i" />],
};

export function StateTag({ mood, children }: { mood: Mood; children: ReactNode }) {
  const [color, icon] = LOOK[mood];
  return (
    <Tag color={color} icon={icon} className="state-tag">
      {children}
    </Tag>
  );
}
