-- Calendar feeds of subscriptions. Of the token in a feed's address only the SHA-256 is kept: who
-- reads the database cannot read the feeds. Whether the subscription lives is asked at each read.
-- Distributed by token_hash.
create table calendar_feeds (
    token_hash bytea primary key,
    account_id uuid not null,
    subscription_id uuid not null,
    customer_code text not null,
    created_at timestamptz not null
);
create index calendar_feeds_account_id_idx on calendar_feeds (account_id, subscription_id);

do $$
begin
    if exists (select from pg_extension where extname = 'citus') then
        perform create_distributed_table('calendar_feeds', 'token_hash');
    end if;
    if exists (select from pg_roles where rolname = 'customer_care_service') then
        grant select, insert, delete on calendar_feeds to customer_care_service;
    end if;
end;
$$;
