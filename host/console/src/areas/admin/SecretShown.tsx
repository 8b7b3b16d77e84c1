/** A secret that is shown this once: to be copied now, since nobody can ever read it again. */
import { CheckOutlined, CopyOutlined } from "@ant-design/icons";
import { Alert, Button, Flex, Input, Modal, type InputRef } from "antd";
import { useRef, useState, type ReactNode } from "react";
import { useWords } from "@/words";

interface Props {
  title: string;
  /** What it is for, and that it is shown once. */
  what: string;
  label: string;
  secret: string;
  children?: ReactNode;
  onClose: () => void;
}

export function SecretShown({ title, what, label, secret, children, onClose }: Props) {
  const { t } = useWords();
  return (
    <Modal
      open
      title={title}
      closable={false}
      mask={{ closable: false }}
      keyboard={false}
      footer={
        <Button type="primary" onClick={onClose}>
          {t("admin.secretKept")}
        </Button>
      }
    >
      <Alert type="warning" showIcon className="banner" title={what} />
      <CopyField label={label} text={secret} />
      {children}
    </Modal>
  );
}

function CopyField({ label, text }: { label: string; text: string }) {
  const { t } = useWords();
  const field = useRef<InputRef>(null);
  const [copied, setCopied] = useState(false);

  async function copy() {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      // By plain http there is no clipboard to ask: the old way, over what is selected.
      setCopied(document.execCommand("copy"));
    }
  }

  return (
    <>
      <Flex gap={8}>
        <Input ref={field} readOnly value={text} aria-label={label} className="mono" onFocus={(event) => event.target.select()} />
        <Button icon={copied ? <CheckOutlined /> : <CopyOutlined />} onClick={() => void copy()}>
          {copied ? t("admin.copied") : t("admin.copy")}
        </Button>
      </Flex>
      <span className="unseen" role="status">
        {copied && t("admin.copied")}
      </span>
    </>
  );
}
