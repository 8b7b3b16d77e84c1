/** The life of a drawn chart: made once, as wide as its place, drawn anew when what it shows or the look changes. */
import { theme } from "antd";
import { init, type EChartsCoreOption, type ECharts } from "echarts/core";
import { useEffect, useRef } from "react";

const COLOURS = ["#0e7490", "#c2410c", "#6d28d9", "#4d7c0f", "#be185d", "#475569"];
const COLOURS_DARK = ["#4cc9df", "#fb923c", "#a78bfa", "#a3e635", "#f472b6", "#94a3b8"];

export interface Look {
  text: string;
  strong: string;
  line: string;
  colours: string[];
}

/** The box to draw in. `options` say what is drawn; what every chart has in common is added. */
export function useDrawing<Shown>(shown: Shown, options: (shown: Shown, look: Look) => EChartsCoreOption, onClick?: (data: unknown) => void) {
  const { token } = theme.useToken();
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts>(undefined);
  const click = useRef(onClick);
  useEffect(() => {
    click.current = onClick;
  });
  useEffect(() => {
    if (!box.current) return undefined;
    const drawn = init(box.current);
    chart.current = drawn;
    drawn.on("click", (event) => click.current?.(event.data));
    const watch = new ResizeObserver(() => drawn.resize());
    watch.observe(box.current);
    return () => {
      watch.disconnect();
      drawn.dispose();
    };
  }, []);
  useEffect(() => {
    const dark = document.documentElement.dataset.theme === "dark";
    const look: Look = { text: token.colorTextSecondary, strong: token.colorText, line: token.colorBorderSecondary, colours: dark ? COLOURS_DARK : COLOURS };
    const { tooltip, ...own } = options(shown, look);
    chart.current?.setOption(
      {
        animation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
        animationDuration: 250,
        color: look.colours,
        aria: { enabled: true },
        // Drawn into the picture: markup with styles of its own would break the content policy.
        tooltip: { renderMode: "richText", backgroundColor: token.colorBgElevated, borderColor: look.line, textStyle: { color: look.strong }, ...(tooltip as object | undefined) },
        ...own,
      },
      true,
    );
  }, [shown, options, token]);
  return box;
}
