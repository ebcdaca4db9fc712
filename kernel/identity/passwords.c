/* What will not do as a password or PIN: too short, or among the first that anybody tries. */
#include "base/text.h"
#include "identity/internal.h"

#define PASSWORD_MIN 10u
#define PASSWORD_MAX 256u
#define PIN_MIN      4u
#define PIN_MAX      8u

/* The commonest of ten characters and more, in small letters. */
static const char *const common[] = {
    "1234567890",  "12345678910", "123456789012", "0123456789",    "0987654321",    "9876543210",    "1q2w3e4r5t",   "1q2w3e4r5t6y",
    "qwertyuiop",  "qwerty1234",  "qwerty12345",  "qwerty123456",  "qwertyuiop123", "asdfghjkl1",    "asdfghjkl123", "zxcvbnm123",
    "password12",  "password123", "password1234", "password12345", "passw0rd123",   "mypassword",    "mypassword1",  "iloveyou12",
    "iloveyou123", "letmein123",  "letmein1234",  "welcome123",    "welcome1234",   "administrator", "admin12345",   "admin123456",
    "adminadmin",  "abcdefghij",  "abcdefg123",   "abc1234567",    "aa12345678",    "a123456789",    "q1w2e3r4t5",   "1qaz2wsx3edc",
    "qazwsxedc1",  "changeme12",  "changeme123",  "football12",    "football123",   "basketball",    "superman123",  "sunshine12",
    "princess12",  "dragon1234",  "monkey1234",   "michael123",    "charlie123",    "woaini1314",    "woaini520",    "5201314520",
    "1314520520",  "computer12",  "internet12",   "trustno1234",   "starwars12",    "whatever12",    "1111122222",   "q123456789",
    "zxcvbnm1234", "qwer123456",  "asdf123456",   "pass123456",    "test123456",    "cashier123",    "manager123",   "checkout123",
    NULL};

static int all_alike(struct mx_str text) {
    uint32_t i;
    for (i = 1; i < text.len; i++)
        if (text.ptr[i] != text.ptr[0]) return 0;
    return 1;
}

static int among_the_common(struct mx_str small) {
    uint32_t i;
    for (i = 0; common[i]; i++)
        if (mx_str_is(small, common[i])) return 1;
    return 0;
}

static int holds_login(struct mx_str small, struct mx_str login) {
    uint32_t i;
    if (login.len < 4 || login.len > small.len || 2 * login.len < small.len) return 0;
    for (i = 0; i + login.len <= small.len; i++)
        if (memcmp(small.ptr + i, login.ptr, login.len) == 0) return 1;
    return 0;
}

const char *identity_password_weak(struct mx_str password, struct mx_str login) {
    struct base_arena *arena;
    struct mx_str small;
    const char *why = NULL;
    if (password.len < PASSWORD_MIN || password.len > PASSWORD_MAX) return "A password has 10 to 256 characters.";
    arena = base_arena_new(1024);
    small = base_lower_ascii(arena, password);
    if (all_alike(small) || among_the_common(small))
        why = "This password is among the first that anybody would try; take another.";
    else if (holds_login(small, base_lower_ascii(arena, login)))
        why = "This password is little more than the login; take another.";
    crypto_wipe((void *)(uintptr_t)small.ptr, small.len);
    base_arena_free(arena);
    return why;
}

/* 1234, 8765, 0000, 1212. */
static int trivial(struct mx_str pin) {
    uint32_t i;
    int up = 1, down = 1, pair = 1;
    for (i = 1; i < pin.len; i++) {
        up &= pin.ptr[i] == pin.ptr[i - 1] + 1;
        down &= pin.ptr[i] == pin.ptr[i - 1] - 1;
        if (i >= 2) pair &= pin.ptr[i] == pin.ptr[i - 2];
    }
    return up || down || pair;
}

const char *identity_pin_weak(struct mx_str pin) {
    uint32_t i;
    for (i = 0; i < pin.len; i++)
        if (pin.ptr[i] < '0' || pin.ptr[i] > '9') return "A PIN has 4 to 8 digits and nothing else.";
    if (pin.len < PIN_MIN || pin.len > PIN_MAX) return "A PIN has 4 to 8 digits and nothing else.";
    return trivial(pin) ? "This PIN is among the first that anybody would try; take another." : NULL;
}
