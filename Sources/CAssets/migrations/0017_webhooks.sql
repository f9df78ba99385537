-- What partners' systems are told (docs/decisions/0016).

-- Where a partner wants to be told of which events. The former secret signs as well while it is
-- being replaced. A reference table.
create table webhooks (
    client_id uuid not null,
    name text not null,
    url text not null,
    event_types text[] not null,
    sealed_secret bytea not null,
    sealed_former_secret bytea,
    former_secret_until timestamptz,
    disabled_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (client_id, name)
);

-- What was told, or is to be: written with the change that causes it, and kept for thirty days.
-- Distributed by client_id.
create table webhook_deliveries (
    client_id uuid not null,
    delivery_id uuid not null,
    name text not null,
    event_type text not null,
    payload json not null,
    state text not null,
    due_at timestamptz not null,
    attempts smallint not null,
    status_code smallint,
    fault text,
    created_at timestamptz not null,
    ended_at timestamptz,
    primary key (client_id, delivery_id),
    constraint webhook_deliveries_state_check check (state in ('waiting', 'delivered', 'failed'))
);
create index webhook_deliveries_due_at_idx on webhook_deliveries (client_id, name, due_at)
    where state = 'waiting';
create index webhook_deliveries_created_at_idx
    on webhook_deliveries (client_id, name, created_at, delivery_id);
create index webhook_deliveries_age_idx on webhook_deliveries (created_at);

do $$
begin
    if exists (select from pg_extension where extname = 'citus') then
        perform create_reference_table(name) from unnest(array['webhooks']) as name;
        perform create_distributed_table('webhook_deliveries', 'client_id');
    end if;
    if exists (select from pg_roles where rolname = 'customer_care_service') then
        grant select, insert, update, delete on webhooks, webhook_deliveries
            to customer_care_service;
    end if;
end;
$$;
