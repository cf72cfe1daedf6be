"""The part of the work that regular expressions in SQL can do, on all cores, by DuckDB. No phones.

    normalize-regex.py INPUT OUTPUT
"""

import sys

import duckdb

source, target = sys.argv[1:]
duckdb.sql(
    f"""
    COPY (
      WITH cleaned AS (
        SELECT *,
          CASE WHEN regexp_matches(trim("Email"), '^[^@\\s<>]+@[A-Za-z0-9.-]+\\.[A-Za-z]{{2,}}$')
            THEN regexp_replace(lower(trim("Email")), '\\+[^@]*@', '@') ELSE '' END AS normalized_email,
          trim("First Name") AS normalized_first_name, trim("Last Name") AS normalized_last_name,
          trim("Company Name") AS normalized_company_name,
          regexp_replace(regexp_extract(lower("Website URL"), '^(?:[a-z]+://)?(?:[^/@]*@)?([^/:?#]+)', 1), '^www\\.', '')
            AS site,
          lower(regexp_extract("LinkedIn URL", '(?i)^(?:https?://)?(?:[a-z]{{1,3}}\\.)?(?:linkedin\\.com)?/?in/([^/?#]+)', 1))
            AS slug
        FROM read_csv('{source}', all_varchar = true, header = true, nullstr = '\\N')
      ), named AS (
        SELECT * EXCLUDE (site, slug),
          CASE WHEN site <> '' THEN site ELSE regexp_extract(normalized_email, '@(.+)$', 1) END AS normalized_company_domain,
          CASE WHEN slug <> '' THEN 'https://www.linkedin.com/in/' || slug ELSE '' END AS normalized_linkedin_url
        FROM cleaned
      )
      SELECT *,
        CASE WHEN normalized_email <> '' THEN 'email:' || normalized_email
          WHEN normalized_linkedin_url <> '' THEN 'linkedin:' || normalized_linkedin_url
          WHEN normalized_first_name <> '' AND normalized_last_name <> '' AND normalized_company_domain <> ''
            THEN 'name:' || lower(normalized_first_name) || '|' || lower(normalized_last_name) || '|' || normalized_company_domain
          ELSE '' END AS identity_key
      FROM named
    ) TO '{target}' (HEADER, DELIMITER ',')
    """
)
