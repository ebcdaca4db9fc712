/* Rule sets as the shop keeps them: drafts, versions, which one is in force. Shared by a few files of this room.
 *
 * version_store.c versions and their files as records, hashed and signed; what became of them
 * version_gate.c  compiling, and what must hold before            version_live.c  what is in force; the folder; the start
 * version_stand.c compiled versions beside the one in force       version_try.c   a draft as a version that is only tried
 * version_ops.c   rules.list, rules.get, the check of merx verify version_tests.c tests of the folder and of drafts
 * publish.c       rules.publish, cancel, rollback                 publish_due.c   a version's time comes, or ends
 * draft.c, draft_ops.c, draft_try.c: drafts, and rules.check      canary.c shadow.c: trying a version in the shop
 * lint.h, diff.h, clash.h: what is said about them */
#ifndef SCRIPT_VERSION_H
#define SCRIPT_VERSION_H

#include "script/internal.h"

#define SCRIPT_HASH_TEXT      64         /* hexadecimal digits of a hash */
#define SCRIPT_NOTE_MAX       500        /* bytes of a note */
#define SCRIPT_SET_BYTES_MAX  (5u << 20) /* all files of a version together: it is written by one command */
#define SCRIPT_FILE_NAME_MAX  255        /* bytes, with ".lua" */
#define SCRIPT_DRAFTS_MAX     200        /* that may be open at a time */
#define SCRIPT_FOLDER_NOTE    "from the folder"
#define SCRIPT_VERSION_SIGNED "rules.version"

/* Files in order of their names, in the memory of a command. */
struct script_files {
    struct script_source *items;
    uint32_t count;
};

/* ---- versions ---- */

struct script_file { /* of a version: its text is kept under its hash */
    struct mx_str name;
    struct mx_str hash;
};

extern const char *const script_from_words[];
#define SCRIPT_FROM_DRAFT    1
#define SCRIPT_FROM_FOLDER   2
#define SCRIPT_FROM_ROLLBACK 3 /* `of`: the version whose files these are */
#define SCRIPT_FROM_END      5 /* `of`: the version whose changes were taken back at their end */
#define SCRIPT_FROM_SCHEDULE 4 /* `of`: the version that was scheduled, put on top of what came into force meanwhile */

struct script_version { /* never changed once it is written */
    struct mx_rec rec;
    int64_t n;
    struct mx_list files; /* of struct script_file, in order of name */
    struct mx_str hash;
    int64_t base; /* the version in force that it was made from; 0 = none */
    int32_t from; /* SCRIPT_FROM_* */
    int64_t of;
    struct mx_str draft;
    struct mx_str note;
    struct mx_str by;
    int64_t at;
    struct mx_str signature;
};

/* Hash over names and texts, as 64 hexadecimal digits. */
struct mx_str script_files_hash(struct mx_ctx *ctx, const struct script_files *files);
/* The file of this name, NULL when there is none. */
const struct script_source *script_files_find(const struct script_files *files, struct mx_str name);
/* MX_E_BAD_INPUT: they are too many or too long together. */
MX_MUST_CHECK mx_status script_files_check(struct mx_ctx *ctx, const struct script_files *files);

/* Read a version and its files; hash and signature are checked. MX_E_NOT_FOUND names `field`, MX_E_DAMAGED. */
MX_MUST_CHECK mx_status script_version_get(struct mx_ctx *ctx, int64_t n, const char *field, struct script_version **version);
MX_MUST_CHECK mx_status script_version_files(struct mx_ctx *ctx, const struct script_version *version, struct script_files *files);
/* What is wrong with a stored version, in words; NULL: nothing. */
const char *script_version_wrong(struct mx_ctx *ctx, const struct script_version *version);
/* Write the files down as the next version; n, hash, by, at and signature are filled. Commands only. */
MX_MUST_CHECK mx_status script_version_add(struct mx_ctx *ctx, const struct script_files *files, struct script_version *version);
/* "12-0123456789abcdef", as orders name it. */
struct mx_str script_version_text(struct mx_ctx *ctx, const struct script_version *version);

/* ---- what became of a version ---- */

extern const char *const script_standing_words[];
#define SCRIPT_SCHEDULED 1
#define SCRIPT_LIVE      2
#define SCRIPT_PAST      3
#define SCRIPT_CANCELLED 4
#define SCRIPT_MISSED    5 /* its time came, but it could not come into force: `problem` */
#define SCRIPT_TRIED     6 /* made to be tried on a share of carts or beside them */

struct script_standing {
    struct mx_rec rec;
    int64_t n;
    int32_t state;
    int64_t since; /* of this state; scheduled: when it comes into force */
    struct mx_str by;
    struct mx_str problem;
    int64_t until; /* when what it changes is taken back; 0 = never */
};
/* MX_NONE: there is none. */
MX_MUST_CHECK mx_status script_standing_get(struct mx_ctx *ctx, int64_t n, struct script_standing **standing);
MX_MUST_CHECK mx_status script_standing_set(struct mx_ctx *ctx, int64_t n, int32_t state, int64_t since, struct mx_str problem);

