//! The document, section by section: figures, a sentence that says what they
//! mean, and tables and charts where people would rather look than read.

use std::collections::BTreeSet;

use rialto_sdk::report::{Column, Document, Mark};

use crate::{
    numbers::{Found, Numbers, Rows, SINGLE},
    read,
    words::Language,
};

/// Write the whole document.
pub fn write(numbers: &Numbers, say: Language) -> Document {
    let mut page = Page { numbers, say, document: Document::new(say.either("Campaign report", "营销活动报告")) };
    page.summary();
    page.reach();
    page.answers();
    page.result();
    page.credit();
    page.days();
    page.missing();
    page.document
}

struct Page<'a> {
    numbers: &'a Numbers,
    say: Language,
    document: Document,
}

impl Page<'_> {
    /// A number as it reads in a sentence.
    fn read(&self, metric: &str) -> Option<String> {
        let (number, unit) = self.numbers.number(metric)?;
        Some(read::number(number, unit, self.say.is_chinese()))
    }

    fn heading(&mut self, english: &str, chinese: &str) {
        self.document.heading(2, self.say.either(english, chinese));
    }

    fn text(&mut self, english: String, chinese: String) {
        self.document.text(if self.say.is_chinese() { chinese } else { english });
    }

    /// The figures among these that there are.
    fn figures(&mut self, metrics: &[&str]) {
        for metric in metrics {
            if let Some((number, unit)) = self.numbers.number(metric) {
                self.document.figure(metric, self.say.metric(metric), unit, number);
            }
        }
    }

    fn summary(&mut self) {
        if let (Some(sends), Some(audience)) = (self.read("sends"), self.read("audience")) {
            self.text(
                format!("{sends} messages went out to an audience of {audience} people."),
                format!("目标人群 {audience} 人，共发送 {sends} 条触达内容。"),
            );
        }
        if let (Some(conversions), Some(revenue)) = (self.read("conversions"), self.read("conversion-value")) {
            self.text(
                format!("{conversions} conversions brought in {revenue}."),
                format!("共产生 {conversions} 次转化，带来收入 {revenue}。"),
            );
        }
        self.return_on_cost();
    }

    fn return_on_cost(&mut self) {
        let (Some((roi, _)), Some(read), Some(cost)) =
            (self.numbers.number("roi"), self.read("roi"), self.read("spend"))
        else {
            return;
        };
        let (tone, english, chinese) = match roi {
            roi if roi > 0.0 => ("info", "It earned more than it cost", "收入高于花费"),
            roi if roi < 0.0 => ("warning", "It cost more than it earned", "花费高于收入"),
            _ => ("info", "It earned what it cost", "收支相抵"),
        };
        let text = match self.say {
            Language::English => format!("{english}: the return on {cost} is {read}."),
            Language::Chinese => format!("{chinese}：花费 {cost}，投资回报率（ROI）{read}。"),
        };
        self.document.callout(tone, text);
    }

    fn reach(&mut self) {
        self.heading("Reach", "触达");
        self.figures(&["audience", "sends", "accepted", "not-sent", "bounces"]);
        let Some(rows) = self.numbers.by("not-sent", &["reason"]) else { return };
        let say = self.say;
        let reasons = rows.rows.iter().map(|(keys, _)| say.reason(keys.first().map_or("", String::as_str)).to_owned());
        let reasons = Column::texts("reason", say.either("Reason", "未发原因"), reasons.collect());
        let table = [vec![reasons], self.shown("not-sent", rows)].concat();
        self.document.table(say.either("Why people were not sent to", "未发原因"), table);
    }

    /// A column of numbers, or one that says where they are withheld.
    fn shown(&self, metric: &str, rows: &Rows) -> Vec<Column> {
        let title = self.say.metric(metric);
        if rows.rows.iter().all(|(_, number)| number.is_some()) {
            let numbers = rows.rows.iter().filter_map(|(_, number)| *number).collect();
            return vec![Column::numbers(metric, title, rows.unit.clone(), numbers)];
        }
        let withheld = self.say.either("withheld (fewer than five people)", "不显示（少于五人）");
        let read = |number: &Option<f64>| match number {
            Some(number) => read::number(*number, &rows.unit, self.say.is_chinese()),
            None => withheld.to_owned(),
        };
        vec![Column::texts(metric, title, rows.rows.iter().map(|(_, number)| read(number)).collect())]
    }

    fn answers(&mut self) {
        self.heading("How people answered", "客户反应");
        self.figures(&["opens", "unique-opens", "clicks", "unique-clicks", "unsubscribes"]);
        if let (Some(clicked), Some(sends)) = (self.read("unique-clicks"), self.read("sends")) {
            self.text(
                format!("{clicked} people clicked after {sends} sends. Opens count machines that load pictures too; clicks say more."),
                format!("发送 {sends} 条后，{clicked} 人点击。打开数包含自动加载图片的机器打开，点击更能说明问题。"),
            );
        }
        if let (Some((count, _)), Some(left)) = (self.numbers.number("unsubscribes"), self.read("unsubscribes"))
            && count > 0.0
        {
            self.text(format!("{left} unsubscribed."), format!("{left} 人退订。"));
        }
    }

    fn result(&mut self) {
        self.heading("Result", "成效");
        self.figures(&[
            "conversions",
            "conversion-rate",
            "conversion-value",
            "redemptions",
            "spend",
            "cost-per-conversion",
            "roi",
        ]);
    }

    /// Credit by channel, the models side by side.
    fn credit(&mut self) {
        for (metric, english, chinese) in [
            ("attributed-conversions", "Credit by channel", "各触达渠道的归因贡献"),
            ("attributed-revenue", "Credited revenue by channel", "各触达渠道的归因收入"),
        ] {
            if let Some(rows) = self.numbers.by(metric, &["model", "channel"]) {
                let rows = rows.clone();
                self.heading(english, chinese);
                self.credit_of(metric, &rows);
            }
        }
    }

    fn credit_of(&mut self, metric: &str, rows: &Rows) {
        let say = self.say;
        let models: BTreeSet<&str> = rows.rows.iter().map(|(keys, _)| keys[0].as_str()).collect();
        let mut leaders = Vec::new();
        for model in models {
            let mut of_model: Vec<(String, f64)> = rows
                .rows
                .iter()
                .filter(|(keys, _)| keys[0] == model)
                .filter_map(|(keys, number)| Some((keys[1].clone(), (*number)?)))
                .collect();
            of_model.sort_by(|one, other| other.1.total_cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
            let Some((leader, _)) = of_model.first() else { continue };
            leaders.push((say.model(model).to_owned(), leader.clone()));
            let channels = of_model.iter().map(|(channel, _)| channel.clone()).collect();
            let columns = vec![
                Column::texts("channel", say.either("Channel", "触达渠道"), channels),
                Column::numbers(
                    metric,
                    say.metric(metric),
                    rows.unit.clone(),
                    of_model.iter().map(|(_, n)| *n).collect(),
                ),
            ];
            self.document.chart(say.model(model), Mark::Bar, "channel", metric, columns);
        }
        self.leaders(&leaders);
        self.document.table(say.metric(metric), self.credit_table(metric, rows));
    }

    /// Whether the models agree on who earned most.
    fn leaders(&mut self, leaders: &[(String, String)]) {
        let distinct: BTreeSet<&String> = leaders.iter().map(|(_, leader)| leader).collect();
        match (leaders, distinct.len()) {
            ([], _) => {}
            ([(model, leader)], _) => self.text(
                format!("By the model “{model}”, the channel {leader} earned most."),
                format!("按“{model}”模型，渠道“{leader}”贡献最大。"),
            ),
            ([(_, leader), ..], 1) => self.text(
                format!("All {} models agree: the channel {leader} earned most.", leaders.len()),
                format!("{} 个模型结论一致：渠道“{leader}”贡献最大。", leaders.len()),
            ),
            _ => {
                let list: Vec<String> = leaders.iter().map(|(model, leader)| format!("{model}: {leader}")).collect();
                let list = self.say.list(&list);
                self.text(
                    format!("The models disagree on the channel that earned most ({list}); read them together."),
                    format!("各模型对贡献最大的渠道看法不一（{list}），请结合起来看。"),
                );
            }
        }
    }

    fn credit_table(&self, metric: &str, rows: &Rows) -> Vec<Column> {
        let say = self.say;
        let models = rows.rows.iter().map(|(keys, _)| say.model(&keys[0]).to_owned()).collect();
        let channels = rows.rows.iter().map(|(keys, _)| keys[1].clone()).collect();
        let names = vec![
            Column::texts("model", say.either("Model", "归因模型"), models),
            Column::texts("channel", say.either("Channel", "触达渠道"), channels),
        ];
        [names, self.shown(metric, rows)].concat()
    }

    /// One line chart a metric that the catalogue has by day.
    fn days(&mut self) {
        let say = self.say;
        let mut headed = false;
        for metric in ["sends", "unique-clicks", "conversions"] {
            let Some(rows) = self.numbers.by(metric, &["day"]) else { continue };
            let seen: Vec<(String, f64)> =
                rows.rows.iter().filter_map(|(keys, number)| Some((keys.first()?.clone(), (*number)?))).collect();
            if seen.len() < 2 {
                continue;
            }
            let columns = vec![
                Column::texts("day", say.either("Day", "日期"), seen.iter().map(|(day, _)| day.clone()).collect()),
                Column::numbers(metric, say.metric(metric), rows.unit.clone(), seen.iter().map(|(_, n)| *n).collect()),
            ];
            if !headed {
                self.heading("Day by day", "逐日走势");
                headed = true;
            }
            self.document.chart(say.metric(metric), Mark::Line, "day", metric, columns);
        }
    }

    /// What could not be shown, and why.
    fn missing(&mut self) {
        let say = self.say;
        let named = |wanted: &[Found]| -> Vec<String> {
            let names = SINGLE.iter().filter(|metric| wanted.contains(self.numbers.of(metric)));
            names.map(|metric| say.metric(metric).to_owned()).collect()
        };
        let (absent, hidden) = (named(&[Found::Absent, Found::Nothing]), named(&[Found::Hidden]));
        let credited = self.numbers.by("attributed-conversions", &["model", "channel"]).is_some();
        if !absent.is_empty() {
            let list = say.list(&absent);
            let text = match say {
                Language::English => {
                    format!("There is no number for: {list}. It is missing, which is not the same as zero.")
                }
                Language::Chinese => format!("以下指标没有数据：{list}。缺失并不等于零。"),
            };
            self.document.callout("warning", text);
        }
        if !hidden.is_empty() {
            let list = say.list(&hidden);
            let text = match say {
                Language::English => format!("Withheld, because fewer than five people stand behind it: {list}."),
                Language::Chinese => format!("因涉及不足五人而不显示：{list}。"),
            };
            self.document.callout("info", text);
        }
        if !credited {
            self.document.callout(
                "info",
                say.either(
                    "No attribution has been run for this campaign, so no credit by channel is shown.",
                    "该活动尚未运行归因，因此没有各渠道的贡献。",
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers() -> Numbers {
        let mut numbers = Numbers::default();
        let count = |number| Found::Number(number, "count".to_owned());
        numbers.keep("audience", count(10_000.0));
        numbers.keep("sends", count(9_612.0));
        numbers.keep("unsubscribes", Found::Hidden);
        numbers.keep("spend", Found::Number(50_000.0, "money:EUR".to_owned()));
        numbers.keep("roi", Found::Number(-0.25, "ratio".to_owned()));
        let row = |model: &str, channel: &str, number| (vec![model.to_owned(), channel.to_owned()], number);
        let rows = vec![
            row("last", "email", Some(7.0)),
            row("last", "display", Some(9.0)),
            row("markov", "email", Some(8.5)),
            row("markov", "sms", None),
        ];
        numbers.keep_rows("attributed-conversions", &["model", "channel"], Rows { unit: "count".to_owned(), rows });
        numbers
    }

    fn texts(document: &Document, kind: &str) -> Vec<String> {
        document.blocks.iter().filter(|block| block.kind == kind).map(|block| block.text.clone()).collect()
    }

    #[test]
    fn it_says_what_the_numbers_mean() {
        let document = write(&numbers(), Language::English);
        assert_eq!(
            texts(&document, "text"),
            [
                "9,612 messages went out to an audience of 10,000 people.",
                "The models disagree on the channel that earned most (Last touch: display, Markov: email); read them together.",
            ]
        );
        assert_eq!(texts(&document, "callout")[0], "It cost more than it earned: the return on EUR 500.00 is -25.0 %.");
        assert_eq!(texts(&document, "figure"), ["Audience", "Sends", "Spend", "Return on investment"]);
        assert_eq!(texts(&document, "chart"), ["Last touch", "Markov"]);
    }

    #[test]
    fn missing_and_withheld_are_said_and_never_zero() {
        let document = write(&numbers(), Language::English);
        let callouts = texts(&document, "callout");
        assert!(callouts.iter().any(|text| text.contains("Delivered") && text.contains("not the same as zero")));
        assert!(callouts.iter().any(|text| text.starts_with("Withheld") && text.contains("Unsubscribes")));
        let table = document.blocks.iter().find(|block| block.kind == "table").unwrap();
        assert_eq!(table.columns[2].texts[3], "withheld (fewer than five people)");
        assert!(document.blocks.iter().flat_map(|block| &block.columns).all(|c| c.numbers.iter().all(|n| *n != 0.0)));
    }

    #[test]
    fn it_speaks_chinese() {
        let document = write(&numbers(), Language::Chinese);
        assert_eq!(document.title, "营销活动报告");
        assert!(texts(&document, "text")[0].contains("9,612"));
        let all: String = document.blocks.iter().map(|block| block.text.as_str()).collect();
        assert!(!all.contains("conversions"), "{all}");
    }
}
