/** The drawing of a chart: ECharts, with only the parts that are used. */
import { theme } from "antd";
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init, use as register, type EChartsCoreOption } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import type { ChartProps } from "./Chart";

register([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

const COLOURS = ["#0e7490", "#c2410c", "#6d28d9", "#4d7c0f", "#be185d", "#475569"];
const COLOURS_DARK = ["#4cc9df", "#fb923c", "#a78bfa", "#a3e635", "#f472b6", "#94a3b8"];

const BARS_NAMED_MAX = 8;

export default function Plot(props: ChartProps & { height: number }) {
  const { token } = theme.useToken();
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ReturnType<typeof init>>(undefined);
  useEffect(() => {
    if (!box.current) return undefined;
    const drawn = init(box.current);
    chart.current = drawn;
    const watch = new ResizeObserver(() => drawn.resize());
    watch.observe(box.current);
    return () => {
      watch.disconnect();
      drawn.dispose();
    };
  }, []);
  useEffect(() => {
    const dark = document.documentElement.dataset.theme === "dark";
    const look = { text: token.colorTextSecondary, line: token.colorBorderSecondary, panel: token.colorBgElevated, strong: token.colorText };
    chart.current?.setOption(options(props, look, dark ? COLOURS_DARK : COLOURS), true);
  }, [props, token]);
  return <div ref={box} style={{ height: props.height }} />;
}

interface Look {
  text: string;
  line: string;
  panel: string;
  strong: string;
}

function options({ kind, categories, series, show, tick, marks = [] }: ChartProps, look: Look, colours: string[]): EChartsCoreOption {
  const sideways = kind === "rows";
  // Few bars are all named; a line's points only as far as there is room.
  const named = kind === "bar" && categories.length <= BARS_NAMED_MAX;
  const names = { type: "category", data: sideways ? [...categories].reverse() : categories, axisLabel: { color: look.text, ...(named ? { interval: 0, width: 72, overflow: "break" } : { width: 180, overflow: "truncate" }) }, axisLine: { lineStyle: { color: look.line } }, axisTick: { show: false } };
  const values = { type: "value", axisLabel: { color: look.text, formatter: tick ?? show }, splitLine: { lineStyle: { color: look.line } } };
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  return {
    animation: !calm,
    animationDuration: 250,
    color: colours,
    aria: { enabled: true, decal: { show: series.length > 1 && kind !== "line" } },
    grid: { left: 8, right: 16, top: series.length > 1 ? 36 : 12, bottom: 8, containLabel: true },
    legend: series.length > 1 ? { top: 0, textStyle: { color: look.text } } : undefined,
    tooltip: {
      trigger: "axis",
      // Drawn into the picture: markup with styles of its own would break the content policy.
      renderMode: "richText",
      backgroundColor: look.panel,
      borderColor: look.line,
      textStyle: { color: look.strong },
      valueFormatter: (value: unknown) => show(typeof value === "number" ? value : null),
    },
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
