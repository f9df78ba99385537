-- Outages that staff type (docs/decisions/0018).

-- What the first of two persons wants to be done with an outage that reaches many; the digest says
-- what it is. A reference table.
create table outage_proposals (
    outage_id uuid primary key,
    proposed_by uuid not null,
    digest bytea not null,
    proposed_at timestamptz not null
);

do $$
begin
    if exists (select from pg_extension where extname = 'citus') then
        perform create_reference_table(name) from unnest(array['outage_proposals']) as name;
    end if;
    if exists (select from pg_roles where rolname = 'customer_care_service') then
        grant insert on outages to customer_care_service;
        grant update (kind, version, place, reason, starts_at, expected_end_at, restored_at,
            cancelled_at, over_at, expected_ends, published_at, updated_at)
            on outages to customer_care_service;
        grant insert, delete, update (over_at) on outage_scopes to customer_care_service;
        grant select, insert, update, delete on outage_proposals to customer_care_service;
    end if;
end;
$$;
