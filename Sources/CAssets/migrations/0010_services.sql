-- Service requests (yêu cầu dịch vụ), reports of outages among them, and what staff do with them
-- (docs/decisions/0011).
--
-- The catalogue of services is data of the binary (Sources/CAssets/services). What a person typed
-- into a form is sealed: it opens for staff alone, who are noted down when they read it.

-- One request of an account, found by its tracking code. step counts its changes: the version that
-- staff name when they change it. Distributed by account_id.
create table service_requests (
    account_id uuid not null,
    tracking_code text not null,
    service text not null,
    state text not null,
    step integer not null,
    customer_code text,
    unit_code text,
    sealed_form bytea not null,
    outage_id uuid,
    transformer text,
    incident_id uuid,
    received_at timestamptz not null,
    expected_at timestamptz not null,
    updated_at timestamptz not null,
    completed_at timestamptz,
    rating smallint,
    rating_comment text,
    primary key (account_id, tracking_code),
    constraint service_requests_state_check check (state in ('received', 'processing',
        'awaiting_customer', 'completed', 'rejected', 'cancelled')),
    constraint service_requests_step_check check (step >= 1),
    constraint service_requests_rating_check check (rating between 1 and 5),
    constraint service_requests_completed_at_check
        check ((state = 'completed') = (completed_at is not null)),
    constraint service_requests_incident_id_check
        check (incident_id is null or transformer is not null)
);
-- Staff have nothing but the code that is read to them.
create index service_requests_tracking_code_idx on service_requests (tracking_code);
-- The queue: what is open, the one that is due first before the others.
create index service_requests_expected_at_idx on service_requests (expected_at, tracking_code)
    where state in ('received', 'processing', 'awaiting_customer');
create index service_requests_incident_id_idx on service_requests (incident_id)
    where incident_id is not null;
-- What waits for the end of a known outage.
create index service_requests_outage_id_idx on service_requests (outage_id)
    where outage_id is not null and state in ('received', 'processing', 'awaiting_customer');

-- Each step of a request, numbered from 1, with what is told about it; append-only by privilege.
-- Distributed by account_id.
create table service_request_events (
    account_id uuid not null,
    tracking_code text not null,
    step integer not null,
    from_state text,
    to_state text not null,
    actor text not null,
    client_id uuid,
    public_note text,
    internal_note text,
    happened_at timestamptz not null,
    primary key (account_id, tracking_code, step),
    constraint service_request_events_actor_check
        check (actor in ('account', 'staff', 'system')),
    constraint service_request_events_client_id_check
        check ((client_id is null) = (actor = 'system'))
);

-- The newest report of each account that a code is without power: within two hours another one is
-- the same. Distributed by customer_code.
create table outage_reports (
    customer_code text not null,
    account_id uuid not null,
    tracking_code text not null,
    reported_at timestamptz not null,
    primary key (customer_code, account_id)
);

-- Reports of one transformer that came together: one cause, most likely. suspected_at is when so
-- many codes had reported that staff are told; the proposal is the first of the two persons that
-- the end of a large incident needs. Distributed by transformer.
create table outage_incidents (
    transformer text not null,
    incident_id uuid not null,
    unit_code text not null,
    state text not null,
    report_count integer not null,
    customer_count integer not null,
    began_at timestamptz not null,
    last_report_at timestamptz not null,
    suspected_at timestamptz,
    proposed_by uuid,
    proposed_note text,
    completed_at timestamptz,
    primary key (transformer, incident_id),
    constraint outage_incidents_state_check check (state in ('open', 'completed')),
    constraint outage_incidents_completed_at_check
        check ((state = 'completed') = (completed_at is not null))
);
create unique index outage_incidents_open_key on outage_incidents (transformer)
    where state = 'open';
-- Staff name an incident by its id alone.
create index outage_incidents_incident_id_idx on outage_incidents (incident_id);
create index outage_incidents_open_incident_id_idx on outage_incidents (incident_id)
    where state = 'open';

-- The codes that have reported in an incident, each counted once. Distributed by transformer.
create table outage_incident_codes (
    transformer text not null,
    incident_id uuid not null,
    customer_code text not null,
    primary key (transformer, incident_id, customer_code)
);

-- What staff did and whose personal data they read, each by the key of one person; append-only by
-- privilege. Distributed by client_id.
create table staff_actions (
    client_id uuid not null,
    staff_action_id uuid not null,
    action text not null,
    subject text not null,
    purpose text,
    request_id uuid not null,
    happened_at timestamptz not null,
    primary key (client_id, staff_action_id)
);

do $$
begin
    if exists (select from pg_extension where extname = 'citus') then
        perform create_distributed_table('outage_reports', 'customer_code');
        perform create_distributed_table('staff_actions', 'client_id');
        perform create_distributed_table(name, 'transformer') from unnest(array[
            'outage_incidents', 'outage_incident_codes']) as name;
        perform create_distributed_table(name, 'account_id') from unnest(array[
            'service_requests', 'service_request_events']) as name;
    end if;
    if exists (select from pg_roles where rolname = 'customer_care_service') then
        grant select, insert, update on service_requests, outage_reports, outage_incidents
            to customer_care_service;
        grant select, insert on service_request_events, outage_incident_codes, staff_actions
            to customer_care_service;
    end if;
end;
$$;
