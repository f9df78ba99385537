import Electricity
import Postgres

/// What the work on imports asks of the database, whatever they bring.
extension ImportWork {
    /// An import that has a step to be taken.
    struct Next: Row {
        static let columns = ["import_id"]
        let importId: UUID

        init(_ row: inout RowDecoder) throws(RowError) {
            importId = try row.uuid()
        }
    }

    static let next = Statement<Next>(
        "import_work_next",
        """
        -- The import whose step is due for longest.
        select import_id from imports where state in ('validating', 'committing', 'rolling_back')
        order by created_at limit 1
        """)

    static let cleared = Statement<Next>(
        "import_work_cleared",
        """
        -- An import whose staged rows nobody needs any more: it is in use or taken back, or nobody
        -- has touched it for a week.
        select import_id from imports
        where cleared_at is null and (state in ('committed', 'rolled_back')
            or state = 'invalid' and updated_at <= $1::timestamptz - interval '7 days')
        order by updated_at limit 1
        """)

    static let clearStaged = Statement<Done>(
        "import_work_clear_staged",
        """
        -- Empties tables $2, in which imports of kinds $3 wait, if import $1 is the only one there.
        select clear_staged($1, $2, $3) as is_done
        """)

    static let noteCleared = Command(
        "import_work_note_cleared",
        """
        -- What was staged for import $1 is gone.
        update imports set cleared_at = $2 where import_id = $1
        """)

    static let giveBack = Command(
        "import_work_give_back",
        """
        -- A step that cannot be taken: the import is as it was before, with the reason.
        update imports
        set state = case state
                when 'committing' then 'validated' when 'rolling_back' then 'committed'
                else 'invalid' end, fault = $2, updated_at = $3
        where import_id = $1 and state in ('validating', 'committing', 'rolling_back')
        """)

    static let judge = Command(
        "import_work_judge",
        """
        -- Import $1 is valid, unless it has faults or is not what was announced.
        update imports
        set fault_count = fault_count + $2, new_count = $3, corrected_count = $4,
            cancelled_count = $5, unchanged_count = $6,
            message_count = case when sends_messages then $7 else 0 end, anomalies = $9,
            approved_by = null, updated_at = $8,
            fault = case
                when row_count = 0 then 'no_rows'
                when row_count <> expected_rows then 'expected_rows'
                when total <> expected_total then 'expected_total'
                end,
            state = case
                when fault_count + $2 > 0 or row_count = 0 or row_count <> expected_rows
                    or total <> expected_total then 'invalid'
                else 'validated' end
        where import_id = $1
        """)

    static let finish = Command(
        "import_work_finish",
        """
        -- Import $1 is in use.
        update imports set state = 'committed', committed_at = $2, updated_at = $2
        where import_id = $1
        """)

    static let commit = Command(
        "import_work_commit",
        """
        -- Import $1 is to be put into use.
        update imports set state = 'committing', fault = null, updated_at = $2
        where import_id = $1
        """)

    // MARK: Taking it back

    /// Why an import cannot be taken back; nil when it was.
    struct Rollback: Row {
        static let columns = ["reason"]
        let reason: String?

        init(_ row: inout RowDecoder) throws(RowError) {
            reason = try row.optionalString()
        }
    }

    static let rollBack = Statement<Rollback>(
        "import_work_roll_back",
        """
        -- Takes back import $1 of bills, or says why not.
        select roll_back_bills($1) as reason
        """)

    static let endRollback = Command(
        "import_work_end_rollback",
        """
        -- Import $1 is taken back.
        update imports set state = 'rolled_back', fault = null, updated_at = $2
        where import_id = $1
        """)
}
