/** Bringing a file in: choose it, see how it is read, say what each column is, start. */
import { InboxOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Button, Card, Flex, Form, Select, Steps, Typography, Upload } from "antd";
import { useEffect, useState } from "react";
import { answer, api } from "@/api/client";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { LeaveGuard } from "@/parts/forms";
import { useWords } from "@/words";
import { ImportColumns } from "./ImportColumns";

const route = getRouteApi("/in/audience/imports/new");

export function ImportWizard() {
  const { t, f, code } = useWords();
  const { kind = "contacts", step } = route.useSearch();
  const navigate = route.useNavigate();
  const [file, setFile] = useState<File>();
  const [started, setStarted] = useState<string>();
  useEffect(() => {
    if (started) void navigate({ to: "/audience/imports/$id", params: { id: started }, replace: true });
  }, [started, navigate]);
  const kinds = useQuery({ queryKey: ["import-kinds"], staleTime: Infinity, queryFn: () => answer(api.GET("/api/v1/import-kinds")) });
  // A file cannot stand in an address: after a reload the first step asks for it again.
  const at = step === "columns" && file ? "columns" : "file";
  const chosen = kinds.data?.find((one) => one.name === kind);
  if (kinds.isError) return <ProblemAlert error={kinds.error} onRetry={() => void kinds.refetch()} />;
  if (!kinds.data) return <Loading />;
  return (
    <Page title={t("import.new")} help={["import.help.what", "import.help.columns", "import.help.encoding"]}>
      <LeaveGuard dirty={file !== undefined && started === undefined} />
      <Steps
        className="panel"
        current={at === "file" ? 0 : 1}
        items={[{ title: t("import.step.file") }, { title: t("import.step.columns") }, { title: t("import.step.run") }]}
      />
      {at === "file" ? (
        <Card>
          <Form layout="vertical">
            <Form.Item label={t("import.kind")} htmlFor="import-kind">
              <Select
                id="import-kind"
                value={kind}
                style={{ maxWidth: 360 }}
                options={kinds.data.map((one) => ({ value: one.name, label: code("import.of", one.name) }))}
                onChange={(next) => void navigate({ search: (old) => ({ ...old, kind: next }) })}
              />
            </Form.Item>
            <Upload.Dragger
              accept=".csv,.tsv,.txt,.xlsx"
              maxCount={1}
              showUploadList={false}
              beforeUpload={(next) => {
                setFile(next);
                void navigate({ search: (old) => ({ ...old, step: "columns" }) });
                return false;
              }}
            >
              <p>
                <InboxOutlined style={{ fontSize: 36 }} aria-hidden />
              </p>
              <p>{t("import.drop")}</p>
              <Typography.Text type="secondary">{t("import.dropWhat")}</Typography.Text>
            </Upload.Dragger>
            {file && (
              <Flex gap={8} align="center" className="section">
                <Typography.Text>
                  <bdi>{file.name}</bdi> · {f.bytes(file.size)}
                </Typography.Text>
                <Button onClick={() => void navigate({ search: (old) => ({ ...old, step: "columns" }) })}>{t("form.next")}</Button>
              </Flex>
            )}
            {chosen && (
              <Typography.Paragraph type="secondary" className="section">
                {t("import.knows", { columns: chosen.columns.map((one) => one.name).join(", ") })}
              </Typography.Paragraph>
            )}
          </Form>
        </Card>
      ) : (
        file && chosen && (
          <ImportColumns
            key={`${file.name} ${kind}`}
            file={file}
            kind={chosen}
            onBack={() => void navigate({ search: (old) => ({ ...old, step: undefined }) })}
            onStarted={(held) => setStarted(held.id)}
          />
        )
      )}
    </Page>
  );
}
