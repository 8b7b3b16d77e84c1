/** How a file is read: encoding, dates, zone, and what each of its columns means; then the start. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Alert, Button, Card, Checkbox, Flex, Form, Input, Progress, Select, Table, Typography } from "antd";
import { useState } from "react";
import type { Schemas } from "@/api/client";
import { upload } from "@/api/upload";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { head } from "./head";

interface Props {
  file: File;
  kind: Schemas["ImportKindInfo"];
  onBack: () => void;
  onStarted: (held: Schemas["Import"]) => void;
}

interface Options {
  encoding?: string;
  delimiter?: string;
  sheet?: string;
  zone?: string;
  dates?: string;
  region?: string;
  keep_unknown?: boolean;
  map: Record<string, string>;
}

const ENCODINGS = ["UTF-8", "GB18030", "GBK", "Big5", "UTF-16LE", "windows-1252", "Shift_JIS"];
const ROWS_SHOWN = 8;

export function ImportColumns({ file, kind, onBack, onStarted }: Props) {
  const { t, f } = useWords();
  const [options, setOptions] = useState<Options>({ map: {}, keep_unknown: true });
  const [share, setShare] = useState<number>();
  const [refused, setRefused] = useState<unknown>();
  const search = {
    kind: kind.name,
    file_name: file.name,
    encoding: options.encoding,
    delimiter: options.delimiter,
    sheet: options.sheet,
    zone: options.zone,
    dates: options.dates,
    region: options.region,
    keep_unknown: String(options.keep_unknown ?? false),
    map: Object.keys(options.map).length > 0 ? JSON.stringify(options.map) : undefined,
  };
  const type = /\.xlsx$/i.test(file.name) ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" : "text/csv";
  const preview = useQuery({
    queryKey: ["imports", "preview", file.name, file.size, file.lastModified, search],
    queryFn: async ({ signal }) =>
      upload<Schemas["ImportPreview"]>({ path: "/api/v1/imports/preview", search, type, body: await head(file), signal }),
    placeholderData: keepPreviousData,
    retry: false,
  });

  async function start() {
    setShare(0);
    setRefused(undefined);
    try {
      onStarted(await upload<Schemas["Import"]>({ path: "/api/v1/imports", search, type, body: file, onProgress: setShare }));
    } catch (error) {
      setRefused(error);
      setShare(undefined);
    }
  }

  const set = (more: Partial<Options>) => setOptions({ ...options, ...more });
  return (
    <>
      <Card className="panel" title={<bdi>{file.name}</bdi>}>
        <Form layout="vertical">
          <Flex gap={16} wrap>
            <Form.Item label={t("import.encoding")} htmlFor="import-encoding">
              <Select id="import-encoding" allowClear placeholder={preview.data?.report.encoding ?? t("import.guessed")} style={{ width: 160 }} value={options.encoding} options={ENCODINGS.map((value) => ({ value, label: value }))} onChange={(encoding) => set({ encoding })} />
            </Form.Item>
            {(preview.data?.report.sheets?.length ?? 0) > 1 && (
              <Form.Item label={t("import.sheet")} htmlFor="import-sheet">
                <Select id="import-sheet" allowClear style={{ width: 160 }} value={options.sheet} options={preview.data?.report.sheets?.map((value) => ({ value, label: value }))} onChange={(sheet) => set({ sheet, map: {} })} />
              </Form.Item>
            )}
            <Form.Item label={t("import.dates")} htmlFor="import-dates">
              <Select
                id="import-dates"
                allowClear
                placeholder={t("import.datesIso")}
                style={{ width: 200 }}
                value={options.dates}
                options={[
                  { value: "dmy", label: t("import.dmy") },
                  { value: "mdy", label: t("import.mdy") },
                ]}
                onChange={(dates) => set({ dates })}
              />
            </Form.Item>
            <Form.Item label={t("import.zone")} htmlFor="import-zone">
              <Input id="import-zone" placeholder={f.zone} style={{ width: 180 }} defaultValue={options.zone} onBlur={(event) => set({ zone: event.target.value })} />
            </Form.Item>
            <Form.Item label={t("import.region")} htmlFor="import-region">
              <Input id="import-region" placeholder="CN" maxLength={2} style={{ width: 90 }} defaultValue={options.region} onBlur={(event) => set({ region: event.target.value.toUpperCase() })} />
            </Form.Item>
          </Flex>
          <Checkbox checked={options.keep_unknown ?? false} onChange={(event) => set({ keep_unknown: event.target.checked })}>
            {t("import.keepUnknown")}
          </Checkbox>
        </Form>
      </Card>
      {preview.isError && <ProblemAlert error={preview.error} onRetry={() => void preview.refetch()} />}
      {preview.isPending && <Loading />}
      {preview.data && <Shown preview={preview.data} kind={kind} map={options.map} onMap={(map) => set({ map })} />}
      {refused !== undefined && <ProblemAlert error={refused} onRetry={() => void start()} />}
      {share !== undefined && (
        <div role="status" aria-live="polite">
          <Progress aria-label={t("import.sending")} percent={Math.floor(100 * share)} />
          {t("import.sending")}
        </div>
      )}
      <Flex gap={8} className="section">
        <Button onClick={onBack} disabled={share !== undefined}>
          {t("form.back")}
        </Button>
        <Button type="primary" loading={share !== undefined} disabled={!preview.data || preview.data.problems.length > 0} onClick={() => void start()}>
          {t("import.start")}
        </Button>
      </Flex>
    </>
  );
}

function Shown({ preview, kind, map, onMap }: { preview: Schemas["ImportPreview"]; kind: Props["kind"]; map: Record<string, string>; onMap: (map: Record<string, string>) => void }) {
  const { t } = useWords();
  const used = new Map((preview.report.columns ?? []).map((one) => [one.header, one.column]));
  const choices = [
    { value: "ignore", label: t("import.ignore") },
    ...kind.columns.map((one) => ({ value: one.name, label: one.required ? t("import.required", { column: one.name }) : one.name })),
  ];
  return (
    <>
      {preview.problems.map((problem) => (
        <Alert key={problem} type="warning" showIcon className="banner" title={problem} />
      ))}
      <Card className="panel" title={t("import.step.columns")}>
        <Typography.Paragraph type="secondary">{t("import.columnsHow")}</Typography.Paragraph>
        <Table
          size="small"
          pagination={false}
          scroll={{ x: "max-content" }}
          rowKey="at"
          dataSource={preview.rows.slice(0, ROWS_SHOWN).map((cells, at) => ({ at, cells }))}
          columns={preview.headers.map((header, column) => ({
            key: String(column),
            title: (
              <Flex vertical gap={4}>
                <bdi>{header}</bdi>
                <Select
                  size="small"
                  aria-label={t("import.meaning", { header })}
                  placeholder={t("import.asTrait")}
                  style={{ minWidth: 150 }}
                  showSearch
                  value={map[header] ?? used.get(header)}
                  options={choices}
                  onChange={(value: string) => onMap({ ...map, [header]: value })}
                />
              </Flex>
            ),
            render: (_: unknown, row: { cells: string[] }) => <bdi>{row.cells[column]}</bdi>,
          }))}
        />
      </Card>
      {preview.errors.length > 0 && (
        <Alert
          type="warning"
          className="banner"
          showIcon
          title={t("import.previewErrors", { n: preview.errors.length, tried: preview.tried })}
          description={
            <ul>
              {preview.errors.slice(0, ROWS_SHOWN).map((one) => (
                <li key={`${String(one.row)} ${one.field}`}>{t("import.rowError", { row: one.row, field: one.field, message: one.message })}</li>
              ))}
            </ul>
          }
        />
      )}
    </>
  );
}
