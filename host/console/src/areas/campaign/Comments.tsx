/** What colleagues say about a campaign: threads, mentions, and one's own words mended or taken back. */
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Card } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { Empty } from "@/parts/Empty";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { Comment } from "./Comment";
import { CommentForm } from "./CommentForm";

type Held = Schemas["CampaignComment"];
const PAGE = 100;

export function Comments({ campaign }: { campaign: string }) {
  const { t } = useWords();
  const may = useMay();
  const queries = useQueryClient();
  const asked = useInfiniteQuery({
    queryKey: ["campaigns", campaign, "comments"],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => answer(api.GET("/api/v1/campaigns/{id}/comments", { params: { path: { id: campaign }, query: { limit: PAGE, cursor: pageParam } } })),
    getNextPageParam: (page) => page.next ?? undefined,
    // Colleagues write at the same time.
    refetchInterval: 15_000,
  });
  const again = () => queries.invalidateQueries({ queryKey: ["campaigns", campaign, "comments"] });
  const say = async (body: string, mentions: string[], parent?: string) => {
    await answer(api.POST("/api/v1/campaigns/{id}/comments", { params: { path: { id: campaign } }, body: { body, mentions, parent: parent ?? null } }));
    await again();
  };
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  const all: Held[] = asked.data.pages.flatMap((page) => page.items);
  const firsts = all.filter((one) => !one.parent);
  return (
    <Card className="panel" style={{ maxWidth: 880 }}>
      {firsts.length === 0 && <Empty title={t("comment.none")} what={t("comment.noneWhat")} />}
      <ul className="threads">
        {firsts.map((first) => (
          <Comment key={first.id} comment={first} answers={all.filter((one) => one.parent === first.id)} onAnswer={(body, mentions) => say(body, mentions, first.id)} onChanged={again} />
        ))}
      </ul>
      {asked.hasNextPage && (
        <Button loading={asked.isFetchingNextPage} onClick={() => void asked.fetchNextPage()}>
          {t("comment.more")}
        </Button>
      )}
      {may("campaign.write") && <CommentForm label={t("comment.new")} submit={t("comment.send")} onSend={(body, mentions) => say(body, mentions)} />}
    </Card>
  );
}
