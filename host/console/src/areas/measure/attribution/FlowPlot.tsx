/** The drawing of a flow: ECharts' Sankey, in a piece of its own that only this page fetches. */
import { SankeyChart } from "echarts/charts";
import { AriaComponent, TooltipComponent } from "echarts/components";
import { use as register, type EChartsCoreOption } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useDrawing, type Look } from "@/parts/drawing";
import type { FlowLink, FlowNode, FlowProps } from "./Flow";

register([SankeyChart, AriaComponent, TooltipComponent, CanvasRenderer]);

const LABEL_CHARS_MAX = 24;

export default function FlowPlot(props: FlowProps) {
  const box = useDrawing(props, options, (data) => {
    const { source, target, value = 0 } = data as { source?: string; target?: string; value?: number };
    if (source !== undefined && target !== undefined) props.onPick?.({ from: source, to: target, value });
  });
  return <div ref={box} style={{ height: props.height }} />;
}

function options({ nodes, links, show }: FlowProps, look: Look): EChartsCoreOption {
  const label = new Map(nodes.map((one) => [one.id, one.label]));
  const short = (id: string) => {
    const text = label.get(id) ?? id;
    return text.length > LABEL_CHARS_MAX ? `${text.slice(0, LABEL_CHARS_MAX - 1)}…` : text;
  };
  const tone = (one: FlowNode) => one.tone ?? (one.depth === 0 ? one.id : undefined);
  const tones = [...new Set(nodes.map(tone).filter((one) => one !== undefined))];
  const colour = (own: string | undefined) => (own === undefined ? look.text : look.colours[tones.indexOf(own) % look.colours.length]);
  const last = Math.max(...nodes.map((one) => one.depth));
  return {
    tooltip: {
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
          itemStyle: { color: colour(tone(one)) },
          label: { position: one.depth === 0 && last > 0 ? "left" : "right" },
        })),
        links: links.map((one: FlowLink) => ({ source: one.from, target: one.to, value: one.value })),
      },
    ],
  };
}
