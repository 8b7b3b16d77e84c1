/** One comment with its answers. */
import { useSuspenseQuery } from "@tanstack/react-query";
import { Button, Flex, Typography } from "antd";
import { useState } from "react";
import { useActor } from "@/api/actor";
import { answer, api, type Schemas } from "@/api/client";
import { meQuery, useMay } from "@/api/me";
import { useAction } from "@/parts/forms";
import { useWords } from "@/words";
import { CommentForm } from "./CommentForm";

type Held = Schemas["CampaignComment"];

interface Props {
  comment: Held;
  answers: Held[];
  /** Answers go to the first of a thread. */
  onAnswer?: (body: string, mentions: string[]) => Promise<unknown>;
  onChanged: () => Promise<unknown>;
}

export function Comment({ comment, answers, onAnswer, onChanged }: Props) {
  const { t, f } = useWords();
  const may = useMay();
  const who = useActor();
  const { ask } = useAction();
  const { data: me } = useSuspenseQuery(meQuery);
  const [open, setOpen] = useState<"answer" | "edit">();
  const params = { path: { id: comment.campaign, comment: comment.id } };
  const mine = comment.author === me.actor && !comment.deleted_at;
  const edit = async (body: string, mentions: string[]) => {
    await answer(api.PATCH("/api/v1/campaigns/{id}/comments/{comment}", { params, body: { body, mentions } }));
    await onChanged();
    setOpen(undefined);
  };
  const remove = async () => {
    await api.DELETE("/api/v1/campaigns/{id}/comments/{comment}", { params });
    await onChanged();
  };
  return (
    <li className="comment">
      <Flex gap={8} align="baseline" wrap>
        <Typography.Text strong>
          <bdi>{who(comment.author)}</bdi>
        </Typography.Text>
        <Typography.Text type="secondary" className="small">
          {f.time(comment.created_at)} {comment.edited_at && !comment.deleted_at && t("comment.edited", { at: f.time(comment.edited_at) })}
        </Typography.Text>
      </Flex>
      {open === "edit" ? (
        <CommentForm label={t("comment.edit")} submit={t("form.save")} body={comment.body} mentions={comment.mentions} onSend={edit} onCancel={() => setOpen(undefined)} />
      ) : comment.deleted_at ? (
        <Typography.Text type="secondary" italic>
          {t("comment.deleted")}
        </Typography.Text>
      ) : (
        <Typography.Paragraph className="plain">
          <bdi>{comment.body}</bdi>
        </Typography.Paragraph>
      )}
      {comment.mentions.length > 0 && open !== "edit" && (
        <Typography.Text type="secondary" className="small">
          {t("comment.mentions", { names: comment.mentions.map((id) => who(`user:${id}`)).join(", ") })}
        </Typography.Text>
      )}
      {may("campaign.write") && open !== "edit" && (
        <Flex gap={4}>
          {onAnswer && (
            <Button size="small" type="text" onClick={() => setOpen(open === "answer" ? undefined : "answer")}>
              {t("comment.answer")}
            </Button>
          )}
          {mine && (
            <>
              <Button size="small" type="text" onClick={() => setOpen("edit")}>
                {t("comment.edit")}
              </Button>
              <Button size="small" type="text" danger onClick={() => ask(t("comment.deleteAsk"), t("comment.deleteWhat"), t("comment.delete"), remove)}>
                {t("comment.delete")}
              </Button>
            </>
          )}
        </Flex>
      )}
      {(answers.length > 0 || open === "answer") && (
        <ul className="threads">
          {answers.map((one) => (
            <Comment key={one.id} comment={one} answers={[]} onChanged={onChanged} />
          ))}
          {open === "answer" && onAnswer && (
            <li>
              <CommentForm
                label={t("comment.answer")}
                submit={t("comment.send")}
                onCancel={() => setOpen(undefined)}
                onSend={async (body, mentions) => {
                  await onAnswer(body, mentions);
                  setOpen(undefined);
                }}
              />
            </li>
          )}
        </ul>
      )}
    </li>
  );
}
