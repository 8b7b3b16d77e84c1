/** Who did something, as people say it: the API names actors `user:…`, `token:…`, `local`, `system`. */
import { useQuery } from "@tanstack/react-query";
import { answer, api } from "./client";
import { useMay } from "./me";
import { useWords } from "@/words";

export function useActor(): (actor: string | null | undefined) => string {
  const { t } = useWords();
  const may = useMay();
  const users = useQuery({
    queryKey: ["users", "names"],
    enabled: may("users.read"),
    staleTime: 5 * 60_000,
    queryFn: () => answer(api.GET("/api/v1/users", { params: { query: { limit: 500 } } })),
  });
  return (actor) => {
    if (!actor) return "—";
    const [kind, id] = actor.split(":");
    if (kind === "user") return users.data?.items.find((one) => one.id === id)?.name ?? t("actor.user");
    if (kind === "token") return t("actor.token");
    return kind === "local" ? t("actor.local") : kind === "system" ? t("actor.system") : actor;
  };
}
