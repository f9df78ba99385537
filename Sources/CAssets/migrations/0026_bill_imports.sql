-- How bills of an import wait, and how all bills of a new month come in at once
-- (docs/decisions/0027).

-- Staged bills are read from one end to the other, each import of them lies together, and keys cost
-- more than the rows.
alter table staged_bills drop constraint staged_bills_pkey;
drop index staged_bills_import_id_idx;
create index staged_bills_import_id_idx on staged_bills using brin (import_id);

-- When what was staged for an import was thrown away: nothing can put it into use any more.
alter table imports add column cleared_at timestamptz;
create index imports_cleared_at_idx on imports (updated_at) where cleared_at is null;
-- The month of which all of its bills are, and none is there.
alter table imports add column new_month date;
alter table imports add constraint imports_new_month_check
    check (new_month is null or (kind in ('bills', 'reactiveBills')
        and extract(day from new_month) = 1));
-- Whether its bills wait in arriving_bills: those of one import do.
alter table imports add column is_arriving boolean not null default false;
create unique index imports_is_arriving_idx on imports (is_arriving) where is_arriving;

-- The line of the import that brought a revision; its import is known by as_of.
alter table bills add column import_line bigint;

-- The bills of a new month as they arrive: what becomes the partition of that month.
create table arriving_bills (like bills including defaults including constraints);

-- Says which values there are among what was staged a moment ago, so that its statements are
-- planned for it. Only tables that imports are staged in, which the service's role does not own.
create function analyze_staged(staged text) returns void
language plpgsql security definer
-- A few thousand rows tell what there is: they have all come at once.
set search_path = public, pg_temp set default_statistics_target = 10 as $$
begin
    if staged !~ '^staged_[a-z_]+$' or to_regclass('public.' || staged) is null then
        raise exception 'not a table of imports' using errcode = '22023';
    end if;
    execute format('analyze public.%I', staged);
end;
$$;
revoke execute on function analyze_staged(text) from public;

-- Makes arriving_bills free for import $1, empty and without keys. False when its bills have to be
-- staged as others are: no month is new, another import waits in it or is just arriving, or the
-- table would have to be distributed.
create function open_arriving_bills(import uuid) returns boolean
language plpgsql security definer
set search_path = public, pg_temp set lock_timeout = '300ms' as $$
declare
    imp imports;
begin
    select * into imp from imports where import_id = import for update;
    if imp.state not in ('awaiting_content', 'invalid', 'validated') then
        return false;
    end if;
    update imports set is_arriving = false where import_id = import and is_arriving;
    if imp.new_month is null or exists (select from pg_extension where extname = 'citus')
        or exists (
            select from imports i
            where i.is_arriving and i.state in ('validating', 'validated', 'committing'))
    then
        return false;
    end if;
    begin
        lock table arriving_bills in access exclusive mode;
    exception when lock_not_available then
        return false;
    end;
    -- Who had it before is in use by now, or has to be sent again.
    update imports set is_arriving = false, content_digest = null where is_arriving;
    truncate arriving_bills;
    alter table arriving_bills drop constraint if exists arriving_bills_pkey;
    alter table arriving_bills drop constraint if exists arriving_bills_new_month;
    execute format(
        'alter table arriving_bills add constraint arriving_bills_new_month check (month = %L)',
        imp.new_month);
    update imports set is_arriving = true where import_id = import;
    return true;
end;
$$;
revoke execute on function open_arriving_bills(uuid) from public;

-- Gives the bills of import $1 that have arrived their key; false when two of them are one bill.
create function close_arriving_bills(import uuid) returns boolean
language plpgsql security definer
set search_path = public, pg_temp set default_statistics_target = 10 as $$
begin
    if not exists (
        select from imports i
        where i.import_id = import and i.is_arriving and i.state = 'validating')
    then
        raise exception 'not arriving' using errcode = '22023';
    end if;
    analyze arriving_bills;
    alter table arriving_bills drop constraint if exists arriving_bills_pkey;
    alter table arriving_bills add constraint arriving_bills_pkey
        primary key (customer_code, month, period_number, kind, revision);
    return true;
exception when unique_violation then
    return false;
end;
$$;
revoke execute on function close_arriving_bills(uuid) from public;

-- Makes the bills of import $1 the partition of their month, in the place of the one that is there
-- and empty.
--
-- For a moment nobody looks up a bill: whoever does waits for the end of the transaction, so that
-- this is its last statement but few. It waits for others no longer than they would notice.
create function attach_arriving_bills(import uuid) returns boolean
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
            lock table bills in access exclusive mode;
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
revoke execute on function attach_arriving_bills(uuid) from public;

do $$
begin
    if exists (select from pg_roles where rolname = 'customer_care_service') then
        grant select, insert, delete on arriving_bills to customer_care_service;
        grant execute on function analyze_staged(text), open_arriving_bills(uuid),
            close_arriving_bills(uuid), attach_arriving_bills(uuid) to customer_care_service;
    end if;
end;
$$;
