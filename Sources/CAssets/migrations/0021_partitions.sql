-- The months of bills and notifications, kept by the service itself (docs/decisions/0021).

-- Creates the partitions of the months up to ahead months after today, as far as missing; takes
-- those out of bills that are older than bills_kept months, as tables of their own for an archive,
-- and drops those of notifications that are older than notifications_kept. Says how many of each.
--
-- It runs with the rights of the owner, so that the service's role, which may not change the
-- schema, can have no more done than this: never less kept than these bounds, and never by a day
-- that has not come.
create function keep_month_partitions(
    today date, ahead integer, bills_kept integer, notifications_kept integer,
    out created integer, out retired integer)
language plpgsql security definer
-- Whoever looks something up waits behind it: not for long.
set search_path = public, pg_temp set lock_timeout = '300ms' as $$
declare
    this_month date := date_trunc('month', today)::date;
    old_month date := date_trunc('month', least(today, current_date))::date;
    child record;
begin
    if ahead not between 0 and 24 or bills_kept < 60 or notifications_kept < 13
        or today > current_date + 1000 then
        raise exception 'months out of range' using errcode = '22023';
    end if;
    -- One at a time: two that make the same partition would fail each other.
    perform pg_advisory_xact_lock(7236014519623);
    created := public.ensure_month_partitions(
        this_month, (this_month + ahead * interval '1 month')::date);
    retired := 0;
    for child in
        select c.relname, p.relname as parent
        from pg_inherits i
        join pg_class c on c.oid = i.inhrelid
        join pg_class p on p.oid = i.inhparent
        where p.relnamespace = 'public'::regnamespace and p.relname in ('bills', 'notifications')
            and c.relname ~ '_\d{4}_\d{2}$'
            and to_date(right(c.relname, 7), 'YYYY_MM') < old_month - interval '1 month'
                * case p.relname when 'bills' then bills_kept else notifications_kept end
        order by c.relname
    loop
        execute format('alter table public.%I detach partition public.%I',
            child.parent, child.relname);
        if child.parent = 'notifications' then
            execute format('drop table public.%I', child.relname);
        end if;
        retired := retired + 1;
    end loop;
end;
$$;
revoke execute on function keep_month_partitions(date, integer, integer, integer) from public;

do $$
begin
    if exists (select from pg_roles where rolname = 'customer_care_service') then
        grant execute on function keep_month_partitions(date, integer, integer, integer)
            to customer_care_service;
    end if;
end;
$$;
