/** Backups of the whole host: made, watched, fetched, removed. */
import { DeleteOutlined, DownloadOutlined, PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Alert, Button, Flex, Form, Input, Progress } from "antd";
import { useActor } from "@/api/actor";
import { answer, api, type Schemas } from "@/api/client";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { EditDialog, useMake } from "@/parts/edit";
import { useAction } from "@/parts/forms";
import { LinkButton } from "@/parts/LinkButton";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { AdminPage } from "../AdminPage";
import { BACKUP_MOODS } from "./states";

type Backup = Schemas["Backup"];
const route = getRouteApi("/in/admin/backups");
const LOOK_AGAIN_MS = 2_000;

export function Backups() {
  const { t, f } = useWords();
  const who = useActor();
  const { ask } = useAction();
  const queries = useQueryClient();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const remove = (backup: Backup) =>
    ask(t("admin.backupRemoveAsk", { name: backup.name }), t("admin.backupRemoveWhat"), t("admin.remove"), async () => {
      await api.DELETE("/api/v1/backups/{id}", { params: { path: { id: backup.id } } });
      await queries.invalidateQueries({ queryKey: ["backups"] });
    });
  const share = (row: Backup) => (row.progress.total > 0 ? Math.floor((100 * row.progress.done) / row.progress.total) : 0);
  const columns: Column<Backup>[] = [
    { key: "name", title: t("admin.name"), text: (row) => row.name, cell: (row) => <bdi>{row.name}</bdi> },
    {
      key: "state",
      title: t("admin.state"),
      text: (row) => t(`backup.state.${row.state}`),
      cell: (row) =>
        row.state === "running" ? (
          <Progress percent={share(row)} size="small" aria-label={t("admin.progress")} style={{ width: 130, margin: 0 }} />
        ) : (
          <StateTag mood={BACKUP_MOODS[row.state]}>{t(`backup.state.${row.state}`)}</StateTag>
        ),
    },
    { key: "bytes", title: t("admin.size"), text: (row) => row.bytes, cell: (row) => (row.bytes ? f.bytes(row.bytes) : "—"), align: "right" },
    { key: "created", title: t("admin.created"), text: (row) => row.created_at, cell: (row) => f.time(row.created_at) },
    { key: "by", title: t("admin.createdBy"), text: (row) => who(row.created_by), cell: (row) => <bdi>{who(row.created_by)}</bdi> },
    { key: "problem", title: t("admin.error"), text: (row) => row.problem, cell: (row) => row.problem ?? "—", hidden: true },
    { key: "host", title: t("admin.hostName"), text: (row) => row.host, cell: (row) => <span className="mono">{row.host ?? "—"}</span>, hidden: true },
    { key: "sha256", title: t("admin.sha256"), text: (row) => row.sha256, cell: (row) => <span className="mono">{row.sha256 ?? "—"}</span>, hidden: true },
    { key: "job", title: t("admin.job"), text: (row) => row.job, cell: (row) => <Link to="/admin/jobs/$id" params={{ id: row.job }} className="mono">{row.job}</Link>, hidden: true },
    {
      key: "actions",
      title: t("admin.actions"),
      action: true,
      text: () => "",
      cell: (row) =>
        row.state === "pending" || row.state === "running" ? (
          <Link to="/admin/jobs/$id" params={{ id: row.job }}>
            {t("admin.toJob")}
          </Link>
        ) : (
          <Flex gap={4}>
            {row.state === "done" && (
              <Button size="small" icon={<DownloadOutlined />} href={`/api/v1/backups/${row.id}/file`} download aria-label={t("admin.downloadOf", { name: row.name })}>
                {t("admin.download")}
              </Button>
            )}
            <Button size="small" icon={<DeleteOutlined />} aria-label={t("admin.removeOf", { name: row.name })} title={t("admin.remove")} onClick={() => remove(row)} />
          </Flex>
        ),
    },
  ];
  const make = (
    <LinkButton to="/admin/backups" search={(old: object) => ({ ...old, edit: "new" })} type="primary" icon={<PlusOutlined />}>
      {t("admin.backupNew")}
    </LinkButton>
  );
  return (
    <AdminPage title={t("admin.backups")} lead={t("admin.backupsLead")} help={["admin.help.backups", "admin.help.restore"]} actions={make}>
      <Alert type="info" showIcon className="banner" title={t("admin.masterKey")} />
      <CursorTable<Backup>
        name="backups"
        label={t("admin.backups")}
        columns={columns}
        rowKey={(row) => row.id}
        of={["backups"]}
        page={(cursor, limit) => answer(api.GET("/api/v1/backups", { params: { query: { cursor, limit } } }))}
        at={search}
        onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
        refresh={LOOK_AGAIN_MS}
        empty={<Empty title={t("admin.noBackups")} what={t("admin.noBackupsWhat")} action={make} />}
      />
      {search.edit === "new" && <NewBackup onClose={() => void navigate({ search: (old) => ({ ...old, edit: undefined }) })} />}
    </AdminPage>
  );
}

function NewBackup({ onClose }: { onClose: () => void }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const making = useMake<Schemas["BackupAsked"]>({}, async ({ name }) => {
    await answer(api.POST("/api/v1/backups", { body: name ? { name } : {} }));
    await queries.invalidateQueries({ queryKey: ["backups"] });
    return onClose;
  });
  return (
    <EditDialog of={making} title={t("admin.backupNew")} label={t("admin.backupNew")} onClose={onClose}>
      <Form.Item name="name" label={t("admin.name")} extra={t("admin.backupNameHelp")}>
        <Input autoFocus maxLength={200} autoComplete="off" />
      </Form.Item>
    </EditDialog>
  );
}
