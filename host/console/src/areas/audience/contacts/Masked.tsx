/** A value as this role may see it: the API masks what it may not, and this says that it did. */
import { EyeInvisibleOutlined } from "@ant-design/icons";
import { Tooltip } from "antd";
import { useWords } from "@/words";
import { isMasked } from "./mask";

export function Masked({ shown }: { shown: string }) {
  const { t } = useWords();
  if (!isMasked(shown)) return <bdi className="plain">{shown}</bdi>;
  return (
    <Tooltip title={t("identity.masked")}>
      <span tabIndex={0}>
        <bdi>{shown}</bdi> <EyeInvisibleOutlined aria-label={t("identity.masked")} />
      </span>
    </Tooltip>
  );
}
