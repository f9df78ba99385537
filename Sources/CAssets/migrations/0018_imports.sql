-- Data that the billing system brings, and what has become of it (docs/decisions/0017).

-- An import and how far it has come. It has no effect before it is committed. Reference table.
create table imports (
    import_id uuid primary key,
    client_id uuid not null,
    kind text not null,
    source text not null,
    as_of timestamptz not null,
    sends_messages boolean not null,
    expected_rows bigint,
    expected_total bigint,
    state text not null,
    content_digest text,
    byte_count bigint not null,
    row_count bigint not null,
    fault_count bigint not null,
    fault text,
    new_count bigint,
    corrected_count bigint,
    cancelled_count bigint,
    unchanged_count bigint,
    total bigint,
    message_count bigint,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    committed_at timestamptz,
    constraint imports_kind_check check (kind in ('bills')),
    constraint imports_state_check check (state in (
        'awaiting_content', 'validating', 'invalid', 'validated', 'committing', 'committed'))
);
create index imports_state_idx on imports (created_at)
    where state in ('validating', 'committing');
-- What arrives of one instant arrives once: what was told of it is known by that.
create unique index imports_as_of_idx on imports (kind, as_of) where state = 'committed';

-- The first faults of an import by their lines. Reference table.
create table import_faults (
    import_id uuid not null,
    line bigint not null,
    field text not null,
    code text not null,
    primary key (import_id, line, field)
);

-- Bills that have arrived and are not in use. Distributed by customer_code.
create table staged_bills (
    import_id uuid not null,
    line bigint not null,
    customer_code text not null,
    month date not null,
    period_number smallint not null,
    revision smallint not null,
    status text not null,
    invoice_id text not null,
    period_start date not null,
    period_end date not null,
    consumption_kwh bigint not null,
    amount_excluding_vat bigint not null,
    vat_rate_basis_points integer not null,
    vat bigint not null,
    total bigint not null,
    issued_on date not null,
    due_on date not null,
    readings json not null,
    lines json not null,
    primary key (customer_code, import_id, line)
);
-- By the whole key of a bill: whichever side of a join is looked up, it is looked up by key.
create index staged_bills_import_id_idx
    on staged_bills (import_id, customer_code, month, period_number, revision);

do $$
begin
    if exists (select from pg_extension where extname = 'citus') then
        perform create_reference_table(name) from unnest(array['imports', 'import_faults']) as name;
        perform create_distributed_table('staged_bills', 'customer_code');
    end if;
    if exists (select from pg_roles where rolname = 'customer_care_service') then
        grant select, insert, update on imports to customer_care_service;
        grant select, insert, delete on import_faults, staged_bills to customer_care_service;
        -- A revision is written once and never changed; what is owed follows the newest.
        grant insert on bills, bill_balances to customer_care_service;
        grant update (revision, billed, due_on) on bill_balances to customer_care_service;
    end if;
end;
$$;
