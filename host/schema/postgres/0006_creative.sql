-- Brand, senders, topics, messages and the creative library.

CREATE TABLE brand (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  name TEXT NOT NULL,
  postal_address TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id)
);

CREATE TABLE topic (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX topic_code ON topic (workspace, code);

CREATE TABLE sender (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  brand UUID,
  channel TEXT NOT NULL,
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  reply_to TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id)
);

CREATE TABLE message (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  unit UUID,
  creative UUID,
  name TEXT NOT NULL,
  channel TEXT NOT NULL,
  archived BOOLEAN NOT NULL,
  version BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id)
);

-- The content of a message in one language: named parts as a JSON object.
CREATE TABLE message_content (
  workspace UUID NOT NULL,
  message UUID NOT NULL,
  locale TEXT NOT NULL,
  parts TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, message, locale)
);

-- A reusable asset or a past case, own or outside. What may be several (season,
-- theme, objectives, categories …) is words parted by commas.
CREATE TABLE creative (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  code TEXT NOT NULL,
  kind TEXT NOT NULL,
  origin TEXT NOT NULL,
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  theme TEXT NOT NULL,
  interaction TEXT NOT NULL,
  season TEXT NOT NULL,
  channel TEXT NOT NULL,
  campaign_type TEXT NOT NULL,
  objectives TEXT NOT NULL,
  categories TEXT NOT NULL,
  audience TEXT NOT NULL,
  link TEXT NOT NULL,
  body TEXT NOT NULL,
  archived BOOLEAN NOT NULL,
  version BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX creative_code ON creative (workspace, code);

-- What came of a creative once: how many it was tried on, clicked, and did what
-- was wanted. A label stands once for each creative.
CREATE TABLE creative_result (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  creative UUID NOT NULL,
  campaign UUID,
  objective TEXT NOT NULL,
  label TEXT NOT NULL,
  at BIGINT NOT NULL,
  tried BIGINT NOT NULL,
  reached BIGINT NOT NULL,
  clicks BIGINT,
  revenue_minor BIGINT,
  currency TEXT,
  PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX creative_result_label ON creative_result (workspace, creative, label);
CREATE INDEX creative_result_of ON creative_result (workspace, creative, at);

CREATE TABLE recommendation (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  installation UUID NOT NULL,
  run UUID NOT NULL,
  kind TEXT NOT NULL,
  brief TEXT NOT NULL,
  answer TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id)
);
