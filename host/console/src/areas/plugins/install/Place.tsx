/** A package that is here: installed under a name, or added as a version to what is installed. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Alert, Button, Card, Flex, Form, Input, Radio, Typography } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { useSubmit } from "@/parts/forms";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { Icon } from "../packages/Icon";
import { PackageShown } from "../packages/PackageShown";
import { inLanguage, installationsQuery, packageQuery } from "../questions";

const route = getRouteApi("/in/plugins/install");

export function Place({ digest, against }: { digest: string; against: string | undefined }) {
  const asked = useQuery(packageQuery(digest));
  const installed = useQuery(installationsQuery);
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data || !installed.data) return <Loading />;
  return (
    <>
      <Where key={digest} kept={asked.data} against={against} installed={installed.data.items.filter((one) => one.plugin === asked.data.plugin)} />
      <PackageShown kept={asked.data} />
    </>
  );
}

interface Values {
  /** An installation that takes it as a version, or `new`. */
  into: string;
  name: string;
}

function Where({ kept, installed, against }: { kept: Schemas["PluginPackage"]; installed: Schemas["Installation"][]; against: string | undefined }) {
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
  const first = installed.find((one) => one.id === against) ?? installed[0];
  return (
    <Card
      className="panel"
      title={
        <Flex gap={12} align="center">
          <Icon kept={kept} />
          <bdi>{`${inLanguage(kept.title, language)} ${kept.version}`}</bdi>
        </Flex>
      }
      extra={
        <Link to="/plugins/packages/$digest" params={{ digest: kept.digest }}>
          {t("install.look")}
        </Link>
      }
    >
      <Typography.Paragraph>
        <bdi>{inLanguage(kept.description, language)}</bdi>
      </Typography.Paragraph>
      {kept.trust?.detail && <Alert type={kept.trust.allowed ? "warning" : "error"} showIcon className="banner" title={kept.trust.detail} />}
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
              vertical
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
