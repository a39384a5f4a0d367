WITH "invoice_created_1" AS (
  /* people with “invoice_created” at least once */
  SELECT
    "e"."user_id",
    COUNT(*) AS "count_1"
  FROM "invoice_created" AS "e"
  WHERE
    "e"."timestamp" < CAST('2026-03-31 12:00:00+00:00' AS TIMESTAMPTZ)
  GROUP BY
    "e"."user_id"
), "invoice_sent_1" AS (
  /* people with no “invoice_sent” */
  SELECT
    "e"."user_id",
    COUNT(*) AS "count_1"
  FROM "invoice_sent" AS "e"
  WHERE
    "e"."timestamp" < CAST('2026-03-31 12:00:00+00:00' AS TIMESTAMPTZ)
  GROUP BY
    "e"."user_id"
)
/* People with “invoice_created” at least once and with no “invoice_sent”. As of 2026-03-31 12:00:00 UTC. */
SELECT
  "users"."id" AS "id"
FROM "users"
LEFT JOIN "invoice_created_1"
  ON "invoice_created_1"."user_id" = "users"."id"
LEFT JOIN "invoice_sent_1"
  ON "invoice_sent_1"."user_id" = "users"."id"
WHERE
  "invoice_created_1"."count_1" >= 1
  AND (
    "invoice_sent_1"."count_1" = 0 OR "invoice_sent_1"."count_1" IS NULL
  )
