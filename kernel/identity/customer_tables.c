/* What is stored of customers' own proofs. */
#include "identity/customer.h"

#define TABLE(name, doc, type, key)                                                                                                        \
    { (uint32_t)sizeof(struct mx_table), 0, name, doc, &type, key, NULL, NULL, 0, 0 }

static const struct mx_field identity_code_fields[] = {
    MX_F_STR(identity_code, place, 0, 0, 64, "keyed hash of what it is for and what was said"),
    MX_F_STR(identity_code, hash, MX_SECRET, 0, 64, "keyed hash of the code"),
    MX_F_ID(identity_code, person, 0, "per", "for whom"),
    MX_F_ID(identity_code, identifier, 0, "idt", "through which it went out"),
    MX_F_INT(identity_code, run, 0, 0, MX_INT_MAX, "run of the program in which it was made"),
    MX_F_TIME(identity_code, until, 0, "it holds until then"),
};
MX_TYPE_REC(identity_code, "identity.code.record", "a one-time code, without the code");
const struct mx_table identity_codes = TABLE("identity.code", "one-time codes of customers, hashed", identity_code_type, "place");

static const struct mx_field identity_customer_proof_fields[] = {
    MX_F_ID(identity_customer_proof, person, 0, "per", "whose"),
    MX_F_STR(identity_customer_proof, pin, MX_SECRET, 0, 64, "keyed hash of the PIN"),
    MX_F_TIME(identity_customer_proof, pin_changed, 0, "when it was set"),
    MX_F_INT(identity_customer_proof, qr_step, 0, 0, MX_INT_MAX, "step of the last QR code that was used as a proof"),
};
MX_TYPE_REC(identity_customer_proof, "identity.customer.proof.record", "what a customer proves herself with");
const struct mx_table identity_customer_proofs =
    TABLE("identity.customer.proof", "PINs of customers, hashed", identity_customer_proof_type, "person");

static const struct mx_field identity_customer_settings_fields[] = {
    MX_F_STR(identity_customer_settings, id, 0, 0, 16, "always \"customers\""),
    MX_F_STR(identity_customer_settings, message, MX_SECRET, 0, 8192, "address of the message gateway, sealed"),
    MX_F_STR(identity_customer_settings, shown, 0, 0, 2048, "the same without its query"),
    MX_F_ID(identity_customer_settings, sign, 0, "whk", "webhook whose secret signs messages"),
    MX_F_INT(identity_customer_settings, session_hours, 0, 0, 8760, "how long a customer's session lasts"),
    MX_F_INT(identity_customer_settings, rebind_wait_minutes, 0, 0, 525600, "how long a new identifier proves nothing"),
    MX_F_INT(identity_customer_settings, calls_per_minute, 0, 0, 1000000, "of one customer"),
    MX_F_INT(identity_customer_settings, customers_calls_per_minute, 0, 0, 1000000, "of all customers"),
    MX_F_INT(identity_customer_settings, channels_calls_per_minute, 0, 0, 1000000, "of all channels"),
};
MX_TYPE_REC(identity_customer_settings, "identity.customer.settings.record", "what holds for customers in their own sessions");
const struct mx_table identity_customer_settings_table =
    TABLE("identity.customer.settings", "what holds for customers in their own sessions", identity_customer_settings_type, "id");
