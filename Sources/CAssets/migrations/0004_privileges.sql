-- What the service's own role may do, when the role exists (docs/decisions/0007). Audit events and
-- bill revisions are append-only: nobody who has taken over the service can rewrite them.
do $$
begin
    if not exists (select from pg_roles where rolname = 'customer_care_service') then
        return;
    end if;
    grant usage on schema public to customer_care_service;
    grant select on clients, client_secrets, managing_units, schema_migrations
        to customer_care_service;
    grant select, insert, update, delete on nonces, zalo_users, accounts, subscriptions,
        account_attempts, idempotency_keys, followers, follower_attempts, customer_attempts
        to customer_care_service;
    grant select on customers, bills, bill_balances to customer_care_service;
    grant select, insert on audit_events to customer_care_service;
end;
$$;
