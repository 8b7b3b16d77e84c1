/** A page: its heading, its actions, its help, and the title of the browser's tab. */
import { QuestionCircleOutlined } from "@ant-design/icons";
import { Button, Drawer, Flex, Typography } from "antd";
import { useEffect, useState, type ReactNode } from "react";
import { useWords, type Key } from "@/words";

interface Props {
  title: string;
  /** A line under the title. */
  lead?: ReactNode;
  actions?: ReactNode;
  /** The sentences that help with this page. */
  help: Key[];
  children: ReactNode;
}

export function Page({ title, lead, actions, help, children }: Props) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  useEffect(() => {
    document.title = `${title} · ${t("app.title")}`;
  }, [title, t]);
  return (
    <>
      <Flex justify="space-between" align="flex-start" gap={16} wrap className="page-head">
        <div className="page-title">
          <Typography.Title level={1} tabIndex={-1}>
            {/* A name may run from right to left: it stays in its own place. */}
            <bdi>{title}</bdi>
          </Typography.Title>
          {lead && <div className="page-lead">{lead}</div>}
        </div>
        <Flex gap={8} wrap align="center">
          {actions}
          <Button
            type="text"
            icon={<QuestionCircleOutlined />}
            aria-label={t("help.open")}
            title={t("help.open")}
            onClick={() => setOpen(true)}
          />
        </Flex>
      </Flex>
      {children}
      <Drawer open={open} onClose={() => setOpen(false)} title={t("help.title", { page: title })} size={420}>
        {help.map((key) => (
          <Typography.Paragraph key={key}>{t(key)}</Typography.Paragraph>
        ))}
      </Drawer>
    </>
  );
}