/* Note when what it changes is taken back. */
MX_MUST_CHECK mx_status script_standing_until(struct mx_ctx *ctx, int64_t n, int64_t until);

/* The one record of what is in force. */
struct script_now {
    struct mx_rec rec;
    struct mx_str id;
    int64_t live;         /* 0 = none */
    int64_t last;         /* number that was given last */
    struct mx_str folder; /* hash of what was last taken from the folder */
    int64_t canary, canary_ppm;
    int64_t shadow, shadow_since;
};
/* Never NULL: zeroes when there is none yet. */
MX_MUST_CHECK mx_status script_now_get(struct mx_ctx *ctx, struct script_now **now);
MX_MUST_CHECK mx_status script_now_put(struct mx_ctx *ctx, struct script_now *now);

/* The files of the version in force; none when there is none. */
MX_MUST_CHECK mx_status script_live_files(struct mx_ctx *ctx, const struct script_now *now, struct script_files *files);

/* ---- compiling ---- */

/* Compile: a set of its own, whose faults are not counted, and the state that loaded it. MX_E_BAD_INPUT says file, line and why. */
MX_MUST_CHECK mx_status script_compile(struct mx_ctx *ctx, const struct script_files *files, struct script_set **set,
                                       struct script_state **state);
/* What a set must have passed. */
#define SCRIPT_UNTESTED 0
#define SCRIPT_TESTED   1 /* its tests hold: MX_E_BAD_INPUT otherwise */
#define SCRIPT_PROVEN   2 /* nothing in it is certainly wrong, either: refused with "rules_wrong" or "rules_test_failed" */
/* What a worker compiled, waiting for the command that puts it into force: by hash. how: what it has passed; for a command that asks
 * for more it is not there. Takes the set over. */
void script_prepared_put(struct mx_str hash, int how, struct script_set *set);
/* The same for a version that waits for its time: the writer must not compile then. The newest few are held. */
void script_planned_put(struct mx_str hash, int how, struct script_set *set);
void script_prepared_drop(void);
/* Compile (and test) for a command that follows. */
MX_MUST_CHECK mx_status script_prepare(struct mx_ctx *ctx, const struct script_files *files, int how);
/* The set of these files, which counts its faults: the prepared one, or compiled (and tested) now. */
MX_MUST_CHECK mx_status script_set_of(struct mx_ctx *ctx, const struct script_files *files, int how, struct script_set **set);

/* ---- beside what is in force ---- */

/* A compiled version with states for whoever asks it. */
struct script_stand;
/* Of a kept version by its text; remembered. *stand NULL: no such version is kept. Let it go with script_stand_let(). */
MX_MUST_CHECK mx_status script_stand_get(struct mx_ctx *ctx, struct mx_str version, struct script_stand **stand);
/* Of a set that counts its own faults; takes it over. */
struct script_stand *script_stand_new(struct script_set *set);
struct script_stand *script_stand_hold(struct script_stand *stand);
void script_stand_let(struct script_stand *stand);
struct script_set *script_stand_set(struct script_stand *stand);
/* The one that is remembered by this name with one more user, NULL: none is. */
struct script_stand *script_stand_recall(struct mx_str version);
void script_stand_remember(struct script_stand *stand);
/* Take a state of it for a few questions (*state NULL: it needs none, or there is no memory), and give it back. */
struct seat;
struct seat *script_stand_sit(struct script_stand *stand, struct script_state **state);
void script_stand_rise(struct script_stand *stand, struct seat *seat);
/* All promotions about one cart. */
void script_stand_answer(struct mx_ctx *ctx, struct script_stand *stand, const struct mx_cart *cart, struct mx_offers *out);
void script_stands_each(void (*fn)(void *arg, struct script_state *state), void *arg);
void script_stands_close(void);

/* ---- tried before they come into force ---- */

/* The version of this number, or a draft (which stays one) written down as a new version. Commands only. */
MX_MUST_CHECK mx_status script_try_version(struct mx_ctx *ctx, struct mx_str draft, int64_t n, struct mx_str note,
                                           struct script_version **version);
/* Compile and test that draft for it, on a worker. */
MX_MUST_CHECK mx_status script_try_prepare(struct mx_ctx *ctx, struct mx_str draft);

/* The stand whose rules this cart gets, NULL: those in force. Let it go. */
struct script_stand *script_canary_of(const struct mx_cart *cart);
/* The rules that are tried, with one more user; NULL = none. */
struct script_set *script_canary_set(void);
/* Put what the state record says into force. Commands only. */
MX_MUST_CHECK mx_status script_canary_begin(struct mx_ctx *ctx);
void script_canary_close(void);

