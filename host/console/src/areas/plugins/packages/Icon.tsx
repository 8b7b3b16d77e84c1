/** A package's picture, or the sign of a plugin. A stranger's SVG runs nothing: it is only ever an image. */
import { AppstoreOutlined } from "@ant-design/icons";
import type { Schemas } from "@/api/client";

export function Icon({ kept, size = 32 }: { kept: Pick<Schemas["PluginPackage"], "digest" | "icon">; size?: number }) {
  if (!kept.icon) return <AppstoreOutlined aria-hidden style={{ fontSize: size * 0.75, width: size }} />;
  return <img src={`/api/v1/plugins/${kept.digest}/icon`} alt="" width={size} height={size} loading="lazy" className="plugin-icon" />;
}
