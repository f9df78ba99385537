-- The inserts of one report of an outage, for pgbench.
\set n random(1, 200000)
begin;
insert into nonces (key_id, nonce, expires_at) values ('pgbench', gen_random_uuid()::text, now()
    + interval '5min') on conflict do nothing;
insert into outage_reports (customer_code, account_id, tracking_code, reported_at) values
    ('PB0601' || lpad((:n)::text, 7, '0'), gen_random_uuid(), 'K7QM-2FXD-9TRC', now()) on
    conflict (customer_code, account_id) do update set tracking_code = excluded.tracking_code,
    reported_at = excluded.reported_at where outage_reports.reported_at <= now() - interval '2h'
    returning tracking_code;
insert into outage_incidents (transformer, incident_id, unit_code, state, report_count,
    customer_count, began_at, last_report_at) values ('transformer' || :n / 100,
    gen_random_uuid(), 'PB0601', 'open', 1, 0, now(), now()) on conflict (transformer) where
    state = 'open' do update set report_count = outage_incidents.report_count + 1,
    last_report_at = excluded.last_report_at returning incident_id;
insert into outage_incident_codes (transformer, incident_id, customer_code) values
    ('transformer' || :n / 100, gen_random_uuid(), 'PB0601' || lpad((:n)::text, 7, '0')) on
    conflict do nothing;
insert into service_requests (account_id, tracking_code, service, state, step, customer_code,
    unit_code, sealed_form, transformer, incident_id, received_at, expected_at, updated_at)
    values (gen_random_uuid(), gen_random_uuid()::text, 'outage-report', 'received', 1, 'PB0601'
    || lpad((:n)::text, 7, '0'), 'PB0601', decode(repeat('5a', 60), 'hex'), 'transformer' || :n
    / 100, gen_random_uuid(), now(), now() + interval '2h', now());
insert into service_request_events (account_id, tracking_code, step, from_state, to_state,
    actor, client_id, public_note, internal_note, happened_at) values (gen_random_uuid(),
    'K7QM-2FXD-9TRC', 1, null, 'received', 'account', gen_random_uuid(), null, null, now());
insert into idempotency_keys (account_id, client_id, operation, idempotency_key, fingerprint,
    status, answer, expires_at) values (gen_random_uuid(), gen_random_uuid(),
    'createServiceRequest', gen_random_uuid()::text, decode(repeat('5a', 32), 'hex'), 201,
    decode(repeat('5a', 700), 'hex'), now() + interval '48h') on conflict (account_id,
    client_id, operation, idempotency_key) do update set fingerprint = excluded.fingerprint;
commit;
