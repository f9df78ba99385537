-- What staff, auditors and the people whom the data are about ask of them (docs/decisions/0022).

-- Customers by what they say on the telephone; indexes of indexes, nothing can be read in them.
create index customers_phone_index_idx on customers (phone_index) where phone_index is not null;
create index customers_national_id_index_idx on customers (national_id_index)
    where national_id_index is not null;
create index customers_holder_name_index_idx on customers (holder_name_index);

-- Who did or read something, when, and about whom.
create index staff_actions_happened_at_idx on staff_actions (happened_at, staff_action_id);
create index staff_actions_subject_idx on staff_actions (subject, happened_at);
create index audit_events_customer_code_idx on audit_events (customer_code, happened_at)
    where customer_code is not null;
create index audit_events_account_id_idx on audit_events (account_id, happened_at);

-- What a person has agreed to, each time: append-only by privilege. Distributed by account_id.
create table consent_events (
    account_id uuid not null,
    consent_event_id uuid not null,
    text_version text not null,
    given_at timestamptz not null,
    primary key (account_id, consent_event_id)
);

do $$
begin
    if exists (select from pg_extension where extname = 'citus') then
        perform create_distributed_table('consent_events', 'account_id');
    end if;
    if exists (select from pg_roles where rolname = 'customer_care_service') then
        grant select, insert on consent_events to customer_care_service;
    end if;
end;
$$;
