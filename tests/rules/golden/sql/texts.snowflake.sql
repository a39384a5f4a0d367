/* People whose first name is “O’Brien” (ignoring case, or is not known) and whose plan is known but is not “free” or “trial” and whose country matches the pattern “^[A-Z]{2}$” and who are not among those whose plan contains “50%_\”, and whose plan ends with “é”. As of 2026-03-31 12:00:00 UTC. */
SELECT
  "users"."id" AS "id"
FROM "users"
WHERE
  (
    REPLACE(LOWER(REPLACE(COLLATE("users"."first_name", ''), 'İ', 'i')), 'ς', 'σ') = 'o\'brien'
    OR "users"."first_name" IS NULL
  )
  AND NOT (
    COLLATE("users"."plan", '') IN ('free', 'trial')
  )
  AND REGEXP_LIKE(COLLATE("users"."country", ''), '.*(^[A-Z]{2}$).*', 'cs')
  AND NOT COALESCE(CONTAINS(COLLATE("users"."plan", ''), '50%_\\'), FALSE)
  AND ENDSWITH(COLLATE("users"."plan", ''), 'é')
