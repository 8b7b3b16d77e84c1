/** A snapshot by its name, wherever its id stands. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { snapshotQuery } from "./questions";

export function SnapshotLink({ id }: { id: string }) {
  const asked = useQuery(snapshotQuery(id));
  return (
    <Link to="/audience/snapshots/$id" params={{ id }}>
      <bdi>{asked.data?.name ?? id}</bdi>
    </Link>
  );
}
