/** What happened on days of a year: a strike, a rival's sale, a storm. Charts are read with it. */
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Card, Flex, Form, Input, Modal, Typography } from "antd";
import { useState } from "react";
import { useActor } from "@/api/actor";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { between } from "@/areas/sales/days";
import { Empty } from "@/parts/Empty";
import { InstantInput } from "@/parts/fields";
import { useAction, useSubmit } from "@/parts/forms";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";

type Note = Schemas["Annotation"];
const PAGE = 100;

export function Notes({ year }: { year: number }) {
  const { t, f } = useWords();
  const may = useMay();
  const who = useActor();
  const { run } = useAction();
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const span = between(`${String(year)}-01-01`, `${String(year)}-12-31`, f.zone);
  const asked = useInfiniteQuery({
    queryKey: ["annotations", span],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => answer(api.GET("/api/v1/annotations", { params: { query: { ...span, limit: PAGE, cursor: pageParam } } })),
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const again = () => queries.invalidateQueries({ queryKey: ["annotations"] });
  const put = async (note: Pick<Note, "at" | "text" | "campaign">) => {
    await answer(api.POST("/api/v1/annotations", { body: note }));
    await again();
  };
  const remove = async (note: Note) => {
    await api.DELETE("/api/v1/annotations/{id}", { params: { path: { id: note.id } } });
    await again();
  };
  const add = may("campaign.write") && (
    <Button size="small" icon={<PlusOutlined />} onClick={() => setOpen(true)}>
      {t("note.add")}
    </Button>
  );
  const items = asked.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Card className="panel" title={t("note.title")} extra={add}>
      {asked.isError && <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />}
      {asked.isPending && <Loading />}
      {asked.data && items.length === 0 && <Empty title={t("note.none")} what={t("note.noneWhat")} />}
      <ul className="bare">
        {items.map((one) => (
          <li key={one.id}>
            <Flex gap={8} justify="space-between" align="flex-start">
              <span>
                <bdi>{one.text}</bdi>
                <Typography.Text type="secondary" className="small block">
                  {t("plan.byAt", { by: who(one.author), at: f.date(one.at) })}
                </Typography.Text>
              </span>
              {may("campaign.write") && (
                <Button
                  size="small"
                  type="text"
                  icon={<DeleteOutlined />}
                  aria-label={t("note.remove", { text: one.text })}
                  title={t("note.remove", { text: one.text })}
                  onClick={() => void run(() => remove(one), t("note.removed"), () => put({ at: one.at, text: one.text, campaign: one.campaign ?? null }))}
                />
              )}
            </Flex>
          </li>
        ))}
      </ul>
      {asked.hasNextPage && (
        <Button loading={asked.isFetchingNextPage} onClick={() => void asked.fetchNextPage()}>
          {t("comment.more")}
        </Button>
      )}
      {open && <NoteDialog onSave={put} onClose={() => setOpen(false)} />}
    </Card>
  );
}

interface Values {
  at: string;
  text: string;
}

function NoteDialog({ onSave, onClose }: { onSave: (values: Values) => Promise<unknown>; onClose: () => void }) {
  const { t } = useWords();
  const [form] = Form.useForm<Values>();
  const { busy, submit, alert } = useSubmit(form, async (values: Values) => {
    await onSave(values);
    onClose();
  });
  const needed = [{ required: true, message: t("form.needed") }];
  return (
    <Modal open title={t("note.add")} onCancel={onClose} onOk={() => form.submit()} okText={t("form.save")} cancelText={t("form.cancel")} confirmLoading={busy}>
      {alert}
      <Form form={form} layout="vertical" onFinish={(values) => void submit(values)}>
        <Form.Item name="text" label={t("note.text")} rules={needed}>
          <Input autoFocus maxLength={200} />
        </Form.Item>
        <Form.Item name="at" label={t("why.at")} rules={needed}>
          <InstantInput />
        </Form.Item>
      </Form>
    </Modal>
  );
}
