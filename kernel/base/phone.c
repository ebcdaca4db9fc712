#include "base/text.h"

#define E164_MAX_DIGITS 15u
#define E164_MIN_DIGITS 7u /* the shortest numbers in use, e.g. +683 4000 */

struct country {
    char iso[3];
    char code[4];  /* calling code (ITU-T E.164) */
    char trunk[3]; /* what is dialled before a national number inside the country and left out from abroad */
};

/* Where the trunk prefix is empty, a leading 0 belongs to the number (Italy, Ivory Coast) or does not occur. */
static const struct country countries[] = {
    {"AC", "247", ""},
    {"AD", "376", ""},
    {"AE", "971", "0"},
    {"AF", "93", "0"},
    {"AG", "1", "1"},
    {"AI", "1", "1"},
    {"AL", "355", "0"},
    {"AM", "374", "0"},
    {"AO", "244", ""},
    {"AR", "54", "0"},
    {"AS", "1", "1"},
    {"AT", "43", "0"},
    {"AU", "61", "0"},
    {"AW", "297", ""},
    {"AX", "358", "0"},
    {"AZ", "994", "0"},
    {"BA", "387", "0"},
    {"BB", "1", "1"},
    {"BD", "880", "0"},
    {"BE", "32", "0"},
    {"BF", "226", ""},
    {"BG", "359", "0"},
    {"BH", "973", ""},
    {"BI", "257", ""},
    {"BJ", "229", ""},
    {"BL", "590", "0"},
    {"BM", "1", "1"},
    {"BN", "673", ""},
    {"BO", "591", "0"},
    {"BQ", "599", ""},
    {"BR", "55", "0"},
    {"BS", "1", "1"},
    {"BT", "975", ""},
    {"BW", "267", ""},
    {"BY", "375", "80"},
    {"BZ", "501", ""},
    {"CA", "1", "1"},
    {"CC", "61", "0"},
    {"CD", "243", "0"},
    {"CF", "236", ""},
    {"CG", "242", ""},
    {"CH", "41", "0"},
    {"CI", "225", ""},
    {"CK", "682", ""},
    {"CL", "56", ""},
    {"CM", "237", ""},
    {"CN", "86", "0"},
    {"CO", "57", ""},
    {"CR", "506", ""},
    {"CU", "53", "0"},
    {"CV", "238", ""},
    {"CW", "599", ""},
    {"CX", "61", "0"},
    {"CY", "357", ""},
    {"CZ", "420", ""},
    {"DE", "49", "0"},
    {"DJ", "253", ""},
    {"DK", "45", ""},
    {"DM", "1", "1"},
    {"DO", "1", "1"},
    {"DZ", "213", "0"},
    {"EC", "593", "0"},
    {"EE", "372", ""},
    {"EG", "20", "0"},
    {"EH", "212", "0"},
    {"ER", "291", "0"},
    {"ES", "34", ""},
    {"ET", "251", "0"},
    {"FI", "358", "0"},
    {"FJ", "679", ""},
    {"FK", "500", ""},
    {"FM", "691", ""},
    {"FO", "298", ""},
    {"FR", "33", "0"},
    {"GA", "241", ""},
    {"GB", "44", "0"},
    {"GD", "1", "1"},
    {"GE", "995", "0"},
    {"GF", "594", "0"},
    {"GG", "44", "0"},
    {"GH", "233", "0"},
    {"GI", "350", ""},
    {"GL", "299", ""},
    {"GM", "220", ""},
    {"GN", "224", ""},
    {"GP", "590", "0"},
    {"GQ", "240", ""},
    {"GR", "30", ""},
    {"GT", "502", ""},
    {"GU", "1", "1"},
    {"GW", "245", ""},
    {"GY", "592", ""},
    {"HK", "852", ""},
    {"HN", "504", ""},
    {"HR", "385", "0"},
    {"HT", "509", ""},
    {"HU", "36", "06"},
    {"ID", "62", "0"},
    {"IE", "353", "0"},
    {"IL", "972", "0"},
    {"IM", "44", "0"},
    {"IN", "91", "0"},
    {"IO", "246", ""},
    {"IQ", "964", "0"},
    {"IR", "98", "0"},
    {"IS", "354", ""},
    {"IT", "39", ""},
    {"JE", "44", "0"},
    {"JM", "1", "1"},
    {"JO", "962", "0"},
    {"JP", "81", "0"},
    {"KE", "254", "0"},
    {"KG", "996", "0"},
    {"KH", "855", "0"},
    {"KI", "686", ""},
    {"KM", "269", ""},
    {"KN", "1", "1"},
    {"KP", "850", "0"},
    {"KR", "82", "0"},
    {"KW", "965", ""},
    {"KY", "1", "1"},
    {"KZ", "7", "8"},
    {"LA", "856", "0"},
    {"LB", "961", "0"},
    {"LC", "1", "1"},
    {"LI", "423", ""},
    {"LK", "94", "0"},
    {"LR", "231", "0"},
    {"LS", "266", ""},
    {"LT", "370", "0"},
    {"LU", "352", ""},
    {"LV", "371", ""},
    {"LY", "218", "0"},
    {"MA", "212", "0"},
    {"MC", "377", "0"},
    {"MD", "373", "0"},
    {"ME", "382", "0"},
    {"MF", "590", "0"},
    {"MG", "261", "0"},
    {"MH", "692", "1"},
    {"MK", "389", "0"},
    {"ML", "223", ""},
    {"MM", "95", "0"},
    {"MN", "976", "0"},
    {"MO", "853", ""},
    {"MP", "1", "1"},
    {"MQ", "596", "0"},
    {"MR", "222", ""},
    {"MS", "1", "1"},
    {"MT", "356", ""},
    {"MU", "230", ""},
    {"MV", "960", ""},
    {"MW", "265", "0"},
    {"MX", "52", ""},
    {"MY", "60", "0"},
    {"MZ", "258", ""},
    {"NA", "264", "0"},
    {"NC", "687", ""},
    {"NE", "227", ""},
    {"NF", "672", ""},
    {"NG", "234", "0"},
    {"NI", "505", ""},
    {"NL", "31", "0"},
    {"NO", "47", ""},
    {"NP", "977", "0"},
    {"NR", "674", ""},
    {"NU", "683", ""},
    {"NZ", "64", "0"},
    {"OM", "968", ""},
    {"PA", "507", ""},
    {"PE", "51", "0"},
    {"PF", "689", ""},
    {"PG", "675", ""},
    {"PH", "63", "0"},
    {"PK", "92", "0"},
    {"PL", "48", ""},
    {"PM", "508", "0"},
    {"PR", "1", "1"},
    {"PS", "970", "0"},
    {"PT", "351", ""},
    {"PW", "680", ""},
    {"PY", "595", "0"},
    {"QA", "974", ""},
    {"RE", "262", "0"},
    {"RO", "40", "0"},
    {"RS", "381", "0"},
    {"RU", "7", "8"},
    {"RW", "250", "0"},
    {"SA", "966", "0"},
    {"SB", "677", ""},
    {"SC", "248", ""},
    {"SD", "249", "0"},
    {"SE", "46", "0"},
    {"SG", "65", ""},
    {"SH", "290", ""},
    {"SI", "386", "0"},
    {"SJ", "47", ""},
    {"SK", "421", "0"},
    {"SL", "232", "0"},
    {"SM", "378", ""},
    {"SN", "221", ""},
    {"SO", "252", "0"},
    {"SR", "597", ""},
    {"SS", "211", "0"},
    {"ST", "239", ""},
    {"SV", "503", ""},
    {"SX", "1", "1"},
    {"SY", "963", "0"},
    {"SZ", "268", ""},
    {"TA", "290", ""},
    {"TC", "1", "1"},
    {"TD", "235", ""},
    {"TG", "228", ""},
    {"TH", "66", "0"},
    {"TJ", "992", ""},
    {"TK", "690", ""},
    {"TL", "670", ""},
    {"TM", "993", "8"},
    {"TN", "216", ""},
    {"TO", "676", ""},
    {"TR", "90", "0"},
    {"TT", "1", "1"},
    {"TV", "688", ""},
    {"TW", "886", "0"},
    {"TZ", "255", "0"},
    {"UA", "380", "0"},
    {"UG", "256", "0"},
    {"US", "1", "1"},
    {"UY", "598", "0"},
    {"UZ", "998", ""},
    {"VA", "39", ""},
    {"VC", "1", "1"},
    {"VE", "58", "0"},
    {"VG", "1", "1"},
    {"VI", "1", "1"},
    {"VN", "84", "0"},
    {"VU", "678", ""},
    {"WF", "681", ""},
    {"WS", "685", ""},
    {"XK", "383", "0"},
    {"YE", "967", "0"},
    {"YT", "262", "0"},
    {"ZA", "27", "0"},
    {"ZM", "260", "0"},
    {"ZW", "263", "0"},
    {"AQ", "672", ""},
    {"GS", "500", ""},
    {"PN", "64", "0"},
    {"TF", "262", "0"},
    {"UM", "1", "1"},
    /* codes that belong to no country: freephone, satellite and international networks */
    {"", "800", ""},
    {"", "808", ""},
    {"", "870", ""},
    {"", "878", ""},
    {"", "881", ""},
    {"", "882", ""},
    {"", "883", ""},
    {"", "888", ""},
    {"", "979", ""},
};

