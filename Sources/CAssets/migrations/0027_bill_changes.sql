-- What an import of bills changes is found once, and what waits goes at once
-- (docs/decisions/0029).

-- JSON that is only kept until it is in use is looked at when it is written to bills.
alter table staged_bills alter column readings type text, alter column lines type text;

-- What was noted of the lines of an import while they were read: the bills of each of its months,
-- and VND of them, and whether each line stands behind the one before, so that none comes twice.
alter table imports add column month_counts bigint[], add column month_totals bigint[],
    add column is_ascending boolean not null default false;
-- How often imports had changed bills when this one was held against them: see staged_bill_changes.
alter table imports add column bills_standing bigint;

-- The lines of an import of bills that are not in use already, and what is owed by them; is_known
-- says that an older revision is. As it was when the import was held against what is known: if
-- bills have changed since, it is found anew. Distributed by customer_code.
create table staged_bill_changes (
    import_id uuid not null,
    line bigint not null,
    customer_code text not null,
    month date not null,
    period_number smallint not null,
    kind text not null,
    revision smallint not null,
    is_cancelled boolean not null,
    billed bigint not null,
    due_on date not null,
    is_known boolean not null
);
create index staged_bill_changes_import_id_idx on staged_bill_changes using brin (import_id);

-- Empties tables in which imports of some kinds are staged, unless one of them may still be
-- needed: import $1 is the one that is not. To delete its rows one by one would take as long as
-- staging them, and leave as many behind. Tables that the service's role does not own; it may
-- delete each of their rows.
create function clear_staged(import uuid, staged text[], kinds text[]) returns boolean
language plpgsql security definer
set search_path = public, pg_temp as $$
declare
    name text;
begin
    foreach name in array staged loop
        if name !~ '^staged_[a-z_]+$' or to_regclass('public.' || name) is null then
            raise exception 'not a table of imports' using errcode = '22023';
        end if;
    end loop;
    begin
        foreach name in array staged loop
            execute format('lock table public.%I in access exclusive mode nowait', name);
        end loop;
    exception when lock_not_available then
        -- Another is just arriving.
        return false;
    end;
    if exists (
        select from imports i
        where i.kind = any(kinds) and i.import_id <> import and i.row_count > 0
            and i.state in ('validating', 'invalid', 'validated', 'committing'))
    then
        return false;
    end if;
    foreach name in array staged loop
        execute format('truncate public.%I', name);
    end loop;
    return true;
end;
$$;
revoke execute on function clear_staged(uuid, text[], text[]) from public;

do $$
begin
    if exists (select from pg_extension where extname = 'citus') then
        perform create_distributed_table('staged_bill_changes', 'customer_code');
    end if;
    if exists (select from pg_roles where rolname = 'customer_care_service') then
        grant select, insert, delete on staged_bill_changes to customer_care_service;
        grant execute on function clear_staged(uuid, text[], text[]) to customer_care_service;
    end if;
end;
$$;
