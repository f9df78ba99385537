-- Meter readings before there is a bill of them, and the law as an import brings it
-- (docs/decisions/0025).

alter table imports drop constraint imports_kind_check;
alter table imports add constraint imports_kind_check check (kind in (
    'bills', 'reactiveBills', 'readings', 'customers', 'networkLinks', 'readingSchedules',
    'outages', 'outageHorizons', 'payments', 'tariffs'));

-- What was read of a register of a meter (chỉ số công tơ), in thousandths where a meter has
-- decimals. meter_event says why the closing reading may stand below the opening one.
-- Distributed by customer_code.
create table readings (
    customer_code text not null,
    month date not null,
    period_number smallint not null,
    meter_serial_number text not null,
    register text not null,
    opening_reading_thousandths bigint not null,
    closing_reading_thousandths bigint not null,
    multiplier_thousandths bigint not null,
    consumption_kwh bigint not null,
    is_estimated boolean not null,
    meter_event text,
    read_on date not null,
    as_of timestamptz not null,
    primary key (customer_code, month, period_number, meter_serial_number, register),
    constraint readings_month_check check (extract(day from month) = 1),
    constraint readings_period_number_check check (period_number between 1 and 3),
    constraint readings_register_check check (register in ('total', 'standard', 'peak', 'offPeak')),
    constraint readings_multiplier_thousandths_check check (multiplier_thousandths > 0),
    constraint readings_meter_event_check check (meter_event in ('turnedOver', 'replaced')),
    constraint readings_closing_reading_thousandths_check check (
        closing_reading_thousandths >= opening_reading_thousandths or meter_event is not null)
) partition by range (month);

-- Readings that have arrived and are not in use. Distributed by customer_code.
create table staged_readings (
    import_id uuid not null,
    line bigint not null,
    customer_code text not null,
    month date not null,
    period_number smallint not null,
    meter_serial_number text not null,
    register text not null,
    opening_reading_thousandths bigint not null,
    closing_reading_thousandths bigint not null,
    multiplier_thousandths bigint not null,
    consumption_kwh bigint not null,
    is_estimated boolean not null,
    meter_event text,
    read_on date not null,
    primary key (customer_code, import_id, line)
);
create index staged_readings_import_id_idx on staged_readings
    (import_id, customer_code, month, period_number, meter_serial_number, register);

-- Tariff documents that have arrived and are not in force. Reference table, as the ones it fills.
create table staged_tariffs (
    import_id uuid not null,
    line bigint not null,
    document json not null,
    primary key (import_id, line)
);

-- The days on which a customer's meter is read, in their order, as reading_schedules tells them of
-- the code or of the route book in which it stands: a look-up of a bill tells the next one, and has
-- no time to find it out. Imports keep it in step. Distributed by customer_code.
create table reading_days (
    customer_code text primary key,
    days date[] not null
)
-- Rewritten each month: room for it in the same page spares the index.
with (fillfactor = 50);
insert into reading_days (customer_code, days)
select a.customer_code, array(
            select d.reading_on
            from unnest(
                array(
                    select s.reading_on
                    from reading_schedules s
                    where s.scope_kind = 'customerCode' and s.scope_value = a.customer_code
                        and s.month >= current_date - 92)
                || array(
                    select s.reading_on
                    from network_links l
                    join reading_schedules s on s.scope_kind = 'routeBook'
                        and s.scope_value = l.scope_value and s.month >= current_date - 92
                        and l.valid_from < s.month + interval '1 month'
                        and coalesce(l.valid_to, 'infinity') >= s.month
                    where l.customer_code = a.customer_code and l.scope_kind = 'routeBook'
                        and not exists (
                            select from network_links m
                            where m.customer_code = l.customer_code
                                and m.scope_kind = 'routeBook' and m.valid_from > l.valid_from
                                and m.valid_from < s.month + interval '1 month'
                                and coalesce(m.valid_to, 'infinity') >= s.month)
                        and not exists (
                            select from reading_schedules o
                            where o.scope_kind = 'customerCode'
                                and o.scope_value = l.customer_code and o.month = s.month
                                and o.period_number = s.period_number))
            ) as d (reading_on)
            order by d.reading_on)
from customers a
where exists (
        select from network_links n
        where n.customer_code = a.customer_code and n.scope_kind = 'routeBook')
    or exists (
        select from reading_schedules s
        where s.scope_kind = 'customerCode' and s.scope_value = a.customer_code);

-- As in 0014; the months of readings are those of bills.
create or replace function ensure_month_partitions(first date, last date) returns integer
language plpgsql as $$
declare
    parent text;
    month date;
    child text;
    created integer := 0;
begin
    foreach parent in array array['bills', 'readings', 'notifications'] loop
        month := case parent
            when 'notifications' then greatest(first, (last - interval '13 months')::date)
            else first end;
        while month <= last loop
            child := format('%s_%s', parent, to_char(month, 'YYYY_MM'));
            if to_regclass(child) is null then
                execute format(
                    'create table %I partition of %I for values from (%L) to (%L)',
                    child, parent, month, month + interval '1 month');
                created := created + 1;
            end if;
            month := month + interval '1 month';
        end loop;
    end loop;
    return created;
end;
$$;

-- As in 0021; readings are what bills rest on, and are kept as long and in the same way.
create or replace function keep_month_partitions(
    today date, ahead integer, bills_kept integer, notifications_kept integer,
    out created integer, out retired integer)
