/* People whose first name is “O’Brien” (ignoring case, or is not known) and whose plan is known but is not “free” or “trial” and whose country matches the pattern “^[A-Z]{2}$” and who are not among those whose plan contains “50%_\”, and whose plan ends with “é”. As of 2026-03-31 12:00:00 UTC. */
SELECT
  "users"."id" AS "id"
FROM "users"
WHERE
  (
    REPLACE(LOWER(REPLACE("users"."first_name", 'İ', 'i')), 'ς', 'σ') = 'o''brien'
    OR "users"."first_name" IS NULL
  )
  AND NOT (
    "users"."plan" IN ('free', 'trial')
  )
  AND regexp_matches("users"."country", '^[A-Z]{2}$')
  AND NOT COALESCE(contains("users"."plan", '50%_\'), FALSE)
  AND ends_with("users"."plan", 'é')
