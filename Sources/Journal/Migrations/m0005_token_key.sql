-- The key under which page tokens and the like are sealed: one for each database, so that a token holds on every server.
-- 244 bits of PostgreSQL's cryptographic random numbers.
CREATE TABLE journal_token_key (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  token_key bytea NOT NULL CHECK (octet_length(token_key) >= 32)
);
INSERT INTO journal_token_key (token_key)
  VALUES (decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'));
