WITH "sequence_1_instants" AS (
  /* people with “cart_updated” in the last 2 days, and then no “order_completed” within 1 hour */
  SELECT
    "e"."user_id",
    "e"."timestamp",
    MAX("e"."step_1") AS "step_1",
    MAX("e"."starts_anew") AS "starts_anew"
  FROM (
    SELECT
      "e"."user_id" AS "user_id",
      "e"."timestamp" AS "timestamp",
      1 AS "step_1",
      1 AS "starts_anew"
    FROM "cart_updated" AS "e"
    WHERE
      "e"."timestamp" >= CAST('2026-03-29 12:00:00+00:00' AS TIMESTAMP WITH TIME ZONE)
      AND "e"."timestamp" < CAST('2026-03-31 12:00:00+00:00' AS TIMESTAMP WITH TIME ZONE)
    UNION ALL
    SELECT
      "e"."user_id" AS "user_id",
      "e"."timestamp" AS "timestamp",
      0 AS "step_1",
      1 AS "starts_anew"
    FROM "order_completed" AS "e"
    WHERE
      "e"."timestamp" >= CAST('2026-03-29 12:00:00+00:00' AS TIMESTAMP WITH TIME ZONE)
      AND "e"."timestamp" < CAST('2026-03-31 12:00:00+00:00' AS TIMESTAMP WITH TIME ZONE)
  ) AS "e"
  GROUP BY
    "e"."user_id",
    "e"."timestamp"
), "sequence_1_wait" AS (
  SELECT
    "e"."user_id",
    "e"."timestamp",
    "e"."step_1",
    MIN(CASE WHEN "e"."starts_anew" = 1 THEN "e"."timestamp" END) OVER (
      PARTITION BY "e"."user_id"
      ORDER BY "e"."timestamp"
      ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    ) AS "ended"
  FROM "sequence_1_instants" AS "e"
), "sequence_1" AS (
  SELECT
    "e"."user_id"
  FROM "sequence_1_wait" AS "e"
  WHERE
    "e"."step_1" = 1
    AND (
      "e"."ended" IS NULL
      OR NOT (
        epoch_us("e"."ended") - epoch_us("e"."timestamp") <= 3600000000
      )
    )
    AND "e"."timestamp" < CAST('2026-03-31 11:00:00+00:00' AS TIMESTAMP WITH TIME ZONE)
  GROUP BY
    "e"."user_id"
)
/* People with “cart_updated” in the last 2 days, and then no “order_completed” within 1 hour. As of 2026-03-31 12:00:00 UTC. */
SELECT
  "users"."id"
FROM "users"
LEFT JOIN "sequence_1"
  ON "sequence_1"."user_id" = "users"."id"
WHERE
  "sequence_1"."user_id" IS NOT NULL