/* ---- in force ---- */

/* Put a version into force, writing down what follows from that; takes the set over. In memory it is exchanged when the command
 * has ended well. Commands only. */
MX_MUST_CHECK mx_status script_version_force(struct mx_ctx *ctx, const struct script_version *version, struct script_set *set);
/* Put the set into force in memory; takes it over. */
MX_MUST_CHECK mx_status script_put_in_force(struct script_set *set, struct mx_error *err);
/* The version of this number into force again, e.g. at the start; *rules: how many it has. Commands only. */
MX_MUST_CHECK mx_status script_version_again(struct mx_ctx *ctx, int64_t n, int64_t *rules);
/* The folder's files, read from the disk: not on the writer while the shop sells. */
struct script_folder {
    struct script_files files;
    int there;     /* 0: there is no such folder */
    unsigned look; /* later ones have larger numbers */
};
MX_MUST_CHECK mx_status script_folder_look(struct mx_ctx *ctx, struct script_folder *folder);
/* What changed in the folder since it was last taken becomes a version: *taken, and *rules of it. seen: what a worker saw of it;
 * NULL = look now. Commands only. */
MX_MUST_CHECK mx_status script_folder_take(struct mx_ctx *ctx, const struct script_folder *seen, int *taken, int64_t *rules);
/* At the start of the shop. Commands only. */
MX_MUST_CHECK mx_status script_begin(struct mx_ctx *ctx);

/* Let it come into force later, and end later; take both back. Commands only. */
MX_MUST_CHECK mx_status script_due_begin(struct mx_ctx *ctx, int64_t n, int64_t at);
MX_MUST_CHECK mx_status script_due_end(struct mx_ctx *ctx, int64_t n, int64_t at);
MX_MUST_CHECK mx_status script_due_cancel(struct mx_ctx *ctx, int64_t n);
/* At the start of the shop: compile what waits for its time. */
MX_MUST_CHECK mx_status script_due_plan(struct mx_ctx *ctx);

extern const struct mx_event_def script_published_event, script_missed_event, script_tiers_event;
extern const struct mx_table script_sources_table, script_versions_table, script_standings_table, script_now_table;
extern const struct mx_check script_versions_check;

/* ---- drafts ---- */

struct script_draft {
    struct mx_rec rec;
    struct mx_str id;
    int64_t base; /* version in force when it was begun; 0 = none */
    struct mx_str by;
    int64_t at;
    struct mx_str changed_by;
    int64_t changed_at;
};
struct script_draft_file {
    struct mx_rec rec;
    struct mx_str draft;
    struct mx_str name;
    struct mx_str text;
};
extern const struct mx_table script_drafts_table, script_draft_files_table;

/* MX_E_NOT_FOUND names the field draft. */
MX_MUST_CHECK mx_status script_draft_get(struct mx_ctx *ctx, struct mx_str id, struct script_draft **draft);
MX_MUST_CHECK mx_status script_draft_forget(struct mx_ctx *ctx, const struct script_draft *draft);
struct script_change { /* one file of a draft */
    struct mx_str name;
    struct mx_str text; /* empty: the file is removed */
};
/* What a draft changes, in order of name. */
MX_MUST_CHECK mx_status script_draft_changes(struct mx_ctx *ctx, const struct script_draft *draft, struct script_change **changes,
                                             uint32_t *count);
/* The files as they would be in force: the draft's on top of the version in force now, or, where somebody else changed the same
 * files since, on top of what it was begun on; *moved then names those. */
MX_MUST_CHECK mx_status script_draft_files(struct mx_ctx *ctx, const struct script_draft *draft, struct script_files *files,
                                           struct mx_str *moved);
/* Files of `base` with the changes on top. */
void script_files_change(struct mx_ctx *ctx, const struct script_files *base, const struct script_change *changes, uint32_t count,
                         struct script_files *out);
/* What leads from one set of files to another. */
void script_files_differ(struct mx_ctx *ctx, const struct script_files *from, const struct script_files *to, struct script_change **changes,
                         uint32_t *count);
/* Names of files that are changed and that stand otherwise in `live` than in `base`; empty: none. */
struct mx_str script_files_moved(struct mx_ctx *ctx, const struct script_files *base, const struct script_files *live,
                                 const struct script_change *changes, uint32_t count);

extern const struct mx_op script_op_draft_put, script_op_draft_get, script_op_draft_list, script_op_draft_drop, script_op_draft_check,
    script_op_draft_test, script_op_publish, script_op_version_begin, script_op_version_end, script_op_cancel, script_op_rollback,
    script_op_versions_list, script_op_version_get, script_op_canary, script_op_diff, script_op_clashes, script_op_shadow,
    script_op_shadow_report;

#endif
