import Postgres

extension ExpirySweep {
    static let lapsedImports = Command(
        "expiry_sweep_lapsed_imports",
        """
        -- Imports that nobody has committed for seven days: their content has to be sent again. Its
        -- digest goes, or the same content would be taken as read.
        update imports set state = 'invalid', fault = 'lapsed', content_digest = null
        where state = 'validated' and updated_at <= $1::timestamptz - interval '7 days'
            and import_id in (
                select import_id from imports
                where state = 'validated' and updated_at <= $1::timestamptz - interval '7 days'
                limit $2)
        """)
}
