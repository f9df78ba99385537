-- What a report that a code is without power must know besides (docs/decisions/0011).

-- Since when the contract's supply is suspended (ngừng cấp điện theo hợp đồng), by the billing
-- system; null while electricity is supplied.
alter table customers add column supply_suspended_on date;

-- By which report a code came into an incident: so the report that counts it need not ask first.
alter table outage_incident_codes add column tracking_code text;
