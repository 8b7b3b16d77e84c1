/** An estimate with what it may as well be, on a line with nothing marked: a picture beside its numbers. */
import { theme } from "antd";
import type { Interval } from "./result";

const WIDTH = 320;
const HEIGHT = 44;
const EDGE = 12;

export function IntervalBar({ interval, label }: { interval: Interval; label: string }) {
  const { token } = theme.useToken();
  const least = Math.min(interval.low, 0);
  const most = Math.max(interval.high, 0);
  const wide = most - least || 1;
  const at = (value: number) => EDGE + ((value - least) / wide) * (WIDTH - 2 * EDGE);
  const middle = 16;
  const tellable = interval.low > 0 || interval.high < 0;
  const ink = tellable ? token.colorPrimary : token.colorTextSecondary;
  return (
    <svg role="img" aria-label={label} viewBox={`0 0 ${String(WIDTH)} ${String(HEIGHT)}`} width="100%" preserveAspectRatio="xMinYMid meet" className="interval">
      <line x1={EDGE} x2={WIDTH - EDGE} y1={middle} y2={middle} stroke={token.colorBorderSecondary} />
      <line x1={at(0)} x2={at(0)} y1={2} y2={30} stroke={token.colorText} strokeDasharray="3 3" />
      <text x={at(0)} y={HEIGHT - 2} textAnchor="middle" fontSize={11} fill={token.colorTextSecondary}>
        0
      </text>
      <line x1={at(interval.low)} x2={at(interval.high)} y1={middle} y2={middle} stroke={ink} strokeWidth={4} strokeDasharray={tellable ? undefined : "6 3"} />
      {[interval.low, interval.high].map((end, side) => (
        <line key={side} x1={at(end)} x2={at(end)} y1={middle - 7} y2={middle + 7} stroke={ink} strokeWidth={2} />
      ))}
      <circle cx={at(interval.estimate)} cy={middle} r={6} fill={ink} stroke={token.colorBgContainer} strokeWidth={2} />
    </svg>
  );
}
