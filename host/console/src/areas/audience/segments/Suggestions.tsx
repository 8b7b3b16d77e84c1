/** Segments that the workspace's own numbers suggest; one click makes one. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button, Card } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { useAction } from "@/parts/forms";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";

type Suggestion = Schemas["Suggestion"];

export function Suggestions() {
  const { t, f } = useWords();
  const may = useMay();
  const { failed } = useAction();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const asked = useQuery({ queryKey: ["segments", "suggestions"], queryFn: () => answer(api.GET("/api/v1/segments/suggestions")), staleTime: 5 * 60_000 });
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;

  async function accept(code: string) {
    try {
      const made = await answer(api.POST("/api/v1/segments/suggestions", { body: { code } }));
      await queries.invalidateQueries({ queryKey: ["segments"] });
      await navigate({ to: "/audience/segments/$id", params: { id: made.id } });
    } catch (error) {
      failed(error);
    }
  }

  const columns: Column<Suggestion>[] = [
    { key: "name", title: t("segment.name"), text: (row) => row.name, cell: (row) => row.name },
    { key: "people", title: t("segment.peopleCount"), text: (row) => row.people, cell: (row) => f.number(row.people), align: "right" },
    { key: "description", title: t("segment.description"), text: (row) => row.description, cell: (row) => row.description },
    { key: "strategy", title: t("segment.strategy"), text: (row) => row.strategy, cell: (row) => row.strategy },
    {
      key: "make",
      title: t("form.create"),
      text: () => "",
      cell: (row) => may("audience.write") && <Button size="small" onClick={() => void accept(row.code)}>{t("segment.accept")}</Button>,
    },
  ];
  return (
    <Card className="panel" title={t("segment.suggestions")}>
      <DataTable<Suggestion> name="suggestions" label={t("segment.suggestions")} columns={columns} rows={asked.data?.items ?? []} rowKey={(row) => row.code} loading={asked.isPending} empty={<Empty title={t("segment.noSuggestions")} what={t("segment.noSuggestionsWhat")} />} />
    </Card>
  );
}
