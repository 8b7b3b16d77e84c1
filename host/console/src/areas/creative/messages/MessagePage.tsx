/** One message: its editor, beside the preview that the host draws. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Button, Flex, Tag } from "antd";
import { lazy, Suspense } from "react";
import { answer, api } from "@/api/client";
import { useActor } from "@/api/actor";
import { useMay } from "@/api/me";
import { useAction } from "@/parts/forms";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { messageQuery } from "../questions";
import type { Message } from "./contents";
import "../creative.css";

const Editor = lazy(() => import("./Editor"));
const route = getRouteApi("/in/creative/messages/$id");

export function MessagePage() {
  const { id } = route.useParams();
  const asked = useQuery(messageQuery(id));
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  return <Loaded message={asked.data} />;
}

function Loaded({ message }: { message: Message }) {
  const { t, f, code } = useWords();
  const may = useMay();
  const who = useActor();
  const queries = useQueryClient();
  const { run } = useAction();
  const writable = may("creative.write");

  async function archive(archived: boolean) {
    const next = await answer(api.PATCH("/api/v1/messages/{id}", { params: { path: { id: message.id } }, body: { archived } }));
    queries.setQueryData(messageQuery(message.id).queryKey, next);
    void queries.invalidateQueries({ queryKey: ["messages"], refetchType: "inactive" });
  }

  return (
    <Page
      title={message.name}
      lead={
        <Flex gap={12} wrap align="center">
          <Tag className="state-tag">{code("message.channel", message.channel)}</Tag>
          <span>{t("message.changed", { at: f.time(message.updated_at) })}</span>
          <span>{t("message.madeBy", { by: who(message.created_by) })}</span>
          {message.creative && (
            <Link to="/creative/library/$id" params={{ id: message.creative }}>
              {t("message.itsCreative")}
            </Link>
          )}
          {message.archived && <strong>{t("creative.isArchived")}</strong>}
        </Flex>
      }
      help={["message.help.preview", "message.help.values", "message.help.links", "message.help.blocks", "message.help.launched"]}
      actions={
        writable && (
          <Button onClick={() => void run(() => archive(!message.archived), t(message.archived ? "creative.restored" : "creative.archivedNow"), () => archive(message.archived))}>
            {t(message.archived ? "creative.restore" : "creative.archive")}
          </Button>
        )
      }
    >
      <Suspense fallback={<Loading />}>
        <Editor key={message.id} message={message} writable={writable} />
      </Suspense>
    </Page>
  );
}
