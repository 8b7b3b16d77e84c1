-- PostgreSQL alone has row-level security and partitions. Here one file is
-- one host's, and the first wall, a workspace in every text, stands alone.
SELECT 1;
