/** Both sides of a comparison in numbers, and how alike they were before. */
import { Card, Typography } from "antd";
import type { Schemas } from "@/api/client";
import { Chart } from "@/parts/Chart";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { useWords } from "@/words";

type Group = Schemas["LiftGroup"];

export function Groups({ result }: { result: Schemas["LiftResult"] }) {
  const { t, f, code } = useWords();
  const money = (minor: number | null | undefined) => f.money(minor === null || minor === undefined ? null : Math.round(minor), result.currency);
  const columns: Column<Group>[] = [
    { key: "group", title: t("lift.group"), text: (row) => code("lift.group", row.group), cell: (row) => code("lift.group", row.group) },
    { key: "people", title: t("lift.people"), align: "right", text: (row) => row.people, cell: (row) => f.number(row.people) },
    { key: "converted", title: t("lift.converted"), align: "right", text: (row) => row.converted, cell: (row) => f.number(row.converted) },
    { key: "rate", title: t("lift.rate"), align: "right", text: (row) => row.rate, cell: (row) => f.percent(row.rate) },
    { key: "value", title: t("lift.value"), align: "right", text: (row) => row.value_minor, cell: (row) => money(row.value_minor) },
    { key: "each", title: t("lift.each"), align: "right", text: (row) => row.value_per_person_minor, cell: (row) => money(row.value_per_person_minor) },
    { key: "before", title: t("lift.before"), align: "right", text: (row) => row.before_per_person_minor, cell: (row) => money(row.before_per_person_minor) },
  ];
  return (
    <Card className="panel" title={t("lift.groups")}>
      <DataTable name="lift-groups" label={t("lift.groups")} columns={columns} rows={result.groups} rowKey={(row) => row.group} />
    </Card>
  );
}

/** `value-before-2` is what people spent in the second period before. */
const OF = /^(value|times)-before-(\d+)$/;

export function Balance({ balance }: { balance: Schemas["LiftBalance"][] }) {
  const { t, f } = useWords();
  const named = (of: string) => {
    const found = OF.exec(of);
    return found ? t(found[1] === "value" ? "lift.of.value" : "lift.of.times", { n: Number(found[2]) }) : of;
  };
  return (
    <Card className="panel" title={t("lift.balance")}>
      <Typography.Paragraph type="secondary">{t("lift.balanceWhat")}</Typography.Paragraph>
      <Chart
        title={t("lift.balance")}
        name="lift-balance"
        kind="rows"
        by={t("lift.alikeIn")}
        categories={balance.map((one) => named(one.of))}
        series={[
          { name: t("lift.raw"), values: balance.map((one) => one.raw) },
          { name: t("lift.matched"), values: balance.map((one) => one.matched) },
        ]}
        show={(value) => f.number(value)}
        height={Math.max(180, 56 * balance.length)}
      />
    </Card>
  );
}
