-- Reactive power (tiền mua công suất phản kháng, CSPK): who pays depends on the contracted maximum
-- power, which the billing system knows of some customers; null is unknown.
alter table customers add column contracted_capacity_kw integer;
alter table customers add constraint customers_contracted_capacity_kw_check
    check (contracted_capacity_kw >= 0);

-- A bill of kind 'reactive' stands in bills like one of kind 'active', with consumption_kwh the
-- active energy of the period. There is one for each period in which reactive energy was metered,
-- also when nothing is to be paid. Its readings are objects with meterSerialNumber, openingReading,
-- closingReading, multiplier, reactiveEnergyKvarh and isEstimated, as the contract tells them; its
-- lines hold one object, all of it whole numbers: reactiveEnergyKvarh, powerFactorTenThousandths
-- (null when nothing was metered), coefficientBasisPoints and baseAmount in VND. A wrong one is
-- refused here, since nothing could be told of it. Not validated: no bill of this kind is older.
alter table bills add constraint bills_reactive_line_check check (
    kind <> 'reactive' or (
        json_array_length(lines) = 1
        and json_typeof(lines -> 0 -> 'reactiveEnergyKvarh') is not distinct from 'number'
        and coalesce(json_typeof(lines -> 0 -> 'powerFactorTenThousandths'), '')
            in ('number', 'null')
        and json_typeof(lines -> 0 -> 'coefficientBasisPoints') is not distinct from 'number'
        and json_typeof(lines -> 0 -> 'baseAmount') is not distinct from 'number'
    )
) not valid;
