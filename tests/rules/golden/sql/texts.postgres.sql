/* People whose first name is “O’Brien” (ignoring case, or is not known) and whose plan is known but is not “free” or “trial” and whose country matches the pattern “^[A-Z]{2}$” and who are not among those whose plan contains “50%_\”, and whose plan ends with “é”. As of 2026-03-31 12:00:00 UTC. */
SELECT
  "users"."id" AS "id"
FROM "users"
WHERE
  (
    REPLACE(
      LOWER(REPLACE("users"."first_name" COLLATE "C", 'İ', 'i') COLLATE "pg_c_utf8"),
      'ς',
      'σ'
    ) = 'o''brien'
    OR "users"."first_name" IS NULL
  )
  AND NOT (
    "users"."plan" COLLATE "C" IN ('free', 'trial')
  )
  AND REGEXP_LIKE("users"."country" COLLATE "C", '^[A-Z]{2}$')
  AND NOT COALESCE(STRPOS("users"."plan" COLLATE "C", '50%_\') > 0, FALSE)
  AND RIGHT("users"."plan" COLLATE "C", 1) = 'é'
