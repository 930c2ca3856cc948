"""Many bookings at once, spread as in real years: for lists, files and their measuring."""

import asyncpg

AT_ONCE = 100_000
_INSERT = """
    INSERT INTO booking (booking_id, number, procedure_id, person_group, person_key, birth_digest,
        office_id, window_id, starts_at, minutes, visitor, channel, language, status, outcome,
        booked_at, version)
    SELECT md5('booking' || n)::uuid,
        'N' || upper(lpad(to_hex(n::bigint * 7919 % 10000019), 9, '0')),
        procedures[1 + (n * 31 % 97) % cardinality(procedures)], 'g', 'person' || n, 'digest',
        offices[1 + (n * 17 % 89) % cardinality(offices)], 1 + n % 8, day,
        30, 'self', (ARRAY['web','web','web','web','web','web','web','phone','phone','counter'])
            [1 + (n * 13 % 101) % 10], 'ja',
        CASE WHEN n % 12 = 0 THEN 'cancelled' WHEN day > clock() THEN 'confirmed'
            WHEN n % 15 = 0 THEN 'missed' ELSE 'finished' END,
        CASE WHEN n % 12 <> 0 AND n % 15 <> 0 AND day <= clock() THEN 'done' END,
        least(day - make_interval(hours => 24 + (n * 37 % 1009)),
            clock() - make_interval(mins => n % 40000)), 1
    FROM generate_series($1::integer, $2::integer) AS n,
        LATERAL (SELECT date_trunc('hour', clock()) + interval '60 days'
            - (n - $3::integer) * $4::float8 * interval '1 day') AS spread (day),
        (SELECT array_agg(office_id ORDER BY position, office_id) AS offices FROM office) AS o,
        (SELECT array_agg(procedure_id ORDER BY position, procedure_id) AS procedures
            FROM procedure) AS p
"""


async def add_bookings(owner_url: str, count: int, first: int = 1, years: int = 1) -> None:
    """`count` bookings of the last `years` and of the next two months, at all offices and for all
    procedures.

    As the owner, who may also renew the statistics that plans depend on.
    """
    each = (365 * years + 60) / count
    connection = await asyncpg.connect(owner_url)
    try:
        for begin in range(first, first + count, AT_ONCE):
            end = min(begin + AT_ONCE, first + count) - 1
            await connection.execute(_INSERT, begin, end, first, each, timeout=120)
        await connection.execute("VACUUM ANALYZE booking", timeout=300)
    finally:
        await connection.close()
