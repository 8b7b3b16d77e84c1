/** A page: its heading, its actions, its help, and the title of the browser's tab. */
import { QuestionCircleOutlined } from "@ant-design/icons";
import { Button, Flex, Typography } from "antd";
import { useEffect, useState, type ReactNode } from "react";
import { useWords, type Key } from "@/words";
import { HelpDrawer, type Term } from "./Help";
import { useShortcut } from "./keys";

interface Props {
  title: string;
  /** A line under the title. */
  lead?: ReactNode;
  actions?: ReactNode;
  /** The sentences that help with this page: what it is for, and how. */
  help: Key[];
  /** Words of the glossary that the page uses. */
  terms?: Term[];
  children: ReactNode;
}

export function Page({ title, lead, actions, help, terms = [], children }: Props) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  useShortcut("h", () => setOpen(true));
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
      <HelpDrawer open={open} onClose={() => setOpen(false)} page={title} help={help} terms={terms} />
    </>
  );
}
