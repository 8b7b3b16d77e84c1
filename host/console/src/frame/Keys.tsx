/** The list of keys ("?"), and "g" with a number that leads to an area. */
import { MacCommandOutlined } from "@ant-design/icons";
import { useNavigate } from "@tanstack/react-router";
import { Button, Modal } from "antd";
import { useEffect, useRef, useState } from "react";
import { useMay } from "@/api/me";
import { areas } from "@/areas";
import { taken, useKeysOn, useShortcut } from "@/parts/keys";
import { Shortcuts } from "@/parts/Shortcuts";
import { useWords } from "@/words";

/** So long after "g" the number may come. */
const SECOND_KEY_MS = 1_500;

export function Keys() {
  const { t } = useWords();
  const may = useMay();
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const [on] = useKeysOn();
  const since = useRef(0);
  const shown = areas.filter((area) => area.permissions.every(may));
  const go = useRef(shown);
  useEffect(() => {
    go.current = shown;
  });
  useShortcut("?", () => setOpen(true));
  useEffect(() => {
    if (!on) return undefined;
    function onKey(event: KeyboardEvent) {
      if (taken(event)) return;
      if (event.key === "g") {
        since.current = event.timeStamp;
        return;
      }
      const area = event.timeStamp - since.current < SECOND_KEY_MS ? go.current[Number(event.key) - 1] : undefined;
      since.current = -SECOND_KEY_MS;
      if (area) void navigate({ to: area.path });
    }
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [on, navigate]);
  return (
    <>
      <Button type="text" icon={<MacCommandOutlined />} aria-label={t("keys.title")} title={t("keys.title")} onClick={() => setOpen(true)} />
      <Modal open={open} title={t("keys.title")} footer={null} onCancel={() => setOpen(false)}>
        <Shortcuts />
      </Modal>
    </>
  );
}
