-- Times are unix milliseconds, JSON is text. `project` is 0 until the host tells projects apart.

-- A name appears in every event, so events carry its number. `sort` is the record's sort in the plugin API.
CREATE TABLE event_name(
    id      INTEGER PRIMARY KEY,
    project INTEGER NOT NULL DEFAULT 0,
    sort    INTEGER NOT NULL,
    name    TEXT    NOT NULL,
    UNIQUE(project, sort, name));

-- One row an id, known or anonymous; person_alias says which of them are one person.
CREATE TABLE person(
    id         INTEGER PRIMARY KEY,
    project    INTEGER NOT NULL DEFAULT 0,
    uid        TEXT    NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen  INTEGER NOT NULL,
    traits     TEXT    NOT NULL DEFAULT '{}',
    traits_at  INTEGER NOT NULL DEFAULT 0,
    UNIQUE(project, uid));

-- Resolved when read, so that joining two people rewrites no event.
CREATE TABLE person_alias(
    project   INTEGER NOT NULL DEFAULT 0,
    alias     TEXT    NOT NULL,
    person_id INTEGER NOT NULL REFERENCES person(id),
    PRIMARY KEY(project, alias)) WITHOUT ROWID;
CREATE INDEX person_alias_person ON person_alias(person_id);

CREATE TABLE grp(
    project   INTEGER NOT NULL DEFAULT 0,
    gtype     TEXT    NOT NULL DEFAULT '',
    gkey      TEXT    NOT NULL,
    traits    TEXT    NOT NULL DEFAULT '{}',
    traits_at INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY(project, gtype, gkey)) WITHOUT ROWID;

CREATE TABLE event(
    seq          INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice: readers go on from the last they saw
    id           BLOB    NOT NULL UNIQUE, -- the record's UUID: what makes a repeat harmless
    project      INTEGER NOT NULL DEFAULT 0,
    name_id      INTEGER NOT NULL REFERENCES event_name(id),
    person_id    INTEGER NOT NULL REFERENCES person(id),
    anonymous_id TEXT, -- where the record named a user as well
    session      TEXT,
    grp          TEXT,
    message_id   TEXT, -- the client's own
    ts           INTEGER NOT NULL,
    received_at  INTEGER NOT NULL,
    props        TEXT, -- properties or traits
    ctx          TEXT);
CREATE INDEX event_nt ON event(project, name_id, ts, person_id); -- counts, uniques, funnels: covering
CREATE INDEX event_pt ON event(project, person_id, ts, name_id); -- timelines, retention: read in order

-- For people with any SQLite client: names and texts instead of numbers.
CREATE VIEW events AS
    SELECT event.seq, lower(hex(event.id)) AS id,
           CASE event_name.sort WHEN 1 THEN 'track' WHEN 2 THEN 'identify' WHEN 3 THEN 'page' WHEN 4 THEN 'screen'
                WHEN 5 THEN 'group' WHEN 6 THEN 'alias' END AS type,
           event_name.name, person.uid, event.anonymous_id, event.session, event.grp,
           strftime('%Y-%m-%dT%H:%M:%fZ', event.ts / 1000.0, 'unixepoch') AS time,
           event.props, event.ctx
    FROM event JOIN event_name ON event_name.id = event.name_id JOIN person ON person.id = event.person_id;
