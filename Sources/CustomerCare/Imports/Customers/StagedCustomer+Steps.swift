import Electricity
import Postgres

extension StagedCustomer {
    static func faults(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> [FoundFault] {
        try await link.query(faults, .uuid(found.importId), .timestamp(found.asOf))
    }

    static func difference(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> ImportDifference? {
        try await link.query(compare, .uuid(found.importId)).first
    }

    static func commit(
        _ found: Import, at now: Instant, on link: BulkLink
    ) async throws(DatabaseError) {
        let id = Parameter.uuid(found.importId)
        try await link.run(insertUnits, id)
        // Nobody is verified by what the former holder was known by while this runs.
        _ = try await link.query(lockHolders, id)
        // Both sides of the edge, while it can still be told who held the contract before.
        if found.sendsMessages {
            try await link.run(
                tellFollowers, id, .text(MessageTopic.holderChanged.rawValue),
                .timestamp(QuietHours.end(of: now)), .timestamp(now))
        }
        try await link.run(suspendSubscriptions, id)
        try await link.run(removeFollowers, id)
        try await link.run(insertCustomers, id, .timestamp(found.asOf))
    }

    static let faults = Statement<FoundFault>(
        "customer_import_faults",
        """
        -- Which lines of import $1, whose data are of $2, do not fit what is known: a thousand.
        -- scan: all of an import is looked at.
        with found as (
            select d.line, '#/customerCode' as field, 'duplicate' as code
            from (
                select line, count(*) over (partition by customer_code) as times
                from staged_customers where import_id = $1
            ) d
            where d.times > 1
            union all
            select s.line, '#/customerCode', 'outdated'
            from staged_customers s
            join customers c on c.customer_code = s.customer_code and c.as_of > $2
            where s.import_id = $1 and c.fingerprint is distinct from s.fingerprint
            union all
            select s.line, '#/unitCode', 'unknown_unit'
            from staged_customers s
            left join managing_units u on u.unit_code = s.unit_code
            where s.import_id = $1 and u.unit_code is null and s.unit_name is null
        )
        select line, field, code, count(*) over () as fault_count from found
        order by line, field limit 1000
        """)

    static let compare = Statement<ImportDifference>(
        "customer_import_compare",
        """
        -- What import $1 would change.
        -- scan: all of an import is looked at.
        select count(*) filter (where c.customer_code is null) as new_count,
            count(*) filter (where c.customer_code is not null
                and c.fingerprint is distinct from s.fingerprint
                and not (c.contract_status = 'active' and s.contract_status = 'ended'))
                as corrected_count,
            count(*) filter (where c.fingerprint is distinct from s.fingerprint
                and c.contract_status = 'active' and s.contract_status = 'ended')
                as cancelled_count,
            count(*) filter (where c.fingerprint = s.fingerprint) as unchanged_count,
            0::bigint as total, coalesce(sum(f.followers), 0)::bigint as message_count
        from staged_customers s
        left join customers c on c.customer_code = s.customer_code
        -- Of those whose contract gets another holder.
        left join lateral (
            select count(*) as followers
            from followers w
            where w.customer_code = s.customer_code
                and ((c.holder_name_index <> s.holder_name_index
                        and (c.national_id_index = s.national_id_index) is not true)
                    or c.national_id_index <> s.national_id_index)
        ) f on true
        where s.import_id = $1
        """)

    static let insertUnits = Command(
        "customer_import_insert_units",
        """
        -- Units that import $1 names for the first time.
        -- scan: all of an import is looked at.
        insert into managing_units (unit_code, name)
        select distinct on (unit_code) unit_code, unit_name
        from staged_customers
        where import_id = $1 and unit_name is not null
        order by unit_code, line
        on conflict (unit_code) do nothing
        """)

    // A contract has another holder when the name is another one, unless both are known by the same
    // card; or when the cards differ. A corrected spelling is no other name: indexes are of letters
    // without marks.

    static let lockHolders = Statement<RowCount>(
        "customer_import_lock_holders",
        """
        -- How many codes get another holder by import $1, each locked.
        -- scan: all of an import is looked at.
        select count(*) as row_count
        from (
            select c.customer_code
            from staged_customers s
            join customers c on c.customer_code = s.customer_code
            where s.import_id = $1
                and ((c.holder_name_index <> s.holder_name_index
                            and (c.national_id_index = s.national_id_index) is not true)
                    or c.national_id_index <> s.national_id_index)
            order by c.customer_code
            for update of c
        ) locked
        """)

    static let tellFollowers = Command(
        "customer_import_tell_followers",
        """
        -- One message of topic $2, due at $3, for whoever follows a code whose holder changes with
        -- import $1. It is about no code of theirs any more, and so bears none.
        -- scan: all of an import is looked at.
        insert into outbox (slot, message_id, account_id, topic, parameters, state, due_at,
            attempts, created_at)
        select slot_of(f.account_id),
            message_id_of($2::text || '/' || $1::uuid || '/' || f.account_id || '/'
                || f.customer_code),
            f.account_id, $2, json_build_object('customerCode', f.customer_code), 'waiting', $3, 0,
            $4
        from staged_customers s
        join customers c on c.customer_code = s.customer_code
        join followers f on f.customer_code = s.customer_code
        where s.import_id = $1
            and ((c.holder_name_index <> s.holder_name_index
                    and (c.national_id_index = s.national_id_index) is not true)
                or c.national_id_index <> s.national_id_index)
        on conflict do nothing
        """)

    static let suspendSubscriptions = Command(
        "customer_import_suspend_subscriptions",
        """
        -- Whoever followed a code whose holder changes with import $1 must be verified again.
        -- scan: all of an import is looked at.
        update subscriptions u
        set state = 'reverification_required', assurance = null
        from staged_customers s
        join customers c on c.customer_code = s.customer_code
        join followers f on f.customer_code = s.customer_code
        where s.import_id = $1 and u.account_id = f.account_id
            and u.subscription_id = f.subscription_id
            and ((c.holder_name_index <> s.holder_name_index
                    and (c.national_id_index = s.national_id_index) is not true)
                or c.national_id_index <> s.national_id_index)
        """)

    static let removeFollowers = Command(
        "customer_import_remove_followers",
        """
        -- The same by customer code: nobody sees the new holder's data meanwhile.
        -- scan: all of an import is looked at.
        delete from followers f
        using staged_customers s
        join customers c on c.customer_code = s.customer_code
        where s.import_id = $1 and f.customer_code = s.customer_code
            and ((c.holder_name_index <> s.holder_name_index
                    and (c.national_id_index = s.national_id_index) is not true)
                or c.national_id_index <> s.national_id_index)
        """)

    static let insertCustomers = Command(
        "customer_import_insert_customers",
        """
        -- The customers of import $1, as of $2; those that have not changed are not written.
        -- scan: all of an import is looked at.
        insert into customers as c (customer_code, sealed_holder_name, sealed_phone,
            sealed_national_id, sealed_address, holder_name_index, phone_index, national_id_index,
            usage_purpose, household_count, periods_per_month, contract_status, unit_code,
            next_reading_on, contracted_capacity_kw, supply_suspended_on, fingerprint, credit,
            as_of)
        select s.customer_code, s.sealed_holder_name, s.sealed_phone, s.sealed_national_id,
            s.sealed_address, s.holder_name_index, s.phone_index, s.national_id_index,
            s.usage_purpose, s.household_count, s.periods_per_month, s.contract_status,
            s.unit_code, s.next_reading_on, s.contracted_capacity_kw, s.supply_suspended_on,
            s.fingerprint, 0, $2
        from staged_customers s
        where s.import_id = $1
        on conflict (customer_code) do update
        set sealed_holder_name = excluded.sealed_holder_name,
            sealed_phone = excluded.sealed_phone,
            sealed_national_id = excluded.sealed_national_id,
            sealed_address = excluded.sealed_address,
            holder_name_index = excluded.holder_name_index, phone_index = excluded.phone_index,
            national_id_index = excluded.national_id_index,
            usage_purpose = excluded.usage_purpose, household_count = excluded.household_count,
            periods_per_month = excluded.periods_per_month,
            contract_status = excluded.contract_status, unit_code = excluded.unit_code,
            next_reading_on = excluded.next_reading_on,
            contracted_capacity_kw = excluded.contracted_capacity_kw,
            supply_suspended_on = excluded.supply_suspended_on,
            fingerprint = excluded.fingerprint, as_of = excluded.as_of
        where c.fingerprint is distinct from excluded.fingerprint
        """)
}
