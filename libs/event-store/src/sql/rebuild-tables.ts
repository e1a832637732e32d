import type { Statement } from '@waybill/database';

/** Where tables are while they are being rebuilt. */
export const REBUILD_SCHEMA = 'projection_rebuild';

/** What a copy by LIKE, and a drop, would lose or stumble over; `{}` where the table is fit. No row: there is no such table. */
export const TABLE_OBSTACLES: Statement = {
  name: '',
  text: `
    SELECT array_remove(ARRAY[
      CASE WHEN t.relkind <> 'r' OR t.relispartition THEN 'it is no plain table' END,
      CASE WHEN EXISTS (SELECT 1 FROM pg_trigger WHERE tgrelid = t.oid) THEN 'it has triggers or foreign keys' END,
      CASE WHEN t.relrowsecurity OR EXISTS (SELECT 1 FROM pg_policy WHERE polrelid = t.oid) THEN 'it has row security' END,
      CASE WHEN EXISTS (SELECT 1 FROM pg_inherits WHERE t.oid IN (inhrelid, inhparent)) THEN 'it inherits' END,
      CASE WHEN EXISTS (SELECT 1 FROM pg_publication_rel WHERE prrelid = t.oid) THEN 'it is in a publication' END,
      CASE WHEN EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = t.oid AND attacl IS NOT NULL)
        THEN 'single columns of it are granted' END,
      CASE WHEN EXISTS (SELECT 1 FROM pg_depend AS d JOIN pg_rewrite AS w ON w.oid = d.objid
                        WHERE d.refobjid = t.oid AND d.classid = 'pg_rewrite'::regclass) THEN 'a view or rule depends on it' END,
      CASE WHEN EXISTS (SELECT 1 FROM pg_depend AS d JOIN pg_class AS q ON q.oid = d.objid AND q.relkind = 'S'
                        WHERE d.classid = 'pg_class'::regclass AND d.refobjid = t.oid AND d.deptype = 'a')
        THEN 'it has a serial column (an identity column would do)' END,
      CASE WHEN NOT pg_has_role(t.relowner, 'USAGE') THEN 'it belongs to another role' END
    ], NULL) AS obstacles
    FROM pg_class AS t WHERE t.oid = to_regclass('public.' || quote_ident($1))`,
};

/** Statements that give table $1 in the schema of rebuilds what LIKE doesn't copy: settings, indexes by their names, and rights. In order. */
export const COMPLETE_COPY: Statement = {
  name: '',
  text: `
    WITH t AS (
      SELECT oid, reloptions, relacl, relowner, quote_ident(relname) AS name FROM pg_class
      WHERE oid = to_regclass('public.' || quote_ident($1))
    )
    SELECT statement FROM (
      SELECT 1 AS rank, '' AS name,
        format('ALTER TABLE ${REBUILD_SCHEMA}.%s SET (%s)', t.name, array_to_string(t.reloptions, ', ')) AS statement
      FROM t WHERE t.reloptions IS NOT NULL
      UNION ALL
      SELECT 2, c.conname, format('ALTER TABLE ${REBUILD_SCHEMA}.%s ADD CONSTRAINT %I %s', t.name, c.conname, pg_get_constraintdef(c.oid))
      FROM t JOIN pg_constraint AS c ON c.conrelid = t.oid AND c.contype IN ('p', 'u', 'x')
      UNION ALL
      SELECT 3, i.relname, format('CREATE %s INDEX %I ON ${REBUILD_SCHEMA}.%s %s', CASE WHEN x.indisunique THEN 'UNIQUE' ELSE '' END, i.relname,
        t.name, substr(pg_get_indexdef(i.oid), strpos(pg_get_indexdef(i.oid), ' USING ') + 1))
      FROM t JOIN pg_index AS x ON x.indrelid = t.oid JOIN pg_class AS i ON i.oid = x.indexrelid
      WHERE x.indisvalid AND NOT EXISTS (SELECT 1 FROM pg_constraint AS c WHERE c.conindid = i.oid AND c.conrelid = t.oid)
      UNION ALL
      SELECT 4, '', format('GRANT %s ON ${REBUILD_SCHEMA}.%s TO %s%s', a.privilege_type, t.name,
        CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END,
        CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
      FROM t, aclexplode(t.relacl) AS a WHERE a.grantee <> t.relowner
    ) AS statements ORDER BY rank, name`,
};

/** Columns, constraints and indexes of table $1 in each schema, as text: the same text, the same shape. */
export const TABLE_SHAPES: Statement = {
  name: '',
  text: `
    SELECT s.schema, (
      SELECT string_agg(part, E'\\n' ORDER BY part) FROM (
        SELECT format('%s %s %s %s %s', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
          pg_get_expr(d.adbin, d.adrelid)) AS part
        FROM pg_attribute AS a LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL
        SELECT format('%s %s', c.conname, pg_get_constraintdef(c.oid)) FROM pg_constraint AS c WHERE c.conrelid = t.oid AND c.contype <> 'n'
        UNION ALL
        SELECT format('%s %s', i.relname, substr(pg_get_indexdef(i.oid), strpos(pg_get_indexdef(i.oid), ' USING ')))
        FROM pg_index AS x JOIN pg_class AS i ON i.oid = x.indexrelid WHERE x.indrelid = t.oid AND x.indisvalid
      ) AS parts
    ) AS shape
    FROM (VALUES ('public'), ('${REBUILD_SCHEMA}')) AS s (schema)
      JOIN pg_class AS t ON t.oid = to_regclass(s.schema || '.' || quote_ident($1))
    ORDER BY s.schema`,
};
