"""@TITLE@: one metric of a campaign, or the word that it is missing."""

import json

from componentize_py_types import Err
from wit_world import exports
from wit_world.exports.report import Block, Column, Description, Document
from wit_world.imports import query
from wit_world.imports.query import Question
from wit_world.imports.types import Fault

from rialto import Refused, read, text


class Report(exports.Report):
    def describe(self, locale):
        campaign = {"type": "string", "format": "campaign"}
        schema = {"type": "object", "required": ["campaign"], "properties": {"campaign": campaign}}
        return Description("发送报告" if locale == "zh-CN" else "@TITLE@", json.dumps(schema), [])

    def build(self, settings, locale, parameters):
        try:
            campaign = text("parameters", read("parameters", parameters), "campaign")
        except Refused as why:
            raise Err(Fault(why.code, why.message, why.retry_after_ms, []))
        chinese = locale == "zh-CN"
        (answer,) = query.ask([Question("sends", [], [("campaign", campaign)], None, None, [])])
        found = None if isinstance(answer, Err) else answer.value
        if found is None or not found.values or found.hidden[0]:
            said = "没有可显示的发送数。" if chinese else "There is no number of sends to show."
            block = Block("callout", said, [], [("tone", '"warning"')])
        else:
            title = "发送数" if chinese else "Sends"
            block = Block("figure", title, [Column("sends", title, "count", [], [found.values[0]])], [])
        return Document("发送报告" if chinese else "@TITLE@", [block], [])