#define COUNTRY_COUNT (sizeof(countries) / sizeof(countries[0]))

static const struct country *country_of(struct mx_str iso) {
    size_t i;
    if (iso.len != 2) return NULL;
    for (i = 0; i < COUNTRY_COUNT; i++) {
        if (mx_str_is(iso, countries[i].iso)) return &countries[i];
    }
    return NULL;
}

/* The first country whose calling code begins the number; codes are prefix-free. */
static const struct country *country_dialled(const char *digits) {
    size_t i;
    for (i = 0; i < COUNTRY_COUNT; i++) {
        if (strncmp(digits, countries[i].code, strlen(countries[i].code)) == 0) return &countries[i];
    }
    return NULL;
}

struct dialled {
    char digits[40];
    size_t len;
    int international;
};

/* 1 when "(0)" stands here as a hint for callers at home. In Italy (and Rome's neighbours) the 0 belongs to the number. */
static int zero_hint(const struct dialled *so_far, const char *at, size_t left) {
    if (!so_far->international || left < 3 || memcmp(at, "(0)", 3) != 0) return 0;
    return strncmp(so_far->digits, "39", 2) != 0 && strncmp(so_far->digits, "378", 3) != 0;
}

/* Keep the digits. */
static int take_digits(struct mx_str text, struct dialled *out) {
    uint32_t i = 0;
    memset(out, 0, sizeof(*out));
    while (i < text.len && text.ptr[i] == ' ') i++;
    if (i < text.len && text.ptr[i] == '+') {
        out->international = 1;
        i++;
    }
    for (; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == ' ' || c == '.' || c == '-' || c == '(' || c == ')') {
            if (c == '(' && zero_hint(out, text.ptr + i, text.len - i)) i += 2;
            continue;
        }
        if (c < '0' || c > '9' || out->len + 1 >= sizeof(out->digits)) return 0;
        out->digits[out->len++] = c;
        if (!out->international && out->len == 2 && memcmp(out->digits, "00", 2) == 0) {
            out->international = 1;
            out->len = 0;
        }
    }
    out->digits[out->len] = 0;
    return out->len > 0;
}

