"""What the page asks of the lake's tables, in DuckDB's SQL. Every instant is UTC."""

SPAN = "SELECT min(created_at), max(created_at) FROM silver.tweets"

VOLUME = """
SELECT subject, date_trunc($step, created_at) AS start, count(*) AS posts
FROM silver.tweets WHERE created_at IS NOT NULL GROUP BY ALL ORDER BY 1, 2
"""

PLACES = """
SELECT coalesce(p.full_name, 'place ' || t.place_id), coalesce(p.country, ''), t.posts
FROM (SELECT place_id, count(DISTINCT id) AS posts FROM silver.tweets WHERE place_id IS NOT NULL GROUP BY ALL) t
LEFT JOIN silver.places p ON p.id = t.place_id
ORDER BY t.posts DESC, t.place_id LIMIT $most
"""

AUTHORS = """
SELECT coalesce('@' || u.username, 'user ' || t.author_id), coalesce(u.name, ''), t.posts
FROM (SELECT author_id, count(DISTINCT id) AS posts FROM silver.tweets WHERE author_id IS NOT NULL GROUP BY ALL) t
LEFT JOIN silver.users u ON u.id = t.author_id
ORDER BY t.posts DESC, t.author_id LIMIT $most
"""

LANGUAGES = """
SELECT coalesce(lang, ''), '', count(DISTINCT id) AS posts
FROM silver.tweets GROUP BY ALL ORDER BY posts DESC, 1 LIMIT $most
"""

QUARANTINE = """
SELECT kind, subject, count(*) AS times, arg_min(message, (file_name, line)), min(file_name)
FROM bronze.quarantine GROUP BY kind, subject ORDER BY times DESC, 1, 2 LIMIT $most
"""

API_ERRORS = """
SELECT coalesce(title, 'untitled'), subject, count(*) AS times, arg_min(detail, (file_name, page, page_row)),
    min(file_name)
FROM bronze.api_errors GROUP BY title, subject ORDER BY times DESC, 1, 2 LIMIT $most
"""

QUALITY = """
SELECT kind, concat_ws('.', nullif(table_name, ''), column_name), count(*) AS times,
    arg_min(value, (file_name, page, page_row)), min(file_name)
FROM bronze.quality WHERE kind <> 'unknown-field'
GROUP BY kind, table_name, column_name ORDER BY times DESC, 1, 2 LIMIT $most
"""

UNKNOWN_FIELDS = """
SELECT column_name, coalesce(nullif(table_name, ''), 'page'), sum(coalesce(try_cast(value AS BIGINT), 1))::BIGINT
    AS times, '', min(file_name)
FROM bronze.quality WHERE kind = 'unknown-field'
GROUP BY column_name, table_name ORDER BY times DESC, 1, 2 LIMIT $most
"""

RUNS = """
SELECT flow, state, started_at, coalesce(seconds, 0), coalesce(posts, 0), coalesce(new_tweets, 0), coalesce(error, '')
FROM ops.runs ORDER BY started_at DESC, run_id, attempt LIMIT $most
"""
