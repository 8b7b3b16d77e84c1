/** The drawing of a chart: ECharts, with only the parts that are used. */
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { use as register, type EChartsCoreOption } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import type { ChartProps } from "./Chart";
import { useDrawing, type Look } from "./drawing";
import { inLines } from "./labels";

register([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

const BARS_NAMED_MAX = 8;

export default function Plot(props: ChartProps & { height: number }) {
  const box = useDrawing(props, options);
  return <div ref={box} style={{ height: props.height }} />;
}

function options({ kind, categories, series, show, tick, marks = [] }: ChartProps, look: Look): EChartsCoreOption {
  const sideways = kind === "rows";
  // Few bars are all named; a line's points only as far as there is room.
  const named = kind === "bar" && categories.length <= BARS_NAMED_MAX;
  const names = { type: "category", data: sideways ? [...categories].reverse() : categories, axisLabel: { color: look.text, ...(named ? { interval: 0, width: 72, overflow: "break", formatter: inLines } : { width: 180, overflow: "truncate" }) }, axisLine: { lineStyle: { color: look.line } }, axisTick: { show: false } };
  const values = { type: "value", axisLabel: { color: look.text, formatter: tick ?? show }, splitLine: { lineStyle: { color: look.line } } };
  return {
    aria: { enabled: true, decal: { show: series.length > 1 && kind !== "line" } },
    grid: { left: 8, right: 16, top: series.length > 1 ? 36 : 12, bottom: 8, containLabel: true },
    legend: series.length > 1 ? { top: 0, textStyle: { color: look.text } } : undefined,
    tooltip: { trigger: "axis", valueFormatter: (value: unknown) => show(typeof value === "number" ? value : null) },
    xAxis: sideways ? values : names,
    yAxis: sideways ? names : values,
    series: series.map((one, at) => ({
      name: one.name,
      type: kind === "line" ? "line" : "bar",
      data: sideways ? [...one.values].reverse() : one.values,
      symbol: ["circle", "rect", "triangle", "diamond"][at % 4],
      symbolSize: 6,
      lineStyle: { type: ["solid", "dashed", "dotted"][at % 3] },
      barMaxWidth: 36,
      ...(at === 0 && marks.length > 0 && { markLine: markLine(marks, look) }),
    })),
  };
}

/** A line across the chart where something happened; many at one place share it. */
function markLine(marks: NonNullable<ChartProps["marks"]>, look: Look) {
  return {
    symbol: "none",
    lineStyle: { color: look.text, type: "dashed" },
    label: { color: look.text, position: "insideEndTop", formatter: "{b}", width: 160, overflow: "truncate" },
    data: marks.map((one) => ({ xAxis: one.at, name: one.text })),
  };
}
