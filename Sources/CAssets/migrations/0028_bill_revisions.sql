-- What more is noted of the lines of an import of bills while they are read, and imports that wait
-- for no vacuum (docs/decisions/0030).

-- Whether each line is of another bill than those before it, and the oldest revision among them.
alter table imports add column is_one_each boolean not null default false,
    add column oldest_revision smallint;

-- Who analyzes or changes a table waits until a vacuum has made way, which it does when somebody
-- has waited for deadlock_timeout (1 s): a step that gave up earlier would be begun anew, from its
-- first statement.
alter function analyze_staged(text) set lock_timeout = '10s';
alter function close_arriving_bills(uuid) set lock_timeout = '10s';
-- What they drop is not there, most times, and nobody need be told.
alter function open_arriving_bills(uuid) set client_min_messages = 'warning';
alter function close_arriving_bills(uuid) set client_min_messages = 'warning';

-- What waits for days at most and is read once is neither vacuumed because it was inserted nor
-- analyzed by others than its import: a table as large as a month of bills would be busy with it
-- for as long as with the import.
do $$
declare
    staged regclass;
begin
    for staged in
        select c.oid from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
            and c.relname like 'staged\_%'
        order by c.relname
    loop
        execute format('alter table %s set (autovacuum_vacuum_insert_threshold = -1,
            autovacuum_analyze_threshold = 2147483647)', staged);
    end loop;
end;
$$;

-- As before (0026), but that only the table of all months is locked, not each of them: a month that
-- is being vacuumed would let nobody attach another one.
create or replace function attach_arriving_bills(import uuid) returns boolean
language plpgsql security definer
set search_path = public, pg_temp set lock_timeout = '300ms' as $$
declare
    imp imports;
    part text;
    has_bills boolean;
begin
    select * into imp from imports where import_id = import for update;
    if imp.state is distinct from 'committing' or not imp.is_arriving then
        raise exception 'not arriving' using errcode = '22023';
    end if;
    part := 'bills_' || to_char(imp.new_month, 'YYYY_MM');
    for attempt in 1..20 loop
        begin
            lock table only bills in access exclusive mode;
            exit;
        exception when lock_not_available then
            if attempt = 20 then
                raise;
            end if;
            perform pg_sleep(0.2);
        end;
    end loop;
    execute format('select exists (select from public.%I)', part) into has_bills;
    if has_bills then
        raise exception 'the month has bills'
            using errcode = 'unique_violation', constraint = 'bills_new_month';
    end if;
    execute format('alter table bills detach partition public.%I', part);
    execute format('drop table public.%I', part);
    execute format('alter table arriving_bills rename to %I', part);
    execute format('alter table public.%I rename constraint arriving_bills_pkey to %I',
        part, part || '_pkey');
    execute format('alter table bills attach partition public.%I for values from (%L) to (%L)',
        part, imp.new_month, imp.new_month + interval '1 month');
    execute format('alter table public.%I drop constraint arriving_bills_new_month', part);
    create table arriving_bills (like bills including defaults including constraints);
    if exists (select from pg_roles where rolname = 'customer_care_service') then
        execute format('revoke all on public.%I from customer_care_service', part);
        grant select, insert, delete on arriving_bills to customer_care_service;
    end if;
    update imports set is_arriving = false where import_id = import;
    return true;
end;
$$;
