WITH "logged_in_1" AS (
  /* companies with “logged_in” at least 10 times */
  SELECT
    "e"."account_id",
    COUNT(*) AS "count_1"
  FROM (
    SELECT
      COALESCE("e"."account_id", "u"."company_id") AS "account_id",
      "e"."timestamp" AS "timestamp"
    FROM "logged_in" AS "e"
    LEFT JOIN "users" AS "u"
      ON "u"."id" = "e"."user_id"
  ) AS "e"
  WHERE
    "e"."timestamp" < CAST('2026-03-31 12:00:00+00:00' AS TIMESTAMPTZ)
  GROUP BY
    "e"."account_id"
), "company_1" AS (
  /* companies whose industry is Retail or Energy */
  SELECT
    "accounts"."id" AS "id"
  FROM "accounts"
  WHERE
    COLLATE("accounts"."industry", 'case_sensitive') IN ('Retail', 'Energy')
), "people_1" AS (
  /* companies with no person with newsletter set to yes */
  SELECT
    "users"."company_id" AS "company_id",
    COUNT(*) AS "people"
  FROM "users"
  WHERE
    "users"."newsletter" = TRUE
  GROUP BY
    "users"."company_id"
), "company_2" AS (
  /* companies with “logged_in” at least 10 times and with no person with newsletter set to yes */
  SELECT
    "accounts"."id" AS "id"
  FROM "accounts"
  LEFT JOIN "logged_in_1"
    ON "logged_in_1"."account_id" = "accounts"."id"
  LEFT JOIN "people_1"
    ON "people_1"."company_id" = "accounts"."id"
  WHERE
    "logged_in_1"."count_1" >= 10
    AND (
      "people_1"."people" IS NULL OR "people_1"."people" = 0
    )
), "segment_2" AS (
  /* people who are in the segment “vips” */
  SELECT
    "users"."id" AS "id"
  FROM "users"
  WHERE
    TRUE
), "segment_1" AS (
  /* people who are in the segment “quiet” */
  SELECT
    "users"."id" AS "id"
  FROM "users"
  LEFT JOIN "segment_2"
    ON "segment_2"."id" = "users"."id"
  WHERE
    "segment_2"."id" IS NOT NULL
)
/* People who belong to a company whose industry is Retail or Energy, and who belong to a company (with “logged_in” at least 10 times and with no person with newsletter set to yes), and who are in the segment “quiet” and (whose signed-up time is on or after 1 January 2026 or whose age is not known). As of 2026-03-31 12:00:00 UTC. */
SELECT
  "users"."id" AS "id"
FROM "users"
LEFT JOIN "company_1"
  ON "company_1"."id" = "users"."company_id"
LEFT JOIN "company_2"
  ON "company_2"."id" = "users"."company_id"
LEFT JOIN "segment_1"
  ON "segment_1"."id" = "users"."id"
WHERE
  "company_1"."id" IS NOT NULL
  AND "company_2"."id" IS NOT NULL
  AND "segment_1"."id" IS NOT NULL
  AND (
    "users"."signed_up_at" >= CAST('2026-01-01 00:00:00+00:00' AS TIMESTAMPTZ)
    OR "users"."age" IS NULL
  )
