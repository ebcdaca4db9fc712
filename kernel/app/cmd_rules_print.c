/* What `merx rules` prints for a person. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "app/internal.h"
#include "base/clock.h"
#include "json/json.h"

#define MONEY_TEXT 48

/* ---- reading the answer ---- */

int64_t app_number_of(const struct json_value *value, const char *name) {
    const struct json_value *member = json_member(value, name);
    return member ? member->number : 0;
}

static struct mx_str text_of(const struct json_value *value, const char *name) {
    const struct json_value *member = json_member(value, name);
    return member && member->text.len ? member->text : mx_str_of("");
}

static const struct json_value *first_of(const struct json_value *value, const char *name) {
    const struct json_value *member = json_member(value, name);
    return member ? member->first : NULL;
}

static int count_of(const struct json_value *first) {
    int count = 0;
    for (; first; first = first->next) count++;
    return count;
}

/* ---- writing ---- */

/* 1234567 with two digits as 12,345.67. */
static const char *money(char *out, int64_t amount, int64_t digits) {
    char plain[MONEY_TEXT];
    int64_t scale = 1, i, whole;
    int len, at = 0, k;
    for (i = 0; i < digits; i++) scale *= 10;
    whole = (amount < 0 ? -amount : amount) / scale;
    len = snprintf(plain, sizeof(plain), "%lld", (long long)whole);
    if (amount < 0) out[at++] = '-';
    for (k = 0; k < len; k++) {
        if (k && (len - k) % 3 == 0) out[at++] = ',';
        out[at++] = plain[k];
    }
    out[at] = 0;
    if (digits)
        snprintf(out + at, MONEY_TEXT - 1 - (size_t)at, ".%0*lld", (int)digits, (long long)((amount < 0 ? -amount : amount) % scale));
    return out;
}

static const char *signed_money(char *out, int64_t amount, int64_t digits) {
    if (amount <= 0) return money(out, amount, digits);
    out[0] = '+';
    (void)money(out + 1, amount, digits);
    return out;
}

static const char *day(char *out, int64_t ms) {
    struct base_civil civil;
    base_civil_from_ms(NULL, ms, &civil);
    snprintf(out, 16, "%04d-%02d-%02d", (int)civil.year % 10000, (int)civil.month % 100, (int)civil.day % 100);
    return out;
}

/* Widest of the texts under `name`, between 8 and 40. */
static int widest(const struct json_value *first, const char *name) {
    int width = 8;
    for (; first; first = first->next)
        if ((int)text_of(first, name).len > width) width = (int)text_of(first, name).len;
    return width > 40 ? 40 : width;
}

/* ---- check and test ---- */

void app_print_findings(const struct json_value *answer) {
    const struct json_value *each;
    int errors = 0, others = 0;
    for (each = first_of(answer, "findings"); each; each = each->next) {
        struct mx_str file = text_of(each, "file"), severity = text_of(each, "severity"), code = text_of(each, "code"),
                      message = text_of(each, "message");
        printf("%.*s:%lld: %.*s: %.*s [%.*s]\n", (int)file.len, file.ptr, (long long)app_number_of(each, "line"), (int)severity.len,
               severity.ptr, (int)message.len, message.ptr, (int)code.len, code.ptr);
        if (mx_str_is(severity, "error"))
            errors++;
        else
            others++;
    }
    printf("%d errors, %d warnings\n", errors, others);
}

void app_print_tests(const struct json_value *answer) {
    const struct json_value *each;
    for (each = first_of(answer, "tests"); each; each = each->next) {
        struct mx_str file = text_of(each, "file"), name = text_of(each, "name"), problem = text_of(each, "problem");
        printf("%s %.*s:%lld %.*s\n", app_number_of(each, "passed") ? "ok  " : "FAIL", (int)file.len, file.ptr,
               (long long)app_number_of(each, "line"), (int)name.len, name.ptr);
        if (problem.len) printf("     %.*s\n", (int)problem.len, problem.ptr);
    }
    printf("%lld passed, %lld failed\n", (long long)app_number_of(answer, "passed"), (long long)app_number_of(answer, "failed"));
}

/* ---- backtest ---- */

