WITH "sequence_1_step_1" AS (
  /* companies with “trial_started”, then “import_finished” where rows are more than 0, within 3 days, then “report_created” or “export_finished” within 2 weeks */
  SELECT
    "e"."account_id" AS "account_id",
    "e"."timestamp"
  FROM (
    SELECT
      COALESCE("e"."account_id", "u"."company_id") AS "account_id",
      "e"."timestamp" AS "timestamp"
    FROM "trial_started" AS "e"
    LEFT JOIN "users" AS "u"
      ON "u"."id" = "e"."user_id"
    WHERE
      "e"."timestamp" < CAST('2026-03-31 12:00:00+00:00' AS TIMESTAMP WITH TIME ZONE)
  ) AS "e"
  WHERE
    "e"."account_id" IN (
      SELECT
        "e"."account_id"
      FROM (
        SELECT
          COALESCE("e"."account_id", "u"."company_id") AS "account_id",
          "e"."timestamp" AS "timestamp"
        FROM "import_finished" AS "e"
        LEFT JOIN "users" AS "u"
          ON "u"."id" = "e"."user_id"
        WHERE
          "e"."timestamp" < CAST('2026-03-31 12:00:00+00:00' AS TIMESTAMP WITH TIME ZONE)
          AND "e"."rows" > 0
      ) AS "e"
      WHERE
        "e"."account_id" IN (
          SELECT
            "e"."account_id"
          FROM (
            SELECT
              COALESCE("e"."account_id", "u"."company_id") AS "account_id",
              "e"."timestamp" AS "timestamp"
            FROM "export_finished" AS "e"
            LEFT JOIN "users" AS "u"
              ON "u"."id" = "e"."user_id"
            WHERE
              "e"."timestamp" < CAST('2026-03-31 12:00:00+00:00' AS TIMESTAMP WITH TIME ZONE)
            UNION ALL
            SELECT
              COALESCE("e"."account_id", "u"."company_id") AS "account_id",
              "e"."timestamp" AS "timestamp"
            FROM "report_created" AS "e"
            LEFT JOIN "users" AS "u"
              ON "u"."id" = "e"."user_id"
            WHERE
              "e"."timestamp" < CAST('2026-03-31 12:00:00+00:00' AS TIMESTAMP WITH TIME ZONE)
          ) AS "e"
        )
    )
), "sequence_1_slots_1" AS (
  SELECT
    "e"."account_id" AS "account_id",
    (
      (
        epoch_us("e"."timestamp") + 62135596800000000
      ) // 1000000
    ) - MOD((
      epoch_us("e"."timestamp") + 62135596800000000
    ) // 1000000, 259200) AS "slot",
    MIN("e"."timestamp") AS "first",
    MAX("e"."timestamp") AS "last"
  FROM "sequence_1_step_1" AS "e"
  GROUP BY
    "e"."account_id",
    (
      (
        epoch_us("e"."timestamp") + 62135596800000000
      ) // 1000000
    ) - MOD((
      epoch_us("e"."timestamp") + 62135596800000000
    ) // 1000000, 259200)
), "sequence_1_step_2" AS (
  SELECT
    "e"."account_id" AS "account_id",
    "e"."timestamp"
  FROM (
    SELECT
      COALESCE("e"."account_id", "u"."company_id") AS "account_id",
      "e"."timestamp" AS "timestamp"
    FROM "import_finished" AS "e"
    LEFT JOIN "users" AS "u"
      ON "u"."id" = "e"."user_id"
    WHERE
      "e"."timestamp" < CAST('2026-03-31 12:00:00+00:00' AS TIMESTAMP WITH TIME ZONE)
      AND "e"."rows" > 0
  ) AS "e"
  LEFT JOIN "sequence_1_slots_1" AS "same"
    ON "same"."account_id" = "e"."account_id"
    AND "same"."slot" = (
      (
        epoch_us("e"."timestamp") + 62135596800000000
      ) // 1000000
    ) - MOD((
      epoch_us("e"."timestamp") + 62135596800000000
    ) // 1000000, 259200)
  LEFT JOIN "sequence_1_slots_1" AS "next"
    ON "next"."account_id" = "e"."account_id"
    AND "next"."slot" = (
      (
        (
          epoch_us("e"."timestamp") + 62135596800000000
        ) // 1000000
      ) - MOD((
        epoch_us("e"."timestamp") + 62135596800000000
      ) // 1000000, 259200)
    ) - 259200
  WHERE
    "same"."first" < "e"."timestamp"
    OR epoch_us("e"."timestamp") - epoch_us("next"."last") <= 259200000000
), "sequence_1_slots_2" AS (
  SELECT
    "e"."account_id" AS "account_id",
    (
      (
        epoch_us("e"."timestamp") + 62135596800000000
      ) // 1000000
    ) - MOD((
      epoch_us("e"."timestamp") + 62135596800000000
    ) // 1000000, 1209600) AS "slot",
    MIN("e"."timestamp") AS "first",
    MAX("e"."timestamp") AS "last"
  FROM "sequence_1_step_2" AS "e"
  GROUP BY
    "e"."account_id",
    (
      (
        epoch_us("e"."timestamp") + 62135596800000000
      ) // 1000000
    ) - MOD((
      epoch_us("e"."timestamp") + 62135596800000000
    ) // 1000000, 1209600)
), "sequence_1_step_3" AS (
  SELECT
    "e"."account_id" AS "account_id",
    "e"."timestamp"
  FROM (
    SELECT
      COALESCE("e"."account_id", "u"."company_id") AS "account_id",
      "e"."timestamp" AS "timestamp"
    FROM "export_finished" AS "e"
    LEFT JOIN "users" AS "u"
      ON "u"."id" = "e"."user_id"
    WHERE
      "e"."timestamp" < CAST('2026-03-31 12:00:00+00:00' AS TIMESTAMP WITH TIME ZONE)
    UNION ALL
    SELECT
      COALESCE("e"."account_id", "u"."company_id") AS "account_id",
      "e"."timestamp" AS "timestamp"
    FROM "report_created" AS "e"
    LEFT JOIN "users" AS "u"
      ON "u"."id" = "e"."user_id"
    WHERE
      "e"."timestamp" < CAST('2026-03-31 12:00:00+00:00' AS TIMESTAMP WITH TIME ZONE)
  ) AS "e"
  LEFT JOIN "sequence_1_slots_2" AS "same"
    ON "same"."account_id" = "e"."account_id"
    AND "same"."slot" = (
      (
        epoch_us("e"."timestamp") + 62135596800000000
      ) // 1000000
    ) - MOD((
      epoch_us("e"."timestamp") + 62135596800000000
    ) // 1000000, 1209600)
  LEFT JOIN "sequence_1_slots_2" AS "next"
    ON "next"."account_id" = "e"."account_id"
    AND "next"."slot" = (
      (
        (
          epoch_us("e"."timestamp") + 62135596800000000
        ) // 1000000
      ) - MOD((
        epoch_us("e"."timestamp") + 62135596800000000
      ) // 1000000, 1209600)
    ) - 1209600
  WHERE
    "same"."first" < "e"."timestamp"
    OR epoch_us("e"."timestamp") - epoch_us("next"."last") <= 1209600000000
), "sequence_1" AS (
  SELECT
    "e"."account_id" AS "account_id"
  FROM "sequence_1_step_3" AS "e"
  GROUP BY
    "e"."account_id"
)
/* Companies with “trial_started”, then “import_finished” where rows are more than 0, within 3 days, then “report_created” or “export_finished” within 2 weeks. As of 2026-03-31 12:00:00 UTC. */
SELECT
  "accounts"."id" AS "id"
FROM "accounts"
LEFT JOIN "sequence_1"
  ON "sequence_1"."account_id" = "accounts"."id"
WHERE
  "sequence_1"."account_id" IS NOT NULL
