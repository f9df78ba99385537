-- The inserts of one creation of a payment, for pgbench.
\set n random(1, 200000)
begin;
insert into nonces (key_id, nonce, expires_at) values ('pgbench', gen_random_uuid()::text, now()
    + interval '5min') on conflict do nothing;
insert into payment_allocations (customer_code, payment_id, month, period_number, kind,
    account_id, revision, amount, settled, is_live) values ('PB0601' || lpad((:n)::text, 7,
    '0'), gen_random_uuid(), current_date, 1, 'active', gen_random_uuid(), 1, 434700, 0, false)
    on conflict do nothing;
update bill_balances set pending = pending where customer_code = 'PB0601' || lpad((:n)::text, 7,
    '0') and month = date_trunc('month', current_date)::date and kind = 'active' and
    period_number = 1;
insert into payments (account_id, payment_id, provider, state, step, amount, credited,
    order_reference, customer_codes, bills, return_url, action, created_at, expires_at,
    updated_at, next_check_at) values (gen_random_uuid(), gen_random_uuid(), 'vietqr',
    'requires_action', 1, 434700, 0, gen_random_uuid()::text, array['PB0601' || lpad((:n)::text,
    7, '0')], '[{"customerCode":"PB06010000001","month":"2026-11","amount":434700}]', null,
    '{"qr":"00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA5303704"}',
    
    now(), now() + interval '1d', now(), now() + interval '1h') returning payment_id;
insert into payment_orders (order_reference, provider, account_id, payment_id, created_at)
    values (gen_random_uuid()::text, 'vietqr', gen_random_uuid(), gen_random_uuid(), now());
insert into payment_events (account_id, payment_id, step, from_state, to_state, cause,
    happened_at) values (gen_random_uuid(), gen_random_uuid(), 1, null, 'requires_action',
    'account', now());
insert into idempotency_keys (account_id, client_id, operation, idempotency_key, fingerprint,
    status, answer, expires_at) values (gen_random_uuid(), gen_random_uuid(), 'createPayment',
    gen_random_uuid()::text, decode(repeat('5a', 32), 'hex'), 201, decode(repeat('5a', 700),
    'hex'), now() + interval '48h') on conflict (account_id, client_id, operation,
    idempotency_key) do update set fingerprint = excluded.fingerprint;
commit;
