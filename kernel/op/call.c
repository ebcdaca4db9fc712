/* A call: admitted on the caller's thread, run there (queries), on a worker (heavy ones, prepare) or by the writer. */
#include "base/clock.h"
#include "base/log.h"
#include "op/internal.h"
#include "json/json.h"

struct task {
    struct op_kernel *op;
    struct op_call *call;
};

static struct op_reg *reg_of(const struct op_call *call) { return (struct op_reg *)(uintptr_t)call->entry; }

int op_is_system(const struct identity_principal *principal) { return strcmp(principal->id, "system") == 0; }

static int is_command(const struct mx_op *def) { return !(def->flags & MX_OP_QUERY); }

/* File and line of an error, without the folders of the machine that built the program. */
const char *op_place(struct base_arena *arena, const struct mx_error *err) {
    const char *slash = err->file ? strrchr(err->file, '/') : NULL;
    if (!err->file) return "?";
    return base_arena_printf(arena, "%s:%d", slash ? slash + 1 : err->file, (int)err->line).ptr;
}

/* Fill the answer of a call that did not succeed, or the status of one that did. */
void op_fill(struct op_call *call, mx_status status, const struct mx_error *err) {
    if (status == MX_OK) {
        call->status = MX_OK;
        call->http_status = 200;
        return;
    }
    op_problem(call, err);
    if (call->http_status >= 500 && call->http_status != 503) /* "not now" is the client's to hear; in a rush it is thousands */
        base_log(BASE_LOG_ERROR, "op", "%s: %s (%s, %s)", call->entry->def->name, err->message, err->code, op_place(call->arena, err));
}

void op_finish(struct op_call *call, mx_status status, const struct mx_error *err) {
    op_fill(call, status, err);
    if (call->http_status == 503 && call->wait_s == 0) call->wait_s = 1;
    op_count_call(call);
    call->done(call);
}

/* ---- admission ---- */

static mx_status check_key(const struct op_call *call, struct mx_error *err) {
    uint32_t i;
    if (call->key.len == 0 && (call->hook || op_is_system(&call->principal))) return MX_OK;
    if (call->key.len == 0)
        return base_fail(err, MX_E_MISSING_KEY, NULL,
                         "A command needs an Idempotency-Key: make one before you first send it, and keep it for retries.");
    if (call->key.len > OP_KEY_MAX)
        return base_fail(err, MX_E_BAD_INPUT, "Idempotency-Key", "The Idempotency-Key is longer than %u characters.", OP_KEY_MAX);
    for (i = 0; i < call->key.len; i++)
        if (call->key.ptr[i] < 0x20 || call->key.ptr[i] > 0x7e)
            return base_fail(err, MX_E_BAD_INPUT, "Idempotency-Key", "The Idempotency-Key may only hold printable ASCII characters.");
    return MX_OK;
}

static mx_status check_right(struct op_kernel *op, const struct op_call *call, struct mx_error *err) {
    const struct mx_op *def = call->entry->def;
    if (op_is_system(&call->principal)) return MX_OK;
    if (def->flags & MX_OP_INTERNAL)
        return base_fail(err, MX_E_UNKNOWN_OPERATION, NULL, "There is no operation \"%s\" to call from outside.", def->name);
    if ((def->flags & MX_OP_PUBLIC) || identity_allowed(op->opts.identity, &call->principal, def->permission))
        return op_own_right(&call->principal, def, err);
    return base_fail(err, MX_E_FORBIDDEN, NULL, "The role \"%s\" may not call \"%s\": it needs the permission \"%s\".",
                     call->principal.role, def->name, def->permission);
}

/* The input of operations that take none. */
static const struct mx_type nothing_type = {.size = (uint32_t)sizeof(struct mx_type),
                                            .struct_size = 8,
                                            .name = "an operation without input",
                                            .field_size = (uint32_t)sizeof(struct mx_field),
                                            .has_offset = MX_NO_OFFSET,
                                            .null_offset = MX_NO_OFFSET,
                                            .extra_offset = MX_NO_OFFSET};

static mx_status decode(struct op_call *call, struct mx_error *err) {
    const struct mx_type *type = call->entry->def->in ? call->entry->def->in : &nothing_type;
    struct mx_str body = call->body.len ? call->body : mx_str_of("{}");
    void *in;
    mx_status st;
    if (call->entry->def->flags & MX_OP_HOOK) return op_hook_admit(call, err);
    in = base_arena_alloc(call->arena, type->struct_size);
    st = json_decode(call->arena, type, body, JSON_WIRE, in, err);
    call->in = in;
    return st;
}

/* The hash is kept for eight days beside the answer. It is a fast one, and a PIN has only ten thousand values: whoever held
 * data and key file could try them all against it, while the PIN itself stands under Argon2id. So a secret counts as
 * present, not with its value. The price: a client that sends another password under an old key hears the old answer. */
