/** One creative: what came of it, over time and by campaign, and what it is. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Button, Flex, Tabs, Tag } from "antd";
import { answer, api } from "@/api/client";
import { useActor } from "@/api/actor";
import { useMay } from "@/api/me";
import { Wall } from "@/parts/Fault";
import { useAction } from "@/parts/forms";
import { LinkButton } from "@/parts/LinkButton";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { creativeQuery } from "../questions";
import { CreativeContent } from "./CreativeContent";
import { CreativeShown } from "./CreativeShown";
import { Results } from "./Results";
import type { Creative } from "./words";
import "../creative.css";

const route = getRouteApi("/in/creative/library/$id");

export function CreativePage() {
  const { id } = route.useParams();
  const asked = useQuery(creativeQuery(id));
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  return <Loaded creative={asked.data} />;
}

function Loaded({ creative }: { creative: Creative }) {
  const { t, f, code } = useWords();
  const may = useMay();
  const who = useActor();
  const queries = useQueryClient();
  const { run } = useAction();
  const navigate = route.useNavigate();
  const { tab } = route.useSearch();
  const writable = may("creative.write");

  async function archive(archived: boolean) {
    const next = await answer(api.PATCH("/api/v1/creatives/{id}", { params: { path: { id: creative.id } }, body: { archived } }));
    queries.setQueryData(creativeQuery(creative.id).queryKey, next);
    void queries.invalidateQueries({ queryKey: ["creatives"], refetchType: "inactive" });
  }

  return (
    <Page
      title={creative.title}
      lead={
        <Flex gap={12} wrap align="center">
          <Tag className="state-tag">{code("creative.kind", creative.kind)}</Tag>
          {creative.code !== creative.id && <span className="mono">{creative.code}</span>}
          <span>{t("creative.putIn", { by: who(creative.created_by), at: f.date(creative.created_at) })}</span>
          {creative.archived && <strong>{t("creative.isArchived")}</strong>}
        </Flex>
      }
      help={["creative.help.results", "creative.help.what", "creative.help.words"]}
      actions={
        writable && (
          <>
            <Button onClick={() => void run(() => archive(!creative.archived), t(creative.archived ? "creative.restored" : "creative.archivedNow"), () => archive(creative.archived))}>
              {t(creative.archived ? "creative.restore" : "creative.archive")}
            </Button>
            <LinkButton type="primary" to="/creative/messages/new" search={{ creative: creative.id }}>
              {t("creative.toMessage")}
            </LinkButton>
          </>
        )
      }
    >
      <Tabs
        activeKey={tab ?? "results"}
        onChange={(next) => void navigate({ search: { tab: next === "content" ? "content" : undefined } })}
        destroyOnHidden
        items={[
          { key: "results", label: t("creative.results"), children: <Wall><Results creative={creative} /></Wall> },
          { key: "content", label: t("creative.content"), children: writable ? <CreativeContent key={creative.id} creative={creative} /> : <CreativeShown creative={creative} /> },
        ]}
      />
    </Page>
  );
}
