-- Taking back the newest import of bills (docs/decisions/0024).

-- What stands there instead of what was wanted; stars where it is personal.
alter table import_faults add column value text;

alter table imports drop constraint imports_state_check;
alter table imports add constraint imports_state_check check (state in (
    'awaiting_content', 'validating', 'invalid', 'validated', 'committing', 'committed',
    'rolling_back', 'rolled_back'));
drop index imports_state_idx;
create index imports_state_idx on imports (created_at)
    where state in ('validating', 'committing', 'rolling_back');
-- The months that its bills are of, so that they are found again.
alter table imports add column months date[];

-- Takes back what import $1 has brought, which is being rolled back: its revisions go, what is owed
-- follows the ones before, and what waits to be told of them is not told. Says why not, or nothing.
--
-- It runs with the rights of the owner: the service's role deletes no bill. No more can be had done
-- by it than to take back the newest import of bills of the last week, none of which is paid or
-- being paid; the billing system, which is the master, can bring it again.
create function roll_back_bills(import uuid) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    imp imports;
    bill_kind text;
begin
    select * into imp from imports where import_id = import for update;
    if imp.state is distinct from 'rolling_back' or imp.kind not in ('bills', 'reactiveBills') then
        return 'refused';
    end if;
    if imp.committed_at < imp.updated_at - interval '7 days' or imp.months is null then
        return 'too_late';
    end if;
    if exists (
        select from imports i
        where i.kind = imp.kind and i.state in ('committed', 'committing')
            and i.import_id <> import and coalesce(i.committed_at, 'infinity') > imp.committed_at
    ) then
        return 'newer_import';
    end if;
    bill_kind := case imp.kind when 'bills' then 'active' else 'reactive' end;
    create temporary table taken_back on commit drop as
        select b.customer_code, b.month, b.period_number, b.revision
        from bills b
        where b.month = any(imp.months) and b.month >= imp.months[1] and b.kind = bill_kind
            and b.as_of = imp.as_of;
    create index on taken_back (customer_code, month, period_number);
    analyze taken_back;
    perform from bill_balances n
        join taken_back t on t.customer_code = n.customer_code and t.month = n.month
            and t.period_number = n.period_number
        where n.kind = bill_kind
        order by n.customer_code, n.month, n.period_number
        for update of n;
    if exists (
        select from bill_balances n
        join taken_back t on t.customer_code = n.customer_code and t.month = n.month
            and t.period_number = n.period_number
        where n.kind = bill_kind and (n.paid > 0 or n.pending > 0)
    ) then
        return 'bills_paid';
    end if;
    if exists (
        select from bill_balances n
        join taken_back t on t.customer_code = n.customer_code and t.month = n.month
            and t.period_number = n.period_number
        where n.kind = bill_kind
        group by n.customer_code, n.month, n.period_number, n.revision
        having n.revision > max(t.revision)
    ) then
        return 'newer_revision';
    end if;
    delete from bills b using taken_back t
        where b.customer_code = t.customer_code and b.month = t.month
            and b.period_number = t.period_number and b.kind = bill_kind
            and b.revision = t.revision;
    -- What is owed of a bill that was there before is what it asked for then.
    update bill_balances n
        set revision = e.revision, due_on = e.due_on,
            billed = case when e.status = 'cancelled' then 0 else e.total end
        from (
            select distinct on (b.customer_code, b.month, b.period_number) b.customer_code,
                b.month, b.period_number, b.revision, b.due_on, b.status, b.total
            from bills b
            join taken_back t on t.customer_code = b.customer_code and t.month = b.month
                and t.period_number = b.period_number
            where b.kind = bill_kind
            order by b.customer_code, b.month, b.period_number, b.revision desc
        ) e
        where n.customer_code = e.customer_code and n.month = e.month
            and n.period_number = e.period_number and n.kind = bill_kind;
    delete from bill_balances n using taken_back t
        where n.customer_code = t.customer_code and n.month = t.month
            and n.period_number = t.period_number and n.kind = bill_kind
            and not exists (
                select from bills b
                where b.customer_code = n.customer_code and b.month = n.month
                    and b.period_number = n.period_number and b.kind = bill_kind);
    -- First no more of them, which waits for those that are just being written.
    update announcements a set done_at = imp.updated_at
        where a.event like 'import/' || import || '/%' and a.done_at is null;
    delete from outbox o using announcements a
        where a.event like 'import/' || import || '/%' and o.announcement_id = a.announcement_id
            and o.state = 'waiting';
    return null;
end;
$$;
revoke execute on function roll_back_bills(uuid) from public;

do $$
begin
    if exists (select from pg_roles where rolname = 'customer_care_service') then
        grant execute on function roll_back_bills(uuid) to customer_care_service;
    end if;
end;
$$;
