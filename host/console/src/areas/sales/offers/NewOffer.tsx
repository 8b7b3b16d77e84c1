/** A new offer: a code is enough; products can be put under it later. */
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { answer, api } from "@/api/client";
import { EditForm, useMake } from "@/parts/edit";
import { Page } from "@/parts/Page";
import { useWords } from "@/words";
import { OfferFields, type OfferValues } from "./OfferFields";

const route = getRouteApi("/in/sales/offers/new");

export function NewOffer() {
  const { t } = useWords();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const making = useMake<OfferValues>({}, async (body) => {
    const offer = await answer(api.POST("/api/v1/offers", { body }));
    await queries.invalidateQueries({ queryKey: ["offers"] });
    return () => navigate({ to: "/sales/offers/$id", params: { id: offer.id }, replace: true });
  });
  return (
    <Page title={t("offer.new")} help={["offer.help.what", "offer.help.campaign"]}>
      <EditForm of={making}>
        <OfferFields fresh />
      </EditForm>
    </Page>
  );
}
