/** A new message: its name, its channel, its first language; a mail begins as a letter with a proper foot. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Card, Form, Input, Select } from "antd";
import { answer, api } from "@/api/client";
import { useMay } from "@/api/me";
import { EditForm, useMake } from "@/parts/edit";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { learn, useWords, wordsIn, type Language } from "@/words";
import { brandsQuery, creativeQuery } from "../questions";
import type { Creative } from "../library/words";
import { channels, installationsQuery } from "./channels";
import type { Contents } from "./contents";
import { letter } from "./starter";
import "../creative.css";

const route = getRouteApi("/in/creative/messages/new");

interface Values {
  name: string;
  channel: string;
  language: Language;
  brand?: string;
}

export function NewMessage() {
  const { creative } = route.useSearch();
  const asked = useQuery({ ...creativeQuery(creative ?? ""), enabled: creative !== undefined });
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (creative !== undefined && !asked.data) return <Loading />;
  return <NewForm creative={asked.data} />;
}

function NewForm({ creative }: { creative: Creative | undefined }) {
  const { t, f, code, language } = useWords();
  const may = useMay();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const installations = useQuery({ ...installationsQuery, enabled: may("plugins.read") });
  const brands = useQuery(brandsQuery);

  /** A letter in the chosen language, signed by the brand. */
  async function begun({ name, language: lang, brand }: Values): Promise<Contents> {
    await learn(lang);
    const { t: say } = wordsIn(lang, f.zone);
    const sender = brands.data?.items.find((one) => one.id === brand);
    const foot = [say("message.starter.foot"), sender && [sender.name, sender.postal_address].filter(Boolean).join(", ")].filter(Boolean).join(" · ");
    const words = creative?.body || creative?.description || say("message.starter.words");
    const mjml = letter({ hello: say("message.starter.hello"), words, button: say("message.starter.button"), foot, unsubscribe: say("message.starter.unsubscribe") });
    return { [lang]: { subject: creative?.title ?? name, mjml } };
  }

  const making = useMake<Values>({ channel: "email", language, ...(creative && { name: creative.title }) }, async (values) => {
    const { name, channel, language: lang } = values;
    const contents = channel === "email" ? await begun(values) : {};
    const message = await answer(api.POST("/api/v1/messages", { body: { name, channel, contents, ...(creative && { creative: creative.id }) } }));
    await queries.invalidateQueries({ queryKey: ["messages"] });
    return () => navigate({ to: "/creative/messages/$id", params: { id: message.id }, search: { lang }, replace: true });
  });
  const known = channels(installations.data?.items ?? []);
  return (
    <Page title={t("message.new")} lead={creative && t("message.from", { title: creative.title })} help={["message.help.what", "message.help.values", "message.help.links"]}>
      <Card className="form-card">
        <EditForm of={making}>
          <Form.Item name="name" label={t("message.name")} extra={t("message.nameHelp")} rules={[{ required: true, whitespace: true, message: t("form.needed") }]}>
            <Input autoFocus maxLength={200} />
          </Form.Item>
          <Form.Item name="channel" label={t("message.channel")} extra={t("message.channelHelp")}>
            <Select options={known.map((value) => ({ value, label: code("message.channel", value) }))} />
          </Form.Item>
          <Form.Item name="language" label={t("message.firstLanguage")} extra={t("message.firstLanguageHelp")}>
            <Select options={(["en", "zh-CN"] as const).map((value) => ({ value, label: t(`message.language.${value}`) }))} />
          </Form.Item>
          <Form.Item noStyle shouldUpdate={(was: Values, now: Values) => was.channel !== now.channel}>
            {() =>
              making.form.getFieldValue("channel") === "email" && (
                <Form.Item name="brand" label={t("brand.one")} extra={t("message.brandHelp")}>
                  <Select allowClear loading={brands.isPending} options={(brands.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))} />
                </Form.Item>
              )
            }
          </Form.Item>
        </EditForm>
      </Card>
    </Page>
  );
}
