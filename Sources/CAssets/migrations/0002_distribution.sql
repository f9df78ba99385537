-- Where the tables live when the database is Citus; plain PostgreSQL skips all of it.
do $$
begin
    if not exists (select from pg_extension where extname = 'citus') then
        return;
    end if;
    perform create_reference_table(name) from unnest(array[
        'clients', 'client_secrets', 'managing_units']) as name;
    perform create_distributed_table('nonces', 'key_id');
    perform create_distributed_table('zalo_users', 'zalo_user_id');
    perform create_distributed_table(name, 'account_id') from unnest(array[
        'accounts', 'subscriptions', 'account_attempts', 'idempotency_keys', 'audit_events'
    ]) as name;
    perform create_distributed_table(name, 'customer_code') from unnest(array[
        'customers', 'followers', 'follower_attempts', 'customer_attempts', 'bills',
        'bill_balances']) as name;
end;
$$;
