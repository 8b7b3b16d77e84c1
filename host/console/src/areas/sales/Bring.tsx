/** The way to the import of one kind. */
import { useMay } from "@/api/me";
import { LinkButton } from "@/parts/LinkButton";
import { useWords } from "@/words";

type Kind = "products" | "offers" | "orders" | "redemptions" | "refunds" | "rates";

export function Bring({ kind, primary = false }: { kind: Kind; primary?: boolean }) {
  const { t } = useWords();
  if (!useMay()("sales.write")) return null;
  return (
    <LinkButton to="/audience/imports/new" search={{ kind }} type={primary ? "primary" : "default"}>
      {t("sales.import")}
    </LinkButton>
  );
}
