-- The tables of the main job: who calls, who follows which customer code, what was billed.
--
-- Each table says by which column it can be distributed (docs/decisions/0005). Times and ids are
-- parameters of the service; personal data is sealed (AES-256-GCM) and compared by blind index.

-- Callers. Small, read by everybody: a reference table.
create table clients (
    client_id uuid primary key,
    key_id text not null,
    name text not null,
    scopes text[] not null,
    requests_per_minute integer not null,
    created_at timestamptz not null,
    revoked_at timestamptz,
    constraint clients_key_id_key unique (key_id),
    constraint clients_name_key unique (name),
    constraint clients_requests_per_minute_check check (requests_per_minute >= 0)
);

-- The secrets of a client: two live ones while it rotates. Reference table.
create table client_secrets (
    client_id uuid not null,
    secret_id uuid not null,
    sealed_secret bytea not null,
    created_at timestamptz not null,
    expires_at timestamptz,
    primary key (client_id, secret_id)
);

-- A signed write takes effect once: its nonce is written in the transaction of the effect.
-- Distributed by key_id.
create table nonces (
    key_id text not null,
    nonce text not null,
    expires_at timestamptz not null,
    primary key (key_id, nonce)
);
create index nonces_expires_at_idx on nonces (expires_at);

-- One row per Zalo user, written first: a unique Zalo id cannot stand on accounts.
-- Distributed by zalo_user_id.
create table zalo_users (
    zalo_user_id text primary key,
    account_id uuid not null
);

-- A person's Zalo identity in this service. A deleted account stays as a tombstone without its
-- Zalo id. Distributed by account_id.
create table accounts (
    account_id uuid primary key,
    zalo_user_id text,
    locale text not null,
    follow_state text not null,
    consent_text_version text,
    consent_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    constraint accounts_locale_check check (locale in ('vi', 'en')),
    constraint accounts_follow_state_check
        check (follow_state in ('unknown', 'following', 'unfollowed'))
);

-- The codes of an account: "my codes" and the limit of ten. Distributed by account_id.
create table subscriptions (
    account_id uuid not null,
    subscription_id uuid not null,
    customer_code text not null,
    state text not null,
    assurance text,
    alias text,
    declared_at timestamptz not null,
    declaration_text_version text not null,
    expires_at timestamptz,
    verified_at timestamptz,
    created_at timestamptz not null,
    primary key (account_id, subscription_id),
    constraint subscriptions_account_id_customer_code_key unique (account_id, customer_code),
    constraint subscriptions_state_check
        check (state in ('pending', 'active', 'reverification_required')),
    constraint subscriptions_assurance_check check (assurance in ('low', 'standard')),
    constraint subscriptions_pending_check check ((state = 'pending') = (expires_at is not null)),
    constraint subscriptions_active_check check (state <> 'active' or assurance is not null)
);
create index subscriptions_expires_at_idx on subscriptions (expires_at)
    where expires_at is not null;

-- Verification attempts of an account over all codes. Distributed by account_id.
create table account_attempts (
    account_id uuid primary key,
    attempts integer not null,
    window_ends_at timestamptz not null
);
create index account_attempts_window_ends_at_idx on account_attempts (window_ends_at);

-- Stored answers of requests with an Idempotency-Key. Distributed by account_id.
create table idempotency_keys (
    account_id uuid not null,
    client_id uuid not null,
    operation text not null,
    idempotency_key text not null,
    fingerprint bytea not null,
    status integer not null,
    answer bytea not null,
    expires_at timestamptz not null,
    primary key (account_id, client_id, operation, idempotency_key)
);
create index idempotency_keys_expires_at_idx on idempotency_keys (expires_at);

-- What was done and who read the personal data of whom; append-only by privilege.
-- Distributed by account_id.
create table audit_events (
    account_id uuid not null,
    audit_event_id uuid not null,
    happened_at timestamptz not null,
    client_id uuid not null,
    action text not null,
    customer_code text,
    request_id uuid not null,
    primary key (account_id, audit_event_id)
);

-- The units that manage customers (điện lực). Reference table.
create table managing_units (
    unit_code text primary key,
    name text not null
);