static void print_head(const struct json_value *answer) {
    char first[16], last[16];
    int64_t receipts = app_number_of(answer, "receipts"), ms = app_number_of(answer, "ms");
    if (receipts == 0) {
        puts("There are no receipts in this time and place.");
        return;
    }
    printf("%lld receipts from %s to %s, priced again in %lld.%03lld s (%lld receipts/s)\n\n", (long long)receipts,
           day(first, app_number_of(answer, "first_at")), day(last, app_number_of(answer, "last_at")), (long long)(ms / 1000),
           (long long)(ms % 1000), (long long)(receipts * 1000 / (ms ? ms : 1)));
}

static void print_sum(const char *label, const struct json_value *answer, const char *before, const char *after, int64_t digits) {
    char a[MONEY_TEXT], b[MONEY_TEXT], c[MONEY_TEXT];
    int64_t was = app_number_of(answer, before), is = app_number_of(answer, after);
    printf("%-10s %18s %18s %18s\n", label, money(a, was, digits), money(b, is, digits), signed_money(c, is - was, digits));
}

static void print_sums(const struct json_value *answer, int64_t digits) {
    struct mx_str currency = text_of(answer, "currency");
    int64_t receipts = app_number_of(answer, "receipts"), known = app_number_of(answer, "margin_receipts"), share;
    printf("%-10.*s %18s %18s %18s\n", (int)currency.len, currency.ptr, "before", "after", "difference");
    print_sum("total", answer, "total_before", "total_after", digits);
    print_sum("discount", answer, "discount_before", "discount_after", digits);
    if (known) print_sum("margin", answer, "margin_before", "margin_after", digits);
    if (known < receipts)
        printf("The margin is %s: the cost of all goods is known on %lld of %lld receipts.\n", known ? "of a part" : "not known",
               (long long)known, (long long)receipts);
    share = receipts ? app_number_of(answer, "changed") * 1000 / receipts : 0;
    printf("\n%lld receipts change (%lld.%lld %%): %lld get cheaper, %lld get dearer\n", (long long)app_number_of(answer, "changed"),
           (long long)(share / 10), (long long)(share % 10), (long long)app_number_of(answer, "cheaper"),
           (long long)app_number_of(answer, "dearer"));
    if (app_number_of(answer, "refused"))
        printf("%lld receipts could not be priced: amounts would leave the range of money\n", (long long)app_number_of(answer, "refused"));
}

static void print_rules(const struct json_value *first, int64_t digits) {
    char a[MONEY_TEXT];
    int width = widest(first, "rule");
    if (!first) return;
    printf("\n%-*s %10s %18s %12s\n", width, "rule", "receipts", "discount", "points");
    for (; first; first = first->next) {
        struct mx_str rule = text_of(first, "rule");
        printf("%-*.*s %10lld %18s %12lld\n", width, (int)rule.len, rule.ptr, (long long)app_number_of(first, "receipts"),
               money(a, app_number_of(first, "discount"), digits), (long long)app_number_of(first, "points"));
    }
}

/* A part that holds everything says nothing. */
static void print_parts(const char *label, const struct json_value *first, int64_t digits, int alone) {
    char a[MONEY_TEXT], b[MONEY_TEXT];
    int width = widest(first, "name");
    if (!first || (!first->next && !alone)) return;
    printf("\n%-*s %10s %10s %8s %18s %18s\n", width, label, "receipts", "change", "dearer", "discount before", "after");
    for (; first; first = first->next) {
        struct mx_str name = text_of(first, "name");
        if (name.len == 0) name = mx_str_of("(guests)");
        printf("%-*.*s %10lld %10lld %8lld %18s %18s\n", width, (int)name.len, name.ptr, (long long)app_number_of(first, "receipts"),
               (long long)app_number_of(first, "changed"), (long long)app_number_of(first, "dearer"),
               money(a, app_number_of(first, "discount_before"), digits), money(b, app_number_of(first, "discount_after"), digits));
    }
}

