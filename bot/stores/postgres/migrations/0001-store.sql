-- needs code: 1
-- Everything a school keeps. The role staffroom_serving is what a running Staffroom has: it owns nothing, and sees one
-- school at a time. Keys are compared byte by byte (COLLATE "C"), as Python compares them.

DO $$ BEGIN  -- roles belong to the whole server: somebody may have made it for this login, or for another database
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'staffroom_serving') THEN
    CREATE ROLE staffroom_serving NOLOGIN;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;
END $$;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO staffroom_serving;

-- NULL if no school is set, so that every policy below refuses.
CREATE FUNCTION current_school() RETURNS integer LANGUAGE sql STABLE
  AS $$ SELECT NULLIF(current_setting('staffroom.school', true), '')::integer $$;

CREATE TABLE school (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text COLLATE "C" NOT NULL CHECK (name <> ''),
  is_demo boolean NOT NULL,
  moved_at timestamptz  -- since then the school is kept elsewhere, and this is a copy that nobody opens
);
CREATE UNIQUE INDEX school_name ON school (name) WHERE moved_at IS NULL;

CREATE TABLE head (  -- locked by whoever writes for the school
  school integer PRIMARY KEY REFERENCES school ON DELETE CASCADE,
  number bigint NOT NULL DEFAULT 0,
  hash bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex'),
  people_changes bigint NOT NULL DEFAULT 0  -- how often somebody's details changed, for what is kept in memory
);

CREATE TABLE entry (  -- the text is what was hashed, so it is text and not jsonb, which would put it in another order
  school integer NOT NULL REFERENCES school ON DELETE CASCADE,
  number bigint NOT NULL,
  previous bytea NOT NULL,
  hash bytea NOT NULL,
  what text NOT NULL,
  what_salt bytea NOT NULL,
  what_hash bytea NOT NULL,
  who text NOT NULL,        -- empty once erased
  who_salt bytea NOT NULL,  -- empty once erased
  who_hash bytea NOT NULL,
  kind text COLLATE "C" NOT NULL,   -- from `what`, to find entries by
  about text COLLATE "C" NOT NULL,  -- whose details `who` has: from `what`, to erase by
  PRIMARY KEY (school, number)
);
CREATE INDEX entry_kind ON entry (school, kind, number);
CREATE INDEX entry_about ON entry (school, about) WHERE who_salt <> '';

CREATE FUNCTION refuse_changed_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.who <> '' OR NEW.who_salt <> ''
     OR (NEW.school, NEW.number, NEW.previous, NEW.hash, NEW.what, NEW.what_salt, NEW.what_hash, NEW.who_hash,
         NEW.kind, NEW.about)
        IS DISTINCT FROM
        (OLD.school, OLD.number, OLD.previous, OLD.hash, OLD.what, OLD.what_salt, OLD.what_hash, OLD.who_hash,
         OLD.kind, OLD.about)
  THEN
    RAISE EXCEPTION 'an entry of the ledger can only lose whom it was about' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER entry_stays BEFORE UPDATE ON entry FOR EACH ROW EXECUTE FUNCTION refuse_changed_entry();

CREATE TABLE idempotency_key (
  school integer NOT NULL REFERENCES school ON DELETE CASCADE,
  key text COLLATE "C" NOT NULL,
  number bigint NOT NULL,
  PRIMARY KEY (school, key)
);

CREATE TABLE projection (  -- can always be made again from the ledger
  school integer NOT NULL REFERENCES school ON DELETE CASCADE,
  name text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  number bigint NOT NULL,
  hash bytea NOT NULL,
  state text NOT NULL,
  PRIMARY KEY (school, name)
);

CREATE TABLE message (  -- state, lease and fence are here only; the rest of a message is in its body
  school integer NOT NULL REFERENCES school ON DELETE CASCADE,
  key text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  recipient text COLLATE "C" NOT NULL,
  day date NOT NULL,
  campaign text COLLATE "C" NOT NULL,
  recording text COLLATE "C" NOT NULL,
  has_campaigns boolean NOT NULL,
  has_recordings boolean NOT NULL,
  has_people boolean NOT NULL,
  is_unreachable boolean NOT NULL,
  not_before timestamptz,
  expires_at timestamptz,
  state text COLLATE "C" NOT NULL,
  lease_holder text,
  lease_until timestamptz,
  fence bigint NOT NULL DEFAULT 0,  -- how often it was leased: who holds an older lease can settle nothing
  body text NOT NULL,
  PRIMARY KEY (school, key)
);
CREATE INDEX message_due ON message (school, not_before NULLS FIRST, key) WHERE state = 'due';
CREATE INDEX message_open ON message (school, not_before) WHERE state IN ('due', 'sending') OR is_unreachable;
CREATE INDEX message_kind ON message (school, kind);
CREATE INDEX message_recipient ON message (school, recipient);
CREATE INDEX message_campaign ON message (school, campaign);
CREATE INDEX message_recording ON message (school, recording);
CREATE INDEX message_day ON message (school, day);

