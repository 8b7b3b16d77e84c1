/** The receipt of a run: what it was made from, by digest; as a file; and made once more to see that the same comes out. */
import { DownloadOutlined, SafetyCertificateOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Card, Collapse, Descriptions, Flex, Typography } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { ProblemError } from "@/api/problem";
import { download } from "@/parts/csv";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { Verify } from "./Verify";

type Receipt = Schemas["Receipt"];
type ReceiptOf = "attribution-runs" | "report-runs";

/** The receipt; null where the run keeps none. */
async function receiptOf(of: ReceiptOf, id: string): Promise<Receipt | null> {
  const params = { params: { path: { id } } };
  try {
    return await (of === "attribution-runs" ? answer(api.GET("/api/v1/attribution-runs/{id}/receipt", params)) : answer(api.GET("/api/v1/report-runs/{id}/receipt", params)));
  } catch (error) {
    if (error instanceof ProblemError && error.status === 404) return null;
    throw error;
  }
}

export function ReceiptCard({ of, id }: { of: ReceiptOf; id: string }) {
  const { t } = useWords();
  const may = useMay();
  const asked = useQuery({ queryKey: [of, id, "receipt"], queryFn: () => receiptOf(of, id), staleTime: Infinity });
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (asked.isPending) return <Loading />;
  const receipt = asked.data;
  return (
    <Card
      className="panel"
      title={
        <Flex gap={8} align="center">
          <SafetyCertificateOutlined aria-hidden />
          {t("receipt.title")}
        </Flex>
      }
      extra={
        receipt && (
          <Button size="small" icon={<DownloadOutlined />} onClick={() => download(`receipt-${id}.json`, `${JSON.stringify(receipt, null, 2)}\n`, "application/json")}>
            {t("receipt.download")}
          </Button>
        )
      }
    >
      {receipt ? (
        <>
          <Typography.Paragraph type="secondary">{t("receipt.lead")}</Typography.Paragraph>
          {may("measure.write") && <Verify id={id} />}
          <Shown receipt={receipt} />
        </>
      ) : (
        <Typography.Text type="secondary">{t("receipt.none")}</Typography.Text>
      )}
    </Card>
  );
}

function Shown({ receipt }: { receipt: Receipt }) {
  const { t, f } = useWords();
  const digest = (text: string) => <span className="mono">{text}</span>;
  const engine = Object.entries(receipt.engine as Record<string, unknown>);
  return (
    <>
      <Descriptions
        size="small"
        column={1}
        items={[
          { key: "plugin", label: t("receipt.plugin"), children: <bdi>{`${receipt.plugin} ${receipt.version}`}</bdi> },
          { key: "at", label: t("receipt.at"), children: f.time(new Date(receipt["at-us"] / 1000).toISOString()) },
          { key: "component", label: t("receipt.component"), children: digest(receipt.component) },
          { key: "settings", label: t("receipt.settings"), children: digest(receipt.settings) },
          { key: "input", label: t("receipt.input"), children: digest(receipt.input) },
          { key: "output", label: t("receipt.output"), children: digest(receipt.output) },
          { key: "signature", label: t("receipt.signature"), children: digest(receipt.signature) },
        ]}
      />
      <Collapse
        ghost
        items={[
          {
            key: "all",
            label: t("receipt.everything"),
            children: (
              <>
                <Descriptions
                  size="small"
                  column={1}
                  items={[
                    ...engine.map(([name, value]) => ({ key: `engine-${name}`, label: t("receipt.engine", { name }), children: digest(String(value)) })),
                    { key: "seed", label: t("receipt.seed"), children: digest(receipt.seed) },
                    { key: "contracts", label: t("receipt.contracts"), children: digest(Object.entries(receipt.contracts).map(([name, version]) => `${name}@${version}`).join(" ")) },
                  ]}
                />
                <Entries receipt={receipt} />
              </>
            ),
          },
        ]}
      />
    </>
  );
}

interface Step {
  key: string;
  name: string;
  input: string;
  output: string;
}

/** Every entry and host call, in order. */
function Entries({ receipt }: { receipt: Receipt }) {
  const { t } = useWords();
  const steps: Step[] = [
    ...receipt.entries.map((one, at) => ({ key: `entry-${String(at)}`, name: t("receipt.entry", { name: one.name }), input: one.input, output: one.output ?? "" })),
    ...receipt.calls.map((one, at) => ({ key: `call-${String(at)}`, name: t("receipt.call", { name: one.capability }), input: one.call, output: one.answer })),
  ];
  const columns: Column<Step>[] = [
    { key: "name", title: t("receipt.step"), text: (row) => row.name, cell: (row) => row.name },
    { key: "input", title: t("receipt.given"), text: (row) => row.input, cell: (row) => <span className="mono">{row.input}</span> },
    { key: "output", title: t("receipt.answered"), text: (row) => row.output, cell: (row) => <span className="mono">{row.output || "—"}</span> },
  ];
  return <DataTable name="receipt-steps" label={t("receipt.everything")} columns={columns} rows={steps} rowKey={(row) => row.key} />;
}
