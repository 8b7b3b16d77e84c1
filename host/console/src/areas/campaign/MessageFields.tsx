/** What goes out: a message for each channel, the connector that carries it, and from whom. */
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Form, Select } from "antd";
import type { Schemas } from "@/api/client";
import { Empty } from "@/parts/Empty";
import { useWords } from "@/words";
import { installationsQuery, mailServersQuery, messagesQuery, sendersQuery } from "./questions";

/** The channels that a connector says it serves. */
export function channels(installation: Schemas["Installation"]): string[] {
  const described: unknown = installation.active?.described;
  if (typeof described !== "object" || described === null || !("connector" in described)) return [];
  const { connector } = described;
  if (typeof connector !== "object" || connector === null || !("channels" in connector)) return [];
  return Array.isArray(connector.channels) ? connector.channels.filter((one) => typeof one === "string") : [];
}

export function MessageFields() {
  const { t } = useWords();
  const form = Form.useFormInstance();
  const installations = useQuery(installationsQuery);
  const messages = useQuery(messagesQuery);
  const senders = useQuery(sendersQuery);
  const servers = useQuery(mailServersQuery);
  const connectors = (installations.data?.items ?? []).filter((one) => one.kinds.includes("connector"));
  const known = [...new Set(connectors.flatMap(channels))];
  const named = (items: { id: string; name: string }[]) => items.map((one) => ({ value: one.id, label: one.name }));

  if (installations.isSuccess && connectors.length === 0) return <Empty title={t("campaign.noConnector")} what={t("campaign.noConnectorWhat")} />;
  return (
    <Form.List name="messages">
      {(rows, { add, remove }) => (
        <>
          {rows.map((row) => (
            <fieldset key={row.key} className="rows">
              <Form.Item noStyle shouldUpdate>
                {() => {
                  const channel: unknown = form.getFieldValue(["messages", row.name, "channel"]);
                  const fitting = connectors.filter((one) => typeof channel !== "string" || channels(one).includes(channel));
                  const mail = channel === "email";
                  return (
                    <>
                      <Form.Item name={[row.name, "channel"]} label={t("campaign.channel")} rules={[{ required: true, message: t("form.needed") }]}>
                        <Select options={known.map((value) => ({ value, label: value }))} />
                      </Form.Item>
                      <Form.Item name={[row.name, "message"]} label={t("campaign.message")} rules={[{ required: true, message: t("form.needed") }]}>
                        <Select loading={messages.isPending} options={named((messages.data?.items ?? []).filter((one) => !one.archived && (typeof channel !== "string" || one.channel === channel)))} />
                      </Form.Item>
                      <Form.Item name={[row.name, "installation"]} label={t("campaign.connector")} rules={[{ required: true, message: t("form.needed") }]}>
                        <Select options={named(fitting)} />
                      </Form.Item>
                      <Form.Item name={[row.name, "sender"]} label={t("campaign.sender")} hidden={!mail}>
                        <Select options={(senders.data?.items ?? []).map((one) => ({ value: one.id, label: `${one.name} <${one.address}>` }))} />
                      </Form.Item>
                      <Form.Item name={[row.name, "mail_server"]} label={t("campaign.mailServer")} hidden={!mail}>
                        <Select allowClear options={named(servers.data?.items ?? [])} />
                      </Form.Item>
                    </>
                  );
                }}
              </Form.Item>
              <Button icon={<DeleteOutlined />} onClick={() => remove(row.name)}>
                {t("campaign.messageRemove")}
              </Button>
            </fieldset>
          ))}
          <Button type="dashed" icon={<PlusOutlined />} onClick={() => add({})}>
            {t("campaign.messageAdd")}
          </Button>
        </>
      )}
    </Form.List>
  );
}