CREATE TABLE person (
  school integer NOT NULL REFERENCES school ON DELETE CASCADE,
  pseudonym text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  name text NOT NULL,
  email text NOT NULL,
  account text COLLATE "C" NOT NULL,  -- what the staff list names, as the account in Slack; empty if it names none
  slack text COLLATE "C" NOT NULL,
  PRIMARY KEY (school, pseudonym),
  UNIQUE (school, id)
);

CREATE TABLE pin (  -- a person has at most one account in each channel, and an account one person
  school integer NOT NULL REFERENCES school ON DELETE CASCADE,
  channel text COLLATE "C" NOT NULL,
  account text COLLATE "C" NOT NULL,
  person text COLLATE "C" NOT NULL,
  is_released boolean NOT NULL DEFAULT false,  -- taken back: it may be pinned to that person again and to nobody else
  PRIMARY KEY (school, channel, account)
);
CREATE UNIQUE INDEX pin_person ON pin (school, channel, person) WHERE NOT is_released;

CREATE TABLE conversation (
  school integer NOT NULL REFERENCES school ON DELETE CASCADE,
  channel text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  account text COLLATE "C" NOT NULL,
  team text COLLATE "C" NOT NULL,
  kept_as bigint NOT NULL,  -- the place in the order in which they were kept
  body text NOT NULL,
  PRIMARY KEY (school, channel, id)
);
CREATE INDEX conversation_account ON conversation (school, account);

CREATE TABLE tally (
  school integer NOT NULL REFERENCES school ON DELETE CASCADE,
  week date NOT NULL,
  situation text COLLATE "C" NOT NULL,
  outcome text COLLATE "C" NOT NULL,
  times bigint NOT NULL,
  PRIMARY KEY (school, week, situation, outcome)
);

CREATE TABLE question (
  school integer NOT NULL REFERENCES school ON DELETE CASCADE,
  day date NOT NULL,
  digest bytea NOT NULL,  -- of the text, which may be too long for an index
  text text COLLATE "C" NOT NULL,
  PRIMARY KEY (school, day, digest)
);

CREATE TABLE published_text (
  school integer NOT NULL REFERENCES school ON DELETE CASCADE,
  digest text COLLATE "C" NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (school, digest)
);

CREATE TABLE shared_file (  -- of ours, in a conversation until it has to be removed
  school integer NOT NULL REFERENCES school ON DELETE CASCADE,
  id text COLLATE "C" NOT NULL,
  remove_at timestamptz NOT NULL,
  PRIMARY KEY (school, id)
);

CREATE TABLE doubt (  -- messages of which it is not known whether they arrived
  school integer NOT NULL REFERENCES school ON DELETE CASCADE,
  marker text COLLATE "C" NOT NULL,  -- a digest of recipient and message
  since timestamptz NOT NULL,
  PRIMARY KEY (school, marker)
);

CREATE TABLE replica (  -- the Staffrooms that run; one that was killed is still here until its time is over
  school integer NOT NULL REFERENCES school ON DELETE CASCADE,
  folder text COLLATE "C" NOT NULL,  -- the id of its data folder: started again there, it is the same replica
  holder text COLLATE "C" NOT NULL,  -- new at every start
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (school, folder)
);

CREATE TABLE leader (  -- which replica does what the clock asks for; what is right never rests on it
  school integer PRIMARY KEY REFERENCES school ON DELETE CASCADE,
  holder text COLLATE "C" NOT NULL,
  until timestamptz NOT NULL
);

CREATE UNLOGGED TABLE arrival (  -- for ten minutes; neither in the log nor on a standby, and empty after a crash
  school integer NOT NULL REFERENCES school ON DELETE CASCADE,
  digest bytea NOT NULL,  -- of the ids of what arrived
  begun_at timestamptz NOT NULL,
  is_done boolean NOT NULL,
  PRIMARY KEY (school, digest)
);
CREATE INDEX arrival_begun ON arrival (school, begun_at);

DO $$ DECLARE name text; BEGIN
  FOREACH name IN ARRAY ARRAY['head', 'entry', 'idempotency_key', 'projection', 'message', 'person', 'pin',
                              'conversation', 'tally', 'question', 'published_text', 'shared_file', 'doubt', 'replica', 'leader',
                              'arrival'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_school ON %I USING (school = current_school())', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO staffroom_serving', name);
  END LOOP;
END $$;

-- A school is found by its exact name, and its row is all that can be seen of others. Only the owner makes one.
ALTER TABLE school ENABLE ROW LEVEL SECURITY;
ALTER TABLE school FORCE ROW LEVEL SECURITY;
CREATE POLICY own_school ON school USING (name = current_setting('staffroom.school_name', true));
GRANT SELECT ON school TO staffroom_serving;

REVOKE UPDATE, DELETE ON entry FROM staffroom_serving;           -- the chain only grows ...
GRANT UPDATE (who, who_salt) ON entry TO staffroom_serving;      -- ... but for somebody who is erased
REVOKE UPDATE, DELETE ON idempotency_key FROM staffroom_serving;
REVOKE INSERT, DELETE ON head FROM staffroom_serving;
REVOKE UPDATE, DELETE ON published_text FROM staffroom_serving;
GRANT SELECT ON migration TO staffroom_serving;
