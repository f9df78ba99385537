#include "CAssets.h"

// #embed is C23; the toolchain's clang knows it in every mode and only warns.
#pragma clang diagnostic ignored "-Wc23-extensions"

#define ASSET(identifier) static const uint8_t identifier[] = {
#define END_ASSET };

ASSET(openapi)
#embed "../../openapi.yaml"
END_ASSET
ASSET(tables)
#embed "migrations/0001_tables.sql"
END_ASSET
ASSET(distribution)
#embed "migrations/0002_distribution.sql"
END_ASSET
ASSET(foreign_keys)
#embed "migrations/0003_foreign_keys.sql"
END_ASSET
ASSET(privileges)
#embed "migrations/0004_privileges.sql"
END_ASSET
ASSET(tariff_tables)
#embed "migrations/0005_tariffs.sql"
END_ASSET
ASSET(reactive_bills)
#embed "migrations/0006_reactive_bills.sql"
END_ASSET
ASSET(outages)
#embed "migrations/0007_outages.sql"
END_ASSET
ASSET(calendars)
#embed "migrations/0008_calendars.sql"
END_ASSET
ASSET(payment_tables)
#embed "migrations/0009_payments.sql"
END_ASSET
ASSET(tariffs)
#embed "tariffs/tariffs.json"
END_ASSET
ASSET(guides_index)
#embed "guides/guides.index"
END_ASSET
ASSET(hotlines)
#embed "guides/hotlines.json"
END_ASSET
ASSET(follow_the_page_en)
#embed "guides/follow-the-page.en.txt"
END_ASSET
ASSET(follow_the_page_vi)
#embed "guides/follow-the-page.vi.txt"
END_ASSET
ASSET(register_en)
#embed "guides/register-customer-codes.en.txt"
END_ASSET
ASSET(register_vi)
#embed "guides/register-customer-codes.vi.txt"
END_ASSET
ASSET(look_ups_en)
#embed "guides/look-ups.en.txt"
END_ASSET
ASSET(look_ups_vi)
#embed "guides/look-ups.vi.txt"
END_ASSET
ASSET(services_en)
#embed "guides/services.en.txt"
END_ASSET
ASSET(services_vi)
#embed "guides/services.vi.txt"
END_ASSET
ASSET(messages_en)
#embed "guides/automatic-messages.en.txt"
END_ASSET
ASSET(messages_vi)
#embed "guides/automatic-messages.vi.txt"
END_ASSET
ASSET(service_tables)
#embed "migrations/0010_services.sql"
END_ASSET
ASSET(payment_resolutions)
#embed "migrations/0011_payment_resolutions.sql"
END_ASSET
ASSET(attachments)
#embed "migrations/0012_attachments.sql"
END_ASSET
ASSET(supply_suspension)
#embed "migrations/0013_supply_suspension.sql"
END_ASSET
ASSET(message_tables)
#embed "migrations/0014_messages.sql"
END_ASSET
ASSET(announcement_tables)
#embed "migrations/0015_announcements.sql"
END_ASSET
ASSET(message_texts)
#embed "migrations/0016_message_texts.sql"
END_ASSET
ASSET(webhook_tables)
#embed "migrations/0017_webhooks.sql"
END_ASSET
ASSET(import_tables)
#embed "migrations/0018_imports.sql"
END_ASSET
ASSET(staff_outages)
#embed "migrations/0019_staff_outages.sql"
END_ASSET
ASSET(import_kinds)
#embed "migrations/0020_import_kinds.sql"
END_ASSET
ASSET(partitions)
#embed "migrations/0021_partitions.sql"
END_ASSET
ASSET(data_subjects)
#embed "migrations/0022_data_subjects.sql"
END_ASSET
ASSET(refunds)
#embed "migrations/0023_refunds.sql"
END_ASSET
ASSET(rollback)
#embed "migrations/0024_rollback.sql"
END_ASSET
ASSET(readings_and_tariffs)
#embed "migrations/0025_readings_and_tariffs.sql"
END_ASSET
ASSET(bill_imports)
#embed "migrations/0026_bill_imports.sql"
END_ASSET
ASSET(bill_changes)
#embed "migrations/0027_bill_changes.sql"
END_ASSET
ASSET(bill_revisions)
#embed "migrations/0028_bill_revisions.sql"
END_ASSET
ASSET(cmis)
#embed "imports/cmis.json"
END_ASSET
ASSET(outage_notice)
#embed "outages/notice.json"
END_ASSET
ASSET(message_templates)
#embed "messages/templates.json"
END_ASSET
ASSET(service_catalogue)
#embed "services/services.json"
END_ASSET
ASSET(holidays)
#embed "services/holidays.json"
END_ASSET
ASSET(demo_units)
#embed "demo/units.txt"
END_ASSET
ASSET(demo_words)
#embed "demo/words.txt"
END_ASSET

