/** A plugin from a file: what it is and can do is shown before it is installed; nothing of it has run. */
import { InboxOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Button, Card, Form, Input, Progress, Radio, Typography, Upload } from "antd";
import { useState } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { upload } from "@/api/upload";
import { useSubmit } from "@/parts/forms";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { PackageShown } from "./PackageShown";
import { inLanguage, installationsQuery, packageQuery } from "./questions";

const route = getRouteApi("/in/plugins/install");

export function Install() {
  const { t } = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [share, setShare] = useState<number>();
  const [refused, setRefused] = useState<unknown>();

  async function send(file: File) {
    setShare(0);
    setRefused(undefined);
    try {
      const kept = await upload<Schemas["PluginPackage"]>({ path: "/api/v1/plugins", type: "application/wasm", body: file, onProgress: setShare });
      await navigate({ search: { package: kept.digest } });
    } catch (error) {
      setRefused(error);
    } finally {
      setShare(undefined);
    }
  }

  return (
    <Page title={t("plugin.install")} lead={t("plugin.installLead")} help={["plugin.help.what", "plugin.help.permissions", "plugin.help.file"]}>
      {refused !== undefined && <ProblemAlert error={refused} />}
      {search.package === undefined ? (
        <Card className="panel">
          <Upload.Dragger
            accept=".wasm"
            maxCount={1}
            showUploadList={false}
            disabled={share !== undefined}
            beforeUpload={(file) => {
              void send(file);
              return false;
            }}
          >
            <p>
              <InboxOutlined style={{ fontSize: 36 }} aria-hidden />
            </p>
            <p>{t("plugin.drop")}</p>
            <Typography.Text type="secondary">{t("plugin.dropWhat")}</Typography.Text>
          </Upload.Dragger>
          {share !== undefined && (
            <div role="status" aria-live="polite">
              <Progress aria-label={t("plugin.reading")} percent={Math.floor(100 * share)} />
              {t("plugin.reading")}
            </div>
          )}
        </Card>
      ) : (
        <Found digest={search.package} />
      )}
    </Page>
  );
}

function Found({ digest }: { digest: string }) {
  const asked = useQuery(packageQuery(digest));
  const installed = useQuery(installationsQuery);
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data || !installed.data) return <Loading />;
  return (
    <>
      <Where kept={asked.data} installed={installed.data.items.filter((one) => one.plugin === asked.data.plugin)} />
      <PackageShown kept={asked.data} />
    </>
  );
}

interface Values {
  /** An installation that takes it as a version, or `new`. */
  into: string;
  name: string;
}

function Where({ kept, installed }: { kept: Schemas["PluginPackage"]; installed: Schemas["Installation"][] }) {
  const { t, language } = useWords();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const [form] = Form.useForm<Values>();
  const into = Form.useWatch("into", form);
  const { busy, submit, alert } = useSubmit(form, async (values: Values) => {
    const { id, version } = await place(kept.digest, values);
    await queries.invalidateQueries({ queryKey: ["installations"] });
    if (version) await navigate({ to: "/plugins/$id/versions/$version", params: { id, version } });
    else await navigate({ to: "/plugins/$id", params: { id } });
  });
  const first = installed[0];
  return (
    <Card className="panel" title={`${inLanguage(kept.title, language)} ${kept.version}`}>
      <Typography.Paragraph>{inLanguage(kept.description, language)}</Typography.Paragraph>
      {alert}
      <Form
        form={form}
        layout="vertical"
        initialValues={{ into: first?.id ?? "new", name: kept.plugin.split("/").at(-1) }}
        onFinish={(values) => void submit(values)}
        disabled={busy}
      >
        {first && (
          <Form.Item name="into" label={t("plugin.into")}>
            <Radio.Group
              options={[
                ...installed.map((one) => ({ value: one.id, label: t("plugin.intoVersion", { name: one.name, version: one.active?.version ?? "—" }) })),
                { value: "new", label: t("plugin.intoNew") },
              ]}
            />
          </Form.Item>
        )}
        {(!first || into === "new") && (
          <Form.Item name="name" label={t("plugin.name")} extra={t("plugin.nameHelp")} rules={[{ required: true, message: t("form.needed") }]}>
            <Input style={{ maxWidth: 320 }} />
          </Form.Item>
        )}
        <Button type="primary" htmlType="submit" loading={busy}>
          {t("plugin.goOn")}
        </Button>
      </Form>
    </Card>
  );
}

/** Install it anew, or add it to what is installed; either way it waits until somebody approves. */
async function place(digest: string, { into, name }: Values): Promise<{ id: string; version: string | undefined }> {
  if (into && into !== "new") {
    const version = await answer(api.POST("/api/v1/installations/{id}/versions", { params: { path: { id: into } }, body: { package: digest } }));
    return { id: into, version: version.id };
  }
  const made = await answer(api.POST("/api/v1/installations", { body: { package: digest, name } }));
  return { id: made.id, version: made.waiting[0]?.id };
}
