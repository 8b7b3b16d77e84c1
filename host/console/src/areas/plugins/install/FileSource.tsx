/** One `.wasm` file, dropped or selected. What cannot be a plugin by its size is not even sent. */
import { InboxOutlined } from "@ant-design/icons";
import { Alert, Button, Flex, Progress, Typography, Upload } from "antd";
import { useState } from "react";
import { useWords } from "@/words";
import type { Incoming } from "./useIncoming";

/** No plugin comes near it: a host takes 40 MiB unless its operator allows more. */
const FILE_BYTES_MAX = 256 << 20;

export function FileSource({ incoming }: { incoming: Incoming }) {
  const { t, f } = useWords();
  const [large, setLarge] = useState<File>();

  function take(file: File) {
    setLarge(file.size > FILE_BYTES_MAX ? file : undefined);
    if (file.size <= FILE_BYTES_MAX) void incoming.look({ file });
  }

  return (
    <>
      {large && <Alert type="error" showIcon role="alert" className="banner" title={t("install.tooLarge", { name: large.name, size: f.bytes(large.size) })} description={t("install.tooLargeWhat")} />}
      <Upload.Dragger
        accept=".wasm"
        maxCount={1}
        showUploadList={false}
        beforeUpload={(file) => {
          if (!incoming.busy) take(file);
          return false;
        }}
      >
        <p>
          <InboxOutlined style={{ fontSize: 36 }} aria-hidden />
        </p>
        <p>{t("plugin.drop")}</p>
        <Typography.Text type="secondary">{t("plugin.dropWhat")}</Typography.Text>
      </Upload.Dragger>
      <Sending incoming={incoming} />
    </>
  );
}

/** How far it is, for eyes and ears, and a way out. */
export function Sending({ incoming }: { incoming: Incoming }) {
  const { t } = useWords();
  const { busy, share, stop } = incoming;
  if (!busy) return null;
  const text = share === undefined ? t("install.fetching") : share < 1 ? t("install.sending") : t("plugin.reading");
  return (
    <Flex vertical gap={8} className="section">
      {share !== undefined && <Progress aria-label={text} percent={Math.floor(100 * share)} status="active" />}
      <Flex gap={12} align="center">
        <span role="status" aria-live="polite">
          {text}
        </span>
        <Button size="small" onClick={stop}>
          {t("form.cancel")}
        </Button>
      </Flex>
    </Flex>
  );
}