static struct mx_str without_secrets(const struct op_kernel *op, struct base_arena *arena, struct mx_str name, struct mx_str canonical) {
    const struct op_entry *entry = op_find(op, name);
    const struct mx_type *type = entry ? entry->def->in : NULL;
    struct mx_str value;
    uint32_t i;
    for (i = 0; type && i < type->field_count; i++) {
        const struct mx_field *field = mx_type_field(type, i);
        if ((field->flags & MX_SECRET) && json_text_get(canonical, field->name, &value))
            canonical = json_text_put(arena, canonical, field->name, mx_str_of("\"***\""));
    }
    return canonical;
}

mx_status op_hash_body(struct op_kernel *op, struct base_arena *arena, struct mx_str name, struct mx_str body, uint8_t hash[16],
                       struct mx_error *err) {
    struct mx_str canonical;
    mx_status st = json_canonical(arena, body.len ? body : mx_str_of("{}"), OP_BODY_MAX, &canonical, err);
    if (st == MX_OK) canonical = without_secrets(op, arena, name, canonical);
    if (st == MX_OK) crypto_hash(op->idem_key, name.ptr, name.len, canonical.ptr, canonical.len, NULL, 0, hash, 16);
    return st;
}

static mx_status admit(struct op_kernel *op, struct op_call *call, struct mx_error *err) {
    int command = is_command(call->entry->def), burns = (call->entry->def->flags & MX_OP_BURNS) != 0;
    int customer = call->principal.person[0] != 0;
    mx_status st = op_limit(op, call, err);
    if (st == MX_OK) st = check_right(op, call, err);
    if (st == MX_OK && command) st = check_key(call, err);
    if (st == MX_OK && customer) st = op_own_admit(op, call, err);
    if (st == MX_OK) st = decode(call, err);
    if (st == MX_OK && customer) st = op_own_admit(op, call, err);
    if (st == MX_OK && command && call->key.len)
        st = op_hash_body(op, call->arena, mx_str_of(call->entry->def->name), call->body, call->body_hash, err);
    if (st == MX_OK && (command || burns) && !op_is_system(&call->principal) && !store_has_room(op->opts.store))
        st = base_fail(err, MX_E_NO_SPACE, NULL, "The disk is nearly full: nothing new is taken until there is room again. Reading works.");
    return st;
}

/* ---- running ---- */

mx_status op_invoke(struct op_ctx *ctx, const struct op_reg *reg, const void *in, void **out) {
    mx_status st;
    *out = reg->def.out ? base_arena_alloc(ctx->arena, reg->def.out->struct_size) : NULL;
    st = reg->def.handler(&ctx->pub, in, *out);
    if (st == MX_DECLINED) return op_ctx_fail(ctx, MX_E_UNKNOWN_OPERATION, "\"%s\" has nobody behind it here.", reg->def.name);
    if (st > 0) return op_ctx_fail(ctx, MX_E_INTERNAL, "\"%s\" ended with the status %d.", reg->def.name, (int)st);
    return op_ctx_error(ctx, st);
}

/* A customer in her own session reads what is hers as it is: that it is hers was made sure of by what the operation says of `own`. */
static int may_read(const struct op_ctx *ctx, const struct mx_op *def) {
    if (ctx->principal->person[0] && def->own && strcmp(def->own, MX_OWN_NOBODY) != 0) return 1;
    return identity_allowed(ctx->op->opts.identity, ctx->principal, "pii.read");
}

mx_status op_answer(struct op_ctx *ctx, const struct op_reg *reg, const void *out, struct mx_str *answer) {
    uint32_t flags = 0;
    struct base_buf buf;
    if (!reg->def.out) {
        *answer = mx_str_of("{}");
        return MX_OK;
    }
    ctx->clear = reg->personal && may_read(ctx, &reg->def);
    if (reg->personal && !ctx->clear) flags = JSON_MASK_PII;
    base_buf_init(&buf, ctx->arena);
    json_encode(&buf, reg->def.out, out, flags);
    *answer = base_buf_view(&buf);
    return MX_OK;
}

static void cannot_read(struct mx_error *err, mx_status st) {
    if (st == MX_E_OVERLOADED)
        (void)base_fail(err, st, NULL, "Too many are reading at the same time; try again shortly.");
    else
        (void)base_fail(err, st, NULL, "%s.", base_status_text(st));
}

/* It may have waited for long: is it still wanted, and may its caller still ask? */
static mx_status begin_heavy(struct op_ctx *ctx, struct op_call *call) {
    mx_status st;
    ctx->running = call->running;
    st = op_running_begin(ctx, call->running);
    return st == MX_OK ? op_check_again(ctx, call) : st;
}