struct asset {
    const char *name;
    const uint8_t *bytes;
    size_t size;
};

#define ROW(name, identifier) {name, identifier, sizeof identifier}

static const struct asset assets[] = {
    ROW("openapi.yaml", openapi),
    ROW("migrations/0001_tables.sql", tables),
    ROW("migrations/0002_distribution.sql", distribution),
    ROW("migrations/0003_foreign_keys.sql", foreign_keys),
    ROW("migrations/0004_privileges.sql", privileges),
    ROW("migrations/0005_tariffs.sql", tariff_tables),
    ROW("migrations/0006_reactive_bills.sql", reactive_bills),
    ROW("migrations/0007_outages.sql", outages),
    ROW("migrations/0008_calendars.sql", calendars),
    ROW("migrations/0009_payments.sql", payment_tables),
    ROW("migrations/0010_services.sql", service_tables),
    ROW("migrations/0011_payment_resolutions.sql", payment_resolutions),
    ROW("migrations/0012_attachments.sql", attachments),
    ROW("migrations/0013_supply_suspension.sql", supply_suspension),
    ROW("migrations/0014_messages.sql", message_tables),
    ROW("migrations/0015_announcements.sql", announcement_tables),
    ROW("migrations/0016_message_texts.sql", message_texts),
    ROW("migrations/0017_webhooks.sql", webhook_tables),
    ROW("migrations/0018_imports.sql", import_tables),
    ROW("migrations/0019_staff_outages.sql", staff_outages),
    ROW("migrations/0020_import_kinds.sql", import_kinds),
    ROW("migrations/0021_partitions.sql", partitions),
    ROW("migrations/0022_data_subjects.sql", data_subjects),
    ROW("migrations/0023_refunds.sql", refunds),
    ROW("migrations/0024_rollback.sql", rollback),
    ROW("migrations/0025_readings_and_tariffs.sql", readings_and_tariffs),
    ROW("migrations/0026_bill_imports.sql", bill_imports),
    ROW("migrations/0027_bill_changes.sql", bill_changes),
    ROW("migrations/0028_bill_revisions.sql", bill_revisions),
    ROW("imports/cmis.json", cmis),
    ROW("outages/notice.json", outage_notice),
    ROW("messages/templates.json", message_templates),
    ROW("tariffs/tariffs.json", tariffs),
    ROW("services/services.json", service_catalogue),
    ROW("services/holidays.json", holidays),
    ROW("guides/guides.index", guides_index),
    ROW("guides/hotlines.json", hotlines),
    ROW("guides/follow-the-page.en.txt", follow_the_page_en),
    ROW("guides/follow-the-page.vi.txt", follow_the_page_vi),
    ROW("guides/register-customer-codes.en.txt", register_en),
    ROW("guides/register-customer-codes.vi.txt", register_vi),
    ROW("guides/look-ups.en.txt", look_ups_en),
    ROW("guides/look-ups.vi.txt", look_ups_vi),
    ROW("guides/services.en.txt", services_en),
    ROW("guides/services.vi.txt", services_vi),
    ROW("guides/automatic-messages.en.txt", messages_en),
    ROW("guides/automatic-messages.vi.txt", messages_vi),
    ROW("demo/units.txt", demo_units),
    ROW("demo/words.txt", demo_words),
};

size_t cassets_count(void) {
    return sizeof assets / sizeof assets[0];
}

const char *cassets_name(size_t index) {
    return index < cassets_count() ? assets[index].name : NULL;
}

const uint8_t *cassets_bytes(size_t index) {
    return index < cassets_count() ? assets[index].bytes : NULL;
}

size_t cassets_size(size_t index) {
    return index < cassets_count() ? assets[index].size : 0;
}
