/** Who speaks: brands with their postal address, senders, and the topics people agree to. */
import { Page } from "@/parts/Page";
import { useWords } from "@/words";
import { CreativeTabs } from "../CreativeTabs";
import { BrandList } from "./BrandList";
import { SenderList } from "./SenderList";
import { TopicList } from "./TopicList";

export function Brands() {
  const { t } = useWords();
  return (
    <Page title={t("brand.all")} lead={t("brand.lead")} help={["brand.help.what", "brand.help.senders", "brand.help.topics"]}>
      <CreativeTabs at="brands" />
      <BrandList />
      <SenderList />
      <TopicList />
    </Page>
  );
}
