-- The other kinds of data that imports bring, and what makes a large one safe
-- (docs/decisions/0019, docs/decisions/0020).

alter table imports drop constraint imports_kind_check;
alter table imports add constraint imports_kind_check check (kind in (
    'bills', 'reactiveBills', 'customers', 'networkLinks', 'readingSchedules', 'outages',
    'outageHorizons', 'payments'));
-- What is out of the ordinary about it, by unit; whoever approved it all the same.
alter table imports add column anomalies json;
alter table imports add column approved_by uuid;

-- Bills of both kinds arrive in one table.
alter table staged_bills add column kind text not null default 'active';
alter table staged_bills add constraint staged_bills_kind_check
    check (kind in ('active', 'reactive'));

-- Of all that was said of a customer, by a secret key: so that what has not changed is not written
-- anew though it is sealed. Null for customers that no import has brought.
alter table customers add column fingerprint bytea;

-- An entry of a bill for reactive power; null is one for active energy.
alter table ledger_entries add column bill_kind text;
alter table ledger_entries add constraint ledger_entries_bill_kind_check
    check (bill_kind is null or (bill_kind = 'reactive' and ledger_account = 'bill'));

-- Customers that have arrived and are not in use, sealed already. Distributed by customer_code.
create table staged_customers (
    import_id uuid not null,
    line bigint not null,
    customer_code text not null,
    sealed_holder_name bytea not null,
    sealed_phone bytea,
    sealed_national_id bytea,
    sealed_address bytea not null,
    holder_name_index bytea not null,
    phone_index bytea,
    national_id_index bytea,
    usage_purpose text not null,
    household_count integer not null,
    periods_per_month smallint not null,
    contract_status text not null,
    unit_code text not null,
    unit_name text,
    next_reading_on date,
    contracted_capacity_kw integer,
    supply_suspended_on date,
    fingerprint bytea not null,
    primary key (customer_code, import_id, line)
);
create index staged_customers_import_id_idx on staged_customers (import_id, customer_code);

-- The instant of the data by which an import has written an outage; null where staff have.
alter table outages add column as_of timestamptz;

-- Where customers hang in the network. Distributed by customer_code.
create table staged_network_links (
    import_id uuid not null,
    line bigint not null,
    customer_code text not null,
    scope_kind text not null,
    scope_value text not null,
    valid_from date not null,
    valid_to date,
    primary key (customer_code, import_id, line)
);
create index staged_network_links_import_id_idx
    on staged_network_links (import_id, customer_code, scope_kind, scope_value, valid_from);

-- Reading days. Reference table, as the one that it fills.
create table staged_reading_schedules (
    import_id uuid not null,
    line bigint not null,
    scope_kind text not null,
    scope_value text not null,
    month date not null,
    period_number smallint not null,
    reading_on date not null,
    moved_from date,
    primary key (import_id, line)
);
create index staged_reading_schedules_scope_idx
    on staged_reading_schedules (import_id, scope_kind, scope_value, month, period_number);

-- Outages, each scope as `kind/value`. Reference table, as the one that it fills.
create table staged_outages (
    import_id uuid not null,
    line bigint not null,
    external_id text not null,
    kind text not null,
    place text not null,
    reason text,
    starts_at timestamptz not null,
    expected_end_at timestamptz,
    restored_at timestamptz,
    is_cancelled boolean,
    scopes json not null,
    primary key (import_id, line)
);
create index staged_outages_external_id_idx on staged_outages (import_id, external_id);

-- Until when units have told their outages. Reference table.
create table staged_outage_horizons (
    import_id uuid not null,
    line bigint not null,
    unit_code text not null,
    known_until date not null,
    primary key (import_id, line)
);
create index staged_outage_horizons_unit_code_idx
    on staged_outage_horizons (import_id, unit_code);

-- Money that others have taken. Distributed by customer_code.
create table staged_payments (
    import_id uuid not null,
    line bigint not null,
    customer_code text not null,
    month date not null,
    period_number smallint not null,
    kind text not null,
    reference text not null,
    amount bigint not null,
    primary key (customer_code, import_id, line),
    constraint staged_payments_kind_check check (kind in ('active', 'reactive'))
);
create index staged_payments_import_id_idx
    on staged_payments (import_id, customer_code, month, period_number, kind);

do $$
begin
    if exists (select from pg_extension where extname = 'citus') then
        perform create_reference_table(name) from unnest(array[
            'staged_reading_schedules', 'staged_outages', 'staged_outage_horizons']) as name;
        perform create_distributed_table(name, 'customer_code') from unnest(array[
            'staged_customers', 'staged_network_links', 'staged_payments']) as name;
    end if;
    if exists (select from pg_roles where rolname = 'customer_care_service') then
        grant select, insert, delete on staged_customers, staged_network_links,
            staged_reading_schedules, staged_outages, staged_outage_horizons, staged_payments
            to customer_care_service;
        grant insert, update on customers, network_links, reading_schedules, outage_horizons
            to customer_care_service;
        grant update (as_of) on outages to customer_care_service;
        grant insert on managing_units to customer_care_service;
    end if;
end;
$$;