-- Customers as the billing system knows them. Distributed by customer_code.
create table customers (
    customer_code text primary key,
    sealed_holder_name bytea not null,
    sealed_phone bytea,
    sealed_national_id bytea,
    sealed_address bytea not null,
    holder_name_index bytea not null,
    phone_index bytea,
    national_id_index bytea,
    usage_purpose text not null,
    household_count integer not null,
    periods_per_month smallint not null,
    contract_status text not null,
    unit_code text not null,
    next_reading_on date,
    credit bigint not null,
    as_of timestamptz not null,
    constraint customers_usage_purpose_check
        check (usage_purpose in ('residential', 'nonResidential')),
    constraint customers_household_count_check check (household_count >= 0),
    constraint customers_periods_per_month_check check (periods_per_month between 1 and 3),
    constraint customers_contract_status_check check (contract_status in ('active', 'ended')),
    constraint customers_credit_check check (credit >= 0)
);

-- The same edge as an active subscription, by customer code: authorisation begins here.
-- Distributed by customer_code.
create table followers (
    customer_code text not null,
    account_id uuid not null,
    subscription_id uuid not null,
    assurance text not null,
    followed_at timestamptz not null,
    primary key (customer_code, account_id),
    constraint followers_assurance_check check (assurance in ('low', 'standard'))
);

-- Wrong verifications of one account for one code. Distributed by customer_code.
create table follower_attempts (
    customer_code text not null,
    account_id uuid not null,
    attempts integer not null,
    window_ends_at timestamptz not null,
    primary key (customer_code, account_id)
);
create index follower_attempts_window_ends_at_idx on follower_attempts (window_ends_at);

-- Wrong verifications of one code over all accounts. Distributed by customer_code.
create table customer_attempts (
    customer_code text primary key,
    attempts integer not null,
    window_ends_at timestamptz not null
);
create index customer_attempts_window_ends_at_idx on customer_attempts (window_ends_at);

-- Every revision of every bill, append-only by privilege. Readings and lines stand in the row, as
-- the contract tells them, so that a look-up reads one row and copies it out
-- (docs/decisions/0008). Distributed by customer_code.
create table bills (
    customer_code text not null,
    month date not null,
    period_number smallint not null,
    kind text not null,
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
    as_of timestamptz not null,
    primary key (customer_code, month, period_number, kind, revision),
    constraint bills_month_check check (extract(day from month) = 1),
    constraint bills_period_number_check check (period_number between 1 and 3),
    constraint bills_kind_check check (kind in ('active', 'reactive')),
    constraint bills_status_check check (status in ('issued', 'corrected', 'cancelled')),
    constraint bills_period_check check (period_end >= period_start),
    constraint bills_total_check check (total = amount_excluding_vat + vat),
    constraint bills_readings_check check (json_typeof(readings) = 'array'),
    constraint bills_lines_check check (json_typeof(lines) = 'array')
) partition by range (month);

-- What is owed of each bill: its newest revision, what is paid and what is announced as paid.
-- Not partitioned: a debt has no month below which it may be forgotten, and the open ones stand
-- in an index of their own. Distributed by customer_code.
create table bill_balances (
    customer_code text not null,
    month date not null,
    period_number smallint not null,
    kind text not null,
    revision smallint not null,
    billed bigint not null,
    paid bigint not null,
    pending bigint not null,
    due_on date not null,
    primary key (customer_code, month, period_number, kind),
    constraint bill_balances_paid_check check (paid >= 0 and paid <= billed and pending >= 0)
);
create index bill_balances_open_idx on bill_balances (customer_code, month)
    where paid < billed;

-- Creates the monthly partitions from one month to another, both first days, as far as missing.
create function ensure_month_partitions(first date, last date) returns integer
language plpgsql as $$
declare
    parent text;
    month date;
    child text;
    created integer := 0;
begin
    foreach parent in array array['bills'] loop
        month := first;
        while month <= last loop
            child := format('%s_%s', parent, to_char(month, 'YYYY_MM'));
            if to_regclass(child) is null then
                execute format(
                    'create table %I partition of %I for values from (%L) to (%L)',
                    child, parent, month, month + interval '1 month');
                created := created + 1;
            end if;
            month := month + interval '1 month';
        end loop;
    end loop;
    return created;
end;
$$;
