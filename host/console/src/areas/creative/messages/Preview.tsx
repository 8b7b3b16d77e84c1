/** The preview beside the editor: as a contact, on a phone, in the dark, without pictures, as plain text. */
import { DesktopOutlined, MobileOutlined, MoonOutlined, PictureOutlined, SunOutlined } from "@ant-design/icons";
import { getRouteApi } from "@tanstack/react-router";
import { Alert, Flex, Segmented, Spin, Switch, Tag, Typography } from "antd";
import { useState } from "react";
import type { Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { ContactChoice } from "./ContactChoice";
import { Sheet } from "./Sheet";

const route = getRouteApi("/in/creative/messages/$id");
const WIDTHS = { desktop: 660, phone: 375 };

interface Props {
  shown: Schemas["MessagePreview"] | undefined;
  error: unknown;
  busy: boolean;
  /** Whether the fields show what stands against it. */
  atFields: boolean;
}

export function Preview({ shown, error, busy, atFields }: Props) {
  const { t, code } = useWords();
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [ownDark, setOwnDark] = useState(false);
  const { contact, device = "desktop", look = "light", pictures = true } = search;
  const set = (change: Partial<typeof search>) => void navigate({ search: (old) => ({ ...old, ...change }), replace: true });
  const parts = shown?.parts ?? {};
  const bodies = Object.keys(parts).filter((part) => part !== "subject" && part !== "preheader").sort((a, b) => Number(b === "html") - Number(a === "html"));
  const part = bodies.find((one) => one === search.shown) ?? bodies[0];
  return (
    <section aria-label={t("message.preview")} className="preview">
      <Flex gap={8} wrap align="center" className="table-tools">
        {may("audience.read") && <ContactChoice label={t("message.as")} value={contact} onChange={(next) => set({ contact: next })} />}
        {bodies.length > 1 && <Segmented aria-label={t("message.part")} size="small" value={part ?? ""} options={bodies.map((value) => ({ value, label: value === "html" ? t("message.shownMail") : code("message.part", value) }))} onChange={(value) => set({ shown: value })} />}
        {busy && <Spin size="small" />}
      </Flex>
      {part === "html" && (
        <Flex gap={8} wrap align="center" className="table-tools">
          <Segmented<"desktop" | "phone"> aria-label={t("message.device")} size="small" value={device} onChange={(next) => set({ device: next })} options={[{ value: "desktop", icon: <DesktopOutlined />, label: t("message.device.desktop") }, { value: "phone", icon: <MobileOutlined />, label: t("message.device.phone") }]} />
          <Segmented<"light" | "dark"> aria-label={t("message.look")} size="small" value={look} onChange={(next) => set({ look: next })} options={[{ value: "light", icon: <SunOutlined />, label: t("theme.light") }, { value: "dark", icon: <MoonOutlined />, label: t("theme.dark") }]} />
          <Flex gap={6} align="center">
            <PictureOutlined aria-hidden />
            <Switch size="small" aria-label={t("message.pictures")} checked={pictures} onChange={(next) => set({ pictures: next ? undefined : false })} />
            <span>{t("message.pictures")}</span>
          </Flex>
        </Flex>
      )}
      {error !== null && error !== undefined && (atFields ? <Alert className="warnings" type="error" showIcon role="alert" title={t("message.notDrawn")} /> : <ProblemAlert error={error} />)}
      {shown && (
        <>
          {shown.warnings.length > 0 && <Warnings of={shown.warnings} />}
          <div className="preview-head">
            {parts.subject !== undefined && <bdi className="preview-subject">{parts.subject}</bdi>}
            {parts.preheader && <Typography.Text type="secondary" className="small"><bdi>{parts.preheader}</bdi></Typography.Text>}
            <Tag className="state-tag">{shown.locale}</Tag>
          </div>
          {part === "html" && (
            <>
              <div className={`preview-${device}`}>
                <Sheet html={parts.html ?? ""} title={t("message.preview")} language={shown.locale} look={look} pictures={pictures} width={WIDTHS[device]} onLaid={setOwnDark} />
              </div>
              {look === "dark" && <Typography.Paragraph type="secondary" className="small preview-note">{t(ownDark ? "message.darkOwn" : "message.darkTurned")}</Typography.Paragraph>}
            </>
          )}
          {part !== undefined && part !== "html" && <pre className="plain preview-text" tabIndex={0} dir="auto">{parts[part]}</pre>}
        </>
      )}
    </section>
  );
}

function Warnings({ of }: { of: string[] }) {
  const { t } = useWords();
  const list = (
    <>
      {t("message.warnings", { n: of.length })}
      <ul className="told small">
        {of.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
    </>
  );
  return <Alert className="warnings" type="warning" showIcon title={list} />;
}