static void print_largest(const struct json_value *first, int64_t digits) {
    char a[MONEY_TEXT], b[MONEY_TEXT], c[MONEY_TEXT], when[16];
    const struct json_value *rule;
    if (!first) return;
    printf("\nThe %d largest differences\n%-16s %-10s %16s %16s %16s  %s\n", count_of(first), "receipt", "day", "before", "after",
           "difference", "rules");
    for (; first; first = first->next) {
        struct mx_str number = text_of(first, "number");
        int64_t before = app_number_of(first, "total_before"), after = app_number_of(first, "total_after");
        if (number.len == 0) number = text_of(first, "order");
        printf("%-16.*s %-10s %16s %16s %16s ", (int)number.len, number.ptr, day(when, app_number_of(first, "at")),
               money(a, before, digits), money(b, after, digits), signed_money(c, after - before, digits));
        for (rule = first_of(first, "rules"); rule; rule = rule->next)
            printf(" %.*s", (int)text_of(rule, "rule").len, text_of(rule, "rule").ptr);
        putchar('\n');
    }
}

static void print_out(const struct json_value *first) {
    if (first) printf("\nLimits that ran out\n");
    for (; first; first = first->next) {
        struct mx_str rule = text_of(first, "rule"), limit = text_of(first, "limit"), on = text_of(first, "day");
        printf("%.*s: %.*s, the first time on %.*s; %lld days, %lld receipts got less for want of it\n", (int)rule.len, rule.ptr,
               (int)limit.len, limit.ptr, (int)on.len, on.ptr, (long long)app_number_of(first, "days"),
               (long long)app_number_of(first, "receipts"));
    }
}

static void print_faults(const struct json_value *first) {
    if (first) printf("\nRules that failed\n");
    for (; first; first = first->next) {
        struct mx_str rule = text_of(first, "rule"), message = text_of(first, "message");
        printf("%.*s, on %lld receipts: %.*s\n", (int)rule.len, rule.ptr, (long long)app_number_of(first, "receipts"), (int)message.len,
               message.ptr);
    }
}

void app_print_backtest(const struct json_value *answer) {
    int64_t digits = app_number_of(answer, "digits");
    print_head(answer);
    if (app_number_of(answer, "receipts")) print_sums(answer, digits);
    print_rules(first_of(answer, "by_rule"), digits);
    print_parts("location", first_of(answer, "by_location"), digits, 0);
    print_parts("tier", first_of(answer, "by_tier"), digits, 0);
    print_parts("segment", first_of(answer, "by_segment"), digits, 1);
    print_largest(first_of(answer, "largest"), digits);
    print_out(first_of(answer, "budget_out"));
    print_faults(first_of(answer, "faults"));
}

/* ---- hunt ---- */

static void print_line(const struct json_value *line, int64_t digits) {
    char a[MONEY_TEXT];
    struct mx_str sku = text_of(line, "sku");
    int64_t qty = app_number_of(line, "qty");
    printf("    %lld", (long long)(qty / 1000));
    if (qty % 1000) printf(".%03lld", (long long)(qty % 1000));
    printf(" x %.*s at %s\n", (int)sku.len, sku.ptr, money(a, app_number_of(line, "unit_price"), digits));
}

static void print_failure(const struct json_value *failure, int64_t digits) {
    char a[MONEY_TEXT], b[MONEY_TEXT];
    const struct json_value *cart = json_member(failure, "cart"), *line;
    struct mx_str property = text_of(failure, "property"), file = text_of(failure, "file"), message = text_of(failure, "message"),
                  tier = text_of(cart, "tier");
    printf("\nBROKEN \"%.*s\"", (int)property.len, property.ptr);
    if (file.len) printf(" (%.*s:%lld)", (int)file.len, file.ptr, (long long)app_number_of(failure, "line"));
    printf("\n  %.*s\n  in this cart%s%.*s, made smaller in %lld steps:\n", (int)message.len, message.ptr, tier.len ? " of tier " : "",
           (int)tier.len, tier.ptr, (long long)app_number_of(failure, "shrunk"));
    for (line = first_of(cart, "lines"); line; line = line->next) print_line(line, digits);
    printf("  total %s, discount %s\n", money(a, app_number_of(failure, "total"), digits),
           money(b, app_number_of(failure, "discount"), digits));
}

void app_print_hunt(const struct json_value *answer) {
    int64_t digits = app_number_of(answer, "digits");
    const struct json_value *failures = first_of(answer, "failures"), *each;
    printf("%lld carts tried against %d properties: %d of them broken\n", (long long)app_number_of(answer, "carts"),
           count_of(first_of(answer, "properties")), count_of(failures));
    for (each = failures; each; each = each->next) print_failure(each, digits);
    print_faults(first_of(answer, "faults"));
}
