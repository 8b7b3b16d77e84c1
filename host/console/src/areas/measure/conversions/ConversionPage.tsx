/** A conversion definition, new or to be changed; saved against its version. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Card } from "antd";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { EditForm, useEdit, useMake } from "@/parts/edit";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { MeasureTabs } from "../MeasureTabs";
import { ConversionFields } from "./ConversionFields";
import { bodyOf, FIELDS, valuesOf, type Values } from "./values";

type Definition = Schemas["ConversionDefinition"];
const route = getRouteApi("/in/measure/conversions/$id");
const newRoute = getRouteApi("/in/measure/conversions/new");
const key = (id: string) => ["conversion-definitions", "one", id];

export function NewConversionPage() {
  const { t } = useWords();
  const navigate = newRoute.useNavigate();
  const queries = useQueryClient();
  const making = useMake<Values>({ on: "order", of: "any", value: "order-total", counting: "every", window_days: 30 }, async (values) => {
    await answer(api.POST("/api/v1/conversion-definitions", { body: { code: values.code ?? "", ...bodyOf(values) } }));
    await queries.invalidateQueries({ queryKey: ["conversion-definitions"] });
    return () => navigate({ to: "/measure/conversions", replace: true });
  });
  return (
    <Page title={t("conversion.new")} help={["conversion.help.what", "conversion.help.window"]}>
      <MeasureTabs at="conversions" />
      <Card style={{ maxWidth: 720 }}>
        <EditForm of={making}>
          <ConversionFields fresh />
        </EditForm>
      </Card>
    </Page>
  );
}

export function ConversionPage() {
  const { id } = route.useParams();
  const asked = useQuery({ queryKey: key(id), queryFn: () => answer(api.GET("/api/v1/conversion-definitions/{id}", { params: { path: { id } } })) });
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  return <Edit key={asked.data.id} definition={asked.data} />;
}

function Edit({ definition }: { definition: Definition }) {
  const { t } = useWords();
  const may = useMay();
  const queries = useQueryClient();
  const at = { params: { path: { id: definition.id } } };
  const edit = useEdit<Definition, Values>({
    held: definition,
    pick: valuesOf,
    save: (version, values) => answer(api.PATCH("/api/v1/conversion-definitions/{id}", { ...at, headers: ifMatch(version), body: bodyOf(values) })),
    read: () => answer(api.GET("/api/v1/conversion-definitions/{id}", at)),
    onSaved: (next) => {
      queries.setQueryData(key(next.id), next);
      void queries.invalidateQueries({ queryKey: ["conversion-definitions"] });
    },
    names: Object.fromEntries(FIELDS.map((field) => [field, t(`conversion.field.${field}`)])),
  });
  return (
    <Page title={edit.base.name} lead={<span className="mono">{edit.base.code}</span>} help={["conversion.help.what", "conversion.help.window", "conversion.help.change"]}>
      <MeasureTabs at="conversions" />
      <Card style={{ maxWidth: 720 }}>
        <EditForm of={edit} writable={may("measure.write")}>
          <ConversionFields />
        </EditForm>
      </Card>
    </Page>
  );
}
