/** What a creative is, to be changed: saved against its version. */
import { useQueryClient } from "@tanstack/react-query";
import { answer, api, ifMatch } from "@/api/client";
import { EditForm, useEdit } from "@/parts/edit";
import { useWords } from "@/words";
import { creativeQuery } from "../questions";
import { CreativeFields } from "./CreativeFields";
import { SEVERAL, SINGLE, type Creative } from "./words";

const FIELDS = ["title", "kind", "origin", "description", "body", "link", ...SINGLE, ...SEVERAL] as const;
type Field = (typeof FIELDS)[number];
type Values = Pick<Creative, Field>;

export function CreativeContent({ creative }: { creative: Creative }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const at = { params: { path: { id: creative.id } } };
  const edit = useEdit<Creative, Values>({
    held: creative,
    pick: (held) => Object.fromEntries(FIELDS.map((field) => [field, held[field]])) as Values,
    names: Object.fromEntries(FIELDS.map((field) => [field, t(`creative.field.${field}`)])),
    save: (version, body) => answer(api.PATCH("/api/v1/creatives/{id}", { ...at, headers: ifMatch(version), body })),
    read: () => answer(api.GET("/api/v1/creatives/{id}", at)),
    onSaved: (next) => {
      queries.setQueryData(creativeQuery(creative.id).queryKey, next);
      void queries.invalidateQueries({ queryKey: ["creatives"], refetchType: "inactive" });
    },
  });
  return (
    <EditForm of={edit}>
      <CreativeFields fresh={false} />
    </EditForm>
  );
}
