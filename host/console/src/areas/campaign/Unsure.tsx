/** Sends whose fate nobody knows: sent again or settled, one by one or all that are missing. */
import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Dropdown, Flex } from "antd";
import { useRef, useState } from "react";
import { Link } from "@tanstack/react-router";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { useAction } from "@/parts/forms";
import { useWords } from "@/words";

type Settlement = Schemas["Settlement"];
const PAGE = 100;

/** What can be done with one of them. */
export function UnsureActions({ send }: { send: Schemas["SendView"] }) {
  const { t } = useWords();
  const may = useMay();
  const { run, ask } = useAction();
  const queries = useQueryClient();
  if (send.state !== "uncertain" || !may("delivery.launch")) return null;
  const params = { params: { path: { id: send.id } } };
  const again = () => queries.invalidateQueries({ queryKey: ["campaigns", send.campaign] });
  const resend = async () => {
    await api.POST("/api/v1/sends/{id}/resend", params);
    await again();
  };
  const settle = async (state: Settlement) => {
    await api.POST("/api/v1/sends/{id}/settle", { ...params, body: { state } });
    await again();
  };
  return (
    <Dropdown
      autoFocus
      trigger={["click"]}
      menu={{
        items: [
          { key: "resend", label: t("unsure.resend"), onClick: () => ask(t("unsure.resendAsk"), t("unsure.resendWhat"), t("unsure.resend"), resend) },
          { key: "accepted", label: t("unsure.accepted"), onClick: () => void run(() => settle("accepted"), t("unsure.settled")) },
          { key: "rejected", label: t("unsure.rejected"), onClick: () => void run(() => settle("rejected"), t("unsure.settled")) },
        ],
      }}
    >
      <Button size="small">{t("unsure.decide")}</Button>
    </Dropdown>
  );
}

/** How many wait for a person, and sending to all of them again. */
export function Unsure({ campaign, count }: { campaign: string; count: number }) {
  const { t } = useWords();
  const may = useMay();
  const { ask, failed } = useAction();
  const queries = useQueryClient();
  const [done, setDone] = useState<number>();
  const stopped = useRef(false);
  if (count === 0 && done === undefined) return null;

  async function all() {
    stopped.current = false;
    let sent = 0;
    setDone(0);
    try {
      for (;;) {
        // What was sent again leaves the list: its first page is always the rest.
        const page = await answer(api.GET("/api/v1/sends", { params: { query: { campaign, state: "uncertain", limit: PAGE } } }));
        for (const one of page.items) {
          if (stopped.current) return;
          await api.POST("/api/v1/sends/{id}/resend", { params: { path: { id: one.id } } });
          sent += 1;
          setDone(sent);
        }
        if (page.items.length === 0) return;
      }
    } catch (error) {
      failed(error);
    } finally {
      setDone(undefined);
      await queries.invalidateQueries({ queryKey: ["campaigns", campaign] });
    }
  }

  return (
    <Alert
      type="warning"
      showIcon
      className="banner"
      title={t("unsure.title", { n: count })}
      description={
        <Flex vertical gap={8} align="flex-start">
          <span>{t("unsure.what")}</span>
          <Flex gap={8} wrap align="center" role="status" aria-live="polite">
            <Link to="/campaigns/$id" params={{ id: campaign }} search={{ tab: "people", state: "uncertain" }}>
              {t("unsure.show")}
            </Link>
            {done !== undefined ? (
              <>
                {t("unsure.sending", { n: done })}
                <Button size="small" onClick={() => (stopped.current = true)}>
                  {t("table.exportStop")}
                </Button>
              </>
            ) : (
              may("delivery.launch") && (
                <Button size="small" onClick={() => ask(t("unsure.allAsk", { n: count }), t("unsure.resendWhat"), t("unsure.all"), () => Promise.resolve(void all()))}>
                  {t("unsure.all")}
                </Button>
              )
            )}
          </Flex>
        </Flex>
      }
    />
  );
}
