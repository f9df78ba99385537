-- Outages (lịch ngừng, giảm cung cấp điện) and reading days (lịch ghi chỉ số), and where a customer
-- hangs on the network, by which both are found.

-- Where a customer belongs: transformer, feeder, route book, area. Links change when the network
-- is rebuilt; an outage touches the customers whose link holds on the day it begins.
-- Distributed by customer_code.
create table network_links (
    customer_code text not null,
    scope_kind text not null,
    scope_value text not null,
    valid_from date not null,
    valid_to date,
    primary key (customer_code, scope_kind, scope_value, valid_from),
    constraint network_links_scope_kind_check
        check (scope_kind in ('transformer', 'feeder', 'routeBook', 'area')),
    constraint network_links_valid_to_check check (valid_to >= valid_from)
);

-- Outages as planning and dispatch tell them. A draft has no published_at and is shown to nobody.
-- Every change is a new version; expected_ends lists what was expected in each, as the contract
-- tells it. over_at is when it no longer matters: the restoration, else the expected end, and
-- infinity for a fault that nobody has mended. Reference table.
create table outages (
    outage_id uuid primary key,
    source text not null,
    external_id text not null,
    kind text not null,
    version integer not null,
    place text not null,
    reason text,
    starts_at timestamptz not null,
    expected_end_at timestamptz,
    restored_at timestamptz,
    cancelled_at timestamptz,
    over_at timestamptz not null,
    expected_ends json not null,
    published_at timestamptz,
    updated_at timestamptz not null,
    constraint outages_source_external_id_key unique (source, external_id),
    constraint outages_kind_check check (kind in ('planned', 'unplanned', 'loadReduction')),
    constraint outages_version_check check (version >= 1),
    constraint outages_expected_end_at_check check (expected_end_at > starts_at),
    constraint outages_restored_at_check check (restored_at >= starts_at),
    -- What was planned has an end; only a fault may be without one.
    constraint outages_planned_check check (kind = 'unplanned' or expected_end_at is not null),
    constraint outages_expected_ends_check check (json_typeof(expected_ends) = 'array')
);

-- Whom an outage touches: a feeder with 20,000 customers is one row. The times are those of the
-- outage, so that a look-up leaves the years behind in the index. Reference table.
create table outage_scopes (
    scope_kind text not null,
    scope_value text not null,
    outage_id uuid not null,
    starts_at timestamptz not null,
    over_at timestamptz not null,
    primary key (scope_kind, scope_value, outage_id),
    constraint outage_scopes_scope_kind_check check (
        scope_kind in ('customerCode', 'transformer', 'feeder', 'routeBook', 'area'))
);
create index outage_scopes_over_at_idx on outage_scopes (scope_kind, scope_value, over_at);

-- Until which day a unit has told its planned outages: no outage in there is one that is not
-- planned, none behind it is one that is not known. Reference table.
create table outage_horizons (
    unit_code text primary key,
    known_until date not null,
    as_of timestamptz not null
);

-- On which day meters are read, by route book or for one customer alone, which comes first.
-- Reference table: some thousands of route books a month.
create table reading_schedules (
    scope_kind text not null,
    scope_value text not null,
    month date not null,
    period_number smallint not null,
    reading_on date not null,
    moved_from date,
    as_of timestamptz not null,
    primary key (scope_kind, scope_value, month, period_number),
    constraint reading_schedules_scope_kind_check
        check (scope_kind in ('customerCode', 'routeBook')),
    constraint reading_schedules_month_check check (extract(day from month) = 1),
    constraint reading_schedules_period_number_check check (period_number between 1 and 3),
    constraint reading_schedules_moved_from_check check (moved_from <> reading_on)
);

do $$
begin
    if exists (select from pg_extension where extname = 'citus') then
        perform create_reference_table(name) from unnest(array[
            'outages', 'outage_scopes', 'outage_horizons', 'reading_schedules'
        ]) as name;
        perform create_distributed_table('network_links', 'customer_code');
    end if;
    alter table outage_scopes add constraint outage_scopes_outage_id_fkey
        foreign key (outage_id) references outages (outage_id);
    alter table outage_horizons add constraint outage_horizons_unit_code_fkey
        foreign key (unit_code) references managing_units (unit_code);
    -- The service reads; importers and staff write as the owner until they have operations.
    if exists (select from pg_roles where rolname = 'customer_care_service') then
        grant select on network_links, outages, outage_scopes, outage_horizons, reading_schedules
            to customer_care_service;
    end if;
end;
$$;
