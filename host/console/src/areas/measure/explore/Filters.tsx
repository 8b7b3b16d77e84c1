/** Filters: a dimension and one or more of its values, chosen from those that occur. */
import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Button, Flex, Popover, Select, Tag } from "antd";
import { useState } from "react";
import type { Schemas } from "@/api/client";
import { useWords } from "@/words";
import { conversionsQuery, questionQuery, whereOf } from "../questions";
import { TIMES, type Span } from "../period";
import { read } from "./filter";

type Metric = Schemas["Metric"];
const route = getRouteApi("/in/measure/explore");
const VALUES_MAX = 500;

export function Filters({ known, span }: { known: Metric; span: Span }) {
  const { t } = useWords();
  const { where = [] } = route.useSearch();
  const navigate = route.useNavigate();
  const [open, setOpen] = useState(false);
  const usable = known.dimensions.filter((one) => !TIMES.includes(one.name) && one.name !== "conversion");
  const set = (next: string[]) => void navigate({ search: (old) => ({ ...old, where: next.length > 0 ? next : undefined }), resetScroll: false });
  const shown = read(where).filter((one) => usable.some((dimension) => dimension.name === one.dimension));
  if (usable.length === 0) return null;
  return (
    <Flex gap={8} wrap align="center" className="panel" role="group" aria-label={t("explore.filters")}>
      {shown.map((one) => (
        <Tag key={one.raw} closable onClose={() => set(where.filter((raw) => raw !== one.raw))}>
          {usable.find((dimension) => dimension.name === one.dimension)?.title}: <Value known={known} dimension={one.dimension} value={one.key} />
        </Tag>
      ))}
      <Popover
        trigger="click"
        open={open}
        onOpenChange={setOpen}
        content={
          <Add
            known={known}
            usable={usable}
            span={span}
            onAdd={(added) => {
              setOpen(false);
              set([...where, ...added.filter((one) => !where.includes(one))]);
            }}
          />
        }
      >
        <Button size="small" type="dashed" icon={<PlusOutlined />}>
          {t("explore.filterAdd")}
        </Button>
      </Popover>
    </Flex>
  );
}

/** Values with their names, as the catalogue knows them over all time. */
function useValues(known: Metric, dimension: string | undefined, span: Span = {}) {
  const conversions = useQuery(conversionsQuery);
  const where = whereOf(known, undefined, conversions.data?.items[0]?.id);
  const timed = known.dimensions.some((one) => one.name === "day");
  return useQuery({
    ...questionQuery({ metric: known.name, by: [dimension ?? ""], limit: VALUES_MAX, order: "value-descending", ...(where && { where }), ...(timed && span) }),
    enabled: dimension !== undefined,
  });
}

function Value({ known, dimension, value }: { known: Metric; dimension: string; value: string }) {
  const { t } = useWords();
  const asked = useValues(known, dimension);
  const row = asked.data?.rows.find((one) => one.keys[0] === value);
  return <bdi>{(row?.labels[0] ?? value) || t("home.unnamed")}</bdi>;
}

function Add({ known, usable, span, onAdd }: { known: Metric; usable: Metric["dimensions"]; span: Span; onAdd: (where: string[]) => void }) {
  const { t } = useWords();
  const [dimension, setDimension] = useState(usable[0]?.name);
  const [values, setValues] = useState<string[]>([]);
  const asked = useValues(known, dimension, span);
  return (
    <Flex vertical gap={12} style={{ width: 320 }}>
      <Select
        aria-label={t("explore.filterBy")}
        value={dimension}
        options={usable.map((one) => ({ value: one.name, label: one.title }))}
        onChange={(next) => {
          setDimension(next);
          setValues([]);
        }}
      />
      <Select
        mode="multiple"
        aria-label={t("explore.filterValues")}
        placeholder={t("explore.filterValues")}
        loading={asked.isPending}
        showSearch={{ optionFilterProp: "label" }}
        value={values}
        maxTagCount={5}
        options={(asked.data?.rows ?? []).map((row) => ({ value: row.keys[0] ?? "", label: row.labels[0] || t("home.unnamed") }))}
        onChange={setValues}
      />
      <Button type="primary" disabled={values.length === 0} onClick={() => dimension && onAdd(values.map((value) => `${dimension}:${value}`))}>
        {t("explore.filterApply")}
      </Button>
    </Flex>
  );
}