static void run_query(struct op_kernel *op, struct op_call *call) {
    const struct op_reg *reg = reg_of(call);
    struct store_view *view;
    struct op_ctx ctx;
    const struct store_shown *shown = NULL;
    void *out;
    mx_status st = store_read_begin(op->opts.store, call->arena, &view);
    memset(&ctx.error, 0, sizeof(ctx.error));
    if (st == MX_OK) {
        op_ctx_init(&ctx, op, call->arena, view, &call->principal, reg->def.name, reg->owner, 1, op_now(op));
        ctx.call = call;
        if (call->running) st = begin_heavy(&ctx, call);
        if (st == MX_OK) st = op_guard(&ctx, reg, call->in);
        op_shown_begin(&ctx, reg, NULL);
        if (st == MX_OK) st = op_settle(&ctx, op_invoke(&ctx, reg, call->in, &out));
        (void)op_ctx_slice(&ctx.pub, 0);
        if (st == MX_OK) st = op_answer(&ctx, reg, out, &call->answer);
        if (ctx.clear) shown = ctx.shown;
        store_read_end(ctx.view);
        op_ctx_slices_free(&ctx);
    } else {
        cannot_read(&ctx.error, st);
    }
    atomic_fetch_add_explicit(&op->count.queries, 1, memory_order_relaxed);
    if (call->running) op_running_remove(op, call);
    if (st == MX_OK && shown && shown->count)
        op_shown_finish(op, call, shown);
    else
        op_finish(call, st, &ctx.error);
}

static void query_on_worker(void *arg) {
    struct task *task = arg;
    run_query(task->op, task->call);
}

static void queue_or_refuse(struct op_kernel *op, struct op_call *call) {
    struct mx_error err = {0};
    mx_status st = op_enqueue(op, call, &err);
    if (st != MX_OK) op_finish(call, st, &err);
}

/* An error of `prepare` travels to the writer with the command: there a stored answer of an earlier send goes first. */
static void prepare_on_worker(void *arg) {
    struct task *task = arg;
    struct op_call *call = task->call;
    const struct op_reg *reg = reg_of(call);
    struct op_prepared *prepared = base_arena_alloc(call->arena, sizeof(*prepared));
    struct store_view *view;
    struct op_ctx ctx;
    mx_status st = store_read_begin(task->op->opts.store, call->arena, &view);
    if (st == MX_OK) {
        void *scratch = reg->def.out ? base_arena_alloc(call->arena, reg->def.out->struct_size) : NULL;
        op_ctx_init(&ctx, task->op, call->arena, view, &call->principal, reg->def.name, reg->owner, 1, op_now(task->op));
        ctx.call = call;
        op_shown_begin(&ctx, reg, NULL);
        st = op_settle(&ctx, op_ctx_error(&ctx, reg->def.prepare(&ctx.pub, call->in, scratch)));
        prepared->kept = ctx.kept;
        prepared->shown = ctx.shown;
        prepared->error = ctx.error;
        store_read_end(view);
    } else {
        cannot_read(&prepared->error, st);
    }
    prepared->status = st;
    call->prepared = prepared;
    if (st != MX_OK && call->hook)
        op_finish(call, st, &prepared->error); /* nothing was stored that could go first */
    else
        queue_or_refuse(task->op, call);
}

static void post(struct op_kernel *op, struct loop_workers *workers, struct op_call *call, loop_fn fn) {
    struct task *task = base_arena_alloc(call->arena, sizeof(*task));
    struct mx_error err = {0};
    task->op = op;
    task->call = call;
    if (workers && loop_workers_post(workers, fn, task)) return;
    if (call->running) op_running_remove(op, call);
    op_finish(call, MX_E_OVERLOADED,
              (base_fail(&err, MX_E_OVERLOADED, NULL, "Too many heavy requests wait already; try again shortly."), &err));
}

void op_submit(struct op_kernel *op, struct op_call *call) {
    const struct mx_op *def = call->entry->def;
    struct mx_error err = {0};
    mx_status st;
    call->status = MX_OK;
    call->http_status = 0;
    call->answer = mx_str_n(NULL, 0);
    call->replayed = 0;
    call->wait_s = 0;
    call->in = NULL;
    call->prepared = NULL;
    call->running = NULL;
    call->wanted = NULL;
    call->conflict_code = NULL;
    call->begun_us = base_steady_us();
    st = admit(op, call, &err);
    if (st != MX_OK) {
        op_finish(call, st, &err);
    } else if (def->prepare && (is_command(def) || (def->flags & MX_OP_BURNS))) {
        post(op, def->flags & MX_OP_HEAVY ? op->heavy : op->workers, call, prepare_on_worker);
    } else if (is_command(def) || (def->flags & MX_OP_BURNS)) {
        queue_or_refuse(op, call);
    } else if (def->flags & MX_OP_HEAVY) {
        op_running_add(op, call);
        post(op, op->heavy, call, query_on_worker);
    } else {
        run_query(op, call);
    }
}

/* ---- waiting for the answer ---- */

struct waiter {
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    int done;
};

static void wake_waiter(struct op_call *call) {
    struct waiter *waiter = call->arg;
    pthread_mutex_lock(&waiter->mutex);
    waiter->done = 1;
    pthread_cond_signal(&waiter->cond);
    pthread_mutex_unlock(&waiter->mutex);
}

void op_run(struct op_kernel *op, struct op_call *call) {
    struct waiter waiter = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};
    call->done = wake_waiter;
    call->arg = &waiter;
    op_submit(op, call);
    pthread_mutex_lock(&waiter.mutex);
    while (!waiter.done) pthread_cond_wait(&waiter.cond, &waiter.mutex);
    pthread_mutex_unlock(&waiter.mutex);
    pthread_cond_destroy(&waiter.cond);
    pthread_mutex_destroy(&waiter.mutex);
}
