-- Ids and names compare by their bytes: "C" is that, whatever the database's language, and sorts fastest.
CREATE SCHEMA IF NOT EXISTS $schema;

-- One row. The table's own name says whose schema this is.
CREATE TABLE $schema.outrigger_version(version integer NOT NULL);
INSERT INTO $schema.outrigger_version VALUES (0);

-- One row an id, known or anonymous; person_alias says which of them are one person.
CREATE TABLE $schema.person(
    uid        text COLLATE "C" PRIMARY KEY,
    first_seen timestamptz NOT NULL,
    last_seen  timestamptz NOT NULL,
    traits     jsonb NOT NULL DEFAULT '{}',
    traits_at  timestamptz NOT NULL DEFAULT '-infinity');

-- Resolved when read, so that joining two people rewrites no event.
CREATE TABLE $schema.person_alias(
    alias text COLLATE "C" PRIMARY KEY,
    uid   text COLLATE "C" NOT NULL);
CREATE INDEX ON $schema.person_alias(uid);

CREATE TABLE $schema.grp(
    gkey      text COLLATE "C" PRIMARY KEY,
    traits    jsonb NOT NULL DEFAULT '{}',
    traits_at timestamptz NOT NULL DEFAULT '-infinity');

CREATE SEQUENCE $schema.event_seq;

CREATE TABLE $schema.event(
    seq          bigint NOT NULL DEFAULT nextval('$schema.event_seq'), -- the order of commits
    id           uuid NOT NULL, -- the record's: what makes a repeat harmless
    type         text COLLATE "C" NOT NULL, -- track, identify, page, screen, group, alias
    name         text COLLATE "C" NOT NULL,
    uid          text COLLATE "C" NOT NULL,
    anonymous_id text COLLATE "C", -- where the record named a user as well
    session      text,
    grp          text COLLATE "C",
    message_id   text, -- the client's own
    ts           timestamptz NOT NULL,
    received_at  timestamptz NOT NULL,
    props        jsonb, -- properties or traits
    ctx          jsonb,
    PRIMARY KEY (id, ts)) PARTITION BY RANGE (ts);
CREATE INDEX ON $schema.event(type, name, ts); -- counts
CREATE INDEX ON $schema.event(uid, ts); -- timelines, funnels, retention: read in order
CREATE INDEX ON $schema.event(seq); -- what came since
CREATE INDEX ON $schema.event USING brin(ts); -- a stretch of time: a few kilobytes a month

-- Of times that have no month of their own, so that an insert never fails for want of one.
CREATE TABLE $schema.event_other PARTITION OF $schema.event DEFAULT;