language plpgsql security definer
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
        where p.relnamespace = 'public'::regnamespace
            and p.relname in ('bills', 'readings', 'notifications')
            and c.relname ~ '_\d{4}_\d{2}$'
            and to_date(right(c.relname, 7), 'YYYY_MM') < old_month - interval '1 month'
                * case p.relname when 'notifications' then notifications_kept else bills_kept end
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

-- Makes the document of import $1 the newest version of the tariffs, unless it is that already;
-- says which it is.
--
-- It runs with the rights of the owner: the service's role cannot change the law. No more can be
-- had done by it than to put into force the one valid document of an import that a person of the
-- staff has approved, who is not the client that sent it, against the version that this person
-- was shown. That approval stands in staff_actions, which the service's role cannot rewrite, and a
-- version is never changed: whoever steals the role leaves both behind.
create function load_tariffs(import uuid) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    imp imports;
    given json;
    newest tariff_versions;
    added integer;
begin
    select * into imp from imports where import_id = import for update;
    if imp.state is distinct from 'committing' or imp.kind <> 'tariffs' or imp.fault_count > 0
        or imp.row_count <> 1 or imp.anomalies is null or imp.approved_by is null
        or imp.approved_by = imp.client_id
        or not exists (
            select from clients c
            where c.client_id = imp.approved_by and 'staff' = any(c.scopes))
        or not exists (
            select from staff_actions a
            where a.client_id = imp.approved_by and a.action = 'import_approved'
                and a.subject = import::text)
    then
        raise exception 'not approved' using errcode = '42501';
    end if;
    select s.document into strict given from staged_tariffs s where s.import_id = import;
    select * into newest from tariff_versions order by version desc limit 1;
    if (imp.anomalies -> 0 ->> 'versionBefore')::integer
        is distinct from coalesce(newest.version, 0)
    then
        raise exception 'another version has come since'
            using errcode = '23514', constraint = 'tariff_versions_version_before_check';
    end if;
    if newest.document::jsonb = given::jsonb then
        return newest.version;
    end if;
    added := coalesce(newest.version, 0) + 1;
    insert into tariff_versions (version, document, checked_through, source, loaded_at)
        values (added, given, (given ->> 'checkedThrough')::date, 'import/' || import,
            imp.updated_at);
    insert into tariffs (version, decision, is_draft, valid_from, valid_to)
        select v.version, e.item ->> 'decision', e.is_draft, (e.item ->> 'validFrom')::date,
            (e.item ->> 'validTo')::date
        from tariff_versions v
        cross join lateral (
            select item, false from json_array_elements(v.document -> 'tariffs') list (item)
            union all
            select item, true from json_array_elements(v.document -> 'drafts') list (item)
        ) e (item, is_draft)
        where v.version = added;
    insert into tariff_prices (version, decision, category, confidence, prices)
        select v.version, e.item ->> 'decision', p.category, p.confidence, p.prices
        from tariff_versions v
        cross join lateral (
            select item from json_array_elements(v.document -> 'tariffs') list (item)
            union all
            select item from json_array_elements(v.document -> 'drafts') list (item)
        ) e
        cross join lateral (
            select 'residential', e.item -> 'residential' ->> 'confidence',
                e.item -> 'residential' -> 'tiers'
            union all
            select 'residentialPrepaid', e.item #>> '{residential,prepaid,confidence}',
                e.item #> '{residential,prepaid}'
            where json_typeof(e.item #> '{residential,prepaid}') = 'object'
            union all
            select entry ->> 'category', entry ->> 'confidence', entry -> 'classes'
            from json_array_elements(e.item -> 'categories') list (entry)
        ) p (category, confidence, prices)
        where v.version = added;
    insert into vat_rates (version, document, valid_from, valid_to, basis_points, confidence)
        select v.version, item ->> 'document', (item ->> 'validFrom')::date,
            (item ->> 'validTo')::date, (item ->> 'basisPoints')::integer, item ->> 'confidence'
        from tariff_versions v
        cross join lateral json_array_elements(v.document -> 'vatRates') list (item)
        where v.version = added;
    insert into reactive_tables (version, document, valid_from, valid_to, confidence, coefficients)
        select v.version, item ->> 'document', (item ->> 'validFrom')::date,
            (item ->> 'validTo')::date, item ->> 'confidence', item -> 'rows'
        from tariff_versions v
        cross join lateral json_array_elements(v.document -> 'reactiveTables') list (item)
        where v.version = added;
    return added;
end;
$$;
revoke execute on function load_tariffs(uuid) from public;

do $$
begin
    if exists (select from pg_extension where extname = 'citus') then
        perform create_reference_table(name) from unnest(array['staged_tariffs']) as name;
        perform create_distributed_table(name, 'customer_code') from unnest(array[
            'readings', 'staged_readings', 'reading_days']) as name;
    end if;
    if exists (select from pg_roles where rolname = 'customer_care_service') then
        grant select, insert, delete on staged_readings, staged_tariffs to customer_care_service;
        grant select, insert on readings, reading_days to customer_care_service;
        grant update (days) on reading_days to customer_care_service;
        -- Of a reading only what a later telling of it may change.
        grant update (opening_reading_thousandths, closing_reading_thousandths,
            multiplier_thousandths, consumption_kwh, is_estimated, meter_event, read_on, as_of)
            on readings to customer_care_service;
        grant execute on function load_tariffs(uuid) to customer_care_service;
    end if;
end;
$$;