static int starts_with(const char *text, const char *prefix) { return strncmp(text, prefix, strlen(prefix)) == 0; }

/* The number behind the trunk prefix. "0" and its kin never begin a number where they are the trunk prefix; 8 and 1 can,
 * so there the length decides: 10 digits follow in +7 and +1, 8 in Turkmenistan, 7 in the Marshall Islands. */
static const char *without_trunk(const struct country *country, const char *national, int international) {
    size_t trunk_len = strlen(country->trunk), len = strlen(national);
    size_t full = strcmp(country->code, "993") == 0 ? 8 : strcmp(country->code, "692") == 0 ? 7 : 10;
    if (trunk_len == 0 || !starts_with(national, country->trunk)) return national;
    if (country->trunk[0] == '0') return national + trunk_len;
    if (country->trunk[0] == '8' && country->trunk[1] == '0') return len == 11 && !international ? national + trunk_len : national;
    return len == trunk_len + full && !international ? national + trunk_len : national;
}

static int north_american(const char *national) { return strlen(national) == 10 && national[0] >= '2' && national[3] >= '2'; }

int base_phone_e164(struct base_arena *arena, struct mx_str text, struct mx_str country, struct mx_str *out) {
    const struct country *home;
    const char *national;
    struct dialled dialled;
    size_t digits;
    if (!take_digits(text, &dialled)) return 0;
    home = dialled.international ? country_dialled(dialled.digits) : country_of(country);
    if (home == NULL) return 0;
    national = dialled.international ? dialled.digits + strlen(home->code) : dialled.digits;
    national = without_trunk(home, national, dialled.international);
    digits = strlen(home->code) + strlen(national);
    if (digits < E164_MIN_DIGITS || digits > E164_MAX_DIGITS) return 0;
    if (home->trunk[0] == '0' && national[0] == '0') return 0;
    if (strcmp(home->code, "1") == 0 && !north_american(national)) return 0;
    *out = base_arena_printf(arena, "+%s%s", home->code, national);
    return 1;
}
