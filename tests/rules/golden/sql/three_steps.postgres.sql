WITH "sequence_1_instants" AS (
  /* companies with “trial_started”, then “import_finished” where rows are more than 0, within 3 days, then “report_created” or “export_finished” within 2 weeks */
  SELECT
    "e"."account_id",
    "e"."timestamp",
    MAX("e"."step_1") AS "step_1",
    MAX("e"."step_2") AS "step_2",
    MAX("e"."step_3") AS "step_3"
  FROM (
    SELECT
      COALESCE("e"."account_id", "u"."company_id") AS "account_id",
      "e"."timestamp" AS "timestamp",
      0 AS "step_1",
      0 AS "step_2",
      1 AS "step_3"
    FROM "export_finished" AS "e"
    LEFT JOIN "users" AS "u"
      ON "u"."id" = "e"."user_id"
    WHERE
      "e"."timestamp" < CAST('2026-03-31 12:00:00+00:00' AS TIMESTAMPTZ)
    UNION ALL
    SELECT
      COALESCE("e"."account_id", "u"."company_id") AS "account_id",
      "e"."timestamp" AS "timestamp",
      0 AS "step_1",
      CASE WHEN "e"."rows" > 0 THEN 1 ELSE 0 END AS "step_2",
      0 AS "step_3"
    FROM "import_finished" AS "e"
    LEFT JOIN "users" AS "u"
      ON "u"."id" = "e"."user_id"
    WHERE
      "e"."rows" > 0
      AND "e"."timestamp" < CAST('2026-03-31 12:00:00+00:00' AS TIMESTAMPTZ)
    UNION ALL
    SELECT
      COALESCE("e"."account_id", "u"."company_id") AS "account_id",
      "e"."timestamp" AS "timestamp",
      0 AS "step_1",
      0 AS "step_2",
      1 AS "step_3"
    FROM "report_created" AS "e"
    LEFT JOIN "users" AS "u"
      ON "u"."id" = "e"."user_id"
    WHERE
      "e"."timestamp" < CAST('2026-03-31 12:00:00+00:00' AS TIMESTAMPTZ)
    UNION ALL
    SELECT
      COALESCE("e"."account_id", "u"."company_id") AS "account_id",
      "e"."timestamp" AS "timestamp",
      1 AS "step_1",
      0 AS "step_2",
      0 AS "step_3"
    FROM "trial_started" AS "e"
    LEFT JOIN "users" AS "u"
      ON "u"."id" = "e"."user_id"
    WHERE
      "e"."timestamp" < CAST('2026-03-31 12:00:00+00:00' AS TIMESTAMPTZ)
  ) AS "e"
  GROUP BY
    "e"."account_id",
    "e"."timestamp"
), "sequence_1_step_2" AS (
  SELECT
    "e"."account_id",
    "e"."timestamp",
    "e"."step_2",
    "e"."step_3",
    MAX(CASE WHEN "e"."step_1" = 1 THEN "e"."timestamp" END) OVER (
      PARTITION BY "e"."account_id"
      ORDER BY "e"."timestamp"
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS "before_2"
  FROM "sequence_1_instants" AS "e"
), "sequence_1_step_3" AS (
  SELECT
    "e"."account_id",
    "e"."timestamp",
    "e"."step_3",
    MAX(
      CASE
        WHEN "e"."step_2" = 1
        AND "e"."timestamp" <= "e"."before_2" + CAST('259200 seconds' AS INTERVAL)
        THEN "e"."timestamp"
      END
    ) OVER (
      PARTITION BY "e"."account_id"
      ORDER BY "e"."timestamp"
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS "before_3"
  FROM "sequence_1_step_2" AS "e"
), "sequence_1" AS (
  SELECT
    "e"."account_id"
  FROM "sequence_1_step_3" AS "e"
  WHERE
    "e"."step_3" = 1
    AND "e"."timestamp" <= "e"."before_3" + CAST('1209600 seconds' AS INTERVAL)
  GROUP BY
    "e"."account_id"
)
/* Companies with “trial_started”, then “import_finished” where rows are more than 0, within 3 days, then “report_created” or “export_finished” within 2 weeks. As of 2026-03-31 12:00:00 UTC. */
SELECT
  "accounts"."id"
FROM "accounts"
LEFT JOIN "sequence_1"
  ON "sequence_1"."account_id" = "accounts"."id"
WHERE
  "sequence_1"."account_id" IS NOT NULL
