/* How much there is to do, who goes first when it is too much, and whether the shop can serve at all.
 *
 * When commands pile up, those of the web shop and of other programs are turned away first, with a time to come back; a till
 * is turned away only when the queue is full. A customer stands at the till; a web shop asks again with the same key. */
#include "base/clock.h"
#include "op/internal.h"

#define WAIT_MAX_S 30

/* Does a person stand at this caller's counter? A property of the role: tills and those who run the shop. What speaks
 * through an enrolled device is a till, whatever its role is called. */
static int goes_first(const struct identity_principal *who) {
    static const char *const first[] = {"till", "cashier", "manager", "owner", "system"};
    uint32_t i;
    for (i = 0; i < sizeof(first) / sizeof(first[0]); i++)
        if (strcmp(who->role, first[i]) == 0) return 1;
    return who->device[0] != 0;
}

static int64_t oldest_us(const struct op_writer *writer, int64_t now_us) { return writer->first ? now_us - writer->first->queued_us : 0; }

/* With the writer's mutex held: may this call still join the queue? */
mx_status op_admit_to_queue(struct op_kernel *op, struct op_call *call, struct mx_error *err) {
    struct op_writer *writer = &op->writer;
    int64_t old_us;
    if (writer->waiting < op->opts.queue_max / OP_SHED_PART && !writer->first) return MX_OK;
    old_us = oldest_us(writer, call->queued_us);
    if (writer->waiting < op->opts.queue_max && (goes_first(&call->principal) || (writer->waiting < op->opts.queue_max / OP_SHED_PART &&
                                                                                  old_us < (int64_t)op->opts.shed_wait_ms * 1000)))
        return MX_OK;
    call->wait_s = 1 + (uint32_t)(old_us / 1000000 < WAIT_MAX_S ? old_us / 1000000 : WAIT_MAX_S);
    atomic_fetch_add_explicit(&op->count.shed, 1, memory_order_relaxed);
    return base_fail(err, MX_E_OVERLOADED, NULL, "Too many commands wait already; try again shortly.");
}

void op_load_of(struct op_kernel *op, struct op_load *load) {
    struct op_writer *writer = &op->writer;
    pthread_mutex_lock(&writer->mutex);
    load->running = writer->running;
    load->waiting = writer->waiting;
    load->oldest_us = oldest_us(writer, base_steady_us());
    pthread_mutex_unlock(&writer->mutex);
    if (load->oldest_us < 0) load->oldest_us = 0;
}

int op_ready(const struct op_kernel *shared, const char **why) {
    struct op_kernel *op = (struct op_kernel *)(uintptr_t)shared; /* its lock is taken, nothing else changes */
    struct op_load load;
    op_load_of(op, &load);
    *why = "";
    if (!load.running)
        *why = "The shop is not open: it takes no commands.";
    else if (!store_has_room(op->opts.store))
        *why = "The disk is nearly full: nothing new is taken until there is room again.";
    else if (atomic_load(&op->findings))
        *why = "The last verification found something that does not add up; merx verify names it.";
    else if (load.oldest_us > OP_STUCK_MS * INT64_C(1000))
        *why = "Commands have waited for too long: the storage does not answer.";
    return (*why)[0] == 0;
}
