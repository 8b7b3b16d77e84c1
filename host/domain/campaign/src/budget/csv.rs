//! A budget as a file for a spreadsheet: with a mark that says UTF-8, so that
//! Chinese stays what it is, and no cell that could be taken for a formula.

use super::Budget;
use rialto_kernel::Locale;
use rialto_sales::{defused, money_text};

/// The file.
pub(super) fn csv(budget: &Budget, locale: Locale) -> String {
    let header = locale.pick(
        "kind,channel,name,currency,unit_cost,quantity,planned,committed,campaign_currency,planned_converted,committed_converted,actual,left,note",
        "科目,触达渠道,名称,币种,单价,数量,计划,已承诺,活动币种,计划(折算),已承诺(折算),实际花费,剩余,备注",
    );
    let mut out = format!("\u{feff}{header}\r\n");
    let own = budget.currency;
    for status in &budget.lines {
        let line = &status.line;
        let money = |minor| money_text(minor, line.planned.currency);
        let cells = [
            line.kind.word().to_owned(),
            text(&line.channel),
            text(&line.name),
            line.planned.currency.to_string(),
            line.unit_cost_minor.map(money).unwrap_or_default(),
            line.quantity.map(|count| count.to_string()).unwrap_or_default(),
            money(line.planned.minor),
            money(line.committed.minor),
            own.to_string(),
            money_text(status.planned_minor, own),
            money_text(status.committed_minor, own),
            money_text(status.actual_minor, own),
            money_text(status.left_minor, own),
            text(&line.note),
        ];
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
    for one in &budget.unplanned {
        let actual = money_text(one.actual_minor, own);
        let left = money_text(-one.actual_minor, own);
        let name = locale.pick("without a line", "无对应科目");
        let row = format!("{},{},{name},,,,,,{own},,,{actual},{left},\r\n", one.what, text(&one.channel));
        out.push_str(&row);
    }
    out
}

fn text(cell: &str) -> String {
    let cell = defused(cell);
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.into_owned() }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_cell_is_never_a_formula() {
        assert_eq!(super::text("=1+1"), "'=1+1");
        assert_eq!(super::text("短信,\"大\""), "\"短信,\"\"大\"\"\"");
    }
}
