/** The drawing of a flow: ECharts' Sankey, in a piece of its own that only this page fetches. */
import { theme } from "antd";
import { SankeyChart } from "echarts/charts";
import { AriaComponent, TooltipComponent } from "echarts/components";
import { init, use as register, type EChartsCoreOption } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import type { FlowLink, FlowProps } from "./Flow";

register([SankeyChart, AriaComponent, TooltipComponent, CanvasRenderer]);

const COLOURS = ["#0e7490", "#c2410c", "#6d28d9", "#4d7c0f", "#be185d", "#475569"];
const COLOURS_DARK = ["#4cc9df", "#fb923c", "#a78bfa", "#a3e635", "#f472b6", "#94a3b8"];
const LABEL_CHARS_MAX = 24;

export default function FlowPlot(props: FlowProps) {
  const { token } = theme.useToken();
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ReturnType<typeof init>>(undefined);
  const pick = useRef(props.onPick);
  useEffect(() => {
    pick.current = props.onPick;
  });
  useEffect(() => {
    if (!box.current) return undefined;
    const drawn = init(box.current);
    chart.current = drawn;
    drawn.on("click", (event) => {
      const link = event.data as { source?: string; target?: string; value?: number };
      if (link.source !== undefined && link.target !== undefined) pick.current?.({ from: link.source, to: link.target, value: link.value ?? 0 });
    });
    const watch = new ResizeObserver(() => drawn.resize());
    watch.observe(box.current);
    return () => {
      watch.disconnect();
      drawn.dispose();
    };
  }, []);
  useEffect(() => {
    const dark = document.documentElement.dataset.theme === "dark";
    const look = { text: token.colorTextSecondary, strong: token.colorText, line: token.colorBorderSecondary, panel: token.colorBgElevated };
    chart.current?.setOption(options(props, look, dark ? COLOURS_DARK : COLOURS), true);
  }, [props, token]);
  return <div ref={box} style={{ height: props.height }} />;
}

interface Look {
  text: string;
  strong: string;
  line: string;
  panel: string;
}

function options({ nodes, links, show }: FlowProps, look: Look, colours: string[]): EChartsCoreOption {
  const label = new Map(nodes.map((one) => [one.id, one.label]));
  const short = (id: string) => {
    const text = label.get(id) ?? id;
    return text.length > LABEL_CHARS_MAX ? `${text.slice(0, LABEL_CHARS_MAX - 1)}…` : text;
  };
  const sources = nodes.filter((one) => one.depth === 0).map((one) => one.id);
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const last = Math.max(...nodes.map((one) => one.depth));
  return {
    animation: !calm,
    animationDuration: 250,
    color: colours,
    aria: { enabled: true },
    tooltip: {
      renderMode: "richText",
      backgroundColor: look.panel,
      borderColor: look.line,
      textStyle: { color: look.strong },
      formatter: ({ data, name, value }: { data: Partial<Record<"source" | "target", string>>; name: string; value: number }) =>
        data.source && data.target ? `${label.get(data.source) ?? ""} → ${label.get(data.target) ?? ""}: ${show(value)}` : `${label.get(name) ?? ""}: ${show(value)}`,
    },
    series: [
      {
        type: "sankey",
        left: 130,
        right: 170,
        top: 12,
        bottom: 12,
        nodeGap: 14,
        // In the order given, which is by size: nothing jumps when a figure changes a little.
        layoutIterations: 0,
        draggable: false,
        emphasis: { focus: "adjacency" },
        label: { color: look.strong, formatter: ({ name }: { name: string }) => short(name), textBorderWidth: 0 },
        lineStyle: { color: "source", opacity: 0.4, curveness: 0.5 },
        data: nodes.map((one) => ({
          name: one.id,
          depth: one.depth,
          itemStyle: { color: one.depth === 0 ? colours[sources.indexOf(one.id) % colours.length] : look.text },
          label: { position: one.depth === last ? "right" : one.depth === 0 ? "left" : "inside" },
        })),
        links: links.map((one: FlowLink) => ({ source: one.from, target: one.to, value: one.value })),
      },
    ],
  };
}
