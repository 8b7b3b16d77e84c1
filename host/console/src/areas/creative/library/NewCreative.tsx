/** A new creative or case: a title is enough. */
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { answer, api, type Schemas } from "@/api/client";
import { EditForm, useMake } from "@/parts/edit";
import { Page } from "@/parts/Page";
import { useWords } from "@/words";
import { CreativeFields } from "./CreativeFields";
import "../creative.css";

type Input = Schemas["CreativeInput"];
const route = getRouteApi("/in/creative/library/new");

export function NewCreative() {
  const { t } = useWords();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const making = useMake<Input>({ kind: "asset", origin: "own" }, async ({ code, ...rest }) => {
    const creative = await answer(api.POST("/api/v1/creatives", { body: { ...rest, ...(code && { code }) } }));
    await queries.invalidateQueries({ queryKey: ["creatives"] });
    return () => navigate({ to: "/creative/library/$id", params: { id: creative.id }, replace: true });
  });
  return (
    <Page title={t("creative.new")} help={["creative.help.what", "creative.help.words"]}>
      <EditForm of={making}>
        <CreativeFields fresh />
      </EditForm>
    </Page>
  );
}
