-- Brand, senders, topics, messages and the creative library.

CREATE TABLE brand (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  name TEXT NOT NULL,
  postal_address TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE topic (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX topic_code ON topic (workspace, code);

CREATE TABLE sender (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  brand BLOB,
  channel TEXT NOT NULL,
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  reply_to TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE message (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  unit BLOB,
  creative BLOB,
  name TEXT NOT NULL,
  channel TEXT NOT NULL,
  archived INTEGER NOT NULL,
  version INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

-- The content of a message in one language: named parts as a JSON object.
CREATE TABLE message_content (
  workspace BLOB NOT NULL,
  message BLOB NOT NULL,
  locale TEXT NOT NULL,
  parts TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, message, locale)
) STRICT, WITHOUT ROWID;

-- A reusable asset or a past case, own or outside. What may be several (season,
-- theme, objectives, categories …) is words parted by commas.
CREATE TABLE creative (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
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
  archived INTEGER NOT NULL,
  version INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX creative_code ON creative (workspace, code);

-- What came of a creative once: how many it was tried on, clicked, and did what
-- was wanted. A label stands once for each creative.
CREATE TABLE creative_result (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  creative BLOB NOT NULL,
  campaign BLOB,
  objective TEXT NOT NULL,
  label TEXT NOT NULL,
  at INTEGER NOT NULL,
  tried INTEGER NOT NULL,
  reached INTEGER NOT NULL,
  clicks INTEGER,
  revenue_minor INTEGER,
  currency TEXT,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX creative_result_label ON creative_result (workspace, creative, label);
CREATE INDEX creative_result_of ON creative_result (workspace, creative, at);

CREATE TABLE recommendation (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  installation BLOB NOT NULL,
  run BLOB NOT NULL,
  kind TEXT NOT NULL,
  brief TEXT NOT NULL,
  answer TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
