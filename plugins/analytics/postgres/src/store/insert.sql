-- A whole batch, each event once, with what the new ones say of people.
WITH input AS MATERIALIZED (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                         $9::timestamptz[], $10::timestamptz[], $11::text[], $12::text[], $13::text[]) WITH ORDINALITY
        AS input(id, type, name, uid, anonymous_id, session, grp, message_id, ts, received_at, props, ctx, alias, ord)
), added AS (
    INSERT INTO $schema.event(id, type, name, uid, anonymous_id, session, grp, message_id, ts, received_at, props, ctx)
    SELECT id, type, name, uid, anonymous_id, session, grp, message_id, ts, received_at, props::jsonb, ctx::jsonb
    FROM input ORDER BY ord
    ON CONFLICT DO NOTHING RETURNING id, ts
), told AS MATERIALIZED (
    -- A repeat says nothing again: what it said may have been superseded since.
    SELECT input.* FROM input JOIN added USING (id, ts)
), traits AS (
    SELECT uid, max(ts) AS at, jsonb_object_agg(key, value ORDER BY ts, ord) AS traits
    FROM told CROSS JOIN LATERAL jsonb_each(told.props::jsonb) WHERE type = 'identify' GROUP BY uid
), people AS (
    INSERT INTO $schema.person AS known(uid, first_seen, last_seen, traits, traits_at)
    SELECT uid, min(seen.ts), max(seen.ts), coalesce(traits.traits, '{}'), coalesce(traits.at, '-infinity')
    FROM (SELECT uid COLLATE "C" AS uid, ts FROM told
          -- A former id may never have been seen, and still has to be found by it.
          UNION ALL SELECT alias, ts FROM told WHERE type = 'alias') AS seen
    LEFT JOIN traits USING (uid) GROUP BY uid, traits.traits, traits.at
    ON CONFLICT (uid) DO UPDATE SET
        first_seen = least(known.first_seen, excluded.first_seen),
        last_seen = greatest(known.last_seen, excluded.last_seen),
        -- Key by key; where both have one, the later word stands, whichever arrived first.
        traits = CASE WHEN excluded.traits_at >= known.traits_at THEN known.traits || excluded.traits
                      ELSE excluded.traits || known.traits END,
        traits_at = greatest(known.traits_at, excluded.traits_at)
), aliases AS (
    -- The first word stands: a shared device must not make two users one.
    INSERT INTO $schema.person_alias(alias, uid)
    SELECT DISTINCT ON (alias) alias, uid FROM told WHERE alias IS NOT NULL AND alias <> uid ORDER BY alias, ord
    ON CONFLICT DO NOTHING
), groups AS (
    INSERT INTO $schema.grp AS known(gkey, traits, traits_at)
    SELECT grp, coalesce(jsonb_object_agg(key, value ORDER BY ts, ord) FILTER (WHERE key IS NOT NULL), '{}'), max(ts)
    FROM told LEFT JOIN LATERAL jsonb_each(told.props::jsonb) ON true WHERE type = 'group' GROUP BY grp
    ON CONFLICT (gkey) DO UPDATE SET
        traits = CASE WHEN excluded.traits_at >= known.traits_at THEN known.traits || excluded.traits
                      ELSE excluded.traits || known.traits END,
        traits_at = greatest(known.traits_at, excluded.traits_at)
)
SELECT count(*) FROM added
