/** Which record of the page is being made or changed: it stands in the address, one at a time. */
import { PlusOutlined } from "@ant-design/icons";
import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useMay } from "@/api/me";
import { LinkButton } from "@/parts/LinkButton";

const route = getRouteApi("/in/creative/brands");
const NEW = "new";

export type Sort = "brand" | "sender" | "topic";

/** The record of a sort that is open; `fresh` for one that is not there yet. */
export function useEdited<Row extends { id: string }>(sort: Sort, rows: Row[] | undefined): { row: Row | undefined; fresh: boolean; close: () => void } {
  const may = useMay();
  const id = route.useSearch()[sort];
  const navigate = route.useNavigate();
  const close = () => void navigate({ search: {} });
  if (!may("creative.write")) return { row: undefined, fresh: false, close };
  return { row: rows?.find((one) => one.id === id), fresh: id === NEW, close };
}

export function useMakeButton(sort: Sort, label: string): ReactNode {
  const may = useMay();
  return may("creative.write") ? (
    <LinkButton to="/creative/brands" search={{ [sort]: NEW }} icon={<PlusOutlined />}>
      {label}
    </LinkButton>
  ) : null;
}

export function Name({ sort, row }: { sort: Sort; row: { id: string; name: string } }) {
  const may = useMay();
  return may("creative.write") ? (
    <LinkButton to="/creative/brands" search={{ [sort]: row.id }} type="link" size="small" className="pick">
      <bdi>{row.name}</bdi>
    </LinkButton>
  ) : (
    <bdi>{row.name}</bdi>
  );
}
