/** What the audit log can be filtered by: the actions that the host writes down, and the kinds of things they are done to. */
export const ACTIONS = [
  "annotation.create", "annotation.delete", "approval.decide", "approval.request", "backup.create", "backup.delete", "backup.expire", "backup.fetch", "backup.made",
  "brand.put", "budget.change", "budget.create", "budget.delete", "campaign.change", "campaign.create", "campaign.hold", "campaign.launch", "campaign.pause",
  "campaign.resume", "campaign.cancel", "campaign.finish", "campaign.spend", "comment.create", "consent.record", "contact.erase", "contact.erased", "contact.export", "contact.exported", "contact.merge", "contact.unmerge",
  "creative.change", "creative.create", "creative.recommend", "creative.result", "delivery.policy", "delivery.policy-delete", "experiment.archive", "experiment.create", "export",
  "host.confirm", "identity.remove", "import.cancel", "import.start", "import.undo", "job.cancel", "job.replay", "lesson.change", "lesson.delete", "lesson.draft",
  "mail_server.change", "mail_server.create", "mail_server.delete", "measure.define", "measure.lift", "measure.redefine", "message.change", "message.create", "offer.change",
  "offer.create", "offer.product-remove", "offer.products-add", "order.change", "order.create", "plan.settings", "plugins.activate", "plugins.add-version",
  "plugins.approve", "plugins.canary", "plugins.canary-activate", "plugins.canary-held", "plugins.canary-return", "plugins.canary-stop", "plugins.change", "plugins.conformance", "plugins.disable", "plugins.enable", "plugins.export-run", "plugins.inspect-run", "plugins.install", "plugins.package-policy", "plugins.quarantine",
  "plugins.reinstate-package", "plugins.release", "plugins.remove", "plugins.remove-version", "plugins.replay-run", "plugins.revoke-key", "plugins.revoke-package", "plugins.roll-back", "plugins.rollout", "plugins.shadow", "plugins.trust-key",
  "plugins.upload", "product.change", "product.create", "rate.put", "redemption.create", "refund.create", "retention.run", "retention.set", "sales-channel.change",
  "sales-channel.create", "segment.archive", "send.resend", "send.settle", "sender.put", "session.begin", "session.end", "session.refuse", "suppression.add", "suppression.remove", "token.create",
  "token.revoke", "unit.create", "unit.delete", "unit.update", "user.create", "user.invite", "user.password", "user.role-add", "user.role-remove", "user.update",
  "workspace.clock", "workspace.create", "workspace.update",
] as const;

export const OBJECTS = [
  "annotation", "backup", "brand", "campaign", "contact", "contact_merge", "conversion_definition", "creative", "exchange_rate", "experiment", "host", "import",
  "installation", "job", "lesson", "lift_run", "mail_server", "message", "offer", "plan_setting", "plugin", "plugin-run", "product", "publisher-key", "recommendation", "redemption",
  "refund", "retention", "sales_channel", "sales_order", "segment", "send", "sender", "suppression", "token", "unit", "user", "workspace",
] as const;

/** `user.role-add` as people say it: what it is about, then what was done. */
export function actionWords(code: (family: string, code: string) => string, action: string): string {
  const [about = "", verb] = action.split(".");
  const what = code("audit.of", about);
  return verb ? `${what} · ${code("audit.did", verb)}` : what;
}

/** The members of a detail, one line each; what is nested stays as the log wrote it. */
export function detailLines(detail: unknown): { name: string; value: string }[] {
  if (typeof detail !== "object" || detail === null) return [];
  return Object.entries(detail).map(([name, value]) => ({ name, value: typeof value === "string" ? value : JSON.stringify(value, null, 1) }));
}
