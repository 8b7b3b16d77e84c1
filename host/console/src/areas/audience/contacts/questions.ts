/** What the pages of a contact ask the API for, and what each change leaves behind. */
import { queryOptions, useQueryClient } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";

export const profileQuery = (id: string) =>
  queryOptions({
    queryKey: ["contacts", id, "profile"],
    queryFn: () => answer(api.GET("/api/v1/contacts/{id}/profile", { params: { path: { id } } })),
  });

export const consentsQuery = (id: string) =>
  queryOptions({
    queryKey: ["contacts", id, "consents"],
    queryFn: () => answer(api.GET("/api/v1/contacts/{id}/consents", { params: { path: { id } } })),
  });

/** Most changes answer with the whole profile as it is then; the others have it read again. */
export function useProfileTaken(id: string) {
  const queries = useQueryClient();
  return {
    take: (next: Schemas["Profile"]) => queries.setQueryData(profileQuery(id).queryKey, next),
    again: () => queries.invalidateQueries({ queryKey: ["contacts"] }),
  };
}
