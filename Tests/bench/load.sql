-- Customers and bills for `make bench`, made by PostgreSQL itself. Variables: customers, months.
-- Customer n has code PB0601 and n in seven digits; one account follows all of them, and an account
-- of its own follows each ten, since writes of one account wait for each other. What a look-up
-- never reads (names, addresses) is a sealed text of the usual length.
\set ON_ERROR_STOP 1
set synchronous_commit = off;
set client_min_messages = warning;
insert into managing_units values ('PB0601', 'Điện lực Tân An');
insert into accounts (account_id, zalo_user_id, locale, follow_state, created_at, updated_at)
values (:'account', 'bench', 'vi', 'following', now(), now());
insert into customers (customer_code, sealed_holder_name, sealed_phone, sealed_national_id,
    sealed_address, holder_name_index, phone_index, national_id_index, usage_purpose,
    household_count, periods_per_month, contract_status, unit_code, next_reading_on, credit, as_of)
select 'PB0601' || lpad(n::text, 7, '0'), decode(repeat('5a', 48), 'hex'),
    decode(repeat('5a', 40), 'hex'), decode(repeat('5a', 42), 'hex'),
    decode(repeat('5a', 80), 'hex'), sha256(n::text::bytea), sha256(n::text::bytea),
    sha256(n::text::bytea), 'residential', 1, 1, 'active', 'PB0601', current_date + 5, 0, now()
from generate_series(1, :customers) as n;
insert into followers (customer_code, account_id, subscription_id, assurance, followed_at)
select customer_code, :'account', :'account', 'standard', now() from customers;
insert into accounts (account_id, zalo_user_id, locale, follow_state, created_at, updated_at)
select ('00000000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid, 'bench' || n, 'vi',
    'following', now(), now()
from generate_series(0, :customers / 10) as n;
insert into followers (customer_code, account_id, subscription_id, assurance, followed_at)
select customer_code,
    ('00000000-0000-7000-9000-' || lpad(to_hex(right(customer_code, 7)::integer / 10), 12, '0'))
        ::uuid, :'account', 'standard', now()
from customers;
-- Month by month, newest last, as bills arrive.
select format($insert$
    insert into bills (customer_code, month, period_number, kind, revision, status, invoice_id,
        period_start, period_end, consumption_kwh, amount_excluding_vat, vat_rate_basis_points,
        vat, total, issued_on, due_on, readings, lines, as_of)
    select 'PB0601' || lpad(n::text, 7, '0'), %1$L, 1, 'active', 1, 'issued',
        (10000000 + n * 24 + %2$s)::text, %1$L::date - 25, %1$L::date + 4, 180 + n %% 60,
        402500, 800, 32200, 434700, %1$L::date + 5, %1$L::date + 10,
        json_build_array(json_build_object('meterSerialNumber', lpad(n::text, 8, '0'),
            'register', 'total', 'openingReading', n %% 9000, 'closingReading',
            n %% 9000 + 180 + n %% 60, 'multiplier', 1, 'consumptionKWh', 180 + n %% 60,
            'isEstimated', false)),
        json_build_array(
            json_build_object('kind', 'tier', 'tier', 1, 'register', null, 'quantityKWh', 50,
                'unitPrice', 1984, 'amount', 99200),
            json_build_object('kind', 'tier', 'tier', 2, 'register', null, 'quantityKWh', 50,
                'unitPrice', 2050, 'amount', 102500),
            json_build_object('kind', 'tier', 'tier', 3, 'register', null, 'quantityKWh',
                80 + n %% 60, 'unitPrice', 2380, 'amount', (80 + n %% 60) * 2380)), now()
    from generate_series(1, %3$s) as n
    $insert$, month::date, age, :customers)
from generate_series(0, :months - 1) as age,
    lateral (select date_trunc('month', current_date) - age * interval '1 month') as m (month)
order by month
\gexec
insert into bill_balances (customer_code, month, period_number, kind, revision, billed, paid,
    pending, due_on)
select customer_code, month, period_number, kind, revision, total,
    case when month = date_trunc('month', current_date) then 0 else total end, 0, due_on
from bills;
-- The network: 100 customers hang on a transformer, 5,000 on a feeder, 300 stand in a route book.
insert into network_links (customer_code, scope_kind, scope_value, valid_from)
select 'PB0601' || lpad(n::text, 7, '0'), kind, kind || case kind
    when 'transformer' then n / 100 when 'feeder' then n / 5000 when 'routeBook' then n / 300
    else 0 end, '2020-01-01'
from generate_series(1, :customers) as n,
    unnest(array['transformer', 'feeder', 'routeBook', 'area']) as kind;
-- Two outages ahead and ten behind for each feeder and for each fifth transformer.
create temporary table planned as
select gen_random_uuid() as id, kind, kind || number as value,
    date_trunc('day', now()) + age * interval '9 days' + interval '8 hours' as starts_at
from (
    select 'feeder' as kind, generate_series(0, :customers / 5000) as number
    union all
    select 'transformer', generate_series(0, :customers / 100, 5)
) as scope, generate_series(-10, 2) as age
where age <> 0;
insert into outages (outage_id, source, external_id, kind, version, place, reason, starts_at,
    expected_end_at, over_at, expected_ends, published_at, updated_at)
select id, 'bench', id, 'planned', 1, 'Phường 1, Tân An', 'Bảo trì lưới điện', starts_at,
    starts_at + interval '4 hours', starts_at + interval '4 hours', '[]', now(), now()
from planned;
insert into outage_scopes
select kind, value, id, starts_at, starts_at + interval '4 hours' from planned;
insert into outage_horizons values ('PB0601', current_date + 14, now());
insert into reading_schedules
select 'routeBook', 'routeBook' || number, date_trunc('month', current_date + age * 30), 1,
    date_trunc('month', current_date + age * 30) + interval '14 days', null, now()
from generate_series(0, :customers / 300) as number, generate_series(0, 1) as age;
insert into reading_days
select n.customer_code, array_agg(s.reading_on order by s.reading_on)
from network_links n
join reading_schedules s on s.scope_kind = n.scope_kind and s.scope_value = n.scope_value
group by n.customer_code;
vacuum analyze reading_days;
vacuum analyze network_links;
vacuum analyze outages;
vacuum analyze outage_scopes;
vacuum analyze reading_schedules;
vacuum analyze customers;
vacuum analyze followers;
vacuum analyze bills;
vacuum analyze bill_balances;
