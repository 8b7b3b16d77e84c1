-- The second wall: every row with a workspace is seen by the role `rialto_tenant`
-- only while the setting `rialto.workspace` names that workspace, and by
-- `rialto_host`, which the few texts in `unscoped.rs` files run as. The store calls
-- this function after the migrations, each time it opens: tables of later
-- migrations are behind the wall without a word of their own.
CREATE FUNCTION row_security_raise() RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
  t RECORD;
  mine TEXT;
  raised BIGINT := 0;
BEGIN
  IF NOT has_schema_privilege('rialto_tenant', current_schema(), 'USAGE')
     OR NOT has_schema_privilege('rialto_host', current_schema(), 'USAGE') THEN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO rialto_tenant, rialto_host', current_schema());
  END IF;
  FOR t IN
    SELECT c.oid, c.relname, c.relispartition, c.relrowsecurity AND c.relforcerowsecurity AS forced,
           EXISTS (SELECT 1 FROM pg_attribute a
                   WHERE a.attrelid = c.oid AND a.attname = 'workspace' AND NOT a.attisdropped) AS walled,
           EXISTS (SELECT 1 FROM pg_policy p
                   WHERE p.polrelid = c.oid AND p.polname = 'rialto_tenant') AS has_policy
    FROM pg_class c
    WHERE c.relnamespace = CAST(current_schema() AS REGNAMESPACE) AND c.relkind IN ('r', 'p')
    ORDER BY c.relname
  LOOP
    -- A table of workspaces is keyed by them; a partition is reached through its table alone.
    mine := CASE WHEN t.relname = 'workspace' THEN 'id' WHEN t.walled THEN 'workspace' END;
    IF mine IS NOT NULL AND NOT t.forced THEN
      EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t.relname);
      EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t.relname);
      raised := raised + 1;
    END IF;
    CONTINUE WHEN t.relispartition;
    IF NOT has_table_privilege('rialto_host', t.oid, 'SELECT') THEN
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO rialto_host', t.relname);
    END IF;
    CONTINUE WHEN mine IS NULL OR t.has_policy;
    EXECUTE format(
      'CREATE POLICY rialto_tenant ON %I TO rialto_tenant '
      'USING (%I = CAST(NULLIF(current_setting(''rialto.workspace'', true), '''') AS UUID))', t.relname, mine);
    EXECUTE format('CREATE POLICY rialto_host ON %I TO rialto_host USING (true)', t.relname);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO rialto_tenant', t.relname);
    raised := raised + 1;
  END LOOP;
  IF NOT has_function_privilege('rialto_tenant', 'event_months_make(bigint, bigint)', 'EXECUTE') THEN
    GRANT EXECUTE ON FUNCTION event_months_make(BIGINT, BIGINT) TO rialto_tenant, rialto_host;
    GRANT EXECUTE ON FUNCTION event_months_drop(BIGINT) TO rialto_host;
  END IF;
  RETURN raised;
END
$$;
REVOKE ALL ON FUNCTION row_security_raise() FROM PUBLIC;

-- Make the months of `event` from one instant to another that are not there yet;
-- answers how many it made. It runs as the owner, since no other role may make a
-- table. A month is made beside the table and then attached, which stops nobody
-- from reading or writing. Nothing before 1990 or from 2100 on: such an instant is
-- somebody's mistake, and its row is refused.
CREATE FUNCTION event_months_make(first_at BIGINT, last_at BIGINT) RETURNS BIGINT
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  month_at TIMESTAMP := date_trunc('month', TIMESTAMP '1970-01-01' + first_at / 1000000 * INTERVAL '1 second');
  last_month TIMESTAMP := date_trunc('month', TIMESTAMP '1970-01-01' + last_at / 1000000 * INTERVAL '1 second');
  part TEXT;
  made BIGINT := 0;
BEGIN
  IF first_at > last_at OR month_at < TIMESTAMP '1990-01-01' OR last_month >= TIMESTAMP '2100-01-01' THEN
    RAISE EXCEPTION 'event_months_make: from % to % is no time for events', month_at, last_month
      USING ERRCODE = 'check_violation';
  END IF;
  WHILE month_at <= last_month LOOP
    part := 'event_' || to_char(month_at, 'YYYY_MM');
    IF to_regclass('public.' || part) IS NULL THEN
      PERFORM pg_advisory_xact_lock(827034514);
      IF to_regclass('public.' || part) IS NULL THEN
        EXECUTE format('CREATE TABLE %I (LIKE event INCLUDING ALL)', part);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', part);
        EXECUTE format('ALTER TABLE event ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)', part,
          CAST(extract(epoch FROM month_at) AS BIGINT) * 1000000,
          CAST(extract(epoch FROM month_at + INTERVAL '1 month') AS BIGINT) * 1000000);
        made := made + 1;
      END IF;
    END IF;
    month_at := month_at + INTERVAL '1 month';
  END LOOP;
  RETURN made;
END
$$;
REVOKE ALL ON FUNCTION event_months_make(BIGINT, BIGINT) FROM PUBLIC;

-- Drop the months of `event` that ended by an instant, whoever's events are in
-- them; answers how many. Only the host may, and only retention does.
CREATE FUNCTION event_months_drop(before_at BIGINT) RETURNS BIGINT
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  part RECORD;
  dropped BIGINT := 0;
BEGIN
  FOR part IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = CAST('event' AS REGCLASS) AND c.relname ~ '^event_[0-9]{4}_[0-9]{2}$'
      AND to_date(substr(c.relname, 7), 'YYYY_MM') + INTERVAL '1 month'
          <= TIMESTAMP '1970-01-01' + before_at / 1000000 * INTERVAL '1 second'
    ORDER BY c.relname
  LOOP
    EXECUTE format('ALTER TABLE event DETACH PARTITION %I', part.relname);
    EXECUTE format('DROP TABLE %I', part.relname);
    dropped := dropped + 1;
  END LOOP;
  RETURN dropped;
END
$$;
REVOKE ALL ON FUNCTION event_months_drop(BIGINT) FROM PUBLIC;
