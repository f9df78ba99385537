-- Tariffs, VAT rates and tables of reactive power as dated data (docs/decisions/0009).
--
-- A version is the whole document as it was loaded, validated; the services compute from the
-- newest one. The other tables hold its rows, so that the database itself refuses two prices of
-- one day and a query can ask for document, validity and confidence. Versions are never changed.
create table tariff_versions (
    version integer primary key,
    document json not null,
    checked_through date not null,
    source text not null,
    loaded_at timestamptz not null,
    constraint tariff_versions_version_check check (version >= 1),
    constraint tariff_versions_document_check check (json_typeof(document) = 'object')
);

-- The decisions on retail prices; a draft is not in force and may lie beside the others.
create table tariffs (
    version integer not null,
    decision text not null,
    is_draft boolean not null,
    valid_from date not null,
    valid_to date,
    primary key (version, decision),
    constraint tariffs_version_fkey foreign key (version) references tariff_versions (version),
    constraint tariffs_valid_to_check check (valid_to >= valid_from),
    -- A version is compared as a range of one, which needs no extension.
    constraint tariffs_validity_excl exclude using gist (
        int4range(version, version, '[]') with &&, daterange(valid_from, valid_to, '[]') with &&)
        where (not is_draft)
);

-- What a decision makes each category of customers pay, and how sure we are of it.
create table tariff_prices (
    version integer not null,
    decision text not null,
    category text not null,
    confidence text not null,
    prices json not null,
    primary key (version, decision, category),
    constraint tariff_prices_decision_fkey
        foreign key (version, decision) references tariffs (version, decision),
    constraint tariff_prices_confidence_check
        check (confidence in ('low', 'low-medium', 'medium', 'medium-high', 'high'))
);

-- The rates of value added tax, in hundredths of a per cent.
create table vat_rates (
    version integer not null,
    document text not null,
    valid_from date not null,
    valid_to date,
    basis_points integer not null,
    confidence text not null,
    primary key (version, valid_from),
    constraint vat_rates_version_fkey foreign key (version) references tariff_versions (version),
    constraint vat_rates_valid_to_check check (valid_to >= valid_from),
    constraint vat_rates_basis_points_check check (basis_points between 0 and 10000),
    constraint vat_rates_confidence_check
        check (confidence in ('low', 'low-medium', 'medium', 'medium-high', 'high')),
    constraint vat_rates_validity_excl exclude using gist (
        int4range(version, version, '[]') with &&, daterange(valid_from, valid_to, '[]') with &&)
);

-- The coefficients of reactive power by power factor.
create table reactive_tables (
    version integer not null,
    document text not null,
    valid_from date not null,
    valid_to date,
    confidence text not null,
    coefficients json not null,
    primary key (version, valid_from),
    constraint reactive_tables_version_fkey
        foreign key (version) references tariff_versions (version),
    constraint reactive_tables_valid_to_check check (valid_to >= valid_from),
    constraint reactive_tables_confidence_check
        check (confidence in ('low', 'low-medium', 'medium', 'medium-high', 'high')),
    constraint reactive_tables_validity_excl exclude using gist (
        int4range(version, version, '[]') with &&, daterange(valid_from, valid_to, '[]') with &&)
);

-- Small and read by everybody: reference tables where the database is distributed.
do $$
begin
    if exists (select from pg_extension where extname = 'citus') then
        perform create_reference_table(name) from unnest(array[
            'tariff_versions', 'tariffs', 'tariff_prices', 'vat_rates', 'reactive_tables'
        ]) as name;
    end if;
    -- The service reads; only the owner loads.
    if exists (select from pg_roles where rolname = 'customer_care_service') then
        grant select on tariff_versions, tariffs, tariff_prices, vat_rates, reactive_tables
            to customer_care_service;
    end if;
end;
$$;
